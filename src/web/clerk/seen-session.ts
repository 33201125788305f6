/** One of Clerk's sessions as Switchyard shows it: status and cause, warnings, and what can be done. */
import { readToken } from "../../session/token.ts";
import type { SeenSession, WebFact, WebOperation, WebStatus } from "../web-model.ts";
import { boundedFields, type ClerkSession, nameOf } from "./look-answer.ts";

/** The name of the one token that a session has, in `web.reveal`. */
export const SESSION_TOKEN = "session";

/** What Clerk's reference says of each status; its own `pending` is shown as itself. */
const CAUSES: Partial<Record<WebStatus, string>> = {
  active: "Clerk says it is active.",
  pending: "Clerk says that the user is signed in, but has something to do first.",
  ended: "Clerk says that the user signed out of it.",
  expired: "Clerk says that its time is over.",
  removed: "Clerk says that the user signed out of it, and that it was removed.",
  replaced: "Clerk says that another session took its place.",
  revoked: "Clerk says that the application ended it.",
  abandoned: "Clerk says that it was abandoned: not used for too long.",
};

/** Undefined: a status of Clerk's that Switchyard doesn't know. */
export function knownStatus(status: string): WebStatus | undefined {
  return Object.hasOwn(CAUSES, status) ? (status as WebStatus) : undefined;
}

/** What one look tells beyond the session itself. */
export interface Surroundings {
  /** The id of `Clerk.session`. */
  current?: string;
  /** The session as which the page would run after a reload, as far as Clerk chooses it. */
  afterReload?: string;
  now: number;
}

export function seenSession(
  session: ClerkSession,
  status: WebStatus,
  around: Surroundings,
): SeenSession {
  const { id, user, createdAt, updatedAt, lastActiveAt, expireAt, abandonAt, actor } = session;
  const token = tokenOf(session);
  const current = id === around.current;
  const userName = session.fullName ?? session.username ?? session.email ?? session.identifier;
  const seen: SeenSession = {
    kind: "clerk",
    id,
    current,
    status,
    cause: causeOf(session, status, userName),
    facts: factsOf(session, userName),
    tokens: [
      {
        name: SESSION_TOKEN,
        title: "Session token",
        place: "page memory · lastActiveToken",
        present: session.token !== undefined || session.tokenIsTooLong,
      },
    ],
    warnings: [
      ...stateWarnings(session, status, current, around),
      ...(token.warning ? [token.warning] : []),
    ],
    operations: operationsOf(session, status, current),
  };
  const optional = {
    user,
    userName,
    createdAt,
    updatedAt,
    lastActiveAt,
    expireAt,
    abandonAt,
    actor,
  };
  const ofToken = { claims: token.claims, tokenExpireAt: token.expireAt };
  const tasks = session.tasks.length > 0 ? session.tasks : undefined;
  return Object.assign(seen, present({ ...optional, ...ofToken, tasks }));
}

/** Without what isn't there: such a field is absent, not undefined. */
function present<T extends object>(fields: T): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

function causeOf(session: ClerkSession, status: WebStatus, userName?: string): string {
  const cause = CAUSES[status] ?? "";
  const words =
    status === "pending" && session.tasks.length > 0
      ? `Clerk says that the user is signed in, but has to do this first: ${session.tasks.join(", ")}.`
      : cause;
  if (!session.actor) return words;
  const who = nameOf(session.actor.sub) ?? "Somebody";
  const as = userName ?? session.user ?? "this user";
  return `${words} ${session.actor.type === "agent" ? `The agent ${who}` : who} acts as ${as}.`;
}

function factsOf(session: ClerkSession, userName?: string): WebFact[] {
  const { email, identifier, organization, factorAges, currentTask } = session;
  const facts: WebFact[] = [];
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) facts.push({ name, value });
  };
  if (email !== userName) add("primaryEmailAddress", email);
  if (identifier !== userName && identifier !== email) add("publicUserData.identifier", identifier);
  add("lastActiveOrganizationId", organization);
  if (factorAges) {
    const [first, second] = factorAges.map((age) => (age < 0 ? "never" : `${age} min ago`));
    add("factorVerificationAge", `first factor ${first}, second ${second}`);
  }
  add("currentTask", currentTask);
  return facts;
}

function tokenOf({ id, token, tokenIsTooLong }: ClerkSession): {
  claims?: Record<string, unknown>;
  expireAt?: number;
  warning?: string;
} {
  if (tokenIsTooLong) return { warning: "Its last token is too long to be read." };
  if (token === undefined) return {};
  try {
    const { claims, expireAt } = readToken(token);
    const isOthers = typeof claims.sid === "string" && claims.sid !== id;
    const warning = isOthers ? "Its last token names another session." : undefined;
    return { claims: boundedFields(claims), expireAt, warning };
  } catch {
    return { warning: "Its last token can't be read: it is no JWT." };
  }
}

function stateWarnings(
  { id, listed, expireAt, abandonAt }: ClerkSession,
  status: WebStatus,
  current: boolean,
  around: Surroundings,
): string[] {
  const warnings: string[] = [];
  if (isSignedIn(status)) {
    if (expireAt !== undefined && expireAt <= around.now) {
      warnings.push(`Its time (expireAt) is over, but Clerk in this page still says ${status}.`);
    } else if (abandonAt !== undefined && abandonAt <= around.now) {
      warnings.push(`Its abandonAt has passed, but Clerk in this page still says ${status}.`);
    }
  }
  if (!listed) warnings.push("The page runs as it, but Clerk doesn't list it any more.");
  if (id === around.afterReload && !current) {
    warnings.push(
      around.current === undefined
        ? "The page is signed out until it is reloaded; then Clerk takes this session, unless the application chooses another."
        : "After a reload the page would run as this session: Clerk has it as the one used last.",
    );
  }
  if (status === "pending") {
    warnings.push(
      current
        ? "Most applications show the page as signed out until that is done."
        : "If you switch to it, Clerk may send the page to its task, and most applications show it as signed out until that is done.",
    );
  }
  return warnings;
}

function operationsOf(
  { listed }: ClerkSession,
  status: WebStatus,
  current: boolean,
): SeenSession["operations"] {
  const all = (answer: true | string): Partial<Record<WebOperation, true | string>> => ({
    switch: answer,
    touch: answer,
    end: answer,
    remove: answer,
  });
  if (!listed) return all("Clerk doesn't list it any more: reload the page.");
  const operations = all(isSignedIn(status) || `It is ${status}: sign in again in the page.`);
  if (current) operations.switch = "The page runs as it already.";
  if (!isSignedIn(status)) operations.end = `It is ${status} already.`;
  // What is over may still be listed; what was removed can't be removed again.
  operations.remove = status !== "removed" || "It is removed already.";
  return operations;
}

/** Clerk lets a page run as such a session. */
export function isSignedIn(status: WebStatus): boolean {
  return status === "active" || status === "pending";
}
