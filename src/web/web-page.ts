/**
 * What a web system is given of a page and of the browser; it knows neither beyond this.
 *
 * The page is hostile: what `run` answers may be anything at all, so it is read field by field. Cookies
 * are those of the page's own cookie store (its container) and host, every path and partition of them.
 */
import type { CookieRefusal, WebHolder } from "./web-model.ts";

/** What may be handed to a function in a page. */
export type PageArgument = string | number | boolean | null | PageArgument[] | PageFields;
export interface PageFields {
  [name: string]: PageArgument;
}

export interface WebPage {
  readonly holder: WebHolder;
  /**
   * Runs a function in the page's own world, awaits it, and answers what it returned, JSON data.
   *
   * The function is sent as source: it must stand on its own, with no import and no name from outside
   * it. It runs only in the document `holder.documentId`, whose origin never changes.
   *
   * In Chromium a function that throws or rejects answers null, and one that answers undefined too:
   * whatever can fail in it is caught in it, and told in its answer. https://crbug.com/1271527
   *
   * @throws WebError where the page is gone, threw (Firefox), hasn't answered in `timeoutMs` (10 s), or
   *   answered more than 256 KB or what is no data
   */
  run<A extends PageArgument[]>(
    fn: (...args: A) => unknown,
    args: A,
    options?: { timeoutMs?: number },
  ): Promise<unknown>;
  readonly cookies: CookieJar;
  readonly fetch: OwnFetch;
}

/**
 * Asks a server from the extension itself: no cookie of any page goes along, none is set, no page sees
 * it. Rejects with WebError where the extension may not (no host permission) or nothing answers in 10 s.
 */
export type OwnFetch = (
  url: string,
  init: { method: "GET" | "POST"; headers?: Record<string, string>; body?: string },
) => Promise<OwnAnswer>;

export interface OwnAnswer {
  status: number;
  /** By names in lower case. */
  headers: ReadonlyMap<string, string>;
  /** At most 1 MB of it. */
  text: string;
}

/** A cookie, whole: put back as it is, nothing about it has changed. */
export interface WebCookie {
  name: string;
  value: string;
  /** As the browser says it, with its dot where the cookie is for subdomains too. */
  domain: string;
  hostOnly: boolean;
  path: string;
  secure: boolean;
  httpOnly: boolean;
  sameSite: "no_restriction" | "lax" | "strict" | "unspecified";
  /** Milliseconds since 1970; absent: until the browser closes. */
  expireAt?: number;
  /** Cookie store: the container of the tab. */
  storeId: string;
  /** Absent: not partitioned. Kept whole. */
  partitionKey?: Record<string, string | boolean>;
}

/** One change to a cookie, as the browser tells it. */
export interface CookieChange {
  cookie: WebCookie;
  removed: boolean;
  /** `expired`: its time was over. `evicted`, `expired_overwrite`, `explicit`, `overwrite`. */
  cause: string;
}

export interface CookieJar {
  /** Absent: cookies can be used. Otherwise the rest throws CookiesRefusedError. */
  readonly refused?: CookieRefusal;
  /** The cookie store of the page's tab. */
  readonly storeId: string;
  /** All cookies that the page's host may see, of all paths, partitioned ones too. */
  all(): Promise<WebCookie[]>;
  /** Rejects with WebError where the browser doesn't take it, also where it says nothing. */
  set(cookie: WebCookie): Promise<void>;
  /** Resolves when it is there no more. Rejects as `set`. */
  remove(cookie: WebCookie): Promise<void>;
  /** Of this host and store. Returns the way out. */
  onChanged(listener: (change: CookieChange) => void): () => void;
}
