/**
 * `cookies` of a browser in memory, with what was measured of the two: what Chromium 156 and Firefox 153
 * do with a wrong URL, a wrong path, a second cookie of the same name, and a partition.
 *
 * Left out: that a browser forgets cookies whose time is over by itself, and its own limits of number and
 * size.
 */
import type { Cookies, Events } from "webextension-polyfill";
import type { CookiesApi } from "../../../src/background/cookie-jar.ts";

type Cookie = Cookies.Cookie;

export class FakeCookies implements CookiesApi {
  cookies: Cookie[] = [];
  readonly browser: "chromium" | "firefox";
  /** What is asked of it, as "set name url". */
  readonly calls: string[] = [];
  /** Cookies of this name aren't taken, without a word. */
  deaf: string | undefined;
  readonly #listeners = new Set<(change: Cookies.OnChangedChangeInfoType) => void>();

  constructor(browser: "chromium" | "firefox") {
    this.browser = browser;
  }

  get listening(): number {
    return this.#listeners.size;
  }

  /** As a server sets it. */
  given(name: string, value: string, more: Partial<Cookie> = {}): Cookie {
    const cookie: Cookie = {
      name,
      value,
      domain: "localhost",
      hostOnly: true,
      path: "/",
      secure: false,
      httpOnly: false,
      sameSite: "lax",
      session: more.expirationDate === undefined,
      storeId: this.browser === "chromium" ? "0" : "firefox-default",
      firstPartyDomain: "",
      ...more,
    };
    this.#put(cookie);
    return cookie;
  }

  value(name: string, path = "/"): string | undefined {
    return this.cookies.find((each) => each.name === name && each.path === path)?.value;
  }

  async getAll(filter: Cookies.GetAllDetailsType): Promise<Cookie[]> {
    const { domain = "", name, storeId, partitionKey } = filter;
    return structuredClone(
      this.cookies.filter((each) => {
        const host = each.domain.replace(/^\./, "");
        if (host !== domain && !host.endsWith(`.${domain}`)) return false;
        if (each.storeId !== storeId || (name !== undefined && each.name !== name)) return false;
        return !each.partitionKey || partitionKey !== undefined;
      }),
    );
  }

  async set(details: Cookies.SetDetailsType): Promise<Cookie> {
    const {
      url,
      name = "",
      value = "",
      path = "/",
      secure = false,
      domain,
      partitionKey,
    } = details;
    this.calls.push(`set ${name} ${url}`);
    const { protocol, hostname } = new URL(url);
    const nothing = null as unknown as Cookie;
    if (name === this.deaf) return nothing;
    if (this.browser === "firefox") {
      if (domain?.includes("localhost")) throw new Error("Invalid domain");
      if (secure && protocol !== "https:") return nothing;
    } else if (partitionKey?.topLevelSite && !partitionKey.hasCrossSiteAncestor) {
      const isFirstParty = new URL(partitionKey.topLevelSite).protocol === protocol;
      if (!isFirstParty) throw new Error("partitionKey has a first party value for …");
    }
    const cookie: Cookie = {
      name,
      value,
      path,
      secure,
      domain: domain ?? hostname,
      hostOnly: domain === undefined,
      httpOnly: details.httpOnly ?? false,
      sameSite: details.sameSite ?? "unspecified",
      session: details.expirationDate === undefined,
      storeId: details.storeId ?? "?",
      firstPartyDomain: "",
      ...(details.expirationDate !== undefined && { expirationDate: details.expirationDate }),
      ...(partitionKey && { partitionKey }),
    };
    this.#put(cookie);
    return structuredClone(cookie);
  }

  async remove(details: Cookies.RemoveDetailsType): Promise<Cookies.RemoveCallbackDetailsType> {
    const { url, name, storeId = "?", partitionKey } = details;
    this.calls.push(`remove ${name} ${url}`);
    const { hostname, pathname } = new URL(url);
    const fits = this.cookies.filter((each) => {
      const host = each.domain.replace(/^\./, "");
      const isHost = host === hostname || (!each.hostOnly && hostname.endsWith(`.${host}`));
      const isPath = pathname === each.path || pathname.startsWith(each.path.replace(/\/?$/, "/"));
      const isPartition = JSON.stringify(each.partitionKey) === JSON.stringify(partitionKey);
      return each.name === name && each.storeId === storeId && isHost && isPath && isPartition;
    });
    // Chromium removes all that the URL fits, Firefox the first that it finds.
    const removed = this.browser === "chromium" ? fits : fits.slice(0, 1);
    for (const each of removed) this.#drop(each);
    return { url, name, storeId, firstPartyDomain: "" };
  }

  readonly onChanged = {
    addListener: (listener: (change: Cookies.OnChangedChangeInfoType) => void) =>
      void this.#listeners.add(listener),
    removeListener: (listener: (change: Cookies.OnChangedChangeInfoType) => void) =>
      void this.#listeners.delete(listener),
    hasListener: () => false,
  } as unknown as Events.Event<(change: Cookies.OnChangedChangeInfoType) => void>;

  #put(cookie: Cookie): void {
    const same = this.cookies.find((each) => identity(each) === identity(cookie));
    if (same) this.#drop(same);
    if (cookie.expirationDate !== undefined && cookie.expirationDate * 1000 <= Date.now()) return;
    this.cookies.push(cookie);
    for (const heard of this.#listeners) heard({ removed: false, cookie, cause: "explicit" });
  }

  #drop(cookie: Cookie): void {
    this.cookies = this.cookies.filter((each) => each !== cookie);
    for (const heard of this.#listeners) heard({ removed: true, cookie, cause: "overwrite" });
  }
}

function identity({ name, domain, hostOnly, path, storeId, partitionKey }: Cookie): string {
  return JSON.stringify([name, domain, hostOnly, path, storeId, partitionKey]);
}
