/**
 * The pages that somebody looks at: each tab with a view of its own.
 *
 * Nothing is heard of a page before a view of its tab is open, and nothing after the last one closed:
 * bridges are asked to open their ports when a view says hello, and told to be quiet when it is gone.
 * New documents open theirs by themselves while a marker script is registered, which is as long as any
 * view of any tab is open.
 */
import type { PortLike } from "../messages/view-client.ts";
import { UnknownSessionError } from "../session/errors.ts";
import type { SessionKey } from "../session/model.ts";
import { Allowance } from "../session/page/page-mirror.ts";
import type { PageFrameView, PageView } from "../session/page/page-model.ts";
import type { PageSession } from "../session/page/page-session.ts";
import type { DocumentPlace } from "../session/page/page-session-view.ts";
import type {
  RouteLeftover,
  RouteNotice,
  RoutePlace,
  RouteScope,
} from "../session/relay/route-model.ts";
import type { KnownPage } from "../session/relay/route-notices.ts";
import { sendAway } from "./page-document.ts";
import type { Tabs } from "./page-status.ts";
import { PageTab, type PageWatcher } from "./page-tab.ts";
import type { Applied, PagesRouting, RoutePlane } from "./route-plane.ts";

/** Bytes of values that are kept of all pages together. */
const ALLOWANCE = 128 * 1024 * 1024;
/** Documents of all tabs together. */
const DOCUMENTS = 1_000;
/** As long as a view may take to come back. */
const VIEWS_PATIENCE = 5_000;

export interface PagesOptions {
  tabs: Tabs;
  /** New documents shall, or needn't, open their ports by themselves. */
  setMarker(on: boolean): void;
  /** What is routed, and for whom. */
  routing: PagesRouting;
  /** After its start the worker waits so many milliseconds for the views that were there before. */
  viewsPatience?: number;
}

export class Pages implements RoutePlane {
  readonly #options: PagesOptions;
  readonly #tabs = new Map<number, PageTab>();
  readonly #allowance = new Allowance(ALLOWANCE);
  /** The worker has just started, and its views may still be on their way. */
  #starting = true;

  constructor(options: PagesOptions) {
    this.#options = options;
    setTimeout(() => {
      this.#starting = false;
      for (const tab of [...this.#tabs.values()]) this.#leaveAlone(tab);
      if (this.#tabs.size === 0) options.setMarker(false);
    }, options.viewsPatience ?? VIEWS_PATIENCE);
  }

  // ── Views ───────────────────────────────────────────────────────────────────────────────────

  /** A view of this tab is open: from now on it is told of every change. */
  watch(watcher: PageWatcher): void {
    const tab = this.#tab(watcher.tabId);
    tab.add(watcher);
    this.#options.setMarker(true);
    void tab.listen();
  }

  unwatch(watcher: PageWatcher): void {
    const tab = this.#tabs.get(watcher.tabId);
    if (!tab?.watchers.delete(watcher)) return;
    tab.applyMode();
    this.#leaveAlone(tab);
    if (![...this.#tabs.values()].some(({ watchers }) => watchers.size > 0)) {
      this.#options.setMarker(false);
    }
  }

  /** Closes the ports of a tab that was only asked for its routes, and has none. */
  leaveUnwatched(tabId: number): void {
    const tab = this.#tabs.get(tabId);
    if (tab) this.#leaveAlone(tab);
  }

  #leaveAlone(tab: PageTab): void {
    if (tab.watchers.size > 0 || tab.isNeeded || this.#starting) return;
    this.#close(tab);
  }

  #close(tab: PageTab): void {
    tab.close();
    this.#tabs.delete(tab.tabId);
  }

  /** The page as this view is shown it in its first snapshot. */
  pageFor(watcher: PageWatcher): PageView {
    return this.#tab(watcher.tabId).viewFor(watcher);
  }

  /** Frames are told to this view from now on, or no more. */
  record(watcher: PageWatcher, on: boolean): void {
    if (on === (watcher.recordingSince !== undefined)) return;
    watcher.recordingSince = on ? Date.now() : undefined;
    this.#tabs.get(watcher.tabId)?.applyMode();
    watcher.tell({ event: "page", delta: { recordingSince: watcher.recordingSince ?? null } });
  }

  /** What is known of a tab's page; undefined where nobody looks at it. */
  known(tabId: number): KnownPage | undefined {
    return this.#tabs.get(tabId)?.known;
  }

  /** The documents of a tab that have told of themselves, the top frame's first. */
  frames(tabId: number): PageFrameView[] {
    return this.#tabs.get(tabId)?.frames ?? [];
  }

  /** The views of this tab are told its routes. */
  routesChanged(tabId: number): void {
    this.#options.routing.api?.routesChanged();
    this.#tabs.get(tabId)?.routesChanged();
  }

  reload({ tabId }: PageWatcher): Promise<void> {
    return this.#options.tabs.reload(tabId);
  }

  /** Looks for bridges anew. */
  async look({ tabId }: PageWatcher): Promise<void> {
    await this.#tabs.get(tabId)?.listen();
  }

  /** @throws UnknownSessionError */
  session(key: SessionKey): PageSession {
    for (const tab of this.#tabs.values()) {
      const session = tab.session(key);
      if (session) return session;
    }
    throw new UnknownSessionError(key);
  }

  /** Tells the views at once what changed, so that an answer never comes before its effect. */
  tellChanges(): void {
    for (const tab of this.#tabs.values()) tab.tellChanges();
  }

  // ── Routes ──────────────────────────────────────────────────────────────────────────────────

  async apply(tabId: number): Promise<Applied> {
    const tab = this.#tabs.get(tabId);
    return tab ? tab.applyRoutes() : { confirmed: 0, missing: 0 };
  }

  missing(tabId: number): number {
    return this.#tabs.get(tabId)?.routes.missing ?? 0;
  }

  transactions(place: RoutePlace, scope: RouteScope): RouteLeftover[] {
    return this.#tabs.get(place.tabId)?.routes.transactions(place, scope) ?? [];
  }

  async cancelTransactions(place: RoutePlace, scope: RouteScope): Promise<void> {
    await this.#tabs.get(place.tabId)?.routes.cancelTransactions(place, scope);
  }

  async cancelTransaction(tabId: number, id: string): Promise<void> {
    await this.#tabs.get(tabId)?.routes.cancelTransaction(id);
  }

  leftovers(place: RoutePlace): RouteLeftover[] {
    return this.#tabs.get(place.tabId)?.routes.leftovers(place) ?? [];
  }

  notices(place: RoutePlace): RouteNotice[] {
    return this.#tabs.get(place.tabId)?.routes.notices(place) ?? [];
  }

  // ── What the browser tells ──────────────────────────────────────────────────────────────────

  /** A bridge opened its port. */
  connected(port: PortLike, place: DocumentPlace): void {
    const isAwaited =
      this.#starting ||
      this.#tabs.has(place.tabId) ||
      this.#options.routing.admits(place) ||
      this.#options.routing.api?.admits(place.origin);
    const documents = [...this.#tabs.values()].reduce((sum, tab) => sum + tab.documentCount, 0);
    if (!isAwaited || documents >= DOCUMENTS) {
      sendAway(port, !this.#options.routing.admits(place));
      return;
    }
    this.#tab(place.tabId).connected(port, place);
  }

  /** A tab's page has loaded, or its address or its permission changed. */
  tabLoaded(tabId: number): void {
    void this.#tabs.get(tabId)?.loaded();
  }

  tabRemoved(tabId: number): void {
    const tab = this.#tabs.get(tabId);
    if (!tab) return;
    // Its documents are gone, whatever they left.
    if (tab.watchers.size === 0) this.#close(tab);
    else void tab.look();
  }

  /** What is permitted changed. */
  sitesChanged(): void {
    for (const tab of this.#tabs.values()) void tab.look();
  }

  #tab(tabId: number): PageTab {
    const known = this.#tabs.get(tabId);
    if (known) return known;
    const { tabs, routing } = this.#options;
    const tab = new PageTab(tabId, tabs, this.#allowance, routing, () =>
      this.leaveUnwatched(tabId),
    );
    this.#tabs.set(tabId, tab);
    return tab;
  }
}
