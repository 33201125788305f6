/** One tab's web sign-ins: the origins of its page, and what a person should hear of. */
import type { SessionKey } from "../session/model.ts";
import { WebError } from "./web-error.ts";
import type { WebHolder, WebNotice } from "./web-model.ts";
import { type SiteSession, WebSite, type WebSiteOptions } from "./web-site.ts";

/** Origins of one page that are looked at. */
export const ORIGIN_LIMIT = 10;
/** Origins that are remembered, for a page that comes back from signing in elsewhere. */
const SITES = 30;
const NOTICES = 20;

export interface WebTabOptions extends Omit<WebSiteOptions, "holder"> {
  changed(): void;
}

export class WebTab {
  readonly tabId: number;
  readonly #options: WebTabOptions;
  /** Those that the page has now, its top frame's first. */
  #present: WebSite[] = [];
  /** By origin, those that were seen last at the end. */
  readonly #known = new Map<string, WebSite>();
  #notices: WebNotice[] = [];

  constructor(tabId: number, options: WebTabOptions) {
    this.tabId = tabId;
    this.#options = options;
  }

  get sites(): readonly WebSite[] {
    return this.#present;
  }

  get notices(): WebNotice[] {
    return this.#notices;
  }

  /** @param holders the page's documents, the top frame's first: one of each origin stands for it */
  place(holders: readonly WebHolder[]): void {
    const byOrigin = new Map<string, WebHolder>();
    for (const holder of holders) {
      // An opaque origin is nobody's: it has no cookies, and no other document can be told from it.
      if (holder.origin === "null" || byOrigin.has(holder.origin)) continue;
      if (byOrigin.size < ORIGIN_LIMIT) byOrigin.set(holder.origin, holder);
    }
    const before = this.#present.map(({ origin }) => origin).join("\n");
    this.#present = [...byOrigin.values()].map((holder) => this.#site(holder));
    for (const oldest of [...this.#known.keys()].slice(0, -SITES)) this.#known.delete(oldest);
    if (before !== [...byOrigin.keys()].join("\n")) this.#options.changed();
  }

  #site(holder: WebHolder): WebSite {
    const { origin } = holder;
    const known = this.#known.get(origin);
    const site = known ?? new WebSite({ ...this.#options, holder });
    this.#known.delete(origin);
    this.#known.set(origin, site);
    // What was to be reloaded has been.
    if (known?.place(holder))
      this.#drop((each) => each.origin === origin && each.offer === "reload");
    return site;
  }

  /** The site, where the page still has it. */
  siteOf(origin: string): WebSite | undefined {
    return this.#present.find((site) => site.origin === origin);
  }

  /** @throws WebError where the page has left that origin */
  site(origin: string): WebSite {
    const site = this.siteOf(origin);
    if (!site) throw new WebError(`The page of this tab has nothing of ${origin} any more.`);
    return site;
  }

  session(key: SessionKey): { site: WebSite; session: SiteSession } | undefined {
    for (const site of this.#present) {
      const session = site.session(key);
      if (session) return { site, session };
    }
    return undefined;
  }

  // ── Notices ─────────────────────────────────────────────────────────────────────────────────

  /** Whatever was said of this origin before is outdated. */
  notify(notice: Omit<WebNotice, "id">): void {
    this.#notices = [
      ...this.#notices.filter(({ origin }) => origin !== notice.origin),
      { id: crypto.randomUUID(), ...notice },
    ].slice(-NOTICES);
    this.#options.changed();
  }

  /** A swap begins: what was said of the one before is outdated. */
  clearNotices(origin: string): void {
    this.#drop((each) => each.origin === origin);
  }

  /** What was said of a switch is outdated once the page is seen to run as somebody else, or as nobody. */
  outdate({ origin, sessions }: WebSite): void {
    const runs = sessions.filter(({ seen, gone }) => seen.current && !gone).map(({ key }) => key);
    this.#drop(
      ({ key, offer, ...each }) =>
        each.origin === origin && offer !== "again" && key !== undefined && !runs.includes(key),
    );
  }

  dismiss(id: string): void {
    this.#drop((each) => each.id === id);
  }

  #drop(which: (notice: WebNotice) => boolean): void {
    const left = this.#notices.filter((each) => !which(each));
    if (left.length === this.#notices.length) return;
    this.#notices = left;
    this.#options.changed();
  }
}
