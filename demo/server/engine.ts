/**
 * The embedded SurrealDB engine, as one thing to send requests to.
 *
 * `@surrealdb/node` is made to sit below the official SDK; here it sits below a server. Two things
 * differ from what the SDK would do with it. Notifications are taken where they are decoded, because
 * a subscription by live id could only begin after the answer to LIVE and would miss what happened in
 * between. And a folder that a closed engine of the same process still holds is waited for: the engine
 * lets go of its lock some 100 ms after `close`.
 */
import { resolve } from "node:path";
import { createNodeEngines } from "@surrealdb/node";
import {
  CborCodec,
  type ConnectionState,
  type DriverContext,
  type SurrealEngine,
  Uuid,
} from "surrealdb";

/** What a live query reports. KILLED comes without record and result. */
export interface Notification {
  id: Uuid;
  action: string;
  record?: unknown;
  result?: unknown;
}

/** One request to the engine; `session` is one of the engine's own sessions. */
export interface EngineRequest {
  method: string;
  params?: unknown[];
  session?: Uuid | undefined;
  txn?: Uuid | undefined;
}

/** An open embedded engine. */
export interface Engine {
  /** Runs one RPC. Throws the SDK's `ServerError` when the engine answers an error. */
  send(request: EngineRequest): Promise<unknown>;
  /** Sets the one listener of all notifications of all live queries. */
  onNotification(listener: (notification: Notification) => void): void;
  /** Closes the engine; what it has in memory is gone. */
  close(): Promise<void>;
}

const LOCK_WAIT_MS = 5000;
const LOCK_RETRY_MS = 50;
/** How long closing waits for running requests: one that was begun by then does no harm. */
const CLOSE_WAIT_MS = 1000;

/**
 * Opens an engine with its data in memory or, where `path` says so, in a folder.
 *
 * Throws an Error that names the folder when another process holds it.
 */
export async function openEngine(path?: string): Promise<Engine> {
  const patience = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      return await connect(path);
    } catch (error) {
      const cause = String((error as Error).cause ?? error);
      if (path === undefined || !/lock/i.test(cause)) throw new Error(cause, { cause: error });
      if (Date.now() > patience) {
        throw new Error(`The data folder ${path} is in use by another server (${cause})`, {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
    }
  }
}

async function connect(path?: string): Promise<Engine> {
  const codec = new CborCodec({});
  let notify: (notification: Notification) => void = () => undefined;
  let requests = 0;

  const context = {
    options: {},
    uniqueId: () => String(++requests),
    codecs: {
      cbor: {
        encode: (value: unknown) => codec.encode(value),
        decode: (bytes: Uint8Array) => {
          const value = codec.decode(bytes);
          if (isNotification(value)) notify(value);
          return value;
        },
      },
    },
  } as unknown as DriverContext;

  const scheme = path === undefined ? "mem" : "surrealkv";
  const factory = createNodeEngines()[scheme];
  if (!factory) throw new Error(`@surrealdb/node has no engine "${scheme}"`);
  const engine: SurrealEngine = factory(context);
  // No real URL: it would escape spaces, and the engine takes the path as it stands.
  const address = path === undefined ? "mem://" : `surrealkv://${resolve(path)}`;
  const state = { url: { toString: () => address } } as unknown as ConnectionState;

  await new Promise<void>((connected, failed) => {
    engine.subscribe("connected", () => connected());
    engine.subscribe("error", failed);
    // Of the connection state the node engine reads the URL only.
    engine.open(state);
  });

  const running = new Set<Promise<unknown>>();
  return {
    send(request) {
      const answer = engineSend(engine, request);
      running.add(answer);
      void answer.catch(() => undefined).finally(() => running.delete(answer));
      return answer;
    },
    onNotification: (listener) => {
      notify = listener;
    },
    async close() {
      // A request that was handed over but not begun finds no engine, and its panic ends the process.
      const patience = new Promise((resolve) => setTimeout(resolve, CLOSE_WAIT_MS).unref());
      await Promise.race([Promise.allSettled(running), patience]);
      await engine.close();
    },
  };
}

function engineSend(engine: SurrealEngine, request: EngineRequest): Promise<unknown> {
  // `send` stands on RpcEngine, which the node engine extends, not on the SurrealEngine interface.
  return (engine as unknown as { send(request: EngineRequest): Promise<unknown> }).send(request);
}

/** Answers of `query` are arrays and records have a RecordId as id: nothing else looks like this. */
function isNotification(value: unknown): value is Notification {
  if (typeof value !== "object" || value === null) return false;
  const { id, action } = value as Partial<Notification>;
  return id instanceof Uuid && typeof action === "string";
}
