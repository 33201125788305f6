/** One look at a page, read field by field: whatever the page answers, what comes out is checked. */
import type { CookieRefusal } from "../web-model.ts";
import type { CookieJar, WebPage } from "../web-page.ts";
import { type ApiBase, apiBase } from "./api-base.ts";
import { asSeen, COOKIE_NAMES, SCRIPT_NAMES, type SeenCookie } from "./cookies.ts";
import { readPage } from "./page-functions.ts";
import { type SessionState, stateOf } from "./state.ts";
import { isRecord, LONGEST_TOKEN } from "./tokens.ts";

export interface Reading {
  origin: string;
  /** Why the cookies API wasn't asked; absent: it was. */
  refused?: CookieRefusal;
  /** The page's SDK is there. */
  hasSdk: boolean;
  /** Any sign of SuperTokens at all. */
  isThere: boolean;
  /** Server's clock minus this computer's, milliseconds, as the SDK keeps it. */
  skew: number;
  state: SessionState;
  base: ApiBase;
}

/** @throws WebError where the page can't be asked */
export async function readSite(page: WebPage): Promise<Reading> {
  const [told, kept] = await Promise.all([
    page.run(readPage, [[...SCRIPT_NAMES], LONGEST_TOKEN + 1]),
    cookiesOf(page.cookies),
  ]);
  const script = scriptOf(told);
  const cookies = together(kept, script.cookies);
  const state = stateOf(cookies);
  const { origin } = page.holder;
  const reading: Reading = {
    origin,
    hasSdk: script.hasSdk,
    isThere: script.isThere || cookies.length > 0,
    skew: script.skew,
    state,
    base: apiBase(origin, refreshCookieOf(state), state.facts?.claims.iss),
  };
  if (page.cookies.refused) reading.refused = page.cookies.refused;
  return reading;
}

/** What the jar alone tells; the page isn't asked. */
export async function readJar(jar: CookieJar): Promise<SessionState> {
  return stateOf(await cookiesOf(jar));
}

/** The server's own cookie, of which the path says where it is renewed. */
export function refreshCookieOf({ refresh }: SessionState) {
  return refresh?.name === "sRefreshToken" ? refresh.whole : undefined;
}

async function cookiesOf(jar: CookieJar): Promise<SeenCookie[]> {
  if (jar.refused) return [];
  const all = await jar.all();
  return all.filter(({ name, value }) => COOKIE_NAMES.has(name) && value !== "").map(asSeen);
}

interface ScriptView {
  /** Of each name the one that the SDK takes. */
  cookies: Map<string, string>;
  hasSdk: boolean;
  isThere: boolean;
  skew: number;
}

function scriptOf(told: unknown): ScriptView {
  const view: ScriptView = { cookies: new Map(), hasSdk: false, isThere: false, skew: 0 };
  if (!isRecord(told)) return view;
  const names = new Set<string>(SCRIPT_NAMES);
  for (const pair of Array.isArray(told.cookies) ? told.cookies : []) {
    if (!Array.isArray(pair)) continue;
    const [name, value] = pair as unknown[];
    if (typeof name !== "string" || typeof value !== "string" || !names.has(name)) continue;
    view.cookies.set(name, value);
  }
  view.hasSdk = told.hasRecipe === true;
  // Its fetch and its requests are signs too, but nothing can be asked of an SDK through them.
  view.isThere = view.hasSdk || told.hasFetch === true || told.hasRequest === true;
  const skew = typeof told.skew === "string" ? Number.parseInt(told.skew, 10) : 0;
  // The SDK's own threshold: less than that is the way of the answer, not the clock.
  view.skew = Math.abs(skew) >= 7_000 && Math.abs(skew) < 8.64e15 ? skew : 0;
  return view;
}

/**
 * The jar's cookies, which are whole, with the page's word which one of several it takes; and those that
 * only the page told of, where cookies can't be used.
 */
function together(kept: SeenCookie[], script: ReadonlyMap<string, string>): SeenCookie[] {
  const cookies = kept.map((cookie) => ({
    ...cookie,
    isPages: !cookie.whole?.httpOnly && script.get(cookie.name) === cookie.value,
  }));
  for (const [name, value] of script) {
    if (value === "" || cookies.some((cookie) => cookie.name === name)) continue;
    cookies.push({ name, value, isPages: true });
  }
  return cookies;
}
