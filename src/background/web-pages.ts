/**
 * When pages are looked at for web sign-ins.
 *
 * While a view of a tab is open each origin of its page is looked at once a second, and at once after its
 * cookies changed, the page was loaded or a permission came; one whose SDK is on its way more often, one
 * that makes looking slow less often.
 * While none is open nothing is run in any page.
 */

import type { WebHolder } from "../web/web-model.ts";
import type { CookieChange } from "../web/web-page.ts";
import type { WebSite } from "../web/web-site.ts";

/** What is asked of the book; tests give the real one. */
export interface LookedAt {
  place(tabId: number): { readonly sites: readonly WebSite[] };
  leave(tabId: number): void;
  look(tabId: number, origin: string): Promise<void>;
  cookieChanged(host: string, storeId: string): { tabId: number; site: WebSite }[];
  saved: { followClock(): Promise<void> };
}

/** A view of a tab. */
export interface Watcher {
  readonly tabId: number;
}

export interface WebPagesOptions {
  book: LookedAt;
  /** Begins to tell of changed cookies, where that is allowed; returns the way out. */
  watchCookies(changed: (change: CookieChange) => void): () => void;
  /** A look failed in a way that is none of the page's. */
  failed(error: unknown): void;
}

/** How often it is seen to whether a look is due, in milliseconds: new documents are looked at then. */
const TICK = 250;
/** After a changed cookie more follow: those of one answer are waited for. */
const COOKIE_PAUSE = 150;
/** A page that changes its cookies all the time isn't looked at more often than that. */
const COOKIE_SPACING = 500;

/** Documents as holders of web sessions; where one is about to leave its frame, the one that comes. */
export function holdersOf(
  tabId: number,
  frames: readonly Omit<WebHolder, "tabId">[],
): readonly WebHolder[] {
  const byFrame = new Map<number, WebHolder>();
  for (const { frameId, documentId, origin, top } of frames) {
    byFrame.set(frameId, { tabId, frameId, documentId, origin, top });
  }
  return [...byFrame.values()];
}

export class WebPages {
  readonly #options: WebPagesOptions;
  /** Tabs with a view, and its views. */
  readonly #tabs = new Map<number, Set<Watcher>>();
  readonly #looking = new Set<WebSite>();
  readonly #soon = new Map<WebSite, ReturnType<typeof setTimeout>>();
  readonly #lookedAt = new WeakMap<WebSite, number>();
  #clock: ReturnType<typeof setInterval> | undefined;
  #unwatchCookies: (() => void) | undefined;

  constructor(options: WebPagesOptions) {
    this.#options = options;
  }

  /** A view of this tab opened. */
  watch(watcher: Watcher): void {
    const { tabId } = watcher;
    this.#tabs.set(tabId, (this.#tabs.get(tabId) ?? new Set()).add(watcher));
    if (this.#clock === undefined) {
      this.#clock = setInterval(() => this.#tick(), TICK);
      this.#followCookies();
    }
    this.#lookAtDue(tabId);
  }

  unwatch(watcher: Watcher): void {
    const { tabId } = watcher;
    const watchers = this.#tabs.get(tabId);
    if (!watchers?.delete(watcher) || watchers.size > 0) return;
    this.#tabs.delete(tabId);
    this.#options.book.leave(tabId);
    if (this.#tabs.size === 0) this.#stop();
  }

  /** A permission was granted or taken back. */
  permissionsChanged(): void {
    if (this.#clock === undefined) return;
    this.#followCookies();
    for (const tabId of this.#tabs.keys()) this.#lookAtAll(tabId);
  }

  /** A tab's page has loaded. */
  tabLoaded(tabId: number): void {
    if (this.#tabs.has(tabId)) this.#lookAtAll(tabId);
  }

  #stop(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
    this.#unwatchCookies?.();
    this.#unwatchCookies = undefined;
    for (const timer of this.#soon.values()) clearTimeout(timer);
    this.#soon.clear();
  }

  #followCookies(): void {
    this.#unwatchCookies?.();
    this.#unwatchCookies = this.#options.watchCookies((change) => this.#cookieChanged(change));
  }

  #tick(): void {
    this.#options.book.saved.followClock().catch((error) => this.#options.failed(error));
    for (const tabId of this.#tabs.keys()) this.#lookAtDue(tabId);
  }

  #lookAtDue(tabId: number): void {
    const now = Date.now();
    for (const site of this.#options.book.place(tabId).sites) {
      if (site.dueAt <= now) void this.#look(tabId, site);
    }
  }

  #lookAtAll(tabId: number): void {
    for (const site of this.#options.book.place(tabId).sites) void this.#look(tabId, site);
  }

  #cookieChanged({ cookie }: CookieChange): void {
    for (const { tabId, site } of this.#options.book.cookieChanged(cookie.domain, cookie.storeId)) {
      if (this.#soon.has(site) || site.isSlow || !this.#tabs.has(tabId)) continue;
      const since = Date.now() - (this.#lookedAt.get(site) ?? 0);
      const pause = Math.max(COOKIE_PAUSE, COOKIE_SPACING - since);
      const timer = setTimeout(() => {
        this.#soon.delete(site);
        if (this.#tabs.has(tabId)) void this.#look(tabId, site);
      }, pause);
      this.#soon.set(site, timer);
    }
  }

  /** Never rejects, and never while another look at the site is under way. */
  async #look(tabId: number, site: WebSite): Promise<void> {
    if (this.#looking.has(site)) return;
    this.#looking.add(site);
    try {
      await this.#options.book.look(tabId, site.origin);
    } catch (error) {
      // The page was left meanwhile; whatever else it is, the next look may say.
      if (this.#options.book.place(tabId).sites.includes(site)) this.#options.failed(error);
    } finally {
      this.#lookedAt.set(site, Date.now());
      this.#looking.delete(site);
    }
  }
}
