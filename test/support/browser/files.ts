/** Files that a view saves, and files that are given to it, without the browser's own windows. */
import type { Page } from "../../../demo/browser/page.ts";

export interface SavedFile {
  name: string;
  text: string;
}

/** What is saved when this is pressed; the browser itself saves nothing then. */
export async function savedFile(page: Page, selector: string): Promise<SavedFile> {
  await page.evaluate(() => {
    const kept = Object.assign(window, { switchyardFile: undefined as unknown });
    const blobs = new Map<string, Blob>();
    const { createObjectURL } = URL;
    const { click } = HTMLAnchorElement.prototype;
    URL.createObjectURL = (blob) => {
      const url = createObjectURL.call(URL, blob);
      if (blob instanceof Blob) blobs.set(url, blob);
      return url;
    };
    HTMLAnchorElement.prototype.click = function () {
      const blob = blobs.get(this.href);
      URL.createObjectURL = createObjectURL;
      HTMLAnchorElement.prototype.click = click;
      void blob?.text().then((text) => {
        kept.switchyardFile = { name: this.download, text };
      });
    };
  });
  await page.click(selector);
  return page.waitFor<SavedFile, []>("window.switchyardFile");
}

/** Gives a file to the page's field, as if it had been chosen. */
export async function chooseFile(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(
    (fileName, content) => {
      const field = document.querySelector<HTMLInputElement>("input[type=file]");
      if (!field) throw new Error("There is no field for a file.");
      const files = new DataTransfer();
      files.items.add(new File([content], fileName, { type: "application/json" }));
      field.files = files.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    },
    name,
    text,
  );
}
