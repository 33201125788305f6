/** The toolbar button's popup: of the tab in front of which it opened. */
import browser from "webextension-polyfill";
import { startView } from "./start.ts";
import { createViewHost } from "./view-host.ts";

startView({
  host: async () => {
    const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
    return createViewHost({ surface: "popup", tabId: tab?.id });
  },
  view: async () => (await import("../ui/popup/popup.tsx")).mountPopup,
  advice: "Close this and open it again.",
});
