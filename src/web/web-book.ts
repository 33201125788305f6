/**
 * All web sign-ins: what each tab's page has, what is saved, what was filled in.
 *
 * It knows no browser: documents, pages and stores are given to it. Whatever touches a page takes its
 * turn by cookie store and host, and is followed by a look, so that an answer never comes before its
 * effect.
 */
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import { jarName } from "./jar-name.ts";
import { Labels, ownLabel } from "./labels.ts";
import { SavedBook } from "./saved-book.ts";
import { type SavedPlace, savedView } from "./saved-view.ts";
import { SignInForms } from "./sign-in-forms.ts";
import { type Recovered, recoverSwap } from "./swap-recovery.ts";
import { Turns } from "./turns.ts";
import { Twins } from "./twins.ts";
import { WebError } from "./web-error.ts";
import type { WebHolder, WebKind, WebPageView, WebSessionView, WebSiteView } from "./web-model.ts";
import type { OwnFetch, WebPage } from "./web-page.ts";
import type { OwnAct, SiteSession, WebSite } from "./web-site.ts";
import type { SavedRecord, SwapJournal, WebSecretStore, WebStore } from "./web-store.ts";
import type { WebSystem } from "./web-system.ts";
import { WebTab } from "./web-tab.ts";

/** Tabs that are remembered when nobody looks at them. */
const TABS = 50;

export interface WebBookOptions {
  systems: readonly WebSystem[];
  store: WebStore;
  secret: WebSecretStore;
  fetch: OwnFetch;
  /** The documents of a tab that somebody looks at, its top frame's first. */
  documents(tabId: number): readonly WebHolder[];
  /**
   * A document as a page, with what is permitted right now.
   * @param storeId its cookie store, where the tab that would tell may be gone
   */
  page(holder: WebHolder, storeId?: string): Promise<WebPage>;
  /** What is shown of a page or of saved sessions may be something else now. */
  changed(): void;
  history(key: SessionKey, entry: HistoryEntry): void;
  /** A store is broken: what couldn't be done, and why. */
  failed(what: string, error: unknown): void;
}

/** Where an operation is carried out, while it is its turn. */
export interface Turn {
  tab: WebTab;
  site: WebSite;
  page: WebPage;
}

export class WebBook {
  readonly options: WebBookOptions;
  readonly saved: SavedBook;
  readonly labels: Labels;
  readonly forms: SignInForms;
  readonly twins: Twins;
  /** Fulfilled when everything that was kept is read. Interrupted swaps are seen to from then on. */
  readonly ready: Promise<void>;
  readonly #turns = new Turns();
  readonly #tabs = new Map<number, WebTab>();
  readonly #dirty = new WeakSet<WebSite>();
  /** Interrupted swaps that couldn't be seen to yet, and the document in which that was tried last. */
  readonly #journals = new Map<string, { journal: SwapJournal; tried?: string }>();
  /** What is to be said of them once a page of that origin is looked at. */
  #recovered: Recovered["notice"][] = [];

  constructor(options: WebBookOptions) {
    this.options = options;
    const { store, secret } = options;
    this.saved = new SavedBook({
      store,
      secret,
      changed: options.changed,
      history: options.history,
      failed: options.failed,
    });
    this.labels = new Labels(store);
    this.forms = new SignInForms({ store, secret });
    this.twins = new Twins(this.saved);
    this.ready = this.#load();
  }

  async #load(): Promise<void> {
    const { secret, failed } = this.options;
    const kept = await secret.load().catch((error: unknown) => {
      failed("read the saved sign-ins", error);
      return { snapshots: new Map(), journals: [], forms: new Map() };
    });
    for (const [what, reading] of [
      ["read the saved sessions", this.saved.load(kept.snapshots)],
      ["read the labels of sessions", this.labels.load()],
      ["read the forms", this.forms.load(kept.forms)],
    ] as const) {
      await reading.catch((error: unknown) => failed(what, error));
    }
    for (const journal of kept.journals) this.#journals.set(journal.id, { journal });
    for (const journal of kept.journals) void this.#recoverAtStart(journal);
  }

  // ── What views are shown ────────────────────────────────────────────────────────────────────

  viewOf(tabId: number): WebPageView {
    const tab = this.tab(tabId);
    const shown = tab.sites.filter((site) => site.systems.length + site.sessions.length > 0);
    return {
      sites: shown.map((site) => {
        const view: WebSiteView = { holder: site.holder, systems: site.systems };
        const signIn = this.forms.of(site.origin);
        if (signIn) view.signIn = signIn;
        return view;
      }),
      sessions: shown.flatMap((site) => site.sessions.map((each) => this.#viewOf(site, each))),
      // Of a page that was left there is nothing to do; when it is gone back to it is as it was.
      notices: tab.notices.filter(({ origin }) => tab.siteOf(origin) !== undefined),
    };
  }

  #viewOf(site: WebSite, session: SiteSession): WebSessionView {
    const { key, seen, statusSince, gone } = session;
    const twin = this.#twin(site, session);
    return {
      ...seen,
      key,
      holder: site.holder,
      origin: site.origin,
      ...this.namesOf(site, session),
      statusSince,
      operations: gone ? { remove: true } : seen.operations,
      ...(twin && { savedAs: twin.key }),
    };
  }

  /** As a page's session is called and coloured. */
  namesOf(site: WebSite, session: SiteSession): { label: string; colour: string } {
    const { seen } = session;
    const given = { ...this.labels.of(seen), ...namesOf(this.#twin(site, session)) };
    return { label: given.label ?? ownLabel(seen), colour: given.colour ?? session.colour };
  }

  #twin({ origin, storeId }: WebSite, { seen }: SiteSession): SavedRecord | undefined {
    return storeId === undefined ? undefined : this.saved.twin(seen, { origin, storeId });
  }

  /** The saved sessions as a view of this tab is shown them; without: as one that belongs to no tab. */
  savedFor(tabId: number | undefined): WebSessionView[] {
    const tab = tabId === undefined ? undefined : this.tab(tabId);
    return this.saved.all.map((record) => {
      const hasSnapshot = this.saved.snapshot(record.key) !== undefined;
      return savedView(record, hasSnapshot, tab ? placeIn(tab, record) : {});
    });
  }

  // ── Tabs ────────────────────────────────────────────────────────────────────────────────────

  tab(tabId: number): WebTab {
    const known = this.#tabs.get(tabId);
    const tab =
      known ??
      new WebTab(tabId, {
        systems: this.options.systems,
        colours: () => this.saved.colours,
        history: this.options.history,
        changed: this.options.changed,
      });
    this.#tabs.delete(tabId);
    this.#tabs.set(tabId, tab);
    for (const oldest of [...this.#tabs.keys()].slice(0, -TABS)) this.#tabs.delete(oldest);
    return tab;
  }

  /** Takes in which documents the tab's page has now. */
  place(tabId: number): WebTab {
    const tab = this.tab(tabId);
    tab.place(this.options.documents(tabId));
    return tab;
  }

  /** Nobody looks at it any more: what its page has isn't known from now on. */
  leave(tabId: number): void {
    this.#tabs.get(tabId)?.place([]);
  }

  forgetTab(tabId: number): void {
    this.#tabs.delete(tabId);
  }

  /** The site, of any tab, whose page runs as this saved session. */
  holderOf({ origin, storeId, seen }: SavedRecord, first?: number): PlacedSession | undefined {
    const tabs = [...this.#tabs.values()].sort(
      (a, b) => Number(b.tabId === first) - Number(a.tabId === first),
    );
    for (const { tabId, sites } of tabs) {
      const site = sites.find((each) => each.origin === origin && each.storeId === storeId);
      const session = site?.current(seen.kind);
      if (session?.seen.id === seen.id) return { tabId, origin, session };
    }
    return undefined;
  }

  system(kind: WebKind): WebSystem {
    const system = this.options.systems.find((each) => each.kind === kind);
    if (!system) throw new WebError(`There is no sign-in “${kind}”.`);
    return system;
  }

  // ── Turns and looks ─────────────────────────────────────────────────────────────────────────

  /**
   * Does something with a page when it is its turn: nothing else touches the cookies of its host then.
   * @throws WebError where the page has left that origin
   */
  async inTurn<T>(tabId: number, origin: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    await this.ready;
    const { cookies } = await this.options.page(this.place(tabId).site(origin).holder);
    return this.#turns.take(jarName(cookies.storeId, origin), async () => {
      // It may have been loaded anew while others had their turn.
      const tab = this.place(tabId);
      const site = tab.site(origin);
      return work({ tab, site, page: await this.options.page(site.holder) });
    });
  }

  /** What is done at the server for a saved session, when it is its turn. */
  async inTurnOf<T>({ origin, storeId }: SavedRecord, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(jarName(storeId, origin), work);
  }

  /** Looks at one origin of a tab's page. */
  look(tabId: number, origin: string): Promise<void> {
    return this.inTurn(tabId, origin, (turn) => this.lookInTurn(turn));
  }

  /** @param acts what a person did since the last look; `by` is behind whatever else is new */
  async lookInTurn(turn: Turn, acts?: readonly OwnAct[], by?: "you" | "page"): Promise<void> {
    const { tab, site, page } = turn;
    await this.#recoverIn(turn);
    const isDirty = this.#dirty.delete(site);
    await site.look(page, acts, by);
    tab.outdate(site);
    for (const system of this.options.systems) {
      await this.twins.follow(system, site, page, isDirty);
    }
    this.options.changed();
  }

  /** Sites whose page a changed cookie may be of: they are looked at soon. */
  cookieChanged(host: string, storeId: string): { tabId: number; site: WebSite }[] {
    const name = host.replace(/^\./, "");
    return [...this.#tabs.values()].flatMap(({ tabId, sites }) =>
      sites.flatMap((site) => {
        const { hostname } = new URL(site.origin);
        const isOther = site.storeId !== undefined && site.storeId !== storeId;
        if (isOther || (hostname !== name && !hostname.endsWith(`.${name}`))) return [];
        this.#dirty.add(site);
        return [{ tabId, site }];
      }),
    );
  }

  // ── Interrupted swaps ───────────────────────────────────────────────────────────────────────

  async #recoverAtStart(journal: SwapJournal): Promise<void> {
    const { holder, storeId } = journal;
    try {
      const page = await this.options.page(holder, storeId);
      await this.#turns.take(jarName(storeId, holder.origin), () => this.#recover(journal, page));
    } catch (error) {
      // Tried again when a page of its origin is looked at.
      this.options.failed("see to an interrupted switch", error);
    }
  }

  async #recoverIn({ tab, site, page }: Turn): Promise<void> {
    const { origin, documentId } = page.holder;
    for (const entry of [...this.#journals.values()]) {
      const { journal } = entry;
      if (journal.holder.origin !== origin || journal.storeId !== page.cookies.storeId) continue;
      if (entry.tried === documentId) continue;
      await this.#recover(journal, page);
    }
    for (const notice of this.#recovered) if (notice.origin === site.origin) tab.notify(notice);
    this.#recovered = this.#recovered.filter((notice) => notice.origin !== site.origin);
  }

  async #recover(journal: SwapJournal, page: WebPage): Promise<void> {
    const { snapshots } = this.system(journal.kind);
    // Whoever had its turn first has seen to it.
    if (!snapshots || !this.#journals.has(journal.id)) return;
    const { done, notice } = await recoverSwap(journal, page, snapshots, this.saved);
    this.#recovered = [...this.#recovered.filter(({ origin }) => origin !== notice.origin), notice];
    if (!done) {
      this.#journals.set(journal.id, { journal, tried: page.holder.documentId });
      return;
    }
    this.#journals.delete(journal.id);
    await this.options.secret
      .removeJournal(journal.id)
      .catch((error: unknown) => this.options.failed("note that a switch is over", error));
  }

  /** Forgets everything that is kept, and what was seen. */
  async forgetAll(): Promise<void> {
    await this.ready;
    await this.saved.forgetAll();
    await this.labels.forgetAll();
    await this.forms.forgetAll();
    for (const id of this.#journals.keys()) await this.options.secret.removeJournal(id);
    this.#journals.clear();
    this.#tabs.clear();
  }
}

/** A page's session, and by what its site is found. */
export interface PlacedSession {
  tabId: number;
  origin: string;
  session: SiteSession;
}

function namesOf(record: SavedRecord | undefined): { label?: string; colour?: string } {
  return record ? { label: record.label, colour: record.colour } : {};
}

function placeIn(tab: WebTab, { origin, storeId, seen }: SavedRecord): SavedPlace {
  const site = tab.siteOf(origin);
  if (!site) return {};
  const session = site.current(seen.kind);
  const place: SavedPlace = { storeId: site.storeId ?? storeId };
  if (session?.seen.id === seen.id && site.storeId === storeId) place.inPage = session.key;
  return place;
}
