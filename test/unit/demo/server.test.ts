/** The server as a whole: formats, HTTP, several at once, restart with a data folder, bad starts. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RecordId, type Tokens } from "surrealdb";
import { afterEach, describe, expect, it } from "vitest";
import { DEMO_PEOPLE, signInOf } from "../../../demo/server/seed.ts";
import { type DemoServer, type ServerOptions, startServer } from "../../../demo/server/server.ts";
import { BareSocket, connectSdk, failure, until } from "./sdk.ts";

const { alice } = DEMO_PEOPLE;
const running: DemoServer[] = [];

async function start(options: Partial<ServerOptions> = {}): Promise<DemoServer> {
  const server = await startServer({ port: 0, ...options });
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe("formats", () => {
  it("speaks JSON on a json socket and on one without a subprotocol", async () => {
    const server = await start();
    for (const protocols of [["json"], []]) {
      const bare = await BareSocket.open(server, protocols);
      expect(bare.socket.protocol).toBe(protocols[0] ?? "");
      await bare.call("signin", [{ user: "root", pass: "root" }]);
      await bare.call("use", ["app", "tenant_a"]);
      const { result } = await bare.call("query", [
        `RETURN [user:alice, 1.5dec, d"2024-01-01T00:00:00Z", 1h30m, NONE, 9007199254740993, <set>[1, 2], b"00ff",
          u"018e2b1c-0000-7000-8000-000000000001", user:1..5, { a: "$b" }]`,
      ]);
      expect(JSON.stringify((result as { result: unknown }[])[0]?.result)).toBe(
        JSON.stringify([
          ...["user:alice", "1.5", "2024-01-01T00:00:00Z", "1h30m", null],
          ...[9007199254740992, [1, 2], [0, 255]],
          ...["018e2b1c-0000-7000-8000-000000000001", "user:1..5", { a: "$b" }],
        ]),
      );
      const selected = await bare.call("select", ["user:alice"]);
      expect(selected.result).toMatchObject({ id: "user:alice", name: "alice" });
      bare.socket.close();
    }
  });

  it("has sessions and transactions on a json socket, ids as strings", async () => {
    const server = await start();
    const bare = await BareSocket.open(server, ["json"]);
    const session = "018e2b1c-0000-7000-8000-0000000000aa";
    await bare.call("attach", [], { session });
    expect((await bare.call("sessions")).result).toEqual([session]);
    const signedIn = await bare.call("signin", [{ user: "root", pass: "root" }], { session });
    expect(signedIn.session).toBe(session);
    const txn = (await bare.call("begin", [], { session })).result as string;
    expect((await bare.call("query", ["RETURN 1"], { session, txn })).error).toBeUndefined();
    expect((await bare.call("commit", [txn], { session })).error).toBeUndefined();
    bare.socket.close();
  });

  it("selects no subprotocol where only flatbuffers is offered", async () => {
    const server = await start({ empty: true });
    await expect(BareSocket.open(server, ["flatbuffers"])).rejects.toThrow(/subprotocol/);
  });
});

it("answers /health, /version and / over HTTP, and nothing else", async () => {
  const server = await start({ empty: true });
  const base = server.url.replace("ws:", "http:").replace("/rpc", "");
  const get = async (path: string) => {
    const response = await fetch(base + path);
    return [response.status, await response.text()];
  };
  expect(await get("/health")).toEqual([200, ""]);
  expect(await get("/version")).toEqual([200, "surrealdb-3.0.2"]);
  expect((await get("/"))[1]).toMatch(/Not production software/);
  expect((await get("/sql"))[0]).toBe(404);
  expect((await get("/rpc"))[0]).toBe(426);
});

it("starts several at once with data of their own", async () => {
  const [one, two] = await Promise.all([start(), start({ empty: true })]);
  const db = await connectSdk(two);
  const { code, details } = await failure(db.signin(signInOf(alice)));
  expect([code, details]).toMatchObject([-32000, { kind: "Namespace" }]);
  await db.signin({ username: "root", password: "root" });
  await db.close();
  const other = await connectSdk(one);
  await other.signin(signInOf(alice));
  await other.close();
});

it("keeps tokens and data of a folder over a restart on the same port", async () => {
  const path = await mkdtemp(join(tmpdir(), "switchyard server é "));
  const first = await startServer({ port: 0, path });
  const db = await connectSdk(first);
  const tokens = (await db.signin(signInOf(alice))) as Required<Tokens>;
  await db.query("CREATE note:kept SET text = 'kept'");
  await db.close();
  await first.close();
  expect(await readdir(path)).not.toEqual([]);

  const second = await start({ port: first.port, path });
  const again = await connectSdk(second);
  await again.authenticate(tokens.access);
  expect(await again.query("RETURN $auth; SELECT VALUE text FROM ONLY note:kept")).toEqual([
    new RecordId("user", "alice"),
    "kept",
  ]);
  await again.close();
  await second.close();
  running.length = 0;
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

it("refuses the tokens of an earlier run where the data are in memory", async () => {
  const first = await startServer({ port: 0 });
  const db = await connectSdk(first);
  const { access } = await db.signin(signInOf(alice));
  await db.close();
  await first.close();
  const again = await connectSdk(await start());
  expect((await failure(again.authenticate(access))).kind).toBe("NotAllowed");
  await again.close();
});

it("says that a port is taken", async () => {
  const { port } = await start({ empty: true });
  await expect(startServer({ port, empty: true })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

it("cuts its sockets, after which the SDK restores its sessions", async () => {
  const server = await start();
  const db = await connectSdk(server, true);
  await db.signin(signInOf(alice));
  const session = await db.newSession();
  await session.signin(signInOf(alice));
  server.cutSockets();
  await until(() => server.stats().sockets.some(({ sessions }) => sessions.length === 1));
  expect(await session.query("RETURN $auth")).toEqual([new RecordId("user", "alice")]);
  expect(server.stats()).toMatchObject({ openSockets: 1, acceptedSockets: 2 });
  await db.close();
});
