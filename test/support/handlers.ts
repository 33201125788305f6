/** The commands of the views on a registry in Node, with pages and sites that have nothing in them. */
import {
  createHandlers,
  type Handlers,
  type OtherHandlers,
} from "../../src/background/commands.ts";
import { Pages } from "../../src/background/pages.ts";
import type { PagesRouting } from "../../src/background/route-plane.ts";
import { Sites } from "../../src/background/sites.ts";
import type { Registry } from "../../src/session/registry.ts";
import { FakeTabs } from "./fake-page.ts";

/** Nothing is granted beyond the local sites. */
export function noSites(changed: () => void = () => undefined): Sites {
  return new Sites(
    { granted: async () => [], remove: async () => true, register: async () => undefined },
    changed,
  );
}

/** Nothing is routed, and the routes are never read: nobody is told of any. */
export const noRouting: PagesRouting = {
  admits: () => false,
  routesOf: () => [],
  parts: new Promise<never>(() => undefined),
};

export function noPages(): Pages {
  return new Pages({
    tabs: new FakeTabs(),
    setMarker: () => undefined,
    routing: noRouting,
    viewsPatience: 0,
  });
}

/** Routes and the page API have their own tests. */
export const noRoutes = {} as OtherHandlers;

export function handlersOf(registry: Registry, pages: Pages = noPages()): Handlers {
  return createHandlers({ registry, pages, sites: noSites(), others: noRoutes });
}
