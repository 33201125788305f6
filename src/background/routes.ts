/**
 * The control of routes: which tab runs as which held session, as long as its page and its tab last.
 *
 * It keeps the book of routes in step with the browser's tabs and with the held sessions, and tells
 * whoever shows them. A route is stored, and its marker registered, before any document is told of it:
 * so that neither a reload nor the death of the worker can let a request of it run as the page itself.
 */
import type { WorkerEvent } from "../messages/commands.ts";
import type { RegistryDelta } from "../session/change-feed.ts";
import { InvalidRequestError, messageOf } from "../session/errors.ts";
import type { HeldSession } from "../session/held-session.ts";
import type { SessionKey } from "../session/model.ts";
import type { Registry } from "../session/registry.ts";
import { isRoutable, type RouteBook } from "../session/relay/route-book.ts";
import type {
  AlwaysRoute,
  RoutedTab,
  RouteNotice,
  RoutePlace,
  RouteScope,
  RouteView,
} from "../session/relay/route-model.ts";
import { baselineOf, type KnownPage } from "../session/relay/route-notices.ts";
import type { Tabs } from "./page-status.ts";
import type { PageWatcher } from "./page-tab.ts";
import type { Pages } from "./pages.ts";
import { RouteKeeping, type RouteKeepingOptions } from "./route-keeping.ts";
import type { RouteControl, RoutedDocument, RoutePlane, RouteTarget } from "./route-plane.ts";
import { RouteTelling } from "./route-telling.ts";
import type { Toolbar } from "./toolbar.ts";

export interface RoutesOptions extends RouteKeepingOptions {
  pages: Pages;
  tabs: Pick<Tabs, "look">;
  plane: RoutePlane;
  toolbar: Pick<Toolbar, "setRoute" | "forgotten" | "tabClosed">;
  /** There are routes, so that tabs have to be followed; or none any more. */
  followTabs(on: boolean): void;
  /** To be told to all views. */
  alwaysChanged(): void;
  /** To be told to all views: which tabs run as held sessions. */
  routedChanged?(): void;
}

/** How long a switch waits for the server to say who the session is. */
const CHECK_PATIENCE = 3_000;
/** A tab that was only asked for its routes is left alone after so many milliseconds. */
const ADMITTED = 1_000;

export class Routes implements RouteControl {
  readonly book: RouteBook;
  readonly #keeping: RouteKeeping;
  readonly #telling: RouteTelling;
  readonly #options: RoutesOptions;
  readonly #ready: Promise<void>;
  /** Until then, and where that fails, any document may be routed. */
  #isBookRead = false;
  #started: (reading: Promise<void>) => void = () => undefined;
  #registry: Registry | undefined;
  readonly #watchers = new Map<number, PageWatcher>();
  /** How often a tab's top origin was asked for or told. */
  readonly #looks = new Map<number, number>();

  constructor(options: RoutesOptions) {
    this.#options = options;
    this.#keeping = new RouteKeeping(options);
    this.book = this.#keeping.book;
    this.#telling = new RouteTelling({
      ...options,
      book: this.book,
      registry: () => this.#registry,
      save: () => void this.#keeping.save(),
    });
    this.#ready = new Promise((resolve) => {
      this.#started = resolve;
    });
  }

  /** The registry is there. Called once; resolves when the routes are read. Never rejects. */
  async start(registry: Registry): Promise<void> {
    this.#registry = registry;
    this.#started(this.#read());
    try {
      await this.#ready;
    } catch (error) {
      // Whoever asks from now on is refused with the same: what isn't known must not run as anybody.
      this.#options.report(`The routes couldn't be read: ${messageOf(error)}`);
      return;
    }
    void this.#takeUp(registry);
  }

  /** What runs in the tabs that are open goes on. */
  async #takeUp(registry: Registry): Promise<void> {
    if (this.book.routes.length > 0) registry.wake();
    this.#followTabs();
    await this.#keeping.register();
    for (const tabId of new Set(this.book.routes.map((route) => route.tabId))) {
      await this.#look(tabId);
    }
  }

  async #read(): Promise<void> {
    await this.#keeping.read();
    for (const { to } of [...this.book.routes, ...this.book.always]) await this.#followReplaced(to);
    this.#isBookRead = true;
    await this.#keeping.save();
  }

  /** False where the routes couldn't be read: then nothing is done with them. */
  #isRead(): Promise<boolean> {
    return this.#ready.then(
      () => true,
      () => false,
    );
  }

  /** Rejects where the routes couldn't be read. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** @throws Error before `start` */
  get registry(): Registry {
    if (!this.#registry) throw new Error("The registry isn't there yet.");
    return this.#registry;
  }

  /** Tabs that run as held sessions now, not those whose routes rest. */
  get routed(): RoutedTab[] {
    return this.#telling.routed;
  }

  get always(): AlwaysRoute[] {
    return this.book.always;
  }

  /** A tab runs as a held session right now: the worker mustn't sleep. */
  get active(): boolean {
    return this.#watchers.size > 0;
  }

  // ── What documents ask ──────────────────────────────────────────────────────────────────────

  async routeFor(document: RoutedDocument): Promise<RouteTarget | undefined> {
    await this.#ready;
    const { tabId, origin, top } = document;
    if (top) {
      this.#telling.standing(tabId).missing = 0;
      this.#options.toolbar.forgotten(tabId);
    }
    const topOrigin = top ? origin : (document.topOrigin ?? (await this.#look(tabId)));
    if (topOrigin === origin) await this.#routeAlways(tabId, origin);
    if (top) this.#setTop(tabId, origin);
    const route = this.book.routeFor({ tabId, origin, topOrigin });
    if (!route) this.#leaveLater(tabId);
    return route && { to: route.to, scope: route.scope, since: route.since };
  }

  /** Nothing is routed there, as far as is known: its documents need no port of their own accord. */
  #leaveLater(tabId: number): void {
    if (this.#watchers.has(tabId)) return;
    setTimeout(() => {
      if (!this.#watchers.has(tabId)) this.#options.pages.leaveUnwatched(tabId);
    }, ADMITTED);
  }

  held(key: SessionKey): HeldSession {
    return this.registry.session(key);
  }

  admits({ tabId, origin }: { tabId: number; origin: string }): boolean {
    if (!this.#isBookRead) return true;
    if (this.book.routesOf(tabId).some((route) => route.origin === origin)) return true;
    return this.book.dueAlways(tabId, origin) !== undefined;
  }

  async #routeAlways(tabId: number, origin: string): Promise<void> {
    const due = this.book.dueAlways(tabId, origin);
    if (!due || this.isCareful(due.to)) return;
    const { to, scope } = due;
    this.book.set({ tabId, topOrigin: origin, origin }, { to, scope, baseline: {} }, Date.now());
    this.registry.wake();
    await this.#keeping.save();
  }

  // ── Switches ────────────────────────────────────────────────────────────────────────────────

  /**
   * The documents of this place run as `to` from now on. Resolves when those that can have said so and
   * the server was asked who that is. Rejects, with all as before, where that couldn't be kept.
   */
  async switchTo(place: RoutePlace, to: SessionKey, scope: RouteScope): Promise<void> {
    const { tabId } = place;
    const held = this.held(to);
    const before = this.book.at(place);
    const baseline = baselineOf(this.page(tabId), { origin: place.origin, scope });
    const route = this.book.set(place, { to, scope, baseline }, Date.now());
    try {
      await this.#keeping.secure();
    } catch (error) {
      // Unless the person has chosen once more meanwhile.
      if (this.book.at(place) === route) this.book.restore(place, before);
      await this.#keeping.save();
      await this.#keeping.register();
      // A document that opened meanwhile was told otherwise.
      await this.apply(tabId);
      throw new InvalidRequestError(
        `This tab goes on as before: the browser refused what a switch needs (${messageOf(error)}).`,
      );
    }
    this.#followTabs();
    this.#setTop(tabId, place.topOrigin);
    this.registry.wake();
    await Promise.all([this.apply(tabId), atMost(CHECK_PATIENCE, held.check())]);
    this.#show(tabId);
  }

  /** The documents of this place are the page's own again. */
  async clear(place: RoutePlace): Promise<void> {
    const { tabId } = place;
    if (!this.book.clear(place)) return;
    await this.#keeping.save();
    await this.apply(tabId);
    this.#follow(tabId);
    this.#followTabs();
    // Last: a document that opens meanwhile asks, and is told that nothing is routed.
    await this.#keeping.register();
    this.#show(tabId);
  }

  /** Tells the tab's documents what is routed. */
  async apply(tabId: number): Promise<void> {
    const standing = this.#telling.standing(tabId);
    standing.switching += 1;
    this.#show(tabId);
    try {
      standing.missing = (await this.#options.plane.apply(tabId)).missing;
    } finally {
      standing.switching -= 1;
      this.#show(tabId);
    }
  }

  /** Rejects where the browser refuses the marker for it. */
  async setAlways(route: AlwaysRoute): Promise<void> {
    const before = this.book.alwaysFor(route.origin);
    this.book.setAlways(route);
    try {
      await this.#keeping.secure();
    } catch (error) {
      if (before) this.book.setAlways(before);
      else this.book.removeAlways(route.origin);
      await this.#keeping.register();
      throw error;
    }
    await this.#alwaysChanged();
  }

  async removeAlways(origin: string): Promise<void> {
    if (!this.book.removeAlways(origin)) return;
    await this.#keeping.register();
    await this.#alwaysChanged();
  }

  async #alwaysChanged(): Promise<void> {
    await this.#keeping.saveKept();
    this.#options.alwaysChanged();
    for (const { tabId } of this.book.routes) this.#show(tabId);
  }

  /** The person said that requests of this origin may go to this server. */
  async agree(origin: string, server: string): Promise<void> {
    this.book.agree(origin, server);
    await this.#keeping.saveKept();
  }

  async dismiss(tabId: number, kind: RouteNotice["kind"]): Promise<void> {
    for (const route of this.book.routesOf(tabId)) {
      if (!this.book.isSuspended(route)) route.dismissed = [...new Set([...route.dismissed, kind])];
    }
    this.#show(tabId);
    await this.#keeping.save();
  }

  /** Everything about routes: every tab is its page's own again. */
  async forgetAll(): Promise<void> {
    const tabs = new Set(this.book.routes.map(({ tabId }) => tabId));
    this.book.forgetAll();
    await Promise.all([this.#keeping.save(), this.#keeping.saveKept()]);
    await Promise.all([...tabs].map((tabId) => this.apply(tabId)));
    for (const tabId of tabs) this.#follow(tabId);
    this.#followTabs();
    await this.#keeping.register();
    this.#options.alwaysChanged();
  }

  isCareful(key: SessionKey): boolean {
    if (!this.registry.has(key)) return false;
    const { connectionId } = this.held(key).record;
    return this.registry.connection(connectionId).profile.careful === true;
  }

  // ── Held sessions ───────────────────────────────────────────────────────────────────────────

  /** What the views of held sessions are told. */
  registryChanged({ sessions = [], connections, removedSessions = [] }: RegistryDelta): void {
    if (!this.#registry) return;
    const changed = new Set([...sessions.map(({ key }) => key), ...removedSessions]);
    for (const { key, replacedBy } of sessions) {
      if (replacedBy !== undefined) void this.#followReplaced(key, true);
    }
    for (const { tabId, to } of this.book.routes) {
      if (connections || changed.has(to)) this.changed(tabId);
    }
  }

  /** Routes go with a session to the one that took its place: not to another server unasked. */
  async #followReplaced(key: SessionKey, apply = false): Promise<void> {
    if (!this.registry.has(key)) return;
    const { replacedBy, connectionId } = this.held(key).record;
    if (replacedBy === undefined || !this.registry.has(replacedBy)) return;
    const { profile } = this.registry.connection(this.held(replacedBy).record.connectionId);
    const always = this.book.always.some(({ to }) => to === key);
    const moved = this.book.replaced(key, replacedBy, ({ origin, tabId }) => {
      if (tabId === undefined && profile.careful) return false;
      return profile.id === connectionId || this.book.isAgreed(origin, profile.url);
    });
    if (!apply) return;
    if (always) await this.#alwaysChanged();
    if (moved.length > 0) await this.#keeping.save();
    for (const tabId of new Set(moved.map((route) => route.tabId))) await this.apply(tabId);
  }

  // ── Tabs ────────────────────────────────────────────────────────────────────────────────────

  /** A tab has navigated, or its page has loaded. */
  async tabUpdated(tabId: number): Promise<void> {
    if (!(await this.#isRead())) return;
    if (this.book.routesOf(tabId).length > 0) await this.#look(tabId);
  }

  async tabRemoved(tabId: number): Promise<void> {
    this.#options.toolbar.tabClosed(tabId);
    if (!(await this.#isRead())) return;
    const hadRoutes = this.book.tabClosed(tabId);
    this.#follow(tabId);
    this.#telling.forget(tabId);
    this.#looks.delete(tabId);
    if (!hadRoutes) return;
    this.#followTabs();
    await this.#keeping.save();
    await this.#keeping.register();
  }

  /** A tab has another number from now on. */
  async tabReplaced(added: number, removed: number): Promise<void> {
    if (!(await this.#isRead())) return;
    this.book.tabReplaced(added, removed);
    await this.tabRemoved(removed);
    await this.#keeping.save();
    await this.tabUpdated(added);
  }

  /** Asks the browser what the tab shows. */
  async #look(tabId: number): Promise<string | undefined> {
    const turn = this.#nextLook(tabId);
    const origin = originOf((await this.#options.tabs.look(tabId))?.url);
    // A document that came meanwhile knows it better.
    if (turn === this.#looks.get(tabId)) this.#setTop(tabId, origin);
    return origin;
  }

  #nextLook(tabId: number): number {
    const turn = (this.#looks.get(tabId) ?? 0) + 1;
    this.#looks.set(tabId, turn);
    return turn;
  }

  #setTop(tabId: number, origin: string | undefined): void {
    this.#nextLook(tabId);
    this.book.setTop(tabId, origin);
    this.#follow(tabId);
  }

  /** A tab with a route that is on is watched as by a view; one whose routes rest is left alone. */
  #follow(tabId: number): void {
    const { pages } = this.#options;
    const isOn = this.book.routesOf(tabId).some((route) => !this.book.isSuspended(route));
    const watcher = this.#watchers.get(tabId);
    if (isOn && !watcher) {
      const own: PageWatcher = {
        tabId,
        recordingSince: undefined,
        tell: (event) => this.#pageTold(tabId, event),
      };
      this.#watchers.set(tabId, own);
      pages.watch(own);
    } else if (!isOn && watcher) {
      this.#watchers.delete(tabId);
      pages.unwatch(watcher);
    }
    this.changed(tabId);
  }

  #pageTold(tabId: number, event: WorkerEvent): void {
    if (event.event !== "page") return;
    const { frames, sockets, sessions, removedSockets, removedSessions } = event.delta;
    if (frames || sockets || sessions || removedSockets || removedSessions) this.changed(tabId);
  }

  #followTabs(): void {
    this.#options.followTabs(this.book.routes.length > 0);
  }

  // ── Showing ─────────────────────────────────────────────────────────────────────────────────

  /** All that is known of a tab's page. */
  page(tabId: number): KnownPage {
    return this.#telling.page(tabId);
  }

  viewsOf(tabId: number): RouteView[] {
    return this.#telling.viewsOf(tabId);
  }

  changed(tabId: number): void {
    this.#telling.changed(tabId);
    // What went on in a held session after the route had ended may have ended too.
    this.#leaveLater(tabId);
  }

  #show(tabId: number): void {
    this.#telling.show(tabId);
  }
}

/** Of an address; undefined where nothing there can be routed. */
export function originOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { origin } = new URL(url);
  return isRoutable(origin) ? origin : undefined;
}

/** Resolves after so many milliseconds at the latest. */
async function atMost(patience: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  await Promise.race([work, end]);
  clearTimeout(timer);
}
