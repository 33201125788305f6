/** What a person does in a page's session, over the page's own socket, which sees nothing of it. */
import type { Uuid } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCESSES } from "../../../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../../../demo/server/server.ts";
import type { Handlers } from "../../../../src/background/commands.ts";
import { Pages } from "../../../../src/background/pages.ts";
import { pageSessionKey } from "../../../../src/session/page/page-model.ts";
import type { Registry } from "../../../../src/session/registry.ts";
import { decodeValue, encodeValue } from "../../../../src/wire/values.ts";
import { FakePage, FakeTabs, FakeWatcher } from "../../../support/fake-page.ts";
import { handlersOf, noRouting } from "../../../support/handlers.ts";
import { loadRegistry, until, viewIn } from "../../../support/registry.ts";
import { failureOf, recordSignIn, SIGN_INS } from "../../../support/scene.ts";

let server: DemoServer;
const undo: (() => unknown)[] = [];
beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const each of undo.reverse()) await each();
  await server.close();
});

const BOB = { ns: "app", db: "tenant_b", ac: ACCESSES.account, name: "bob", password: "bob" };

interface Stage {
  page: FakePage;
  socket: Awaited<ReturnType<FakePage["open"]>>;
  view: FakeWatcher;
  registry: Registry;
  call: <C extends keyof Handlers>(
    command: C,
    params: Parameters<Handlers[C]>[0],
  ) => ReturnType<Handlers[C]>;
  key: string;
  /** As views see it. */
  shown(): NonNullable<ReturnType<FakeWatcher["session"]>>;
}

/** A page signed in as Bob in its default session, looked at by one view. */
async function stage(
  format: "cbor" | "json" = "cbor",
  signIn: object | null = BOB,
): Promise<Stage> {
  const tabs = new FakeTabs();
  const pages = new Pages({
    tabs,
    setMarker: () => undefined,
    routing: noRouting,
    viewsPatience: 0,
  });
  const page = tabs.add(new FakePage(() => pages));
  const registry = await loadRegistry();
  undo.push(
    () => registry.dispose(),
    () => page.close(),
  );
  const socket = await page.open(server.url, format);
  if (signIn) await page.request(socket, "signin", [signIn]);
  const view = new FakeWatcher(pages);
  await until(() => view.page.sessions.length > 0);
  const handlers = handlersOf(registry, pages);
  const call = async (command: keyof Handlers, params: unknown) => {
    const handler = handlers[command] as (params: unknown, view: unknown) => unknown;
    const result = await handler(params, { id: "view", page: view });
    pages.tellChanges();
    return result;
  };
  const key = pageSessionKey(`${page.documentId}/1`, undefined);
  const shown = () => {
    const found = view.page.sessions.find((each) => each.key === key);
    if (!found) throw new Error("It isn't shown.");
    return found;
  };
  return { page, socket, view, registry, call: call as Stage["call"], key, shown };
}

/** What the page itself is told by the server when it asks who it is. */
async function whoThePageIs({ page, socket }: Stage): Promise<unknown> {
  const answer = await page.request(socket, "query", [
    "RETURN [$token.ID ?? 'anonymous', session::ns(), session::db()]",
  ]);
  return (answer as { result: unknown }[])[0]?.result;
}

describe.each(["cbor", "json"] as const)("a session on a %s socket", (format) => {
  it("is queried, looked into and compared with the server; the page sees nothing of it", async () => {
    const scene = await stage(format);
    const { call, key, page, shown } = scene;
    const seen = page.seen.length;
    const answer = await call("session.query", {
      key,
      text: "RETURN $x + 1; RETURN $auth",
      bindings: encodeValue({ x: 41 }),
    });
    expect(answer).toMatchObject({ identity: "user:bob", target: "app/tenant_b" });
    const results = decodeValue(answer.result) as { result: unknown }[];
    expect(results[0]?.result).toBe(42);
    expect(String(results[1]?.result)).toBe("user:bob");

    await call("session.check", { key });
    expect(shown().truth).toMatchObject({
      state: "agrees",
      identity: "user:bob, app/tenant_b",
      differences: [],
    });
    expect((await call("session.version", { key })).version).toContain("surrealdb-3");
    expect((await call("session.names", { key })).tables).toBeUndefined();
    expect(await call("session.tokens", { key })).toEqual({ access: expect.any(String) });
    expect(page.seen.length).toBe(seen);
  });

  it("is changed, shows at once what it is then, and says that you did it", async () => {
    const scene = await stage(format);
    const { call, key, shown } = scene;
    expect(await call("session.use", { key, database: "tenant_a" })).toEqual({
      namespace: "app",
      database: "tenant_a",
    });
    expect(shown()).toMatchObject({ database: "tenant_a", truth: { state: "agrees" } });
    expect(await whoThePageIs(scene)).toEqual(["user:bob", "app", "tenant_a"]);

    const { value } = await call("session.set", { key, name: "limit", expression: "2 + 3" });
    expect(decodeValue(value)).toBe(5);
    expect(shown().variables.map((each) => [each.name, decodeValue(each.value)])).toEqual([
      ["limit", 5],
    ]);
    await call("session.unset", { key, name: "limit" });
    expect(shown().variables).toEqual([]);

    await call("session.signIn", { key, signIn: SIGN_INS.alice });
    expect(shown()).toMatchObject({
      auth: { user: "user:alice" },
      database: "tenant_a",
      truth: { state: "agrees" },
    });
    await call("session.reset", { key });
    expect(shown()).toMatchObject({ auth: { level: "anonymous" }, cause: "Reset." });
    expect(shown().namespace).toBeUndefined();

    const { entries } = await call("session.history", { key });
    const told = entries.filter(({ event }) => event !== "created");
    expect(new Set(told.map(({ by }) => by))).toEqual(new Set(["you"]));
    expect(told.map(({ event }) => event)).toEqual(
      expect.arrayContaining(["using", "variable", "auth"]),
    );
  });

  it("gets the server's own words where the server refuses", async () => {
    const { call, key, shown } = await stage(format);
    const failure = await failureOf(
      call("session.signIn", { key, signIn: recordSignIn("bob", "tenant_b", "account", "wrong") }),
    );
    expect(failure.message).toBe("No record was returned");
    expect(failure.advice).toContain("Check the access method");
    expect(shown().auth.user).toBe("user:bob");
    await expect(call("session.query", { key, text: "SELECT FROM WHERE" })).rejects.toThrow();
  });
});

describe("a page's session", () => {
  it("is expired on purpose: the server holds it as nobody, and the cause says that it is simulated", async () => {
    const scene = await stage();
    const { call, key, shown, socket, page } = scene;
    await call("session.expire", { key });
    expect(shown()).toMatchObject({
      status: "expired",
      cause: expect.stringContaining("simulated"),
      auth: { level: "anonymous" },
    });
    await page.request(socket, "signin", [BOB]);
    await until(() => shown().status === "active");
    await call("session.end", { key });
    expect(shown()).toMatchObject({
      status: "ended",
      cause: expect.stringContaining("Signed out"),
    });
  });

  it("shows a difference to the server, and what the server says where that is wanted", async () => {
    const { call, key, shown, view, page } = await stage();
    // A page that lies about itself, or a journal that missed something.
    const session = {
      client: 1,
      order: 0,
      createdAt: 1,
      updatedAt: Date.now(),
      lastActiveAt: 1,
      namespace: "app",
      database: "tenant_a",
      variables: [],
      auth: "never" as const,
      authAt: 1,
      renewable: false,
      live: [],
      transactions: [],
      requests: 1,
      incomplete: ["Something was missed."],
    };
    page.tell([{ fact: "session", session }]);
    await until(() => shown().database === "tenant_a");
    expect(shown().incomplete).toEqual(["Something was missed."]);
    await call("session.check", { key });
    expect(shown().truth).toMatchObject({
      state: "differs",
      differences: [
        { field: "user", shown: "anonymous", server: "user:bob" },
        { field: "database", shown: "tenant_a", server: "tenant_b" },
      ],
    });
    await call("session.acceptTruth", { key });
    expect(shown()).toMatchObject({
      auth: { user: "user:bob" },
      database: "tenant_b",
      truth: { state: "agrees" },
    });
    await expect(call("session.restoreTruth", { key })).rejects.toThrow("the page's to say");
    expect(view.page.sessions).toHaveLength(1);
  });

  it("has its live query killed and its transaction cancelled, and begins none from here", async () => {
    const { call, key, page, socket, shown } = await stage();
    const answer = await page.request(socket, "query", ["LIVE SELECT * FROM note"]);
    const live = String((answer as { result: Uuid }[])[0]?.result);
    const txn = String((await page.request(socket, "begin")) as Uuid);
    await until(() => shown().liveQueries.length === 1 && shown().transactions.length === 1);

    const inTransaction = await call("session.query", { key, text: "RETURN 1", txn });
    expect(decodeValue(inTransaction.result)).toMatchObject([{ result: 1 }]);
    await call("session.cancel", { key, txn });
    expect(shown().transactions).toEqual([]);
    await expect(call("session.commit", { key, txn })).rejects.toThrow("not open");
    await call("session.kill", { key, id: live });
    expect(shown().liveQueries).toEqual([]);
    await expect(call("session.kill", { key, id: live })).rejects.toThrow("no live query");

    for (const text of ["LIVE SELECT * FROM note", "live /* x */ select * from note"]) {
      await expect(call("session.query", { key, text })).rejects.toThrow("SDK never asked");
    }
    const harmless = "RETURN 'live select' -- LIVE SELECT * FROM note";
    await call("session.query", { key, text: harmless });
    await expect(call("session.live", { key, table: "note" })).rejects.toThrow("never asked");
    await expect(call("session.begin", { key })).rejects.toThrow("stay open");
    expect(await call("session.notifications", { key, id: live })).toEqual({ notifications: [] });
  });

  it("is reached by every RPC method that makes sense, and refuses the others with the reason", async () => {
    const { call, key, shown } = await stage();
    const info = await call("session.call", { key, method: "info" });
    expect(decodeValue(info.result)).toMatchObject({ name: "bob" });
    await call("session.call", { key, method: "use", params: encodeValue(["app", "tenant_a"]) });
    expect(shown().database).toBe("tenant_a");
    const query = encodeValue(["LIVE SELECT * FROM note"]);
    await expect(call("session.call", { key, method: "query", params: query })).rejects.toThrow(
      "never asked",
    );
    await expect(call("session.refresh", { key })).rejects.toThrow("burn it for the page");
    await expect(call("session.touch", { key })).rejects.toThrow("in use");
    await expect(call("session.close", { key })).rejects.toThrow("can't be closed");
    await expect(call("session.fork", { key })).rejects.toThrow("session of the page");
    await expect(call("session.edit", { key, label: "x" })).rejects.toThrow("session of the page");
    await expect(call("session.query", { key: `${key}x`, text: "RETURN 1" })).rejects.toThrow(
      "Unknown session",
    );
  });

  it("that was attached is detached, and is over then", async () => {
    const { call, page, socket, view } = await stage();
    const id = crypto.randomUUID();
    await page.request(socket, "attach", [], id);
    await until(() => view.session(id));
    const key = pageSessionKey(`${page.documentId}/1`, id);
    await call("session.close", { key });
    expect(view.session(id)).toMatchObject({ status: "removed", cause: "Closed (detached)." });
    await expect(call("session.query", { key, text: "RETURN 1" })).rejects.toThrow("is closed");
  });

  it("can't be acted on while its socket is away, and says so", async () => {
    const { call, key, socket, view } = await stage();
    socket.socket.close();
    await until(() => view.page.sockets[0]?.state === "closed");
    expect(view.page.sockets[0]?.cannotAct).toBe("This socket is closed.");
    await expect(call("session.query", { key, text: "RETURN 1" })).rejects.toThrow("closed");
  });

  it("whose page goes in mid-request: outcome unknown, and nothing is sent again", async () => {
    const { call, key, page, view } = await stage();
    page.isDeaf = true;
    const outcome = failureOf(call("session.query", { key, text: "CREATE note" }));
    const counted = () => view.page.sockets[0]?.framesReceived ?? 0;
    const before = counted();
    await until(() => counted() > before);
    page.close();
    expect(await outcome).toMatchObject({
      name: "OutcomeUnknownError",
      message: expect.stringContaining("It may have run"),
    });
  });
});

describe("keeping a copy", () => {
  it("asks before it connects to a server that only the page named, then makes an equal session", async () => {
    const { call, key, registry, page, socket } = await stage();
    await page.request(socket, "let", ["limit", 5]);
    await until(async () => (await call("session.history", { key })).entries.length > 1);
    const question = await call("session.keepCopy", { key });
    expect(question).toEqual({
      confirm: { url: server.url, user: "user:bob", place: "app/tenant_b" },
    });
    expect(registry.connections).toEqual([]);

    const kept = (await call("session.keepCopy", { key, confirmed: true })) as { key: string };
    const copy = viewIn(registry, kept.key);
    expect(copy).toMatchObject({
      label: "user:bob",
      namespace: "app",
      database: "tenant_b",
      status: "active",
      auth: { user: "user:bob", renewable: false },
      truth: { state: "agrees" },
      gate: { open: true },
      signInForm: { way: "record", namespace: "app", database: "tenant_b", access: "account" },
    });
    expect(copy.variables.map((each) => [each.name, decodeValue(each.value)])).toEqual([
      ["limit", 5],
    ]);
    expect(copy.warnings).toEqual([
      expect.stringMatching(/^Can't be renewed\. Token until .+\. Sign in to keep it\.$/),
    ]);
    expect(registry.session(kept.key).family?.tokens.refresh).toBeUndefined();

    // The connection is there now: nothing is asked any more, and none is made twice.
    const second = (await call("session.keepCopy", { key })) as { key: string };
    expect(second.key).not.toBe(kept.key);
    expect(registry.connections).toHaveLength(1);
  });

  it("leaves the page's own refresh token unused", async () => {
    const { call, key, page, socket } = await stage("cbor", null);
    const pair = (await page.request(socket, "signin", [BOB])) as {
      access: string;
      refresh: string;
    };
    expect(pair.refresh).toEqual(expect.any(String));
    await until(async () => (await call("session.tokens", { key })).access === pair.access);
    await call("session.keepCopy", { key, confirmed: true });
    const renewed = await page.request(socket, "refresh", [pair]);
    expect(renewed).toMatchObject({ access: expect.any(String), refresh: expect.any(String) });
  });

  it("of an anonymous session is anonymous, and named after it", async () => {
    const { call, key, registry } = await stage("cbor", null);
    const kept = (await call("session.keepCopy", { key, confirmed: true })) as { key: string };
    expect(viewIn(registry, kept.key)).toMatchObject({
      label: "Copy of Default session",
      auth: { level: "anonymous" },
      status: "active",
    });
  });

  it("is refused where the token has ended, or isn't known", async () => {
    const { call, key, page, shown } = await stage();
    const claims = { exp: 1_000, ID: "user:bob", AC: "account", NS: "app", DB: "tenant_b" };
    const token = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
    const session = {
      client: 1,
      order: 0,
      createdAt: 1,
      updatedAt: Date.now(),
      lastActiveAt: 1,
      variables: [],
      auth: "signed-in" as const,
      authAt: 2,
      access: token,
      renewable: false,
      live: [],
      transactions: [],
      requests: 1,
      incomplete: [],
    };
    page.tell([{ fact: "session", session }]);
    await until(() => shown().warnings[0] === "Token expired: works until the connection drops.");
    await expect(call("session.keepCopy", { key, confirmed: true })).rejects.toThrow("ended on");
    page.tell([{ fact: "session", session: { ...session, access: "no token", authAt: 3 } }]);
    await until(() => shown().warnings[0]?.includes("can't be read"));
    const { access: _none, ...unseen } = session;
    page.tell([{ fact: "session", session: { ...unseen, authAt: 4 } }]);
    await until(() => shown().warnings[0]?.includes("wasn't seen"));
    await expect(call("session.keepCopy", { key, confirmed: true })).rejects.toThrow("wasn't seen");
  });
});
