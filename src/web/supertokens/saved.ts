/** What is shown of a saved session, and what of it stays with its snapshot. */
import type { SeenSession } from "../web-model.ts";
import type { Snapshot } from "../web-system.ts";
import { type ApiBase, apiBase } from "./api-base.ts";
import { asSeen } from "./cookies.ts";
import { refreshCookieOf } from "./reading.ts";
import { sessionOf, timeText } from "./shown.ts";
import { stateOf } from "./state.ts";

/** Prefix of the names in `Snapshot.more` under which warnings stay with a snapshot. */
export const WARNING = "warning/";

/** The warning that a page with anti-CSRF tokens gets a session without one. */
export const NO_ANTI_CSRF = `${WARNING}anti-csrf`;

/** A saved session, as it is now. */
export function savedSession(snapshot: Snapshot): SeenSession | undefined {
  const state = stateOf(snapshot.cookies.map(asSeen));
  const { facts } = state;
  if (!facts) return undefined;
  const base: ApiBase = snapshot.base
    ? { url: snapshot.base }
    : apiBase(snapshot.origin, refreshCookieOf(state), facts.claims.iss);
  const now = Date.now();
  const seen = sessionOf({ state, base, skew: 0 }, facts);
  const { expireAt } = seen;
  const hasExpired = expireAt !== undefined && expireAt <= now;
  if (hasExpired) {
    seen.status = "expired";
    seen.cause = `Its refresh token ended at ${timeText(expireAt)}.`;
  } else {
    seen.cause = "Saved, and not known to be over.";
  }
  seen.warnings = Object.entries(snapshot.more ?? {})
    .filter(([name]) => name.startsWith(WARNING))
    .map(([, text]) => text);
  if (snapshot.more?.[NO_ANTI_CSRF] !== undefined) {
    // The token says that there is none, which isn't the server's mode but the way it was made.
    const value = "VIA_TOKEN, but this session has no token yet";
    seen.facts = seen.facts.map((fact) => (fact.name === "Anti-CSRF" ? { ...fact, value } : fact));
  }
  if (!state.refresh) {
    seen.warnings.push(`It can't be renewed; its access token ends at ${timeText(facts.endsAt)}.`);
  }
  const renewable = state.refresh ? true : "It has no refresh token.";
  const over = "Its refresh token is past its end: sign in again.";
  seen.operations = {
    switch: hasExpired ? over : true,
    touch: hasExpired ? over : renewable,
    end: hasExpired ? over : true,
    remove: true,
  };
  return seen;
}
