/**
 * The sessions of the stand-in, by the core's rules of rotation.
 *
 * A session knows one refresh token, by its hash: the parent. Refreshing with the parent makes a child
 * and changes nothing else, so that an answer which is lost on its way does no harm. The child becomes
 * the parent when it is used itself, or when the access token that came with it is verified. Any other
 * refresh token of the session is one from before: theft.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Claims, SigningKey } from "./core-keys.ts";

export interface Lives {
  /** Seconds that an access token is good for. Its times are whole seconds. */
  readonly accessTokenLife: number;
  /** Seconds that a refresh token is good for, and so the session after it was last refreshed. */
  readonly refreshTokenLife: number;
}

/** A session as the core keeps it. */
export interface CoreSession {
  readonly handle: string;
  readonly userId: string;
  readonly tenantId: string;
  /** The application's own claims. */
  readonly claims: Claims;
  /** Milliseconds, as all times that the core answers. */
  readonly createdAt: number;
  readonly expiry: number;
}

/** What an endpoint answers as JSON, always with HTTP status 200. */
export type CoreAnswer = { readonly status: string } & Readonly<Record<string, unknown>>;

export interface WantedSession {
  readonly userId: string;
  readonly tenantId: string;
  readonly claims: Claims;
  readonly enableAntiCsrf: boolean;
}

export interface Presented {
  readonly token: string;
  readonly antiCsrfToken: string | undefined;
  readonly enableAntiCsrf: boolean;
}

interface Kept extends CoreSession {
  claims: Claims;
  expiry: number;
  /** The parent: the SHA-256 of its SHA-256. */
  refreshTokenHash2: string;
}

interface RefreshToken {
  readonly handle: string;
  readonly parentHash1: string | null;
  readonly antiCsrfToken: string | null;
}

export class CoreSessions {
  readonly #key: SigningKey;
  readonly #lives: Lives;
  readonly #kept = new Map<string, Kept>();
  /** By the token. The core encrypts this into the token instead. */
  readonly #refreshTokens = new Map<string, RefreshToken>();

  constructor(key: SigningKey, lives: Lives) {
    this.#key = key;
    this.#lives = lives;
  }

  /** Those that aren't over. */
  list(): readonly CoreSession[] {
    return [...this.#kept.keys()].flatMap((handle) => this.#find(handle) ?? []);
  }

  /** Ends sessions; returns the handles of those that there were. */
  remove(handles: readonly string[]): string[] {
    return handles.filter((handle) => this.#kept.delete(handle));
  }

  create({ userId, tenantId, claims, enableAntiCsrf }: WantedSession): CoreAnswer {
    const id = randomUUID();
    const createdAt = Date.now();
    const session: Kept = {
      handle: tenantId === "public" ? id : `${id}_${tenantId}`,
      userId,
      tenantId,
      claims,
      createdAt,
      expiry: createdAt + this.#lives.refreshTokenLife * 1000,
      refreshTokenHash2: "",
    };
    const { token, answer } = this.#newTokens(session, null, enableAntiCsrf);
    session.refreshTokenHash2 = hash(hash(token));
    this.#kept.set(session.handle, session);
    return answer;
  }

  refresh({ token, antiCsrfToken, enableAntiCsrf }: Presented): CoreAnswer {
    const refreshToken = this.#refreshTokens.get(token);
    if (!refreshToken) return unauthorised("Invalid refresh token");
    const { antiCsrfToken: expected, parentHash1 } = refreshToken;
    if (enableAntiCsrf && expected !== null && expected !== antiCsrfToken) {
      return unauthorised("Anti CSRF token missing, or not matching");
    }
    const session = this.#find(refreshToken.handle);
    if (!session) return unauthorised("Session missing in db or has expired");
    const hash2 = hash(hash(token));
    if (session.refreshTokenHash2 !== hash2) {
      if (parentHash1 === null || hash(parentHash1) !== session.refreshTokenHash2) {
        return { status: "TOKEN_THEFT_DETECTED", session: described(session) };
      }
      this.#promote(session, hash2);
    }
    return this.#newTokens(session, hash(token), enableAntiCsrf).answer;
  }

  /**
   * @param presented its token is an access token
   * @param doAntiCsrfCheck as the request to the application demands it
   * @param checkDatabase whether the session must still be there; without it the token is believed
   */
  verify(presented: Presented, doAntiCsrfCheck: boolean, checkDatabase: boolean): CoreAnswer {
    const claims = this.#key.read(presented.token);
    if (!claims || Number(claims.exp) * 1000 <= Date.now()) {
      return { status: "TRY_REFRESH_TOKEN", message: "Access token expired or not readable" };
    }
    if (presented.enableAntiCsrf && doAntiCsrfCheck) {
      if (!presented.antiCsrfToken || presented.antiCsrfToken !== claims.antiCsrfToken) {
        return { status: "TRY_REFRESH_TOKEN", message: "anti-csrf check failed" };
      }
    }
    const session = this.#find(String(claims.sessionHandle));
    const parentHash1 = claims.parentRefreshTokenHash1;
    if (!session) {
      if (checkDatabase || parentHash1 !== null) return unauthorised("Session missing in db");
      const { sessionHandle: handle, sub: userId, rsub: recipeUserId, tId: tenantId } = claims;
      const told = { handle, userId, recipeUserId, tenantId, userDataInJWT: claims };
      return { status: "OK", session: told };
    }
    const answer = { status: "OK", session: described(session) };
    if (parentHash1 === null) return answer;
    const hash2 = hash(String(claims.refreshTokenHash1));
    const isChild = hash(String(parentHash1)) === session.refreshTokenHash2;
    if (isChild) this.#promote(session, hash2);
    // From now on the token can be believed without asking.
    const settled = session.refreshTokenHash2 === hash2;
    return settled ? { ...answer, accessToken: this.#accessToken(session, claims, null) } : answer;
  }

  /** Other claims of the application in a new access token, which ends when the presented one does. */
  regenerate(accessToken: string, userDataInJWT: Claims): CoreAnswer {
    const claims = this.#key.read(accessToken);
    const session = claims && this.#find(String(claims.sessionHandle));
    if (!session) return unauthorised("Session does not exist.");
    session.claims = userDataInJWT;
    const answer = { status: "OK", session: described(session) };
    const end = Number(claims.exp) * 1000;
    if (end <= Date.now()) return answer;
    const parentHash1 = claims.parentRefreshTokenHash1 as string | null;
    return { ...answer, accessToken: this.#accessToken(session, claims, parentHash1, end) };
  }

  #find(handle: string): Kept | undefined {
    const session = this.#kept.get(handle);
    return session && session.expiry > Date.now() ? session : undefined;
  }

  #promote(session: Kept, refreshTokenHash2: string): void {
    session.refreshTokenHash2 = refreshTokenHash2;
    session.expiry = Date.now() + this.#lives.refreshTokenLife * 1000;
  }

  #newTokens(session: Kept, parentHash1: string | null, enableAntiCsrf: boolean) {
    const antiCsrfToken = enableAntiCsrf ? randomUUID() : null;
    // As the core's look: with what has to be escaped in a cookie.
    const token = `${randomBytes(160).toString("base64")}.${randomBytes(16).toString("hex")}.V2`;
    this.#refreshTokens.set(token, { handle: session.handle, parentHash1, antiCsrfToken });
    const createdTime = Date.now();
    const expiry = createdTime + this.#lives.refreshTokenLife * 1000;
    const own = { refreshTokenHash1: hash(token), antiCsrfToken };
    const answer: CoreAnswer = {
      status: "OK",
      session: described(session),
      accessToken: this.#accessToken(session, own, parentHash1),
      refreshToken: { token, expiry, createdTime },
      ...(antiCsrfToken && { antiCsrfToken }),
    };
    return { token, answer };
  }

  #accessToken(
    session: Kept,
    { refreshTokenHash1, antiCsrfToken }: Claims,
    parentRefreshTokenHash1: string | null,
    expiry = Date.now() + this.#lives.accessTokenLife * 1000,
  ) {
    const createdTime = Date.now();
    const token = this.#key.sign({
      ...session.claims,
      iat: Math.floor(createdTime / 1000),
      exp: Math.floor(expiry / 1000),
      sub: session.userId,
      tId: session.tenantId,
      rsub: session.userId,
      sessionHandle: session.handle,
      refreshTokenHash1,
      parentRefreshTokenHash1,
      antiCsrfToken,
    });
    return { token, expiry, createdTime };
  }
}

function described({ handle, userId, tenantId, claims }: CoreSession) {
  return { handle, userId, recipeUserId: userId, tenantId, userDataInJWT: claims };
}

function unauthorised(message: string): CoreAnswer {
  return { status: "UNAUTHORISED", message };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
