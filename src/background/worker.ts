/**
 * The worker's entry: it puts the parts together, and listens to the browser.
 *
 * It may be stopped at any moment and started by any event, so every listener that may start it is set
 * up at once, in this first task, and all state comes from the stores, the pages and the browser itself.
 */
/// <reference types="@crxjs/vite-plugin/client" />
import browser from "webextension-polyfill";
import apiMarker from "../content/api-marker.iife.ts?script&iife";
import marker from "../content/listen.iife.ts?script&iife";
import routeMarker from "../content/route-marker.iife.ts?script&iife";
import { onPagePort, onViewPort } from "../messages/browser-port.ts";
import { WELCOME_PAGE } from "../messages/pages.ts";
import { sitePattern } from "../messages/site-pattern.ts";
import { messageOf } from "../session/errors.ts";
import { Registry } from "../session/registry.ts";
import { Relay } from "../session/relay/relay.ts";
import type { RelayNotification } from "../session/relay/relay-client.ts";
import { createAccessStore } from "./access-store.ts";
import type { ApiClient } from "./api-document.ts";
import { keepAwakeWhile } from "./keep-awake.ts";
import { keptDataHandlers } from "./kept-data.ts";
import { PageApi } from "./page-api.ts";
import { PageScripts } from "./page-scripts.ts";
import { Pages } from "./pages.ts";
import { PastStatements } from "./past-statements.ts";
import type { Routing } from "./route-plane.ts";
import { createRouteStore } from "./route-store.ts";
import { RouteSwitch, routeHandlers } from "./route-switch.ts";
import { Routes } from "./routes.ts";
import { SavedStatements } from "./saved-statements.ts";
import { createSecretStore } from "./secrets.ts";
import { Shortcuts } from "./shortcuts.ts";
import { Sites } from "./sites.ts";
import { statementHandlers } from "./statement-handlers.ts";
import { createDurableStore } from "./storage.ts";
import { activeTab, browserTabs, openTabs } from "./tabs.ts";
import { Toolbar } from "./toolbar.ts";
import { Views } from "./views.ts";
import { createWebParts } from "./web-parts.ts";

let registry: Registry | undefined;
const durable = createDurableStore();

const scripts = new PageScripts({
  scripting: browser.scripting,
  declared: browser.runtime.getManifest().content_scripts ?? [],
  marker,
  routeMarker,
  apiMarker,
  failed: scriptsFailed,
});

/** Fulfilled when everything that was kept is read. */
let routingIsRead: (parts: Routing) => void;
const routing = new Promise<Routing>((resolve) => {
  routingIsRead = resolve;
});
let relay: Relay | undefined;

/** Whoever needs the browser's word on tabs: a view that looks at a page, a route. */
const tabsNeeded = { views: false, routes: false };

const pages: Pages = new Pages({
  tabs: browserTabs,
  setMarker(on) {
    scripts.setMarker(on);
    followTabs({ views: on });
  },
  routing: {
    admits: (place) => routes.admits(place),
    routesOf: (tabId) => routes.viewsOf(tabId),
    parts: routing,
    api: {
      admits: (origin) => pageApi.admits(origin),
      connected: (place, post) => pageApi.connected(place, post),
      routesChanged: () => pageApi.routesChanged(),
    },
  },
});

const toolbar = new Toolbar(browser.action);

const pageApi: PageApi = new PageApi({
  registry: relayedRegistry(),
  store: createAccessStore(durable),
  createClient: (id, notify) => routedClient(id, notify),
  routeOf: ({ tabId, origin = "null", topOrigin }) =>
    routes.book.routeFor({ tabId, origin, topOrigin })?.to,
  accessChanged: ({ requests }) => {
    views.accessChanged();
    toolbar.setAllCalling(requests.map(({ tabId }) => tabId));
  },
  originsChanged: (origins) =>
    scripts.setApi([...new Set(origins.map(sitePattern))]).catch(scriptsFailed),
  failed: (what, error) => void views.report(`Switchyard could not ${what} (${messageOf(error)}).`),
});

/** A client of the page API's, as one of the relay's. */
function routedClient(id: string, notify: (notification: RelayNotification) => void): ApiClient {
  if (!relay) throw new Error("No document is served before the routing is read.");
  const all = relay;
  const client = all.client(id, notify);
  return {
    call: (call, held, leaving) => client.call(call, held, leaving),
    delivered: (result) => client.delivered(result),
    sessionOver: (session) => client.sessionOver(session),
    close: () => all.drop(client),
  };
}

async function relayedRegistry(): Promise<Registry> {
  await routing;
  if (!registry) throw new Error("The routing is read after the registry.");
  return registry;
}

const routes: Routes = new Routes({
  pages,
  tabs: browserTabs,
  openTabs,
  plane: pages,
  store: createRouteStore(durable),
  toolbar,
  setRouted: (hosts) => scripts.setRouted(hosts),
  followTabs: (on) => followTabs({ routes: on }),
  alwaysChanged: () => views.alwaysChanged(),
  routedChanged: () => views.routedChanged(),
  report: (trouble) => void views.report(trouble),
});
const routeSwitch = new RouteSwitch({ routes, plane: pages, tabs: browserTabs });

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

const web = createWebParts({
  browser,
  durable,
  pages,
  changed: () => views.webChanged(),
  history: (key, entry) => views.history(key, entry),
  failed: (what, error) => void views.report(`Switchyard could not ${what} (${messageOf(error)}).`),
});

const statements = {
  past: new PastStatements(
    browser.storage.session,
    browser.extension.inIncognitoContext ?? false,
    (delta) => views.statementsChanged(delta),
  ),
  saved: new SavedStatements(durable, (delta) => views.statementsChanged(delta)),
};

const views = new Views({
  load: async (listener) => {
    registry = await Registry.load({
      durable,
      secret: createSecretStore(),
      // Pings would keep Chrome's worker awake for nobody.
      surroundings: { probe: answersHttp, online: () => navigator.onLine, watched: inUse },
      listener: {
        changed(delta) {
          listener.changed(delta);
          routes.registryChanged(delta);
          pageApi.registryChanged(delta);
        },
        history: (key, entry) => listener.history(key, entry),
        notified(key, id, event) {
          listener.notified(key, id, event);
          relay?.notified(id, event);
        },
      },
    });
    await routes.start(registry);
    relay = new Relay(registry);
    routingIsRead({ relay, control: routes });
    return registry;
  },
  pages,
  sites,
  always: () => routes.always,
  routed: () => routes.routed,
  access: () => pageApi.view,
  web: web.viewed,
  // Live queries of pages are in the records as those of views are.
  isPresent: (id) => relay?.has(id) ?? false,
  others: (registry) => ({
    ...routeHandlers(routeSwitch, routes),
    ...pageApi.handlers,
    ...web.handlers,
    ...statementHandlers(statements.past, statements.saved),
    ...keptDataHandlers({
      registry,
      routes,
      web: web.book,
      statements,
      access: { origins: () => pageApi.view.origins, forgetAll: () => pageApi.forgetAll() },
      clear: () => durable.clear(),
    }),
  }),
});

onViewPort((port) => views.connected(port));
onPagePort((port, { tabId, ...sender }) =>
  pages.connected(port, { tabId, ...sender, top: sender.frameId === 0 }),
);

const shortcuts = new Shortcuts({
  routes,
  control: routeSwitch,
  activeTab,
  openPopup: () => browser.action.openPopup(),
  report: (trouble) => void views.report(trouble),
});
browser.commands.onCommand.addListener((command, tab) => void shortcuts.run(command, tab?.id));

browser.permissions.onAdded.addListener(permissionsChanged);
browser.permissions.onRemoved.addListener(permissionsChanged);
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
  return views.open || routes.active || pageApi.inUse || (registry?.inUse ?? false);
}

/** Only while somebody needs it: else every load of any tab would start the worker. */
function followTabs(needed: Partial<typeof tabsNeeded>): void {
  Object.assign(tabsNeeded, needed);
  const how = tabsNeeded.views || tabsNeeded.routes ? "addListener" : "removeListener";
  browser.tabs.onUpdated[how](tabUpdated);
  browser.tabs.onRemoved[how](tabRemoved);
  browser.tabs.onReplaced[how](tabReplaced);
}

function tabUpdated(tabId: number, { status, url }: { status?: string; url?: string }): void {
  if (status === "complete") {
    pages.tabLoaded(tabId);
    web.pages.tabLoaded(tabId);
  }
  if (status === undefined && url === undefined) return;
  toolbar.forgotten(tabId);
  void routes.tabUpdated(tabId);
}

function tabRemoved(tabId: number): void {
  pages.tabRemoved(tabId);
  web.book.forgetTab(tabId);
  void routes.tabRemoved(tabId);
}

function tabReplaced(added: number, removed: number): void {
  pages.tabRemoved(removed);
  web.book.forgetTab(removed);
  void routes.tabReplaced(added, removed);
}

function permissionsChanged(): void {
  followSites();
  web.permissionsChanged();
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
