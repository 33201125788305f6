/**
 * Reading SuperTokens' tokens.
 *
 * The access token is a JWT; the front token is standard base64 of `{ uid, ate, up }`: user, end of the
 * access token in milliseconds, and all claims of the access token. Both are read to show and to
 * compare, never to trust.
 */
import { readToken } from "../../session/token.ts";
import { fromBase64, toBase64 } from "../../wire/base64.ts";

/** What a token tells of its session. */
export interface TokenFacts {
  /** The session's handle. */
  id: string;
  user: string;
  tenant?: string;
  /** End of the access token, milliseconds since 1970 by the server's clock. */
  endsAt: number;
  issuedAt?: number;
  /** All of them, with those that are secrets. */
  claims: Record<string, unknown>;
}

/** Facts, or why there are none: one sentence. */
export type TokenReading = { facts: TokenFacts } | { malformed: string };

/** A browser keeps cookies of 4 KB; headers may be longer, but no token that works is. */
export const LONGEST_TOKEN = 16_384;

/** They tell no one anything, and together with a cookie each of them is a part of a secret. */
const SECRET_CLAIMS = new Set(["refreshTokenHash1", "parentRefreshTokenHash1", "antiCsrfToken"]);

export function readFrontToken(text: string): TokenReading {
  const malformed = (why: string) => ({ malformed: `The front token can't be read: ${why}` });
  if (text.length > LONGEST_TOKEN) return malformed("it is too long.");
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64(text)));
  } catch {
    return malformed("it is no base64 of JSON text.");
  }
  if (!isRecord(parsed)) return malformed("it is no object.");
  const { uid, ate, up } = parsed;
  if (!isName(uid)) return malformed("it names no user.");
  if (!isTime(ate)) return malformed("it doesn't say when the access token ends.");
  if (!isRecord(up)) return malformed("it has no claims.");
  if (!isName(up.sessionHandle)) return malformed("it names no session.");
  return { facts: factsOf(up.sessionHandle, uid, ate, up) };
}

export function readAccessToken(jwt: string): TokenReading {
  const malformed = (why: string) => ({ malformed: `The access token can't be read: ${why}` });
  if (jwt.length > LONGEST_TOKEN) return malformed("it is too long.");
  let token: ReturnType<typeof readToken>;
  try {
    token = readToken(jwt);
  } catch {
    return malformed("it is no JWT.");
  }
  const { claims, expireAt } = token;
  if (!isName(claims.sub)) return malformed("it names no user.");
  if (!isName(claims.sessionHandle)) return malformed("it names no session.");
  if (!isTime(expireAt)) return malformed("it doesn't say when it ends.");
  return { facts: factsOf(claims.sessionHandle, claims.sub, expireAt, claims) };
}

/** What the SDK reads instead of the access token, made as the server makes it. */
export function frontTokenOf({ user, endsAt, claims }: TokenFacts): string {
  const text = JSON.stringify({ uid: user, ate: endsAt, up: claims });
  return toBase64(new TextEncoder().encode(text));
}

/** The claims that a person may see. */
export function shownClaims(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !SECRET_CLAIMS.has(name)));
}

function factsOf(
  id: string,
  user: string,
  endsAt: number,
  claims: Record<string, unknown>,
): TokenFacts {
  const facts: TokenFacts = { id, user, endsAt, claims };
  if (isName(claims.tId)) facts.tenant = claims.tId;
  const issuedAt = typeof claims.iat === "number" ? claims.iat * 1_000 : undefined;
  if (isTime(issuedAt)) facts.issuedAt = issuedAt;
  return facts;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 500;
}

/** A number of milliseconds that `Date` can hold. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= 8.64e15;
}
