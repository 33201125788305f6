/**
 * The book of routes, kept: stored where it survives the worker, and with its markers registered where
 * new documents have to ask. What can't be kept is told to the person, or fails the switch that needs it.
 */
import { sitePattern } from "../messages/site-pattern.ts";
import { messageOf } from "../session/errors.ts";
import { RouteBook } from "../session/relay/route-book.ts";
import type { RoutedHosts } from "./page-scripts.ts";
import type { RouteStore } from "./route-store.ts";

export interface RouteKeepingOptions {
  store: RouteStore;
  /** Ids of all tabs that are open. */
  openTabs(): Promise<number[]>;
  /** Registers the route marker. Rejects where the browser refuses. */
  setRouted(hosts: RoutedHosts): Promise<void>;
  /** A trouble that no command answers with. */
  report(trouble: string): void;
}

export class RouteKeeping {
  readonly book = new RouteBook();
  readonly #options: RouteKeepingOptions;
  /** The hosts that the markers are registered for. */
  #registered: string | undefined;

  constructor(options: RouteKeepingOptions) {
    this.#options = options;
  }

  /** Rejects where the routes of tabs can't be read: then nobody knows as whom anything runs. */
  async read(): Promise<void> {
    const { store, openTabs, report } = this.#options;
    const kept = await store.loadKept().catch((error: unknown) => {
      report(`Sites that always run as a session are unknown: ${messageOf(error)}`);
      return { always: [], agreed: [] };
    });
    this.book.load(await store.loadTabs(), kept);
    const open = new Set(await openTabs());
    for (const { tabId } of this.book.routes) if (!open.has(tabId)) this.book.tabClosed(tabId);
  }

  /** Before a switch takes effect: rejects where a reload or the worker's death would forget it. */
  async secure(): Promise<void> {
    const done = await Promise.allSettled([
      this.#registerMarkers(),
      this.#options.store.saveTabs(this.book.tabRoutes),
    ]);
    // Both have ended by then: what is taken back isn't overtaken by what was kept.
    for (const each of done) if (each.status === "rejected") throw each.reason;
  }

  async save(): Promise<void> {
    await this.#options.store.saveTabs(this.book.tabRoutes).catch(this.#storeFailed);
  }

  async saveKept(): Promise<void> {
    await this.#options.store.saveKept(this.book.keptRoutes).catch(this.#storeFailed);
  }

  async register(): Promise<void> {
    await this.#registerMarkers().catch((error: unknown) => {
      const why = messageOf(error);
      this.#options.report(`The browser refused the script that routes need: ${why}`);
    });
  }

  async #registerMarkers(): Promise<void> {
    const patterns = (all: readonly { origin: string }[]) => [
      ...new Set(all.map(({ origin }) => sitePattern(origin))),
    ];
    const hosts = { tabs: patterns(this.book.routes), always: patterns(this.book.always) };
    const text = JSON.stringify(hosts);
    // Most switches are from one session to another, and the browser takes its time.
    if (text === this.#registered) return;
    this.#registered = undefined;
    await this.#options.setRouted(hosts);
    this.#registered = text;
  }

  readonly #storeFailed = (error: unknown): void => {
    this.#options.report(`The routes couldn't be stored: ${messageOf(error)}`);
  };
}
