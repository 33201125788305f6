/** The toolbar button's popup: of the tab in front of which it opened. `?switch`: opened to switch. */
import browser from "webextension-polyfill";
import { isSwitcherAddress } from "../messages/pages.ts";
import { type Mount, startView } from "./start.ts";
import { createViewHost } from "./view-host.ts";

startView({
  host: async () => {
    const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
    return createViewHost({ surface: "popup", tabId: tab?.id });
  },
  view: async (): Promise<Mount> => {
    const { mountPopup } = await import("../ui/popup/popup.tsx");
    const switching = isSwitcherAddress(location.search);
    return (root, parts) => mountPopup(root, { ...parts, switching });
  },
  advice: "Close this and open it again.",
});
