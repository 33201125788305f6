/**
 * What a session is.
 *
 * One session is one identity plus a namespace, a database and variables. These are the shapes that
 * the registry keeps and that every view shows: plain data, so that they survive structured cloning
 * between the parts of the extension. SurrealDB values travel as CBOR bytes (`wire/values`), because
 * cloning would strip a RecordId or a Decimal of its class. A field that a session has not is absent,
 * never invented. Times are milliseconds since 1970 (`Date.now()`), unless a name says otherwise.
 */

/** The seven statuses of a session (design: Clerk's SessionStatus). */
export type SessionStatus =
  | "active"
  | "ended"
  | "removed"
  | "replaced"
  | "expired"
  | "revoked"
  | "abandoned";

/** Who brought a change about. */
export type Actor = "you" | "page" | "server" | "clock";

/** How much a session's identity may do, by where its user is defined. */
export type AuthLevel = "anonymous" | "root" | "namespace" | "database" | "record" | "bearer";

/**
 * The key by which every part names a session: the session's UUID at the server, or
 * `default@<connection id>` for a socket's default session, which has none.
 */
export type SessionKey = string;

export interface SessionAuth {
  level: AuthLevel;
  /** Record id as SurrealQL (`user:bob`) or the system user's name; absent when anonymous. */
  user?: string;
  /** Access method that issued the token. */
  access?: string;
  /** Namespace and database in which the user is defined. */
  namespace?: string;
  database?: string;
  /** All claims of the access token, as JSON data. */
  claims?: Record<string, unknown>;
  /** True when a refresh token, or a sign-in still known, can make a new access token. */
  renewable: boolean;
}

export interface SessionVariable {
  name: string;
  /** The value as CBOR bytes; NONE where `omitted` is there. */
  value: Uint8Array;
  /** The value of a page's variable was too large to be kept: its size in bytes. */
  omitted?: number;
}

/** One way of signing in, as the person filled it in. Secrets included: never stored as it is. */
export type SignIn =
  | { way: "anonymous" }
  | { way: "root"; username: string; password: string }
  | { way: "namespace"; namespace: string; username: string; password: string }
  | { way: "database"; namespace: string; database: string; username: string; password: string }
  | {
      way: "record";
      namespace: string;
      database: string;
      access: string;
      /** The parameters of the access method's SIGNIN or SIGNUP clause. JSON data. */
      variables: Record<string, unknown>;
    }
  | { way: "bearer"; namespace?: string; database?: string; access: string; key: string }
  | { way: "token"; access: string }
  | { way: "tokens"; access: string; refresh: string };

/** A sign-in without its secrets: prefills the form. `variables` keeps names; secret values are "". */
export interface SignInForm {
  way: SignIn["way"];
  namespace?: string;
  database?: string;
  access?: string;
  username?: string;
  variables?: Record<string, unknown>;
}

/** One field in which the server and the panel differ. */
export interface Difference {
  field: "user" | "namespace" | "database" | "access";
  shown: string;
  server: string;
}

/** What the server itself said about the session, last time it was asked. */
export interface ServerTruth {
  state: "unchecked" | "checking" | "agrees" | "differs" | "failed";
  checkedAt?: number;
  /** "user:bob, app/tenant_b" */
  identity?: string;
  differences?: Difference[];
  error?: ErrorView;
}

/** Whether requests may pass to the server as this session, and if not, why. */
export type GateView = { open: true } | { open: false; reason: string };

export interface LiveQueryView {
  /** UUID under which the views know it; it stays when the query is begun again after a restore. */
  id: string;
  statement: string;
  begunAt: number;
  /** Notifications seen so far. */
  events: number;
  /** `stopped`: the query goes on at the server, nobody here listens. */
  state: "watching" | "stopped" | "killed";
  /** Spans in which notifications may be missing (worker or socket was away). */
  gaps: { from: number; to: number }[];
}

export interface TransactionView {
  id: string;
  begunAt: number;
  /** Statements sent in it so far. */
  requests: number;
}

/** What every SurrealDB session has, whoever holds it. */
export interface SessionCore {
  key: SessionKey;
  /** UUID at the server; absent for the default session. */
  id?: string;
  label: string;
  /** `#rrggbb` */
  colour: string;
  namespace?: string;
  database?: string;
  variables: SessionVariable[];
  auth: SessionAuth;
  status: SessionStatus;
  /** Why it has this status, one sentence. */
  cause: string;
  statusSince: number;
  createdAt: number;
  updatedAt: number;
  lastActiveAt: number;
  /** When the server ends the session (`$session.exp`); absent: it doesn't. */
  expireAt?: number;
  /** When the access token ends. */
  tokenExpireAt?: number;
}

/** What is both stored of a held session and shown of it. */
export interface SessionFields extends SessionCore {
  connectionId: string;
  /** Shortcut, 1 to 9. */
  number?: number;
  /** "Remember on this computer" is on. */
  remembered: boolean;
  /** What the sign-in form is prefilled with. */
  signInForm?: SignInForm;
  replacedBy?: SessionKey;
}

/** What is shown of every session beyond its core. */
export interface SessionBase extends SessionCore {
  kind: "surrealdb";
  /** Things a person should know although the session works ("Token expired: works until …"). */
  warnings: string[];
  truth: ServerTruth;
  liveQueries: LiveQueryView[];
  transactions: TransactionView[];
}

/** A held session as it is shown. */
export interface SessionView extends SessionFields, SessionBase {
  holder: "extension";
  abandonAt: number;
  gate: GateView;
  /** Closes by itself with the view that made it. */
  temporary: boolean;
  /** It waits for somebody to sign it in again. */
  needsSignIn: boolean;
}

/** One line of a session's history. */
export interface HistoryEntry {
  at: number;
  event: "created" | "status" | "auth" | "using" | "variable" | "live" | "transaction" | "note";
  by: Actor;
  before?: string;
  after?: string;
  /** The cause, or what happened, as one sentence. */
  text?: string;
}

export type ConnectionState =
  | { kind: "idle" }
  /** `failure`: why the attempt before this one came to nothing. */
  | { kind: "connecting"; failure?: Failure }
  | { kind: "restoring"; done: number; total: number }
  | { kind: "open" }
  | { kind: "waiting"; retryAt: number; failure: Failure }
  | { kind: "closed"; failure?: Failure };

export interface ConnectionView {
  id: string;
  name: string;
  url: string;
  namespace?: string;
  database?: string;
  state: ConnectionState;
  since: number;
  /** `3.0.2` */
  version?: string;
  /** Absent while unknown. False below 3.0. */
  sessionsSupported?: boolean;
  /** Frames that weren't valid RPC, or answers nobody waits for, since the socket opened. */
  strayFrames: number;
  lastStray?: string;
  /** True where "Remember on this computer" may be offered: the server is on this machine. */
  local: boolean;
  /** The person marked it: a red bar while a tab runs on it, never "always", no shortcut. */
  careful?: boolean;
}

/** Why a connection doesn't work: words for the person, and what to do. */
export interface Failure {
  code:
    | "refused"
    | "not-surrealdb"
    | "too-old"
    | "http"
    | "bad-url"
    | "tls"
    | "offline"
    | "timeout"
    | "lost"
    | "closed-by-you";
  message: string;
  advice?: string;
  /** A URL that would work instead (ws:// for http://), or the https:// page to trust. */
  suggestedUrl?: string;
}

/** An error as data, for views: what was tried, why it failed, what to do. */
export interface ErrorView {
  name: string;
  message: string;
  code?: number;
  kind?: string;
  /** The server's structured details, JSON data. */
  details?: unknown;
  advice?: string;
}

export interface Settings {
  /** Milliseconds without activity after which a session is abandoned. Default 7 days. */
  abandonAfter: number;
}
