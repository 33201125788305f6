/** What is found in a page: whether SuperTokens is there, and the session that it runs as. */
import type { SeenSession, WebOperation } from "../web-model.ts";
import type { Look } from "../web-system.ts";
import { isSameHost } from "./api-base.ts";
import type { SeenCookie } from "./cookies.ts";
import type { Reading } from "./reading.ts";
import { sessionOf, timeText } from "./shown.ts";
import { handlesOf } from "./state.ts";
import type { TokenFacts } from "./tokens.ts";

/** Undefined: SuperTokens isn't there. */
export function lookOf(reading: Reading): Look | undefined {
  if (!reading.isThere) return undefined;
  const { state, refused, hasSdk } = reading;
  const system: Look["system"] = { state: "ready", signsIn: true };
  if (state.malformed.length > 0) {
    system.state = "broken";
    system.words = state.malformed.join(" ");
  } else if (!hasSdk) {
    system.state = "degraded";
    system.words =
      "SuperTokens' SDK isn't in this page (yet); its cookies are, which a page on another port of this host may have set.";
  }
  if (state.transfer) system.transfer = state.transfer;
  if (refused) system.cookies = refused;
  const session = state.facts && pageSession(reading, state.facts);
  return { system, sessions: session ? [session] : [] };
}

function pageSession(reading: Reading, facts: TokenFacts): SeenSession {
  const seen = sessionOf(reading, facts);
  seen.current = true;
  seen.warnings = warningsOf(reading, facts);
  if (hasEnded(reading, facts) && isKnownMissing(reading, reading.state.refresh)) {
    seen.status = "expired";
    seen.cause = `The access token ended at ${timeText(facts.endsAt)}, and there is no refresh token.`;
  } else {
    seen.cause = "The page is signed in.";
  }
  seen.operations = operationsOf(reading, seen.status === "expired");
  return seen;
}

/** By the server's clock, which made the time. */
function hasEnded({ skew }: Reading, { endsAt }: TokenFacts): boolean {
  return endsAt <= Date.now() + skew;
}

/** The cookies are those of another host, which the page's own don't show. */
function areElsewhere({ state, base, origin }: Reading): boolean {
  return !state.access && !state.refresh && !isSameHost(base.url, origin);
}

/** A token isn't there, and would have been seen if it were. */
function isKnownMissing(reading: Reading, cookie: SeenCookie | undefined): boolean {
  const { state, refused } = reading;
  const wouldBeSeen = refused === undefined || state.transfer === "header";
  return cookie === undefined && wouldBeSeen && !areElsewhere(reading);
}

function warningsOf(reading: Reading, facts: TokenFacts): string[] {
  const { state, base } = reading;
  const warnings = state.duplicates.map((words) =>
    /^s(Access|Refresh)Token/.test(words)
      ? `${words} SuperTokens then renews ten times and gives up. “Remove” takes all of them out.`
      : words,
  );
  if (hasEnded(reading, facts)) {
    const ended = `Access token ended at ${timeText(facts.endsAt)}`;
    warnings.push(
      isKnownMissing(reading, state.refresh)
        ? `${ended}.`
        : `${ended}; the page renews it at its next request.`,
    );
  }
  if (handlesOf(state).size > 1) {
    warnings.push("The front token and the access token are of two different sessions.");
  }
  if (!state.front) {
    warnings.push(
      "The front token is missing: the page's SDK takes itself for signed out, although other tokens are there.",
    );
  } else if (!state.updated) {
    warnings.push(
      "st-last-access-token-update is missing: the page's SDK renews the session at its next request.",
    );
  }
  if (isKnownMissing(reading, state.access)) warnings.push("The access token is missing.");
  if (isKnownMissing(reading, state.refresh)) {
    warnings.push("The refresh token is missing: the session can't be renewed.");
  }
  if (state.beside.length > 0) {
    warnings.push(
      `Tokens of both ways are there: the server goes by the headers', and ${state.beside.join(" and ")} may be another session's.`,
    );
  }
  for (const name of state.forged) {
    warnings.push(
      `A script wrote a cookie ${name}, which servers set so that scripts can't: it is taken for no token.`,
    );
  }
  if (areElsewhere(reading)) {
    warnings.push(
      `Access and refresh token are cookies of ${new URL(base.url).hostname}, which aren't this page's own: they are not seen here.`,
    );
  }
  if (base.guess) warnings.push(base.guess);
  return warnings;
}

function operationsOf(
  reading: Reading,
  hasExpired: boolean,
): Partial<Record<WebOperation, true | string>> {
  return {
    switch: "The page runs as this session already.",
    save: whyNotSaved(reading) ?? true,
    touch: whyNotRenewed(reading.hasSdk, hasExpired) ?? true,
    end: true,
    remove: whyNotTaken(reading) ?? true,
  };
}

function whyNotRenewed(hasSdk: boolean, hasExpired: boolean): string | undefined {
  if (hasExpired) return "There is no refresh token to renew it with.";
  // Without it nobody would keep the new front and anti-CSRF token; the old ones sign the user out.
  if (!hasSdk)
    return "SuperTokens' SDK isn't in this page, and only it keeps what a renewal brings.";
  return undefined;
}

/** Why a page's session can't be taken out of it, one sentence. */
export function whyNotTaken(reading: Reading): string | undefined {
  const { refused, base } = reading;
  if (refused === "permission") return "Switchyard may not use cookies yet.";
  if (refused === "host") return "Switchyard may not use the cookies of this site.";
  if (!areElsewhere(reading)) return undefined;
  return `Its tokens are cookies of ${new URL(base.url).hostname}, which aren't this page's own.`;
}

/** Why a page's session can't be saved whole, one sentence. */
export function whyNotSaved(reading: Reading): string | undefined {
  const notTaken = whyNotTaken(reading);
  if (notTaken) return notTaken;
  const { state } = reading;
  const missing = (["access", "refresh", "front"] as const).filter((name) => !state[name]);
  if (missing.length > 0) return `The page has no ${missing.join(" and no ")} token to save.`;
  if (state.malformed.length > 0) return state.malformed.join(" ");
  if (state.ambiguous.length > 0) {
    return `The page has several cookies ${state.ambiguous.join(", ")}, and nothing tells which is the session's.`;
  }
  if (handlesOf(state).size > 1) return "Its tokens are of two different sessions.";
  return undefined;
}
