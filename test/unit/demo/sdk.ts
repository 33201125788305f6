/** The official SDK, unmodified, and a bare socket, as the demo server's tests use them. */
import { CborCodec, type ServerError, Surreal, type Uuid } from "surrealdb";
import { WebSocket } from "ws";
import type { DemoServer } from "../../../demo/server/server.ts";

/** A connected SDK client. Node 20 has no WebSocket of its own, so it gets that of `ws`. */
export async function connectSdk(server: DemoServer, reconnect = false): Promise<Surreal> {
  const websocketImpl = WebSocket as unknown as typeof globalThis.WebSocket;
  const db = new Surreal({ websocketImpl });
  await db.connect(server.url, { reconnect });
  return db;
}

/** The error that a call ends with; fails the test where it succeeds. */
export async function failure(call: PromiseLike<unknown>): Promise<ServerError> {
  try {
    await call;
  } catch (error) {
    return error as ServerError;
  }
  throw new Error("The call was expected to fail");
}

/** Code, kind and details of an error, to compare whole. */
export function shape(error: ServerError): unknown {
  const { code, kind, details } = error;
  return details ? { code, kind, details } : { code, kind };
}

/** Waits until `check` holds; fails after two seconds. */
export async function until(check: () => boolean): Promise<void> {
  const patience = Date.now() + 2000;
  while (!check()) {
    if (Date.now() > patience) throw new Error(`Never came true: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One RPC answer as it came over the wire. */
export interface Answer {
  id?: unknown;
  session?: Uuid | string;
  result?: unknown;
  error?: { code: number; message: string; kind?: string; details?: unknown };
}

/** A socket without an SDK: for what the SDK would never send. */
export class BareSocket {
  readonly received: Answer[] = [];
  readonly socket: WebSocket;
  #ids = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    const codec = new CborCodec({});
    socket.on("message", (data: Buffer, isBinary) => {
      this.received.push(
        isBinary ? codec.decode<Answer>(data) : (JSON.parse(data.toString()) as Answer),
      );
    });
  }

  /** Opens a socket with the subprotocols given. */
  static open(server: DemoServer, protocols: string[], autoPong = true): Promise<BareSocket> {
    const socket = new WebSocket(server.url, protocols, { autoPong });
    const bare = new BareSocket(socket);
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(bare));
      socket.once("error", reject);
    });
  }

  /** Sends one request in the socket's format and waits for its answer. */
  async call(method: string, params: unknown[] = [], more: object = {}): Promise<Answer> {
    const id = ++this.#ids;
    const request = { id, method, params, ...more };
    const isJson = this.socket.protocol !== "cbor";
    this.socket.send(isJson ? JSON.stringify(request) : new CborCodec({}).encode(request));
    await until(() => this.received.some((answer) => answer.id === id));
    return this.received.find((answer) => answer.id === id) as Answer;
  }
}
