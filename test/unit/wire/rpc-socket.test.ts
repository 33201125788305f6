import { DateTime, Decimal, NotAllowedError, RecordId, Uuid } from "surrealdb";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { arrayOf } from "../../../src/wire/cbor-parts.ts";
import {
  ConnectError,
  OutcomeUnknownError,
  SocketClosedError,
  ValueError,
} from "../../../src/wire/errors.ts";
import {
  type LiveNotification,
  RpcSocket,
  type RpcSocketOptions,
  type SocketClose,
  type StrayFrame,
} from "../../../src/wire/rpc-socket.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { EnvelopeError } from "../../../src/wire/wire-error.ts";
import {
  answer,
  codec,
  nodeWebSocket,
  type ReceivedRequest,
  type ScriptedServer,
  scriptedServer,
  tcpServer,
} from "./scripted-server.ts";

const SESSION = "0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f90";
const LIVE = "0190a3f4-5b1c-7d2e-8f3a-0000000000aa";

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

async function serve(...how: Parameters<typeof scriptedServer>): Promise<ScriptedServer> {
  const server = await scriptedServer(...how);
  toClose.push(server.close);
  return server;
}

interface Opened {
  socket: RpcSocket;
  notifications: LiveNotification[];
  strays: StrayFrame[];
  closes: SocketClose[];
}

async function open(url: string, more: Partial<RpcSocketOptions> = {}): Promise<Opened> {
  const opened: Omit<Opened, "socket"> = { notifications: [], strays: [], closes: [] };
  const socket = await RpcSocket.open({
    url,
    createWebSocket: nodeWebSocket,
    onNotification: (notification) => opened.notifications.push(notification),
    onStrayFrame: (frame) => opened.strays.push(frame),
    onClose: (cause) => opened.closes.push(cause),
    ...more,
  });
  toClose.push(() => socket.close());
  return { socket, ...opened };
}

const echo = ({ id, params }: ReceivedRequest, socket: WebSocket) => answer(socket, id, params);
const nothing = () => undefined;

describe("requests", () => {
  test("get their own answers, in whatever order those come", async () => {
    const waiting: ReceivedRequest[] = [];
    const server = await serve((request, client) => {
      waiting.push(request);
      if (waiting.length === 50) {
        for (const { id, params } of waiting.reverse()) answer(client, id, params?.[0]);
      }
    });
    const { socket, strays } = await open(server.url);
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    const results = await Promise.all(
      numbers.map((n) => socket.request({ method: "query", params: [n] })),
    );
    expect(results).toEqual(numbers);
    expect(strays).toEqual([]);
    expect(socket.outstanding).toBe(0);
  });

  test("carry session and transaction, and every value unchanged", async () => {
    const server = await serve(echo);
    const { socket } = await open(server.url);
    const values = [
      undefined,
      null,
      9007199254740993n,
      new Decimal("0.1000000000000000000001"),
      new DateTime([1_700_000_000n, 123_456_789n]),
      new RecordId("person", ["a", 1]),
      { nested: new Uuid(LIVE) },
    ];
    const request = { method: "query", params: values, session: SESSION, txn: LIVE.toUpperCase() };
    expect(await socket.request(request)).toEqual(values);
    expect(server.received[0]).toMatchObject({ method: "query" });
    expect(String(server.received[0]?.session)).toBe(SESSION);
    expect(String(server.received[0]?.txn)).toBe(LIVE);
    await socket.request({ method: "ping" });
    expect(Object.keys(server.received[1] ?? {})).toEqual(["id", "method"]);
  });

  test("in bytes are passed on without being decoded, both ways", async () => {
    const server = await serve(echo);
    const { socket } = await open(server.url);
    const name = encodeValue("x");
    const value = encodeValue([new Decimal("1.50")]);
    const params = arrayOf([name, value]);
    expect(Buffer.from(await socket.requestBytes({ method: "let", params }))).toEqual(
      Buffer.from(params),
    );
    await expect(
      socket.requestBytes({ method: "let", params: Uint8Array.of(0x81) }),
    ).rejects.toMatchObject({ name: "EnvelopeError", reason: "truncated" });
    expect(server.received).toHaveLength(1);
  });

  test("that are refused end with the server's error, its kind, code and details", async () => {
    const details = { kind: "Auth", details: { kind: "TokenExpired" } };
    const server = await serve(({ id }, client) => {
      const error = { code: -32002, message: "The token has expired", kind: "NotAllowed", details };
      client.send(codec.encode({ id, error }));
    });
    const { socket } = await open(server.url);
    const error = await socket.request({ method: "query" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotAllowedError);
    expect(error).toMatchObject({
      name: "NotAllowedError",
      kind: "NotAllowed",
      code: -32002,
      message: "The token has expired",
      details,
      isTokenExpired: true,
    });
  });

  test("of a server before 3.0 get a kind from the error's code", async () => {
    const server = await serve(({ id }, client) => {
      client.send(codec.encode({ id, error: { code: -32601, message: "Method not found" } }));
    });
    const { socket } = await open(server.url);
    await expect(socket.request({ method: "attach" })).rejects.toMatchObject({
      kind: "NotFound",
      code: -32601,
    });
  });

  test("that can't be encoded are never sent", async () => {
    const server = await serve(echo);
    const { socket } = await open(server.url);
    await expect(socket.request({ method: "query", params: [1e300] })).rejects.toBeInstanceOf(
      ValueError,
    );
    await expect(socket.request({ method: "query", session: "alice" })).rejects.toBeInstanceOf(
      EnvelopeError,
    );
    expect(await socket.request({ method: "query", params: [1] })).toEqual([1]);
    expect(server.received).toHaveLength(1);
  });

  test("of a megabyte go and come whole", async () => {
    const server = await serve(echo);
    const { socket } = await open(server.url);
    const rows = Array.from({ length: 9_000 }, (_, n) => ({
      id: new RecordId("row", n),
      text: "x".repeat(100),
    }));
    const before = [socket.bytesIn, socket.bytesOut];
    expect(await socket.request({ method: "insert", params: [rows] })).toEqual([rows]);
    expect(socket.bytesIn - (before[0] as number)).toBeGreaterThan(1_000_000);
    expect(socket.bytesOut - (before[1] as number)).toBeGreaterThan(1_000_000);
  });
});

describe("frames that nobody waits for are told, and the connection goes on:", () => {
  test.each<[string, Uint8Array | string, RegExp]>([
    ["garbage", Uint8Array.of(0xff, 0x00, 0x13), /malformed|reserved|length/i],
    ["an empty frame", new Uint8Array(), /ends too early/],
    ["a cut frame", codec.encode({ id: 1, result: "abc" }).slice(0, -1), /end/],
    ["a text frame", '{"id":1,"result":1}', /text frame/i],
    ["an answer without a request", codec.encode({ id: 999, result: 1 }), /999/],
    ["an answer to a name that is not ours", codec.encode({ id: "1", result: 1 }), /never made/],
    [
      "an error without an id",
      codec.encode({ id: null, error: { code: -32700, message: "Parse error" } }),
      /Parse error/,
    ],
    ["a list", codec.encode([1, 2]), /map/],
    ["a notification without an action", codec.encode({ result: { id: new Uuid(LIVE) } }), /live/i],
    [
      "a notification with an impossible value",
      Uint8Array.from([
        ...codec
          .encode({ result: { id: new Uuid(LIVE), action: "CREATE", record: 1, result: 0 } })
          .slice(0, -1),
        0xd8,
        0x25,
        0x41,
        0x00,
      ]),
      /Not a SurrealDB value/,
    ],
  ])("%s", async (_what, frame, reason) => {
    const server = await serve(echo, (client) => client.send(frame));
    const { socket, strays, notifications } = await open(server.url);
    expect(await socket.request({ method: "query", params: ["still here"] })).toEqual([
      "still here",
    ]);
    expect(strays).toHaveLength(1);
    expect(strays[0]?.reason).toMatch(reason);
    expect(Buffer.from(strays[0]?.bytes ?? [])).toEqual(Buffer.from(frame));
    expect(notifications).toEqual([]);
    expect(socket.state).toBe("open");
  });

  test("a second answer to the same request", async () => {
    const server = await serve(({ id }, client) => {
      answer(client, id, "first");
      answer(client, id, "second");
    });
    const { socket, strays } = await open(server.url);
    expect(await socket.request({ method: "query" })).toBe("first");
    await vi.waitFor(() => expect(strays).toHaveLength(1));
  });
});

describe("an answer that can't be read", () => {
  test("ends its request at once: no decoding of what is too deep", async () => {
    const server = await serve(({ id }, client) => {
      const deep = Buffer.from("81".repeat(300), "hex");
      const head = codec.encode({ id, result: 0 }).slice(0, -1);
      client.send(Buffer.concat([head, deep, Uint8Array.of(0)]));
    });
    const { socket, strays } = await open(server.url);
    await expect(socket.request({ method: "query" })).rejects.toMatchObject({
      name: "UnreadableAnswerError",
      message: expect.stringContaining("Nested deeper than 256"),
      cause: { reason: "too-deep" },
    });
    expect(strays).toHaveLength(1);
  });

  test("as a value is an error of the request that asked for values only", async () => {
    const server = await serve(({ id }, client) => {
      const head = codec.encode({ id, result: 0 }).slice(0, -1);
      client.send(Buffer.concat([head, Uint8Array.of(0xd8, 0x25, 0x41, 0x00)]));
    });
    const { socket } = await open(server.url);
    await expect(socket.request({ method: "query" })).rejects.toBeInstanceOf(ValueError);
    expect(await socket.requestBytes({ method: "query" })).toHaveLength(4);
  });
});

describe("live notifications", () => {
  test("are told with session, action, record and result, as values and as bytes", async () => {
    const record = new RecordId("note", 1);
    const result = { id: record, text: "hello" };
    const server = await serve(nothing, (client) => {
      for (const session of [new Uuid(SESSION), undefined]) {
        const inner = { id: new Uuid(LIVE), action: "CREATE", record, result };
        client.send(codec.encode({ result: session ? { ...inner, session } : inner }));
      }
    });
    const { notifications, strays } = await open(server.url);
    await vi.waitFor(() => expect(notifications).toHaveLength(2));
    expect(notifications[0]).toMatchObject({ liveId: LIVE, session: SESSION, action: "CREATE" });
    expect(notifications[0]?.record).toEqual(record);
    expect(notifications[0]?.result).toEqual(result);
    expect(decodeValue(notifications[0]?.resultBytes as Uint8Array)).toEqual(result);
    expect(notifications[1]).not.toHaveProperty("session");
    expect(strays).toEqual([]);
  });
});

describe("a socket that dies", () => {
  test("with requests outstanding: their outcome is unknown, and nothing is sent again", async () => {
    const server = await serve((_request, client) => client.terminate());
    const { socket, closes } = await open(server.url);
    const first = socket.request({ method: "create", params: ["note"] });
    const second = socket.request({ method: "ping" });
    await expect(first).rejects.toBeInstanceOf(OutcomeUnknownError);
    await expect(first).rejects.toMatchObject({ reason: "closed", method: "create" });
    await expect(second).rejects.toMatchObject({ reason: "closed" });
    expect(closes).toMatchObject([{ kind: "remote", code: 1006 }]);
    expect(socket.state).toBe("closed");
    expect(server.received.filter(({ method }) => method === "create")).toHaveLength(1);
  });

  test("takes no more requests, and says that they never left", async () => {
    const server = await serve(nothing, (client) => client.close(3001, "going away"));
    const { socket, closes } = await open(server.url);
    await vi.waitFor(() => expect(closes).toHaveLength(1));
    expect(closes).toEqual([{ kind: "remote", code: 3001, reason: "going away" }]);
    const request = socket.request({ method: "create" });
    await expect(request).rejects.toBeInstanceOf(SocketClosedError);
    expect(server.received).toEqual([]);
  });

  test("that is closed here ends what is outstanding at once", async () => {
    const server = await serve(nothing);
    const { socket, closes } = await open(server.url);
    const request = socket.request({ method: "query" });
    socket.close(3000, "done");
    await expect(request).rejects.toMatchObject({ name: "OutcomeUnknownError", reason: "closed" });
    await expect(socket.request({ method: "query" })).rejects.toBeInstanceOf(SocketClosedError);
    expect(closes).toEqual([]);
    await vi.waitFor(() => expect(closes).toHaveLength(1));
    expect(closes).toEqual([{ kind: "local", code: 3000, reason: "done" }]);
    socket.close();
    expect(server.received).toHaveLength(1);
  });

  test("without a word is noticed by a ping that nothing answers", async () => {
    const server = await serve(nothing);
    const { socket, closes } = await open(server.url, { pingInterval: 20, pongTimeout: 60 });
    const request = socket.request({ method: "query" });
    await expect(request).rejects.toMatchObject({ reason: "closed" });
    expect(closes).toMatchObject([{ kind: "silent" }]);
    expect(socket.state).toBe("closed");
    expect(server.received.some(({ method }) => method === "ping")).toBe(true);
  });

  test("isn't thought dead while its pings are answered, with an error too", async () => {
    const server = await serve(({ id, method }, client) => {
      const error = { code: -32602, message: "Method not allowed", kind: "NotAllowed" };
      if (method === "ping") client.send(codec.encode({ id, error }));
    });
    const { socket, closes, strays } = await open(server.url, {
      pingInterval: 20,
      pongTimeout: 60,
    });
    await vi.waitFor(() => expect(server.received.length).toBeGreaterThan(8));
    expect(closes).toEqual([]);
    expect(strays).toEqual([]);
    socket.setPingInterval(0);
    const pings = server.received.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(server.received.length).toBeLessThanOrEqual(pings + 1);
  });

  test("isn't thought dead while a long answer is on its way, with the pong behind it", async () => {
    const server = await serve(({ id, method }, client) => {
      if (method === "query") setTimeout(answer, 150, client, id, "large");
    });
    const { socket, closes } = await open(server.url, { pingInterval: 10, pongTimeout: 40 });
    expect(await socket.request({ method: "query" })).toBe("large");
    expect(closes).toEqual([]);
    // With nothing to wait for it is.
    await vi.waitFor(() => expect(closes).toMatchObject([{ kind: "silent" }]));
  });

  test("isn't asked for while nobody would miss it", async () => {
    const server = await serve(nothing);
    let missed = false;
    const { closes } = await open(server.url, {
      pingInterval: 10,
      pongTimeout: 20,
      pingWhile: () => missed,
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(server.received).toEqual([]);
    missed = true;
    await vi.waitFor(() => expect(closes).toMatchObject([{ kind: "silent" }]));
  });
});

describe("a request without an answer", () => {
  test("fails when its time is over; its late answer is dropped without a word", async () => {
    let late: (() => void) | undefined;
    const server = await serve(({ id, method, params }, client) => {
      if (method === "create") late = () => answer(client, id, "late");
      else answer(client, id, params);
    });
    const { socket, strays } = await open(server.url, { requestTimeout: 40 });
    await expect(socket.request({ method: "create" })).rejects.toMatchObject({
      name: "OutcomeUnknownError",
      reason: "timeout",
      method: "create",
    });
    late?.();
    expect(await socket.request({ method: "query", params: [1] })).toEqual([1]);
    expect(strays).toEqual([]);
    expect(server.received.filter(({ method }) => method === "create")).toHaveLength(1);
  });

  test("may be given more or less time than others", async () => {
    const server = await serve(({ id }, client) => {
      setTimeout(() => answer(client, id, "slow"), 120);
    });
    const { socket } = await open(server.url, { requestTimeout: 30 });
    const patient = socket.request({ method: "query" }, { timeout: 2_000 });
    await expect(socket.request({ method: "query" })).rejects.toMatchObject({ reason: "timeout" });
    expect(await patient).toBe("slow");
  });

  test("can be given up: before it is sent, and after", async () => {
    const server = await serve(nothing);
    const { socket } = await open(server.url);
    const giveUp = new AbortController();
    const request = socket.request({ method: "query" }, { signal: giveUp.signal });
    giveUp.abort();
    await expect(request).rejects.toMatchObject({
      name: "OutcomeUnknownError",
      reason: "aborted",
    });
    const never = socket.request({ method: "create" }, { signal: giveUp.signal });
    await expect(never).rejects.toMatchObject({ name: "AbortError" });
    await vi.waitFor(() => expect(server.received).toHaveLength(1));
  });
});

describe("a connection that can't be made says why:", () => {
  async function failure(url: string, more: Partial<RpcSocketOptions> = {}): Promise<ConnectError> {
    const error = await open(url, more).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConnectError);
    return error as ConnectError;
  }

  test.each(["http://127.0.0.1:8000/rpc", "127.0.0.1:8000", "", "ws://", "file:///rpc"])(
    "%j is no WebSocket URL",
    async (url) => {
      expect((await failure(url)).reason).toBe("bad-url");
    },
  );

  test("a URL with a fragment, which WebSocket refuses", async () => {
    expect((await failure("ws://127.0.0.1:8000/rpc#x")).reason).toBe("bad-url");
  });

  test("nobody listens", async () => {
    const server = await tcpServer();
    await server.close();
    expect((await failure(server.url)).reason).toBe("refused-or-unreachable");
  });

  test("a server that accepts and never speaks", async () => {
    const server = await tcpServer();
    toClose.push(server.close);
    const begin = Date.now();
    expect((await failure(server.url, { connectTimeout: 100 })).reason).toBe("timeout");
    expect(Date.now() - begin).toBeLessThan(2_000);
  });

  test("a web server", async () => {
    const server = await tcpServer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    toClose.push(server.close);
    expect((await failure(server.url)).reason).toBe("refused-or-unreachable");
  });

  test("a server of another kind", async () => {
    const server = await tcpServer("220 mail.example.com ESMTP\r\n");
    toClose.push(server.close);
    expect((await failure(server.url)).reason).toBe("refused-or-unreachable");
  });

  test("a WebSocket server that speaks no cbor", async () => {
    // The client library refuses such an answer by itself, as browsers do; a proxy may not.
    const server = await serve(nothing, nothing, false);
    expect((await failure(server.url)).reason).toBe("refused-or-unreachable");
    const lenient = (url: string) => nodeWebSocket(url, []);
    expect((await failure(server.url, { createWebSocket: lenient })).reason).toBe("protocol");
    await vi.waitFor(() => expect(server.clients().size).toBe(0));
  });

  test("it was given up", async () => {
    const server = await tcpServer();
    toClose.push(server.close);
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(), 30);
    expect((await failure(server.url, { signal: giveUp.signal })).reason).toBe("aborted");
    expect((await failure(server.url, { signal: giveUp.signal })).reason).toBe("aborted");
  });

  test("there is no WebSocket", async () => {
    vi.stubGlobal("WebSocket", undefined);
    toClose.push(() => vi.unstubAllGlobals());
    const error = await failure("ws://127.0.0.1:8000/rpc", { createWebSocket: undefined });
    expect(error.reason).toBe("unsupported");
  });
});
