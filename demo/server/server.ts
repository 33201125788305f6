/**
 * A SurrealDB server for development: the real engine, embedded, behind the real server's WebSocket.
 *
 * Not production software. It listens on this computer only, its engine enforces nothing on whoever gets
 * past this front, and nobody has looked for holes in it. It is there so that everybody who works on
 * Switchyard has a SurrealDB 3.0 without installing one, and so faithful that the official SDK
 * can't tell: sessions per socket, live notifications, transactions, structured errors, clean-up.
 *
 * Where it differs from a real server:
 * - no HTTP RPC, no `/sql`, no `/key`: `/health` and `/version` only; no flatbuffers;
 * - an anonymous session is refused before its query is parsed, so that a parse error isn't seen;
 * - transactions and live queries belong to the session that began them (a real 3.0 binds transactions to
 *   the socket and live queries to nobody);
 * - ids that two sockets use at once (see `Connection`), and guests (see guests.ts).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Uuid } from "surrealdb";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { Connection, type ConnectionStats, type Shared } from "./connection.ts";
import { type Engine, openEngine } from "./engine.ts";
import { cborFrames, type FrameFormat, jsonFrames } from "./frames.ts";
import { closeGuests, openGuests } from "./guests.ts";
import { LiveQueries } from "./live-queries.ts";
import { PASSWORD_HASHES } from "./password-hashes.ts";
import { seedDemo } from "./seed.ts";

export interface ServerOptions {
  /** 0 for any free port. */
  port: number;
  /** A folder to keep the data in; without it they are in memory. */
  path?: string;
  /** Seed nothing but the root user. */
  empty?: boolean;
  /** Let anonymous sessions query, within the tables' permissions. */
  guests?: boolean;
  /** A socket that answers no ping for `deadAfterMs` is cut. Default: every 10 s, after 30 s. */
  heartbeat?: { everyMs: number; deadAfterMs: number };
}

export interface ServerStats {
  openSockets: number;
  /** How many sockets were ever accepted. */
  acceptedSockets: number;
  /** How often each RPC method was asked for, whatever the answer. */
  requests: Record<string, number>;
  sockets: ConnectionStats[];
}

export interface DemoServer {
  /** `ws://127.0.0.1:PORT/rpc`. */
  url: string;
  port: number;
  /** Ends all sockets and closes the engine; in-memory data are gone. */
  close(): Promise<void>;
  /** Cuts all open sockets without a close frame, as a network would. */
  cutSockets(): void;
  stats(): ServerStats;
  /**
   * Runs SurrealQL with all rights, past all sockets: the results of all statements. Throws an Error with
   * the message of the first that fails.
   */
  query(
    text: string,
    variables?: Record<string, unknown>,
    where?: { namespace: string; database?: string },
  ): Promise<unknown[]>;
}

const FORMATS: Record<string, FrameFormat> = { json: jsonFrames, cbor: cborFrames };
const HEARTBEAT = { everyMs: 10_000, deadAfterMs: 30_000 };
const LARGEST_MESSAGE = 128 * 1024 * 1024;
const HELLO = `Switchyard's SurrealDB for development. Not production software.
WebSocket: /rpc (cbor or json). HTTP: /health, /version.
`;

/**
 * Starts a server on 127.0.0.1. Rejects with `EADDRINUSE` where the port is taken, and with a clear Error
 * where the data folder is in use.
 */
export async function startServer(options: ServerOptions): Promise<DemoServer> {
  const engine = await openEngine(options.path);
  try {
    const query = ownerQuery(engine);
    await query(
      `DEFINE USER IF NOT EXISTS root ON ROOT PASSHASH '${PASSWORD_HASHES.root}' ROLES OWNER`,
    );
    if (!options.empty) await seedDemo(query);
    const guests = options.guests ? await openGuests(engine) : undefined;
    if (!guests && options.path !== undefined) await closeGuests(engine);
    const version = String(await engine.send({ method: "version" }));

    const http = createServer((request, response) => answerHttp(request, response, version));
    // In this order: the WebSocket server would throw the listener's errors where nobody catches them.
    const port = await listen(http, options.port);
    const sockets = serveSockets(http, engine, guests, options.heartbeat ?? HEARTBEAT);

    return {
      url: `ws://127.0.0.1:${port}/rpc`,
      port,
      query,
      stats: sockets.stats,
      cutSockets: sockets.cut,
      close: async () => {
        const closed = new Promise<void>((resolve) => http.close(() => resolve()));
        await sockets.close();
        http.closeAllConnections();
        await closed;
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function listen(http: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, "127.0.0.1", () => resolve((http.address() as AddressInfo).port));
  });
}

function answerHttp(request: IncomingMessage, response: ServerResponse, version: string): void {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  // As a real server: pages of any origin may look.
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  const [status, text] = httpAnswer(path, version);
  response.writeHead(status).end(text);
}

function httpAnswer(path: string, version: string): [status: number, text: string] {
  if (path === "/health") return [200, ""];
  if (path === "/version") return [200, version];
  if (path === "/") return [200, HELLO];
  if (path === "/rpc") return [426, "This server speaks RPC over WebSocket only.\n"];
  return [404, "Not found\n"];
}

function serveSockets(
  http: Server,
  engine: Engine,
  guests: Shared["guests"],
  heartbeat: { everyMs: number; deadAfterMs: number },
) {
  const open = new Map<WebSocket, { connection: Connection; lastSeen: number }>();
  const closing = new Set<Promise<void>>();
  const requests: Record<string, number> = {};
  let acceptedSockets = 0;

  const liveQueries = new LiveQueries();
  engine.onNotification((notification) => liveQueries.notify(notification));
  const shared: Shared = {
    engine,
    liveQueries,
    engineIds: new Set(),
    guests,
    onRequest: (method) => {
      requests[method] = (requests[method] ?? 0) + 1;
    },
  };

  const server = new WebSocketServer({
    server: http,
    path: "/rpc",
    maxPayload: LARGEST_MESSAGE,
    // The order of the real server's own list decides, not the client's.
    handleProtocols: (offered) => Object.keys(FORMATS).find((name) => offered.has(name)) ?? false,
  });

  server.on("connection", (socket) => {
    acceptedSockets++;
    // A client that offers no subprotocol is taken to speak JSON, as on a real server.
    const format = FORMATS[socket.protocol] ?? jsonFrames;
    const connection = new Connection(format, shared, (frame) => socket.send(frame));
    const entry = { connection, lastSeen: Date.now() };
    open.set(socket, entry);

    socket.on("message", (data) => {
      entry.lastSeen = Date.now();
      void connection.receive(toBytes(data));
    });
    socket.on("pong", () => {
      entry.lastSeen = Date.now();
    });
    // After an error (a frame that breaks the WebSocket protocol) `close` follows.
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      open.delete(socket);
      const closed = connection.close();
      closing.add(closed);
      void closed.finally(() => closing.delete(closed));
    });
  });

  const pulse = setInterval(() => {
    for (const [socket, { lastSeen }] of open) {
      if (Date.now() - lastSeen > heartbeat.deadAfterMs) socket.terminate();
      else socket.ping();
    }
  }, heartbeat.everyMs);

  return {
    stats: (): ServerStats => ({
      openSockets: open.size,
      acceptedSockets,
      requests: { ...requests },
      sockets: [...open.values()].map(({ connection }) => connection.stats),
    }),
    cut: () => {
      for (const socket of open.keys()) socket.terminate();
    },
    close: async () => {
      clearInterval(pulse);
      server.close();
      for (const socket of open.keys()) {
        socket.close(1001, "The server is shutting down");
        setTimeout(() => socket.terminate(), 200).unref();
      }
      while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await Promise.all(closing);
    },
  };
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/** The owner's way into the engine: an anonymous session there may do everything. */
function ownerQuery(engine: Engine): DemoServer["query"] {
  return async (text, variables, where) => {
    const session = Uuid.v7();
    await engine.send({ method: "attach", session });
    try {
      if (where) {
        const selection = [where.namespace, where.database ?? null];
        await engine.send({ method: "use", params: selection, session });
      }
      const params = [text, variables ?? {}];
      const results = (await engine.send({ method: "query", params, session })) as {
        status: string;
        result: unknown;
      }[];
      const failed = results.find((result) => result.status === "ERR");
      if (failed) throw new Error(String(failed.result));
      return results.map((result) => result.result);
    } finally {
      await engine.send({ method: "detach", session });
    }
  };
}
