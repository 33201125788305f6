/** Sessions of the embedded server, through the official SDK: who sees and reaches what. */
import { RecordId, type Surreal, type SurrealSession, Uuid } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_PEOPLE, signInOf } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { BareSocket, connectSdk, failure, shape, until } from "./sdk.ts";

const { alice, bob, admin } = DEMO_PEOPLE;

let server: DemoServer;
const clients: Surreal[] = [];

async function client(): Promise<Surreal> {
  const db = await connectSdk(server);
  clients.push(db);
  return db;
}

async function whoIs(session: SurrealSession): Promise<string> {
  const [auth] = await session.query<[RecordId | undefined]>("RETURN $auth");
  return String(auth);
}

beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const db of clients) await db.close();
  await server.close();
});

describe("sessions of one socket", () => {
  it("hold different people on one socket, and leave the default session alone", async () => {
    const before = server.stats();
    const db = await client();
    await db.signin(signInOf(alice));
    const second = await db.newSession();
    await second.signin(signInOf(bob));

    expect(await whoIs(db)).toBe("user:alice");
    expect(await whoIs(second)).toBe("user:bob");
    await second.use({ namespace: "app", database: "tenant_a" });
    await second.set("colour", "red");
    const [other] = await db.query("RETURN { database: $session.db, colour: $colour }");
    expect(other).toEqual({ database: "tenant_a", colour: undefined });
    expect(server.stats().acceptedSockets).toBe(before.acceptedSockets + 1);
  });

  it("shows the client's own id as $session.id, and the same to session::id()", async () => {
    const db = await client();
    const session = await db.newSession();
    await session.signin(signInOf(alice));
    const [ids] = await session.query("RETURN [$session.id, session::id()]");
    expect(ids).toEqual([session.session, session.session]);
  });

  it("gives each socket's default session an id of its own", async () => {
    const [one, two] = [await client(), await client()];
    await one.signin(signInOf(admin));
    await two.signin(signInOf(admin));
    const [[first], [second]] = await Promise.all([
      one.query<[{ id: Uuid }]>("RETURN $session"),
      two.query<[{ id: Uuid }]>("RETURN $session"),
    ]);
    expect(first.id).toBeInstanceOf(Uuid);
    expect(String(first.id)).not.toBe(String(second.id));
  });

  it("inherits nothing into a new session, and everything into a fork", async () => {
    const db = await client();
    await db.signin(signInOf(alice));
    await db.set("colour", "blue");

    const fresh = await db.newSession();
    expect((await failure(fresh.query("RETURN 1"))).message).toMatch(/^Anonymous access/);

    const fork = await db.forkSession();
    const [state] = await fork.query("RETURN [$auth, $session.ns, $session.db, $colour]");
    expect(state).toEqual([new RecordId("user", "alice"), "app", "tenant_a", "blue"]);
  });

  it("refuses a second attach of an id, and anything on an unknown one", async () => {
    const bare = await BareSocket.open(server, ["cbor"]);
    const session = Uuid.v7();
    expect((await bare.call("attach", [], { session })).error).toBeUndefined();
    expect((await bare.call("attach", [], { session })).error).toEqual({
      code: -32000,
      message: `Session already exists: ${session}`,
      kind: "AlreadyExists",
      details: { kind: "Session", details: { id: session.toString() } },
    });
    const unknown = Uuid.v7();
    for (const method of ["query", "use", "let", "begin", "invalidate", "info"]) {
      expect((await bare.call(method, ["a", "b"], { session: unknown })).error).toEqual({
        code: -32000,
        message: `Session not found: ${unknown}`,
        kind: "NotFound",
        details: { kind: "Session", details: { id: unknown.toString() } },
      });
    }
    expect((await bare.call("detach", [], { session: unknown })).error).toBeUndefined();
    expect((await bare.call("attach")).error?.message).toBe("Expected a session ID");
    bare.socket.close();
  });

  it("detaches, after which the id is unknown and may be attached anew", async () => {
    const bare = await BareSocket.open(server, ["cbor"]);
    const session = Uuid.v7();
    await bare.call("attach", [], { session });
    await bare.call("signin", [{ user: "root", pass: "root" }], { session });
    await bare.call("detach", [], { session });
    expect((await bare.call("query", ["RETURN 1"], { session })).error?.kind).toBe("NotFound");
    await bare.call("attach", [], { session });
    expect((await bare.call("query", ["RETURN 1"], { session })).error?.kind).toBe("NotAllowed");
    bare.socket.close();
  });

  it("closes with the SDK's closeSession", async () => {
    const db = await client();
    const session = await db.newSession();
    await session.closeSession();
    expect(session.isValid).toBe(false);
    expect(await db.sessions()).toEqual([]);
  });

  it("reset clears auth, selection and variables, and stays attached", async () => {
    const db = await client();
    const session = await db.newSession();
    await session.signin(signInOf(alice));
    await session.set("colour", "red");
    await session.reset();
    expect(shape(await failure(session.query("RETURN 1")))).toMatchObject({ kind: "NotAllowed" });
    await session.signin(signInOf(admin));
    const [state] = await session.query<[object]>("RETURN $session");
    expect(state).toMatchObject({ ns: undefined, db: undefined, ac: undefined, rd: undefined });
    await session.use({ namespace: "app", database: "tenant_a" });
    expect(await session.query("RETURN $colour")).toEqual([undefined]);
  });
});

describe("sessions of several sockets", () => {
  it("are listed for and reached from their own socket only", async () => {
    const [one, two] = [await client(), await client()];
    const session = await one.newSession();
    await session.signin(signInOf(alice));
    expect((await one.sessions()).map(String)).toEqual([String(session.session)]);
    expect(await two.sessions()).toEqual([]);

    const bare = await BareSocket.open(server, ["cbor"]);
    const foreign = { session: session.session };
    expect((await bare.call("query", ["RETURN $auth"], foreign)).error?.kind).toBe("NotFound");
    await bare.call("detach", [], foreign);
    expect(await whoIs(session)).toBe("user:alice");
    bare.socket.close();
  });

  it("may have the same id at once without touching each other", async () => {
    const [one, two] = await Promise.all([
      BareSocket.open(server, ["cbor"]),
      BareSocket.open(server, ["cbor"]),
    ]);
    const session = Uuid.v7();
    for (const [socket, person] of [[one, alice] as const, [two, bob] as const]) {
      expect((await socket.call("attach", [], { session })).error).toBeUndefined();
      const { name, password, namespace: ns, database: db, access: ac } = person;
      await socket.call("signin", [{ ns, db, ac, name, password }], { session });
    }
    for (const [socket, name] of [[one, "alice"] as const, [two, "bob"] as const]) {
      const { result } = await socket.call("query", ["RETURN $auth"], { session });
      expect(result).toMatchObject([{ result: new RecordId("user", name) }]);
      socket.socket.close();
    }
  });

  it("share the data", async () => {
    const [one, two] = [await client(), await client()];
    await one.signin(signInOf(alice));
    await two.signin(signInOf(alice));
    const [[note]] = await one.query<[{ id: RecordId }[]]>("CREATE note SET text = 'shared data'");
    const [text] = await two.query("SELECT VALUE text FROM ONLY $id", { id: note?.id });
    expect(text).toBe("shared data");
  });
});

describe("the end of a socket", () => {
  it("ends its sessions without waiting for a running query", async () => {
    const bare = await BareSocket.open(server, ["cbor"]);
    const open = server.stats().openSockets;
    const session = Uuid.v7();
    await bare.call("attach", [], { session });
    await bare.call("signin", [{ user: "root", pass: "root" }], { session });
    const slow = bare.call("query", ["SLEEP 3s"], { session });
    slow.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    bare.socket.terminate();
    await until(() => server.stats().openSockets === open - 1);

    // The id is free in the engine again: another socket may have it, as $session.id too.
    const next = await BareSocket.open(server, ["cbor"]);
    await next.call("attach", [], { session });
    await next.call("signin", [{ user: "root", pass: "root" }], { session });
    const { result } = await next.call("query", ["RETURN $session.id"], { session });
    expect(result).toMatchObject([{ result: session }]);
    next.socket.close();
  });

  it("comes after missed pings", async () => {
    const strict = await startServer({
      port: 0,
      empty: true,
      heartbeat: { everyMs: 50, deadAfterMs: 1_000 },
    });
    const alive = await BareSocket.open(strict, ["cbor"]);
    const dead = await BareSocket.open(strict, ["cbor"], false);
    await until(() => dead.socket.readyState === dead.socket.CLOSED);
    expect(strict.stats().openSockets).toBe(1);
    expect((await alive.call("ping")).error).toBeUndefined();
    await strict.close();
  });
});
