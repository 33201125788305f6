/**
 * One socket of a page, frame by frame.
 *
 * Of what the page sends, only requests that change a session wait here for their answers. All other
 * answers are let go at a glance, which is what makes watching cheap.
 */

import { EnvelopeError } from "../../wire/wire-error.ts";
import { LIMITS, type SocketFact } from "../page/page-facts.ts";
import type { FrameFormat } from "../page/page-model.ts";
import type { JournalClient } from "./journal-client.ts";
import {
  type Frame,
  type ReceivedFrame,
  type RequestId,
  readReceived,
  readSent,
  resultIdOf,
  type SentRequest,
} from "./journal-frame.ts";
import { type Effect, effectOf } from "./journal-requests.ts";
import type { Shared } from "./journal-session.ts";
import type { Payload } from "./payload.ts";

/** What only the socket itself can tell, at the moment when it is asked. */
export interface SocketProbe {
  state(): SocketFact["state"];
  deliversBlobs(): boolean;
}

/** Who sent a request: the page, or a person through Switchyard. */
export type Sender = "page" | "you";

interface Waiting {
  effect: Effect;
  session: string | undefined;
}

/** More wait only where a page sends and never reads. */
const MOST_WAITING = 10_000;
/** Frames of more bytes are counted and not read: reading takes the page's time. */
const READ_AT_MOST = 16 * 1024 * 1024;

export class JournalSocket {
  client: JournalClient;
  format: FrameFormat;
  /** State, or who it belongs to, has changed since `told`. */
  changed = true;
  touched = true;
  ownSend = false;
  /** How many open sockets its client had before this one. */
  generation = 0;
  /** Gone with the socket, which it would keep in memory. */
  #probe: SocketProbe | undefined;
  #deliversBlobs = false;
  readonly #shared: Shared;
  readonly #waiting = new Map<RequestId, Waiting>();
  #openedAt: number | undefined;
  #closed: { at: number; code: number | undefined } | undefined;
  #framesSent = 0;
  #framesReceived = 0;
  #bytesSent = 0;
  #bytesReceived = 0;
  #strayFrames = 0;
  #lastStray: string | undefined;
  #unwatched = false;

  constructor(client: JournalClient, format: FrameFormat, probe: SocketProbe, shared: Shared) {
    this.client = client;
    this.format = format;
    this.#probe = probe;
    this.#shared = shared;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** It is closed or about to be: a client that opens another has given it up. */
  get isGivenUp(): boolean {
    if (this.isClosed) return true;
    const state = this.#probe?.state();
    return state === "closing" || state === "closed";
  }

  get isOpen(): boolean {
    return this.#openedAt !== undefined && !this.isClosed;
  }

  /** @param format what the server chose to speak */
  opened(format: FrameFormat, at: number): void {
    this.format = format;
    this.#openedAt = at;
    this.client.socketOpened(at);
    this.generation = this.client.reconnects;
    this.#change();
  }

  /** @param code undefined where its client didn't wait for it. */
  closed(code: number | undefined, at: number): void {
    if (this.#closed) return;
    this.#closed = { at, code };
    this.#deliversBlobs = this.#probe?.deliversBlobs() ?? false;
    this.#probe = undefined;
    this.#shared.waiting -= this.#waiting.size;
    this.#waiting.clear();
    this.client.socketClosed(at);
    this.#change();
  }

  sent(frame: Frame, size: number, at: number, by: Sender): void {
    this.#framesSent++;
    this.#bytesSent += size;
    this.touched = true;
    if (this.format === "flatbuffers" || this.isClosed) return;
    const request = this.#reading(frame, readSent);
    if (request) this.#request(request, frame, at, by);
  }

  received(frame: Frame, size: number, at: number): void {
    this.#framesReceived++;
    this.#bytesReceived += size;
    this.touched = true;
    if (this.format === "flatbuffers" || this.isClosed) return;
    const id = this.#speaks(frame) ? resultIdOf(frame) : undefined;
    if (id !== undefined && !this.#waiting.has(id)) return;
    const read = this.#reading(frame, readReceived);
    if (read?.kind === "answer") this.#answer(read, at);
    else if (read) this.#notification(read, at);
  }

  /** A frame whose bytes couldn't be had. */
  unread(direction: "sent" | "received", size: number, why: string): void {
    if (direction === "sent") {
      this.#framesSent++;
      this.#bytesSent += size;
    } else {
      this.#framesReceived++;
      this.#bytesReceived += size;
    }
    this.stray(why);
  }

  /** It turned out to be another client's. */
  moveTo(client: JournalClient): void {
    this.client = client;
    this.generation = client.reconnects;
    this.#change();
  }

  /** Watching it has failed. Assigns and nothing else: the page may have broken whatever there is. */
  giveUp(): void {
    this.#unwatched = true;
    this.#change();
  }

  /** @param why one sentence */
  stray(why: string): void {
    this.#strayFrames++;
    this.#lastStray = why.slice(0, LIMITS.text);
    this.touched = true;
  }

  toFact(): SocketFact {
    const { client } = this;
    const fact: SocketFact = {
      client: client.number,
      url: client.url.slice(0, LIMITS.text),
      format: this.format,
      state: this.#probe?.state() ?? "closed",
      reconnects: client.reconnects,
      framesSent: this.#framesSent,
      framesReceived: this.#framesReceived,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      deliversBlobs: this.#probe?.deliversBlobs() ?? this.#deliversBlobs,
      ownSend: this.ownSend,
      strayFrames: this.#strayFrames,
    };
    if (this.#unwatched) fact.unwatched = true;
    if (this.#openedAt !== undefined) {
      fact.openedAt = this.#openedAt;
      if (client.reconnects > 0) fact.reconnectedAt = this.#openedAt;
    }
    if (this.#closed) {
      fact.closedAt = this.#closed.at;
      if (this.#closed.code !== undefined) fact.closeCode = this.#closed.code;
    }
    if (this.#lastStray !== undefined) fact.lastStray = this.#lastStray;
    return fact;
  }

  told(): void {
    this.changed = false;
    this.touched = false;
  }

  #request(request: SentRequest, frame: Frame, at: number, by: Sender): void {
    const { id, session, txn } = request;
    if (by === "page") this.client.session(session)?.requested(at, txn);
    const effect = this.#guarded(() => effectOf(request, frame));
    if (!effect) return;
    if (this.#waiting.delete(id)) this.#shared.waiting--;
    else if (this.#shared.waiting >= MOST_WAITING) this.#giveUpOldest(at);
    this.#shared.waiting++;
    this.#waiting.set(id, { effect, session });
  }

  #answer(answer: Extract<ReceivedFrame, { kind: "answer" }>, at: number): void {
    const { id, result, error } = answer;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id !== undefined && waiting && this.#waiting.delete(id)) this.#shared.waiting--;
    const sessionId = waiting ? waiting.session : answer.session;
    const session = this.client.session(sessionId);
    this.#guarded(() => {
      if (error) {
        const kind = error.field("kind")?.text();
        const details = error.field("details");
        if (kind === "NotFound" && details?.field("kind")?.text() === "Session") {
          session?.missed("The server answers that it doesn't know this session.", at);
        } else if (isExpiry(kind, details)) session?.expired(at);
      }
      if (!waiting) return;
      const { effect } = waiting;
      const act = error ? effect.refused : effect.done;
      // A session that is attached isn't known yet; its answer makes it so.
      const target = session ?? this.client.session(undefined);
      if (target) act?.({ session: target, sockets: this.client, result, at });
    });
  }

  #notification(live: Extract<ReceivedFrame, { kind: "live" }>, at: number): void {
    const { liveId, action } = live;
    if (action === "KILLED") {
      this.client.liveEnded(liveId, at);
      return;
    }
    if (this.client.session(live.session)?.notified(liveId)) return;
    for (const session of this.client.sessions.values()) if (session.notified(liveId)) return;
  }

  #giveUpOldest(at: number): void {
    for (const [id, { session }] of this.#waiting) {
      this.#waiting.delete(id);
      this.#shared.waiting--;
      this.client
        .session(session)
        ?.missed("More requests than could be followed waited for an answer.", at);
      return;
    }
  }

  #speaks(frame: Frame): boolean {
    return (typeof frame === "string") === (this.format === "json");
  }

  #reading<T>(frame: Frame, read: (frame: Frame) => T): T | undefined {
    if (!this.#speaks(frame)) {
      const other = typeof frame === "string" ? "text" : "binary";
      this.stray(`A ${other} frame on a socket that speaks ${this.format}.`);
      return undefined;
    }
    if (frame.length > READ_AT_MOST) {
      this.stray("A frame that is too large to be read.");
      return undefined;
    }
    return this.#guarded(() => read(frame));
  }

  /** What can't be read is counted and named; it is no fault of ours or of the page's. */
  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.stray(error.message);
      return undefined;
    }
  }

  #change(): void {
    this.changed = true;
    this.touched = true;
    this.#shared.changed = true;
  }
}

function isExpiry(kind: string | undefined, details: Payload | undefined): boolean {
  if (kind !== "NotAllowed" || details?.field("kind")?.text() !== "Auth") return false;
  return details.field("details")?.field("kind")?.text() === "SessionExpired";
}
