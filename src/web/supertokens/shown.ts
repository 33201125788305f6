/** The fields that a session of SuperTokens has wherever it is: in a page, or saved. */
import type { CookieRefusal, SeenSession, WebFact, WebTokenView } from "../web-model.ts";
import type { ApiBase } from "./api-base.ts";
import { placeOf, type SeenCookie } from "./cookies.ts";
import { refreshCookieOf } from "./reading.ts";
import type { SessionState } from "./state.ts";
import { shownClaims, type TokenFacts } from "./tokens.ts";

/** What it is shown from. */
export interface Shown {
  state: SessionState;
  base: ApiBase;
  refused?: CookieRefusal;
  /** Server's clock minus this computer's, milliseconds. */
  skew: number;
}

const UNSEEN: Record<CookieRefusal, string> = {
  permission: "Scripts can't read it, and Switchyard may not use cookies yet.",
  host: "Scripts can't read it, and Switchyard may not use the cookies of this site.",
};

/** Status, cause, warnings and operations are the caller's. */
export function sessionOf({ state, base, refused, skew }: Shown, facts: TokenFacts): SeenSession {
  const seen: SeenSession = {
    kind: "supertokens",
    id: facts.id,
    user: facts.user,
    current: false,
    status: "active",
    cause: "",
    tokenExpireAt: facts.endsAt,
    claims: shownClaims(facts.claims),
    facts: factsOf(state, facts, base, skew),
    tokens: tokensOf(state, refused),
    warnings: [],
    operations: {},
  };
  if (facts.tenant !== undefined) seen.tenant = facts.tenant;
  // The SDK keeps when it last got tokens; so do we where the snapshot was renewed without a page.
  const updatedAt = Number(state.updated?.value);
  if (Number.isSafeInteger(updatedAt) && updatedAt > 0) seen.updatedAt = updatedAt;
  // Only the server's own cookie ends when its token does; the SDK's lives 36.5 days whatever it holds.
  const expireAt = refreshCookieOf(state)?.expireAt;
  if (expireAt !== undefined) seen.expireAt = expireAt;
  return seen;
}

function factsOf(
  state: SessionState,
  { claims, issuedAt }: TokenFacts,
  base: ApiBase,
  skew: number,
): WebFact[] {
  const facts: WebFact[] = [
    { name: "API", value: base.url },
    { name: "Anti-CSRF", value: antiCsrfOf(state, claims) },
  ];
  if (issuedAt !== undefined) {
    facts.push({ name: "Token issued", value: issuedAt, isTime: true });
  }
  if (skew !== 0) facts.push({ name: "Server's clock is ahead by (ms)", value: skew });
  return facts;
}

/** The mode, as far as a browser can know it. */
function antiCsrfOf(state: SessionState, claims: Record<string, unknown>): string {
  if (state.transfer === "header") return "not needed: tokens travel in headers";
  if (state.antiCsrf || typeof claims.antiCsrfToken === "string") return "VIA_TOKEN";
  return "NONE or VIA_CUSTOM_HEADER: the browser can't tell them apart";
}

/** The tokens by the names under which they are revealed. */
export function cookiesByToken(state: SessionState): Record<string, SeenCookie | undefined> {
  const { access, refresh, front, antiCsrf } = state;
  return { access, refresh, front, "anti-csrf": antiCsrf };
}

function tokensOf(state: SessionState, refused: CookieRefusal | undefined): WebTokenView[] {
  const isHeader = state.transfer === "header";
  const titles: [name: string, title: string, cookie: string, isHidden: boolean][] = [
    ["access", "Access token", isHeader ? "st-access-token" : "sAccessToken", !isHeader],
    ["refresh", "Refresh token", isHeader ? "st-refresh-token" : "sRefreshToken", !isHeader],
    ["front", "Front token", "sFrontToken", false],
    ["anti-csrf", "Anti-CSRF token", "sAntiCsrf", false],
  ];
  const cookies = cookiesByToken(state);
  return titles.map(([name, title, cookieName, isHidden]) => {
    const cookie = cookies[name];
    const place = cookie ? placeOf(cookie) : `cookie ${cookieName}`;
    const view: WebTokenView = { name, title, place, present: cookie !== undefined };
    if (!cookie && isHidden && refused) view.unseen = UNSEEN[refused];
    return view;
  });
}

/** In the person's own time zone and language. */
export function timeText(at: number): string {
  return new Date(at).toLocaleString();
}
