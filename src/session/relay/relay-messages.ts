/**
 * What a page's hook, its bridge and the worker say to each other about routes.
 *
 * The hook names a route by a number that the worker gave it, and each relayed request by a number of
 * its own. Whatever comes up may be forged by the page; whatever goes down the page may read, so no
 * session's id or token is in it.
 */
import type { VariableFact } from "../page/page-facts.ts";

/** Which of a document's sessions are routed, each to a route's number. */
export interface RouteTable {
  /** Of the held session, for what the hook itself says. */
  label: string;
  /** Every session of every socket. */
  all?: number;
  /** The default session of every socket. */
  default?: number;
  /**
   * One session: of the document's n-th client, which is connected to `url`, the n-th attached. `since`
   * is when the person chose it, in Unix milliseconds: what was guessed later isn't theirs.
   */
  session?: { route: number; url: string; client: number; order: number; since: number };
  /** Requests of this session fail with this sentence. */
  refused?: { url: string; client: number; order: number; why: string };
}

/** Up: hook to worker. */
export type RelayUp =
  /** The table of this version is what the hook goes by from here on. */
  | { type: "routes-ack"; version: number }
  /** A request that is on its way through the worker. `route` is absent where only its owner counts. */
  | {
      type: "relay";
      seq: number;
      route?: number;
      client: number;
      generation: number;
      frame: Uint8Array | string;
      /** The session's variables, where they changed since the last request that told them. */
      variables?: VariableFact[];
    }
  /** Several at once, in order. */
  | { type: "relay-batch"; messages: Extract<RelayUp, { type: "relay" }>[] }
  /** The page reset, detached or signed out this session. */
  | { type: "relay-session-over"; client: number; generation: number; session?: string }
  /** The socket is closed. */
  | { type: "relay-closed"; client: number; generation: number }
  /** The sockets that are open, after a port was lost. */
  | { type: "relay-sockets"; sockets: { client: number; generation: number; json?: boolean }[] };

/** Down: worker to hook. */
export type RelayDown =
  /** Absent table: nothing is routed here. */
  | { type: "routes"; version: number; table?: RouteTable }
  /** Several at once, in order: each is delivered in a task of its own. */
  | { type: "relay-batch"; messages: RelayDown[] }
  /** What an answer that is large begins with; `relayed` brings the end of it. */
  | { type: "relay-part"; seq: number; part: Uint8Array | string }
  /** The answer to a relayed request, as the page's own server would have sent it. */
  | {
      type: "relayed";
      seq: number;
      frame: Uint8Array | string;
      begunTransaction?: string;
      endedTransaction?: string;
      begunLive?: string[];
      endedLive?: string[];
    }
  /** A live notification. */
  | {
      type: "relay-live";
      client: number;
      generation: number;
      liveId: string;
      killed: boolean;
      frame: Uint8Array | string;
    }
  /** By the bridge: nothing is known of routes yet, and data requests wait. */
  | { type: "routes-await" }
  /** By the bridge: the worker is gone, and with it every answer. */
  | { type: "relay-lost" }
  /** By the bridge: it was too much; nothing was sent. */
  | { type: "relay-refused"; seq: number };

/** Bytes, and characters of text, that one relayed request may have. */
export const LARGEST_REQUEST = 16 * 1024 * 1024;
/** Requests in one message. */
export const LARGEST_BATCH = 64;
/** Bytes of an answer that is passed on; a browser's port takes 64 MB. */
export const LARGEST_ANSWER = 48 * 1024 * 1024;
/** Relayed requests of one document that may wait for their answers, and the bytes of all of them. */
export const MOST_PENDING = 2_000;
export const MOST_PENDING_BYTES = 64 * 1024 * 1024;
