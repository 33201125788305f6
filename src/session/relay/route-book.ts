/**
 * The book of routes: which documents run as which held session, and what the person agreed to.
 *
 * One rule decides: a document is routed if its origin is the route's and the top origin of its tab is
 * the route's too. Nothing is guessed and nothing falls back: a route whose session is gone stays, so
 * that its requests fail until the person chooses again. No browser in here; who keeps the book says
 * what happens to tabs, and stores it after each change.
 */
import type { SessionKey } from "../model.ts";
import type { AlwaysRoute, RouteNotice, RoutePlace, RouteScope } from "./route-model.ts";

/** What a session of the page was when the tab was switched, to tell what the page changes later. */
export interface RoutedBaseline {
  namespace?: string;
  database?: string;
  /** Absent: anonymous. */
  user?: string;
}

export interface Route extends RoutePlace {
  to: SessionKey;
  scope: RouteScope;
  since: number;
  /** Notices that the person has closed. */
  dismissed: RouteNotice["kind"][];
  /** By `holder.place` of the page's sessions. */
  baseline: Record<string, RoutedBaseline>;
}

/** A document, as far as a route asks; both origins by the browser's word. */
export interface RoutableDocument {
  tabId: number;
  origin: string;
  /** Of its tab; undefined where the browser doesn't tell. */
  topOrigin: string | undefined;
}

/** A server that the requests of an origin may go to although its sockets go elsewhere. */
export interface AgreedServer {
  origin: string;
  server: string;
}

/** What ends with the browser. */
export interface TabRoutes {
  routes: Route[];
  /** Tabs in which the person took the site's always-route away. */
  declined: { tabId: number; origin: string }[];
}

/** What outlives the browser. */
export interface KeptRoutes {
  always: AlwaysRoute[];
  agreed: AgreedServer[];
}

export class RouteBook {
  readonly #routes = new Map<string, Route>();
  readonly #declined = new Map<string, { tabId: number; origin: string }>();
  readonly #always = new Map<string, AlwaysRoute>();
  readonly #agreed = new Map<string, AgreedServer>();
  /** Origin of each tab's top frame, as far as it is known. */
  readonly #tops = new Map<number, string | undefined>();

  load(tabs: TabRoutes, kept: KeptRoutes): void {
    for (const route of tabs.routes) this.#routes.set(placeKey(route), route);
    for (const each of tabs.declined) this.#declined.set(originKey(each), each);
    for (const each of kept.always) this.#always.set(each.origin, each);
    for (const each of kept.agreed) this.#agreed.set(agreedKey(each), each);
  }

  get tabRoutes(): TabRoutes {
    return { routes: [...this.#routes.values()], declined: [...this.#declined.values()] };
  }

  get keptRoutes(): KeptRoutes {
    return { always: this.always, agreed: [...this.#agreed.values()] };
  }

  // ── Routes of tabs ──────────────────────────────────────────────────────────────────────────

  get routes(): Route[] {
    return [...this.#routes.values()];
  }

  routesOf(tabId: number): Route[] {
    return this.routes.filter((route) => route.tabId === tabId);
  }

  at(place: RoutePlace): Route | undefined {
    return this.#routes.get(placeKey(place));
  }

  /** The one rule. */
  routeFor({ tabId, origin, topOrigin }: RoutableDocument): Route | undefined {
    if (topOrigin === undefined || !isRoutable(origin) || !isRoutable(topOrigin)) return undefined;
    return this.at({ tabId, origin, topOrigin });
  }

  /** @throws RangeError for an opaque origin, which is nobody's */
  set(
    { tabId, topOrigin, origin }: RoutePlace,
    chosen: Pick<Route, "to" | "scope" | "baseline">,
    now: number,
  ): Route {
    if (!isRoutable(origin) || !isRoutable(topOrigin)) {
      throw new RangeError(`${origin} in ${topOrigin} can't be routed.`);
    }
    const { to, scope, baseline } = chosen;
    const place = { tabId, topOrigin, origin };
    const route: Route = { ...place, to, scope, baseline, since: now, dismissed: [] };
    this.#routes.set(placeKey(route), route);
    this.#declined.delete(originKey(place));
    return route;
  }

  /** What was there before a switch that couldn't be stored. */
  restore(place: RoutePlace, before: Route | undefined): void {
    if (before) this.#routes.set(placeKey(before), before);
    else this.#routes.delete(placeKey(place));
  }

  /** "Page's own session", in this tab also against an always-route. @returns false: there is none */
  clear(place: RoutePlace): boolean {
    const { tabId, origin } = place;
    if (this.#always.has(origin)) this.#declined.set(originKey(place), { tabId, origin });
    return this.#routes.delete(placeKey(place));
  }

  /** The browser gave a tab another number, as when it unloaded its page to save memory. */
  tabReplaced(added: number, removed: number): void {
    for (const route of this.routesOf(removed)) {
      this.#routes.set(placeKey({ ...route, tabId: added }), { ...route, tabId: added });
    }
    for (const { tabId, origin } of this.#declined.values()) {
      if (tabId !== removed) continue;
      this.#declined.set(originKey({ tabId: added, origin }), { tabId: added, origin });
    }
    this.tabClosed(removed);
  }

  /** @returns whether anything was kept of it */
  tabClosed(tabId: number): boolean {
    this.#tops.delete(tabId);
    let isChanged = false;
    for (const map of [this.#routes, this.#declined]) {
      for (const [key, each] of map) {
        if (each.tabId === tabId) isChanged = map.delete(key) || isChanged;
      }
    }
    return isChanged;
  }

  // ── What tabs show ──────────────────────────────────────────────────────────────────────────

  /** @returns true where that is another than before */
  setTop(tabId: number, origin: string | undefined): boolean {
    if (this.#tops.has(tabId) && this.#tops.get(tabId) === origin) return false;
    this.#tops.set(tabId, origin);
    return true;
  }

  topOf(tabId: number): string | undefined {
    return this.#tops.get(tabId);
  }

  /** The tab shows another origin than the route's, or one that isn't known. */
  isSuspended({ tabId, topOrigin }: RoutePlace): boolean {
    return this.#tops.get(tabId) !== topOrigin;
  }

  // ── Always ──────────────────────────────────────────────────────────────────────────────────

  get always(): AlwaysRoute[] {
    return [...this.#always.values()];
  }

  alwaysFor(origin: string): AlwaysRoute | undefined {
    return this.#always.get(origin);
  }

  /** What a tab that opens this origin is to be routed to by itself, if it isn't yet. */
  dueAlways(tabId: number, origin: string): AlwaysRoute | undefined {
    if (this.at({ tabId, topOrigin: origin, origin })) return undefined;
    return this.#declined.has(originKey({ tabId, origin })) ? undefined : this.alwaysFor(origin);
  }

  setAlways({ origin, to, scope }: AlwaysRoute): void {
    this.#always.set(origin, { origin, to, scope });
    for (const [key, each] of this.#declined) {
      if (each.origin === origin) this.#declined.delete(key);
    }
  }

  /** Tabs that run so already go on. */
  removeAlways(origin: string): boolean {
    return this.#always.delete(origin);
  }

  /** A route of a whole tab that every other tab with this origin gets too. */
  isAlways({ origin, topOrigin, to }: Route): boolean {
    return origin === topOrigin && this.alwaysFor(origin)?.to === to;
  }

  // ── Other servers ───────────────────────────────────────────────────────────────────────────

  isAgreed(origin: string, server: string): boolean {
    return this.#agreed.has(agreedKey({ origin, server }));
  }

  agree(origin: string, server: string): void {
    this.#agreed.set(agreedKey({ origin, server }), { origin, server });
  }

  // ── Held sessions ───────────────────────────────────────────────────────────────────────────

  /**
   * Another session takes the place of this one, with its routes.
   * @param mayMove what is false stays with the session that was replaced, and fails
   * @returns the routes that moved
   */
  replaced(
    key: SessionKey,
    by: SessionKey,
    mayMove: (route: { origin: string; tabId?: number }) => boolean,
  ): Route[] {
    const moved = this.routes.filter((route) => route.to === key && mayMove(route));
    for (const route of moved) route.to = by;
    for (const always of this.#always.values()) {
      if (always.to === key && mayMove(always)) always.to = by;
    }
    return moved;
  }

  /** Everything, agreements included. */
  forgetAll(): void {
    for (const map of [this.#routes, this.#declined, this.#always, this.#agreed]) map.clear();
  }
}

/** Opaque origins ("null") are shared by all that have none; others than http and https have no hook. */
export function isRoutable(origin: string): boolean {
  return /^https?:\/\/[^/]+$/.test(origin);
}

function placeKey({ tabId, topOrigin, origin }: RoutePlace): string {
  return `${tabId} ${topOrigin} ${origin}`;
}

function originKey({ tabId, origin }: { tabId: number; origin: string }): string {
  return `${tabId} ${origin}`;
}

function agreedKey({ origin, server }: AgreedServer): string {
  return `${origin} ${server}`;
}
