/**
 * Where the page's requests go: to the server on their own socket, or, where a route is on, to the
 * worker and the session that a person chose.
 *
 * A request that is routed is never sent natively: if it can't go its way, the page gets an error. A
 * transaction or a live query stays where it began, whatever is routed since. Until it is known whether
 * anything is routed (the page has just loaded, the worker has just died) data requests wait, in order,
 * and everything behind them.
 */

import { type Frame, readSent } from "../session/journal/journal-frame.ts";
import type { JournalSocket } from "../session/journal/journal-socket.ts";
import { outcomeUnknownError, RelayError } from "../session/relay/relay-error.ts";
import {
  LARGEST_REQUEST,
  type RelayDown,
  type RelayUp,
  type RouteTable,
} from "../session/relay/relay-messages.ts";
import { joined } from "../session/relay/relay-parts.ts";
import { EnvelopeError } from "../wire/wire-error.ts";
import { alone, bytesOf, copyOf, later, never } from "./intrinsics.ts";
import { type Address, addressOf, isOpen, RoutedSocket } from "./routed-socket.ts";
import type { Tap } from "./tap.ts";
import { type Routed, Turns } from "./turns.ts";
import { type Standing, unreadable, WAIT, type Way, wayOf } from "./way.ts";

/** How long a request waits until it is known what is routed, in milliseconds. */
const AWAIT_TIME = 3_000;
/** While answers are missing, it is tried so often whether the bridge is still there. */
const PROBE_TIME = 2_000;

type Native = Extract<Way, { to: "server" }>;

/** A request that went to the worker and isn't answered yet. */
interface Pending {
  socket: RoutedSocket;
  address: Address;
  /** What has come of its answer. */
  parts?: Frame[];
}

export class Router {
  readonly #post: (message: RelayUp) => boolean;
  readonly #sockets = new Map<JournalSocket, RoutedSocket>();
  readonly #pending = new Map<number, Pending>();
  readonly #turns = new Turns((message) => this.#leave(message));
  #table: RouteTable | undefined;
  /** The table of this version is in force for requests after this one. */
  #toConfirm: { version: number; after: number } | undefined;
  #awaiting = false;
  /** The extension was updated or removed: what is routed has no way any more until the page reloads. */
  #orphaned = false;
  #lastSeq = 0;
  /** Anything was ever routed. */
  #wasUsed = false;
  #patience: number | undefined;
  #probe: number | undefined;

  /** @param post answers false where the bridge is gone */
  constructor(post: (message: RelayUp) => boolean) {
    this.#post = post;
  }

  get #standing(): Standing {
    return { table: this.#table, awaiting: this.#awaiting };
  }

  /** Anything at all may have to go another way. */
  get isOn(): boolean {
    return this.#awaiting || this.#table !== undefined;
  }

  /** A socket was made; whoever waits for routes asks now. */
  opened(tap: Tap): void {
    const socket = new RoutedSocket(tap);
    this.#sockets.set(tap.journal, socket);
    if (this.#table) this.#closeUnseen(socket, this.#table);
    if (this.#awaiting) this.#ask();
  }

  /** The bridge asks the worker, if it hasn't yet. */
  #ask(): void {
    this.#send({ type: "routes-ack", version: 0 });
  }

  closed(tap: Tap): void {
    const socket = this.#sockets.get(tap.journal);
    if (!socket) return;
    this.#sockets.delete(tap.journal);
    const over = new Set<number>();
    for (const [seq, pending] of this.#pending) if (pending.socket === socket) over.add(seq);
    for (const seq of over) this.#pending.delete(seq);
    this.#turns.drop(over);
    this.#confirm();
    if (socket.wasRelayed) this.#send({ type: "relay-closed", ...socket.place });
  }

  /** Whether what is sent on this socket may have to go another way than to its server. */
  concerns(tap: Tap): boolean {
    if (this.isOn) return true;
    return this.#wasUsed && this.#sockets.get(tap.journal)?.isConcerned === true;
  }

  /**
   * Whether a frame that the page sends goes another way than to its server.
   * @param data a text, bytes, or a Blob
   */
  takes(tap: Tap, data: unknown): boolean {
    // In any other state the native method throws, or counts, as ever.
    if (!isOpen(tap.socket)) return false;
    const socket = this.#sockets.get(tap.journal);
    if (!socket) throw new Error("The page broke what its sockets are found by.");
    const frame = typeof data === "string" ? data : bytesOf(data);
    if (frame === undefined) {
      socket.readBlob(data as Blob, (bytes) => {
        if (bytes !== undefined) this.#pass(socket, bytes);
        else socket.refuse({}, unreadable("A Blob that can't be read"));
      });
      return true;
    }
    if (socket.steps.waits || socket.waiting.length > 0) {
      const kept = keep(frame);
      socket.steps.step(() => this.#pass(socket, kept));
      return true;
    }
    const way = wayOf(socket, frame, this.#standing);
    if (way.to === "server") {
      this.#ends(socket, way);
      return false;
    }
    this.#go(socket, frame, way);
    return true;
  }

  /** What the worker says, or the bridge. */
  received(message: RelayDown): void {
    switch (message.type) {
      case "routes-await":
        this.#awaiting = true;
        break;
      case "routes":
        this.#setTable(message);
        break;
      case "relay-part": {
        const pending = this.#pending.get(message.seq);
        if (!pending) break;
        pending.parts ??= [];
        pending.parts.push(message.part);
        break;
      }
      case "relayed":
        this.#answered(message);
        break;
      case "relay-live":
        this.#notified(message);
        break;
      case "relay-refused": {
        // With the request went what it told of the page's variables.
        this.#pending.get(message.seq)?.socket.forgetTold();
        const refused = "more requests than can be passed on. Nothing was sent.";
        this.#fail(message.seq, new RelayError("TooMuch", refused));
        break;
      }
      case "relay-lost":
        this.#lost();
    }
  }

  // ── What is routed ──────────────────────────────────────────────────────────────────────────

  #setTable({ version, table }: Extract<RelayDown, { type: "routes" }>): void {
    const tellsSockets = this.#awaiting;
    this.#table = table;
    this.#awaiting = false;
    if (this.#patience !== undefined) never(this.#patience);
    this.#patience = undefined;
    for (const socket of this.#sockets.values()) {
      socket.forgetTold();
      if (table) this.#closeUnseen(socket, table);
    }
    if (tellsSockets) {
      const relayed = [...this.#sockets.values()].filter(({ wasRelayed }) => wasRelayed);
      const sockets = relayed.map(({ place, journal }) => ({
        ...place,
        json: journal.format === "json",
      }));
      this.#send({ type: "relay-sockets", sockets });
    }
    this.#toConfirm = { version, after: this.#lastSeq };
    this.#confirm();
    for (const socket of this.#sockets.values()) {
      for (const frame of socket.waiting.splice(0)) this.#pass(socket, frame);
    }
  }

  /** Once no request is left that was sent under what was routed before. */
  #confirm(): void {
    const { version, after } = this.#toConfirm ?? {};
    if (version === undefined || after === undefined) return;
    const { oldest } = this.#turns;
    if (oldest !== undefined && oldest <= after) return;
    this.#toConfirm = undefined;
    this.#send({ type: "routes-ack", version });
  }

  /** The worker is gone: nobody will answer, and nobody knows what became of it. */
  #lost(): void {
    this.#awaiting = true;
    this.#failAll();
  }

  #failAll(): void {
    const label = this.#table?.label ?? "its session";
    const neverLeft = this.#turns.lost();
    for (const seq of [...this.#pending.keys()]) {
      this.#fail(seq, neverLeft.has(seq) ? beforeItsTurn(label) : outcomeUnknownError(label));
    }
  }

  // ── One frame ───────────────────────────────────────────────────────────────────────────────

  /** A frame whose turn came later than it was sent. */
  #pass(socket: RoutedSocket, frame: Frame): void {
    if (!socket.isOpen) return;
    const way = socket.waiting.length > 0 ? WAIT : wayOf(socket, frame, this.#standing);
    if (way.to === "server") this.#sendNatively(socket, frame, way);
    else this.#go(socket, frame, way);
  }

  #sendNatively(socket: RoutedSocket, frame: Frame, way: Native): void {
    this.#ends(socket, way);
    socket.sendNatively(frame);
  }

  /** What a session of the page's began in held sessions ends with it. */
  #ends(socket: RoutedSocket, { ends }: Native): void {
    if (!ends || !socket.wasRelayed) return;
    const { session } = ends;
    const place = socket.place;
    this.#send({ type: "relay-session-over", ...place, ...(session !== undefined && { session }) });
  }

  #go(socket: RoutedSocket, frame: Frame, way: Exclude<Way, Native>): void {
    if (way.to === "wait") {
      socket.waiting.push(keep(frame));
      if (this.#patience !== undefined) return;
      this.#patience = later(() => this.#impatient(), AWAIT_TIME);
      this.#ask();
    } else if (way.to === "nobody") {
      socket.refuse(way.request ? addressOf(way.request) : {}, way.error);
    } else this.#relay(socket, frame, way);
  }

  #relay(
    socket: RoutedSocket,
    frame: Frame,
    { request, route }: Extract<Way, { to: "session" }>,
  ): void {
    const address = addressOf(request);
    if (this.#awaiting) {
      // What it belongs to may have been lost with the worker: that is known when the worker is back.
      this.#go(socket, frame, WAIT);
      return;
    }
    const words = this.#tooMuch(frame);
    if (words !== undefined) {
      socket.refuse(address, new RelayError("TooMuch", words));
      return;
    }
    const seq = ++this.#lastSeq;
    socket.settle(this.#sockets.values());
    const own = this.#turns.isFull ? keep(frame) : ownFrame(frame);
    const message: Routed = { type: "relay", seq, ...socket.place, frame: own };
    if (route !== undefined) message.route = route;
    const variables = request.method === "query" ? socket.news(request.session) : undefined;
    if (variables) message.variables = variables;
    this.#wasUsed = true;
    this.#pending.set(seq, { socket, address });
    this.#turns.add(message);
    this.#probe ??= later(() => this.#probeBridge(), PROBE_TIME);
  }

  /** It is its turn. */
  #leave(message: Routed): void {
    if (!this.#send(message)) this.#fail(message.seq, gone());
    this.#confirm();
  }

  #tooMuch(frame: Frame): string | undefined {
    if (frame.length > LARGEST_REQUEST) {
      return `a request of ${frame.length} bytes can't be passed on. Nothing was sent.`;
    }
    return this.#turns.tooMuch(frame.length);
  }

  /** What such a socket sends isn't seen: it would go on as the page itself. */
  #closeUnseen(socket: RoutedSocket, { all, default: ofDefault }: RouteTable): void {
    if (socket.journal.ownSend && (all ?? ofDefault) !== undefined) socket.close();
  }

  // ── Answers ─────────────────────────────────────────────────────────────────────────────────

  #answered(answer: Extract<RelayDown, { type: "relayed" }>): void {
    const pending = this.#take(answer.seq);
    this.#turns.done(answer.seq);
    if (!pending) return;
    const { socket } = pending;
    const { begunTransaction, endedTransaction, begunLive, endedLive } = answer;
    if (begunTransaction !== undefined) socket.transactions.add(begunTransaction);
    if (endedTransaction !== undefined) socket.transactions.delete(endedTransaction);
    if (begunLive) for (const id of begunLive) socket.live.add(id);
    if (endedLive) for (const id of endedLive) socket.live.delete(id);
    const { parts } = pending;
    socket.deliver(parts ? joined([...parts, answer.frame]) : answer.frame);
  }

  #notified(live: Extract<RelayDown, { type: "relay-live" }>): void {
    for (const socket of this.#sockets.values()) {
      const { client, generation } = socket.place;
      if (client !== live.client || generation !== live.generation) continue;
      if (live.killed) socket.live.delete(live.liveId);
      socket.deliver(live.frame);
    }
  }

  #take(seq: number): Pending | undefined {
    const pending = this.#pending.get(seq);
    this.#pending.delete(seq);
    if (this.#pending.size === 0 && this.#probe !== undefined) {
      never(this.#probe);
      this.#probe = undefined;
    }
    return pending;
  }

  #fail(seq: number, error: RelayError): void {
    const pending = this.#take(seq);
    this.#turns.done(seq);
    pending?.socket.refuse(pending.address, error);
  }

  // ── When nobody answers ─────────────────────────────────────────────────────────────────────

  /** What waited so long gets an error; what stays on the page's own socket goes there. */
  #impatient(): void {
    this.#patience = undefined;
    for (const socket of this.#sockets.values()) {
      for (const frame of socket.waiting.splice(0)) {
        const way = wayOf(socket, frame, this.#standing);
        if (way.to === "server") this.#sendNatively(socket, frame, way);
        else if (way.to === "nobody") this.#go(socket, frame, way);
        else socket.refuse(safeAddress(frame), this.#orphaned ? gone() : silent());
      }
    }
  }

  /** In Firefox a bridge ends without a word when the extension is updated. */
  #probeBridge(): void {
    this.#probe = undefined;
    if (this.#send({ type: "routes-ack", version: 0 })) {
      if (this.#pending.size > 0) this.#probe = later(() => this.#probeBridge(), PROBE_TIME);
    } else this.#failAll();
  }

  #send(message: RelayUp): boolean {
    if (this.#orphaned) return false;
    const taken = this.#post(message);
    if (!taken) {
      this.#orphaned = true;
      // What is being sent right now is told first that it never left.
      later(() => this.#failAll(), 0);
    }
    return taken;
  }
}

/** As small as it is: a page may send a window on a large buffer. */
function ownFrame(frame: Frame): Frame {
  return typeof frame === "string" ? frame : alone(frame);
}

/** Pages use their buffers again. */
function keep(frame: Frame): Frame {
  return typeof frame === "string" ? frame : copyOf(frame);
}

function safeAddress(frame: Frame): Address {
  try {
    return addressOf(readSent(frame));
  } catch (error) {
    if (error instanceof EnvelopeError) return {};
    throw error;
  }
}

function beforeItsTurn(label: string): RelayError {
  return new RelayError(
    "CannotServe",
    `this tab runs as “${label}”, and the extension was interrupted before it was this request's turn. Nothing was sent.`,
  );
}

function silent(): RelayError {
  return new RelayError(
    "CannotServe",
    "the extension didn't say in time as whom this tab runs. Nothing was sent. Reload the page.",
  );
}

function gone(): RelayError {
  return new RelayError(
    "CannotServe",
    "the extension was updated or removed while this tab ran as another session. Nothing was sent. Reload the page.",
  );
}
