/** New tokens as the cookies in which the server and the SDK would keep them. */
import { WebError } from "../web-error.ts";
import type { WebCookie } from "../web-page.ts";
import type { NewTokens } from "./answers.ts";
import { REFRESH_PATH } from "./api-base.ts";
import { type CookieName, cookieValueOf, inWriteOrder, isServers, lifetimeOf } from "./cookies.ts";
import type { Transfer } from "./state.ts";
import { frontTokenOf, readAccessToken, readFrontToken } from "./tokens.ts";

export interface Composition {
  tokens: NewTokens;
  transfer: Transfer;
  /** API base URL: the refresh token's path follows from it. */
  base: string;
  origin: string;
  storeId: string;
  /** Cookies to be like, name by name: those that the page has, or that the session had. */
  model: readonly WebCookie[];
}

/** @throws WebError where the tokens don't fit together */
export function composeCookies({
  tokens,
  transfer,
  base,
  origin,
  storeId,
  model,
}: Composition): WebCookie[] {
  const now = Date.now();
  const make = (name: CookieName, token: string): WebCookie => {
    const same = model.find((cookie) => cookie.name === name) ?? related(model, name);
    const cookie = same ? { ...same } : likeTheirs(name, base, origin, storeId);
    return {
      ...cookie,
      name,
      path: same?.name === name ? same.path : pathOf(name, base),
      httpOnly: isServers(name),
      value: cookieValueOf(name, token),
      expireAt: now + lifetimeOf(name),
      storeId,
    };
  };
  const isHeader = transfer === "header";
  const cookies = [
    make(isHeader ? "st-access-token" : "sAccessToken", tokens.access),
    make("sFrontToken", frontOf(tokens)),
    make("st-last-access-token-update", updateMark(model, now)),
  ];
  if (tokens.refresh !== undefined) {
    cookies.push(make(isHeader ? "st-refresh-token" : "sRefreshToken", tokens.refresh));
  }
  if (!isHeader) {
    if (tokens.antiCsrf !== undefined) cookies.push(make("sAntiCsrf", tokens.antiCsrf));
    // The server shows the access token to scripts, and shows them each new one.
    const isExposed = model.some(({ name }) => name === "st-access-token");
    if (isExposed) cookies.push(make("st-access-token", tokens.access));
  }
  return inWriteOrder(cookies);
}

/** The front token, checked to be of the same session as the access token. */
function frontOf({ access, front }: NewTokens): string {
  const read = readAccessToken(access);
  if (!("facts" in read)) throw new WebError(`${read.malformed} Nothing was changed.`);
  if (front === undefined) return frontTokenOf(read.facts);
  const readFront = readFrontToken(front);
  if (!("facts" in readFront)) throw new WebError(`${readFront.malformed} Nothing was changed.`);
  if (readFront.facts.id !== read.facts.id) {
    throw new WebError("The server's answer has tokens of two sessions. Nothing was changed.");
  }
  return front;
}

/** Another value than before, whatever the clock says: the SDK reads the anti-CSRF token anew at it. */
function updateMark(model: readonly WebCookie[], now: number): string {
  const before = model.find(({ name }) => name === "st-last-access-token-update")?.value;
  return String(before === String(now) ? now + 1 : now);
}

/** A cookie of the same author: domain, security and SameSite are configured for all of them. */
function related(model: readonly WebCookie[], name: CookieName): WebCookie | undefined {
  return model.find((cookie) => isServers(cookie.name) === isServers(name));
}

/** As the server or the SDK sets it where nothing is configured. */
function likeTheirs(name: CookieName, base: string, origin: string, storeId: string) {
  const { hostname } = new URL(origin);
  return {
    domain: hostname,
    hostOnly: true,
    // supertokens-node: secure where the API domain is https; the SDK: only in frames.
    secure: isServers(name) && base.startsWith("https:"),
    sameSite: "lax" as const,
    storeId,
  };
}

function pathOf(name: CookieName, base: string): string {
  if (name !== "sRefreshToken") return "/";
  return new URL(base).pathname.replace(/\/$/, "") + REFRESH_PATH;
}
