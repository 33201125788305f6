/**
 * A proxy between a client and a SurrealDB server, on the RPC level: it notes every request that
 * wants to reach the server, and a test may answer in the server's place, hold a request back,
 * lose an answer on its way, or play an older server.
 */
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { CborCodec, Uuid } from "surrealdb";
import { type RawData, WebSocket, WebSocketServer } from "ws";

const codec = new CborCodec({ useNativeDates: false });

/** The method of a request that the codec can't read. */
export const UNREADABLE = "unreadable";

/** A request on its way to the server, UUIDs as text. */
export interface SeenRequest {
  id: unknown;
  method: string;
  params: unknown[];
  session: string | undefined;
  txn: string | undefined;
  /** The whole frame. */
  bytes: Uint8Array;
  /** Which of the proxy's sockets it came on: 1 is the first. */
  socket: number;
}

/** What becomes of a request. */
export type Verdict =
  /** On to the server. */
  | undefined
  /** Answered here; the server never sees it. */
  | { result: unknown }
  | { error: { code: number; message: string; kind?: string; details?: unknown } }
  /** The server gets it, the client never gets the answer, and its socket is cut. */
  | "lose answer"
  /** Nobody ever sees it. */
  | "swallow"
  /** On to the server once the promise is fulfilled. */
  | Promise<void>
  /** On to the server; the client gets the answer once the promise is fulfilled. */
  | { answerAfter: Promise<void> };

export interface RpcProxy {
  url: string;
  /** All that came from clients, in order; those that were answered here or swallowed too. */
  seen: SeenRequest[];
  /** Decides about each request; tests replace it. */
  onRequest: (request: SeenRequest) => Verdict;
  /** The requests of these methods that were seen. */
  of(...methods: string[]): SeenRequest[];
  /** Answers of the server that clients wait for now, by `answerAfter`. */
  held: number;
  /** Sends a frame to every client, as if the server had. */
  inject(frame: unknown): void;
  /** Cuts all clients off without a close frame. */
  cut(): void;
  /** While true, new sockets are refused. */
  refusing: boolean;
  close(): Promise<void>;
}

/** Starts a proxy in front of `target`, a `ws://…/rpc` URL. */
export async function startProxy(target: string): Promise<RpcProxy> {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    handleProtocols: () => "cbor",
    verifyClient: () => !proxy.refusing,
  });
  await new Promise((resolve) => server.on("listening", resolve));
  let sockets = 0;

  const proxy: RpcProxy = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`,
    seen: [],
    onRequest: () => undefined,
    of: (...methods) => proxy.seen.filter(({ method }) => methods.includes(method)),
    held: 0,
    inject: (frame) => {
      for (const client of server.clients) client.send(toBytes(frame));
    },
    cut: () => {
      for (const client of server.clients) client.terminate();
    },
    refusing: false,
    close: async () => {
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  server.on("connection", (client) => {
    const socket = ++sockets;
    const upstream = new WebSocket(target, ["cbor"]);
    const opened = new Promise<void>((resolve) => upstream.once("open", resolve));
    /** Requests whose answers the client must not see. */
    const lost = new Set<unknown>();
    /** Those whose answers the client sees later. */
    const late = new Map<unknown, Promise<void>>();
    upstream.on("error", () => client.terminate());
    upstream.on("close", () => client.terminate());
    client.on("close", () => upstream.terminate());
    upstream.on("message", async (data) => {
      const bytes = bytesOf(data);
      if (lost.size + late.size > 0) {
        const { id } = codec.decode<{ id?: unknown }>(bytes);
        const release = late.get(id);
        if (release && late.delete(id)) {
          proxy.held++;
          await release;
          proxy.held--;
        }
        if (lost.delete(id)) {
          client.terminate();
          return;
        }
      }
      if (client.readyState === WebSocket.OPEN) client.send(bytes);
    });
    client.on("message", async (data) => {
      const bytes = bytesOf(data);
      const request = read(bytes, socket);
      proxy.seen.push(request);
      const verdict = proxy.onRequest(request);
      if (verdict === "swallow") return;
      if (verdict === "lose answer") lost.add(request.id);
      else if (verdict instanceof Promise) await verdict;
      else if (verdict && "answerAfter" in verdict) late.set(request.id, verdict.answerAfter);
      else if (verdict !== undefined) {
        client.send(codec.encode({ id: request.id, ...verdict }));
        return;
      }
      await opened;
      if (upstream.readyState === WebSocket.OPEN) upstream.send(bytes);
    });
  });
  return proxy;
}

/** A proxy that plays SurrealDB 2.3: no attach, no detach, no sessions. */
export async function startOldServer(target: string): Promise<RpcProxy> {
  const proxy = await startProxy(target);
  const unknown = new Set(["attach", "detach", "sessions"]);
  proxy.onRequest = ({ method, session }) => {
    if (method === "version") return { result: "surrealdb-2.3.0" };
    if (unknown.has(method) || session !== undefined) {
      return { error: { code: -32601, message: "Method not found" } };
    }
    return undefined;
  };
  return proxy;
}

/** A promise, and the key to it. */
export function latch(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A live notification as the server sends it, for `inject`. */
export function notification(liveId: string, session: string, result: unknown): unknown {
  const record = `note:${randomUUID()}`;
  return {
    result: { id: new Uuid(liveId), session: new Uuid(session), action: "CREATE", record, result },
  };
}

/** Nothing where the frame holds what the codec can't make a value of: the server says what it thinks. */
function decoded(bytes: Uint8Array): Record<string, unknown> {
  try {
    return codec.decode<Record<string, unknown>>(bytes);
  } catch {
    return { method: UNREADABLE };
  }
}

function read(bytes: Uint8Array, socket: number): SeenRequest {
  const { id, method, params, session, txn } = decoded(bytes);
  return {
    id,
    method: String(method),
    params: Array.isArray(params) ? params : [],
    session: session === undefined ? undefined : String(session),
    txn: txn === undefined ? undefined : String(txn),
    bytes,
    socket,
  };
}

function toBytes(frame: unknown): Uint8Array {
  return frame instanceof Uint8Array ? frame : codec.encode(frame);
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return new Uint8Array(data as Buffer);
}
