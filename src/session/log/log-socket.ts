/**
 * What the log remembers of one client's sockets: which requests wait, and which live queries run.
 *
 * A request is found again by the generation of its socket and its id. It waits until it is answered
 * or leaves the log, even when its socket has closed: the same id on a later socket of the client is
 * then the SDK sending it again.
 */
import type { Frame } from "../journal/journal-frame.ts";
import { type KeptNotification, type KeptRequest, KeptStream } from "./log-kept.ts";
import type { AnswerParts } from "./log-text.ts";

/** An answer whose request isn't in the log, or not yet. */
export interface EarlyAnswer {
  at: number;
  generation: number;
  size: number;
  frame: Frame | undefined;
  missing: string | undefined;
  /** Of the frame, as it was read. */
  parts: AnswerParts | undefined;
}

/** Answers and live queries that wait for the request they belong to, per client. */
const EARLY = 200;

export class LogSocket {
  readonly key: string;
  readonly documentId: string;
  /** Absent until the document's frame is known. */
  frameId: number | undefined;
  /** Highest seen. */
  generation = 0;
  /** Outstanding on the present socket. */
  readonly pending = new Set<KeptRequest>();
  /** By id, oldest first: outstanding here and on closed sockets. */
  readonly #waiting = new Map<string, KeptRequest[]>();
  readonly #streams = new Map<string, { request: KeptRequest; stream: KeptStream }>();
  readonly #earlyAnswers = new Map<string, EarlyAnswer[]>();
  readonly #earlyStreams = new Map<string, KeptStream>();
  /** Outstanding requests that may begin live queries. */
  readonly beginning = new Set<KeptRequest>();

  constructor(key: string) {
    this.key = key;
    this.documentId = key.slice(0, key.lastIndexOf("/"));
  }

  /** True where the client sends this again: it has no answer on an earlier socket. */
  isAgain(id: string, method: string, generation: number): boolean {
    return (this.#waiting.get(id) ?? []).some(
      (request) => request.generation < generation && request.method === method,
    );
  }

  sent(request: KeptRequest): void {
    this.pending.add(request);
    const same = this.#waiting.get(request.id);
    if (same) same.push(request);
    else this.#waiting.set(request.id, [request]);
  }

  /** The request that is answered by `id`; it waits no more. */
  answered(id: string, generation: number): KeptRequest | undefined {
    const request = this.#waiting.get(id)?.find((each) => each.generation === generation);
    if (request) this.forget(request);
    return request;
  }

  /** Answered, or no longer in the log. */
  forget(request: KeptRequest): void {
    this.pending.delete(request);
    this.beginning.delete(request);
    const same = this.#waiting.get(request.id);
    const rest = same?.filter((each) => each !== request) ?? [];
    if (rest.length > 0) this.#waiting.set(request.id, rest);
    else this.#waiting.delete(request.id);
    for (const { id } of request.live ?? []) {
      if (this.#streams.get(id)?.request === request) this.#streams.delete(id);
    }
  }

  /** The requests whose answers can't come any more: sent on an earlier socket, or before `at`. */
  lost(isLost: (request: KeptRequest) => boolean): KeptRequest[] {
    const lost = [...this.pending].filter(isLost);
    for (const request of lost) {
      this.pending.delete(request);
      this.beginning.delete(request);
    }
    return lost;
  }

  /** Keeps an answer for a request that may yet be told. */
  keepAnswer(id: string, answer: EarlyAnswer): void {
    const same = this.#earlyAnswers.get(id);
    if (same) same.push(answer);
    else this.#earlyAnswers.set(id, [answer]);
    const [oldest] = this.#earlyAnswers.keys();
    if (this.#earlyAnswers.size > EARLY && oldest !== undefined) this.#earlyAnswers.delete(oldest);
  }

  /** The answer that came before this request was told. An older one belongs to another request. */
  takeAnswer(request: KeptRequest): EarlyAnswer | undefined {
    const same = this.#earlyAnswers.get(request.id);
    const index = same?.findIndex(
      ({ at, generation }) => generation === request.generation && at >= request.at,
    );
    if (!same || index === undefined || index < 0) return undefined;
    const [answer] = same.splice(index, 1);
    if (same.length === 0) this.#earlyAnswers.delete(request.id);
    return answer;
  }

  stream(liveId: string): { request: KeptRequest; stream: KeptStream } | undefined {
    return this.#streams.get(liveId);
  }

  /** Live queries that run, with the requests that began them. */
  watched(): { request: KeptRequest; stream: KeptStream }[] {
    return [...this.#streams.values()].filter(({ stream }) => stream.state === "watching");
  }

  /** A request has begun a live query: with what was already heard of it. */
  begin(request: KeptRequest, liveId: string): KeptStream {
    const stream = this.#earlyStreams.get(liveId) ?? new KeptStream(liveId);
    this.#earlyStreams.delete(liveId);
    this.#streams.set(liveId, { request, stream });
    return stream;
  }

  /** Keeps a notification that may belong to a query whose answer is yet to come; else false. */
  keepNotification(liveId: string, notification: KeptNotification): boolean {
    if (this.beginning.size === 0) return false;
    const stream = this.#earlyStreams.get(liveId);
    if (!stream && this.#earlyStreams.size >= EARLY) return false;
    const kept = stream ?? new KeptStream(liveId);
    this.#earlyStreams.set(liveId, kept);
    kept.take(notification);
    return true;
  }

  /** Live queries whose request isn't in the log, now that none is outstanding that could be it. */
  orphans(): KeptStream[] {
    if (this.beginning.size > 0 || this.#earlyStreams.size === 0) return [];
    const orphans = [...this.#earlyStreams.values()];
    this.#earlyStreams.clear();
    return orphans;
  }
}
