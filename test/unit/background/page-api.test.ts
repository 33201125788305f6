/** The worker's half of the page API: who gets what, when it is taken back, and what is too much. */
import { RecordId } from "surrealdb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { ApiPlace } from "../../../src/background/api-document.ts";
import type { RegistryListener } from "../../../src/session/registry.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { ApiScene, ORIGIN, TestDocument } from "../../support/page-api-scene.ts";
import { loadRegistry, until } from "../../support/registry.ts";
import { failureOf, openScene, type Scene, SIGN_INS } from "../../support/scene.ts";

const OTHER = "http://localhost:4000";

let server: DemoServer;
let scene: Scene;
let alice: string;
let bob: string;
let page: ApiScene;
const listener: Partial<RegistryListener> = {
  changed: (delta) => page?.api.registryChanged(delta),
  notified: (_key, id, event) => page?.relay.notified(id, event),
};

beforeAll(async () => {
  server = await startServer({ port: 0 });
  scene = await openScene(server.url, { listener });
  alice = await scene.create({ label: "Alice", signIn: SIGN_INS.alice });
  bob = await scene.create({ label: "Bob", signIn: SIGN_INS.bob });
});
afterAll(async () => {
  await scene.registry.dispose();
  await server.close();
});
beforeEach(async () => {
  page = new ApiScene(scene.registry);
  await page.api.ready;
});
afterEach(() => vi.useRealTimers());

const open = (place?: Partial<ApiPlace>) => new TestDocument(page.api, place);
const settled = () => new Promise((resolve) => setTimeout(resolve));
const query = (session: string | undefined, text: string, more: object = {}) => ({
  session,
  method: "query",
  params: encodeValue([text]),
  ...more,
});
const resultOf = ({ result }: { result: Uint8Array }) =>
  (decodeValue(result) as { result: unknown }[]).at(-1)?.result;

describe("an origin", () => {
  it("has no page API before the person enables it, and none any more when they take it back", async () => {
    const document = open();
    expect(await document.hello()).toBe(false);
    expect(await document.refusal("switchyard_sessions")).toMatchObject({ code: 4100 });
    await page.command("api.enable", { origin: ORIGIN, on: true });
    expect(page.origins).toEqual([ORIGIN]);
    expect(await document.hello()).toBe(true);
    expect(await document.request("switchyard_sessions")).toEqual([]);
    await page.command("api.enable", { origin: ORIGIN, on: false });
    expect(document.told.at(-1)).toEqual({ type: "api-enabled", on: false });
    expect(await document.refusal("switchyard_sessions")).toMatchObject({ code: 4100 });
    expect(page.access.origins).toEqual([]);
  });

  it.each(["null", "", "localhost:5173", "file://", "http://localhost:5173/app", "about:blank"])(
    "that is none of a web page (%j) can't be enabled",
    async (origin) => {
      const error = await failureOf(page.command("api.enable", { origin, on: true }));
      expect(error.name).toBe("InvalidRequestError");
    },
  );

  it("loses with the page API all that was granted", async () => {
    await page.granted([alice]);
    await page.command("api.enable", { origin: ORIGIN, on: false });
    await page.command("api.enable", { origin: ORIGIN, on: true });
    expect(await open().request("switchyard_sessions")).toEqual([]);
  });

  it("and its grants are there after the worker died, under the same ids", async () => {
    const [id] = await page.granted([alice]);
    const again = new ApiScene(scene.registry);
    for (const [origin, record] of page.store.records) again.store.records.set(origin, record);
    // Without a wait: what comes first waits for what is stored.
    const document = new TestDocument(again.api);
    expect(await document.request("switchyard_sessions")).toMatchObject([{ id, label: "Alice" }]);
    expect(again.origins).toEqual([ORIGIN]);
  });
});

describe("asking for access", () => {
  beforeEach(() => page.command("api.enable", { origin: ORIGIN, on: true }));

  it("shows the person one request with origin, tab and reason, and answers with what they grant", async () => {
    const document = open({ tabId: 7 });
    const asking = document.request("switchyard_requestSessions", { reason: "To list notes" });
    await settled();
    expect(page.access.requests).toMatchObject([
      { origin: ORIGIN, tabId: 7, reason: "To list notes" },
    ]);
    expect(page.api.inUse).toBe(true);
    const [request] = page.access.requests;
    await page.command("api.answer", { id: String(request?.id), sessions: [bob] });
    const { host } = new URL(server.url);
    expect(await asking).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        label: "Bob",
        server: host,
        namespace: "app",
        database: "tenant_b",
        user: "user:bob",
        level: "record",
        status: "active",
      },
    ]);
    expect(page.access).toEqual({ origins: [{ origin: ORIGIN, granted: [bob] }], requests: [] });
    expect(page.api.inUse).toBe(false);
    // Once something is granted nobody is asked again.
    expect(await document.request("switchyard_requestSessions")).toHaveLength(1);
  });

  it("tells a page neither the session's key nor anything of its tokens", async () => {
    await page.granted([alice]);
    const text = JSON.stringify(await open().request("switchyard_sessions"));
    const tokens = scene.registry.session(alice).family?.tokens;
    expect(tokens?.access.length).toBeGreaterThan(20);
    for (const secret of [alice, bob, tokens?.access, "Bob"]) expect(text).not.toContain(secret);
  });

  it("gives two origins different ids for the same session", async () => {
    const [mine] = await page.granted([alice]);
    const [theirs] = await page.granted([alice], OTHER);
    expect(mine).not.toBe(theirs);
    expect(
      await open({ origin: OTHER }).refusal("switchyard_rpc", query(mine, "RETURN 1")),
    ).toMatchObject({ code: 4100 });
  });

  it("joins those of the same origin that ask already, in whichever tab", async () => {
    const first = open({ tabId: 1 }).request("switchyard_requestSessions");
    const second = open({ tabId: 2 }).request("switchyard_requestSessions", { reason: "later" });
    await settled();
    expect(page.access.requests).toHaveLength(1);
    const [request] = page.access.requests;
    await page.command("api.answer", { id: String(request?.id), sessions: [alice] });
    expect(await first).toEqual(await second);
  });

  it("is answered 4001 at once after the person said no, until they let it ask again", async () => {
    const document = open();
    const asking = document.refusal("switchyard_requestSessions");
    await settled();
    await page.command("api.answer", { id: String(page.access.requests[0]?.id), sessions: [] });
    expect(await asking).toMatchObject({ code: 4001 });
    expect(page.access.origins).toMatchObject([{ granted: [], rejectedAt: expect.any(Number) }]);
    for (let i = 0; i < 20; i++) {
      expect(await document.refusal("switchyard_requestSessions")).toMatchObject({ code: 4001 });
    }
    expect(await open({ tabId: 9 }).refusal("switchyard_requestSessions")).toMatchObject({
      code: 4001,
    });
    expect(page.access.requests).toEqual([]);
    await page.command("api.enable", { origin: ORIGIN, on: true });
    void document.request("switchyard_requestSessions").catch(() => undefined);
    await settled();
    expect(page.access.requests).toHaveLength(1);
  });

  it("can be for more sessions, and a no to that leaves the first", async () => {
    await page.granted([alice]);
    const document = open();
    const asking = document.refusal("switchyard_requestSessions", { more: true });
    await settled();
    await page.command("api.answer", { id: String(page.access.requests[0]?.id), sessions: [] });
    expect(await asking).toMatchObject({ code: 4001 });
    expect(await document.request("switchyard_sessions")).toMatchObject([{ label: "Alice" }]);
  });

  it("keeps the worker awake for ten minutes, not for ever", async () => {
    open()
      .request("switchyard_requestSessions")
      .catch(() => undefined);
    await settled();
    expect(page.api.inUse).toBe(true);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10 * 60 * 1000 + 1 });
    expect(page.api.inUse).toBe(false);
    expect(page.access.requests).toHaveLength(1);
  });

  it("is withdrawn with the last document that waits", async () => {
    const [first, second] = [open(), open()];
    const waiting = [first, second].map((each) => each.request("switchyard_requestSessions"));
    for (const each of waiting) each.catch(() => undefined);
    await settled();
    first.leave();
    expect(page.access.requests).toHaveLength(1);
    second.leave();
    expect(page.access.requests).toEqual([]);
  });

  it("an answer that comes too late, or names no session, grants nothing", async () => {
    const document = open();
    const asking = document.refusal("switchyard_requestSessions");
    await settled();
    const id = String(page.access.requests[0]?.id);
    const unknown = await failureOf(page.command("api.answer", { id, sessions: ["nobody"] }));
    expect(unknown.name).toBe("UnknownSessionError");
    expect(page.access.requests).toHaveLength(1);
    await page.command("api.enable", { origin: ORIGIN, on: false });
    expect(await asking).toMatchObject({ code: 4100 });
    const late = await failureOf(page.command("api.answer", { id, sessions: [alice] }));
    expect(late).toMatchObject({ name: "InvalidRequestError" });
  });
});

describe("a frame", () => {
  beforeEach(async () => {
    await page.granted([alice]);
  });

  it.each([undefined, "null"])("of an opaque origin (%s) gets nothing", async (origin) => {
    const frame = open({ origin, top: false, topOrigin: ORIGIN });
    expect(await frame.hello()).toBe(false);
    for (const method of ["switchyard_sessions", "switchyard_requestSessions"] as const) {
      expect(await frame.refusal(method)).toMatchObject({ code: 4100 });
    }
  });

  it("of another origin counts by its own, and can't ask from inside somebody's page", async () => {
    const frame = open({ origin: OTHER, top: false, topOrigin: ORIGIN });
    expect(await frame.hello()).toBe(false);
    await page.command("api.enable", { origin: OTHER, on: true });
    expect(await frame.hello()).toBe(true);
    expect(await frame.request("switchyard_sessions")).toEqual([]);
    expect(await frame.refusal("switchyard_requestSessions")).toMatchObject({ code: 4100 });
    expect(page.access.requests).toEqual([]);
    await page.granted([bob], OTHER);
    expect(await frame.request("switchyard_sessions")).toMatchObject([{ label: "Bob" }]);
  });
});

describe("a request", () => {
  let document: TestDocument;
  let id: string | undefined;
  beforeEach(async () => {
    [id] = await page.granted([bob]);
    document = open();
    await document.hello();
  });

  it("runs as the session it names, and its values come without loss", async () => {
    const text =
      "RETURN [$token.ID, session::db(), 12345678901234567890dec, note:one, d'2024-01-01T00:00:00.123456789Z']";
    const answer = await document.request("switchyard_rpc", query(id, text));
    const [who, where, decimal, record, date] = resultOf(answer) as unknown[];
    expect([who, where]).toEqual(["user:bob", "tenant_b"]);
    expect([String(decimal), String(date)]).toEqual([
      "12345678901234567890",
      "2024-01-01T00:00:00.123456789Z",
    ]);
    expect(record).toBeInstanceOf(RecordId);
    expect(answer.result.buffer.byteLength).toBe(answer.result.length);
  });

  it("opens the connection where the worker has just started and nobody looks", async () => {
    const stores = { durable: memoryDurableStore(), secret: memorySecretStore() };
    const before = await openScene(server.url, stores);
    const key = await before.create({ signIn: SIGN_INS.alice });
    await before.registry.dispose();
    const registry = await loadRegistry(stores);
    page = new ApiScene(registry);
    const [restored] = await page.granted([key]);
    const answer = await open().request("switchyard_rpc", query(restored, "RETURN $token.ID"));
    expect(resultOf(answer)).toBe("user:alice");
    await registry.dispose();
  });

  it("for a session that isn't granted, or was guessed, is refused", async () => {
    for (const session of [alice, bob, crypto.randomUUID(), "", "Bob"]) {
      const error = await document.refusal("switchyard_rpc", query(session, "RETURN 1"));
      expect(error).toMatchObject({ code: 4100 });
    }
  });

  it.each([
    ...["use", "let", "set", "unset", "signin", "signup", "authenticate", "refresh", "revoke"],
    ...["invalidate", "reset", "attach", "detach", "sessions", "import", "", "QUERY"],
  ])("“%s” is refused: the session is the person's", async (method) => {
    const params = { session: id, method, params: encodeValue([]) };
    expect(await document.refusal("switchyard_rpc", params)).toMatchObject({
      code: 4200,
      data: { outcome: "not-sent" },
    });
    expect(await scene.whoIs(bob)).toBe("user:bob app tenant_b");
  });

  it("“version” and “ping” are answered", async () => {
    const { result } = await document.request("switchyard_rpc", { session: id, method: "version" });
    expect(decodeValue(result)).toMatch(/^surrealdb-3/);
    await document.request("switchyard_rpc", { session: id, method: "ping" });
  });

  it.each([
    ["trailing bytes", new Uint8Array([0x80, 0x00])],
    ["no array", encodeValue("RETURN 1")],
    ["an array of indefinite length", new Uint8Array([0x9f, 0xff])],
    ["nesting that is too deep", new Uint8Array(300).fill(0x81)],
    ["nothing", new Uint8Array(0)],
  ])("with %s as params is refused", async (_what, params) => {
    const error = await document.refusal("switchyard_rpc", {
      session: id,
      method: "query",
      params,
    });
    expect(error).toMatchObject({ code: -32602 });
  });

  it("that the server refuses brings its code, kind and details", async () => {
    const params = { session: id, method: "query", params: encodeValue(["SELECT FROM"]) };
    expect(await document.refusal("switchyard_rpc", params)).toMatchObject({
      code: -32000,
      message: expect.stringMatching(/parse/i),
      data: { code: expect.any(Number), kind: expect.any(String) },
    });
  });

  it("waits for no session that can't serve, and says that nothing was sent", async () => {
    const key = await scene.create({ label: "Gone", signIn: SIGN_INS.bob });
    const ids = await page.granted([key]);
    await scene.registry.session(key).end();
    const error = await document.refusal("switchyard_rpc", query(ids[1], "RETURN 1"));
    expect(error).toMatchObject({ code: 4901, data: { outcome: "not-sent" } });
    expect(await document.request("switchyard_sessions")).toMatchObject([
      { label: "Bob" },
      { label: "Gone", status: "ended", level: "anonymous" },
    ]);
    await scene.registry.session(key).close();
    await until(async () => (await document.request("switchyard_sessions")).length === 1);
    await until(() => page.access.origins[0]?.granted.length === 1);
    expect(page.access.origins).toEqual([{ origin: ORIGIN, granted: [bob] }]);
  });

  it("can begin a transaction, which only its own document can use", async () => {
    const begun = await document.request("switchyard_rpc", { session: id, method: "begin" });
    const txn = String(decodeValue(begun.result));
    const other = open();
    expect(await other.refusal("switchyard_rpc", query(id, "RETURN 1", { txn }))).toMatchObject({
      code: -32602,
      data: { kind: "TransactionLost" },
    });
    await document.request("switchyard_rpc", query(id, "RETURN 1", { txn }));
    await document.request("switchyard_rpc", {
      session: id,
      method: "cancel",
      params: encodeValue([decodeValue(begun.result)]),
    });
    expect(
      await document.refusal("switchyard_rpc", query(id, "RETURN 1", { txn: "x" })),
    ).toMatchObject({ code: -32602 });
  });
});

describe("a live query", () => {
  it("tells its document, and no other, until it is killed", async () => {
    const [id] = await page.granted([bob]);
    const [document, other] = [open(), open()];
    for (const each of [document, other]) await each.hello();
    const live = await document.request("switchyard_live", {
      session: id,
      query: "LIVE SELECT * FROM note WHERE text = $text",
      bindings: encodeValue({ text: "seen" }),
    });
    await scene.ask(bob, "CREATE note:unseen SET text = 'unseen', owner = $auth");
    await scene.ask(bob, "CREATE note:seen SET text = 'seen', owner = $auth");
    await until(() => document.events("notification").length > 0);
    const [told] = document.events("notification");
    expect(told).toMatchObject({ session: id, id: live.id, action: "CREATE" });
    expect(String(decodeValue(told?.record as Uint8Array))).toBe("note:seen");
    expect(decodeValue(told?.result as Uint8Array)).toMatchObject({ text: "seen" });
    expect(other.events("notification")).toEqual([]);
    const theft = await other.refusal("switchyard_kill", { session: id, id: live.id });
    expect(theft).toMatchObject({ code: -32602 });
    await document.request("switchyard_kill", { session: id, id: live.id });
    await scene.ask(bob, "DELETE note:seen, note:unseen");
    // The server may say itself that it is over.
    const changes = document.events("notification").filter(({ action }) => action !== "KILLED");
    expect(changes).toHaveLength(1);
  });

  it.each(["SELECT * FROM note", "CREATE note; LIVE SELECT * FROM note", ""])(
    "is none of “%s”: it isn't sent",
    async (text) => {
      const [id] = await page.granted([bob]);
      const error = await open().refusal("switchyard_live", { session: id, query: text });
      expect(error).toMatchObject({ code: -32602 });
    },
  );

  it("that the server refuses says so in its words", async () => {
    const [id] = await page.granted([bob]);
    const error = await open().refusal("switchyard_live", {
      session: id,
      query: "LIVE SELECT * FROM type::table($missing)",
    });
    expect(error.code).toBe(-32000);
  });
});

describe("access that is taken back", () => {
  it("is gone at once: requests fail, live queries end, transactions are cancelled, the page is told", async () => {
    const [id] = await page.granted([bob]);
    const [, other] = await page.granted([alice]);
    const document = open();
    await document.hello();
    const live = await document.request("switchyard_live", {
      session: id,
      query: "LIVE SELECT * FROM note",
    });
    await document.request("switchyard_rpc", { session: id, method: "begin" });
    const before = document.told.length;
    await page.command("api.revoke", { origin: ORIGIN, session: bob });
    expect(document.told.slice(before)).toMatchObject([
      { event: "notification", payload: { id: live.id, action: "KILLED" } },
      { event: "sessionsChanged", payload: [{ id: other }] },
    ]);
    expect(await document.refusal("switchyard_rpc", query(id, "RETURN 1"))).toMatchObject({
      code: 4100,
    });
    await document.request("switchyard_rpc", query(other, "RETURN 1"));
    await until(() => scene.registry.session(bob).requests.transactions.size === 0);
    await until(() => scene.registry.session(bob).live.serverIds().length === 0);
    expect(page.store.records.get(ORIGIN)?.grants).toMatchObject([{ session: alice }]);
    await page.command("api.revoke", { origin: ORIGIN });
    expect(await document.request("switchyard_sessions")).toEqual([]);
  });

  it("while a request runs keeps its answer from the page", async () => {
    const root = await scene.create({ label: "Root", signIn: SIGN_INS.root });
    const [id] = await page.granted([root]);
    const document = open();
    const running = document.refusal("switchyard_rpc", query(id, "SLEEP 100ms; RETURN 'secret'"));
    await until(() => scene.registry.session(root).requests.running > 0);
    await page.command("api.revoke", { origin: ORIGIN });
    expect(await running).toMatchObject({ code: 4100, data: { outcome: "ran" } });
  });

  it("while a request waits, or a session becomes somebody else, sends nothing", async () => {
    const key = await scene.create({ label: "Waits", signIn: SIGN_INS.alice });
    const held = scene.registry.session(key);
    const [id] = await page.granted([key]);
    const document = open();
    const create = () =>
      document.refusal("switchyard_rpc", query(id, "CREATE note SET text = 'late', owner = $auth"));
    const waits = async (meanwhile: () => Promise<unknown>) => {
      held.gate.close("it is being tried.");
      const refused = create();
      await settled();
      await meanwhile();
      held.gate.open();
      return refused;
    };
    expect(await waits(() => held.signIn(SIGN_INS.bob))).toMatchObject({
      data: { outcome: "not-sent" },
    });
    expect(await waits(() => page.command("api.revoke", { origin: ORIGIN }))).toMatchObject({
      code: 4100,
    });
    expect(await scene.ask(key, "SELECT VALUE text FROM note WHERE text = 'late'")).toEqual([]);
  });

  it("is gone even where it can't be stored, and the person is told", async () => {
    const [id] = await page.granted([bob]);
    page.store.save = () => Promise.reject(new Error("disk full"));
    const error = await failureOf(page.command("api.revoke", { origin: ORIGIN, session: bob }));
    expect(error.message).toBe("disk full");
    expect(await open().refusal("switchyard_rpc", query(id, "RETURN 1"))).toMatchObject({
      code: 4100,
    });
  });
});

describe("what a page hears", () => {
  it("are changes of the sessions that it has, and nothing before its hello", async () => {
    await page.granted([bob]);
    const [listening, silent] = [open(), open()];
    await listening.hello();
    await scene.registry.edit(bob, { label: "Robert" });
    await until(() => listening.events("sessionsChanged").length > 0);
    expect(listening.events("sessionsChanged").at(-1)).toMatchObject([{ label: "Robert" }]);
    await scene.registry.edit(alice, { label: "Alicia" });
    await scene.registry.edit(bob, { label: "Bob" });
    await until(() => JSON.stringify(listening.told.at(-1)).includes("Bob"));
    await scene.registry.edit(alice, { label: "Alice" });
    expect(JSON.stringify(listening.told)).not.toContain("Alicia");
    expect(silent.told).toEqual([]);
  });

  it("is its route where that session is granted to it, and else none", async () => {
    const [id] = await page.granted([bob]);
    const document = open();
    await document.hello();
    page.route = bob;
    page.api.routesChanged();
    page.route = alice;
    page.api.routesChanged();
    page.route = undefined;
    page.api.routesChanged();
    expect(document.events("routeChanged")).toEqual([{ session: id }, { session: null }]);
    page.route = bob;
    expect(await document.request("switchyard_route")).toEqual({ session: id });
  });
});

describe("a hostile page", () => {
  it("that floods is refused with a typed error, and others don't notice", async () => {
    const [mine] = await page.granted([bob]);
    const [theirs] = await page.granted([alice], OTHER);
    const flooding = open();
    const refusals: number[] = [];
    for (let i = 0; i < 10_000; i++) {
      flooding.request("switchyard_rpc", query(mine, "RETURN 1")).catch(({ code }) => {
        refusals.push(code);
      });
    }
    const started = performance.now();
    await open({ origin: OTHER }).request("switchyard_rpc", query(theirs, "RETURN 1"));
    expect(performance.now() - started).toBeLessThan(2_000);
    await settled();
    expect(refusals.length).toBeGreaterThan(8_000);
    expect(new Set(refusals)).toEqual(new Set([-32005]));
  });

  it("that goes on for long is heard no more", async () => {
    await page.granted([bob]);
    const document = open();
    for (let i = 0; i < 20_000; i++) document.received({ type: "api-request", seq: i });
    await settled();
    expect(document.told.at(-1)).toEqual({ type: "api-enabled", on: false });
    const before = document.told.length;
    document.received({ type: "api-request", seq: 1, method: "switchyard_sessions", params: {} });
    await settled();
    expect(document.told).toHaveLength(before);
  });

  it("that talks nonsense is heard no more", async () => {
    await page.granted([bob]);
    const document = open();
    for (let i = 0; i < 100; i++) document.received({ type: "forged", origin: OTHER });
    await settled();
    expect(document.told).toEqual([{ type: "api-enabled", on: false }]);
  });

  it("can't send more than its origin's share of bytes", async () => {
    const [id] = await page.granted([bob]);
    const params = new Uint8Array(16 * 1024 * 1024);
    const document = open();
    const codes: number[] = [];
    for (let i = 0; i < 6; i++) {
      const { code } = await document.refusal("switchyard_rpc", {
        session: id,
        method: "query",
        params,
      });
      codes.push(code);
    }
    expect(codes[0]).toBe(-32602);
    expect(codes.at(-1)).toBe(-32005);
  });

  it("can't have live queries without an end", async () => {
    const [id] = await page.granted([bob]);
    const document = open();
    const text = Array(100).fill("LIVE SELECT * FROM note").join(";");
    await document.request("switchyard_rpc", query(id, text));
    for (const more of ["LIVE SELECT * FROM note", "live select * from note"]) {
      expect(await document.refusal("switchyard_rpc", query(id, more))).toMatchObject({
        code: -32005,
      });
    }
    document.leave();
    await until(() => scene.registry.session(bob).live.serverIds().length === 0);
  });

  it("of which the port broke harms nobody", async () => {
    await page.granted([bob]);
    const document = page.api.connected(
      { tabId: 1, documentId: "d", origin: ORIGIN, top: true },
      () => {
        throw new Error("disconnected port");
      },
    );
    document.received({ type: "api-hello" });
    await settled();
    document.left();
    document.left();
  });
});
