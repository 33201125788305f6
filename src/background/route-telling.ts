/**
 * Telling what is to be shown of routes: to the views of a tab and to its toolbar button, a moment
 * after something changed, and only where it is otherwise than it was told.
 */

import type { RoutedTab, RouteView } from "../session/relay/route-model.ts";
import { BEGINNING, beginningsOf, type KnownPage } from "../session/relay/route-notices.ts";
import type { Pages } from "./pages.ts";
import { RouteViews, type RouteViewsOptions, type TabStanding } from "./route-views.ts";
import type { Toolbar } from "./toolbar.ts";

export interface RouteTellingOptions
  extends Pick<RouteViewsOptions, "book" | "plane" | "registry"> {
  pages: Pick<Pages, "known" | "routesChanged">;
  toolbar: Pick<Toolbar, "setRoute">;
  /** Other tabs run as held sessions than before, or as others: all views are to be told. */
  routedChanged?(): void;
  /** Something that is kept of routes changed. */
  save(): void;
}

/** At most so many milliseconds late. */
const PAUSE = 40;
const NO_PAGE: KnownPage = { frames: [], sockets: [], sessions: [] };

/** A tab with routes, as far as it was told. */
interface Told extends TabStanding {
  /** What views have, as text. */
  text: string;
  soon?: ReturnType<typeof setTimeout> | undefined;
  /** Sessions of its page are beginning. */
  beginning?: ReturnType<typeof setTimeout> | undefined;
}

export class RouteTelling {
  readonly #options: RouteTellingOptions;
  readonly #views: RouteViews;
  readonly #tabs = new Map<number, Told>();
  /** The routed tabs that all views have, as text. */
  #toldRouted = "[]";

  constructor(options: RouteTellingOptions) {
    this.#options = options;
    this.#views = new RouteViews({
      ...options,
      page: (tabId) => this.page(tabId),
      standing: (tabId) => this.standing(tabId),
    });
  }

  /** All that is known of a tab's page. */
  page(tabId: number): KnownPage {
    return this.#options.pages.known(tabId) ?? NO_PAGE;
  }

  viewsOf(tabId: number): RouteView[] {
    return this.#views.of(tabId);
  }

  /** Tabs that run as held sessions now, not those whose routes rest. */
  get routed(): RoutedTab[] {
    const { book } = this.#options;
    return book.routes
      .filter((route) => !book.isSuspended(route))
      .map(({ tabId, origin, to }) => ({ tabId, origin, to }));
  }

  /** How far its documents are; to be changed by whoever knows. */
  standing(tabId: number): TabStanding {
    return this.#told(tabId);
  }

  changed(tabId: number): void {
    this.#told(tabId).soon ??= setTimeout(() => this.show(tabId), PAUSE);
  }

  show(tabId: number): void {
    const told = this.#told(tabId);
    clearTimeout(told.soon);
    told.soon = undefined;
    // Only ever less: while a page loads anew there is always something that hasn't confirmed yet.
    if (told.missing > 0) told.missing = Math.min(told.missing, this.#options.plane.missing(tabId));
    this.#learnBeginnings(tabId, told);
    this.#options.toolbar.setRoute(tabId, this.#views.toolbar(tabId));
    const text = JSON.stringify(this.viewsOf(tabId));
    if (text === told.text) return;
    told.text = text;
    this.#options.pages.routesChanged(tabId);
    this.#tellRouted();
  }

  #tellRouted(): void {
    const text = JSON.stringify(this.routed);
    if (text === this.#toldRouted) return;
    this.#toldRouted = text;
    this.#options.routedChanged?.();
  }

  /** The tab is closed; its routes are out of the book. */
  forget(tabId: number): void {
    const told = this.#tabs.get(tabId);
    clearTimeout(told?.soon);
    clearTimeout(told?.beginning);
    this.#tabs.delete(tabId);
    this.#tellRouted();
  }

  #told(tabId: number): Told {
    const known = this.#tabs.get(tabId);
    if (known) return known;
    const told: Told = { text: "[]", switching: 0, missing: 0 };
    this.#tabs.set(tabId, told);
    return told;
  }

  #learnBeginnings(tabId: number, told: Told): void {
    const { book, save } = this.#options;
    const page = this.page(tabId);
    let isNew = false;
    for (const route of book.routesOf(tabId)) {
      if (book.isSuspended(route)) continue;
      const { baseline, more } = beginningsOf(page, route, Date.now());
      if (more) {
        told.beginning ??= setTimeout(() => {
          told.beginning = undefined;
          this.show(tabId);
        }, BEGINNING);
      }
      if (Object.keys(baseline).length === 0) continue;
      route.baseline = { ...route.baseline, ...baseline };
      isNew = true;
    }
    if (isNew) save();
  }
}
