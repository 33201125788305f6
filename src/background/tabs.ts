/** The browser's tabs, as the pages' side of the worker needs them. */
import browser from "webextension-polyfill";
import { LISTEN } from "../messages/page-messages.ts";
import type { Tabs } from "./page-status.ts";

export const browserTabs: Tabs = {
  async listen(tabId) {
    try {
      await browser.tabs.sendMessage(tabId, LISTEN);
      return true;
    } catch {
      // "Receiving end does not exist": no bridge in this tab, or no such tab.
      return false;
    }
  },
  async look(tabId) {
    try {
      const { url, status } = await browser.tabs.get(tabId);
      return {
        ...(url !== undefined && { url }),
        permitted: await permits(url),
        loading: status === "loading",
      };
    } catch {
      // No tab with this id.
      return undefined;
    }
  },
  reload: (tabId) => browser.tabs.reload(tabId),
};

async function permits(url: string | undefined): Promise<boolean> {
  if (url === undefined || !/^https?:/.test(url)) return false;
  const { protocol, hostname } = new URL(url);
  return browser.permissions.contains({ origins: [`${protocol}//${hostname}/*`] });
}
