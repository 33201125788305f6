/**
 * One socket: its sessions, its transactions, and the way of each of its requests to the engine.
 *
 * The engine keeps all sessions, transactions and live queries of everybody together and lets anyone use
 * any of them. What makes a server of it is kept here: a socket reaches what it made itself and nothing
 * else, and when it goes, everything it made goes too.
 *
 * Requests run concurrently. Only changes of one session are put in order, as on a real server, where they
 * hold the session's write lock.
 */
import { Uuid } from "surrealdb";
import { ClientSession } from "./client-session.ts";
import type { Engine, Notification } from "./engine.ts";
import { guardKill } from "./foreign-kill.ts";
import type { FrameFormat, Request, Response } from "./frames.ts";
import type { Guests } from "./guests.ts";
import type { LiveQueries } from "./live-queries.ts";
import { CHANGES_IDENTITY, roleOf } from "./methods.ts";
import {
  anonymousNotAllowed,
  isSessionExpired,
  liveQueryNotFound,
  namespaceEmpty,
  sessionExists,
  sessionNotFound,
  toWireError,
} from "./rpc-error.ts";

/** What all sockets of one server share. */
export interface Shared {
  engine: Engine;
  liveQueries: LiveQueries;
  /** Ids of sessions that are in the engine now. */
  engineIds: Set<string>;
  /** Present if anonymous sessions may query. */
  guests: Guests | undefined;
  /** Called for each request, before it is served. */
  onRequest(method: string): void;
}

/** What a socket has made so far. */
export interface ConnectionStats {
  format: "cbor" | "json";
  /** The attached sessions; the default session is not among them. */
  sessions: string[];
  liveQueries: number;
  transactions: number;
}

interface QueryResult {
  status?: string;
  result?: unknown;
  type?: string;
}

/** Whom the engine takes a session for, and what is selected. */
interface EngineState {
  token?: unknown;
  session: { ns?: string; db?: string };
}

export class Connection {
  readonly #format: FrameFormat;
  readonly #shared: Shared;
  readonly #write: (frame: Uint8Array | string) => void;
  readonly #default: ClientSession;
  readonly #sessions = new Map<string, ClientSession>();
  readonly #transactions = new Map<string, ClientSession>();
  #closed = false;

  /** Begins a socket; its default session is attached to the engine at once. */
  constructor(format: FrameFormat, shared: Shared, write: (frame: Uint8Array | string) => void) {
    this.#format = format;
    this.#shared = shared;
    this.#write = write;
    this.#default = new ClientSession(undefined, this.#claim(Uuid.v7()));
    // A failure shows in the first request, for which the engine then knows no session.
    this.#attachToEngine(this.#default).catch(() => undefined);
  }

  get stats(): ConnectionStats {
    const all = [this.#default, ...this.#sessions.values()];
    return {
      format: this.#format.name,
      sessions: [...this.#sessions.keys()],
      liveQueries: all.reduce((sum, one) => sum + this.#shared.liveQueries.count(one), 0),
      transactions: this.#transactions.size,
    };
  }

  /** Serves one message. Never throws: what goes wrong is answered. */
  async receive(message: Uint8Array): Promise<void> {
    let request: Request;
    try {
      request = this.#format.readRequest(message);
    } catch (error) {
      // As the real server: an error without id, and the socket stays open.
      this.#send({ error: toWireError(error) });
      return;
    }
    this.#shared.onRequest(request.method);
    const begun: Uuid[] = [];
    const response: Response = {};
    if (request.id !== undefined) response.id = request.id;
    if (request.session) response.session = request.session;
    try {
      response.result = await this.#serve(request, begun);
    } catch (error) {
      response.error = toWireError(error);
    }
    this.#send(response);
    for (const id of begun) this.#shared.liveQueries.open(id);
  }

  /**
   * Ends everything the socket made. The engine is told at once; nobody waits for running queries.
   * Resolves when the engine has let go.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { engine } = this.#shared;
    const cancelled = [...this.#transactions.keys()].map((txn) =>
      engine.send({ method: "cancel", params: [new Uuid(txn)] }),
    );
    const detached = [this.#default, ...this.#sessions.values()].map((one) =>
      this.#detachFromEngine(one),
    );
    this.#sessions.clear();
    this.#transactions.clear();
    await Promise.allSettled([...cancelled, ...detached]);
  }

  async #serve(request: Request, begun: Uuid[]): Promise<unknown> {
    const { engine } = this.#shared;
    const { method, params } = request;
    const role = roleOf(method);
    if (role === "plain") return engine.send({ method, params });
    if (role === "unknown") return engine.send({ method: "unknown" });
    if (role === "session") return this.#serveSessions(method, request.session);

    const session = this.#find(request.session);
    if (role === "state") return session.change(() => this.#change(session, method, params));

    await session.settled();
    const txn = request.txn && this.#ownTransaction(request.txn, session);
    if (role === "transaction") return this.#serveTransaction(session, method, params);
    if (session.identity === "anonymous") throw anonymousNotAllowed();
    return this.#query(session, { method, params, txn }, begun);
  }

  // Sessions

  async #serveSessions(method: string, id: Uuid | undefined): Promise<unknown> {
    if (method === "sessions") return [...this.#sessions.keys()].map((key) => new Uuid(key));
    // The engine's own words for a missing id.
    if (!id) return this.#shared.engine.send({ method });
    const key = id.toString();
    const known = this.#sessions.get(key);
    if (method === "detach") {
      this.#sessions.delete(key);
      if (known) await this.#detachFromEngine(known);
      return undefined;
    }
    if (known) throw sessionExists(id);
    const session = new ClientSession(id, this.#claim(id));
    this.#sessions.set(key, session);
    await this.#attachToEngine(session);
    return undefined;
  }

  #find(id: Uuid | undefined): ClientSession {
    if (!id) return this.#default;
    const session = this.#sessions.get(id.toString());
    if (!session) throw sessionNotFound(id);
    return session;
  }

  /**
   * The id for a session in the engine: the client's own, so that `$session.id` is right everywhere. Only
   * where another socket has the same id at the same time (an SDK that reconnected before its old
   * socket was found dead) it is a new one, and `$session.id` shows that.
   */
  #claim(wanted: Uuid): Uuid {
    const { engineIds } = this.#shared;
    const id = engineIds.has(wanted.toString()) ? Uuid.v7() : wanted;
    engineIds.add(id.toString());
    return id;
  }

  #attachToEngine(session: ClientSession): Promise<unknown> {
    return session.change(async () => {
      await this.#shared.engine.send({ method: "attach", session: session.engineId });
      await this.#shared.guests?.admit(session, undefined);
    });
  }

  async #detachFromEngine(session: ClientSession): Promise<void> {
    this.#shared.liveQueries.endAll(session);
    await this.#shared.engine.send({ method: "detach", session: session.engineId });
    this.#shared.engineIds.delete(session.engineId.toString());
  }

  // Changes of a session

  async #change(session: ClientSession, method: string, params: unknown[]): Promise<unknown> {
    if (method === "use") refuseDatabaseWithoutNamespace(session, params);
    try {
      const request = { method, params, session: session.engineId };
      const result = await this.#shared.engine.send(request);
      if (method === "use") {
        session.namespace = (result as { namespace?: string }).namespace;
      }
      if (method === "reset") this.#shared.liveQueries.endAll(session);
      return result;
    } finally {
      // A failed sign-in may have changed the session as well: the engine knows.
      if (CHANGES_IDENTITY.has(method)) await this.#learnIdentity(session);
    }
  }

  async #learnIdentity(session: ClientSession): Promise<void> {
    // Both whole: a path like $session.ns needs a namespace where none is selected.
    const request = {
      method: "query",
      params: ["RETURN { token: $token, session: $session }"],
      session: session.engineId,
    };
    let answer: QueryResult[];
    try {
      answer = (await this.#shared.engine.send(request)) as QueryResult[];
    } catch (error) {
      if (!isSessionExpired(error)) throw error;
      // The engine refuses each query of an expired session by itself, and before it asks who it is.
      session.identity = "known";
      return;
    }
    const state = answer[0]?.result as EngineState;
    session.namespace = state.session.ns;
    if (state.token) {
      const stillGuest = session.identity === "guest" && this.#isHidden(state.token);
      session.identity = stillGuest ? "guest" : "known";
    } else {
      session.identity = "anonymous";
      await this.#shared.guests?.admit(session, state.session.db);
    }
  }

  #isHidden(token: unknown): boolean {
    return this.#shared.guests?.hide(token) === undefined;
  }

  // Transactions

  /**
   * A transaction as this session may name it. The engine would let any session use it; for a foreign one
   * it gets an id that nobody has, and answers "Transaction not found" itself.
   */
  #ownTransaction(txn: Uuid, session: ClientSession): Uuid {
    return this.#transactions.get(txn.toString()) === session ? txn : Uuid.v7();
  }

  async #serveTransaction(session: ClientSession, method: string, params: unknown[]) {
    const { engine } = this.#shared;
    if (method === "begin") {
      const begun = await engine.send({ method, session: session.engineId });
      const id = begun as Uuid;
      if (this.#closed) await engine.send({ method: "cancel", params: [id] });
      else this.#transactions.set(id.toString(), session);
      return begun;
    }
    // The real server takes the last parameter.
    const named = params.at(-1);
    if (!(named instanceof Uuid)) return engine.send({ method, params, session: session.engineId });
    const own = this.#ownTransaction(named, session);
    if (own === named) this.#transactions.delete(named.toString());
    return engine.send({ method, params: [own], session: session.engineId });
  }

  // Queries

  async #query(
    session: ClientSession,
    request: { method: string; params: unknown[]; txn: Uuid | undefined },
    begun: Uuid[],
  ): Promise<unknown> {
    const { engine, guests, liveQueries } = this.#shared;
    const { method, txn } = request;
    const isForeign = (id: string) => liveQueries.isForeign(id, session);
    const target = String(request.params[0]);
    if (method === "kill" && isForeign(target)) throw liveQueryNotFound(target);
    const guard =
      method === "query" ? guardKill(request.params, isForeign) : { params: request.params };
    const { params } = guard;
    const answer = await engine.send({ method, params, session: session.engineId, txn });
    for (const id of this.#closed ? [] : liveIds(method, answer)) {
      liveQueries.begin(id, session, (notification) => this.#notify(notification, session));
      begun.push(id);
    }
    const result = "restore" in guard ? guard.restore(answer) : answer;
    return session.identity === "guest" && guests ? guests.hide(result) : result;
  }

  #notify(notification: Notification, session: ClientSession): void {
    const response: Response = {
      result: { ...notification, session: session.clientId ?? session.engineId },
    };
    if (session.clientId) response.session = session.clientId;
    this.#send(response);
  }

  #send(response: Response): void {
    if (this.#closed) return;
    let frame: Uint8Array | string;
    try {
      frame = this.#format.write(response);
    } catch (error) {
      const { result: _unwritable, ...envelope } = response;
      frame = this.#format.write({ ...envelope, error: toWireError(error) });
    }
    this.#write(frame);
  }
}

function refuseDatabaseWithoutNamespace(session: ClientSession, params: unknown[]): void {
  const [namespace, database] = params;
  const selected = namespace === undefined ? session.namespace : namespace;
  if (typeof database === "string" && typeof selected !== "string") throw namespaceEmpty();
}

function liveIds(method: string, answer: unknown): Uuid[] {
  if (method === "live") return answer instanceof Uuid ? [answer] : [];
  if (method !== "query" || !Array.isArray(answer)) return [];
  return answer
    .filter((result: QueryResult) => result.type === "live" && result.status === "OK")
    .map((result: QueryResult) => result.result)
    .filter((id): id is Uuid => id instanceof Uuid);
}
