/**
 * What is shown of a page: its frames, its sockets, its own sessions, and its traffic.
 *
 * The page owns the truth about its sessions; these are the shapes in which the worker passes it on to
 * views. A socket's key names the client behind it and stays when that client reconnects, so that a
 * list of them never piles up dead entries. Times are milliseconds since 1970. What came from the page
 * was validated in form and size, never in content: a page may say what it likes about itself.
 */
import type { SessionBase, SessionKey } from "../model.ts";
import type { RouteLeftover, RouteView } from "../relay/route-model.ts";

/** What a socket's frames are written in, by its subprotocol. */
export type FrameFormat = "cbor" | "json" | "flatbuffers";

/** Whether, and if not why, Switchyard sees what the page does. */
export type PageStatus =
  /** Its hook and bridge answer. */
  | "watched"
  /** Its site isn't enabled: no script of ours runs there. */
  | "off"
  /** The site is enabled, but this document was opened before: it has no hook until it reloads. */
  | "needs-reload"
  /** A page of the browser itself, on which no extension may run. */
  | "forbidden"
  /** The tab is gone, or its bridges haven't answered yet. */
  | "unknown";

export interface PageFrameView {
  documentId: string;
  frameId: number;
  /** The browser's word for it; "null" where opaque. */
  origin: string;
  /** Without query and fragment. */
  url: string;
  top: boolean;
  /** It asked SurrealDB's `/rpc` or `/sql` over HTTP, whose sessions aren't shown. */
  usesHttp: boolean;
  /** It runs a web worker, whose sockets are neither watched nor routed. */
  usesWorkers?: boolean;
  /** What a person should know of it, one sentence each: what couldn't be read, a refused server. */
  troubles?: string[];
}

export interface PageSocketView {
  /** `<documentId>/<client number>`, the same over reconnects. */
  key: string;
  documentId: string;
  frameId: number;
  url: string;
  format: FrameFormat;
  state: "connecting" | "open" | "closing" | "closed";
  openedAt?: number;
  closedAt?: number;
  closeCode?: number;
  /** How often the client behind it has opened a new socket in its place. */
  reconnects: number;
  /** When the present socket took the place of the one before. */
  reconnectedAt?: number;
  framesSent: number;
  framesReceived: number;
  bytesSent: number;
  bytesReceived: number;
  /** Why nothing can be done in its sessions from here, one sentence; absent: it can. */
  cannotAct?: string;
  /** Why its frames can't be read, one sentence; absent: they can. */
  unreadable?: string;
  /** Frames that weren't valid RPC. */
  strayFrames: number;
  lastStray?: string;
}

/** Which page, frame and socket holds a session. */
export interface PageHolder {
  tabId: number;
  frameId: number;
  documentId: string;
  socketKey: string;
  /** Server that the socket is connected to. */
  url: string;
  /** Origin of the frame. */
  origin: string;
  top: boolean;
  /**
   * Frame, client and order of attach: the same for the same session of the page after a reload, by
   * which a view finds it again.
   */
  place: string;
}

/** A session of a page; `label`, "Default session" or its short id, is ours. */
export interface PageSessionView extends SessionBase {
  holder: PageHolder;
  /** What was missed, one sentence each: the state shown may not be all of it. */
  incomplete: string[];
  /** Requests sent so far. */
  requests: number;
  /** The access token is known, so that a copy can be kept. */
  hasToken: boolean;
}

/** All that is known of one tab's page. */
export interface PageView {
  tabId: number;
  status: PageStatus;
  /** Host of the page, where the browser tells it. */
  host?: string;
  /** Since when frames are recorded for this view; absent: they aren't. */
  recordingSince?: number;
  frames: PageFrameView[];
  sockets: PageSocketView[];
  sessions: PageSessionView[];
  /** Of this tab, those included that rest while it shows another origin. */
  routes: RouteView[];
  /**
   * Live queries and transactions that documents which aren't routed any more have in held sessions.
   * Those of a routed document stand in its route.
   */
  leftovers: RouteLeftover[];
}

/** What changed of a page. Frames come whole, sockets and sessions by key. */
export interface PageDelta {
  status?: PageStatus;
  host?: string | null;
  recordingSince?: number | null;
  frames?: PageFrameView[];
  sockets?: PageSocketView[];
  removedSockets?: string[];
  sessions?: PageSessionView[];
  removedSessions?: SessionKey[];
  /** All of them, as of `leftovers`. */
  routes?: RouteView[];
  leftovers?: RouteLeftover[];
}

/** As whom and where a request ran, when it was sent. */
export interface IdentityThen {
  sessionKey: SessionKey;
  /** UUID; absent for the default session. */
  sessionId?: string;
  /** Absent: anonymous. */
  user?: string;
  namespace?: string;
  database?: string;
}

/** Why a frame's bytes are missing, and what could be read of it. */
export interface FrameSummary {
  why: "too-large" | "overflow" | "unreadable";
  /** As `idText` writes it; absent where it couldn't be read. */
  id?: string;
  method?: string;
  session?: string;
  txn?: string;
  /** First characters of the statement. */
  head?: string;
}

/** One frame on a page's socket. */
export interface FrameRecord {
  kind: "frame";
  at: number;
  socketKey: string;
  /** How many sockets the same client had before this one. */
  generation: number;
  format: FrameFormat;
  direction: "sent" | "received";
  /** Bytes on the wire. */
  size: number;
  /** Bytes of a binary frame, text of a text frame; absent where `summary` says why. */
  frame?: Uint8Array | string;
  summary?: FrameSummary;
  /** `you`: sent from Switchyard, or the answer to that, which the page didn't see. */
  by: "page" | "you";
  /** It went by way of a route: `as` is the held session, and the page's own socket never saw it. */
  relayed?: boolean;
  /** Of requests. */
  as?: IdentityThen;
}

/** Something other than a frame that belongs in the log at this place. */
export type TrafficMark =
  /** The top frame shows another document. */
  | { kind: "navigation"; at: number; url: string }
  | {
      kind: "socket";
      at: number;
      socketKey: string;
      what: "opened" | "reconnected" | "closed";
      code?: number;
    }
  /** Frames that were not recorded, since the page made more than could be taken. */
  | { kind: "dropped"; at: number; frames: number; bytes: number };

export type TrafficRecord = FrameRecord | TrafficMark;

const PAGE_KEY = "page/";

/** The key of a page session: `page/<documentId>/<client>/<uuid or "default">`. */
export function pageSessionKey(socketKey: string, sessionId: string | undefined): SessionKey {
  return `${PAGE_KEY}${socketKey}/${sessionId ?? "default"}`;
}

/** True for the key of a page's session, false for that of a held one. */
export function isPageSessionKey(key: SessionKey): boolean {
  return key.startsWith(PAGE_KEY);
}
