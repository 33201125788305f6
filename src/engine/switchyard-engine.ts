/**
 * An engine for the official SDK: its requests run as a session that Switchyard holds.
 *
 * `connect("switchyard://Bob")` finds the session by its label or id among those that are granted to
 * this page, and asks the person for access where it isn't there. What would change who or where the
 * session is, is refused: it is the person's. What the SDK's own sessions need beyond that is
 * `virtual-session.ts`.
 */
import {
  ChannelIterator,
  type ConnectionState,
  type DriverContext,
  type EngineEvents,
  Features,
  LiveDispatcher,
  type LiveMessage,
  Publisher,
  parseRpcError,
  RpcEngine,
  type RpcRequest,
  type Session,
  type SurrealEngine,
  UnsupportedFeatureError,
  Uuid,
  type VersionInfo,
} from "surrealdb";
import {
  API_ERRORS,
  type ApiEvents,
  type ApiNotification,
  type ApiSession,
} from "../messages/api-messages.ts";
import { refused, SwitchyardError, toSdkError } from "./engine-error.ts";
import { findSession, nameIn } from "./find-session.ts";
import { findProvider, type SwitchyardProvider } from "./provider.ts";
import { VirtualSession } from "./virtual-session.ts";

export interface SwitchyardEngineOptions {
  /** Shown to the person where access has to be asked for. */
  reason?: string;
  /** Instead of `window.switchyard`. */
  provider?: SwitchyardProvider;
}

/** Ends an engine's connection: why, or undefined where it was closed by the page itself. */
type Ending = Error | undefined;

const ROOT = "root";

export class SwitchyardEngine extends RpcEngine implements SurrealEngine {
  readonly features: SurrealEngine["features"] = new Set([
    Features.LiveQueries,
    Features.Sessions,
    Features.Transactions,
    Features.Api,
  ]);
  readonly #options: SwitchyardEngineOptions;
  readonly #publisher = new Publisher<EngineEvents>();
  readonly #dispatcher = new LiveDispatcher();
  #provider: SwitchyardProvider | undefined;
  #granted: ApiSession | undefined;
  #sessions = new Map<string, VirtualSession>();
  #end: (why: Ending) => void = () => undefined;
  #failure: Error | undefined;
  #wasConnected = false;
  #closed = false;

  constructor(context: DriverContext, options: SwitchyardEngineOptions) {
    super(context);
    this.#options = options;
  }

  subscribe<K extends keyof EngineEvents>(
    event: K,
    listener: (...payload: EngineEvents[K]) => void,
  ): () => void {
    return this.#publisher.subscribe(event, listener);
  }

  // ── The connection ──────────────────────────────────────────────────────────────────────────

  open(state: ConnectionState): void {
    this._state = state;
    this.#closed = false;
    void this.#stayConnected(state);
  }

  /** Connects, and again after Switchyard was lost, as often as the page's options say. */
  async #stayConnected(state: ConnectionState): Promise<void> {
    const { reconnect } = state;
    for (;;) {
      const why = await this.#connectOnce(state);
      if (this.#closed) return;
      const wasLost = why instanceof SwitchyardError && why.code === API_ERRORS.disconnected;
      if (!wasLost || !this.#wasConnected || !reconnect.allowed) {
        this.#fail(why ?? lost());
        return;
      }
      reconnect.propagate(why);
      this.#publisher.publish("reconnecting");
      await reconnect.iterate();
      if (this.#closed) return;
    }
  }

  /**
   * The SDK listens to no errors of an engine. But it asks a connection that is new for its version,
   * and tells what that throws to whoever waits for it, and closes the engine.
   */
  #fail(why: Error): void {
    this.#failure = why;
    this.#publisher.publish("connected");
  }

  /** Resolves when the connection is over, or where it couldn't be made: with why. */
  async #connectOnce(state: ConnectionState): Promise<Ending> {
    let stop: () => void = () => undefined;
    try {
      const provider = this.#options.provider ?? (await findProvider());
      const granted = await findSession(provider, nameIn(state.url), this.#options.reason);
      if (this.#closed) return undefined;
      this.#provider = provider;
      this.#follow(granted);
      this.#sessions = new Map([[ROOT, new VirtualSession()]]);
      const over = new Promise<Ending>((resolve) => {
        this.#end = resolve;
      });
      stop = this.#listen(provider);
      state.reconnect.reset();
      this.#wasConnected = true;
      this.#publisher.publish("connected");
      return await over;
    } catch (error) {
      return toSdkError(error);
    } finally {
      stop();
      this.#dispatcher.clear();
      this.#granted = undefined;
      this.#provider = undefined;
    }
  }

  #listen(provider: SwitchyardProvider): () => void {
    const notified = (notification: ApiNotification) => this.#notified(notification);
    const changed = (sessions: ApiSession[]) => {
      const granted = sessions.find(({ id }) => id === this.#granted?.id);
      if (granted) this.#follow(granted);
      else this.#end(refused("unauthorized", "Access to this session was taken back."));
    };
    const disconnected = (error: ApiEvents["disconnect"]) => this.#end(toSdkError(error));
    provider.on("notification", notified);
    provider.on("sessionsChanged", changed);
    provider.on("disconnect", disconnected);
    return () => {
      provider.removeListener("notification", notified);
      provider.removeListener("sessionsChanged", changed);
      provider.removeListener("disconnect", disconnected);
    };
  }

  /** The SDK is told where the session is: at first, and when the person selects another place. */
  #follow(granted: ApiSession): void {
    const before = this.#granted;
    this.#granted = granted;
    const state = this._state;
    if (!state) return;
    const { rootSession } = state;
    rootSession.namespace ??= granted.namespace;
    rootSession.database ??= granted.database;
    if (!before) return;
    for (const session of [rootSession, ...state.sessions.values()]) {
      if (session.namespace === before.namespace) session.namespace = granted.namespace;
      if (session.database === before.database) session.database = granted.database;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#sessions.values()].map((session) => this.#endAll(session)));
    this._state = undefined;
    this.#end(undefined);
    this.#publisher.publish("disconnected");
  }

  ready(): void {
    // After a reconnect. Nothing is sent again: what was on its way may have run.
  }

  // ── Requests ────────────────────────────────────────────────────────────────────────────────

  override async health(): Promise<void> {
    await this.#rpc("ping");
  }

  override async version(): Promise<VersionInfo> {
    if (this.#failure) throw this.#failure;
    return { version: String(await this.#rpc("version")) };
  }

  override importSql(): Promise<void> {
    throw new UnsupportedFeatureError(Features.ExportImportRaw);
  }

  override exportSql(): Promise<Response> {
    throw new UnsupportedFeatureError(Features.ExportImportRaw);
  }

  override exportMlModel(): Promise<Response> {
    throw new UnsupportedFeatureError(Features.SurrealML);
  }

  async send<Method extends string, Params extends unknown[] | undefined, Result>(
    request: RpcRequest<Method, Params>,
  ): Promise<Result> {
    return (await this.#carryOut(request)) as Result;
  }

  async #carryOut({
    method,
    params,
    session: id,
    txn,
  }: RpcRequest<string, unknown[] | undefined>): Promise<unknown> {
    const [first, second] = params ?? [];
    if (method === "attach") return this.#attach(id);
    if (method === "sessions") return this.#attached();
    const session = this.#session(id);
    switch (method) {
      case "detach":
        await this.#endAll(session);
        this.#sessions.delete(String(id));
        return undefined;
      case "use":
        return this.#use(first, second);
      case "let":
      case "set":
        return session.set(String(first), second);
      case "unset":
        return session.unset(String(first));
      case "begin": {
        const begun = await this.#rpc("begin");
        session.transactions.add(String(begun));
        return begun;
      }
      case "commit":
      case "cancel":
        session.assertTransaction(String(first));
        session.transactions.delete(String(first));
        return this.#rpc(method, [first]);
      case "query":
        return this.#query(session, first, second, txn);
      default:
        // What may not be called through the page API is refused there, in the same words for all.
        if (txn) session.assertTransaction(String(txn));
        return this.#rpc(method, params, txn);
    }
  }

  async #query(session: VirtualSession, text: unknown, bindings: unknown, txn: Uuid | undefined) {
    if (txn) session.assertTransaction(String(txn));
    const results = await this.#rpc("query", [text, session.bindings(bindings)], txn);
    session.noteQuery(text, results as Parameters<VirtualSession["noteQuery"]>[1]);
    return results;
  }

  /** One RPC through the granted session. Never sent twice. */
  async #rpc(method: string, params?: unknown[], txn?: Uuid): Promise<unknown> {
    const provider = this.#provider;
    const granted = this.#granted;
    if (!provider || !granted) throw lost();
    const { cbor } = this._context.codecs;
    try {
      const { result } = await provider.request({
        method: "switchyard_rpc",
        params: {
          session: granted.id,
          method,
          ...(params ? { params: cbor.encode(params) } : {}),
          ...(txn ? { txn: String(txn) } : {}),
        },
      });
      return cbor.decode(result);
    } catch (error) {
      throw toSdkError(error);
    }
  }

  #use(namespace: unknown, database: unknown) {
    const place = { namespace: this.#granted?.namespace, database: this.#granted?.database };
    const stays =
      (namespace === undefined || namespace === place.namespace) &&
      (database === undefined || database === place.database);
    if (stays) return place;
    throw refused(
      "unsupported",
      `This session is in ${place.namespace ?? "no namespace"}/${place.database ?? "no database"}, and a page can't change that. Select it in Switchyard, or connect to another session.`,
    );
  }

  // ── Sessions ────────────────────────────────────────────────────────────────────────────────

  #session(id: Session): VirtualSession {
    const found = this.#sessions.get(id === undefined ? ROOT : String(id));
    if (found) return found;
    throw parseRpcError({
      code: -32000,
      kind: "NotFound",
      message: `Session not found: ${id}`,
      details: { kind: "Session", details: { id: String(id) } },
    });
  }

  #attach(id: Session): void {
    const key = String(id);
    if (this.#sessions.has(key)) {
      throw parseRpcError({
        code: -32000,
        kind: "AlreadyExists",
        message: `Session already exists: ${key}`,
        details: { kind: "Session", details: { id: key } },
      });
    }
    this.#sessions.set(key, new VirtualSession());
  }

  #attached(): Uuid[] {
    return [...this.#sessions.keys()].filter((key) => key !== ROOT).map((key) => new Uuid(key));
  }

  /** What the session began ends with it. Never rejects: what can't be ended ends with the page. */
  async #endAll({ transactions, live }: VirtualSession): Promise<void> {
    const cancelled = [...transactions].map((txn) => this.#rpc("cancel", [new Uuid(txn)]));
    const killed = [...live].map((id) => this.#rpc("kill", [new Uuid(id)]));
    transactions.clear();
    live.clear();
    await Promise.allSettled([...cancelled, ...killed]);
  }

  // ── Live queries ────────────────────────────────────────────────────────────────────────────

  liveQuery(id: Uuid): AsyncIterable<LiveMessage> {
    const channel = new ChannelIterator<LiveMessage>(() => {
      unsubscribe();
      unsubscribeEnd();
    });
    const unsubscribe = this.#dispatcher.subscribe(id.toString(), (message) =>
      channel.submit(message),
    );
    const unsubscribeEnd = this.#publisher.subscribe("disconnected", () => channel.cancel());
    return channel;
  }

  #notified({ session, id, action, record, result }: ApiNotification): void {
    if (session !== this.#granted?.id) return;
    // Another engine of this page may listen in the same session: its queries aren't ours.
    const owner = [...this.#sessions.values()].find(({ live }) => live.has(id));
    if (!owner) return;
    const queryId = new Uuid(id);
    if (action === "KILLED") {
      owner.live.delete(id);
      this.#dispatcher.dispatch(id, { queryId, action });
      return;
    }
    const { cbor } = this._context.codecs;
    const message = { queryId, action, recordId: cbor.decode(record), value: cbor.decode(result) };
    this.#dispatcher.dispatch(id, message as LiveMessage);
  }
}

function lost(): SwitchyardError {
  return refused("disconnected", "The connection to Switchyard is lost. Nothing was sent.");
}
