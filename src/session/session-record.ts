/** The record of a session: how a new one begins, and how one is copied for the store. */
import type { SessionKey, SessionVariable, SignIn } from "./model.ts";
import type { SessionRecord } from "./store.ts";

/** What is asked for when a session is made. */
export interface NewSession {
  connectionId: string;
  label?: string;
  colour?: string;
  namespace?: string;
  database?: string;
  /** Absent: anonymous. */
  signIn?: SignIn;
  signUp?: boolean;
  /** Keep the refresh token, if the server gives one. Default true. */
  refresh?: boolean;
  remember?: boolean;
  /** Closes with this view. */
  viewId?: string;
}

/** What a session of our own takes over from one that is held elsewhere. */
export interface AdoptedSession {
  connectionId: string;
  label: string;
  namespace?: string;
  database?: string;
  variables: readonly SessionVariable[];
  /** Absent: anonymous. */
  access?: string;
  /** Where it comes from, one sentence for its history. */
  from: string;
}

/** The key of a socket's default session, which has no UUID. */
export function defaultKey(connectionId: string): SessionKey {
  return `default@${connectionId}`;
}

/**
 * @param order its place in the list, from 1
 * @param number its shortcut, where one is free
 */
export function newRecord(
  wanted: NewSession & { colour: string },
  key: SessionKey,
  order: number,
  number: number | undefined,
): SessionRecord {
  const now = Date.now();
  const isDefault = key === defaultKey(wanted.connectionId);
  return {
    key,
    id: isDefault ? undefined : key,
    connectionId: wanted.connectionId,
    order,
    label: wanted.label?.trim() || nameIn(wanted.signIn) || `Session ${order}`,
    colour: wanted.colour,
    number,
    namespace: wanted.namespace,
    database: wanted.namespace === undefined ? undefined : wanted.database,
    variables: [],
    auth: { level: "anonymous", renewable: false },
    status: "active",
    cause: "Created.",
    statusSince: now,
    createdAt: now,
    updatedAt: now,
    lastActiveAt: now,
    viewId: wanted.viewId,
    remembered: false,
    liveQueries: [],
  };
}

/** As deep as sessions change their records in place. */
export function copyOf(record: SessionRecord): SessionRecord {
  return {
    ...record,
    auth: { ...record.auth },
    variables: record.variables.map((variable) => ({ ...variable })),
    liveQueries: record.liveQueries.map((live) => ({ ...live, gaps: [...live.gaps] })),
  };
}

/** The name that a sign-in gives its session. */
function nameIn(signIn: SignIn | undefined): string | undefined {
  if (!signIn || signIn.way === "anonymous") return "Anonymous";
  if ("username" in signIn) return signIn.username;
  if (signIn.way !== "record") return undefined;
  const { variables } = signIn;
  for (const name of ["name", "user", "username", "email", "login"]) {
    const value = variables[name];
    if (typeof value === "string" && value) return value;
  }
  return undefined;
}
