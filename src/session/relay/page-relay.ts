/**
 * The relay of one document: each request of its routed sessions goes to the held session that the
 * person chose, and the answer comes back as if the page's own server had sent it.
 *
 * What goes to the server is a new envelope, made from what was read and checked of the page's; what
 * comes back is one, too, with the page's own id and session. Whatever happens in between, each request
 * ends with exactly one answer, and none is ever given to another session than the one that its route
 * named when the page sent it.
 */

import { UnknownSessionError } from "../errors.ts";
import type { HeldSession } from "../held-session.ts";
import type { SessionKey } from "../model.ts";
import type { FrameRecord } from "../page/page-model.ts";
import { variablesOf } from "../page/page-session-view.ts";
import { type PageSocket, PageSockets, type SocketPlace } from "./page-sockets.ts";
import type { Relay } from "./relay.ts";
import type { RelayNotification, RelayResult } from "./relay-client.ts";
import { RelayError } from "./relay-error.ts";
import { formatOf, type RelayFormat, type RelayRequest } from "./relay-format.ts";
import { RelayLog } from "./relay-log.ts";
import {
  LARGEST_ANSWER,
  LARGEST_REQUEST,
  MOST_PENDING,
  MOST_PENDING_BYTES,
  type RelayDown,
  type RelayUp,
  type RouteTable,
} from "./relay-messages.ts";
import { partsOf } from "./relay-parts.ts";
import { errorPartsOf } from "./relay-words.ts";
import type { RouteScope } from "./route-model.ts";
import { Together } from "./together.ts";

/** Milliseconds after a switch in which the former session is still served, to what was on its way. */
const RETIRE_TIME = 3_000;

/** What is routed in a document. */
export interface DocumentRoute {
  to: SessionKey;
  scope: RouteScope;
  /** When the person chose it, in Unix milliseconds. */
  since: number;
  /** The one session that is routed can't be told from others: its requests fail. */
  ambiguous?: boolean;
}

export interface PageRelayOptions {
  documentId: string;
  relay: Relay;
  /** @throws UnknownSessionError where there is no such session any more */
  session(key: SessionKey): HeldSession;
  /** Throws where the port is gone. */
  post(message: RelayDown): void;
  /** Frames that went by way of a route; called only while somebody records. */
  traffic(records: FrameRecord[]): void;
  recording(): boolean;
  /** Confirmed, or what it owns changed. */
  changed(): void;
}

/** A request that will run, and its bytes. */
interface Run {
  size: number;
  work(): Promise<void>;
}

type RelayMessage = Extract<RelayUp, { type: "relay" }>;

export class PageRelay {
  readonly #options: PageRelayOptions;
  readonly #log: RelayLog;
  readonly #together = new Together<RelayDown>((messages) => this.#postNow(messages));
  readonly #sockets: PageSockets;
  /** Sessions by the numbers of their routes; numbers of earlier tables until the new one is confirmed. */
  #targets = new Map<number, SessionKey>();
  #lastRoute = 0;
  #version = 0;
  #confirmed = 0;
  #current: number | undefined;
  #route: DocumentRoute | undefined;
  /** Answers for a port that is gone are for nobody. */
  #port = 0;
  #running = 0;
  readonly #queue: Run[] = [];
  /** When what waits for its turn is looked at again, if no answer comes before. */
  #again: ReturnType<typeof setTimeout> | undefined;
  /** Of requests that run or wait. */
  #bytes = 0;

  constructor(options: PageRelayOptions) {
    this.#options = options;
    this.#log = new RelayLog(options);
    const { documentId, relay } = options;
    this.#sockets = new PageSockets((name, socket) =>
      relay.client(`page/${documentId}/${name}`, (live) => this.#notify(socket(), live)),
    );
  }

  /** The hook goes by what is routed now. */
  get isConfirmed(): boolean {
    return this.#confirmed === this.#version;
  }

  /** What is routed, as the hook was told last. */
  get route(): DocumentRoute | undefined {
    return this.#route;
  }

  /** Live queries and transactions of the page in held sessions. */
  get owned(): { kind: "live" | "transaction"; id: string; held: HeldSession }[] {
    return this.#sockets.all.flatMap(({ relayed }) => relayed.owned);
  }

  /** The page waits for answers, or something of it goes on in held sessions. */
  get isBusy(): boolean {
    return this.#running + this.#queue.length > 0 || this.owned.length > 0;
  }

  // ── Routes ──────────────────────────────────────────────────────────────────────────────────

  /** Tells the hook what is routed from now on. Each switch has a number of its own. */
  setRoute(route: DocumentRoute | undefined): void {
    this.#version += 1;
    this.#retire(this.#current);
    this.#current = undefined;
    this.#route = route;
    let table: RouteTable | undefined;
    if (route) {
      const number = ++this.#lastRoute;
      this.#targets.set(number, route.to);
      this.#current = number;
      const label = this.#held(route.to)?.record.label ?? "its session";
      table = { label, ...tableOf(route, number) };
    }
    // What goes on in held sessions needs the way to the worker, also where nothing new goes there.
    if (!table && this.isBusy) table = { label: "its former session" };
    this.#post({ type: "routes", version: this.#version, ...(table && { table }) });
  }

  /** A page that never confirms a switch doesn't keep the session that it was taken. */
  #retire(number: number | undefined): void {
    if (number !== undefined) setTimeout(() => this.#targets.delete(number), RETIRE_TIME);
  }

  /** A port was opened, or opened again: what was on its way to the one before is lost. */
  connected(): void {
    this.disconnected();
    this.#confirmed = -1;
  }

  /** The port is gone: the hook has answered by itself what it waited for. */
  disconnected(): void {
    this.#port += 1;
    this.#forgetQueue();
  }

  /** The document is gone, and everything of its with it. */
  close(): void {
    this.#port += 1;
    this.#forgetQueue();
    this.#options.relay.turns.left(this);
    for (const { relayed } of this.#sockets.all) void this.#options.relay.drop(relayed);
    this.#sockets.clear();
  }

  #forgetQueue(): void {
    clearTimeout(this.#again);
    this.#together.clear();
    for (const { size } of this.#queue.splice(0)) this.#bytes -= size;
  }

  async cancelTransactions(): Promise<void> {
    await Promise.all(this.#sockets.all.map(({ relayed }) => relayed.cancelTransactions()));
    this.#options.changed();
  }

  /** @returns false where no socket of the document has it open */
  async cancelTransaction(id: string): Promise<boolean> {
    for (const { relayed } of this.#sockets.all) {
      if (!(await relayed.cancelTransaction(id))) continue;
      this.#options.changed();
      return true;
    }
    return false;
  }

  // ── What the hook says ──────────────────────────────────────────────────────────────────────

  receive(message: RelayUp): void {
    switch (message.type) {
      case "routes-ack":
        this.#acknowledged(message.version);
        break;
      case "relay":
        this.#request(message);
        break;
      case "relay-batch":
        for (const each of message.messages) this.#request(each);
        break;
      case "relay-session-over":
        this.#sessionOver(message);
        break;
      case "relay-closed":
        this.#closeSocket(message);
        break;
      case "relay-sockets":
        this.#back(message.sockets);
    }
  }

  #acknowledged(version: number): void {
    if (version > this.#version || version <= this.#confirmed) return;
    this.#confirmed = version;
    if (version === this.#version) {
      // Requests that named an earlier route were sent before this word: none can come any more.
      for (const number of this.#targets.keys()) {
        if (number !== this.#current) this.#targets.delete(number);
      }
    }
    this.#options.changed();
  }

  #sessionOver(over: Extract<RelayUp, { type: "relay-session-over" }>): void {
    const socket = this.#sockets.find(over);
    if (!socket) return;
    this.#sockets.forget(socket, over.session);
    void socket.relayed.sessionOver(over.session).then(this.#options.changed);
  }

  /** The port is new; these are its open sockets, and their live queries go on. */
  #back(sockets: Extract<RelayUp, { type: "relay-sockets" }>["sockets"]): void {
    const open = new Set(sockets.map((place) => this.#sockets.find(place)));
    // One that closed while there was no port could tell nobody.
    for (const socket of this.#sockets.all) if (!open.has(socket)) this.#closeSocket(socket);
    for (const { json, ...place } of sockets) {
      try {
        // Notifications may come before its next request, which would tell.
        this.#sockets.take(place).format ??= formatOf(json ? "" : new Uint8Array());
      } catch (error) {
        if (!(error instanceof RelayError)) throw error;
        // More than a document has: the others are told so at their next request.
        return;
      }
    }
  }

  #closeSocket(place: SocketPlace): void {
    const socket = this.#sockets.find(place);
    if (!socket) return;
    this.#sockets.remove(socket);
    void this.#options.relay.drop(socket.relayed).then(this.#options.changed);
  }

  #held(key: SessionKey): HeldSession | undefined {
    try {
      return this.#options.session(key);
    } catch (error) {
      if (error instanceof UnknownSessionError) return undefined;
      throw error;
    }
  }

  // ── One request ─────────────────────────────────────────────────────────────────────────────

  #request(message: RelayMessage): void {
    const { seq, frame, route } = message;
    const format = formatOf(frame);
    let socket: PageSocket;
    let request: RelayRequest | undefined;
    try {
      request = format.read(frame);
      socket = this.#sockets.take(message);
      socket.format = format;
      const { variables } = message;
      if (variables) this.#sockets.keep(socket, request.call.session, variablesOf(variables));
    } catch (error) {
      const parts = errorPartsOf(error, undefined, false);
      const refused = request ? format.error(request, parts) : format.refusal(parts);
      this.#post({ type: "relayed", seq, frame: refused });
      return;
    }
    const { call } = request;
    const target = route === undefined ? undefined : this.#targets.get(route);
    const held = target === undefined ? undefined : this.#held(target);
    this.#log.sent(message, message.frame, call.session, held);
    const fail = (error: unknown, as = held, left = false) =>
      this.#answer(message, format.error(request, errorPartsOf(error, as, left)));
    const refusal = this.#refusalOf(message, held);
    if (refusal) {
      fail(refusal, held);
      return;
    }
    const port = this.#port;
    // Its answer would be for nobody: the page never had it, and the log mustn't say that it did.
    const isOver = () => port !== this.#port || this.#sockets.find(socket) !== socket;
    const runsAs = held?.runsAs;
    const variables = socket.variables.get(call.session);
    const work = async () => {
      let as = held;
      let left = false;
      try {
        const result = await socket.relayed.call({ ...call, variables }, held, (session) => {
          as = session;
          // As whom it was to run when the page sent it: what waited while that changed is not sent.
          if (session === held && session.runsAs !== runsAs) throw identityChanged(session);
          if (port !== this.#port) throw new Error("the page's port is gone");
          left = true;
        });
        if (isOver()) {
          void socket.relayed.undelivered(result);
          return;
        }
        this.#answer(message, this.#resultFrame(format, request, result), result);
        socket.relayed.delivered(result);
      } catch (error) {
        if (!isOver()) fail(error, as, left);
      }
    };
    const run: Run = { size: frame.length, work };
    this.#bytes += run.size;
    this.#queue.push(run);
    this.#options.relay.turns.asked(this);
    this.#runNext();
  }

  #refusalOf({ route, frame }: RelayMessage, held: HeldSession | undefined): Error | undefined {
    if (route !== undefined && !held) return new Error("no such session");
    if (frame.length > LARGEST_REQUEST) return tooMuch(`a request of ${frame.length} bytes`);
    if (this.#running + this.#queue.length >= MOST_PENDING) {
      return tooMuch("so many requests at a time");
    }
    if (this.#bytes + frame.length > MOST_PENDING_BYTES) {
      return tooMuch(`so many bytes at a time (${frame.length} more)`);
    }
    return undefined;
  }

  #runNext(): void {
    clearTimeout(this.#again);
    while (this.#queue.length > 0) {
      const wait = this.#options.relay.turns.wait(this, this.#running);
      if (wait > 0) {
        this.#again = setTimeout(() => this.#runNext(), wait);
        return;
      }
      const next = this.#queue.shift();
      if (next) void this.#run(next);
    }
  }

  async #run({ size, work }: Run): Promise<void> {
    this.#running += 1;
    try {
      await work();
    } finally {
      this.#running -= 1;
      this.#bytes -= size;
    }
    this.#runNext();
    // Where nothing is routed any more, its port was kept for this answer.
    if (!this.#route && !this.isBusy) this.#options.changed();
  }

  #resultFrame(
    format: RelayFormat,
    request: RelayRequest,
    { result }: RelayResult,
  ): Uint8Array | string {
    if (result.length <= LARGEST_ANSWER) return format.result(request, result);
    const error = new RelayError(
      "AnswerTooLarge",
      `it ran, but its answer of ${result.length} bytes is too large to be passed on. Ask for less at a time.`,
    );
    return format.error(request, error.parts);
  }

  #answer(message: RelayMessage, frame: Uint8Array | string, result?: RelayResult): void {
    const { begunTransaction, endedTransaction, begunLive, endedLive } = result ?? {};
    const { seq } = message;
    const parts = partsOf(frame);
    const last = parts.pop() ?? frame;
    for (const part of parts) this.#post({ type: "relay-part", seq, part });
    this.#post({
      type: "relayed",
      seq,
      frame: last,
      ...(begunTransaction !== undefined && { begunTransaction }),
      ...(endedTransaction !== undefined && { endedTransaction }),
      ...(begunLive && begunLive.length > 0 && { begunLive }),
      ...(endedLive && endedLive.length > 0 && { endedLive }),
    });
    this.#log.received(message, frame);
    if (begunTransaction ?? endedTransaction ?? begunLive?.[0] ?? endedLive?.[0]) {
      this.#options.changed();
    }
  }

  #notify(socket: PageSocket, live: RelayNotification): void {
    const { client, generation, format } = socket;
    // Until it has said what it speaks it has no live query.
    const frame = (format ?? formatOf(new Uint8Array())).live(live);
    const killed = live.action === "KILLED";
    this.#post({ type: "relay-live", client, generation, liveId: live.liveId, killed, frame });
    this.#log.received(socket, frame);
    if (killed) this.#options.changed();
  }

  #post(message: RelayDown): void {
    const size =
      "frame" in message ? message.frame.length : "part" in message ? message.part.length : 0;
    this.#together.add(message, size, this.#running);
  }

  #postNow(messages: RelayDown[]): void {
    const [first] = messages;
    try {
      if (messages.length === 1 && first) this.#options.post(first);
      else this.#options.post({ type: "relay-batch", messages });
    } catch {
      // The port has just closed: the hook answers by itself what it waits for.
    }
  }
}

function tableOf(
  { scope, since, ambiguous }: DocumentRoute,
  route: number,
): Omit<RouteTable, "label"> {
  if (scope.kind === "page") return { all: route };
  if (scope.kind === "default") return { default: route };
  const { url, client, order, label } = scope.session;
  if (!ambiguous) return { session: { route, url, client, order, since } };
  const why = `the session “${label}” that you chose can't be told from another one since the page was loaded again. Nothing was sent. Choose again in DevTools > Switchyard.`;
  return { refused: { url, client, order, why } };
}

function identityChanged({ record }: HeldSession): RelayError {
  return new RelayError(
    "CannotServe",
    `this tab runs as “${record.label}”, which became somebody else while this request waited. Nothing was sent.`,
  );
}

function tooMuch(what: string): RelayError {
  return new RelayError("TooMuch", `${what} can't be passed on. Nothing was sent.`);
}
