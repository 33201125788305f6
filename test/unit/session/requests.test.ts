/** Requests, transactions and live queries of a held session, also where the socket dies under them. */
import { RecordId, Uuid } from "surrealdb";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { LiveEvent } from "../../../src/session/live-queries.ts";
import type { SessionKey } from "../../../src/session/model.ts";
import { callMethod, RPC_METHODS } from "../../../src/session/rpc-methods.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { until } from "../../support/registry.ts";
import { latch, notification, type RpcProxy, startProxy } from "../../support/rpc-proxy.ts";
import { failureOf, openScene, type Scene, SIGN_INS } from "../../support/scene.ts";

interface Told {
  key: SessionKey;
  id: string;
  event: LiveEvent;
}

let server: DemoServer;
let proxy: RpcProxy;
let scene: Scene;
const durable = memoryDurableStore();
const secret = memorySecretStore();
let told: Told[] = [];

beforeAll(async () => {
  server = await startServer({ port: 0 });
  proxy = await startProxy(server.url);
  const listener = {
    notified: (key: SessionKey, id: string, event: LiveEvent) => void told.push({ key, id, event }),
  };
  scene = await openScene(proxy.url, { durable, secret, listener });
});
afterEach(() => {
  proxy.onRequest = () => undefined;
  told = [];
});
afterAll(async () => {
  await scene.registry.dispose();
  await proxy.close();
  await server.close();
});

const requests = (key: string) => scene.registry.session(key).requests;

async function cutAndReturn(key: string): Promise<void> {
  proxy.cut();
  await until(() => !scene.view(key).gate.open);
  await scene.connected();
}

describe("a request", () => {
  it("tells as whom and where it ran, and what it cost", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const answer = await requests(key).query("SELECT * FROM note", undefined);
    expect(answer).toMatchObject({ identity: "user:alice", target: "app/tenant_a" });
    expect(answer.duration).toBeGreaterThan(0);
    expect(answer.bytesReceived).toBe(answer.result.length);
    expect(answer.bytesSent).toBeGreaterThan(10);
    // A copy of its own: what is cloned to a view is this, and no frame around it.
    expect(answer.result.buffer.byteLength).toBe(answer.result.length);
  });

  it("whose answer the cut took ends with “outcome unknown”, ran at most once and is not repeated", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const text = "CREATE note:once SET text = 'once', owner = $auth";
    proxy.onRequest = ({ params }) => (params[0] === text ? "lose answer" : undefined);
    const error = await failureOf(scene.ask(key, text));
    expect(error).toMatchObject({
      name: "OutcomeUnknownError",
      message: expect.stringMatching(/was sent as “alice”. It may have run. It was not repeated/),
      advice: expect.stringContaining("Look at the data"),
    });
    await until(() => scene.view(key).gate.open);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(proxy.seen.filter(({ params }) => params[0] === text)).toHaveLength(1);
    expect(await scene.ask(key, "SELECT VALUE text FROM note WHERE text = 'once'")).toEqual([
      "once",
    ]);
  });

  it("that never arrived is not repeated either: nobody can tell it from the other", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const text = "CREATE note:never SET text = 'never', owner = $auth";
    proxy.onRequest = ({ params }) => (params[0] === text ? "swallow" : undefined);
    const running = [1, 2, 3].map(() => failureOf(scene.ask(key, text)));
    await until(() => proxy.seen.filter(({ params }) => params[0] === text).length === 3);
    await cutAndReturn(key);
    for (const error of await Promise.all(running)) expect(error.name).toBe("OutcomeUnknownError");
    expect(await scene.ask(key, "SELECT VALUE text FROM note WHERE text = 'never'")).toEqual([]);
  });

  it("that the server refuses passes its words, code, kind and details on", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const error = await failureOf(scene.ask(key, "SELECT FROM note"));
    expect(error).toMatchObject({ kind: "Validation", code: expect.any(Number) });
    expect(error.message).toMatch(/[Pp]arse/);
    expect(scene.view(key).gate.open).toBe(true);
  });

  it("runs any method of the protocol by its name, and the session follows", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    const call = async (method: string, ...params: unknown[]) =>
      decodeValue((await callMethod(session, { method, params: encodeValue(params) })).result);
    expect(await call("version")).toMatch(/^surrealdb-3/);
    expect(await call("ping")).toBeUndefined();
    expect(await call("info")).toMatchObject({ name: "alice" });
    const id = new RecordId("note", "by_method");
    const owner = new RecordId("user", "alice");
    await call("create", id, { text: "made", owner });
    await call("merge", id, { done: true });
    expect(await call("select", id)).toMatchObject({ text: "made", done: true });
    await call("delete", id);
    expect(await call("sessions")).toContainEqual(new Uuid(key));
    await call("let", "colour", "red");
    await call("use", "app", "tenant_b");
    expect(scene.view(key)).toMatchObject({
      database: "tenant_b",
      variables: [{ name: "colour" }],
    });
    await call("unset", "colour");
    await call("refresh");
    await call("revoke");
    await call("signin", { user: "root", pass: "root" });
    expect(scene.view(key).auth).toMatchObject({ level: "root", user: "root" });
    const { access } = scene.registry.session(await scene.create({ signIn: SIGN_INS.bob })).family
      ?.tokens ?? { access: "" };
    await call("authenticate", access);
    expect(scene.view(key).auth.user).toBe("user:bob");
    const txn = await call("begin");
    await call("cancel", new Uuid(String(txn)));
    const live = await call("live", "note");
    await call("kill", new Uuid(String(live)));
    await call("invalidate");
    expect(scene.view(key).status).toBe("ended");
    await call("reset");
    expect(scene.view(key)).toMatchObject({ status: "active", auth: { level: "anonymous" } });
    await call("attach");
    await call("detach");
    expect(scene.view(key).status).toBe("removed");
    expect(RPC_METHODS).toContain("insert_relation");
    for (const method of ["", "shutdown", "toString", "__proto__", "QUERY"]) {
      const refused = callMethod(scene.registry.session(key), { method });
      expect((await failureOf(refused)).name, method).toBe("MethodNotAllowedError");
    }
  });

  it("takes no parameters that aren't what the method needs", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    const bad: [string, unknown[]][] = [
      ["use", [5]],
      ["let", [5, 1]],
      ["let", ["x"]],
      ["unset", []],
      ["signin", []],
      ["signin", ["root"]],
      ["signin", [{ user: "root" }]],
      ["authenticate", [{}]],
      ["commit", ["not a uuid"]],
      ["kill", [5]],
    ];
    for (const [method, params] of bad) {
      const call = callMethod(session, { method, params: encodeValue(params) });
      expect((await failureOf(call)).name, method).toBe("InvalidRequestError");
    }
    expect(
      (await failureOf(callMethod(session, { method: "use", params: encodeValue({}) }))).message,
    ).toBeTruthy();
    expect(await scene.whoIs(key)).toBe("user:alice app tenant_a");
  });
});

describe("a transaction", () => {
  it("runs what is sent in it, and keeps it or not", async () => {
    const key = await scene.create({
      signIn: SIGN_INS.root,
      namespace: "app",
      database: "tenant_a",
    });
    for (const [how, left] of [
      ["commit", 1],
      ["cancel", 0],
    ] as const) {
      const text = `in ${how}`;
      const txn = await requests(key).begin();
      expect(scene.view(key).transactions).toMatchObject([{ id: txn, requests: 0 }]);
      await requests(key).query(`CREATE note SET text = '${text}'`, undefined, txn);
      expect(scene.view(key).transactions).toMatchObject([{ requests: 1 }]);
      const count = `SELECT VALUE text FROM note WHERE text = '${text}'`;
      expect(await scene.ask(key, count)).toEqual([]);
      await requests(key).finish(txn, how);
      expect(scene.view(key).transactions).toEqual([]);
      expect(await scene.ask(key, count)).toHaveLength(left);
      expect((await failureOf(requests(key).finish(txn, how))).name).toBe("TransactionLostError");
    }
    const lines = (await scene.history(key)).filter(({ event }) => event === "transaction");
    expect(lines.map(({ text }) => text?.split(" ").at(-1))).toEqual([
      "begun.",
      "committed.",
      "begun.",
      "cancelled.",
    ]);
  });

  it("is lost with its socket: the next request in it says so, unsent", async () => {
    const key = await scene.create({
      signIn: SIGN_INS.root,
      namespace: "app",
      database: "tenant_a",
    });
    const txn = await requests(key).begin();
    await cutAndReturn(key);
    const sent = proxy.of("query", "commit").length;
    const uses = [
      requests(key).query("RETURN 1", undefined, txn),
      requests(key).finish(txn, "commit"),
    ];
    for (const use of uses) {
      expect(await failureOf(use)).toMatchObject({
        name: "TransactionLostError",
        message: `Transaction ${txn} is not open in this session. Nothing was sent.`,
      });
    }
    expect(proxy.of("query", "commit").length).toBe(sent);
    expect(scene.view(key).transactions).toEqual([]);
  });

  it("belongs to the session that began it", async () => {
    const mine = await scene.create({ signIn: SIGN_INS.alice });
    const other = await scene.create({ signIn: SIGN_INS.bob });
    const txn = await requests(mine).begin();
    const uses = [
      requests(other).query("RETURN 1", undefined, txn),
      requests(other).finish(txn, "commit"),
      requests(other).finish(txn, "cancel"),
      requests(other).query("RETURN 1", undefined, crypto.randomUUID()),
    ];
    for (const use of uses) expect((await failureOf(use)).name).toBe("TransactionLostError");
    await requests(mine).finish(txn, "cancel");
  });

  it("doesn't outlive what its session is: close, reset and sign-out cancel it at the server", async () => {
    const ends: ((key: string) => Promise<unknown>)[] = [
      (key) => scene.registry.session(key).close(),
      (key) => scene.registry.session(key).reset(),
      (key) => scene.registry.session(key).end(),
      (key) => scene.registry.session(key).signInAnonymously(),
      (key) => scene.registry.session(key).abandon(),
    ];
    for (const end of ends) {
      const key = await scene.create({ signIn: SIGN_INS.alice });
      await requests(key).begin();
      const open = () => server.stats().sockets.reduce((sum, one) => sum + one.transactions, 0);
      expect(open()).toBe(1);
      await end(key);
      expect(scene.view(key).transactions).toEqual([]);
      expect(open(), String(end)).toBe(0);
    }
  });

  it("stays open when its commit could not be sent", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const session = scene.registry.session(key);
    const txn = await requests(key).begin();
    session.gate.bar("somebody looks.");
    expect((await failureOf(requests(key).finish(txn, "commit"))).name).toBe("GateClosedError");
    session.gate.open();
    await requests(key).finish(txn, "commit");
    expect(scene.view(key).transactions).toEqual([]);
  });
});

describe("a live query", () => {
  const LIVE = "LIVE SELECT * FROM note";

  async function createNote(text: string, owner = "alice"): Promise<void> {
    await server.query(
      `CREATE note SET text = $text, owner = type::record('user', $owner)`,
      { text, owner },
      { namespace: "app", database: "tenant_a" },
    );
  }

  const heard = (id: string) =>
    told
      .filter((one) => one.id === id)
      .map(({ event }) => [event.action, (decodeValue(event.value) as { text?: string })?.text]);

  it("notifies, as bytes; keeps the last for who comes late; and ends when it is killed", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const id = await requests(key).live(LIVE, "view-1");
    await createNote("live one");
    await until(() => heard(id).length === 1);
    const [first] = told;
    expect(first?.key).toBe(key);
    expect(first?.event.record).toBeInstanceOf(Uint8Array);
    expect(decodeValue(first?.event.record ?? new Uint8Array())).toBeInstanceOf(RecordId);
    expect(scene.view(key).liveQueries).toMatchObject([
      { id, statement: LIVE, events: 1, state: "watching", gaps: [] },
    ]);
    // Bob's private note is not for Alice.
    await createNote("not hers", "bob");
    await createNote("live two");
    await until(() => heard(id).length === 2);
    expect(scene.registry.session(key).live.events(id)).toHaveLength(2);
    await requests(key).kill(id);
    expect(scene.view(key).liveQueries).toMatchObject([{ state: "killed" }]);
    await createNote("after the kill");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard(id).filter(([action]) => action === "CREATE")).toHaveLength(2);
    await requests(key).kill(id);
    expect(scene.view(key).liveQueries).toEqual([]);
  });

  it("goes on at the server when nobody watches any more", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const running = () => server.stats().sockets.reduce((sum, one) => sum + one.liveQueries, 0);
    // Those of sockets that were cut go with them.
    await until(() => running() === 0);
    const id = await requests(key).live(LIVE);
    await requests(key).stopWatching(id);
    await createNote("unheard");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard(id)).toEqual([]);
    expect(scene.view(key).liveQueries).toMatchObject([{ state: "stopped" }]);
    expect(running()).toBe(1);
    await requests(key).kill(id);
    // The server counts it a moment longer.
    await until(() => running() === 0);
  });

  it("is begun again after a restore under the same id, with the gap told", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const id = await requests(key).live(LIVE);
    const before = Date.now();
    await cutAndReturn(key);
    await until(() => (scene.view(key).liveQueries[0]?.gaps.length ?? 0) > 0);
    const [live] = scene.view(key).liveQueries;
    expect(live).toMatchObject({ id, state: "watching" });
    const [gap] = live?.gaps ?? [];
    expect(gap?.from).toBeGreaterThanOrEqual(before);
    expect(gap?.to).toBeGreaterThanOrEqual(gap?.from ?? 0);
    await createNote("after the cut");
    await until(() => heard(id).length > 0);
    expect(heard(id)).toEqual([["CREATE", "after the cut"]]);
    // Under its old id for us, its new one for the server.
    await requests(key).kill(id);
    expect(scene.view(key).liveQueries).toMatchObject([{ state: "killed" }]);
  });

  it("is begun again once, however often the connection is cut meanwhile", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const id = await requests(key).live(LIVE);
    for (const pause of [10, 20, 5, 30]) {
      proxy.cut();
      await until(() => scene.registry.connections[0]?.state.kind !== "open");
      await scene.registry.retryConnection(scene.connectionId);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    await scene.connected();
    await scene.registry.session(key).touch();
    await createNote("exactly once");
    await until(() => heard(id).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard(id)).toEqual([["CREATE", "exactly once"]]);
    expect(scene.view(key).liveQueries).toMatchObject([{ state: "watching" }]);
    await requests(key).kill(id);
  });

  it("that can't be begun again is killed, and says so", async () => {
    const key = await scene.create({
      signIn: SIGN_INS.root,
      namespace: "app",
      database: "tenant_b",
    });
    await server.query("DEFINE TABLE passing", {}, { namespace: "app", database: "tenant_b" });
    const id = await requests(key).live("LIVE SELECT * FROM passing");
    proxy.onRequest = ({ params }) =>
      String(params[0]).startsWith("LIVE")
        ? { result: [{ status: "ERR", result: "The table 'passing' does not exist", time: "1ms" }] }
        : undefined;
    await cutAndReturn(key);
    await until(() => scene.view(key).liveQueries[0]?.state === "killed");
    expect(heard(id)).toEqual([["KILLED", undefined]]);
    expect((await scene.history(key)).at(-1)?.text).toContain("does not exist");
  });

  it("that was begun with parameters is begun again with them", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const text = "LIVE SELECT * FROM note WHERE text = $wanted";
    const { result } = await requests(key).query(text, encodeValue({ wanted: "this one" }));
    const id = String((decodeValue(result) as { result: Uuid }[])[0]?.result);
    await cutAndReturn(key);
    await until(() => (scene.view(key).liveQueries[0]?.gaps.length ?? 0) > 0);
    await createNote("another one");
    await createNote("this one");
    await until(() => heard(id).length > 0);
    expect(heard(id)).toEqual([["CREATE", "this one"]]);
    await requests(key).kill(id);
  });

  it("that came with other statements takes none of them up again", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const text = `CREATE note SET text = 'side effect', owner = $auth; ${LIVE}`;
    await requests(key).query(text);
    expect(scene.view(key).liveQueries).toMatchObject([{ state: "watching" }]);
    await cutAndReturn(key);
    await until(() => scene.view(key).liveQueries[0]?.state === "killed");
    expect(proxy.seen.filter(({ params }) => params[0] === text)).toHaveLength(1);
    expect(await scene.ask(key, "SELECT VALUE text FROM note WHERE text = 'side effect'")).toEqual([
      "side effect",
    ]);
  });

  it("is begun again when a session that had expired is signed in again", async () => {
    const access =
      scene.registry.session(await scene.create({ signIn: SIGN_INS.alice })).family?.tokens
        .access ?? "";
    const key = await scene.create({ signIn: { way: "token", access } });
    const id = await requests(key).live(LIVE);
    proxy.onRequest = ({ method, session }) =>
      method === "authenticate" && session === key
        ? {
            error: {
              code: -32002,
              message: "The token has expired",
              kind: "NotAllowed",
              details: { kind: "Auth", details: { kind: "TokenExpired" } },
            },
          }
        : undefined;
    proxy.cut();
    await until(() => scene.view(key).status === "expired");
    proxy.onRequest = () => undefined;
    await scene.registry.session(key).signIn(SIGN_INS.alice);
    await createNote("signed in again");
    await until(() => heard(id).length > 0);
    expect(heard(id)).toEqual([["CREATE", "signed in again"]]);
    await requests(key).kill(id);
  });

  it("ends with a sign-out, a reset and a close", async () => {
    const running = () => server.stats().sockets.reduce((sum, one) => sum + one.liveQueries, 0);
    // Those of sockets that were cut go with them.
    await until(() => running() === 0);
    for (const end of ["end", "reset", "close"] as const) {
      const key = await scene.create({ signIn: SIGN_INS.alice });
      const id = await requests(key).live(LIVE);
      expect(running()).toBe(1);
      await scene.registry.session(key)[end]();
      expect(running(), end).toBe(0);
      expect(scene.view(key).liveQueries).toEqual([]);
      await createNote(`after ${end}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(heard(id)).toEqual([]);
    }
  });

  it("belongs to the session that began it", async () => {
    const mine = await scene.create({ signIn: SIGN_INS.alice });
    const other = await scene.create({ signIn: SIGN_INS.bob });
    const id = await requests(mine).live(LIVE);
    for (const use of [requests(other).kill(id), requests(other).stopWatching(id)]) {
      expect(await failureOf(use)).toMatchObject({
        name: "InvalidRequestError",
        message: `This session has no live query ${id}.`,
      });
    }
    // A notification in another session's name is nobody's.
    proxy.inject(notification(id, other, { text: "forged" }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toEqual([]);
    await requests(mine).kill(id);
  });

  it("loses nothing that overtakes the answer which names it", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const id = crypto.randomUUID();
    const { opened, open } = latch();
    proxy.onRequest = ({ params }) => {
      if (params[0] !== LIVE) return undefined;
      proxy.inject(notification(id, key, { text: "early" }));
      void opened;
      open();
      return { result: [{ status: "OK", result: new Uuid(id), time: "1ms", type: "live" }] };
    };
    expect(await requests(key).live(LIVE)).toBe(id);
    expect(heard(id)).toEqual([["CREATE", "early"]]);
    expect(scene.view(key).liveQueries).toMatchObject([{ events: 1 }]);
    expect(scene.registry.session(key).live.events(id)).toHaveLength(1);
  });

  it("is noted when it is begun and killed in query text", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const id = String(await scene.ask(key, LIVE));
    expect(scene.view(key).liveQueries).toMatchObject([{ id, state: "watching" }]);
    await scene.ask(key, `KILL u"${id}"`);
    expect(scene.view(key).liveQueries).toMatchObject([{ id, state: "killed" }]);
  });

  it("keeps the last two hundred notifications, and counts them all", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const id = await requests(key).live(LIVE);
    for (let index = 0; index < 205; index += 1) {
      proxy.inject(notification(id, key, { text: `n${index}` }));
    }
    await until(() => heard(id).length === 205);
    const kept = scene.registry.session(key).live.events(id);
    expect(kept).toHaveLength(200);
    expect((decodeValue(kept[0]?.value ?? new Uint8Array()) as { text: string }).text).toBe("n5");
    expect(scene.view(key).liveQueries).toMatchObject([{ events: 205 }]);
    await requests(key).kill(id);
  });

  it("refuses what is no live query before it is sent", async () => {
    const key = await scene.create({ signIn: SIGN_INS.alice });
    const sent = proxy.of("query").length;
    for (const text of ["SELECT * FROM note", "DELETE note", ""]) {
      expect((await failureOf(requests(key).live(text))).name).toBe("InvalidRequestError");
    }
    expect(proxy.of("query").length).toBe(sent);
    expect(await failureOf(requests(key).live("LIVE SELECT * FROM"))).toMatchObject({
      message: expect.any(String),
    });
    expect(scene.view(key).liveQueries).toEqual([]);
  });
});
