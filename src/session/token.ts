/**
 * Reading SurrealDB's access tokens.
 *
 * A token is a JWT whose claims name the user: `ID` (record id as `table:key`, or a system user's
 * name), `AC` (access method), `NS`, `DB`. It is read to show and to compare, never to trust: the
 * signature can't be checked here, so who a session is, is what the server confirms.
 */
import { SessionError } from "./errors.ts";
import type { AuthLevel, SessionAuth } from "./model.ts";

export interface AccessToken {
  claims: Record<string, unknown>;
  /** Milliseconds since 1970; absent where the token has no such claim. */
  issuedAt?: number;
  expireAt?: number;
}

export class MalformedTokenError extends SessionError {
  constructor() {
    super(
      "MalformedTokenError",
      "This is not an access token: three parts of base64url text joined by dots are expected.",
    );
  }
}

/** @throws MalformedTokenError */
export function readToken(jwt: string): AccessToken {
  const parts = jwt.split(".");
  if (parts.length !== 3 || !parts[1]) throw new MalformedTokenError();
  let claims: unknown;
  try {
    const base64 = parts[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    claims = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // atob and JSON.parse say no more than "not a token".
    throw new MalformedTokenError();
  }
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) {
    throw new MalformedTokenError();
  }
  const map = claims as Record<string, unknown>;
  return { claims: map, issuedAt: seconds(map.iat), expireAt: seconds(map.exp) };
}

function seconds(claim: unknown): number | undefined {
  return typeof claim === "number" && Number.isFinite(claim) ? claim * 1000 : undefined;
}

/** The claim of that name in either case: SurrealDB writes `NS`, other issuers may write `ns`. */
export function claim(claims: Record<string, unknown>, name: string): string | undefined {
  const value = claims[name] ?? claims[name.toLowerCase()];
  return typeof value === "string" ? value : undefined;
}

/** Who a token says it is for. */
export function authOf(claims: Record<string, unknown>, renewable: boolean): SessionAuth {
  return {
    level: levelOf(claims),
    user: claim(claims, "ID"),
    access: claim(claims, "AC"),
    namespace: claim(claims, "NS"),
    database: claim(claims, "DB"),
    claims,
    renewable,
  };
}

function levelOf(claims: Record<string, unknown>): AuthLevel {
  const database = claim(claims, "DB");
  if (claim(claims, "AC")) {
    return database && claim(claims, "ID")?.includes(":") ? "record" : "bearer";
  }
  if (database) return "database";
  return claim(claims, "NS") ? "namespace" : "root";
}
