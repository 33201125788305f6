/**
 * What tests of web sign-ins begin with: a browser with the extension, an application with a real
 * client SDK, and the DevTools panel of its page.
 *
 * The one idea: who the page is, the application's own server says (`app.me()` in the page); what the
 * panel shows is held against that.
 */
import type { ExtensionBrowser, PanelOptions } from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { Panel } from "./panel.ts";

/** A web session as the list shows it. */
export interface WebRow {
  key: string;
  label: string;
  status: string;
  kind: string;
  current: boolean;
  text: string;
}

export class WebPanel extends Panel {
  static async of(
    browser: ExtensionBrowser,
    page: Page,
    options: PanelOptions = {},
  ): Promise<WebPanel> {
    return new WebPanel(await browser.openPanel(page, { width: 1000, height: 800, ...options }));
  }

  /** Rows of web sessions, a page's and saved ones, in the list's order. */
  async webRows(): Promise<WebRow[]> {
    await this.show("Sessions");
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("nav [data-session][data-web]")].map((row) => ({
        key: row.dataset.session ?? "",
        // Behind the label of a closed one stands what became of it.
        label: row.querySelector(".sy-row-label")?.firstChild?.textContent?.trim() ?? "",
        status: row.dataset.status ?? "",
        kind: row.dataset.web ?? "",
        current: row.dataset.current === "true",
        text: row.innerText.replace(/\s+/g, " ").trim(),
      })),
    );
  }
}
