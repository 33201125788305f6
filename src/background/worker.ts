/**
 * The worker's entry: it puts the parts together, and listens to the browser.
 *
 * It may be stopped at any moment and started by any event, so every listener that may start it is set
 * up at once, in this first task, and all state comes from the stores, the pages and the browser itself.
 */
/// <reference types="@crxjs/vite-plugin/client" />
import browser from "webextension-polyfill";
import marker from "../content/listen.iife.ts?script&iife";
import { onPagePort, onViewPort } from "../messages/browser-port.ts";
import { WELCOME_PAGE } from "../messages/pages.ts";
import { messageOf } from "../session/errors.ts";
import { Registry } from "../session/registry.ts";
import type { OtherHandlers } from "./commands.ts";
import { keepAwakeWhile } from "./keep-awake.ts";
import { PageScripts } from "./page-scripts.ts";
import { Pages } from "./pages.ts";
import { createSecretStore } from "./secrets.ts";
import { Sites } from "./sites.ts";
import { createDurableStore } from "./storage.ts";
import { browserTabs } from "./tabs.ts";
import { Views } from "./views.ts";

let registry: Registry | undefined;

const scripts = new PageScripts({
  scripting: browser.scripting,
  declared: browser.runtime.getManifest().content_scripts ?? [],
  marker,
  failed: scriptsFailed,
});

const pages = new Pages({
  tabs: browserTabs,
  setMarker(on) {
    scripts.setMarker(on);
    followTabs(on);
  },
});

const sites = new Sites(
  {
    granted: async () => (await browser.permissions.getAll()).origins ?? [],
    remove: (pattern) => browser.permissions.remove({ origins: [pattern] }),
    register: (patterns) => scripts.setSites(patterns),
  },
  () => {
    views.sitesChanged();
    pages.sitesChanged();
  },
);

const views = new Views({
  load: async (listener) => {
    registry = await Registry.load({
      durable: createDurableStore(),
      secret: createSecretStore(),
      // Pings would keep Chrome's worker awake for nobody.
      surroundings: { probe: answersHttp, online: () => navigator.onLine, watched: inUse },
      listener,
    });
    return registry;
  },
  pages,
  sites,
  others: () => ({}) as OtherHandlers,
});

onViewPort((port) => views.connected(port));
onPagePort((port, { tabId, ...sender }) =>
  pages.connected(port, { tabId, ...sender, top: sender.frameId === 0 }),
);

browser.permissions.onAdded.addListener(followSites);
browser.permissions.onRemoved.addListener(followSites);
// Wakes the worker, and so brings what is registered up to what is granted.
browser.runtime.onStartup.addListener(followSites);
followSites();

browser.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") {
    void browser.tabs.create({ url: browser.runtime.getURL(WELCOME_PAGE) });
  }
});

self.addEventListener("online", () => registry?.networkChanged());

keepAwakeWhile(inUse);

function inUse(): boolean {
  return views.open || (registry?.inUse ?? false);
}

/** Only while a view looks at a page: else every load of any tab would start the worker. */
function followTabs(on: boolean): void {
  const how = on ? "addListener" : "removeListener";
  browser.tabs.onUpdated[how](tabUpdated);
  browser.tabs.onRemoved[how](tabRemoved);
}

function tabUpdated(tabId: number, { status }: { status?: string }): void {
  if (status === "complete") pages.tabLoaded(tabId);
}

function tabRemoved(tabId: number): void {
  pages.tabRemoved(tabId);
}

function followSites(): void {
  sites.refresh().catch(scriptsFailed);
}

/** The browser refused to run our scripts on a site, or to tell where it lets us. */
function scriptsFailed(error: unknown): void {
  void views.report(
    `The browser refused to run Switchyard on the sites that you enabled (${messageOf(error)}).`,
  );
}

/** True when anything answers at this URL: what it says can't be read, and doesn't matter. */
async function answersHttp(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(2_000) });
    return true;
  } catch {
    // The browser tells scripts no more than that nothing came.
    return false;
  }
}
