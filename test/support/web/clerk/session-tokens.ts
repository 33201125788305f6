/**
 * The tokens by which an application's back end knows a session: JWTs that live for a minute.
 *
 * They are signed with a secret (HS256), where Clerk signs with a key pair: the SDK doesn't look at
 * the signature, and the only back end here has the secret.
 */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { StoredSession } from "./session-store.ts";

const LIFETIME_S = 60;

/** What an application's back end looks at. */
export interface SessionClaims {
  readonly sid: string;
  readonly sub: string;
  readonly exp: number;
  readonly sts: string;
}

export class SessionTokens {
  readonly #secret = randomBytes(32);
  readonly #issuer: string;

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** A new token of the session. */
  sign(session: StoredSession, userId: string): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      v: 2,
      iss: this.#issuer,
      jti: randomUUID(),
      sid: session.id,
      sub: userId,
      sts: session.status,
      iat: now,
      nbf: now - 10,
      exp: now + LIFETIME_S,
      fva: session.factor_verification_age,
      ...(session.actor && { act: session.actor }),
      ...(session.last_active_organization_id && {
        o: { id: session.last_active_organization_id },
      }),
    };
    const signed = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(claims)}`;
    return `${signed}.${this.#signatureOf(signed).toString("base64url")}`;
  }

  /** What a token claims, if it was signed here and still lives. */
  verify(token: string): SessionClaims | undefined {
    const [header, payload, signature] = token.split(".");
    if (!header || !payload || !signature) return undefined;
    const expected = this.#signatureOf(`${header}.${payload}`);
    const given = Buffer.from(signature, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims: SessionClaims = JSON.parse(Buffer.from(payload, "base64url").toString());
    return claims.exp * 1000 > Date.now() ? claims : undefined;
  }

  #signatureOf(signed: string): Buffer {
    return createHmac("sha256", this.#secret).update(signed).digest();
  }
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
