/**
 * The place that the panel is shown in, made of the browser's APIs: see ViewHost.
 *
 * The panel's page is a DevTools panel and a tab. In a panel `browser.devtools` is there and tells tab
 * and theme; in a tab the address and the system do. A DevTools panel has neither `browser.tabs` and
 * `browser.permissions` nor a clipboard API (Chrome's permissions policy), so what it needs of them is
 * done with what every page has.
 */
import browser from "webextension-polyfill";
import { optionsAddress, panelAddress, tabOfAddress } from "../messages/pages.ts";
import type { ViewHost } from "../ui/host.ts";
import { cookiesLeave } from "./cookies.ts";
import { askLeave, onLeave } from "./leave.ts";
import { createPreferences } from "./preferences.ts";
import { createThemeSource } from "./theme.ts";

const devtools = browser.devtools as typeof browser.devtools | undefined;

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

/**
 * Lets the browser write a file, as a link that is clicked. Of its ways it is the one that needs no
 * permission and works in DevTools too.
 */
function downloadFile(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  // The browser reads the blob after the click; nobody tells when it has.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Opens a page of the extension in a tab of its own; the popup that was left for it closes. */
function openPage(address: string, surface: ViewHost["surface"]): void {
  open(browser.runtime.getURL(address), "_blank", "noopener");
  if (surface === "popup") close();
}

/** Asks the tab's page through DevTools, in other places the browser, which needs leave for it. */
async function addressOf(tabId: number | undefined): Promise<string | undefined> {
  try {
    if (devtools) {
      const answer: unknown = await devtools.inspectedWindow.eval("location.href");
      // Firefox answers value and error, as the polyfill does; Chrome's own promise the value.
      const address = Array.isArray(answer) ? answer[0] : answer;
      return typeof address === "string" ? address : undefined;
    }
    return tabId === undefined ? undefined : (await browser.tabs.get(tabId)).url;
  } catch {
    // The tab is gone, or DevTools may not look into its page: nobody is told the address.
    return undefined;
  }
}

/** Where a page of the extension stands. */
export type Place = Pick<ViewHost, "surface" | "tabId">;

/** Where the panel's page stands: in DevTools they know the tab, in a tab of its own the address. */
export function panelPlace(): Place {
  return devtools
    ? { surface: "devtools", tabId: devtools.inspectedWindow.tabId }
    : { surface: "tab", tabId: tabOfAddress(location.search) };
}

/** Makes the host for the page that this runs in. */
export function createViewHost({ surface, tabId }: Place): ViewHost {
  // Nothing of a private window is kept, not even how wide a divider is.
  const preferences = createPreferences(!browser.extension.inIncognitoContext);

  return {
    surface,
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

    openOwnTab: () => openPage(panelAddress(tabId), surface),
    openOptions: (url) => openPage(optionsAddress(url), surface),

    pageUrl: () => addressOf(tabId),

    ...(devtools === undefined && {
      requestSite: (...patterns: string[]) => askLeave(patterns),
      onLeave,
    }),
    ...cookiesLeave(),

    saveFile: downloadFile,
  };
}
