/**
 * One client of relayed requests: a socket of a page, or a page that uses the page API.
 *
 * A transaction or a live query belongs to the client and to the session of the client's in which it
 * began, and to the held session that ran it. The server binds neither to anything, so that is kept and
 * checked here: what isn't this client's own is refused, and what is its own ends with it.
 */
import { Table } from "surrealdb";
import { arrayItems, arrayOf } from "../../wire/cbor-parts.ts";
import type { ArrayBytes, ItemBytes } from "../../wire/proven.ts";
import { decodeValue } from "../../wire/values.ts";
import { SessionClosedError } from "../errors.ts";
import type { HeldSession } from "../held-session.ts";
import { CborPayload } from "../journal/payload.ts";
import type { LiveEvent } from "../live-queries.ts";
import type { SessionVariable } from "../model.ts";
import { identifier } from "../surql.ts";
import { bindingsOf, withVariables } from "./relay-bindings.ts";
import { RelayError } from "./relay-error.ts";
import { methodKind } from "./relay-methods.ts";
import { RelayQuery } from "./relay-query.ts";
import { NONE, uuidIn, uuidItem } from "./relay-values.ts";

/** A request as the client made it; ids are canonical UUIDs. */
export interface RelayCall {
  method: string;
  params?: ArrayBytes | undefined;
  txn?: string | undefined;
  /** Which of the client's own sessions asks; absent: its default session. */
  session?: string | undefined;
  /** That session's own variables, for `query`: those that nobody else has are bound. */
  variables?: readonly SessionVariable[] | undefined;
}

/** A result, and what began or ended with it under ids that the client will use. */
export interface RelayResult {
  result: ItemBytes;
  /** A transaction that began. */
  begunTransaction?: string;
  /** A transaction that is over. */
  endedTransaction?: string;
  /** Live queries that began. Their notifications come once `delivered` was called. */
  begunLive?: string[];
  /** Live queries that were killed. */
  endedLive?: string[];
}

/** A notification for the client, under the id by which it knows the live query. */
export interface RelayNotification extends LiveEvent {
  liveId: string;
  /** The client's own session in which the live query began. */
  session?: string | undefined;
}

/** What is known of everybody's live queries. */
export interface LiveDirectory {
  /** This client's from here on. */
  add(liveId: string, client: RelayClient): void;
  remove(liveId: string): void;
  /** Somebody else's: another client's, a view's. */
  isForeign(liveId: string, client: RelayClient): boolean;
}

/** The key of a client's default session. */
const DEFAULT = "default";

interface Owned {
  held: HeldSession;
  session: string | undefined;
}

interface Live extends Owned {
  /** What came before the client knew the id; undefined: it does. */
  early: RelayNotification[] | undefined;
}

export class RelayClient {
  readonly id: string;
  readonly #directory: LiveDirectory;
  readonly #notify: (notification: RelayNotification) => void;
  readonly #transactions = new Map<string, Owned>();
  readonly #live = new Map<string, Live>();
  #closed = false;

  /** @param id also the owner's id of its live queries in the held sessions' records */
  constructor(
    id: string,
    directory: LiveDirectory,
    notify: (notification: RelayNotification) => void,
  ) {
    this.id = id;
    this.#directory = directory;
    this.#notify = notify;
  }

  /** The live queries and transactions that go on, with the held session of each. */
  get owned(): { kind: "live" | "transaction"; id: string; held: HeldSession }[] {
    const live = [...this.#live].map(([id, { held }]) => ({ kind: "live" as const, id, held }));
    const open = [...this.#transactions].map(([id, { held }]) => ({
      kind: "transaction" as const,
      id,
      held,
    }));
    return [...live, ...open];
  }

  /**
   * Runs one request as `held`, or, where it names a transaction or a live query, as the held session
   * that this belongs to. Sent at most once.
   *
   * @param held undefined where nothing is routed any more: only what it owns can be named then
   * @param leaving is called with the session as which it runs, when it leaves, in the same task
   * @throws RelayError, and what a held session's requests throw
   */
  async call(
    call: RelayCall,
    held: HeldSession | undefined,
    leaving: (as: HeldSession) => void = () => undefined,
  ): Promise<RelayResult> {
    if (this.#closed) throw new SessionClosedError("The page's socket");
    const { method, txn, session } = call;
    if (methodKind(method) !== "data") throw notAllowed(method);
    if (method === "commit" || method === "cancel") return this.#finish(call, method, leaving);
    if (method === "kill") return this.#kill(call, leaving);
    const as = txn === undefined ? held : this.#ownTransaction(txn, session).held;
    if (method === "query") return this.#query(call, as, leaving);
    if (!as) throw notRouted();
    if (method === "begin" || method === "live") {
      if (txn !== undefined) throw invalid(`${method} can't run inside a transaction.`);
      return method === "begin"
        ? this.#begin(call, as, leaving)
        : this.#beginLive(call, as, leaving);
    }
    const result = await as.requests.forward(method, call.params, txn, () => leaving(as));
    return { result };
  }

  /** Its answer is on the way: from here on the client hears of what began with it. */
  delivered({ begunLive }: RelayResult): void {
    for (const id of begunLive ?? []) {
      const live = this.#live.get(id);
      const early = live?.early ?? [];
      if (live) live.early = undefined;
      for (const notification of early) this.#notify(notification);
    }
  }

  /** Its answer can't reach the client any more: what began with it is nobody's, and ends. */
  async undelivered({ begunTransaction, begunLive = [] }: RelayResult): Promise<void> {
    await this.#end((_owned, id) => id === begunTransaction || begunLive.includes(id));
  }

  /** A notification of a live query of this client's, from whichever held session. */
  notified(liveId: string, event: LiveEvent): void {
    const live = this.#live.get(liveId);
    if (!live || this.#closed) return;
    const notification = { ...event, liveId, session: live.session };
    if (event.action === "KILLED") this.#forgetLive(liveId);
    if (live.early) live.early.push(notification);
    else this.#notify(notification);
  }

  /** A live query that goes on since before the worker died. */
  adopt(held: HeldSession, liveId: string, pageSession: string): void {
    const session = pageSession === DEFAULT ? undefined : pageSession;
    this.#live.set(liveId, { held, session, early: undefined });
    this.#directory.add(liveId, this);
  }

  /** One of the client's own sessions was reset, detached or signed out: what it began ends. */
  async sessionOver(session: string | undefined): Promise<void> {
    await this.#end((owned) => owned.session === session);
  }

  /** Open transactions are cancelled: the person leaves the session that they are in. */
  async cancelTransactions(): Promise<void> {
    const open = [...this.#transactions];
    this.#transactions.clear();
    await Promise.allSettled(
      open.map(([txn, { held }]) => held.requests.finish(txn, "cancel", "page")),
    );
  }

  /**
   * Cancels one, by a person's word. Rejects where it couldn't be: then it is still open.
   * @returns false where it isn't this client's
   */
  async cancelTransaction(txn: string): Promise<boolean> {
    const owned = this.#transactions.get(txn);
    if (!owned) return false;
    const { requests } = owned.held;
    try {
      await requests.finish(txn, "cancel");
    } finally {
      if (!requests.transactions.has(txn)) this.#transactions.delete(txn);
    }
    return true;
  }

  /** The client is gone: its live queries are killed, its transactions cancelled, late answers dropped. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end(() => true);
  }

  async #end(which: (owned: Owned, id: string) => boolean): Promise<void> {
    const work: Promise<unknown>[] = [];
    for (const [txn, owned] of [...this.#transactions]) {
      if (!which(owned, txn)) continue;
      this.#transactions.delete(txn);
      work.push(owned.held.requests.finish(txn, "cancel", "page"));
    }
    for (const [id, owned] of [...this.#live]) {
      if (!which(owned, id)) continue;
      this.#forgetLive(id);
      work.push(owned.held.requests.endForPage(id));
    }
    // What can't be ended now ends with its socket or its session.
    await Promise.allSettled(work);
  }

  // ── One request ─────────────────────────────────────────────────────────────────────────────

  async #begin(
    { session }: RelayCall,
    held: HeldSession,
    leaving: (as: HeldSession) => void,
  ): Promise<RelayResult> {
    const txn = await held.requests.begin("page", () => leaving(held));
    if (this.#closed) await held.requests.finish(txn, "cancel", "page");
    else this.#transactions.set(txn, { held, session });
    return { result: uuidItem(txn), begunTransaction: txn };
  }

  async #finish(
    { params, session }: Pick<RelayCall, "params" | "session">,
    how: "commit" | "cancel",
    leaving: (as: HeldSession) => void,
  ): Promise<RelayResult> {
    // The server takes the last parameter.
    const txn = uuidIn(params && arrayItems(params).at(-1));
    if (txn === undefined) throw invalid(`${how} names its transaction by a UUID.`);
    const { held } = this.#ownTransaction(txn, session);
    try {
      await held.requests.finish(txn, how, "page", () => leaving(held));
    } finally {
      // Past the gate it is over, whatever the answer; before it, it is still open there.
      if (!held.requests.transactions.has(txn)) this.#transactions.delete(txn);
    }
    return { result: NONE, endedTransaction: txn };
  }

  #ownTransaction(txn: string, session: string | undefined): Owned {
    const owned = this.#transactions.get(txn);
    if (owned && owned.session === session) return owned;
    throw new RelayError(
      "TransactionLost",
      `transaction ${txn} is not open in this session. Nothing was sent. Transactions end with the connection they began on: begin a new one.`,
    );
  }

  /** RPC `live`, as the statement that it stands for: so it can be begun again after a restore. */
  async #beginLive(
    { params, session }: RelayCall,
    held: HeldSession,
    leaving: (as: HeldSession) => void,
  ): Promise<RelayResult> {
    const [table, diff] = params ? arrayItems(params).map(decodeValue) : [];
    const name = table instanceof Table ? table.name : table;
    if (typeof name !== "string" || name === "") throw invalid("live names its table.");
    const statement = `LIVE SELECT ${diff === true ? "DIFF" : "*"} FROM ${identifier(name)}`;
    const id = await held.requests.beginLive(
      statement,
      { viewId: this.id, pageSession: session ?? DEFAULT },
      () => leaving(held),
    );
    this.#takeLive(id, held, session);
    return { result: uuidItem(id), begunLive: [id] };
  }

  async #kill(
    { params, session }: RelayCall,
    leaving: (as: HeldSession) => void,
  ): Promise<RelayResult> {
    const id = uuidIn(params && arrayItems(params)[0]);
    if (id === undefined) throw invalid("kill names its live query by a UUID.");
    const { held } = this.#ownLive(id, session);
    await this.#killOwn(id, held, () => leaving(held));
    return { result: NONE, endedLive: [id] };
  }

  async #query(
    call: RelayCall,
    routed: HeldSession | undefined,
    leaving: (as: HeldSession) => void,
  ): Promise<RelayResult> {
    const { params = NO_PARAMS, txn, session, variables } = call;
    const [textItem, bindingsItem] = arrayItems(params);
    const text = textItem && new CborPayload(textItem).text();
    if (text === undefined) throw invalid("the first parameter of a query is its text.");
    if (!/live|kill/i.test(text)) {
      if (!routed) throw notRouted();
      const whole = withVariables(params, routed, variables);
      return { result: await routed.requests.forward("query", whole, txn, () => leaving(routed)) };
    }
    const query = new RelayQuery(text, params, bindingsOf(bindingsItem), routed, {
      own: (id) => {
        const live = this.#live.get(id);
        if (!live || live.session !== session) return undefined;
        return { held: live.held, serverId: live.held.live.serverId(id) };
      },
      isForeign: (id) => this.#directory.isForeign(id, this),
    });
    const as = query.owner ?? routed;
    if (!as) throw notRouted();
    const { requests } = as;
    if (query.killsLost) {
      for (const id of query.kills) await this.#killOwn(id, as, () => leaving(as));
      return { result: query.allKilled, endedLive: [...query.kills] };
    }
    const whole = withVariables(query.params, as, variables);
    const result = await requests.forward("query", whole, txn, () => leaving(as));
    const owner = { viewId: this.id, pageSession: session ?? DEFAULT };
    const bindings = arrayItems(whole)[1]?.slice();
    const begunLive = requests.noteLive(query.text, bindings, result, owner);
    for (const id of begunLive) this.#takeLive(id, as, session);
    const endedLive = query.killedBy(result);
    for (const id of endedLive) {
      await requests.forgetLive(id);
      this.#forgetLive(id);
    }
    return { result, begunLive, endedLive };
  }

  /** Kills it at the server, where it is there, and takes it off the list: nobody begins it again. */
  async #killOwn(id: string, { requests }: HeldSession, leaving: () => void): Promise<void> {
    await requests.kill(id, "page", leaving);
    await requests.forgetLive(id);
    this.#forgetLive(id);
  }

  #takeLive(id: string, held: HeldSession, session: string | undefined): void {
    if (this.#closed) {
      void held.requests.endForPage(id);
      return;
    }
    this.#live.set(id, { held, session, early: [] });
    this.#directory.add(id, this);
  }

  #forgetLive(id: string): void {
    this.#live.delete(id);
    this.#directory.remove(id);
  }

  #ownLive(id: string, session: string | undefined): Live {
    const live = this.#live.get(id);
    if (live && live.session === session) return live;
    throw new RelayError(
      "LiveQueryNotFound",
      `live query ${id} doesn't run in this session. Nothing was sent.`,
    );
  }
}

const NO_PARAMS = arrayOf([]);

function notAllowed(method: string): RelayError {
  return new RelayError(
    "MethodNotAllowed",
    `“${method.slice(0, 60)}” is no method that can be passed on. Nothing was sent.`,
  );
}

function notRouted(): RelayError {
  return new RelayError(
    "CannotServe",
    "this tab runs as the page's own session now. Nothing was sent.",
  );
}

function invalid(why: string): RelayError {
  return new RelayError("InvalidRequest", `${why} Nothing was sent.`);
}
