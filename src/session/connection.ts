/**
 * One socket per connection profile, many sessions on it.
 *
 * The connection opens the socket, asks the version, has every session set up again, and when the
 * socket is lost does so anew, with growing pauses. It never sends a request a second time: what was
 * outstanding when the socket died ends with "outcome unknown".
 */
import type { ItemBytes } from "../wire/proven.ts";
import { RpcSocket, type SocketClose, type WebSocketLike } from "../wire/rpc-socket.ts";
import {
  closedByYou,
  explainConnectError,
  healthUrl,
  lost,
  notSurrealdb,
  offline,
  type Probe,
} from "./connection-failures.ts";
import { isLocal } from "./connection-url.ts";
import { NotConnectedError } from "./errors.ts";
import type { HeldSession } from "./held-session.ts";
import type { ConnectionState, ConnectionView, Failure } from "./model.ts";
import type { SessionLink } from "./session-owner.ts";
import type { Profile } from "./store.ts";

/** Back-off between attempts, in milliseconds, before jitter (design §5). */
const FIRST_PAUSE = 100;
const LAST_PAUSE = 10_000;
/** A server that doesn't answer `version` by then isn't SurrealDB, in milliseconds. */
const VERSION_PATIENCE = 5_000;

/** What a connection needs of its surroundings. */
export interface ConnectionSurroundings {
  createWebSocket?: (url: string, protocols: string[]) => WebSocketLike;
  probe: Probe;
  online: () => boolean;
  /** Whether anybody would miss a socket that dies unnoticed; default: always. */
  watched?: () => boolean;
}

export interface ConnectionOwner {
  /** The sessions on this connection that are to be set up at the server. */
  sessionsOf(connectionId: string): HeldSession[];
  /** All sessions on this connection that aren't closed. */
  openSessionsOf(connectionId: string): HeldSession[];
  /** The session with this UUID at the server; undefined: the default session. */
  sessionFor(connectionId: string, id: string | undefined): HeldSession | undefined;
  changed(connection: Connection): void;
  /** The version is known, and the sessions may be set up. */
  ready(connection: Connection): Promise<void>;
}

export class Connection implements SessionLink {
  profile: Profile;
  readonly #owner: ConnectionOwner;
  readonly #surroundings: ConnectionSurroundings;
  #state: ConnectionState;
  #since = Date.now();
  #socket: RpcSocket | undefined;
  #version: string | undefined;
  #strayFrames = 0;
  #lastStray: string | undefined;
  #pause = FIRST_PAUSE;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Each attempt and each close makes what an earlier one still awaits void. */
  #attempt = 0;
  #settled: (() => void)[] = [];

  constructor(profile: Profile, owner: ConnectionOwner, surroundings: ConnectionSurroundings) {
    this.profile = profile;
    this.#owner = owner;
    this.#surroundings = surroundings;
    this.#state = profile.disconnected
      ? { kind: "closed", failure: closedByYou() }
      : { kind: "idle" };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isUp(): boolean {
    return this.#socket?.state === "open";
  }

  get version(): string | undefined {
    return this.#version;
  }

  /** Unknown versions (a server may forbid the method) are taken for new ones: attach will tell. */
  get sessionsSupported(): boolean {
    return this.#version === undefined || major(this.#version) >= 3;
  }

  get view(): ConnectionView {
    const { id, name, url, namespace, database, careful } = this.profile;
    return {
      id,
      name,
      url,
      namespace,
      database,
      state: this.#state,
      since: this.#since,
      version: this.#version,
      sessionsSupported: this.#version === undefined ? undefined : this.sessionsSupported,
      strayFrames: this.#strayFrames,
      lastStray: this.#lastStray,
      local: isLocal(url),
      ...(careful && { careful }),
    };
  }

  /** Connects if it isn't connected or connecting already. */
  open(): void {
    const { kind } = this.#state;
    if (kind === "idle" || kind === "closed") this.retry();
  }

  /** "Retry now": at once, whatever the pause. */
  retry(): void {
    if (this.isUp) return;
    this.#pause = FIRST_PAUSE;
    void this.#connect();
  }

  /** The network came back, or the machine woke up. */
  networkChanged(): void {
    if (this.#state.kind === "waiting") this.retry();
  }

  /** Resolves when it is open, or has failed to be; after `patience` milliseconds at the latest. */
  async settled(patience: number): Promise<void> {
    if (this.isUp || this.#state.kind === "waiting" || this.#state.kind === "closed") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      new Promise<void>((resolve) => this.#settled.push(resolve)),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience);
      }),
    ]);
    clearTimeout(timer);
  }

  /** Closes for good, until `open` or `retry`. */
  close(failure?: Failure): void {
    this.#attempt += 1;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#sessionsLost(failure?.message);
    this.#become({ kind: "closed", failure });
  }

  async request(
    method: string,
    params: readonly unknown[] | undefined,
    session: string | undefined,
    txn?: string,
  ): Promise<unknown> {
    return this.#open().request({ method, params, session, txn });
  }

  async requestBytes(
    method: string,
    params: Uint8Array | undefined,
    session: string | undefined,
    txn?: string,
  ): Promise<ItemBytes> {
    return this.#open().requestBytes({ method, params, session, txn });
  }

  #open(): RpcSocket {
    if (this.#socket?.state === "open") return this.#socket;
    throw new NotConnectedError(this.profile.name, this.#why());
  }

  #why(): string {
    const state = this.#state;
    if (state.kind === "waiting") return state.failure.message;
    if (state.kind === "closed") return state.failure?.message ?? "It was disconnected.";
    return "It is still connecting.";
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#attempt += 1;
    const attempt = this.#attempt;
    const failure = this.#state.kind === "waiting" ? this.#state.failure : undefined;
    this.#become({ kind: "connecting", failure });
    if (!this.#surroundings.online() && !isLocal(this.profile.url)) return this.#wait(offline());
    // Firefox holds a socket back, up to a minute, to where others failed (FailDelayManager in its
    // WebSocketChannel.cpp). So where nothing listened, the next is tried once HTTP answers.
    if (failure?.code === "refused" || failure?.code === "tls") {
      const answers = await this.#surroundings.probe(healthUrl(this.profile.url));
      if (attempt !== this.#attempt) return;
      if (!answers) return this.#wait(failure);
    }
    let socket: RpcSocket | undefined;
    try {
      socket = await this.#openSocket(attempt);
      if (attempt !== this.#attempt) {
        socket.close();
        return;
      }
      this.#version = await askVersion(socket);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      // Closed by ourselves, as far as the socket's close event is concerned.
      this.#attempt += 1;
      const failure = socket
        ? notSurrealdb(this.profile.url)
        : await explainConnectError(
            error,
            this.profile.url,
            this.#surroundings.probe,
            this.#surroundings.online(),
          );
      socket?.close();
      if (attempt + 1 === this.#attempt) this.#wait(failure);
      return;
    }
    if (attempt !== this.#attempt) return;
    this.#socket = socket;
    this.#strayFrames = 0;
    this.#lastStray = undefined;
    await this.#restore(attempt);
  }

  #openSocket(attempt: number): Promise<RpcSocket> {
    return RpcSocket.open({
      url: this.profile.url,
      createWebSocket: this.#surroundings.createWebSocket,
      pingWhile: this.#surroundings.watched,
      onNotification: (notification) => {
        if (attempt !== this.#attempt) return;
        this.#owner.sessionFor(this.profile.id, notification.session)?.notified(notification);
      },
      onClose: (cause) => this.#closed(attempt, cause),
      onStrayFrame: ({ reason }) => {
        if (attempt !== this.#attempt) return;
        this.#strayFrames += 1;
        this.#lastStray = reason;
        this.#owner.changed(this);
      },
    });
  }

  async #restore(attempt: number): Promise<void> {
    await this.#owner.ready(this);
    const sessions = this.#owner.sessionsOf(this.profile.id);
    let done = 0;
    if (sessions.length > 0) this.#become({ kind: "restoring", done, total: sessions.length });
    await Promise.all(
      sessions.map(async (session) => {
        await session.restore();
        done += 1;
        if (attempt === this.#attempt && this.isUp) {
          this.#state = { kind: "restoring", done, total: sessions.length };
          this.#owner.changed(this);
        }
      }),
    );
    if (attempt !== this.#attempt || !this.isUp) return;
    this.#pause = FIRST_PAUSE;
    this.#become({ kind: "open" });
  }

  #closed(attempt: number, cause: SocketClose): void {
    if (attempt !== this.#attempt) return;
    this.#attempt += 1;
    this.#socket = undefined;
    this.#sessionsLost();
    this.#wait(lost(cause.reason));
  }

  #sessionsLost(forGood?: string): void {
    const now = Date.now();
    for (const session of this.#owner.openSessionsOf(this.profile.id)) {
      session.socketLost(now, forGood);
    }
  }

  #wait(failure: Failure): void {
    // Half of the pause is chance, so that many clients of one server don't come back at once.
    const pause = this.#pause * (0.5 + Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, LAST_PAUSE);
    this.#become({ kind: "waiting", retryAt: Date.now() + pause, failure });
    this.#timer = setTimeout(() => void this.#connect(), pause);
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#since = Date.now();
    this.#owner.changed(this);
    if (state.kind !== "connecting") for (const resolve of this.#settled.splice(0)) resolve();
  }
}

/**
 * `surrealdb-3.0.2` → `3.0.2`; undefined where the server forbids the method.
 * @throws Error when the answer isn't SurrealDB's, or there is none
 */
async function askVersion(socket: RpcSocket): Promise<string | undefined> {
  let answer: unknown;
  try {
    answer = await socket.request({ method: "version" }, { timeout: VERSION_PATIENCE });
  } catch (error) {
    // A server that refuses in SurrealDB's own form is one.
    if (error instanceof Error && "kind" in error && error.kind === "NotAllowed") return undefined;
    throw error;
  }
  const text =
    typeof answer === "object" && answer !== null && "version" in answer ? answer.version : answer;
  const version = typeof text === "string" ? /\d+\.\d+\.\d+\S*/.exec(text)?.[0] : undefined;
  if (version === undefined) throw new Error(`Not a version of SurrealDB: ${String(text)}`);
  return version;
}

function major(version: string): number {
  return Number.parseInt(version, 10);
}
