/**
 * What runs *in* a held session: requests, transactions, live queries.
 *
 * Everything here passes the gate, is counted while it runs (a change of identity waits for it) and
 * is sent at most once. A transaction or a live query belongs to the session in which it began; the
 * server binds neither, so that is checked here.
 */
import { Uuid } from "surrealdb";
import { arrayOf } from "../wire/cbor-parts.ts";
import { OutcomeUnknownError, ServerError } from "../wire/errors.ts";
import { type ArrayBytes, type ItemBytes, proveItem } from "../wire/proven.ts";
import { decodeValue, encodeValue } from "../wire/values.ts";
import {
  InvalidRequestError,
  messageOf,
  NotConnectedError,
  SessionClosedError,
  SessionError,
  TransactionLostError,
} from "./errors.ts";
import { evaluate } from "./evaluate.ts";
import type { HeldSession } from "./held-session.ts";
import { isFinal } from "./life-cycle.ts";
import { liveIdsIn } from "./live-ids.ts";
import type { LiveEvent } from "./live-queries.ts";
import type { Actor, TransactionView } from "./model.ts";
import type { SessionOwner } from "./session-owner.ts";
import { uuidText } from "./set-up.ts";
import type { LiveQueryRecord } from "./store.ts";
import { placeText } from "./truth.ts";

/** The server did not begin a live query. */
class LiveQueryError extends SessionError {
  constructor(message: string) {
    super("LiveQueryError", message);
  }
}

/** An answer, with what it cost and who asked. */
export interface Answer {
  /** The result as CBOR, in a buffer of its own; a large one is a window on its frame. */
  result: Uint8Array;
  /** Milliseconds. */
  duration: number;
  /** Bytes of the parameters and of the result. */
  bytesSent: number;
  bytesReceived: number;
  identity: string;
  target: string;
}

/** Bytes of a result beside which its frame is nothing. */
const LARGE = 64 * 1024;

/** Called in the task in which a request leaves, right before it. */
export type Leaving = () => void;

/** With whom a live query ends. */
type LiveOwner = Pick<LiveQueryRecord, "viewId" | "pageSession">;

export class SessionRequests {
  readonly transactions = new Map<string, TransactionView>();
  readonly #session: HeldSession;
  readonly #owner: SessionOwner;
  #running = 0;
  #idle: (() => void)[] = [];

  constructor(session: HeldSession, owner: SessionOwner) {
    this.#session = session;
    this.#owner = owner;
  }

  /** How many requests wait for their answer. */
  get running(): number {
    return this.#running;
  }

  /**
   * Sends a request as this session, once the gate lets it.
   * @throws SessionClosedError, GateClosedError, TransactionLostError: nothing was sent.
   *   ServerError: the server refused. OutcomeUnknownError: sent, never answered, not sent again.
   * @param options.unasked a view looks something up by itself: nobody used the session
   * @param options.leaving as in `forward`
   */
  async send(
    method: string,
    params: Uint8Array | undefined,
    txn?: string,
    { unasked = false, leaving }: { unasked?: boolean; leaving?: Leaving } = {},
  ): Promise<Answer> {
    const { record, gate } = this.#session;
    do await this.#pass();
    while (!gate.isOpen);
    const identity = record.auth.user ?? "anonymous";
    const target = placeText(record.namespace, record.database);
    const started = performance.now();
    const result = await this.#run(method, params, txn, unasked, leaving);
    return {
      result: withoutFrame(result),
      duration: performance.now() - started,
      bytesSent: params?.length ?? 0,
      bytesReceived: result.length,
      identity,
      target,
    };
  }

  /**
   * As `send`, for whoever passes the result on at once: it is a window on the frame that came.
   * @param leaving is called right before the request leaves: who the session is then is as whom it
   *   runs. Where it throws nothing is sent.
   */
  async forward(
    method: string,
    params: ArrayBytes | undefined,
    txn?: string,
    leaving?: Leaving,
  ): Promise<ItemBytes> {
    const { gate } = this.#session;
    do await this.#pass();
    while (!gate.isOpen);
    return this.#run(method, params, txn, false, leaving);
  }

  /** Waits until the gate opens. Whoever waited looks again: between that and its turn it may have closed. */
  async #pass(): Promise<void> {
    const { record, gate } = this.#session;
    if (isFinal(record.status)) throw new SessionClosedError(record.label);
    await this.#renewIfDue();
    await gate.pass();
  }

  async #run(
    method: string,
    params: Uint8Array | undefined,
    txn: string | undefined,
    unasked: boolean,
    leaving: Leaving | undefined,
  ): Promise<ItemBytes> {
    const session = this.#session;
    const { record } = session;
    const transaction = txn === undefined ? undefined : this.transactions.get(txn);
    if (txn !== undefined && !transaction) throw new TransactionLostError(txn);
    leaving?.();
    if (transaction) {
      transaction.requests += 1;
      this.#owner.changed(session);
    }
    if (!unasked) {
      record.lastActiveAt = Date.now();
      this.#owner.used(session);
    }
    this.#running += 1;
    try {
      return await this.#owner.link(session).requestBytes(method, params, record.id, txn);
    } catch (error) {
      session.observe(error);
      throw error instanceof OutcomeUnknownError ? outcomeUnknown(record.label, error) : error;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** After a sleep the token may be past its renewal: renewed before the request is let through. */
  async #renewIfDue(): Promise<void> {
    const { family, record, attached } = this.#session;
    const due = family?.renewAt;
    if (record.status !== "active" || !attached || due === undefined || due > Date.now()) return;
    // A renewal that fails has told why in the status; the gate decides about the request.
    await family?.renewWhenDue(() => this.#session.renew("clock"));
  }

  /**
   * Resolves when no request runs.
   * @throws SessionError after `patience` milliseconds
   */
  async drained(patience: number): Promise<void> {
    if (this.#running === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const message = `${this.#running} requests still run in “${this.#session.record.label}”.`;
        reject(new SessionError("SessionBusyError", message, "Wait for them, then try again."));
      }, patience);
    });
    await Promise.race([new Promise<void>((resolve) => this.#idle.push(resolve)), late]);
    clearTimeout(timer);
  }

  /** `query`: begins and ends of live queries in the text are taken note of. */
  async query(text: string, bindings?: Uint8Array, txn?: string, viewId?: string): Promise<Answer> {
    const answer = await this.send("query", queryParams(text, bindings), txn);
    this.noteLive(text, bindings, answer.result, { viewId });
    return answer;
  }

  /** A SurrealQL expression as a value, as CBOR in a buffer of its own; throws as `evaluate` does. */
  evaluate(expression: string): Promise<ItemBytes> {
    return evaluate((text) => this.query(text), expression);
  }

  /**
   * Takes note of the live queries that a text began and ended, by what the server answered.
   * @param owner the view or page that they end with
   * @returns the ids of those that began
   */
  noteLive(
    statement: string,
    bindings: Uint8Array | undefined,
    answer: Uint8Array,
    owner: LiveOwner = {},
  ): string[] {
    if (!/\b(live|kill)\b/i.test(statement)) return [];
    const ids = liveIdsIn(answer);
    const isPart = ids.length > 1;
    const begun = ids.filter((id) => id !== undefined);
    for (const id of begun) this.#beginLive({ id, statement, bindings, isPart, ...owner });
    let noted = begun.length > 0;
    for (const [, id] of statement.matchAll(/\bkill\s+u?["']([0-9a-f-]{36})["']/gi)) {
      if (id) this.#session.live.endByServerId(id.toLowerCase());
      noted = true;
    }
    if (noted) void this.#owner.commit(this.#session);
    return begun;
  }

  #beginLive(
    begun: LiveOwner & Pick<LiveQueryRecord, "id" | "statement" | "bindings" | "isPart">,
  ): void {
    const { id: serverId, statement } = begun;
    const live: LiveQueryRecord = {
      ...begun,
      begunAt: Date.now(),
      events: 0,
      state: "watching",
      gaps: [],
    };
    const session = this.#session;
    const early = session.live.begin(live, serverId);
    for (const event of early) this.#owner.notified(session, live.id, event);
    const by = live.pageSession === undefined ? "you" : "page";
    this.#owner.history(session, { at: live.begunAt, event: "live", by, text: statement });
  }

  /** Begins a live query: a whole LIVE SELECT. Answers the id under which views know it. */
  live(statement: string, viewId?: string): Promise<string> {
    return this.beginLive(statement, { viewId });
  }

  /** The same, for whoever it ends with. */
  async beginLive(statement: string, owner: LiveOwner, leaving?: Leaving): Promise<string> {
    if (!/^\s*live\s+select\b/i.test(statement)) {
      throw new InvalidRequestError("This is not a live query.", "Begin with LIVE SELECT.");
    }
    const { id, isAlone } = await this.#askLive(queryParams(statement), leaving);
    this.#beginLive({ id, statement, isPart: !isAlone, ...owner });
    await this.#owner.commit(this.#session);
    return id;
  }

  async #askLive(params: Uint8Array, leaving?: Leaving): Promise<{ id: string; isAlone: boolean }> {
    const { result } = await this.send("query", params, undefined, { leaving });
    const results = decodeValue(result) as Record<string, unknown>[];
    const [first] = results;
    if (first?.status !== "OK") throw new LiveQueryError(String(first?.result));
    const id = first.type === "live" ? uuidText(first.result) : undefined;
    if (!id) throw new LiveQueryError("The server did not begin a live query.");
    return { id, isAlone: results.length === 1 };
  }

  /** Begins a live query again after a restore; one that can't be ends as killed. */
  async beginLiveAgain(live: LiveQueryRecord): Promise<void> {
    const session = this.#session;
    try {
      if (live.isPart)
        throw new LiveQueryError("It was part of a longer query, which isn't repeated.");
      const { id: serverId } = await this.#askLive(queryParams(live.statement, live.bindings));
      if (session.live.get(live.id) !== live) {
        // It was ended meanwhile, when the server had nothing of it that could be killed.
        await this.send("kill", encodeValue([new Uuid(serverId)]));
        return;
      }
      const early = session.live.beginAgain(live, serverId, Date.now());
      for (const event of early) this.#owner.notified(session, live.id, event);
    } catch (error) {
      const refused = error instanceof ServerError || error instanceof LiveQueryError;
      if (!refused) {
        // The connection or the session was lost once more: it is for the next restore.
        session.live.giveBack(live);
        return;
      }
      session.live.end(live);
      const text = `${live.statement}: not begun again: ${messageOf(error)}`;
      this.#owner.history(session, { at: Date.now(), event: "live", by: "server", text });
      this.#owner.notified(session, live.id, killed());
    }
  }

  /** All of them have ended with the session, or are about to: pages that listen are told. */
  clearLive(): void {
    const session = this.#session;
    const ended = session.live.all.filter(
      ({ pageSession, state }) => pageSession !== undefined && state !== "killed",
    );
    session.live.clear();
    for (const { id } of ended) this.#owner.notified(session, id, killed());
  }

  /** Nobody here listens any more; the query goes on at the server (Go: CloseLiveNotifications). */
  async stopWatching(id: string): Promise<void> {
    const live = this.#liveOrThrow(id);
    if (live.state === "watching") live.state = "stopped";
    await this.#owner.commit(this.#session);
  }

  /** RPC `kill`; a query that is over already is taken off the list. */
  async kill(id: string, by: Actor = "you", leaving?: Leaving): Promise<void> {
    const session = this.#session;
    const live = this.#liveOrThrow(id);
    const serverId = session.live.serverId(id);
    if (live.state === "killed" || serverId === undefined) {
      session.live.remove(id);
    } else {
      await this.send("kill", encodeValue([new Uuid(serverId)]), undefined, { leaving });
      session.live.end(live);
      this.#owner.history(session, {
        at: Date.now(),
        event: "live",
        by,
        text: `${live.statement}: killed`,
      });
    }
    await this.#owner.commit(session);
  }

  /** A page knows that it is over: it is taken off the list. */
  async forgetLive(id: string): Promise<void> {
    this.#session.live.remove(id);
    await this.#owner.commit(this.#session);
  }

  /** A page is gone, or its session is: what it listened to ends, and is taken off the list. */
  async endForPage(id: string): Promise<void> {
    const { live } = this.#session;
    const query = live.get(id);
    if (!query) return;
    // What the server can't be told now ends with its socket.
    await this.kill(id, "page").catch(() => live.end(query));
    await this.forgetLive(id);
  }

  #liveOrThrow(id: string): LiveQueryRecord {
    const live = this.#session.live.get(id);
    if (!live) throw new InvalidRequestError(`This session has no live query ${id}.`);
    return live;
  }

  /** RPC `begin`. Answers the transaction's UUID. */
  async begin(by: Actor = "you", leaving?: Leaving): Promise<string> {
    const { result } = await this.send("begin", undefined, undefined, { leaving });
    const txn = uuidText(decodeValue(result));
    if (!txn) throw new SessionError("TransactionError", "The server did not begin a transaction.");
    this.transactions.set(txn, { id: txn, begunAt: Date.now(), requests: 0 });
    this.#logTransaction(txn, "begun", by);
    return txn;
  }

  /** RPC `commit` or `cancel`. Once it was sent the transaction is over here, whatever the answer. */
  async finish(
    txn: string,
    how: "commit" | "cancel",
    by: Actor = "you",
    leaving?: Leaving,
  ): Promise<void> {
    if (!this.transactions.has(txn)) throw new TransactionLostError(txn);
    const word = how === "commit" ? "committed" : "cancelled";
    let left = false;
    const leave = () => {
      leaving?.();
      left = true;
    };
    try {
      await this.send(how, encodeValue([new Uuid(txn)]), undefined, { leaving: leave });
      this.#transactionOver(txn, word, by);
    } catch (error) {
      if (left && !(error instanceof NotConnectedError)) {
        this.#transactionOver(txn, `not ${word}`, by);
      }
      throw error;
    }
  }

  #transactionOver(txn: string, word: string, by: Actor): void {
    this.transactions.delete(txn);
    this.#logTransaction(txn, word, by);
  }

  /**
   * Cancels every open transaction, past the gate: where the session ends or changes hands nobody
   * could do it later. Never rejects: one that can't be cancelled ends with its socket.
   */
  async cancelTransactions(): Promise<void> {
    const { record } = this.#session;
    const link = this.#owner.link(this.#session);
    const cancelled = [...this.transactions.keys()].map(async (txn) => {
      this.#transactionOver(txn, "cancelled", "you");
      await link.request("cancel", [new Uuid(txn)], record.id);
    });
    await Promise.allSettled(cancelled);
  }

  /**
   * Before a sign-out: transactions and live queries would go on as the user who signs out. Never
   * rejects: what comes of a live query that could not be killed is for nobody.
   */
  async endAll(): Promise<void> {
    const { live, record } = this.#session;
    const link = this.#owner.link(this.#session);
    const killed = live.serverIds().map((id) => link.request("kill", [new Uuid(id)], record.id));
    this.clearLive();
    await Promise.allSettled([this.cancelTransactions(), ...killed]);
  }

  #logTransaction(txn: string, what: string, by: Actor): void {
    const entry = {
      at: Date.now(),
      event: "transaction",
      by,
      text: `${txn} ${what}.`,
    } as const;
    this.#owner.history(this.#session, entry);
    this.#owner.changed(this.#session);
  }

  /** Transactions live on the socket, and end with it. */
  socketLost(): void {
    this.transactions.clear();
  }
}

/** What a server says of a live query that is over. */
function killed(): LiveEvent {
  const none = encodeValue(undefined);
  return { at: Date.now(), action: "KILLED", record: none, value: none };
}

/**
 * The result, which is a window on its frame, in a buffer of its own: cloning or keeping a window is
 * cloning or keeping the whole. A large one is nearly all of its frame, and isn't copied.
 */
function withoutFrame(result: ItemBytes): ItemBytes {
  return result.length < LARGE ? (result.slice() as ItemBytes) : result;
}

/** The parameters of RPC `query`; `bindings` are a CBOR map. */
export function queryParams(text: string, bindings?: Uint8Array): Uint8Array {
  const parts = [encodeValue(text)];
  if (bindings) parts.push(proveItem(bindings));
  return arrayOf(parts);
}

/** What a person is told where nobody knows whether a request ran. */
export function outcomeUnknown(label: string, cause: OutcomeUnknownError): SessionError {
  return new SessionError(
    "OutcomeUnknownError",
    `The connection was lost after this request was sent as “${label}”. It may have run. It was not repeated.`,
    `${cause.message} Look at the data before you send it again.`,
  );
}
