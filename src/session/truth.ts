/**
 * Server truth: who the server holds a session to be.
 *
 * One query answers it, `RETURN { session: $session, token: $token, auth: $auth }`, which works
 * without a selected namespace too. An anonymous session is refused it by a server without guest
 * access, with words that are themselves the proof: "Anonymous access not allowed". What the panel
 * shows is compared with the answer; nothing passes a session's gate before the two agree.
 */
import { toSurqlString } from "surrealdb";
import { ServerError } from "../wire/errors.ts";
import type { Difference, ServerTruth, SessionAuth } from "./model.ts";
import { authOf, claim } from "./token.ts";

export const TRUTH_QUERY = "RETURN { session: $session, token: $token, auth: $auth }";

/** What the server holds true. Fields that it doesn't tell are absent. */
export interface Truth {
  anonymous: boolean;
  user?: string;
  access?: string;
  /** Read off the token that the session was signed in with. */
  auth?: SessionAuth;
  namespace?: string;
  database?: string;
  /** False where the server refused to say more than "anonymous". */
  placeKnown: boolean;
  /** When the session ends, in milliseconds since 1970; absent: it doesn't. */
  expireAt?: number;
}

/** What the panel shows and the person expects. */
export interface Expected {
  auth: SessionAuth;
  namespace?: string;
  database?: string;
}

/**
 * Reads the decoded result of TRUTH_QUERY (an array with one statement result).
 * @throws Error when the answer has another shape
 */
export function readTruth(result: unknown): Truth {
  const statement = Array.isArray(result) ? result[0] : undefined;
  const value = (statement as { status?: unknown; result?: unknown } | undefined)?.result;
  if ((statement as { status?: unknown } | undefined)?.status !== "OK" || !isMap(value)) {
    throw new Error(`The server did not say who the session is: ${String(value)}`);
  }
  const session = isMap(value.session) ? value.session : {};
  const token = isMap(value.token) ? value.token : undefined;
  const id = token && claim(token, "ID");
  const record = value.auth ?? session.rd;
  const user = id ?? (record ? toSurqlString(record) : undefined);
  return {
    anonymous: token === undefined && !record,
    user,
    auth: token && authOf(token, false),
    // The token first: a system user who signed in over a record user leaves the old $session.ac.
    access: token ? claim(token, "AC") : text(session.ac),
    namespace: text(session.ns),
    database: text(session.db),
    placeKnown: true,
    expireAt: seconds(session.exp),
  };
}

/** True for the refusal by which a server without guest access says "you are anonymous". */
export function isAnonymousRefusal(error: unknown): boolean {
  return error instanceof ServerError && saysAnonymousRefusal(error);
}

/** The same of an error that came a long way, and is of no class any more. */
export function saysAnonymousRefusal(error: unknown): boolean {
  return error instanceof Error && /anonymous access not allowed/i.test(error.message);
}

/** Truth of a session that the server refuses as anonymous. */
const ANONYMOUS_TRUTH: Truth = { anonymous: true, placeKnown: false };

/**
 * Asks the server who a session is.
 * @param query runs a text in that session; answers the decoded results
 * @throws what `query` throws, but for the refusal that is an answer
 */
export async function askTruth(query: (text: string) => Promise<unknown>): Promise<Truth> {
  try {
    return readTruth(await query(TRUTH_QUERY));
  } catch (error) {
    if (isAnonymousRefusal(error)) return ANONYMOUS_TRUTH;
    throw error;
  }
}

/** Every field in which the server says something else than is shown. */
export function differences(shown: Expected, truth: Truth): Difference[] {
  const found: Difference[] = [];
  const expectsAnonymous = shown.auth.level === "anonymous";
  const shownUser = expectsAnonymous ? "anonymous" : (shown.auth.user ?? "unnamed user");
  const serverUser = truth.anonymous ? "anonymous" : (truth.user ?? "unnamed user");
  if (expectsAnonymous !== truth.anonymous || shownUser !== serverUser) {
    found.push({ field: "user", shown: shownUser, server: serverUser });
  } else if (!truth.anonymous && shown.auth.access !== truth.access) {
    found.push({
      field: "access",
      shown: shown.auth.access ?? "none",
      server: truth.access ?? "none",
    });
  }
  if (truth.placeKnown) {
    for (const field of ["namespace", "database"] as const) {
      if ((shown[field] ?? "") !== (truth[field] ?? "")) {
        found.push({ field, shown: shown[field] ?? "none", server: truth[field] ?? "none" });
      }
    }
  }
  return found;
}

/** What a view is told of the comparison, made at `at` (milliseconds since 1970). */
export function compared(shown: Expected, truth: Truth, at: number): ServerTruth {
  const place = truth.placeKnown ? truth : shown;
  const found = differences(shown, truth);
  return {
    state: found.length > 0 ? "differs" : "agrees",
    checkedAt: at,
    identity: identityText(truth.user, placeText(place.namespace, place.database)),
    differences: found,
  };
}

/** "user:bob, app/tenant_b": an identity in one line. */
export function identityText(user: string | undefined, place: string): string {
  return `${user ?? "anonymous"}, ${place}`;
}

/** "app/tenant_b", "app", or "no namespace". */
export function placeText(namespace?: string, database?: string): string {
  if (!namespace) return "no namespace";
  return database ? `${namespace}/${database}` : namespace;
}

/** A decoded value with fields: neither a list nor nothing. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value) * 1000;
  return typeof value === "number" ? value * 1000 : undefined;
}
