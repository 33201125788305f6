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

/** Ids of all tabs. */
export async function openTabs(): Promise<number[]> {
  const tabs = await browser.tabs.query({});
  return tabs.map(({ id }) => id).filter((id) => id !== undefined);
}

/** The tab in front of the window that had the focus last. */
export async function activeTab(): Promise<number | undefined> {
  const [tab] = await browser.tabs.query({ active: true, lastFocusedWindow: true });
  return tab?.id;
}
