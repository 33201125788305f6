/**
 * What a page's hook tells of its sockets: whole states of what changed, and frames while somebody
 * records. All of it may be forged by the page.
 */
import type { FrameFormat, FrameSummary } from "./page-model.ts";

/** A value as its socket carried it; absent where it was over the limit. */
export interface VariableFact {
  name: string;
  /** Bytes on the wire. */
  size: number;
  cbor?: Uint8Array;
  json?: string;
}

export interface LiveFact {
  id: string;
  statement: string;
  begunAt: number;
  events: number;
}

export interface TransactionFact {
  id: string;
  begunAt: number;
  requests: number;
}

/** Last thing that happened to a session's identity. */
export type AuthFact =
  | "never"
  | "signed-in"
  | "signed-up"
  | "authenticated"
  | "refreshed"
  | "invalidated"
  | "reset"
  | "refused"
  | "expired";

export interface SessionFact {
  /** Number of the client whose socket it is on. */
  client: number;
  /** Absent for the default session. */
  id?: string;
  /** Order in which the client's sessions were first seen; the default session is 0. */
  order: number;
  createdAt: number;
  updatedAt: number;
  lastActiveAt: number;
  namespace?: string;
  database?: string;
  variables: VariableFact[];
  auth: AuthFact;
  authAt: number;
  /** The access token (JWT) that it is signed in with. Never the refresh token. */
  access?: string;
  /** The page holds a refresh token for it. */
  renewable: boolean;
  /** Detached by the page, or its socket closed. */
  over?: "detached" | "socket-closed";
  live: LiveFact[];
  transactions: TransactionFact[];
  requests: number;
  /** What was missed, one sentence each. */
  incomplete: string[];
}

export interface SocketFact {
  /** Number of the client behind it in this document, from 1; the same over reconnects. */
  client: number;
  url: string;
  format: FrameFormat;
  state: "connecting" | "open" | "closing" | "closed";
  openedAt?: number;
  closedAt?: number;
  closeCode?: number;
  reconnects: number;
  reconnectedAt?: number;
  framesSent: number;
  framesReceived: number;
  bytesSent: number;
  bytesReceived: number;
  deliversBlobs: boolean;
  /** The page's own class replaces `send`: what it sends isn't seen. */
  ownSend: boolean;
  /** Watching it has failed: nothing of it is seen any more. */
  unwatched?: boolean;
  strayFrames: number;
  lastStray?: string;
}

export interface FrameFact {
  fact: "frame";
  at: number;
  client: number;
  generation: number;
  direction: "sent" | "received";
  size: number;
  frame?: Uint8Array | string;
  summary?: FrameSummary;
  by: "page" | "you";
}

export type PageFact =
  /** Everything, at the beginning of each watch: replaces all that was told before. */
  | {
      fact: "whole";
      sockets: SocketFact[];
      sessions: SessionFact[];
      usesHttp: boolean;
      /**
       * Addresses ending in `/version` that the page fetched: SDK 1.3.x does so before it connects,
       * and opens no socket where it refuses what the server answers.
       */
      versionAsked?: string[];
      /** It loaded a script of a web worker. */
      usesWorkers?: boolean;
      /** As `unfollowed`. */
      unfollowed?: boolean;
    }
  | { fact: "socket"; socket: SocketFact }
  | { fact: "session"; session: SessionFact }
  /** It is no more, and not kept as closed either. */
  | { fact: "session-gone"; client: number; id?: string }
  | { fact: "socket-gone"; client: number }
  /** There are more sockets than are followed. */
  | { fact: "unfollowed" }
  | FrameFact
  | { fact: "dropped"; at: number; frames: number; bytes: number };

/** Limits that hook, bridge and worker keep, each for itself. Bytes, unless said. */
export const LIMITS = {
  /** A variable's value, kept in the journal. */
  variable: 64 * 1024,
  /** All variables of one session. */
  variables: 512 * 1024,
  /** A frame that is recorded whole; larger ones as a summary. */
  frame: 1024 * 1024,
  /** Frames told and not yet taken by the worker. */
  onTheWay: 8 * 1024 * 1024,
  /** Frames kept in `hold`. */
  held: 1024 * 1024,
  /** One access token, in characters. */
  token: 16 * 1024,
  /** One statement, URL or other text, in characters. */
  text: 2_048,
  /** Counts, per document. */
  sockets: 64,
  sessions: 1_000,
  variablesPerSession: 256,
  livePerSession: 500,
  transactionsPerSession: 100,
  /** Facts in one batch. */
  batch: 2_000,
} as const;
