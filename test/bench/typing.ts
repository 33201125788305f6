/**
 * The editor of the view Query, in the panel of a real Chromium: what one key costs, beside a result of
 * a megabyte, and in a text of a megabyte.
 *
 * A key is a frame here: the text comes in as from a keyboard, and all that the panel's own thread works
 * until the next frame counts, highlighting, painting and the rest of the view included.
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium } from "../../demo/browser/chromium.ts";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { WorkerLink } from "../../demo/start/worker-link.ts";
import { PANEL_PAGE } from "../../src/messages/pages.ts";
import { attachToBrowser, type DebuggedTarget } from "./debugged-target.ts";
import { frameWork } from "./frame-work.ts";
import { median, reportLimit } from "./measure.ts";
import { startServerProcess } from "./server-process.ts";

/** Milliseconds of processor time for a key. */
const KEY = 16;
const RUNS = 5;
const KEYS = 60;
const BUILT = fileURLToPath(new URL("../../dist/chrome", import.meta.url));
const EDITOR = '[aria-label="Statement"]';

const SHORT = "SELECT id, text FROM note WHERE owner = $auth AND ";
const LINES =
  "SELECT id, text, owner FROM note WHERE shared = true AND text CONTAINS 'x';\n".repeat(13_500);
const ONE_LINE = `RETURN [${"{ id: note:1, text: 'a text' }, ".repeat(31_000)}]`;

/**
 * Prints one line per promise.
 * @param extensionDir the built extension, where it isn't in its usual place
 * @returns whether all are met.
 */
export async function benchTyping(extensionDir = BUILT): Promise<boolean> {
  const server = await startServerProcess(1);
  let browser: ExtensionBrowser | undefined;
  let whole: DebuggedTarget | undefined;
  try {
    browser = await launchChromium({ extensionDir, args: ["--remote-debugging-port=0"] });
    const ownTab = await browser.openExtensionPage(PANEL_PAGE.slice(1));
    const link = new WorkerLink(ownTab);
    await link.open();
    const { id: connectionId } = await link.call("connection.add", { url: server.url });
    const signIn = { way: "root", username: "root", password: "root" } as const;
    await link.call("session.new", { connectionId, label: "Admin", signIn });
    const panel = await browser.openPanel(
      await browser.openPage(server.url.replace("ws:", "http:").replace("/rpc", "/")),
      { width: 1000, height: 800 },
    );
    await panel.click("[data-session]");
    await panel.click('role=tab[name="Query"]');
    await panel.fill(
      "label=Statement",
      "RETURN array::range(0, 10000).map(|$n| string::repeat('x', 100))",
    );
    await panel.press("Control+Enter");
    await panel.see("section[aria-label=Result]");
    whole = await attachToBrowser(browser.profileDir);
    const met = [await measure(whole, panel, "beside a result of 1 MB", SHORT, "end")];
    for (const at of ["start", "middle", "end"] as const) {
      met.push(await measure(whole, panel, `1 MB in lines, at the ${at}`, LINES, at));
    }
    for (const at of ["start", "end"] as const) {
      met.push(await measure(whole, panel, `1 MB in one line, at the ${at}`, ONE_LINE, at));
    }
    return met.every(Boolean);
  } finally {
    whole?.close();
    await browser?.close();
    await server.close();
  }
}

async function measure(
  browser: DebuggedTarget,
  panel: Page,
  name: string,
  text: string,
  at: "start" | "middle" | "end",
): Promise<boolean> {
  await panel.fill("label=Statement", text);
  await panel.press(at === "start" ? "Control+Home" : "Control+End");
  if (at === "middle") for (let n = 0; n < 40; n++) await panel.press("PageUp");
  // The rest of a long text is read when nobody types.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const busiest: number[] = [];
  const usual: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const { frames } = await frameWork(browser, () => panel.evaluate(type, EDITOR, KEYS));
    if (run < 0) continue;
    busiest.push(Math.max(...frames));
    usual.push(median(frames));
  }
  const detail = `${median(usual).toFixed(1)} ms most keys`;
  return reportLimit(`Typing, ${name}: busiest key`, busiest, KEY, "ms", detail);
}

/** Runs in the panel: a key in each frame. */
async function type(editor: string, keys: number): Promise<void> {
  (document.querySelector(editor) as HTMLElement).focus();
  const frame = () => new Promise<number>(requestAnimationFrame);
  for (let n = 0; n < 10; n++) await frame();
  for (let n = 0; n < keys; n++) {
    document.execCommand("insertText", false, "where x "[n % 8]);
    await frame();
  }
  await frame();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = (await benchTyping(process.argv[2])) ? 0 : 1;
}
