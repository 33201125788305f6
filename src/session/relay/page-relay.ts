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
import type { SessionKey, SessionVariable } from "../model.ts";
import { type FrameRecord, pageSessionKey } from "../page/page-model.ts";
import { socketKeyOf, variablesOf } from "../page/page-session-view.ts";
import type { Relay } from "./relay.ts";
import type { RelayClient, RelayNotification, RelayResult } from "./relay-client.ts";
import { RelayError } from "./relay-error.ts";
import { formatOf, type RelayFormat, type RelayRequest } from "./relay-format.ts";
import {
  LARGEST_ANSWER,
  LARGEST_REQUEST,
  MOST_PENDING,
  type RelayDown,
  type RelayUp,
  type RouteTable,
} from "./relay-messages.ts";
import { errorPartsOf } from "./relay-words.ts";
import type { RouteScope } from "./route-model.ts";

/** Requests of one document that the server has at a time: no page may have it all to itself. */
const AT_ONCE = 32;

/** What is routed in a document. */
export interface DocumentRoute {
  to: SessionKey;
  scope: RouteScope;
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

type RelayMessage = Extract<RelayUp, { type: "relay" }>;

/** A socket of the page, as it stood when its client had opened so many before. */
interface Socket {
  client: number;
  generation: number;
  relayed: RelayClient;
  format: RelayFormat | undefined;
  /** By session: the page's own variables. */
  variables: Map<string | undefined, SessionVariable[]>;
}

export class PageRelay {
  readonly #options: PageRelayOptions;
  readonly #sockets = new Map<string, Socket>();
  /** Sessions by the numbers of their routes; numbers of earlier tables until the new one is confirmed. */
  #targets = new Map<number, SessionKey>();
  #lastRoute = 0;
  #version = 0;
  #confirmed = 0;
  #current: number | undefined;
  #route: DocumentRoute | undefined;
  #waiters: { version: number; resolve: () => void }[] = [];
  /** Answers for a port that is gone are for nobody. */
  #port = 0;
  #running = 0;
  readonly #queue: (() => Promise<void>)[] = [];

  constructor(options: PageRelayOptions) {
    this.#options = options;
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
    return [...this.#sockets.values()].flatMap(({ relayed }) => relayed.owned);
  }

  // ── Routes ──────────────────────────────────────────────────────────────────────────────────

  /** Tells the hook what is routed from now on. Each switch has a number of its own. */
  setRoute(route: DocumentRoute | undefined): void {
    this.#version += 1;
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
    this.#post({ type: "routes", version: this.#version, ...(table && { table }) });
  }

  /** Resolves when the hook has confirmed what was told last. */
  confirmed(): Promise<void> {
    const version = this.#version;
    if (this.#confirmed >= version) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ version, resolve }));
  }

  /** A port was opened, or opened again: what was on its way to the one before is lost. */
  connected(): void {
    this.disconnected();
    this.#confirmed = -1;
  }

  /** The port is gone: the hook has answered by itself what it waited for. */
  disconnected(): void {
    this.#port += 1;
    this.#queue.length = 0;
  }

  /** The document is gone, and everything of its with it. */
  close(): void {
    this.#port += 1;
    this.#queue.length = 0;
    for (const socket of this.#sockets.values()) void this.#options.relay.drop(socket.relayed);
    this.#sockets.clear();
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  async cancelTransactions(): Promise<void> {
    await Promise.all(
      [...this.#sockets.values()].map(({ relayed }) => relayed.cancelTransactions()),
    );
    this.#options.changed();
  }

  /** @returns false where no socket of the document has it open */
  async cancelTransaction(id: string): Promise<boolean> {
    for (const { relayed } of this.#sockets.values()) {
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
      case "relay-session-over":
        void this.#find(message)?.relayed.sessionOver(message.session).then(this.#options.changed);
        break;
      case "relay-closed":
        this.#closeSocket(message);
        break;
      case "relay-sockets":
        for (const socket of message.sockets) this.#socket(socket);
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
    const done = this.#waiters.filter((waiter) => waiter.version <= version);
    this.#waiters = this.#waiters.filter((waiter) => waiter.version > version);
    for (const { resolve } of done) resolve();
    this.#options.changed();
  }

  #find({ client, generation }: { client: number; generation: number }): Socket | undefined {
    return this.#sockets.get(`${client}.${generation}`);
  }

  #socket({ client, generation }: { client: number; generation: number }): Socket {
    const known = this.#find({ client, generation });
    if (known) return known;
    const key = `${client}.${generation}`;
    const id = `page/${this.#options.documentId}/${key}`;
    const socket: Socket = {
      client,
      generation,
      relayed: this.#options.relay.client(id, (live) => this.#notify(socket, live)),
      format: undefined,
      variables: new Map(),
    };
    this.#sockets.set(key, socket);
    return socket;
  }

  #closeSocket(place: { client: number; generation: number }): void {
    const socket = this.#find(place);
    if (!socket) return;
    this.#sockets.delete(`${place.client}.${place.generation}`);
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
    const socket = this.#socket(message);
    const format = formatOf(frame);
    socket.format = format;
    let request: RelayRequest;
    try {
      request = format.read(frame);
    } catch (error) {
      const parts = errorPartsOf(error, undefined, false);
      this.#post({ type: "relayed", seq, frame: format.refusal(parts) });
      return;
    }
    const { call } = request;
    if (message.variables) {
      socket.variables.set(call.session, variablesOf(message.variables));
    }
    const target = route === undefined ? undefined : this.#targets.get(route);
    const held = target === undefined ? undefined : this.#held(target);
    this.#logSent(message, request, held);
    const fail = (error: unknown, as = held, left = false) =>
      this.#answer(message, held, format.error(request, errorPartsOf(error, as, left)));
    const refusal = this.#refusalOf(message, held);
    if (refusal) {
      fail(refusal, held);
      return;
    }
    const port = this.#port;
    // Its answer would be for nobody: the page never had it, and the log mustn't say that it did.
    const isOver = () => port !== this.#port || this.#find(socket) !== socket;
    const identity = held?.identity;
    const variables = socket.variables.get(call.session);
    const run = async () => {
      let as = held;
      let left = false;
      try {
        const result = await socket.relayed.call({ ...call, variables }, held, (session) => {
          as = session;
          // As whom it was to run when the page sent it: what waited while that changed is not sent.
          if (session === held && session.identity !== identity) throw identityChanged(session);
          if (port !== this.#port) throw new Error("the page's port is gone");
          left = true;
        });
        if (isOver()) return;
        this.#answer(message, as, this.#resultFrame(format, request, result), result);
        socket.relayed.delivered(result);
      } catch (error) {
        if (!isOver()) fail(error, as, left);
      }
    };
    if (this.#running < AT_ONCE) void this.#run(run);
    else this.#queue.push(run);
  }

  #refusalOf({ route, frame }: RelayMessage, held: HeldSession | undefined): Error | undefined {
    if (route !== undefined && !held) return new Error("no such session");
    if (frame.length > LARGEST_REQUEST) return tooMuch(`a request of ${frame.length} bytes`);
    if (this.#running + this.#queue.length < MOST_PENDING) return undefined;
    return tooMuch("so many requests at a time");
  }

  async #run(run: () => Promise<void>): Promise<void> {
    this.#running += 1;
    await run();
    this.#running -= 1;
    const next = this.#queue.shift();
    if (next) void this.#run(next);
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

  #answer(
    message: RelayMessage,
    as: HeldSession | undefined,
    frame: Uint8Array | string,
    result?: RelayResult,
  ): void {
    const { begunTransaction, endedTransaction, begunLive, endedLive } = result ?? {};
    this.#post({
      type: "relayed",
      seq: message.seq,
      frame,
      ...(begunTransaction !== undefined && { begunTransaction }),
      ...(endedTransaction !== undefined && { endedTransaction }),
      ...(begunLive && begunLive.length > 0 && { begunLive }),
      ...(endedLive && endedLive.length > 0 && { endedLive }),
    });
    this.#log(message, "received", frame, as);
    if (begunTransaction ?? endedTransaction ?? begunLive?.[0] ?? endedLive?.[0]) {
      this.#options.changed();
    }
  }

  #notify(socket: Socket, live: RelayNotification): void {
    const { client, generation, format } = socket;
    // Before its first request on this socket nobody knows what it speaks; by then it has a live query.
    const frame = (format ?? formatOf(new Uint8Array())).live(live);
    const killed = live.action === "KILLED";
    this.#post({ type: "relay-live", client, generation, liveId: live.liveId, killed, frame });
    this.#log(socket, "received", frame, undefined);
    if (killed) this.#options.changed();
  }

  #post(message: RelayDown): void {
    try {
      this.#options.post(message);
    } catch {
      // The port has just closed: the hook answers by itself what it waits for.
    }
  }

  // ── The log ─────────────────────────────────────────────────────────────────────────────────

  #logSent(message: RelayMessage, { call }: RelayRequest, held: HeldSession | undefined): void {
    if (!this.#options.recording()) return;
    const socketKey = socketKeyOf(this.#options.documentId, message.client);
    this.#log(message, "sent", message.frame, held, pageSessionKey(socketKey, call.session));
  }

  #log(
    { client, generation }: { client: number; generation: number },
    direction: FrameRecord["direction"],
    frame: Uint8Array | string,
    held: HeldSession | undefined,
    pageKey?: SessionKey,
  ): void {
    if (!this.#options.recording()) return;
    const record: FrameRecord = {
      kind: "frame",
      at: Date.now(),
      socketKey: socketKeyOf(this.#options.documentId, client),
      generation,
      format: typeof frame === "string" ? "json" : "cbor",
      direction,
      size: frame.length,
      frame: frame.length <= LARGEST_LOGGED ? frame : undefined,
      by: "page",
      relayed: true,
    };
    if (frame.length > LARGEST_LOGGED) record.summary = { why: "too-large" };
    if (direction === "sent") {
      const { key = pageKey ?? "", id, auth, namespace, database } = held?.record ?? {};
      record.as = {
        sessionKey: key,
        ...(id !== undefined && { sessionId: id }),
        ...(auth?.user !== undefined && { user: auth.user }),
        ...(namespace !== undefined && { namespace }),
        ...(database !== undefined && { database }),
      };
    }
    this.#options.traffic([record]);
  }
}

/** Bytes of a frame that the log is given whole. */
const LARGEST_LOGGED = 1024 * 1024;

function tableOf({ scope, ambiguous }: DocumentRoute, route: number): Omit<RouteTable, "label"> {
  if (scope.kind === "page") return { all: route };
  if (scope.kind === "default") return { default: route };
  const { url, client, order, label } = scope.session;
  if (!ambiguous) return { session: { route, url, client, order } };
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
