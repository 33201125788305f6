/**
 * The embedded engine with requests and answers as bytes, as a session has them on its socket, and
 * with its export.
 */
import { createNodeEngines } from "@surrealdb/node";
import { type ConnectionState, type DriverContext, Uuid } from "surrealdb";
import { queryParams } from "../../../../src/session/session-requests.ts";
import type { Expected } from "../../../../src/session/truth.ts";
import { mapOf } from "../../../../src/wire/cbor-parts.ts";
import { type ItemBytes, proveItem } from "../../../../src/wire/proven.ts";
import { decodeValue, encodeValue } from "../../../../src/wire/values.ts";

interface Request {
  id: string;
  method: string;
  params?: Uint8Array;
  session?: Uuid;
}

interface NodeEngine {
  open(state: ConnectionState): void;
  subscribe(event: string, listener: (cause?: unknown) => void): void;
  send(request: Omit<Request, "id">): Promise<unknown>;
  exportSql(options: unknown): Promise<Response>;
  close(): Promise<void>;
}

/** A result's bytes on their way past the engine's own decoding. */
class Raw {
  constructor(readonly bytes: Uint8Array) {}
}

export class BareEngine {
  readonly #engine: NodeEngine;
  #sessions = 0;

  private constructor(engine: NodeEngine) {
    this.#engine = engine;
  }

  static async open(): Promise<BareEngine> {
    let requests = 0;
    const context = {
      options: {},
      uniqueId: () => String(++requests),
      codecs: { cbor: { encode: encodeRequest, decode: decodeAnswer } },
    } as unknown as DriverContext;
    const factory = createNodeEngines({ capabilities: { experimental: true } }).mem;
    const engine = factory?.(context) as unknown as NodeEngine;
    await new Promise<void>((connected, failed) => {
      engine.subscribe("connected", () => connected());
      engine.subscribe("error", failed);
      engine.open({ url: { toString: () => "mem://" } } as unknown as ConnectionState);
    });
    const bare = new BareEngine(engine);
    await bare.send("use", ["test", "test"]);
    return bare;
  }

  /** @throws the SDK's ServerError */
  async send(method: string, params: unknown[], session?: Uuid): Promise<Uint8Array> {
    return this.sendBytes(method, encodeValue(params), session);
  }

  async sendBytes(method: string, params: Uint8Array, session?: Uuid): Promise<Uint8Array> {
    const answer = await this.#engine.send({ method, params, ...(session && { session }) });
    return (answer as Raw).bytes;
  }

  query(text: string, session?: Uuid, bindings?: Uint8Array): Promise<Uint8Array> {
    return this.sendBytes("query", queryParams(text, bindings), session);
  }

  /** Runs a text as the engine's owner; throws where a statement of it fails. */
  async setUp(text: string): Promise<unknown[]> {
    const results = decodeValue(await this.query(text)) as { status: string; result: unknown }[];
    const failed = results.find(({ status }) => status !== "OK");
    if (failed) throw new Error(String(failed.result));
    return results.map(({ result }) => result);
  }

  /** Attaches a session in the test database, signed in through the access method "account". */
  async session(signIn?: Record<string, unknown>): Promise<Uuid> {
    const count = (++this.#sessions).toString(16).padStart(12, "0");
    const session = new Uuid(`018f0000-0000-7000-8000-${count}`);
    await this.send("attach", [], session);
    if (!signIn) await this.send("use", ["test", "test"], session);
    else await this.signIn(session, signIn);
    return session;
  }

  async signIn(session: Uuid, variables: Record<string, unknown>): Promise<void> {
    await this.send("signin", [{ NS: "test", DB: "test", AC: "account", ...variables }], session);
  }

  /** The whole database as SurrealQL. */
  async export(): Promise<string> {
    const options = ["users", "accesses", "params", "functions", "analyzers", "tables", "records"];
    const all = Object.fromEntries(options.map((name) => [name, true]));
    return (await this.#engine.exportSql({ ...all, versions: false, sequences: true })).text();
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

/** Who a record user of the access method "account" is expected to be. */
export function recordUser(user: string): Expected {
  return {
    auth: { level: "record", user, access: "account", renewable: false },
    namespace: "test",
    database: "test",
  };
}

export const ANONYMOUS: Expected = {
  auth: { level: "anonymous", renewable: false },
  namespace: "test",
  database: "test",
};

function encodeRequest(value: unknown): Uint8Array {
  if (value === null || typeof value !== "object" || !("method" in value))
    return encodeValue(value);
  const { id, method, params, session } = value as Request;
  const entries = new Map<string, ItemBytes>([
    ["id", encodeValue(id)],
    ["method", encodeValue(method)],
  ]);
  if (params) entries.set("params", proveItem(params));
  if (session) entries.set("session", encodeValue(session));
  return mapOf(entries);
}

function decodeAnswer(bytes: Uint8Array): unknown {
  // An error is a map with the key `error`: 0xa1 is a map of one, 0x65 a text of five.
  if (bytes[0] === 0xa1 && bytes[1] === 0x65) return decodeValue(bytes);
  return new Raw(bytes);
}
