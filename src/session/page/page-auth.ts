/**
 * Who a page's session is signed in as, read off what its hook told.
 *
 * Only the access token names a user, and a page may have made it up: the server's word is asked for
 * with Check. Where the hook saw a sign-in but no token that can be read, nobody is named.
 */

import type { SessionAuth } from "../model.ts";
import { authOf, MalformedTokenError, readToken } from "../token.ts";
import type { AuthFact, SessionFact } from "./page-facts.ts";

export interface PageAuth {
  auth: SessionAuth;
  /** When the access token ends, in milliseconds since 1970. */
  tokenExpireAt?: number;
  /** Signed in, but as whom can't be read: why, one sentence. */
  unread?: string;
}

const SIGNED_IN: ReadonlySet<AuthFact> = new Set<AuthFact>([
  "signed-in",
  "signed-up",
  "authenticated",
  "refreshed",
  // Over, and still somebody's.
  "expired",
]);

/** True where the server holds the session to be somebody, as far as the hook saw. */
export function isSignedIn({ auth }: Pick<SessionFact, "auth">): boolean {
  return SIGNED_IN.has(auth);
}

export function pageAuthOf(fact: Pick<SessionFact, "auth" | "access" | "renewable">): PageAuth {
  if (!isSignedIn(fact)) return { auth: { level: "anonymous", renewable: false } };
  const { renewable, access } = fact;
  // Somebody who bears a token: more isn't known.
  const unnamed: SessionAuth = { level: "bearer", renewable };
  if (access === undefined) {
    return {
      auth: unnamed,
      unread: "Its access token wasn't seen: Check asks the server who it is.",
    };
  }
  try {
    const token = readToken(access);
    const auth = authOf(token.claims, renewable);
    return { auth, ...(token.expireAt !== undefined && { tokenExpireAt: token.expireAt }) };
  } catch (error) {
    if (!(error instanceof MalformedTokenError)) throw error;
    return {
      auth: unnamed,
      unread: "Its access token can't be read: Check asks the server who it is.",
    };
  }
}
