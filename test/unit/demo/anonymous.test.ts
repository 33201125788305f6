/** Anonymous sessions: refused as by a real server without guest access, or held to permissions. */
import { type Surreal, Uuid } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_PEOPLE, signInOf } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { BareSocket, connectSdk, failure } from "./sdk.ts";

const { alice } = DEMO_PEOPLE;
const REFUSED = {
  code: -32002,
  message: "Anonymous access not allowed: Not enough permissions to perform this action",
  kind: "NotAllowed",
  details: {
    kind: "Auth",
    details: {
      kind: "NotAllowed",
      details: { actor: "anonymous", action: "process", resource: "query" },
    },
  },
};

describe("without guest access", () => {
  let server: DemoServer;
  beforeAll(async () => {
    server = await startServer({ port: 0 });
  });
  afterAll(() => server.close());

  it("refuses all data methods and allows the rest", async () => {
    const bare = await BareSocket.open(server, ["cbor"]);
    const session = Uuid.v7();
    await bare.call("attach", [], { session });
    for (const target of [{}, { session }]) {
      const data = ["info", "query", "select", "insert", "insert_relation", "create", "upsert"];
      data.push("update", "merge", "patch", "delete", "relate", "run", "live", "kill");
      for (const method of data) {
        expect((await bare.call(method, ["note"], target)).error, method).toEqual(REFUSED);
      }
      const allowed: [string, unknown[]][] = [
        ["ping", []],
        ["version", []],
        ["use", ["app", "tenant_a"]],
        ["let", ["colour", "red"]],
        ["unset", ["colour"]],
        ["sessions", []],
        ["begin", []],
        ["invalidate", []],
        ["reset", []],
      ];
      for (const [method, params] of allowed) {
        expect((await bare.call(method, params, target)).error, method).toBeUndefined();
      }
    }
    bare.socket.close();
  });

  it("refuses after invalidate and after reset, and not after a failed sign-in", async () => {
    const db = await connectSdk(server);
    await db.signin(signInOf(alice));
    await failure(db.signin({ username: "root", password: "wrong" }));
    expect(await db.query("RETURN 1")).toEqual([1]);
    await db.invalidate();
    expect((await failure(db.query("RETURN 1"))).message).toBe(REFUSED.message);
    await db.signin(signInOf(alice));
    await db.reset();
    expect((await failure(db.query("RETURN 1"))).message).toBe(REFUSED.message);
    await db.close();
  });
});

describe("with guest access", () => {
  let server: DemoServer;
  let db: Surreal;
  beforeAll(async () => {
    server = await startServer({ port: 0, guests: true });
    db = await connectSdk(server);
    await db.use({ namespace: "app", database: "tenant_a" });
  });
  afterAll(async () => {
    await db.close();
    await server.close();
  });

  it("lets anonymous sessions see what tables permit, and nothing else", async () => {
    const [notices, notes, users, audit, made] = await db.query<unknown[][]>(
      `SELECT * FROM notice; SELECT * FROM note; SELECT * FROM user; SELECT * FROM audit;
       CREATE note SET text = 'mine'`,
    );
    expect(notices).toHaveLength(1);
    expect([notes, users, audit, made]).toEqual([[], [], [], []]);
    for (const statement of [
      "DEFINE TABLE mine",
      "INFO FOR DB",
      "INFO FOR ROOT",
      "REMOVE TABLE note",
    ]) {
      expect((await failure(db.query(statement))).kind, statement).toBe("NotAllowed");
    }
  });

  it("shows them as nobody", async () => {
    const [state] = await db.query(
      "RETURN { auth: $auth, token: $token, ac: $session.ac, tk: $session.tk, ns: $session.ns }",
    );
    expect(state).toMatchObject({ auth: undefined, token: undefined, tk: undefined, ns: "app" });
    const [session] = await db.query("RETURN $session");
    expect(session).toMatchObject({ ac: undefined, tk: undefined, ns: "app", db: "tenant_a" });
  });

  it("keeps a guest's selection through sign-in, sign-out and a failed sign-in", async () => {
    const session = await db.newSession();
    expect(await session.query("RETURN 1")).toEqual([1]);
    await session.signin(signInOf(alice));
    const [notes] = await session.query<[unknown[]]>("SELECT * FROM note");
    expect(notes.length).toBeGreaterThan(0);
    await session.invalidate();
    expect(await session.query("SELECT * FROM note; RETURN [$session.ns, $session.db]")).toEqual([
      [],
      ["app", "tenant_a"],
    ]);
    await failure(session.signin({ username: "root", password: "wrong" }));
    expect(await session.query("SELECT * FROM note")).toEqual([[]]);
    await session.reset();
    expect(await session.query("RETURN $session")).toMatchObject([
      { ns: undefined, db: undefined },
    ]);
  });
});
