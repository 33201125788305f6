/**
 * Where routes are kept: those of tabs in `storage.session`, which ends with the browser as tabs do;
 * always-routes and agreements in IndexedDB.
 *
 * As the sign-ins, routes of a private window of Chrome share their memory with those of the others,
 * and carry in their key whose they are.
 */
import browser from "webextension-polyfill";
import type { KeptRoutes, TabRoutes } from "../session/relay/route-book.ts";
import type { KeptValues } from "./storage.ts";
import { readKeptRoutes, readTabRoutes } from "./stored-routes.ts";

export interface RouteStore {
  loadTabs(): Promise<TabRoutes>;
  saveTabs(routes: TabRoutes): Promise<void>;
  loadKept(): Promise<KeptRoutes>;
  saveKept(routes: KeptRoutes): Promise<void>;
}

const KEPT = "routes";

export function createRouteStore(values: KeptValues): RouteStore {
  const area = browser.storage.session;
  const key = browser.extension.inIncognitoContext ? "private-routes" : "routes";
  return {
    loadTabs: async () => readTabRoutes((await area.get(key))[key]),
    saveTabs: (routes) => area.set({ [key]: routes }),
    loadKept: async () => readKeptRoutes(await values.value(KEPT)),
    saveKept: (routes) => values.saveValue(KEPT, routes),
  };
}
