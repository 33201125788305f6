/** Browsers for tests in which a page works while DevTools or another tab is in front of it. */
import type { ExtensionBrowser } from "../../../demo/browser/extension-browser.ts";
import type { BrowserUnderTest } from "./describe.ts";

/** Without a screen the page is always behind its DevTools: Chromium would let its timers run once a second. */
const AWAKE = ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"];

export function borrowAwake({
  name,
  borrow,
}: Pick<BrowserUnderTest, "name" | "borrow">): Promise<ExtensionBrowser> {
  return borrow(name === "chromium" ? AWAKE : []);
}
