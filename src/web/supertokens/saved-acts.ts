/** What can be done with a saved session at its server, without any page; and making one. */
import { SessionRefusedError, WebError } from "../web-error.ts";
import type { WebSignIn } from "../web-model.ts";
import type { OwnAnswer, OwnFetch, WebCookie, WebPage } from "../web-page.ts";
import type { Snapshot, Taken } from "../web-system.ts";
import { checkRenewal, isDone, type NewTokens, said, tokensOf } from "./answers.ts";
import { apiBase, FDI_VERSIONS, isSameHost, REFRESH_PATH, SIGN_OUT_PATH } from "./api-base.ts";
import { composeCookies } from "./compose.ts";
import { asSeen, tokenIn } from "./cookies.ts";
import { SIGN_IN_HEADERS, signInRequest } from "./form.ts";
import { serversOf } from "./page-acts.ts";
import { type Reading, readSite, refreshCookieOf } from "./reading.ts";
import { NO_ANTI_CSRF, savedSession, WARNING } from "./saved.ts";
import { cookiesByToken } from "./shown.ts";
import { taken } from "./snapshots.ts";
import { type SessionState, stateOf, type Transfer } from "./state.ts";
import { readAccessToken } from "./tokens.ts";

/** Asked so, the server sends tokens in headers, and takes no anti-CSRF token. */
const HEADER_MODE = { "st-auth-mode": "header", "fdi-version": FDI_VERSIONS };

const NO_ANTI_CSRF_WORDS =
  "The page uses anti-CSRF tokens, and a session made or renewed outside a page has none: its first request renews it once.";

export async function touchSnapshot(snapshot: Snapshot, fetch: OwnFetch): Promise<Taken> {
  const state = stateOfSnapshot(snapshot);
  const { refresh, transfer = "cookie" } = state;
  const base = baseOf(snapshot);
  if (!refresh) throw new WebError("The saved session has no refresh token. Nothing was sent.");
  const { expireAt } = savedSession(snapshot) ?? {};
  if (expireAt !== undefined && expireAt <= Date.now()) {
    const ended = new Date(expireAt).toLocaleString();
    throw new SessionRefusedError(
      "expired",
      `The refresh token ended at ${ended}.`,
      "Sign in again.",
    );
  }
  const answer = await fetch(base + REFRESH_PATH, {
    method: "POST",
    headers: { ...HEADER_MODE, rid: "session", authorization: `Bearer ${tokenIn(refresh)}` },
  });
  checkRenewal(answer);
  const tokens = tokensOf(answer);
  if (!tokens?.refresh) {
    throw new WebError(
      `The server answered the renewal without new tokens. ${said(answer.status, answer.text)}`,
    );
  }
  const read = readAccessToken(tokens.access);
  if (!("facts" in read) || read.facts.id !== state.facts?.id) {
    throw new WebError("The server answered the renewal with tokens of another session.");
  }
  const { origin, cookies: model } = snapshot;
  const storeId = storeOf(snapshot);
  const renewed: Snapshot = {
    ...snapshot,
    takenAt: Date.now(),
    cookies: composeCookies({ tokens, transfer, base, origin, storeId, model }),
  };
  return taken(withAntiCsrfWarning(renewed, state, tokens));
}

export async function endSnapshot(snapshot: Snapshot, fetch: OwnFetch): Promise<void> {
  const base = baseOf(snapshot);
  const signOut = async ({ access }: SessionState): Promise<OwnAnswer> => {
    const authorization = `Bearer ${access ? tokenIn(access) : ""}`;
    const headers = { ...HEADER_MODE, rid: "session", authorization };
    return fetch(base + SIGN_OUT_PATH, { method: "POST", headers });
  };
  const state = stateOfSnapshot(snapshot);
  const isPast = !state.accessFacts || state.accessFacts.endsAt <= Date.now();
  let answer = isPast ? undefined : await signOut(state);
  if (answer === undefined || answer.status === 401) {
    // Only an access token that holds signs out.
    const renewed = await touchSnapshot(snapshot, fetch);
    answer = await signOut(stateOfSnapshot(renewed.snapshot));
  }
  if (isDone(answer.status, answer.text)) return;
  throw new WebError(`The server didn't sign the session out. ${said(answer.status, answer.text)}`);
}

export function revealInSnapshot(snapshot: Snapshot, token: string): string | undefined {
  const tokens = cookiesByToken(stateOfSnapshot(snapshot));
  const cookie = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  return cookie && tokenIn(cookie);
}

export async function signInWithoutPage(page: WebPage, form: WebSignIn): Promise<Taken> {
  const reading = await readSite(page);
  const { origin } = page.holder;
  const request = signInRequest(form, origin, await serversOf(page, reading));
  const answer = await page.fetch(request.url, {
    method: "POST",
    headers: { ...SIGN_IN_HEADERS, ...HEADER_MODE, rid: "anti-csrf" },
    body: request.body,
  });
  // Applications say what they like of success: what counts is whether there is a session.
  const tokens = tokensOf(answer);
  if (!tokens) {
    throw new WebError(
      `Nobody was signed in: the answer has no SuperTokens tokens. ${said(answer.status, answer.text)}`,
      "The page's own session is as it was.",
    );
  }
  const issuer = issuerOf(tokens);
  const base = apiBase(new URL(request.url).origin, refreshCookieOf(reading.state), issuer);
  const { transfer, warnings } = transferFor(reading, base.url);
  if (base.guess) warnings.base = base.guess;
  const composed = {
    tokens,
    transfer,
    base: base.url,
    origin,
    storeId: page.cookies.storeId,
    model: modelOf(reading.state),
  };
  const snapshot: Snapshot = {
    kind: "supertokens",
    origin,
    takenAt: Date.now(),
    cookies: composeCookies(composed),
    base: base.url,
    more: Object.fromEntries(
      Object.entries(warnings).map(([name, text]) => [WARNING + name, text]),
    ),
  };
  return taken(withAntiCsrfWarning(snapshot, reading.state, tokens));
}

/** How this page keeps its tokens, as far as that can be known. */
function transferFor(
  { state, origin }: Reading,
  base: string,
): { transfer: Transfer; warnings: Record<string, string> } {
  const isReachable = isSameHost(base, origin) || state.refresh?.whole !== undefined;
  if (!isReachable && state.transfer !== "header") {
    // The SDK sends what stands in these cookies whichever way it is configured (20.1.6).
    const host = new URL(base).hostname;
    const text = `The page's API is on ${host}, whose cookies can't be set from here: the tokens are kept as in header mode.`;
    return { transfer: "header", warnings: { transfer: text } };
  }
  if (state.transfer) return { transfer: state.transfer, warnings: {} };
  const text =
    "The page has no session that would tell how it keeps tokens: they are kept in cookies, SuperTokens' usual way.";
  return { transfer: "cookie", warnings: { transfer: text } };
}

/** The page's cookies that tell how its own are set. */
function modelOf(state: SessionState): WebCookie[] {
  const { access, refresh, exposed, front, antiCsrf, updated } = state;
  const cookies = [access, refresh, exposed, front, antiCsrf, updated];
  return cookies.flatMap((cookie) => cookie?.whole ?? []);
}

function withAntiCsrfWarning(
  snapshot: Snapshot,
  before: SessionState,
  tokens: NewTokens,
): Snapshot {
  const { [NO_ANTI_CSRF]: known, ...more } = snapshot.more ?? {};
  const isUsed = known !== undefined || (before.transfer === "cookie" && before.antiCsrf);
  if (isUsed && tokens.antiCsrf === undefined) more[NO_ANTI_CSRF] = NO_ANTI_CSRF_WORDS;
  return { ...snapshot, more };
}

function issuerOf({ access }: NewTokens): unknown {
  const read = readAccessToken(access);
  return "facts" in read ? read.facts.claims.iss : undefined;
}

function stateOfSnapshot({ cookies }: Snapshot): SessionState {
  return stateOf(cookies.map(asSeen));
}

function storeOf({ cookies }: Snapshot): string {
  const [first] = cookies;
  if (!first) throw new WebError("The saved session has no cookies. Nothing was sent.");
  return first.storeId;
}

function baseOf({ base }: Snapshot): string {
  if (base !== undefined) return base;
  throw new WebError(
    "Where the session's API is isn't known. Nothing was sent.",
    "Save the session anew from its page.",
  );
}
