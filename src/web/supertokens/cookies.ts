/** The cookies in which SuperTokens keeps a session, by name. */
import type { WebCookie } from "../web-page.ts";

const DAY = 24 * 3_600_000;

/**
 * Lifetime of a new cookie in milliseconds, as the server (`sAccessToken`, `sRefreshToken`) or the SDK
 * (the rest) sets it; the SDK asks for the year 9999, of which browsers keep 400 days. In the order in
 * which they are written: `st-last-access-token-update` last, since the SDK reads `sAntiCsrf` once for
 * each of its values, and would keep the old one.
 */
const LIFETIMES = {
  /** Of older versions. Where it is, the server asks for a renewal at each request. */
  sIdRefreshToken: 100 * DAY,
  sIRTFrontend: 400 * DAY,
  sRefreshToken: 100 * DAY,
  sAccessToken: 365 * DAY,
  "st-refresh-token": 36.5 * DAY,
  "st-access-token": 36.5 * DAY,
  sAntiCsrf: 400 * DAY,
  sFrontToken: 400 * DAY,
  "st-last-access-token-update": 400 * DAY,
};

export type CookieName = keyof typeof LIFETIMES;

const WRITE_ORDER = Object.keys(LIFETIMES) as CookieName[];

/** Every name that a session may use: what is swapped whole. */
export const COOKIE_NAMES: ReadonlySet<string> = new Set(WRITE_ORDER);

/** Those that scripts may read; the other two are httpOnly. */
export const SCRIPT_NAMES = WRITE_ORDER.filter(
  (name) => name !== "sRefreshToken" && name !== "sAccessToken" && name !== "sIdRefreshToken",
);

export function lifetimeOf(name: CookieName): number {
  return LIFETIMES[name];
}

/** One cookie, as much of it as was seen. */
export interface SeenCookie {
  name: string;
  value: string;
  /** Absent: only a script of the page read it. */
  whole?: WebCookie;
  /** It is the one that the page's own SDK takes, where scripts see several of its name. */
  isPages?: boolean;
}

export function asSeen(cookie: WebCookie): SeenCookie {
  return { name: cookie.name, value: cookie.value, whole: cookie };
}

/**
 * The token in a cookie: the server writes its own percent-encoded (`cookie.serialize`), the SDK writes
 * its own as they are.
 */
export function tokenIn({ name, value }: SeenCookie): string {
  if (!isServers(name)) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    // Not the server's work, or damaged: whoever reads the token finds out.
    return value;
  }
}

/** The opposite of `tokenIn`. */
export function cookieValueOf(name: CookieName, token: string): string {
  return isServers(name) ? encodeURIComponent(token) : token;
}

/** True for the cookies that the server sets, all of them httpOnly; scripts of the page set the rest. */
export function isServers(name: string): boolean {
  return name === "sRefreshToken" || name === "sAccessToken";
}

export function inWriteOrder(cookies: readonly WebCookie[]): WebCookie[] {
  const rank = ({ name }: WebCookie) => (WRITE_ORDER as string[]).indexOf(name);
  return [...cookies].sort((a, b) => rank(a) - rank(b));
}

/** Servers set theirs httpOnly, and scripts can't: one that scripts can read is the work of a script. */
export function isForged({ name, whole }: SeenCookie): boolean {
  return isServers(name) && whole?.httpOnly === false;
}

/** Where a cookie is kept, in one phrase: "cookie sAccessToken · path / · httpOnly". */
export function placeOf({ name, whole }: SeenCookie): string {
  const phrase = [`cookie ${name}`];
  if (!whole) return phrase.concat("readable by scripts").join(" · ");
  if (!whole.hostOnly) phrase.push(`domain ${whole.domain}`);
  phrase.push(`path ${whole.path}`);
  if (whole.httpOnly) phrase.push("httpOnly");
  if (whole.secure) phrase.push("secure");
  if (whole.partitionKey) phrase.push("partitioned");
  return phrase.join(" · ");
}
