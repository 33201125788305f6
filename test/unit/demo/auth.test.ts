/** Signing in to the embedded server in every way, and the errors of each that fails. */
import { RecordId, type Surreal, type Tokens } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCESSES, DEMO_PEOPLE, mintKey, signInOf } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { BareSocket, connectSdk, failure, shape } from "./sdk.ts";

const { alice, bob, admin, operator, editor, viewer } = DEMO_PEOPLE;
const WHERE = { namespace: "app", database: "tenant_a" };
const INVALID_AUTH = {
  code: -32002,
  kind: "NotAllowed",
  details: { kind: "Auth", details: { kind: "InvalidAuth" } },
};
const SESSION_EXPIRED = {
  code: -32000,
  kind: "NotAllowed",
  details: { kind: "Auth", details: { kind: "SessionExpired" } },
};
const INTERNAL = { code: -32000, kind: "Internal" };

let server: DemoServer;
const clients: Surreal[] = [];

async function client(): Promise<Surreal> {
  const db = await connectSdk(server);
  clients.push(db);
  return db;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const record = (
  access: string,
  { name, password } = alice as { name: string; password: string },
) => ({
  ...WHERE,
  access,
  variables: { name, password },
});

beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const db of clients) await db.close();
  await server.close();
});

describe("signing in", () => {
  it("works for each person of the demo", async () => {
    for (const person of [alice, bob, admin, operator, editor, viewer]) {
      const db = await client();
      await db.signin(signInOf(person));
      await db.use({ namespace: person.namespace, database: person.database });
      const [token] = await db.query<[{ ID: string }]>("RETURN $token");
      expect(token.ID).toBe(person.level === "record" ? `user:${person.name}` : person.name);
    }
  });

  it("holds record users to the tables' permissions, each tenant to its own", async () => {
    const seen: Record<string, unknown> = {};
    for (const [person, tenant] of [
      [alice, "tenant_a"],
      [bob, "tenant_a"],
      [bob, "tenant_b"],
      [admin, "tenant_a"],
    ] as const) {
      const db = await client();
      await db.signin(signInOf(person, tenant));
      await db.use({ namespace: "app", database: tenant });
      const [notes, audit] = await db.query<[unknown[], unknown[]]>(
        "SELECT * FROM note; SELECT * FROM audit",
      );
      seen[`${person.name}@${tenant}`] = [notes.length, audit.length];
    }
    expect(seen).toEqual({
      "alice@tenant_a": [4, 0],
      "bob@tenant_a": [3, 0],
      "bob@tenant_b": [3, 0],
      "root@tenant_a": [6, 1],
    });
  });

  it("signs up, and refuses a name that is taken", async () => {
    const db = await client();
    const tokens = await db.signup(record(ACCESSES.account, { name: "carol", password: "c" }));
    expect(tokens.refresh).toMatch(/^surreal-refresh-/);
    expect(await db.query("RETURN $auth")).toEqual([new RecordId("user", "carol")]);
    const again = failure(db.signup(record(ACCESSES.account, { name: "carol", password: "x" })));
    expect(shape(await again)).toMatchObject({ kind: "Internal" });
  });

  it("takes bearer keys for a database user and for a record user", async () => {
    const db = await client();
    const userKey = await mintKey(server.query, { user: "viewer" });
    await db.signin({ ...WHERE, access: ACCESSES.userKey, key: userKey });
    const [token] = await db.query<[{ ID: string; AC: string }]>("RETURN $token");
    expect([token.ID, token.AC]).toEqual(["viewer", "user_key"]);

    const recordKey = await mintKey(server.query, { record: "user:alice" });
    await db.signin({ ...WHERE, access: ACCESSES.recordKey, key: recordKey });
    expect(await db.query("RETURN $auth")).toEqual([new RecordId("user", "alice")]);
  });

  it("says in the engine's own words what is wrong", async () => {
    const db = await client();
    const wrong = { name: "alice", password: "wrong" };
    const cases = [
      [db.signin({ username: "root", password: "wrong" }), INVALID_AUTH],
      [db.signin(record(ACCESSES.account, wrong)), INTERNAL],
      [db.signin(record("nope")), INTERNAL],
      [db.signin({ ...WHERE, access: ACCESSES.userKey, key: "surreal-bearer-x" }), INTERNAL],
      [db.authenticate("no token"), INTERNAL],
    ] as const;
    for (const [call, expected] of cases) expect(shape(await failure(call))).toEqual(expected);
  });
});

describe("tokens", () => {
  it("burns a refresh token at its first use", async () => {
    const db = await client();
    const first = (await db.signin(signInOf(alice))) as Required<Tokens>;
    const second = (await db.authenticate(first)) as Required<Tokens>;
    expect(second.refresh).not.toBe(first.refresh);
    // The SDK prefers the access token where it is good: only the wire method refreshes for sure.
    const refreshes = server.stats().requests.refresh ?? 0;
    expect(refreshes).toBeGreaterThan(0);
    expect(shape(await failure(db.authenticate(first)))).toEqual(INVALID_AUTH);
  });

  it("refuses an expired token, while the session that has it goes on", async () => {
    // Not the SDK: it signs a session out by itself when its token expires.
    const bare = await BareSocket.open(server, ["cbor"]);
    const { namespace: ns, database: db } = WHERE;
    const { name, password } = alice;
    const params = [{ ns, db, ac: ACCESSES.briefToken, name, password }];
    const { result: token } = await bare.call("signin", params);
    await wait(3100);
    const { error } = await bare.call("authenticate", [token]);
    expect(error).toEqual({
      code: -32002,
      message: "The token has expired",
      kind: "NotAllowed",
      details: { kind: "Auth", details: { kind: "TokenExpired" } },
    });
    expect((await bare.call("query", ["RETURN $auth"])).result).toMatchObject([
      { result: new RecordId("user", "alice") },
    ]);
    bare.socket.close();
  });

  it("answers SessionExpired past the session's end, until a new sign-in", async () => {
    const db = await client();
    await db.signin(record(ACCESSES.briefSession));
    // Expiry is counted in whole seconds.
    await wait(3100);
    expect(shape(await failure(db.query("RETURN 1")))).toEqual(SESSION_EXPIRED);
    expect(shape(await failure(db.set("colour", "red")))).toEqual(SESSION_EXPIRED);
    await db.signin(signInOf(alice));
    expect(await db.query("RETURN 1")).toEqual([1]);
  });

  it("refuses the token of a user or an access that is gone", async () => {
    const db = await client();
    await server.query("DEFINE USER temp ON NAMESPACE PASSWORD 'temp' ROLES VIEWER", {}, WHERE);
    const system = await db.signin({ namespace: "app", username: "temp", password: "temp" });
    await server.query("REMOVE USER temp ON NAMESPACE", {}, WHERE);
    expect(shape(await failure(db.authenticate(system.access)))).toEqual(INVALID_AUTH);

    await server.query(
      "DEFINE ACCESS temp ON DATABASE TYPE RECORD SIGNIN (SELECT * FROM user:alice)",
      {},
      WHERE,
    );
    const token = await db.signin(record("temp"));
    await server.query("REMOVE ACCESS temp ON DATABASE", {}, WHERE);
    const error = await failure(db.authenticate(token.access));
    expect(shape(error)).toEqual(INTERNAL);
    expect(error.message).toBe(
      "The access method 'temp' does not exist in the database 'tenant_a'",
    );
  });

  it("keeps the identity of a session whose new token was refused", async () => {
    const db = await client();
    const { access } = await db.signin(signInOf(alice));
    const forged = `${access.slice(0, -6)}AAAAAA`;
    expect(shape(await failure(db.authenticate(forged)))).toEqual(INVALID_AUTH);
    expect(await db.query("RETURN $auth")).toEqual([new RecordId("user", "alice")]);
  });
});

describe("other errors come with code, kind and details", () => {
  it("for SurrealQL that doesn't parse", async () => {
    const db = await client();
    await db.signin(signInOf(alice));
    const error = await failure(db.query("SELECT * FRM note"));
    expect(shape(error)).toEqual({ code: -32000, kind: "Validation" });
    expect(error.message).toMatch(/^Parse error: Unexpected token/);
  });

  it("for a protected variable, set or bound", async () => {
    const db = await client();
    await db.signin(signInOf(alice));
    const set = await failure(db.set("auth", 1));
    expect(shape(set)).toEqual({
      code: -32603,
      kind: "Validation",
      details: { kind: "InvalidParams" },
    });
    expect(set.message).toBe("Cannot set protected variable: auth");
    expect(shape(await failure(db.query("RETURN 1", { auth: 1 })))).toEqual({
      code: -32600,
      kind: "Validation",
      details: { kind: "InvalidParameter", details: { name: "auth" } },
    });
  });

  it("for `use` of a database without a namespace, on which the engine would panic", async () => {
    // The SDK would refuse by itself.
    const bare = await BareSocket.open(server, ["cbor"]);
    for (const namespace of [undefined, null]) {
      expect((await bare.call("use", [namespace, "tenant_a"])).error).toEqual({
        code: -32600,
        message: "Specify a namespace to use",
        kind: "Validation",
        details: { kind: "NamespaceEmpty" },
      });
    }
    await bare.call("use", ["app", undefined]);
    expect((await bare.call("use", [undefined, "tenant_a"])).result).toEqual(WHERE);
    bare.socket.close();
  });

  it("for a thrown value", async () => {
    const db = await client();
    await db.signin(signInOf(alice));
    const error = await failure(db.query("THROW 'enough'"));
    expect([error.kind, error.message]).toEqual(["Thrown", "An error occurred: enough"]);
  });
});
