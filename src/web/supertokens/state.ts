/** What a set of cookies amounts to: which session it is, how its tokens travel, what is amiss. */
import type { CookieName, SeenCookie } from "./cookies.ts";
import { isForged, placeOf, tokenIn } from "./cookies.ts";
import { readAccessToken, readFrontToken, type TokenFacts } from "./tokens.ts";

export type Transfer = "cookie" | "header";

export interface SessionState {
  /** How the tokens travel; absent where no token is there. */
  transfer?: Transfer;
  access?: SeenCookie;
  refresh?: SeenCookie;
  front?: SeenCookie;
  antiCsrf?: SeenCookie;
  /** `st-last-access-token-update` */
  updated?: SeenCookie;
  /** `st-access-token` beside `sAccessToken`: the server lets scripts read it. */
  exposed?: SeenCookie;
  /** Names of the server's cookies that are there although tokens travel in headers. */
  beside: string[];
  frontFacts?: TokenFacts;
  accessFacts?: TokenFacts;
  /**
   * Of the front token, which the SDK goes by; of the access token where there is none, or it is another
   * session's: that is the one that the server sees, and signs out. Absent: no session.
   */
  facts?: TokenFacts;
  /** Names of the server's cookies that a script has written: they are no session's. */
  forged: string[];
  /** Tokens that can't be read: one sentence each. */
  malformed: string[];
  /** Names of which there are several, and which cookies those are, one sentence each. */
  duplicates: string[];
  /** Names of which there are several, and nothing tells which is the session's. */
  ambiguous: string[];
}

/** @param cookies those of SuperTokens' names, of one page or one snapshot */
export function stateOf(cookies: readonly SeenCookie[]): SessionState {
  const state: SessionState = {
    beside: [],
    forged: [],
    malformed: [],
    duplicates: [],
    ambiguous: [],
  };
  const choose = (name: CookieName, fits: (cookie: SeenCookie) => boolean = isPages) =>
    chosen(state, cookies, name, fits);

  const front = choose("sFrontToken");
  if (front) {
    state.front = front;
    const read = readFrontToken(front.value);
    if ("facts" in read) state.frontFacts = read.facts;
    else state.malformed.push(read.malformed);
  }

  const headerRefresh = choose("st-refresh-token");
  const headerAccess = choose("st-access-token");
  // Scripts can't read it, so they don't tell which one it is; the front token's session does.
  const cookieAccess = choose("sAccessToken", (cookie) => {
    const read = readAccessToken(tokenIn(cookie));
    return "facts" in read && read.facts.id === state.frontFacts?.id;
  });
  const cookieRefresh = choose("sRefreshToken", () => true);
  // Where there are both, the server takes the header's.
  const isHeader = headerRefresh !== undefined || (!cookieAccess && headerAccess !== undefined);
  const access = isHeader ? headerAccess : cookieAccess;
  const refresh = isHeader ? headerRefresh : cookieRefresh;
  if (access) state.access = access;
  if (refresh) state.refresh = refresh;
  if (!isHeader && headerAccess) state.exposed = headerAccess;
  for (const cookie of isHeader ? [cookieAccess, cookieRefresh] : []) {
    if (cookie) state.beside.push(cookie.name);
  }
  if (front || access || refresh) state.transfer = isHeader ? "header" : "cookie";

  if (access) {
    const read = readAccessToken(tokenIn(access));
    if ("facts" in read) state.accessFacts = read.facts;
    else state.malformed.push(read.malformed);
  }
  const antiCsrf = choose("sAntiCsrf");
  if (antiCsrf) state.antiCsrf = antiCsrf;
  const updated = choose("st-last-access-token-update");
  if (updated) state.updated = updated;
  const { frontFacts, accessFacts } = state;
  const isOthers = frontFacts && accessFacts && frontFacts.id !== accessFacts.id;
  const facts = isOthers ? accessFacts : (frontFacts ?? accessFacts);
  if (facts) state.facts = facts;
  return state;
}

/** The handles that the tokens name: one, unless something is amiss. */
export function handlesOf({ frontFacts, accessFacts }: SessionState): Set<string> {
  return new Set([frontFacts?.id, accessFacts?.id].filter((id) => id !== undefined));
}

function isPages(cookie: SeenCookie): boolean {
  return cookie.isPages === true;
}

function chosen(
  state: SessionState,
  cookies: readonly SeenCookie[],
  name: CookieName,
  fits: (cookie: SeenCookie) => boolean,
): SeenCookie | undefined {
  const all = cookies.filter((cookie) => cookie.name === name);
  const possible = all.filter((cookie) => !isForged(cookie));
  if (possible.length < all.length) state.forged.push(name);
  if (all.length > 1) {
    state.duplicates.push(
      `${name} is there ${all.length === 2 ? "twice" : `${all.length} times`} (${all.map(whereOf).join("; ")}).`,
    );
  }
  if (possible.length < 2) return possible[0];
  const fitting = possible.filter(fits);
  if (fitting.length !== 1) state.ambiguous.push(name);
  return fitting[0] ?? possible[0];
}

/** A place without the name: what tells duplicates apart. */
function whereOf(cookie: SeenCookie): string {
  return placeOf(cookie).split(" · ").slice(1).join(", ");
}
