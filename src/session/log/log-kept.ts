/**
 * What the log keeps of an entry: what a row shows, and what its details are read from later.
 *
 * There may be a hundred thousand of them, so each is one object with its frames as they came and no
 * functions of its own, and all have the same fields in the same order.
 */

import type { Frame } from "../journal/journal-frame.ts";
import type { FrameFormat, IdentityThen } from "../page/page-model.ts";
import type { LiveStream, MarkEntry, Outcome, RequestEntry } from "./log-entry.ts";

/** Notifications kept of each live query. */
export const NOTIFICATIONS_KEPT = 200;

export interface KeptNotification {
  at: number;
  action: string;
  size: number;
  frame?: Frame;
}

/** A live query that a request began. */
export class KeptStream implements LiveStream {
  readonly id: string;
  events = 0;
  state: LiveStream["state"] = "watching";
  /** The last of them, oldest first. */
  readonly notifications: KeptNotification[] = [];

  constructor(id: string) {
    this.id = id;
  }

  /** Counts one and keeps it; the answer is by how many bytes what is kept has grown or shrunk. */
  take(notification: KeptNotification): number {
    this.events += 1;
    if (notification.action === "KILLED") this.state = "killed";
    this.notifications.push(notification);
    const gone = this.notifications.length > NOTIFICATIONS_KEPT ? this.dropOldest() : 0;
    return bytesOf(notification) - gone;
  }

  /** Lets the oldest go; the answer is the bytes that it held. */
  dropOldest(): number {
    const gone = this.notifications.shift();
    return gone ? bytesOf(gone) : 0;
  }

  get bytes(): number {
    return this.notifications.reduce((sum, each) => sum + bytesOf(each), 0);
  }
}

function bytesOf({ frame, size }: KeptNotification): number {
  return frame === undefined ? 0 : size;
}

/** What a request's row is made from. */
export type RequestParts = Pick<
  RequestEntry,
  "at" | "socketKey" | "documentId" | "frameId" | "generation" | "format" | "id" | "method"
> &
  Pick<RequestEntry, "text" | "by" | "bytesSent" | "again"> &
  Pick<KeptRequest, "as" | "txn" | "relayed" | "session" | "kills" | "search" | "requestFrame"> &
  Pick<KeptRequest, "requestMissing">;

export class KeptRequest implements RequestEntry {
  readonly kind = "request";
  /** Given by the log. */
  seq = 0;
  readonly at: number;
  readonly socketKey: string;
  readonly documentId: string;
  readonly frameId: number;
  readonly generation: number;
  readonly format: FrameFormat;
  readonly id: string;
  readonly method: string;
  readonly text: string;
  readonly as: IdentityThen | undefined;
  readonly txn: string | undefined;
  readonly by: RequestEntry["by"];
  readonly relayed: boolean;
  readonly bytesSent: number;
  bytesReceived: number | undefined;
  duration: number | undefined;
  outcome: Outcome = PENDING;
  readonly again: boolean;
  live: KeptStream[] | undefined;
  /** UUID at the server of the session it ran in; absent for the default session. */
  readonly session: string | undefined;
  /** Live queries that it ends, if all goes well. */
  readonly kills: readonly string[] | undefined;
  /** Lower case; what a search looks through. */
  search: string;
  readonly requestFrame: Frame | undefined;
  readonly requestMissing: string | undefined;
  answerFrame: Frame | undefined;
  answerMissing: string | undefined;
  /** Of the frames that are kept, those of its notifications included. */
  bytes = 0;

  constructor(parts: RequestParts) {
    this.at = parts.at;
    this.socketKey = parts.socketKey;
    this.documentId = parts.documentId;
    this.frameId = parts.frameId;
    this.generation = parts.generation;
    this.format = parts.format;
    this.id = parts.id;
    this.method = parts.method;
    this.text = parts.text;
    this.as = parts.as;
    this.txn = parts.txn;
    this.by = parts.by;
    this.relayed = parts.relayed;
    this.bytesSent = parts.bytesSent;
    this.bytesReceived = undefined;
    this.duration = undefined;
    this.again = parts.again;
    this.live = undefined;
    this.session = parts.session;
    this.kills = parts.kills;
    this.search = parts.search;
    this.requestFrame = parts.requestFrame;
    this.requestMissing = parts.requestMissing;
    this.answerFrame = undefined;
    this.answerMissing = undefined;
    if (parts.requestFrame !== undefined) this.bytes = parts.bytesSent;
  }
}

// One object for all: an outcome is replaced, never changed.
export const PENDING: Outcome = { kind: "pending" };
export const UNKNOWN: Outcome = { kind: "unknown" };

export class KeptMark implements MarkEntry {
  readonly kind = "mark";
  seq = 0;
  readonly at: number;
  readonly mark: MarkEntry["mark"];
  text: string;
  readonly socketKey: string | undefined;

  constructor(at: number, mark: MarkEntry["mark"], text: string, socketKey?: string) {
    this.at = at;
    this.mark = mark;
    this.text = text;
    this.socketKey = socketKey;
  }
}

export type KeptEntry = KeptRequest | KeptMark;
