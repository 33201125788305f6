/** What can be done with the session that a page runs as; each is checked before it counts as done. */
import { swapCookies } from "../cookie-swap.ts";
import { CookiesRefusedError, SessionRefusedError, WebError } from "../web-error.ts";
import type { SeenSession, WebSignIn } from "../web-model.ts";
import type { WebCookie, WebPage } from "../web-page.ts";
import { bounded, isDone, said, sentence } from "./answers.ts";
import { FDI_VERSIONS, REFRESH_PATH, SIGN_OUT_PATH } from "./api-base.ts";
import { COOKIE_NAMES, lifetimeOf, tokenIn } from "./cookies.ts";
import { SIGN_IN_HEADERS, signInRequest } from "./form.ts";
import { whyNotTaken } from "./look.ts";
import {
  postInPage,
  renewBySdk,
  requestedOrigins,
  signInBySdk,
  signOutBySdk,
} from "./page-functions.ts";
import { type Reading, readSite } from "./reading.ts";
import { cookiesByToken } from "./shown.ts";
import { handlesOf } from "./state.ts";
import { isRecord } from "./tokens.ts";

/** The page may take its time to answer: its SDK waits for a lock, and for its server. */
const PATIENCE = { timeoutMs: 20_000 };

/** A page's cookies reach the browser's jar a moment after the page has written them. */
const SETTLED_MS = 2_000;
const LOOK_AGAIN_MS = 100;

/** What `renewBySdk` answers the SDK with: it comes back where the SDK didn't try to renew. */
const OWN_ANSWER = 401;

/** Characters of an answer that are read in the page; more than what is shown, since it may be JSON. */
const MOST_ANSWER = 20_000;

export async function touchPage(page: WebPage, session: SeenSession): Promise<void> {
  const before = await readCurrent(page, session);
  if (!before.hasSdk) {
    throw new WebError(
      "SuperTokens' SDK isn't in this page, and only it keeps what a renewal brings. Nothing was sent.",
      "Use the page once, or save the session and renew the saved one.",
    );
  }
  const isOver = (now: Reading) => isRenewed(before, now) || isGone(now, session);
  const told = await page.run(renewBySdk, [before.base.url], PATIENCE);
  const status = isRecord(told) && typeof told.status === "number" ? told.status : undefined;
  let failure = failureIn(told);
  if (failure === undefined && status !== 200)
    failure = `The server answered ${status ?? "nothing"}.`;
  let after = await settled(page, isOver, failure === undefined ? SETTLED_MS : SETTLED_MS / 4);
  if (after && !isOver(after) && status === OWN_ANSWER) {
    // The SDK takes another status than 401 for the end of a session, or intercepts other hosts only.
    const answer = answerIn(await page.run(postInPage, renewalOf(before), PATIENCE));
    failure = answer.failed ?? said(answer.status, answer.text);
    after = await settled(page, isOver);
  }
  if (after && isRenewed(before, after)) return;
  const other = after?.state.facts;
  if (other && other.id !== session.id) {
    throw new WebError(
      `The page has signed in otherwise meanwhile, as ${other.user}: whether the session was renewed isn't known.`,
    );
  }
  if (after && isGone(after, session)) {
    throw new SessionRefusedError(
      "revoked",
      "The server refused to renew the session, and the page's SDK dropped it: it was revoked or signed out, or is past its end.",
      "Sign in again.",
    );
  }
  throw new WebError(
    `The session wasn't renewed. ${sentence(bounded(failure ?? "Its tokens are as they were."))}`,
  );
}

/** A renewal through the page's fetch: the SDK's own adds the rest of the headers, and keeps the tokens. */
function renewalOf({ base, state }: Reading): Parameters<typeof postInPage> {
  const headers: Record<string, string> = { rid: "session", "fdi-version": FDI_VERSIONS };
  if (state.transfer === "header" && state.refresh) {
    headers.authorization = `Bearer ${tokenIn(state.refresh)}`;
  }
  return [base.url + REFRESH_PATH, headers, null, MOST_ANSWER];
}

export async function endInPage(page: WebPage, session: SeenSession): Promise<void> {
  const before = await readCurrent(page, session);
  let failure: string | undefined;
  // A page may go elsewhere when it is signed out, and takes the answer with it: then its cookies tell.
  let thrown: unknown;
  try {
    failure = before.hasSdk
      ? failureIn(await page.run(signOutBySdk, [], PATIENCE))
      : await signOutByFetch(page, before);
  } catch (error) {
    thrown = error;
  }
  if (failure !== undefined) {
    throw new WebError(`Signing out at the server failed: ${sentence(bounded(failure))}`);
  }
  if (!before.hasSdk && thrown === undefined) await removeLeftovers(page);
  const after = await settled(page, (now) => isGone(now, session));
  if (after && isGone(after, session)) return;
  throw thrown ?? new WebError("The page was asked to sign out, and still has the session.");
}

async function signOutByFetch(page: WebPage, before: Reading): Promise<string | undefined> {
  const { state, base } = before;
  const headers: Record<string, string> = { rid: "session" };
  if (state.antiCsrf) headers["anti-csrf"] = state.antiCsrf.value;
  if (state.transfer === "header" && state.access) {
    headers.authorization = `Bearer ${tokenIn(state.access)}`;
  }
  const url = base.url + SIGN_OUT_PATH;
  const told = await page.run(postInPage, [url, headers, null, MOST_ANSWER], PATIENCE);
  const answer = answerIn(told);
  if (answer.failed !== undefined) return answer.failed;
  return isDone(answer.status, answer.text) ? undefined : said(answer.status, answer.text);
}

/** Without the SDK nobody takes the front token away. */
async function removeLeftovers(page: WebPage): Promise<void> {
  if (page.cookies.refused) {
    throw new WebError(
      "The session is signed out at the server, but its cookies are still in the page: Switchyard may not use cookies.",
      "Allow it, then remove the session.",
    );
  }
  await clearPage(page);
}

/** Out of the page only: at the server the session lives on. */
export async function removeFromPage(page: WebPage, session: SeenSession): Promise<void> {
  if (page.cookies.refused) throw new CookiesRefusedError(page.cookies.refused);
  const why = whyNotTaken(await readCurrent(page, session));
  if (why) throw new WebError(`${why} Nothing was changed.`);
  await clearPage(page);
}

/**
 * Leaves the page as its SDK leaves it after a sign-out: no token, but the mark of the last update.
 * Without the mark the SDK would ask its server whether there is a session after all.
 */
export async function clearPage(page: WebPage): Promise<void> {
  const all = await page.cookies.all();
  const marks = all.filter(({ name }) => name === "st-last-access-token-update");
  const now = Date.now();
  const next = marks.slice(0, 1).map(
    (mark): WebCookie => ({
      ...mark,
      value: String(now),
      expireAt: now + lifetimeOf("st-last-access-token-update"),
    }),
  );
  await swapCookies(page.cookies, { names: COOKIE_NAMES, next });
}

export async function revealInPage(
  page: WebPage,
  session: SeenSession,
  token: string,
): Promise<string | undefined> {
  const { state } = await readCurrent(page, session);
  const tokens = cookiesByToken(state);
  const cookie = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  return cookie && tokenIn(cookie);
}

/** The page's own session is as it was where this fails, and the error says so where it isn't. */
export async function signInInPage(page: WebPage, form: WebSignIn): Promise<void> {
  const before = await readSite(page);
  const request = signInRequest(form, page.holder.origin, await serversOf(page, before));
  const known = handlesOf(before.state);
  const isNew = ({ state }: Reading) => [...handlesOf(state)].some((id) => !known.has(id));
  let answer: PageAnswer | undefined;
  // As in `endInPage`: an application may go on to another page at once.
  let thrown: unknown;
  try {
    const asking = [request.url, SIGN_IN_HEADERS, request.body, MOST_ANSWER] as const;
    const post = before.hasSdk ? signInBySdk : postInPage;
    answer = answerIn(await page.run(post, [...asking], PATIENCE));
  } catch (error) {
    thrown = error;
  }
  // What a server says doesn't decide, only how long to look: applications say what they like.
  const isRefused = answer && (answer.failed !== undefined || !isDone(answer.status, answer.text));
  const after = await settled(page, isNew, isRefused ? SETTLED_MS / 4 : SETTLED_MS);
  if (after && isNew(after)) return;
  if (thrown !== undefined) throw thrown;
  const isSame = after !== undefined && after.state.facts?.id === before.state.facts?.id;
  const words = answer?.failed ?? (answer ? said(answer.status, answer.text) : "");
  throw new WebError(
    `Nobody was signed in. ${sentence(bounded(words))} ${isSame ? "The page's session is as it was." : "The page's former session is gone."}`,
  );
}

/** Says whether credentials may go to a server: the page's host, its API, or one that the page asks. */
export async function serversOf(page: WebPage, reading: Reading): Promise<(url: URL) => boolean> {
  const told = await page.run(requestedOrigins, []);
  const origins = new Set(Array.isArray(told) ? told.filter((one) => typeof one === "string") : []);
  const own = new URL(page.holder.origin).hostname;
  const api = new URL(reading.base.url).hostname;
  return ({ hostname, origin }) => hostname === own || hostname === api || origins.has(origin);
}

/** @throws WebError where the page runs as another session by now */
async function readCurrent(page: WebPage, { id }: SeenSession): Promise<Reading> {
  const reading = await readSite(page);
  if (reading.state.facts?.id === id) return reading;
  throw new WebError("The page has this session no more. Nothing was changed.");
}

function isRenewed(before: Reading, now: Reading): boolean {
  const { id, claims } = before.state.facts ?? {};
  if (now.state.facts?.id !== id) return false;
  const isOther = (a: unknown, b: unknown) => a !== undefined && a !== b;
  return (
    isOther(now.state.front?.value, before.state.front?.value) ||
    isOther(now.state.facts?.claims.refreshTokenHash1, claims?.refreshTokenHash1)
  );
}

function isGone({ state }: Reading, { id }: SeenSession): boolean {
  return !handlesOf(state).has(id);
}

/** Looks until it is as expected, at least once; then the last look. Undefined: the page can't be asked. */
async function settled(
  page: WebPage,
  isExpected: (now: Reading) => boolean,
  patienceMs = SETTLED_MS,
): Promise<Reading | undefined> {
  const until = Date.now() + patienceMs;
  let last: Reading | undefined;
  for (;;) {
    try {
      last = await readSite(page);
      if (isExpected(last)) return last;
    } catch (error) {
      // On its way to another page it can't be asked for a moment.
      if (!(error instanceof WebError)) throw error;
      last = undefined;
    }
    if (Date.now() >= until) return last;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

interface PageAnswer {
  status: number;
  text: string;
  /** The page's fetch threw: what it said. */
  failed?: string;
}

function answerIn(told: unknown): PageAnswer {
  const failed = failureIn(told);
  if (failed !== undefined) return { status: 0, text: "", failed };
  const { status, text } = told as { status?: unknown; text?: unknown };
  if (typeof status !== "number" || typeof text !== "string") {
    return { status: 0, text: "", failed: "The page's fetch answered nothing that makes sense." };
  }
  return { status, text };
}

/** What went wrong in the page, in its own words; undefined: nothing. */
function failureIn(told: unknown): string | undefined {
  if (!isRecord(told)) return "The page answered nothing that makes sense.";
  if (told.failed === undefined) return undefined;
  return typeof told.failed === "string"
    ? told.failed
    : "The page answered nothing that makes sense.";
}
