/**
 * The place that the panel is shown in, made of the browser's APIs: see ViewHost.
 *
 * The same page is a DevTools panel and a tab. In a panel `browser.devtools` is there and tells tab
 * and theme; in a tab the address and the system do. A DevTools panel has no `browser.tabs` (Firefox)
 * and no clipboard API (Chrome's permissions policy), so both are done with what every page has.
 */
import browser from "webextension-polyfill";
import { panelAddress, tabOfAddress } from "../messages/pages.ts";
import type { ViewHost } from "../ui/host.ts";
import { createPreferences } from "./preferences.ts";
import { createThemeSource } from "./theme.ts";

/**
 * Copies without the clipboard API, which DevTools panels are refused: answers the `copy` event
 * with the text. True if the browser took it.
 */
function copyByEvent(text: string): boolean {
  let taken = false;
  const answer = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
    taken = true;
  };
  document.addEventListener("copy", answer, { capture: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", answer, { capture: true });
  return done && taken;
}

/** Makes the host for the page that this runs in. */
export function createViewHost(): ViewHost {
  const devtools = browser.devtools as typeof browser.devtools | undefined;
  const tabId = devtools?.inspectedWindow.tabId ?? tabOfAddress(location.search);
  // Nothing of a private window is kept, not even how wide a divider is.
  const preferences = createPreferences(!browser.extension.inIncognitoContext);

  return {
    surface: devtools ? "devtools" : "tab",
    tabId,
    platform: /^mac/i.test(navigator.platform) ? "mac" : "other",
    onTheme: createThemeSource(devtools?.panels),

    loadPreferences: preferences.load,
    savePreference: preferences.save,

    async copyText(text) {
      // First, because it must run in the click itself, before anything is awaited.
      if (copyByEvent(text)) return;
      await navigator.clipboard.writeText(text);
    },

    openInTab(url) {
      const { protocol } = new URL(url);
      if (protocol !== "https:" && protocol !== "http:") {
        throw new Error(`Only web pages are opened, not ${protocol}`);
      }
      open(url, "_blank", "noopener");
    },

    openOwnTab() {
      open(browser.runtime.getURL(panelAddress(tabId)), "_blank", "noopener");
    },
  };
}
