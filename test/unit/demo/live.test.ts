/** Live queries and transactions of the embedded server: they belong to the session that began them. */
import { CborCodec, RecordId, type Surreal, Table, Uuid } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_PEOPLE, signInOf } from "../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { type Answer, BareSocket, connectSdk, until } from "./sdk.ts";

const { alice, admin } = DEMO_PEOPLE;
const TRANSACTION_NOT_FOUND = {
  code: -32603,
  message: "Transaction not found",
  kind: "Validation",
  details: { kind: "InvalidParams" },
};

let server: DemoServer;
const clients: Surreal[] = [];

async function client(): Promise<Surreal> {
  const db = await connectSdk(server);
  clients.push(db);
  return db;
}

/** A bare socket with two sessions signed in as root, in app/tenant_a. */
async function twoSessions() {
  const bare = await BareSocket.open(server, ["cbor"]);
  const sessions = [Uuid.v7(), Uuid.v7()] as const;
  for (const session of sessions) {
    await bare.call("attach", [], { session });
    await bare.call("signin", [{ user: "root", pass: "root" }], { session });
    await bare.call("use", ["app", "tenant_a"], { session });
  }
  return { bare, sessions };
}

const notifications = (bare: BareSocket) =>
  bare.received.filter((answer) => answer.id === undefined && answer.error === undefined);
const resultOf = (answer: Answer) => (answer.result as { result: unknown }[])[0]?.result;

beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const db of clients) await db.close();
  await server.close();
});

describe("live queries", () => {
  it("tell the SDK's session what it may see, whoever wrote it", async () => {
    const [one, two] = [await client(), await client()];
    await one.signin(signInOf(alice));
    await two.signin(signInOf(admin));
    await two.use({ namespace: "app", database: "tenant_a" });
    const seen: string[] = [];
    const live = await one.live(new Table("note"));
    live.subscribe(({ action, value }) =>
      seen.push(`${action} ${(value as { text: string }).text}`),
    );

    await two.query("CREATE note:live SET owner = user:alice, text = 'for Alice'");
    await two.query("CREATE note SET owner = user:bob, text = 'for Bob'");
    await two.query("UPDATE note:live SET text = 'changed'");
    // Two writes on each other's heels may be told in any order by engine 3.0.2.
    await until(() => seen.length === 2);
    await two.query("DELETE note:live");
    await until(() => seen.length === 3);
    expect(seen).toEqual(["CREATE for Alice", "UPDATE changed", "DELETE changed"]);
    await live.kill();
  });

  it("notify only the socket and session that began them", async () => {
    const { bare, sessions } = await twoSessions();
    const other = await twoSessions();
    const [session] = sessions;
    const id = resultOf(await bare.call("query", ["LIVE SELECT * FROM notice"], { session }));
    await other.bare.call("query", ["CREATE notice:one SET text = 'hello'"], {
      session: other.sessions[0],
    });
    await until(() => notifications(bare).length === 1);
    expect(notifications(bare)).toEqual([
      {
        session,
        result: {
          id,
          session,
          action: "CREATE",
          record: new RecordId("notice", "one"),
          result: { id: new RecordId("notice", "one"), text: "hello" },
        },
      },
    ]);
    expect(notifications(other.bare)).toEqual([]);
    bare.socket.close();
    other.bare.socket.close();
  });

  it("are killed by their own session only", async () => {
    const { bare, sessions } = await twoSessions();
    const [session, stranger] = sessions;
    const { result } = await bare.call("live", ["notice"], { session });
    const id = result as Uuid;

    const asMethod = await bare.call("kill", [id], { session: stranger });
    expect(asMethod.error?.message).toBe(`Cannot execute KILL statement using id: u'${id}'`);
    const asText = await bare.call("query", [`KILL u"${id}"`], { session: stranger });
    expect(asText.result).toMatchObject([
      { status: "ERR", result: `Cannot execute KILL statement using id: u'${id}'` },
    ]);
    const asBinding = await bare.call("query", ["KILL $id", { id }], { session: stranger });
    expect(asBinding.result).toMatchObject([{ status: "ERR", type: "kill" }]);
    expect(server.stats().sockets.at(-1)?.liveQueries).toBe(1);

    expect((await bare.call("query", ["KILL $id", { id }], { session })).result).toMatchObject([
      { status: "OK", type: "kill" },
    ]);
    await until(() => notifications(bare).length === 1);
    expect(notifications(bare)[0]?.result).toEqual({ id, session, action: "KILLED" });
    bare.socket.close();
  });

  it("end with reset, with detach and with the socket", async () => {
    const { bare, sessions } = await twoSessions();
    const count = () => server.stats().sockets.at(-1)?.liveQueries;
    for (const session of sessions) await bare.call("live", ["notice"], { session });
    await bare.call("signin", [{ user: "root", pass: "root" }]);
    await bare.call("use", ["app", "tenant_a"]);
    await bare.call("live", ["notice"]);
    expect(count()).toBe(3);
    await bare.call("reset", [], { session: sessions[0] });
    expect(count()).toBe(2);
    await bare.call("detach", [], { session: sessions[1] });
    expect(count()).toBe(1);

    await server.query(
      "CREATE notice SET text = 'late'",
      {},
      { namespace: "app", database: "tenant_a" },
    );
    await until(() => notifications(bare).length > 0);
    expect(notifications(bare)).toHaveLength(1);
    expect(notifications(bare)[0]).not.toHaveProperty("session");
    bare.socket.terminate();
  });
});

describe("transactions", () => {
  it("commit and cancel through the SDK", async () => {
    const db = await client();
    await db.signin(signInOf(admin));
    await db.use({ namespace: "app", database: "tenant_a" });
    for (const [id, end] of [["kept", "commit"] as const, ["dropped", "cancel"] as const]) {
      const transaction = await db.beginTransaction();
      await transaction.query("CREATE type::record('audit', $id)", { id });
      await transaction[end]();
    }
    expect(
      await db.query("SELECT VALUE id FROM audit WHERE id IN [audit:kept, audit:dropped]"),
    ).toEqual([[new RecordId("audit", "kept")]]);
  });

  it("are unknown to other sessions and sockets", async () => {
    const { bare, sessions } = await twoSessions();
    const [session, stranger] = sessions;
    const other = await twoSessions();
    const txn = (await bare.call("begin", [], { session })).result as Uuid;
    for (const [socket, foreign] of [
      [bare, stranger],
      [other.bare, other.sessions[0]],
    ] as const) {
      const inTxn = { session: foreign, txn };
      expect((await socket.call("query", ["RETURN 1"], inTxn)).error).toEqual(
        TRANSACTION_NOT_FOUND,
      );
      for (const method of ["commit", "cancel"]) {
        const { error } = await socket.call(method, [txn], { session: foreign });
        expect(error).toEqual(TRANSACTION_NOT_FOUND);
      }
    }
    expect((await bare.call("query", ["RETURN 1"], { session, txn })).error).toBeUndefined();
    expect((await bare.call("commit", [txn], { session })).error).toBeUndefined();
    expect((await bare.call("commit", [txn], { session })).error).toEqual(TRANSACTION_NOT_FOUND);
    bare.socket.close();
    other.bare.socket.close();
  });

  it("are cancelled when their socket closes", async () => {
    const { bare, sessions } = await twoSessions();
    const [session] = sessions;
    const txn = (await bare.call("begin", [], { session })).result as Uuid;
    await bare.call("query", ["CREATE audit:lost"], { session, txn });
    expect(server.stats().sockets.at(-1)?.transactions).toBe(1);
    bare.socket.terminate();
    const where = { namespace: "app", database: "tenant_a" };
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(
      await server.query("SELECT * FROM audit:lost; CREATE audit:lost", {}, where),
    ).toMatchObject([[], [{}]]);
  });
});

describe("requests of one socket", () => {
  it("run concurrently", async () => {
    const { bare, sessions } = await twoSessions();
    const [session] = sessions;
    const answered: string[] = [];
    const ask = async (text: string) => {
      await bare.call("query", [text], { session });
      answered.push(text);
    };
    await Promise.all([ask("SLEEP 500ms"), ask("RETURN 1")]);
    expect(answered).toEqual(["RETURN 1", "SLEEP 500ms"]);
    bare.socket.close();
  });

  it("wait for a sign-in that was sent before them", async () => {
    const bare = await BareSocket.open(server, ["cbor"]);
    const signin = bare.call("signin", [{ user: "root", pass: "root" }]);
    const query = bare.call("query", ["RETURN 1"]);
    expect((await query).error).toBeUndefined();
    await signin;
    bare.socket.close();
  });

  it("that are unknown or malformed are answered, and the socket goes on", async () => {
    const bare = await BareSocket.open(server, ["cbor"]);
    expect((await bare.call("explode")).error).toEqual({
      code: -32601,
      message: "Method not found",
      kind: "NotFound",
      details: { kind: "Method", details: { name: "unknown" } },
    });
    const codec = new CborCodec({});
    const frames = [new Uint8Array([0xff, 0x00]), codec.encode([1]), codec.encode({ id: 1 })];
    for (const frame of frames) bare.socket.send(frame);
    await until(() => bare.received.filter(({ id }) => id === undefined).length === 3);
    const errors = bare.received.filter(({ id }) => id === undefined).map(({ error }) => error);
    expect(errors.map((error) => [error?.code, error?.message])).toEqual([
      [-32700, "Parse error"],
      [-32700, "Parse error"],
      [-32600, "Invalid request"],
    ]);
    expect((await bare.call("ping")).error).toBeUndefined();
    bare.socket.close();
  });
});
