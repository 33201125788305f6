/**
 * What Switchyard needs to know of one system of web sign-ins. A further one (Auth0, Supabase, Firebase,
 * Auth.js) is one file that exports one of these, and a line in `systems.ts`; the two that exist use
 * nothing beside it.
 */
import type { SeenSession, WebKind, WebSignIn, WebStatus, WebSystemView } from "./web-model.ts";
import type { OwnFetch, WebCookie, WebPage } from "./web-page.ts";

/** What one look at a page found of a system. */
export interface Look {
  system: Omit<WebSystemView, "kind">;
  /** The current one first. */
  sessions: SeenSession[];
}

export interface WebSystem {
  readonly kind: WebKind;
  /** For people: "SuperTokens". */
  readonly name: string;
  /**
   * Looks at the page, and changes nothing in it, asks no server and renews nothing. Called once a second
   * while somebody looks at the page. Undefined: the system isn't there.
   */
  look(page: WebPage): Promise<Look | undefined>;
  /**
   * What became of a session that the page had at the look before, and has no more: by what was seen,
   * never by guess. `now`: undefined where the whole system is gone.
   */
  vanished(before: SeenSession, now: Look | undefined): { status: WebStatus; cause: string };

  /** Each of these acts on one of the page's own sessions, and resolves when it is done and was checked. */
  touch(page: WebPage, session: SeenSession): Promise<void>;
  end(page: WebPage, session: SeenSession): Promise<void>;
  remove(page: WebPage, session: SeenSession): Promise<void>;
  /** The value of one token (`WebTokenView.name`); undefined where there is none. */
  reveal(page: WebPage, session: SeenSession, token: string): Promise<string | undefined>;
  /** Makes another of the page's sessions the current one. Absent: a page has one at a time. */
  activate?(page: WebPage, session: SeenSession): Promise<void>;
  /** Signs in through the application's own endpoint, as the page does it. */
  signIn?(page: WebPage, form: WebSignIn): Promise<void>;
  /** Sessions can be taken out of a page and put into it. Absent: they can't. */
  readonly snapshots?: Snapshots;
}

/** A session as it can be put back into a page: secrets, kept in memory only (`storage.session`). */
export interface Snapshot {
  kind: WebKind;
  origin: string;
  takenAt: number;
  cookies: WebCookie[];
  /** Where the server renews and ends it: absolute URL; absent where that isn't known. */
  base?: string;
  /** What the system needs beyond that, as text. */
  more?: Record<string, string>;
}

/** A session that was taken, and what is shown of it. */
export interface Taken {
  seen: SeenSession;
  snapshot: Snapshot;
}

export interface Snapshots {
  /**
   * The page's current session, whole, as it is at this moment. Changes nothing.
   * @throws WebError where there is none, or none that is whole: tokens of two sessions, as an
   *   interrupted swap leaves them, are no session
   */
  take(page: WebPage): Promise<Taken>;
  /**
   * Swaps what the page has for this snapshot, whole; undefined: the page has no session afterwards. Read
   * back and compared. @throws RolledBackError, HalfSwappedError; any other typed error where nothing was
   * changed
   */
  put(page: WebPage, snapshot: Snapshot | undefined): Promise<void>;
  /**
   * Watches the page after `put`, for 10 s or until `signal`. `overwritten`: somebody wrote another
   * session over it, a renewal that was under way. `changed`: it signed in or out by itself.
   */
  watch(
    page: WebPage,
    snapshot: Snapshot,
    signal: AbortSignal,
  ): Promise<"stayed" | "overwritten" | "changed">;
  /**
   * Renews it at the server, without any page. What was before is worthless afterwards.
   * @throws SessionRefusedError where the server says that the session is over; WebError otherwise
   */
  touch(snapshot: Snapshot, fetch: OwnFetch): Promise<Taken>;
  /** Signs it out at the server, without any page. @throws WebError */
  end(snapshot: Snapshot, fetch: OwnFetch): Promise<void>;
  /** The value of one token; undefined where there is none. */
  reveal(snapshot: Snapshot, token: string): string | undefined;
  /**
   * Signs in at the application's own endpoint, and no page is touched. The page is only looked at, for
   * where and how its own tokens are kept. @throws WebError
   */
  signIn(page: WebPage, form: WebSignIn): Promise<Taken>;
}
