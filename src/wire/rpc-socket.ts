/**
 * One SurrealDB RPC socket: requests out, each answer to whoever asked, notifications and all
 * else to the owner. It knows nothing of sessions beyond their UUIDs, and never tries anything a
 * second time: reconnecting and restoring are for the owner, who knows what a repeat would do.
 *
 * The one rule: a request ends exactly once, with its result, with the server's error, with "it
 * never left" (`SocketClosedError`) or with "nobody knows" (`OutcomeUnknownError`).
 */
import {
  type AnswerEnvelope,
  answeredId,
  type LiveAction,
  type LiveEnvelope,
  type ReadId,
  readResponse,
  writeRequest,
} from "./envelope.ts";
import {
  OutcomeUnknownError,
  SocketClosedError,
  serverErrorFrom,
  UnreadableAnswerError,
  ValueError,
} from "./errors.ts";
import { type ArrayBytes, type ItemBytes, proveArray } from "./proven.ts";
import { decodeValue, encodeParams, encodeValue } from "./values.ts";
import { type ConnectOptions, connect, type WebSocketLike } from "./web-socket.ts";
import { messageOf } from "./wire-error.ts";

export type { ConnectOptions, WebSocketLike };

/** One RPC. `session` and `txn` are canonical (lower-case) UUIDs; absent: the socket's default. */
export interface RpcRequest {
  method: string;
  params?: readonly unknown[] | undefined;
  session?: string | undefined;
  txn?: string | undefined;
}

/** One RPC whose `params` are the CBOR of one array. */
export interface RpcBytesRequest {
  method: string;
  params?: Uint8Array | undefined;
  session?: string | undefined;
  txn?: string | undefined;
}

export interface RequestOptions {
  /** Milliseconds to wait for the answer; default is the socket's `requestTimeout`. */
  timeout?: number | undefined;
  /** Gives the request up; one that was sent may still be carried out by the server. */
  signal?: AbortSignal | undefined;
}

export interface LiveNotification {
  liveId: string;
  session?: string;
  action: LiveAction;
  /** The record's id, and the record (or diff) that the query selects; decoded. */
  record: unknown;
  result: unknown;
  /** The same two as CBOR, for whoever passes them on. Absent where the server sent none. */
  recordBytes?: ItemBytes;
  resultBytes?: ItemBytes;
}

/** Why the socket is gone. */
export interface SocketClose {
  /** `local`: `close()` was called; `remote`: closed or lost; `silent`: a ping had no answer. */
  kind: "local" | "remote" | "silent";
  /** WebSocket close code (1006: lost without a word), and the reason given with it. */
  code: number;
  reason: string;
}

/** A frame that nobody waits for. The socket goes on. */
export interface StrayFrame {
  /** One line in words: what was wrong with it. */
  reason: string;
  bytes: Uint8Array;
}

export interface RpcSocketOptions extends ConnectOptions {
  /** Milliseconds until an unanswered request fails; default: as long as the socket lives. */
  requestTimeout?: number | undefined;
  /** Milliseconds between pings; default 20,000; 0: none. `setPingInterval` changes it. */
  pingInterval?: number | undefined;
  /** Asked before each ping, which isn't sent where it answers false; default: always. */
  pingWhile?: (() => boolean) | undefined;
  /**
   * Milliseconds in which something must arrive after a ping; default 10,000. Six times as long while a
   * request waits for its answer.
   */
  pongTimeout?: number | undefined;
  onNotification: (notification: LiveNotification) => void;
  /** Called once, after every outstanding request has been rejected. */
  onClose: (cause: SocketClose) => void;
  onStrayFrame: (frame: StrayFrame) => void;
}

interface Pending {
  method: string;
  succeed: (result: ItemBytes) => void;
  fail: (error: unknown) => void;
  /** Ends the timer and the watch on the signal. */
  release: (() => void) | undefined;
}

/**
 * How many times as long a pong may take while an answer is waited for: a large one may be on its way for long
 * with the pong behind it, and browsers tell nothing of a frame before its last byte.
 */
const TURNS_WHILE_WAITING = 6;

/** `WebSocket.OPEN`. */
const OPEN = 1;
const NONE = encodeValue(undefined);

export class RpcSocket {
  readonly url: string;
  readonly #options: RpcSocketOptions;
  readonly #socket: WebSocketLike;
  readonly #pending = new Map<number, Pending>();
  /** Requests that were given up: their late answers are expected, and dropped. */
  readonly #givenUp = new Set<number>();
  #state: "open" | "closing" | "closed" = "open";
  #lastId = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #pinger: ReturnType<typeof setInterval> | undefined;
  #pongTimer: ReturnType<typeof setTimeout> | undefined;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Connects and resolves when requests may be sent.
   * @throws ConnectError
   */
  static open(options: RpcSocketOptions): Promise<RpcSocket> {
    // Made inside the open event: a frame may follow it before any promise callback runs.
    return connect(options, (socket) => new RpcSocket(options, socket));
  }

  private constructor(options: RpcSocketOptions, socket: WebSocketLike) {
    this.url = options.url;
    this.#options = options;
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("close", (event) => {
      const kind = this.#state === "closing" ? "local" : "remote";
      this.#finish({ kind, code: event.code, reason: event.reason });
    });
    this.setPingInterval(options.pingInterval ?? 20_000);
  }

  /** `closing`: `close()` was called and the server has not answered it yet. */
  get state(): "open" | "closing" | "closed" {
    return this.#state;
  }

  /** Bytes of RPC frames received and sent so far; WebSocket framing is not counted. */
  get bytesIn(): number {
    return this.#bytesIn;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  /** Requests that wait for their answer, pings included. */
  get outstanding(): number {
    return this.#pending.size;
  }

  /**
   * Sends one request.
   * @returns the decoded result, in the SDK's value classes; NONE is undefined.
   * @throws ServerError | SocketClosedError | OutcomeUnknownError; ValueError where the params
   *   can't be encoded (nothing was sent); ValueError or UnreadableAnswerError where the answer
   *   can't be read (the server did it); the signal's reason where it was aborted before.
   */
  async request(request: RpcRequest, options?: RequestOptions): Promise<unknown> {
    const { method, params, session, txn } = request;
    const encoded = params === undefined ? undefined : encodeParams(params);
    return decodeValue(await this.#send(method, encoded, session, txn, options));
  }

  /**
   * Like `request`, but neither params nor result are decoded.
   * @returns the result's CBOR: a window on the frame that was received.
   * @throws as `request`; EnvelopeError where `params` aren't one well-formed array.
   */
  async requestBytes(request: RpcBytesRequest, options?: RequestOptions): Promise<ItemBytes> {
    const { method, params, session, txn } = request;
    const proven = params === undefined ? undefined : proveArray(params);
    return this.#send(method, proven, session, txn, options);
  }

  /** Changes the time between pings from now on (milliseconds; 0: none). */
  setPingInterval(milliseconds: number): void {
    clearInterval(this.#pinger);
    this.#pinger = undefined;
    if (milliseconds > 0 && this.#state === "open") {
      this.#pinger = setInterval(() => this.#ping(), milliseconds);
    }
  }

  /**
   * Closes the socket; outstanding requests end with "outcome unknown" at once, `onClose`
   * follows when the server has confirmed, or after a second.
   * @param code 1000, or 3000 to 4999.
   */
  close(code = 1000, reason = ""): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.setPingInterval(0);
    this.#rejectAll();
    this.#socket.close(code, reason);
    this.#closeTimer = setTimeout(() => this.#finish({ kind: "local", code, reason }), 1_000);
  }

  #send(
    method: string,
    params: ArrayBytes | undefined,
    session: string | undefined,
    txn: string | undefined,
    options: RequestOptions | undefined,
  ): Promise<ItemBytes> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#state !== "open" || this.#socket.readyState !== OPEN) {
      return Promise.reject(new SocketClosedError(method));
    }
    const id = ++this.#lastId;
    const frame = writeRequest({ id, method, params, session, txn });
    try {
      this.#socket.send(frame);
    } catch {
      // WebSocket.send throws only where it has sent nothing.
      return Promise.reject(new SocketClosedError(method));
    }
    this.#bytesOut += frame.length;
    return new Promise((succeed, fail) => {
      this.#pending.set(id, { method, succeed, fail, release: this.#watch(id, options) });
    });
  }

  #watch(id: number, options: RequestOptions | undefined): (() => void) | undefined {
    const timeout = options?.timeout ?? this.#options.requestTimeout;
    const signal = options?.signal;
    if (timeout === undefined && signal === undefined) return undefined;
    const timer =
      timeout === undefined ? undefined : setTimeout(() => this.#giveUp(id, "timeout"), timeout);
    const abort = () => this.#giveUp(id, "aborted");
    signal?.addEventListener("abort", abort);
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  }

  #giveUp(id: number, reason: "timeout" | "aborted"): void {
    const pending = this.#take(id);
    if (pending === undefined) return;
    this.#givenUp.add(id);
    pending.fail(new OutcomeUnknownError(reason, pending.method));
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    pending.release?.();
    return pending;
  }

  #receive(data: unknown): void {
    // After `close()` nobody waits for anything any more.
    if (this.#state !== "open") return;
    clearTimeout(this.#pongTimer);
    this.#pongTimer = undefined;
    if (typeof data === "string") {
      const bytes = new TextEncoder().encode(data);
      this.#bytesIn += bytes.length;
      this.#stray("A text frame, where only binary ones are spoken", bytes);
      return;
    }
    const bytes = new Uint8Array(data as ArrayBuffer);
    this.#bytesIn += bytes.length;
    let frame: AnswerEnvelope | LiveNotification;
    try {
      const envelope = readResponse(bytes);
      frame = envelope.kind === "live" ? notificationFrom(envelope) : envelope;
    } catch (error) {
      // The server did what was asked; whoever waits must hear that the answer can't be read.
      const pending = this.#pendingFor(answeredId(bytes));
      pending?.fail(new UnreadableAnswerError(pending.method, error));
      this.#stray(messageOf(error), bytes);
      return;
    }
    if ("action" in frame) this.#options.onNotification(frame);
    else this.#settle(frame, bytes);
  }

  #settle({ id, result, error }: AnswerEnvelope, bytes: Uint8Array): void {
    if (id === undefined) {
      const said = error === undefined ? "" : `: ${serverErrorIn(error).message}`;
      this.#stray(`An error that answers no request${said}`, bytes);
      return;
    }
    const pending = this.#pendingFor(id);
    if (pending === undefined) {
      if (typeof id.value !== "number" || !this.#givenUp.delete(id.value)) {
        this.#stray(`An answer to a request that was never made (id ${id.value})`, bytes);
      }
    } else if (error === undefined) pending.succeed(result ?? NONE);
    else pending.fail(serverErrorIn(error));
  }

  #pendingFor(id: ReadId | undefined): Pending | undefined {
    return typeof id?.value === "number" ? this.#take(id.value) : undefined;
  }

  #stray(reason: string, bytes: Uint8Array): void {
    this.#options.onStrayFrame({ reason, bytes });
  }

  #ping(): void {
    if (this.#options.pingWhile?.() === false) return;
    if (this.#pongTimer === undefined) this.#awaitPong(1);
    const ended = () => undefined;
    // Any answer will do, a refusal too; that none came is the timer's to say.
    this.request({ method: "ping" }).then(ended, ended);
  }

  #awaitPong(turn: number): void {
    this.#pongTimer = setTimeout(() => {
      const waits = [...this.#pending.values()].some(({ method }) => method !== "ping");
      if ((waits || this.#givenUp.size > 0) && turn < TURNS_WHILE_WAITING) {
        this.#awaitPong(turn + 1);
        return;
      }
      const reason = "no answer to a ping";
      this.#socket.close(4000, reason);
      // A dead peer confirms no close: the browser would wait for it for minutes.
      this.#finish({ kind: "silent", code: 1006, reason });
    }, this.#options.pongTimeout ?? 10_000);
  }

  #rejectAll(): void {
    const requests = [...this.#pending.values()];
    this.#pending.clear();
    this.#givenUp.clear();
    for (const { method, fail, release } of requests) {
      release?.();
      fail(new OutcomeUnknownError("closed", method));
    }
  }

  #finish(cause: SocketClose): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.setPingInterval(0);
    clearTimeout(this.#pongTimer);
    clearTimeout(this.#closeTimer);
    this.#rejectAll();
    this.#options.onClose(cause);
  }
}

function notificationFrom(envelope: LiveEnvelope): LiveNotification {
  const { liveId, action, session, record, result } = envelope;
  const notification: LiveNotification = {
    liveId,
    action,
    record: record === undefined ? undefined : decodeValue(record),
    result: result === undefined ? undefined : decodeValue(result),
  };
  if (session !== undefined) notification.session = session;
  if (record !== undefined) notification.recordBytes = record;
  if (result !== undefined) notification.resultBytes = result;
  return notification;
}

/** The server's error in `bytes`; where they can't be decoded, the error that says so. */
function serverErrorIn(bytes: ItemBytes): Error {
  try {
    return serverErrorFrom(decodeValue(bytes));
  } catch (unreadable) {
    if (unreadable instanceof ValueError) return unreadable;
    throw unreadable;
  }
}
