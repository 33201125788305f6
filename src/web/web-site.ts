/**
 * The web sessions of one origin in a tab, as one look after the other found them.
 *
 * What was there at the look before and is there no more stays in the list, with the status and cause
 * that its system can tell. A document that has just been loaded gets time to load its SDK first; and
 * where a look fails nothing is concluded from it.
 */
import { messageOf } from "../session/errors.ts";
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import { HISTORY_LIMIT } from "../session/store.ts";
import { ownColour } from "./labels.ts";
import { bounded } from "./look-limits.ts";
import { sessionLines } from "./session-lines.ts";
import {
  type SeenSession,
  type WebHolder,
  type WebKind,
  type WebStatus,
  type WebSystemView,
  webSessionKey,
} from "./web-model.ts";
import type { WebPage } from "./web-page.ts";
import type { Look, WebSystem } from "./web-system.ts";

/** Sessions that are gone, kept in the list. */
export const GONE_LIMIT = 20;
/** So long a new document may take to load its SDK, in milliseconds. */
export const LOAD_PATIENCE = 10_000;
/** A look that takes longer, in milliseconds, makes the next one wait longer. */
const SLOW = 2_000;
const PAUSE = { awaited: 250, usual: 1_000, slow: 10_000 };

/** A session of the page, and what is remembered of it beyond the last look. */
export interface SiteSession {
  readonly key: SessionKey;
  seen: SeenSession;
  statusSince: number;
  readonly colour: string;
  readonly history: HistoryEntry[];
  /** The page has it no more. */
  gone: boolean;
}

/** What a person did to a session just now: why it is gone is known better than by looking. */
export interface OwnAct {
  kind: WebKind;
  id: string;
  /** What it is from now on, and by whom; absent: nothing of it needs to be listed. */
  over?: { status: WebStatus; cause: string; by: "you" | "server" };
}

export interface WebSiteOptions {
  holder: WebHolder;
  systems: readonly WebSystem[];
  /** Colours of sessions beside those of this site. */
  colours(): readonly string[];
  history(key: SessionKey, entry: HistoryEntry): void;
}

interface Found {
  look?: Look;
  /** Why the last look failed. */
  failure?: string;
}

export class WebSite {
  readonly #options: WebSiteOptions;
  #holder: WebHolder;
  /** When its document was seen first. */
  #documentSince = Date.now();
  readonly #found = new Map<WebKind, Found>();
  /** Those that are gone in the order in which they went. */
  readonly #sessions = new Map<SessionKey, SiteSession>();
  #storeId: string | undefined;
  #hasLooked = false;
  #isSlow = false;
  #dueAt = 0;

  constructor(options: WebSiteOptions) {
    this.#options = options;
    this.#holder = options.holder;
  }

  get holder(): WebHolder {
    return this.#holder;
  }

  get origin(): string {
    return this.#holder.origin;
  }

  /** Cookie store of the page; undefined before the first look. */
  get storeId(): string | undefined {
    return this.#storeId;
  }

  /** When to look again, unless something happens before. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Looking slows the page, or the page slows it. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** @returns true where the document is another one than before: the page was loaded anew */
  place(holder: WebHolder): boolean {
    const isNew = holder.documentId !== this.#holder.documentId;
    this.#holder = holder;
    if (isNew) {
      this.#documentSince = Date.now();
      this.#dueAt = 0;
    }
    return isNew;
  }

  get systems(): WebSystemView[] {
    return [...this.#found].flatMap(([kind, { look, failure }]) => {
      if (!look) return [];
      const view: WebSystemView = { ...look.system, kind };
      if (failure !== undefined) {
        view.state = "degraded";
        view.words = `The page didn't let itself be looked at: ${failure}`;
      }
      return [view];
    });
  }

  /** Those that are there first, the current one of each system before its others; the newest of those that are gone. */
  get sessions(): SiteSession[] {
    const all = [...this.#sessions.values()];
    const there = all.filter(({ gone }) => !gone);
    const gone = all.filter((each) => each.gone).reverse();
    return [...there.sort((a, b) => Number(b.seen.current) - Number(a.seen.current)), ...gone];
  }

  session(key: SessionKey): SiteSession | undefined {
    return this.#sessions.get(key);
  }

  /** As whom the page runs, by the last look. */
  current(kind: WebKind): SiteSession | undefined {
    return this.sessions.find(({ seen, gone }) => !gone && seen.current && seen.kind === kind);
  }

  /** The last look at it came to something: what it didn't find isn't there. */
  isSeen(kind: WebKind): boolean {
    return this.#hasLooked && this.#found.get(kind)?.failure === undefined;
  }

  /** Off the list. */
  forget(key: SessionKey): void {
    this.#sessions.delete(key);
  }

  /**
   * Looks with each system. Never rejects: a look that fails is shown as such.
   *
   * @param acts what a person did since the last look
   * @param by who is behind whatever else is new
   */
  async look(
    page: WebPage,
    acts: readonly OwnAct[] = [],
    by: "you" | "page" = "page",
  ): Promise<void> {
    const begun = Date.now();
    let isAwaited = false;
    this.#storeId = page.cookies.storeId;
    await Promise.all(
      this.#options.systems.map(async (system) => {
        const found = this.#found.get(system.kind) ?? {};
        this.#found.set(system.kind, found);
        try {
          const look = await system.look(page);
          delete found.failure;
          const isThere = this.#take(system, found, look && bounded(system.kind, look), acts, by);
          isAwaited ||= !isThere;
        } catch (error) {
          found.failure = messageOf(error);
        }
      }),
    );
    this.#hasLooked = true;
    const now = Date.now();
    this.#isSlow = now - begun > SLOW;
    const pause = this.#isSlow ? PAUSE.slow : isAwaited ? PAUSE.awaited : PAUSE.usual;
    this.#dueAt = now + pause;
  }

  /** @returns false where it is on its way: nothing is concluded from what isn't there yet */
  #take(
    system: WebSystem,
    found: Found,
    look: Look | undefined,
    acts: readonly OwnAct[],
    by: "you" | "page",
  ): boolean {
    const isLoading = Date.now() - this.#documentSince < LOAD_PATIENCE;
    if (!look && isLoading && found.look) return false;
    found.look = look;
    if (!look) delete found.look;
    const there = new Set<SessionKey>();
    for (const seen of look?.sessions ?? []) {
      const key = webSessionKey(this.#holder, system.kind, seen.id);
      there.add(key);
      this.#see(key, seen, by);
    }
    // It has said that it isn't there yet.
    if (look?.system.state === "loading" && isLoading) return false;
    for (const session of [...this.#sessions.values()]) {
      if (session.seen.kind !== system.kind || session.gone || there.has(session.key)) continue;
      this.#lose(session, system, look, acts);
    }
    const gone = this.sessions.filter((each) => each.gone);
    for (const { key } of gone.slice(GONE_LIMIT)) this.#sessions.delete(key);
    return true;
  }

  #see(key: SessionKey, seen: SeenSession, by: "you" | "page"): void {
    const known = this.#sessions.get(key);
    if (!known) {
      const taken = [...this.#options.colours(), ...this.sessions.map(({ colour }) => colour)];
      const session: SiteSession = {
        key,
        seen,
        statusSince: Date.now(),
        colour: ownColour(seen.id, taken),
        history: [],
        gone: false,
      };
      this.#sessions.set(key, session);
      const text = this.#hasLooked ? "New on the page." : "Found on the page.";
      this.#line(session, { at: Date.now(), event: "created", by, text });
      return;
    }
    const before = known.gone ? undefined : known.seen;
    if (known.seen.status !== seen.status) known.statusSince = Date.now();
    for (const line of sessionLines(known.seen, before, seen, by)) this.#line(known, line);
    known.seen = seen;
    known.gone = false;
  }

  #lose(
    session: SiteSession,
    system: WebSystem,
    now: Look | undefined,
    acts: readonly OwnAct[],
  ): void {
    const before = session.seen;
    const act = acts.find(({ kind, id }) => kind === before.kind && id === before.id);
    this.#sessions.delete(session.key);
    if (act && !act.over) return;
    this.#sessions.set(session.key, session);
    const { status, cause } = act?.over ?? whatBecame(system, before, now);
    session.gone = true;
    session.statusSince = Date.now();
    session.seen = { ...before, current: false, status, cause, warnings: [] };
    this.#line(session, {
      at: Date.now(),
      event: "status",
      by: act?.over?.by ?? (status === "expired" ? "clock" : "page"),
      before: before.status,
      after: status,
      text: cause,
    });
  }

  #line(session: SiteSession, entry: HistoryEntry): void {
    session.history.push(entry);
    session.history.splice(0, session.history.length - HISTORY_LIMIT);
    this.#options.history(session.key, entry);
  }
}

function whatBecame(
  system: WebSystem,
  before: SeenSession,
  now: Look | undefined,
): ReturnType<WebSystem["vanished"]> {
  try {
    return system.vanished(before, now);
  } catch {
    // It stands on what a page said; where that makes no sense, nothing is known.
    return { status: "gone", cause: "The page has it no more." };
  }
}
