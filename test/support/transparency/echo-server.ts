/**
 * What the checks of a page's WebSockets talk to: pages with the checks, and a WebSocket server that can
 * behave well and badly.
 *
 * The first segment of a path says how it behaves (`/echo/…`, `/close/…`, `/raw/…`), the last what it looks
 * like: `/rpc` is where SurrealDB's sockets are, `/plain` is anything else. The query says the rest:
 * - `choose`: the subprotocol to answer with, empty for none; without it the first that was offered;
 * - `code`, `reason`: of `/close`; `bytes`: of `/raw`, hexadecimal, written as they are when the client has
 *   sent anything;
 * - `ms`: for how long `/slow` keeps the handshake.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { CborCodec } from "surrealdb";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { type Found, serveStatic } from "../../../demo/server/static-server.ts";

export interface EchoServer {
  /** `http://localhost:PORT/`; with `?strict` under a strict policy. */
  url: string;
  /** What the next page sends that has run all its checks. Ask before the page is opened. */
  transcript(): Promise<string[]>;
  close(): Promise<void>;
}

/** RFC 6455, section 1.3. */
const HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const FOLDER = new URL("checks/", import.meta.url);

/** Starts it on 127.0.0.1, at any free port. */
export async function startEchoServer(): Promise<EchoServer> {
  const server = await serveStatic(0, findPage);
  const waiting: ((lines: string[]) => void)[] = [];
  // Besides what the pages are served by.
  server.http.on("request", async (request) => {
    if (request.method !== "POST") return;
    const lines: string[] = JSON.parse(await text(request));
    for (const resolve of waiting.splice(0)) resolve(lines);
  });
  const plain = webSocketServer(false);
  const compressed = webSocketServer(true);
  const open = new Set<Duplex>();
  server.http.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.http.on("upgrade", (request, socket, head) => {
    // What a client that goes away leaves behind is no concern of anybody here.
    socket.on("error", () => socket.destroy());
    const url = new URL(request.url ?? "/", "http://localhost");
    const behaviour = url.pathname.split("/")[1];
    const upgrade = (to: WebSocketServer, then: (client: WebSocket) => void) =>
      to.handleUpgrade(request, socket, head, (client) => {
        client.on("error", () => client.terminate());
        then(client);
      });
    switch (behaviour) {
      case "close":
        upgrade(plain, (client) => closeWith(client, url.searchParams));
        break;
      case "cut":
        socket.destroy();
        break;
      case "compressed":
        upgrade(compressed, echo);
        break;
      case "slow":
        void delay(Number(url.searchParams.get("ms"))).then(() => upgrade(plain, echo));
        break;
      case "raw":
        answerRaw(request, socket, url.searchParams.get("bytes") ?? "");
        break;
      case "refuse":
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        break;
      case "redirect":
        socket.end("HTTP/1.1 302 Found\r\nLocation: /echo/plain\r\nContent-Length: 0\r\n\r\n");
        break;
      default:
        upgrade(plain, echo);
    }
  });
  return {
    url: `http://localhost:${server.port}/`,
    transcript: () => new Promise((resolve) => waiting.push(resolve)),
    close: () => {
      const closed = server.close();
      // WebSockets, and what never became a request: the HTTP server would wait for them.
      for (const socket of open) socket.destroy();
      return closed;
    },
  };
}

function webSocketServer(perMessageDeflate: boolean): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    perMessageDeflate: perMessageDeflate && { threshold: 0 },
    handleProtocols: (offered, request) => chosenProtocol([...offered], request) ?? false,
  });
}

function chosenProtocol(offered: string[], request: IncomingMessage): string | undefined {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  return (searchParams.get("choose") ?? offered[0]) || undefined;
}

function closeWith(client: WebSocket, query: URLSearchParams): void {
  const code = query.get("code");
  if (code === null) client.close();
  else client.close(Number(code), query.get("reason") ?? "");
}

/** A handshake by hand, then, when the client has spoken, these bytes, whatever they are. */
function answerRaw(request: IncomingMessage, socket: Duplex, bytes: string): void {
  const key = `${request.headers["sec-websocket-key"]}${HANDSHAKE_GUID}`;
  const offered = request.headers["sec-websocket-protocol"]?.split(/,\s*/) ?? [];
  const protocol = chosenProtocol(offered, request);
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${createHash("sha1").update(key).digest("base64")}`,
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.once("data", () => {
    socket.write(Buffer.from(bytes, "hex"));
    // Whatever the client says to this ends it, after a moment in which it may say more.
    socket.once("data", () => setTimeout(() => socket.end(), 50));
  });
}

function echo(client: WebSocket): void {
  client.on("message", (data, isBinary) => answer(client, data, isBinary));
}

/** A command (`!send 3`), an RPC request, or anything else, which goes back as it came. */
function answer(client: WebSocket, data: RawData, isBinary: boolean): void {
  const bytes = data as Buffer;
  const [command, ...rest] = isBinary ? [] : bytes.toString().split(" ");
  const size = Number(rest[0]);
  switch (command) {
    case "!send":
      for (let n = 0; n < size; n++) client.send(`message ${n}`);
      break;
    case "!bytes":
      client.send(Buffer.from(Array.from({ length: size }, (_, n) => n % 251)));
      break;
    case "!text":
      client.send("ä".repeat(size));
      break;
    case "!mixed":
      for (const each of ["first", Buffer.from([1, 2, 3]), "", Buffer.alloc(0), "last"])
        client.send(each);
      break;
    case "!fragments":
      for (const part of ["one ", "two ", "three"])
        client.send(part, { fin: part === "three", binary: false });
      break;
    case "!ping":
      client.ping("are you there");
      client.once("pong", (said) => client.send(`pong ${said}`));
      break;
    case "!close":
      client.close(size, rest.slice(1).join(" "));
      break;
    case "!send-and-close":
      client.send("the last one");
      client.close(4001, "after the last one");
      break;
    case "!terminate":
      client.terminate();
      break;
    default:
      client.send(rpcAnswer(client, bytes, isBinary) ?? data, { binary: isBinary });
  }
}

/** What a SurrealDB would answer in form; undefined where it is no request. */
function rpcAnswer(client: WebSocket, bytes: Buffer, isBinary: boolean) {
  const codec = new CborCodec({});
  const isCbor = isBinary && client.protocol === "cbor";
  if (!isCbor && (isBinary || client.protocol !== "json")) return undefined;
  let request: { id?: unknown; method?: unknown; params?: unknown; session?: unknown };
  try {
    request = isCbor ? codec.decode(bytes) : JSON.parse(bytes.toString());
  } catch {
    // Not written in the socket's format: the checks send anything.
    return undefined;
  }
  if (typeof request?.method !== "string") return undefined;
  const { id, session, params } = request;
  const said = { id, ...(session !== undefined && { session }), result: params };
  return isCbor ? codec.encode(said) : JSON.stringify(said);
}

/** The page, or a file of the checks. */
function findPage({ pathname, searchParams }: URL): Found | undefined {
  const strict = searchParams.has("strict");
  if (pathname === "/") return { ...file("page.html", "text/html"), headers: policy(strict) };
  const name = /^\/([a-z-]+\.(js|html))$/.exec(pathname);
  if (!name?.[1]) return undefined;
  return file(name[1], name[2] === "js" ? "text/javascript" : "text/html");
}

function file(name: string, type: string): Found {
  return { type, body: readFileSync(new URL(name, FOLDER), "utf8") };
}

function policy(strict: boolean): Record<string, string> {
  if (!strict) return {};
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self' ws:",
    "frame-src 'self'",
    "worker-src 'self'",
    "require-trusted-types-for 'script'",
  ];
  return { "Content-Security-Policy": directives.join("; ") };
}
