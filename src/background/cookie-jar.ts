/**
 * The cookies of a page, by way of the browser.
 *
 * Read, written and removed as measured (docs/architecture.md, "Web sign-ins"): by domain and not by URL,
 * which would leave out those of other paths; each partition asked for; with a URL that is made of the
 * cookie's own path and security; and never believed before it was read back, since a browser that
 * doesn't take a cookie often says nothing.
 */
import type { Cookies } from "webextension-polyfill";
import { messageOf } from "../session/errors.ts";
import { CookiesRefusedError, WebError } from "../web/web-error.ts";
import type { CookieRefusal } from "../web/web-model.ts";
import type { CookieChange, CookieJar, WebCookie } from "../web/web-page.ts";

/** `cookies` of the browser, as far as it is needed; tests give their own. */
export type CookiesApi = Pick<Cookies.Static, "getAll" | "set" | "remove" | "onChanged">;

export interface CookieJarOptions {
  /** The API; undefined: the person hasn't allowed it. */
  api: CookiesApi | undefined;
  refused: CookieRefusal | undefined;
  storeId: string;
  /** The page whose cookies they are. */
  origin: string;
  /**
   * Of the tab's top frame: cookies partitioned by other sites aren't the page's. Undefined where it isn't
   * known: then no partitioned ones are.
   */
  topOrigin: string | undefined;
}

/** A browser may keep a cookie shorter than it was asked to, and rounds. In milliseconds. */
const ROUNDING = 2_000;
/** Chromium keeps no cookie for longer, in milliseconds. */
const LONGEST = 399 * 24 * 60 * 60 * 1000;

export function createCookieJar(options: CookieJarOptions): CookieJar {
  const { storeId, origin, topOrigin } = options;
  const { hostname: host, protocol } = new URL(origin);

  function api(): CookiesApi {
    if (options.refused) throw new CookiesRefusedError(options.refused);
    if (!options.api) throw new CookiesRefusedError("permission");
    return options.api;
  }

  async function all(name?: string): Promise<WebCookie[]> {
    const found = new Map<string, WebCookie>();
    const cookies = api();
    for (const domain of domainsOf(host)) {
      const filter = { domain, storeId, partitionKey: {}, ...(name !== undefined && { name }) };
      for (const each of await cookies.getAll(filter)) {
        const cookie = webCookie(each);
        if (isVisible(cookie, host) && isInPartition(cookie, topOrigin)) {
          found.set(identityOf(cookie), cookie);
        }
      }
    }
    return [...found.values()];
  }

  async function set(cookie: WebCookie): Promise<void> {
    const cookies = api();
    assertOwn(cookie);
    try {
      await cookies.set(detailsOf(cookie, urlOf(cookie, host))).catch((error: unknown) => {
        // Chromium finds https://localhost to be another site than the http://localhost of a partition.
        if (!cookie.secure || !cookie.partitionKey || protocol === "https:") throw error;
        return cookies.set(detailsOf(cookie, urlOf({ ...cookie, secure: false }, host)));
      });
    } catch (error) {
      throw notTaken(cookie, messageOf(error));
    }
    const same = (await all(cookie.name)).find((each) => identityOf(each) === identityOf(cookie));
    if (!same) throw notTaken(cookie, "it says nothing");
    const other = differenceOf(cookie, same);
    if (other) throw notTaken(cookie, `it made another ${other} of it`);
  }

  async function remove(cookie: WebCookie): Promise<void> {
    const cookies = api();
    assertOwn(cookie);
    const before = await all(cookie.name);
    const { name, partitionKey } = cookie;
    const url = urlOf(cookie, host);
    try {
      await cookies.remove({ url, name, storeId, ...(partitionKey && { partitionKey }) });
    } catch (error) {
      throw notRemoved(cookie, messageOf(error));
    }
    let left = new Set((await all(cookie.name)).map(identityOf));
    if (left.has(identityOf(cookie))) {
      // Of two that URL and name fit Firefox removes the one that it finds first: this one runs out.
      await expire(cookies, cookie);
      left = new Set((await all(cookie.name)).map(identityOf));
    }
    if (left.has(identityOf(cookie))) throw notRemoved(cookie, "it says nothing");
    // By URL and name go others too: of the same name under a shorter path, or for subdomains.
    for (const other of before) {
      const isGone = !left.has(identityOf(other)) && identityOf(other) !== identityOf(cookie);
      if (isGone && !isOver(other)) await set(other);
    }
  }

  async function expire(cookies: CookiesApi, cookie: WebCookie): Promise<void> {
    try {
      await cookies.set(detailsOf({ ...cookie, expireAt: 1_000 }, urlOf(cookie, host)));
    } catch (error) {
      throw notRemoved(cookie, messageOf(error));
    }
  }

  /** @throws WebError for one of another host or container, which no page of this origin has */
  function assertOwn(cookie: WebCookie): void {
    if (cookie.storeId !== storeId || !isVisible(cookie, host)) {
      throw new WebError(
        `The cookie ${cookie.name} is of another site or container than the page.`,
      );
    }
  }

  return {
    ...(options.refused && { refused: options.refused }),
    storeId,
    all: () => all(),
    set,
    remove,
    onChanged(listener) {
      const event = options.refused ? undefined : options.api?.onChanged;
      const heard = (change: Cookies.OnChangedChangeInfoType) => {
        const told = cookieChange(change);
        if (told.cookie.storeId === storeId && isVisible(told.cookie, host)) listener(told);
      };
      event?.addListener(heard);
      return () => event?.removeListener(heard);
    },
  };
}

export function cookieChange(change: Cookies.OnChangedChangeInfoType): CookieChange {
  const { cookie, removed, cause } = change;
  return { cookie: webCookie(cookie), removed, cause };
}

function webCookie(cookie: Cookies.Cookie): WebCookie {
  const { name, value, domain, hostOnly, path, secure, httpOnly, sameSite, storeId } = cookie;
  const { expirationDate, partitionKey } = cookie;
  const made: WebCookie = {
    name,
    value,
    domain,
    hostOnly,
    path,
    secure,
    httpOnly,
    sameSite,
    storeId,
  };
  if (typeof expirationDate === "number") made.expireAt = expirationDate * 1000;
  // Firefox says null where there is none.
  if (partitionKey) made.partitionKey = { ...partitionKey };
  return made;
}

function detailsOf(cookie: WebCookie, url: string): Cookies.SetDetailsType {
  const { name, value, domain, hostOnly, path, secure, httpOnly, sameSite, storeId } = cookie;
  const { expireAt, partitionKey } = cookie;
  return {
    url,
    name,
    value,
    path,
    secure,
    httpOnly,
    sameSite,
    storeId,
    // Of a host-only one a domain would make one for subdomains; Firefox throws for localhost.
    ...(!hostOnly && { domain }),
    ...(expireAt !== undefined && { expirationDate: expireAt / 1000 }),
    ...(partitionKey && { partitionKey }),
  };
}

/** Firefox takes a secure cookie under https only, on localhost too, and says nothing otherwise. */
function urlOf({ secure, path }: Pick<WebCookie, "secure" | "path">, host: string): string {
  return `${secure ? "https" : "http"}://${host}${path}`;
}

/** The host, and the domains above it whose cookies it sees: which of them may have any, browsers know. */
function domainsOf(host: string): string[] {
  if (/^[\d.]+$/.test(host) || host.startsWith("[")) return [host];
  const labels = host.split(".");
  return labels.slice(0, Math.max(1, labels.length - 1)).map((_, at) => labels.slice(at).join("."));
}

function isVisible({ domain, hostOnly }: WebCookie, host: string): boolean {
  const name = domain.replace(/^\./, "");
  return name === host || (!hostOnly && host.endsWith(`.${name}`));
}

function isInPartition({ partitionKey }: WebCookie, topOrigin: string | undefined): boolean {
  const site = partitionKey?.topLevelSite;
  if (typeof site !== "string" || site === "") return true;
  if (topOrigin === undefined || !URL.canParse(site)) return false;
  const [partition, top] = [new URL(site), new URL(topOrigin)];
  if (partition.protocol !== top.protocol) return false;
  const { hostname } = partition;
  return top.hostname === hostname || top.hostname.endsWith(`.${hostname}`);
}

/** What makes it another cookie, and not another value of the same. */
function identityOf({ name, domain, hostOnly, path, partitionKey }: WebCookie): string {
  const key = Object.entries(partitionKey ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const place = hostOnly ? domain : `.${domain.replace(/^\./, "")}`;
  return JSON.stringify([name, place, hostOnly, path, key]);
}

/** In what a cookie that was written differs from what was asked for. */
function differenceOf(asked: WebCookie, made: WebCookie): string | undefined {
  for (const field of ["value", "secure", "httpOnly", "sameSite"] as const) {
    if (asked[field] !== made[field]) return field;
  }
  const [wanted, kept] = [asked.expireAt, made.expireAt];
  if (wanted === undefined || kept === undefined) return wanted === kept ? undefined : "lifetime";
  const isCut = wanted > kept && kept >= Date.now() + LONGEST - ROUNDING;
  return isCut || Math.abs(wanted - kept) <= ROUNDING ? undefined : "lifetime";
}

function isOver({ expireAt }: WebCookie): boolean {
  return expireAt !== undefined && expireAt <= Date.now();
}

function notTaken({ name, path }: WebCookie, why: string): WebError {
  return new WebError(`The browser doesn't take the cookie ${name} (path ${path}): ${why}.`);
}

function notRemoved({ name, path }: WebCookie, why: string): WebError {
  return new WebError(`The browser doesn't remove the cookie ${name} (path ${path}): ${why}.`);
}
