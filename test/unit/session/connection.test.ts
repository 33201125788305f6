/** Connections: how they come to be, how they fail and in which words, and how they come back. */
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { explainConnectError } from "../../../src/session/connection-failures.ts";
import type { ConnectionState, ConnectionView } from "../../../src/session/model.ts";
import type { Registry } from "../../../src/session/registry.ts";
import { ConnectError } from "../../../src/wire/errors.ts";
import { memoryDurableStore } from "../../support/memory-stores.ts";
import { loadRegistry, nodeWebSocket, until } from "../../support/registry.ts";
import { startProxy } from "../../support/rpc-proxy.ts";
import { failureOf, openScene, SIGN_INS } from "../../support/scene.ts";

let server: DemoServer;
const after: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const undo of after.reverse()) await undo();
  await server.close();
});

async function registryOf(parts: Parameters<typeof loadRegistry>[0] = {}): Promise<Registry> {
  const registry = await loadRegistry(parts);
  after.push(() => registry.dispose());
  return registry;
}

/** Adds a connection and waits until it has come to something. */
async function outcome(url: string): Promise<ConnectionView> {
  const registry = await registryOf();
  await registry.addConnection({ url });
  await until(() => !/idle|connecting/.test(registry.connections[0]?.state.kind ?? ""));
  return registry.connections[0] as ConnectionView;
}

function failureIn(state: ConnectionState | undefined) {
  return state && "failure" in state ? state.failure : undefined;
}

async function listening(server: {
  listen(port: number, host: string, done: () => void): unknown;
}) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

/** A WebSocket server that isn't SurrealDB. */
async function stranger(
  onMessage: (data: Uint8Array, send: (frame: Uint8Array | string) => void) => void,
  subprotocol: string | false = "cbor",
): Promise<string> {
  const wss = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    handleProtocols: () => subprotocol,
  });
  await new Promise((resolve) => wss.on("listening", resolve));
  wss.on("connection", (socket) => {
    socket.on("message", (data) =>
      onMessage(new Uint8Array(data as Buffer), (f) => socket.send(f)),
    );
  });
  after.push(() => {
    for (const client of wss.clients) client.terminate();
    wss.close();
  });
  return `ws://127.0.0.1:${(wss.address() as AddressInfo).port}/rpc`;
}

describe.concurrent("a connection", () => {
  it("opens, asks the version, and says so", async () => {
    const view = await outcome(server.url);
    expect(view).toMatchObject({
      name: `127.0.0.1:${server.port}`,
      url: server.url,
      state: { kind: "open" },
      version: expect.stringMatching(/^3\.\d+\.\d+/),
      sessionsSupported: true,
      strayFrames: 0,
      local: true,
    });
  });

  it("is mended, named, and refused a second time for the same address", async () => {
    const registry = await registryOf();
    const given = `http://127.0.0.1:${server.port}`;
    const added = await registry.addConnection({ url: given, name: "  Demo " });
    expect(added).toMatchObject({ url: server.url, mended: expect.stringContaining("/rpc") });
    expect(registry.connections).toMatchObject([{ name: "Demo" }]);
    expect(await failureOf(registry.addConnection({ url: server.url }))).toMatchObject({
      name: "InvalidRequestError",
      message: `${server.url} is already there as “Demo”.`,
    });
    expect((await failureOf(registry.addConnection({ url: "no address" }))).name).toBe(
      "InvalidUrlError",
    );
    expect(registry.connections).toHaveLength(1);
  });

  it("holds several servers at once, each with its own sessions", async () => {
    const other = await otherServer();
    const scene = await openScene(server.url);
    after.push(() => scene.registry.dispose());
    const { id } = await scene.registry.addConnection({ url: other.url });
    const here = await scene.create({ signIn: SIGN_INS.alice });
    const there = await scene.registry.create({ connectionId: id, signIn: SIGN_INS.bob });
    expect(scene.view(here).connectionId).not.toBe(scene.view(there).connectionId);
    expect(await scene.whoIs(there)).toBe("user:bob app tenant_b");
    await scene.registry.disconnect(scene.connectionId);
    expect(await scene.whoIs(there)).toBe("user:bob app tenant_b");
    expect(scene.view(here).gate.open).toBe(false);
  });
});

describe.concurrent("a connection that fails says why", () => {
  it("nothing listens", async () => {
    const tcp = createTcp();
    await listening(tcp);
    const { port } = tcp.address() as AddressInfo;
    await new Promise((resolve) => tcp.close(resolve));
    const { state } = await outcome(`ws://127.0.0.1:${port}/rpc`);
    expect(state.kind).toBe("waiting");
    expect(failureIn(state)).toEqual({
      code: "refused",
      message: `Nothing listens on ws://127.0.0.1:${port}. Is SurrealDB running?`,
    });
  });

  it("a plain HTTP server", async () => {
    const http = createHttp((_request, response) => response.end("hello"));
    await listening(http);
    after.push(() => {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(resolve));
    });
    const { state } = await outcome(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/rpc`);
    expect(failureIn(state)).toMatchObject({
      code: "not-surrealdb",
      message: "This server did not answer as SurrealDB does.",
      advice: "A SurrealDB server answers RPC at /rpc.",
    });
  });

  const kinds: [string, () => Promise<string>][] = [
    ["a WebSocket server without SurrealDB's subprotocol", () => stranger(() => undefined, false)],
    ["a WebSocket server that echoes", () => stranger((data, send) => send(data))],
    ["a WebSocket server that talks text", () => stranger((_d, send) => send("hello"))],
    ["a WebSocket server that answers garbage", () => stranger((_d, send) => send(garbage()))],
    ["a WebSocket server that says nothing", () => stranger(() => undefined)],
  ];
  it.each(kinds)(
    "%s",
    async (_what, start) => {
      const registry = await loadRegistry();
      await registry.addConnection({ url: await start() });
      const state = () => registry.connections[0]?.state;
      await until(() => state()?.kind === "waiting");
      expect(failureIn(state())?.code).toBe("not-surrealdb");
      await registry.dispose();
    },
    12_000,
  );

  it("a server that hangs up at once", async () => {
    const tcp = createTcp((socket) => socket.destroy());
    await listening(tcp);
    after.push(() => new Promise((resolve) => tcp.close(resolve)));
    const { state } = await outcome(`ws://127.0.0.1:${(tcp.address() as AddressInfo).port}/rpc`);
    expect(state.kind).toBe("waiting");
    expect(failureIn(state)?.message).toBeTruthy();
  });

  it("TLS, where a browser tells no more than that it failed", async () => {
    const error = new ConnectError("refused-or-unreachable", "wss://db.test/rpc", "no");
    const failed = await explainConnectError(error, "wss://db.test/rpc", async () => false, true);
    expect(failed).toMatchObject({
      code: "tls",
      message: expect.stringContaining("certificate isn't trusted"),
      suggestedUrl: "https://db.test",
    });
  });

  it("no network, unless the server is on this machine", async () => {
    const error = new ConnectError("refused-or-unreachable", "x", "no");
    const no = async () => false;
    expect(await explainConnectError(error, "wss://db.test/rpc", no, false)).toMatchObject({
      code: "offline",
    });
    expect(await explainConnectError(error, "ws://localhost:1/rpc", no, false)).toMatchObject({
      code: "refused",
    });
  });

  it("a request in its name fails unsent", async () => {
    const registry = await registryOf();
    const { id } = await registry.addConnection({ url: "ws://127.0.0.1:9/rpc" });
    const error = await failureOf(registry.create({ connectionId: id }));
    expect(error).toMatchObject({ name: "NotConnectedError" });
    expect(error.message).toContain("Is SurrealDB running?");
    expect(registry.sessions).toEqual([]);
    expect((await failureOf(registry.create({ connectionId: "none" }))).name).toBe(
      "InvalidRequestError",
    );
  });
});

describe.concurrent("stray frames", () => {
  it("are counted and shown, and the connection goes on", async () => {
    const proxy = await startProxy(server.url);
    after.push(() => proxy.close());
    const scene = await openScene(proxy.url);
    after.push(() => scene.registry.dispose());
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const strays: unknown[] = [
      garbage(),
      new Uint8Array(),
      5,
      "text",
      [],
      {},
      { id: 99_999, result: "nobody asked" },
      { id: "foreign", result: 1 },
      { error: { code: -32700, message: "Parse error" } },
      { result: { id: "no uuid", action: "CREATE", record: 1, result: 2 } },
    ];
    for (const frame of strays) proxy.inject(frame);
    await until(() => scene.registry.connections[0]?.strayFrames === strays.length);
    const [view] = scene.registry.connections;
    expect(view?.lastStray).toBeTruthy();
    expect(view?.state.kind).toBe("open");
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
  });

  it("for sessions that nobody has disturb nothing", async () => {
    const proxy = await startProxy(server.url);
    after.push(() => proxy.close());
    const scene = await openScene(proxy.url);
    after.push(() => scene.registry.dispose());
    const key = await scene.create({ signIn: SIGN_INS.alice });
    for (let index = 0; index < 500; index += 1) {
      proxy.inject({
        result: { id: crypto.randomUUID(), session: key, action: "CREATE", record: 1, result: 2 },
      });
    }
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
  });
});

describe.concurrent("coming back", () => {
  it("waits longer each time, tells until when, and at once when asked to", async () => {
    const registry = await registryOf();
    const { id } = await registry.addConnection({ url: "ws://127.0.0.1:9/rpc" });
    const pauses: number[] = [];
    let last: ConnectionState | undefined;
    await until(() => {
      const [view] = registry.connections;
      if (view?.state.kind === "waiting" && view.state !== last) {
        last = view.state;
        pauses.push(view.state.retryAt - view.since);
      }
      return pauses.length >= 5;
    });
    // 100, 200, 400 … with up to half of it taken off by chance.
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThan(100 * 2 ** index * 0.45);
      expect(pause).toBeLessThan(100 * 2 ** index * 1.1);
    }
    await registry.retryConnection(id);
    expect(registry.connections[0]?.state.kind).toBe("connecting");
    expect(failureIn(registry.connections[0]?.state)?.code).toBe("refused");
  });

  it("is Careful from when it is marked until that is taken back, whatever else is edited", async () => {
    const registry = await registryOf();
    const url = "ws://127.0.0.1:9/rpc";
    const { id } = await registry.addConnection({ url, careful: true });
    expect(registry.connections[0]?.careful).toBe(true);
    await registry.editConnection(id, { url, name: "production" });
    expect(registry.connections[0]).toMatchObject({ name: "production", careful: true });
    await registry.editConnection(id, { url, careful: false });
    expect(registry.connections[0]?.careful).toBeUndefined();
  });

  it("tries at once when the network is back", async () => {
    const registry = await registryOf();
    await registry.addConnection({ url: "ws://127.0.0.1:9/rpc" });
    await until(() => {
      const state = registry.connections[0]?.state;
      return state?.kind === "waiting" && state.retryAt - Date.now() > 500;
    });
    registry.networkChanged();
    expect(registry.connections[0]?.state.kind).toBe("connecting");
  });

  it("opens one socket, however impatiently it is asked to", async () => {
    const other = await otherServer();
    let made = 0;
    const registry = await registryOf({
      createWebSocket: (url, protocols) => {
        made += 1;
        return nodeWebSocket(url, protocols);
      },
    });
    const { id } = await registry.addConnection({ url: other.url });
    for (let index = 0; index < 5; index += 1) await registry.retryConnection(id);
    await until(() => registry.connections[0]?.state.kind === "open");
    for (let index = 0; index < 5; index += 1) await registry.retryConnection(id);
    await until(() => other.stats().openSockets === 1);
    expect(made).toBeLessThanOrEqual(6);
    await registry.create({ connectionId: id });
    expect(other.stats().openSockets).toBe(1);
  });

  it("stays away after the person disconnected it, also after a reload", async () => {
    const durable = memoryDurableStore();
    const scene = await openScene(server.url, { durable });
    const key = await scene.create();
    await scene.registry.disconnect(scene.connectionId);
    const closed = { kind: "closed", failure: { code: "closed-by-you" } };
    expect(scene.registry.connections[0]?.state).toMatchObject(closed);
    expect((await failureOf(scene.registry.session(key).touch())).name).toBe("NotConnectedError");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(scene.registry.connections[0]?.state).toMatchObject(closed);
    await scene.registry.dispose();
    const registry = await registryOf({ durable });
    registry.wake();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(registry.connections[0]?.state).toMatchObject(closed);
    await registry.retryConnection(scene.connectionId);
    await until(() => registry.connections[0]?.state.kind === "open");
    expect((await durable.load()).profiles).toMatchObject([{ disconnected: false }]);
    expect(registry.sessions).toMatchObject([{ key, gate: { open: true } }]);
  });

  it("connects again for a new session on a connection that was disconnected", async () => {
    const durable = memoryDurableStore();
    const scene = await openScene(server.url, { durable });
    after.push(() => scene.registry.dispose());
    await scene.registry.disconnect(scene.connectionId);
    await scene.create();
    expect(scene.registry.connections[0]?.state.kind).toBe("open");
    expect((await durable.load()).profiles).toMatchObject([{ disconnected: false }]);
  });
});

describe.concurrent("editing", () => {
  it("renames, and moves a connection that nobody is signed in on", async () => {
    const other = await otherServer();
    const durable = memoryDurableStore();
    const scene = await openScene(server.url, { durable });
    after.push(() => scene.registry.dispose());
    const { registry, connectionId } = scene;
    const anonymous = await scene.create();
    await registry.editConnection(connectionId, {
      url: server.url,
      name: "Renamed",
      namespace: "app",
      database: "tenant_a",
    });
    expect(registry.connections).toMatchObject([{ name: "Renamed", state: { kind: "open" } }]);
    const placed = await scene.create();
    expect(scene.view(placed)).toMatchObject({ namespace: "app", database: "tenant_a" });
    const signedIn = await scene.create({ signIn: SIGN_INS.alice });
    expect(
      await failureOf(registry.editConnection(connectionId, { url: other.url })),
    ).toMatchObject({ name: "InvalidRequestError", message: expect.stringContaining("tokens") });
    expect(registry.connections[0]?.url).toBe(server.url);
    await registry.session(signedIn).close();
    await registry.forget(signedIn);
    await registry.editConnection(connectionId, { url: other.url });
    await scene.connected();
    expect(other.stats().sockets.flatMap(({ sessions }) => sessions)).toContain(anonymous);
    expect((await durable.load()).profiles).toMatchObject([{ url: other.url, name: "Renamed" }]);
  });

  it("removes a connection with all its sessions, here, at the server and in the stores", async () => {
    const durable = memoryDurableStore();
    const scene = await openScene(server.url, { durable });
    after.push(() => scene.registry.dispose());
    const a = await scene.create({ signIn: SIGN_INS.alice });
    const b = await scene.create();
    await scene.registry.session(b).close();
    await scene.registry.removeConnection(scene.connectionId);
    expect(scene.registry.connections).toEqual([]);
    expect(scene.registry.sessions).toEqual([]);
    expect(await durable.load()).toMatchObject({ profiles: [], sessions: [] });
    await until(() => !server.stats().sockets.some(({ sessions }) => sessions.includes(a)));
    expect((await failureOf(scene.registry.removeConnection(scene.connectionId))).name).toBe(
      "InvalidRequestError",
    );
  });

  it("takes no token to another server: not of an expired session, nor of a closed one", async () => {
    const proxy = await startProxy((await otherServer()).url);
    after.push(() => proxy.close());
    const scene = await openScene(server.url);
    after.push(() => scene.registry.dispose());
    const { registry, connectionId } = scene;
    const key = await scene.create({ signIn: SIGN_INS.alice });
    await registry.session(key).expire("clock");
    const move = () => registry.editConnection(connectionId, { url: proxy.url });
    expect((await failureOf(move())).name).toBe("InvalidRequestError");
    await registry.session(key).close();
    await move();
    await scene.connected();
    const again = await registry.reopen(key);
    expect(scene.view(again)).toMatchObject({ status: "expired", needsSignIn: true });
    expect(proxy.of("authenticate", "refresh", "signin")).toEqual([]);
  });
});

async function otherServer(): Promise<DemoServer> {
  const other = await startServer({ port: 0 });
  after.push(() => other.close());
  return other;
}

function garbage(): Uint8Array {
  return new Uint8Array([0xff, 0x00, 0x9f, 0x80, 0x13, 0x37]);
}
