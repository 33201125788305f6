/**
 * What a page that uses the page API and the worker say to each other, through hook and bridge.
 *
 * The page asks, each request under a number of its own; the worker answers by that number, and tells
 * events. Everything that comes up may be forged by the page; everything that goes down the page may
 * read, so nothing goes down that wasn't granted to its origin. SurrealDB's values cross as CBOR bytes,
 * all else as plain data of the fields that stand here. The page hook carries this file: it imports
 * nothing.
 */

/** What a field of a request's params may be; with `?` it may be absent. */
export type ApiField = "text" | "text?" | "bytes?" | "flag?";

/**
 * The methods with their params, each a list of name and kind: read by hook and worker alike, by index
 * alone, since the hook can't rely on iterators.
 */
export const API_METHODS = {
  /** The sessions that are granted to this origin. */
  switchyard_sessions: [],
  /**
   * Asks the person for access. Answers at once where something is granted already, unless `more` is
   * asked for. `reason` is shown to the person.
   */
  switchyard_requestSessions: [
    { name: "reason", kind: "text?" },
    { name: "more", kind: "flag?" },
  ],
  /** As which session the page's own sockets run, where that one is granted to it. */
  switchyard_route: [],
  /** One RPC through a session. `params` is a CBOR array, `txn` a UUID. */
  switchyard_rpc: [
    { name: "session", kind: "text" },
    { name: "method", kind: "text" },
    { name: "params", kind: "bytes?" },
    { name: "txn", kind: "text?" },
  ],
  /** Begins a live query: a whole LIVE SELECT. `bindings` is a CBOR map. */
  switchyard_live: [
    { name: "session", kind: "text" },
    { name: "query", kind: "text" },
    { name: "bindings", kind: "bytes?" },
  ],
  switchyard_kill: [
    { name: "session", kind: "text" },
    { name: "id", kind: "text" },
  ],
} as const satisfies Record<string, readonly { name: string; kind: ApiField }[]>;

export type ApiMethod = keyof typeof API_METHODS;

type Value<K extends ApiField> = K extends "bytes?"
  ? Uint8Array
  : K extends "flag?"
    ? boolean
    : string;
type Fields<M extends ApiMethod> = (typeof API_METHODS)[M][number];

/** The params of a method, as the table says. */
export type ApiParams<M extends ApiMethod> = {
  [F in Fields<M> as F["kind"] extends `${string}?` ? never : F["name"]]: Value<F["kind"]>;
} & {
  [F in Fields<M> as F["kind"] extends `${string}?` ? F["name"] : never]?: Value<F["kind"]>;
};

export interface ApiResults {
  switchyard_sessions: ApiSession[];
  switchyard_requestSessions: ApiSession[];
  switchyard_route: ApiRoute;
  /** The result of the RPC as CBOR bytes. */
  switchyard_rpc: { result: Uint8Array };
  switchyard_live: { id: string };
  switchyard_kill: null;
}

/** What a page is told of a session that was granted to it; never a token. */
export interface ApiSession {
  /** Names it for this origin alone; stays until the grant is taken back. */
  id: string;
  label: string;
  /** `localhost:8000` */
  server: string;
  namespace?: string;
  database?: string;
  /** Record id as SurrealQL or the system user's name; absent when anonymous. */
  user?: string;
  level: "anonymous" | "root" | "namespace" | "database" | "record" | "bearer";
  /** Requests fail unless it is `active`. */
  status: "active" | "abandoned" | "ended" | "expired" | "revoked";
}

/** Null: the page's own session, or one that isn't granted to it. */
export interface ApiRoute {
  session: string | null;
}

/** A change that a live query saw; record id and value as CBOR bytes. */
export interface ApiNotification {
  session: string;
  id: string;
  action: "CREATE" | "UPDATE" | "DELETE" | "KILLED";
  record: Uint8Array;
  result: Uint8Array;
}

/** The events, by the names under which a page listens to them. */
export interface ApiEvents {
  sessionsChanged: ApiSession[];
  routeChanged: ApiRoute;
  notification: ApiNotification;
  /** An error of code 4900: nothing comes through any more, and what was begun is over. */
  disconnect: Error;
}

/** Codes of EIP-1193 and, below zero, of JSON-RPC; see docs/page-api.md. */
export const API_ERRORS = {
  /** The person said no. */
  rejected: 4001,
  /** The page API isn't enabled for this origin, or the session not granted to it. */
  unauthorized: 4100,
  /** There is no such method, or pages may not use it. */
  unsupported: 4200,
  /** Switchyard can't be reached. */
  disconnected: 4900,
  /** Switchyard can be reached, the session can't serve now. */
  sessionUnavailable: 4901,
  /** SurrealDB refused it: its own words are in `data`. */
  server: -32000,
  /** More, faster or larger than a page may. */
  limit: -32005,
  params: -32602,
  internal: -32603,
} as const;

/** An error as it crosses. */
export interface ApiErrorData {
  code: number;
  message: string;
  data?: {
    /** Whether the request reached the server. `unknown`: it may have run, and wasn't repeated. */
    outcome?: "not-sent" | "unknown" | "ran";
    /** The server's own code, kind and details. */
    code?: number;
    kind?: string;
    details?: unknown;
  };
}

export const API_LIMITS = {
  /** Characters of a name, an id, a method. */
  name: 256,
  /** Characters of the reason that a page gives; more are cut off. */
  reason: 300,
  /** Characters of the text of a live query. */
  query: 1024 * 1024,
  /** Bytes of the params of one request. */
  bytes: 16 * 1024 * 1024,
  /** Bytes of one result: browsers carry no more than 64 MB in one message. */
  result: 32 * 1024 * 1024,
  /** Requests of a document that wait for their answers. */
  pending: 256,
} as const;

/** Dispatched on the window when `window.switchyard` is there. */
export const API_INITIALIZED = "switchyard#initialized";

/** Page, through hook and bridge, to worker. */
export type ApiUpMessage =
  /** The hook asks whether this document may have the API; from then on it is told events. */
  { type: "api-hello" } | ApiRequest;

/** One request; `seq` is the page's own number for it. */
export type ApiRequest = {
  [M in ApiMethod]: { type: "api-request"; seq: number; method: M; params: ApiParams<M> };
}[ApiMethod];

/** Worker, through bridge and hook, to page. */
export type ApiDownMessage =
  /** Answers a hello. `on: false` also comes when the person takes the page API back. */
  | { type: "api-enabled"; on: boolean }
  | { type: "api-response"; seq: number; result: ApiResults[ApiMethod] }
  | { type: "api-error"; seq: number; error: ApiErrorData }
  | ApiEvent;

/** An event as it crosses; `disconnect` is the hook's own. */
export type ApiEvent = {
  [E in Exclude<keyof ApiEvents, "disconnect">]: {
    type: "api-event";
    event: E;
    payload: ApiEvents[E];
  };
}[Exclude<keyof ApiEvents, "disconnect">];
