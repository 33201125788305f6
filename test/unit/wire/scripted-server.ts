/** A WebSocket server in this process that answers RPC frames as a test tells it to. */
import { type AddressInfo, createServer, type Server } from "node:net";
import { CborCodec } from "surrealdb";
import { WebSocket, WebSocketServer } from "ws";
import type { WebSocketLike } from "../../../src/wire/rpc-socket.ts";

export const codec = new CborCodec({});

export interface ReceivedRequest {
  id: number;
  method: string;
  params?: unknown[];
  session?: unknown;
  txn?: unknown;
}

export interface ScriptedServer {
  url: string;
  received: ReceivedRequest[];
  /** Sockets that clients have open now. */
  clients: () => Set<WebSocket>;
  close: () => Promise<void>;
}

type Answer = (request: ReceivedRequest, socket: WebSocket) => void;

/** Sends `{ id, result }`. */
export function answer(socket: WebSocket, id: unknown, result: unknown): void {
  socket.send(codec.encode({ id, result }));
}

/** @param subprotocol what the server selects; false: none. */
export async function scriptedServer(
  onRequest: Answer,
  onConnect: (socket: WebSocket) => void = () => undefined,
  subprotocol: string | false = "cbor",
): Promise<ScriptedServer> {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    handleProtocols: () => subprotocol,
  });
  await new Promise((resolve) => server.on("listening", resolve));
  const received: ReceivedRequest[] = [];
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const request = codec.decode<ReceivedRequest>(new Uint8Array(data as Buffer));
      received.push(request);
      onRequest(request, socket);
    });
    onConnect(socket);
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`,
    received,
    clients: () => server.clients,
    close: () => {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A TCP server that says nothing, or says `greeting` and goes on listening. */
export async function tcpServer(
  greeting?: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    if (greeting !== undefined) socket.end(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Node 20 has no WebSocket of its own. */
export function nodeWebSocket(url: string, protocols: string[]): WebSocketLike {
  return new WebSocket(url, protocols) as WebSocketLike;
}
