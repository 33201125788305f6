/**
 * The log of a page's requests: frames become pairs as they come.
 *
 * A request is a row at once and its answer completes it, whenever that comes. Of a frame only what a
 * row needs is read here, and nothing that a page sends can stop the log: what is no RPC is counted in
 * a mark, what was too large to be recorded is told by its summary.
 */
import { messageOf } from "../../wire/wire-error.ts";
import type { FrameRecord, IdentityThen, TrafficMark, TrafficRecord } from "../page/page-model.ts";
import { LogBook } from "./log-book.ts";
import { requestSearch, withOutcome } from "./log-filter.ts";
import { type KeptEntry, KeptMark, KeptRequest, type KeptStream, UNKNOWN } from "./log-kept.ts";
import {
  bytesText,
  missingText,
  ownFrame,
  type ReadRequest,
  type ReadStray,
  readRequestRecord,
  readResponseRecord,
} from "./log-records.ts";
import { type EarlyAnswer, LogSocket } from "./log-socket.ts";
import type { FrameCount, LogCounts } from "./log-source.ts";
import { LogTallies, type TallyMark } from "./log-tallies.ts";
import { type AnswerText, answerText } from "./log-text.ts";

export interface RequestLogOptions {
  /** Frame of a document, where it is known by now. */
  frameIdOf?: (documentId: string) => number | undefined;
}

/** Where a document's frame isn't known yet, it is most likely this one. */
const TOP_FRAME = 0;
/** Clients that are remembered; beyond, those that have been idle longest are forgotten. */
const SOCKETS = 1_000;
/** Names and identities that are kept once however many entries have them. */
const SHARED = 1_000;

export class RequestLog extends LogBook {
  override readonly readOnly = false;
  /** Whether entries outlive a navigation. */
  preserve = false;
  /** While paused, answers still complete what is in the log; all else is only counted. */
  paused = false;
  readonly #frameIdOf: NonNullable<RequestLogOptions["frameIdOf"]>;
  readonly #sockets = new Map<string, LogSocket>();
  readonly #tallies = new LogTallies(this);
  readonly #identities = new Map<string, IdentityThen>();
  readonly #methodNames = new Map<string, string>();
  #missed: FrameCount = { frames: 0, bytes: 0 };
  #missedMark: { mark: KeptMark; count: FrameCount } | undefined;
  #whilePaused: FrameCount = { frames: 0, bytes: 0 };

  constructor({ frameIdOf = () => undefined }: RequestLogOptions = {}) {
    super();
    this.#frameIdOf = frameIdOf;
  }

  override get counts(): LogCounts {
    return { ...super.counts, missed: { ...this.#missed }, whilePaused: { ...this.#whilePaused } };
  }

  /** Takes records in, in the order in which they happened. Never throws for what a page sent. */
  add(records: readonly TrafficRecord[]): void {
    for (const record of records) {
      if (record.kind !== "frame") this.#mark(record);
      else if (record.direction === "sent") this.#sent(record);
      else this.#received(record);
    }
    this.commit();
  }

  /** Empties it. Outstanding requests are forgotten: their answers will be strays. */
  override clear(): void {
    super.clear();
    this.#sockets.clear();
    this.#tallies.clear();
    this.#identities.clear();
    this.#methodNames.clear();
    this.#missed = { frames: 0, bytes: 0 };
    this.#missedMark = undefined;
    this.#whilePaused = { frames: 0, bytes: 0 };
    this.commit();
  }

  protected override dropped(entry: KeptEntry): void {
    if (entry.kind === "request") this.#sockets.get(entry.socketKey)?.forget(entry);
    else this.#tallies.forget(entry);
  }

  // ── Frames ──────────────────────────────────────────────────────────────────────────────────

  #sent(record: FrameRecord): void {
    const socket = this.#socketOf(record);
    if (this.paused) {
      count(this.#whilePaused, record.size);
      return;
    }
    const read = readRequestRecord(record);
    if (read.kind === "stray") {
      this.#stray(record, read);
      return;
    }
    const request = this.#requestOf(record, read, socket);
    this.append(request);
    socket.sent(request);
    if (read.beginsLive) socket.beginning.add(request);
    const early = socket.takeAnswer(request);
    if (!early) return;
    this.#unpaired(socket, early.at, -1);
    socket.answered(request.id, request.generation);
    this.#answer(socket, request, early);
  }

  #requestOf(record: FrameRecord, read: ReadRequest, socket: LogSocket): KeptRequest {
    const { at, generation, format, by, size } = record;
    const { id, text, kills, session, txn } = read;
    const method = this.#shared(this.#methodNames, read.method, read.method);
    const as = record.as && this.#identityOf(record.as);
    const frame = ownFrame(record.frame);
    return new KeptRequest({
      at,
      socketKey: socket.key,
      documentId: socket.documentId,
      frameId: socket.frameId ?? TOP_FRAME,
      generation,
      format,
      id,
      method,
      text: text.row,
      as,
      txn,
      by,
      relayed: record.relayed === true,
      bytesSent: size,
      again: socket.isAgain(id, method, generation),
      session,
      kills: kills.length > 0 ? kills : undefined,
      search: requestSearch(method, text.search, as),
      requestFrame: frame,
      requestMissing: frame === undefined ? missingText(record) : undefined,
    });
  }

  #received(record: FrameRecord): void {
    const socket = this.#socketOf(record);
    const read = readResponseRecord(record);
    const { at, generation, size } = record;
    if (read.kind === "stray") {
      if (this.paused) count(this.#whilePaused, size);
      else this.#stray(record, read);
    } else if (read.kind === "live") {
      this.#notified(socket, record, read);
    } else {
      const frame = ownFrame(record.frame);
      const missing = frame === undefined ? missingText(record) : undefined;
      const answer: EarlyAnswer = { at, generation, size, frame, missing, parts: read.parts };
      const request = socket.answered(read.id, generation);
      if (request) this.#answer(socket, request, answer);
      else if (this.paused) count(this.#whilePaused, size);
      else {
        socket.keepAnswer(read.id, answer);
        this.#unpaired(socket, at, 1);
      }
    }
  }

  #answer(socket: LogSocket, request: KeptRequest, answer: EarlyAnswer): void {
    const { outcome, liveIds } = outcomeOf(request.method, answer);
    this.change(request, () => {
      request.bytesReceived = answer.size;
      request.duration = Math.max(0, answer.at - request.at);
      request.outcome = outcome;
      request.search = withOutcome(request.search, outcome);
      request.answerFrame = answer.frame;
      request.answerMissing = answer.missing;
      if (answer.frame !== undefined) request.bytes += answer.size;
      if (liveIds.length === 0) return;
      request.live = liveIds.map((id) => socket.begin(request, id));
      for (const stream of request.live) request.bytes += stream.bytes;
    });
    if (outcome.kind === "ok") this.#done(socket, request);
    this.#flush(socket, answer.at);
  }

  /** What a request that went well ends: live queries one by one, or all of its session. */
  #done(socket: LogSocket, request: KeptRequest): void {
    for (const id of request.kills ?? []) {
      for (const other of this.#sockets.values()) this.#end([other.stream(id)]);
    }
    if (request.method !== "reset" && request.method !== "detach") return;
    this.#end(socket.watched().filter(({ request: by }) => by.session === request.session));
  }

  #end(streams: readonly ({ request: KeptRequest; stream: KeptStream } | undefined)[]): void {
    for (const found of streams) {
      if (found?.stream.state !== "watching") continue;
      this.change(found.request, () => {
        found.stream.state = "killed";
      });
    }
  }

  // ── Live queries ────────────────────────────────────────────────────────────────────────────

  #notified(
    socket: LogSocket,
    record: FrameRecord,
    { liveId, action }: { liveId: string; action: string },
  ): void {
    const { at, size } = record;
    const found = socket.stream(liveId);
    if (this.paused) {
      count(this.#whilePaused, size);
      if (action === "KILLED") this.#end([found]);
      return;
    }
    const notification = { at, action: action.slice(0, 32), size, frame: ownFrame(record.frame) };
    if (found) {
      this.change(found.request, (request) => {
        request.bytes += found.stream.take(notification);
      });
    } else if (!socket.keepNotification(liveId, notification)) {
      this.#unknownLive(socket, liveId, at, 1);
    }
  }

  /** Notifications that waited for a request that was to name their live query, and didn't. */
  #flush(socket: LogSocket, at: number): void {
    for (const { id, events } of socket.orphans()) this.#unknownLive(socket, id, at, events);
  }

  #unknownLive(socket: LogSocket, liveId: string, at: number, events: number): void {
    this.#tallies.add(`live ${liveId}`, events, {
      at,
      mark: "stray",
      socketKey: socket.key,
      text: (all) =>
        `${numberOf(all, "notification")} of live query ${liveId}: the request that began it isn't in this log.`,
    });
  }

  // ── Marks ───────────────────────────────────────────────────────────────────────────────────

  #mark(record: TrafficMark): void {
    if (record.kind === "dropped") {
      this.#missedFrames(record);
      return;
    }
    if (record.kind === "navigation") {
      if (!this.preserve && !this.paused) this.clear();
      for (const socket of this.#sockets.values()) this.#closed(socket, record.at);
      // What follows the path may hold a token.
      const url = record.url.replace(/[?#].*$/s, "");
      if (!this.paused) this.append(new KeptMark(record.at, "navigation", url));
      return;
    }
    const socket = this.#socket(record.socketKey);
    if (record.what !== "opened") this.#closed(socket, record.at);
    if (this.paused) return;
    const code = record.code === undefined ? "" : ` (code ${record.code})`;
    this.append(new KeptMark(record.at, record.what, `Socket ${record.what}${code}.`, socket.key));
  }

  /** What was sent before is answered no more, and its live queries are over. */
  #closed(socket: LogSocket, at: number): void {
    this.#lose(socket, (request) => request.at <= at);
    this.#end(socket.watched().filter(({ request }) => request.at <= at));
    this.#flush(socket, at);
  }

  #lose(socket: LogSocket, isLost: (request: KeptRequest) => boolean): void {
    for (const request of socket.lost(isLost)) {
      this.change(request, () => {
        request.outcome = UNKNOWN;
      });
    }
  }

  #missedFrames({ at, frames, bytes }: { at: number; frames: number; bytes: number }): void {
    count(this.#missed, bytes, frames);
    if (this.paused) return;
    const before = this.#missedMark;
    if (before && before.mark === this.latest()) {
      count(before.count, bytes, frames);
      this.change(before.mark, (mark) => {
        mark.text = missedText(before.count);
      });
      return;
    }
    const own = { frames, bytes };
    const mark = new KeptMark(at, "dropped", missedText(own));
    this.#missedMark = { mark, count: own };
    this.append(mark);
  }

  #stray({ at, socketKey }: FrameRecord, { reason, text }: ReadStray): void {
    this.#tallies.add(`${reason} ${socketKey}`, 1, {
      at,
      mark: "stray",
      socketKey: this.#socket(socketKey).key,
      text: (all) => (all === 1 ? text : `${text} ${numberOf(all, "such frame")}.`),
    });
  }

  /** Answers to requests that aren't in the log: fewer, where a request was told after its answer. */
  #unpaired(socket: LogSocket, at: number, by: 1 | -1): void {
    const reason = `unpaired ${socket.key}`;
    const mark: TallyMark = {
      at,
      mark: "stray",
      socketKey: socket.key,
      text: (all) =>
        all === 0
          ? "Answers came before their requests."
          : `${numberOf(all, "answer")} without a request in this log.`,
    };
    if (by > 0 || this.#tallies.has(reason)) this.#tallies.add(reason, by, mark);
  }

  // ── What entries share ──────────────────────────────────────────────────────────────────────

  #socketOf({ socketKey, generation }: FrameRecord): LogSocket {
    const socket = this.#socket(socketKey);
    if (generation > socket.generation) {
      // Its client has opened another socket: what was sent on those before can't be answered.
      socket.generation = generation;
      this.#lose(socket, (request) => request.generation < generation);
      this.#end(socket.watched().filter(({ request }) => request.generation < generation));
    }
    return socket;
  }

  #socket(key: string): LogSocket {
    const known = this.#sockets.get(key);
    const socket = known ?? new LogSocket(key);
    socket.frameId ??= this.#frameIdOf(socket.documentId);
    if (known) return known;
    this.#sockets.set(key, socket);
    if (this.#sockets.size > SOCKETS) {
      for (const [other, { pending }] of this.#sockets) {
        if (pending.size > 0 || other === key) continue;
        this.#sockets.delete(other);
        break;
      }
    }
    return socket;
  }

  #identityOf(as: IdentityThen): IdentityThen {
    const known = this.#identities.get(as.sessionKey);
    const isSame =
      known?.sessionId === as.sessionId &&
      known?.user === as.user &&
      known?.namespace === as.namespace &&
      known?.database === as.database;
    if (known && isSame) return known;
    this.#identities.delete(as.sessionKey);
    return this.#shared(this.#identities, as.sessionKey, as);
  }

  /** The first of equal values: each that comes is a copy of its own. */
  #shared<Value>(known: Map<string, Value>, key: string, value: Value): Value {
    const first = known.get(key);
    if (first !== undefined) return first;
    if (known.size >= SHARED) known.clear();
    known.set(key, value);
    return value;
  }
}

function outcomeOf(method: string, { parts, size }: EarlyAnswer): AnswerText {
  if (!parts) return { outcome: { kind: "ok", text: `(${bytesText(size)})` }, liveIds: [] };
  try {
    return answerText(method, parts);
  } catch (error) {
    // A server made up bytes that no codec reads; the details say the same.
    const text = `(can't be read: ${messageOf(error)})`;
    return { outcome: { kind: "ok", text }, liveIds: [] };
  }
}

function count(counted: FrameCount, bytes: number, frames = 1): void {
  counted.frames += frames;
  counted.bytes += bytes;
}

function missedText({ frames, bytes }: FrameCount): string {
  return `${numberOf(frames, "frame")} (${bytesText(bytes)}) not recorded: the page made more than could be taken.`;
}

function numberOf(value: number, word: string): string {
  return `${value.toLocaleString("en-US")} ${word}${value === 1 ? "" : "s"}`;
}
