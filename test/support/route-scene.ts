/**
 * The control of routes on a registry in Node: fake tabs and documents, stores in memory, and a plane
 * that carries nothing, but does as it is told and remembers it.
 */

import type { RoutedHosts } from "../../src/background/page-scripts.ts";
import { Pages } from "../../src/background/pages.ts";
import type { Applied, RoutedDocument, RoutePlane } from "../../src/background/route-plane.ts";
import type { RouteStore } from "../../src/background/route-store.ts";
import { RouteSwitch } from "../../src/background/route-switch.ts";
import { Routes } from "../../src/background/routes.ts";
import type { ToolbarRoute } from "../../src/background/toolbar.ts";
import type { Registry } from "../../src/session/registry.ts";
import type { KeptRoutes, TabRoutes } from "../../src/session/relay/route-book.ts";
import type { RoutedTab, RouteLeftover, RouteNotice } from "../../src/session/relay/route-model.ts";
import { FakePage, type FakePlace, FakeTabs } from "./fake-page.ts";

export class MemoryRouteStore implements RouteStore {
  tabs: TabRoutes = { routes: [], declined: [] };
  kept: KeptRoutes = { always: [], agreed: [] };
  broken = false;
  async loadTabs() {
    if (this.broken) throw new Error("The store is broken.");
    return structuredClone(this.tabs);
  }
  async saveTabs(routes: TabRoutes) {
    if (this.broken) throw new Error("The store is broken.");
    this.tabs = structuredClone(routes);
  }
  async loadKept() {
    return structuredClone(this.kept);
  }
  async saveKept(routes: KeptRoutes) {
    this.kept = structuredClone(routes);
  }
}

export class FakePlane implements RoutePlane {
  applied: number[] = [];
  answer: Applied = { confirmed: 1, missing: 0 };
  /** A switch waits for it. */
  confirmation: Promise<unknown> = Promise.resolve();
  open: RouteLeftover[] = [];
  left: RouteLeftover[] = [];
  noticed: RouteNotice[] = [];
  cancelled = 0;
  async apply(tabId: number) {
    this.applied.push(tabId);
    await this.confirmation;
    return this.answer;
  }
  missing() {
    return this.answer.missing;
  }
  transactions() {
    return this.open;
  }
  async cancelTransactions() {
    this.cancelled += 1;
    this.open = [];
  }
  async cancelTransaction(_tabId: number, id: string) {
    this.open = this.open.filter((each) => each.id !== id);
  }
  leftovers() {
    return this.left;
  }
  notices() {
    return this.noticed;
  }
}

/** What outlives a worker: tabs and their pages, the stores, what is registered. */
export class RouteWorld {
  readonly tabs = new FakeTabs();
  readonly store = new MemoryRouteStore();
  readonly plane = new FakePlane();
  hosts: RoutedHosts = { tabs: [], always: [] };
  refusesMarkers = false;
  readonly troubles: string[] = [];
  readonly toolbar = new Map<number, ToolbarRoute>();
  followed = false;
  alwaysTold = 0;
  pages!: Pages;
  routes!: Routes;
  /** What all views were told of which tabs run as held sessions. */
  readonly routedTold: RoutedTab[][] = [];
  control!: RouteSwitch;

  /** A worker, on what the one before left. */
  start(registry: Registry, viewsPatience = 0): Promise<void> {
    const { tabs, plane, store, toolbar } = this;
    const pages = new Pages({
      tabs,
      setMarker: () => undefined,
      viewsPatience,
      routing: {
        admits: (place) => routes.admits(place),
        routesOf: (tabId) => routes.viewsOf(tabId),
        // Tests ask in the documents' place.
        parts: new Promise<never>(() => undefined),
      },
    });
    const routes: Routes = new Routes({
      pages,
      tabs,
      openTabs: async () => [...tabs.seen.keys()],
      plane,
      store,
      toolbar: {
        setRoute: (tabId, route) =>
          void (route ? toolbar.set(tabId, route) : toolbar.delete(tabId)),
        forgotten: () => undefined,
        tabClosed: (tabId) => void toolbar.delete(tabId),
      },
      setRouted: async (hosts) => {
        if (this.refusesMarkers) throw new Error("Not permitted");
        this.hosts = structuredClone(hosts);
      },
      followTabs: (on) => {
        this.followed = on;
      },
      alwaysChanged: () => {
        this.alwaysTold += 1;
      },
      routedChanged: () => {
        this.routedTold.push(routes.routed);
      },
      report: (trouble) => this.troubles.push(trouble),
    });
    this.pages = pages;
    this.routes = routes;
    this.control = new RouteSwitch({ routes, plane, tabs });
    return routes.start(registry);
  }

  /** A document in a tab; its port opens when it is asked. */
  page(place: FakePlace = {}): FakePage {
    return this.tabs.add(new FakePage(() => this.pages, place));
  }

  /** The tab shows this document from now on, as its bridge tells by asking for its route. */
  async opens(page: FakePage) {
    page.openPort();
    return this.asks(page);
  }

  asks(page: FakePage, topOrigin?: string) {
    const { tabId, frameId, documentId, origin, url } = page.place;
    const top = frameId === 0;
    const document: RoutedDocument = { tabId, frameId, documentId, origin, url, top, topOrigin };
    return this.routes.routeFor(document);
  }

  view(tabId = 7) {
    return this.routes.viewsOf(tabId);
  }

  notices(tabId = 7) {
    return this.view(tabId).flatMap(({ notices }) => notices);
  }
}
