/** The engine under the official SDK: a page's client that runs as a session that Switchyard holds. */
import {
  createRemoteEngines,
  Features,
  type LiveMessage,
  RecordId,
  ServerError,
  Surreal,
  Table,
  Uuid,
} from "surrealdb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import {
  createSwitchyardEngine,
  type SwitchyardEngineOptions,
  SwitchyardError,
  type SwitchyardProvider,
} from "../../../src/engine/index.ts";
import type { PageApi as PageEnd } from "../../../src/page/page-api.ts";
import type { RegistryListener } from "../../../src/session/registry.ts";
import { ApiScene, ORIGIN } from "../../support/page-api-scene.ts";
import { until } from "../../support/registry.ts";
import { failureOf, openScene, type Scene, SIGN_INS } from "../../support/scene.ts";
import { FakePage } from "../page/fake-page.ts";

let server: DemoServer;
let scene: Scene;
let alice: string;
let bob: string;
let page: ApiScene;
let end: PageEnd;
let provider: SwitchyardProvider;
const clients: Surreal[] = [];
/** The worker's end of the document's port. */
let document: ReturnType<ApiScene["api"]["connected"]>;

const listener: Partial<RegistryListener> = {
  changed: (delta) => page?.api.registryChanged(delta),
  notified: (_key, id, event) => page?.relay.notified(id, event),
};

beforeAll(async () => {
  server = await startServer({ port: 0 });
  scene = await openScene(server.url, { listener });
  alice = await scene.create({ label: "Alice", signIn: SIGN_INS.alice });
  bob = await scene.create({ label: "Bob Smith", signIn: SIGN_INS.bob });
});
afterAll(async () => {
  await scene.registry.dispose();
  await server.close();
});
beforeEach(async () => {
  page = new ApiScene(scene.registry);
  await page.command("api.enable", { origin: ORIGIN, on: true });
  connectWorker();
  const fake = FakePage.bare();
  const { createPageApi } = await import("../../../src/page/page-api.ts");
  vi.unstubAllGlobals();
  vi.stubGlobal("window", fake.window);
  // As ports carry it: copies, in order, each in a task of its own.
  end = createPageApi({
    post(message) {
      const copy = structuredClone(message);
      const to = document;
      setTimeout(() => to.received(copy));
      return true;
    },
  });
  end.define();
  provider = (fake.window as unknown as { switchyard: SwitchyardProvider }).switchyard;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  document.left();
  vi.unstubAllGlobals();
});

function connectWorker(): void {
  document = page.api.connected(
    { tabId: 1, documentId: crypto.randomUUID(), origin: ORIGIN, top: true },
    (message) => {
      const copy = structuredClone(message);
      setTimeout(() => end.received(copy));
    },
  );
}

function workerDies(): void {
  document.left();
  connectWorker();
  end.disconnected();
}

function client(options: SwitchyardEngineOptions = { provider }): Surreal {
  const db = new Surreal({
    engines: { ...createRemoteEngines(), ...createSwitchyardEngine(options) },
  });
  clients.push(db);
  return db;
}

async function connected(key = bob, name = "Bob%20Smith"): Promise<Surreal> {
  await page.granted([key]);
  const db = client();
  await db.connect(`switchyard://${name}`);
  return db;
}

const who = async (db: Pick<Surreal, "query">) =>
  (await db.query<[string]>("RETURN <string> $auth").collect())[0];

describe("a client", () => {
  it("connects by the session's label and runs as it, where it is", async () => {
    const db = await connected();
    expect(await who(db)).toBe("user:bob");
    expect([db.namespace, db.database]).toEqual(["app", "tenant_b"]);
    expect(db.accessToken).toBeUndefined();
    expect((await db.version()).version).toMatch(/^surrealdb-3/);
    await db.health();
  });

  it("connects by its id, and finds the page API where it comes late", async () => {
    const [id] = await page.granted([alice]);
    const db = client({});
    const listeners = new Map<string, () => void>();
    vi.stubGlobal("addEventListener", (type: string, heard: () => void) => {
      listeners.set(type, heard);
    });
    const connecting = db.connect(`switchyard://${id}`);
    await until(() => listeners.size > 0);
    vi.stubGlobal("switchyard", provider);
    listeners.get("switchyard#initialized")?.();
    await connecting;
    expect(await who(db)).toBe("user:alice");
  });

  it("asks the person where nothing is granted, with its reason", async () => {
    const db = client({ provider, reason: "To show your notes" });
    const connecting = db.connect("switchyard://Alice");
    await until(() => page.access.requests.length > 0);
    const [request] = page.access.requests;
    expect(request).toMatchObject({ origin: ORIGIN, reason: "To show your notes" });
    await page.command("api.answer", { id: String(request?.id), sessions: [alice] });
    await connecting;
    expect(await who(db)).toBe("user:alice");
  });

  it("fails to connect where the person says no, and doesn't ask again", async () => {
    const db = client();
    const connecting = failureOf(db.connect("switchyard://Alice"));
    await until(() => page.access.requests.length > 0);
    await page.command("api.answer", { id: String(page.access.requests[0]?.id), sessions: [] });
    expect(await connecting).toMatchObject({ name: "SwitchyardError", code: 4001 });
    await until(() => db.status === "disconnected");
    expect(page.access.requests).toEqual([]);
  });

  it("fails to connect to a session that the person doesn't give it", async () => {
    const db = client();
    const connecting = failureOf(db.connect("switchyard://Admin"));
    await until(() => page.access.requests.length > 0);
    const [request] = page.access.requests;
    await page.command("api.answer", { id: String(request?.id), sessions: [alice] });
    expect(await connecting).toMatchObject({
      code: 4100,
      message: "“Admin” is not granted to this page, only “Alice”.",
    });
  });

  it("needs no name where one session is granted, and an id where a name fits two", async () => {
    const twin = await scene.create({ label: "Twin", signIn: SIGN_INS.alice });
    const [id] = await page.granted([twin]);
    const db = client();
    await db.connect("switchyard://");
    expect(await who(db)).toBe("user:alice");
    await page.granted([await scene.create({ label: "Twin", signIn: SIGN_INS.bob })]);
    for (const url of ["switchyard://", "switchyard://Twin"]) {
      expect(await failureOf(client().connect(url))).toMatchObject({
        code: -32602,
        message: expect.stringMatching(/connect to one by its id/),
      });
    }
    const byId = client();
    await byId.connect(`switchyard://${id}`);
    expect(await who(byId)).toBe("user:alice");
  });

  it("fails to connect after three seconds where there is no page API", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const connecting = failureOf(client({}).connect("switchyard://Alice"));
      await vi.advanceTimersByTimeAsync(3_000);
      expect(await connecting).toMatchObject({
        code: 4900,
        message: expect.stringMatching(/no window\.switchyard/),
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("requests", () => {
  it("carry every value both ways, and the SDK's own methods work", async () => {
    const db = await connected();
    const [created] = await db
      .create(new Table("note"))
      .content({ text: "from the page", owner: new RecordId("user", "bob") });
    expect(created).toMatchObject({ text: "from the page", owner: new RecordId("user", "bob") });
    const id = created?.id as RecordId;
    expect(await db.select(id)).toMatchObject({ text: "from the page" });
    expect(await db.auth()).toMatchObject({ id: new RecordId("user", "bob") });
    await db.delete(id);
    const values = [new Uuid("018f4e5c-0000-7000-8000-000000000000"), 10n ** 18n, null];
    const [returned] = await db.query<[unknown[]]>("RETURN $values", { values }).collect();
    expect(returned).toEqual(values);
  });

  it("that the server refuses throw the SDK's own errors", async () => {
    const db = await connected();
    const error = await failureOf(db.query("SELECT FROM").collect());
    expect(error).toBeInstanceOf(ServerError);
    expect(error).not.toBeInstanceOf(SwitchyardError);
    const failed = await failureOf(db.query("THROW 'mine'").collect());
    expect(failed).toMatchObject({ name: "ThrownError" });
  });

  it("that would change the session are refused, and it stays what it is", async () => {
    const db = await connected();
    const attempts: (() => Promise<unknown>)[] = [
      () => db.signin({ username: "root", password: "root" }),
      () => db.signup({ access: "account", variables: {}, namespace: "app", database: "tenant_b" }),
      () => db.authenticate("a.b.c"),
      () => db.invalidate(),
      () => db.reset(),
      () => db.use({ database: "tenant_a" }),
      () => db.use({ namespace: null, database: null }),
    ];
    for (const attempt of attempts) {
      expect(await failureOf(attempt())).toMatchObject({ name: "SwitchyardError", code: 4200 });
    }
    expect(await scene.whoIs(bob)).toBe("user:bob app tenant_b");
    expect(await db.use({ namespace: "app", database: "tenant_b" })).toEqual({
      namespace: "app",
      database: "tenant_b",
    });
    expect(db.isFeatureSupported(Features.RefreshTokens)).toBe(false);
    expect(db.isFeatureSupported(Features.ExportImportRaw)).toBe(false);
  });

  it("with a place or a sign-in in the options connect only where that is so already", async () => {
    await page.granted([bob]);
    await client().connect("switchyard://Bob%20Smith", { namespace: "app", database: "tenant_b" });
    const elsewhere = client().connect("switchyard://Bob%20Smith", {
      namespace: "app",
      database: "tenant_a",
    });
    expect(await failureOf(elsewhere)).toMatchObject({ code: 4200 });
    const authentication = { username: "root", password: "root" };
    const asRoot = client().connect("switchyard://Bob%20Smith", { authentication });
    expect(await failureOf(asRoot)).toMatchObject({ code: 4200 });
  });
});

describe("the SDK's sessions", () => {
  it("share identity and place, and have variables of their own", async () => {
    const db = await connected();
    await db.set("colour", "red");
    const fork = await db.forkSession();
    const fresh = await db.newSession();
    await fork.set("colour", "blue");
    const colours = async (session: Pick<Surreal, "query">, bindings = {}) =>
      (await session.query<[string]>("RETURN $colour", bindings).collect())[0];
    expect(await colours(db)).toBe("red");
    expect(await colours(fork)).toBe("blue");
    expect(await colours(fork, { colour: "green" })).toBe("green");
    expect((await colours(fresh)) ?? null).toBeNull();
    expect([await who(fork), await who(fresh)]).toEqual(["user:bob", "user:bob"]);
    expect((await db.sessions()).map(String).sort()).toEqual(
      [fork, fresh].map(({ session }) => String(session)).sort(),
    );
    await db.unset("colour");
    expect((await colours(db)) ?? null).toBeNull();
    await fork.closeSession();
    expect(fork.isValid).toBe(false);
    expect(await failureOf(fork.query("RETURN 1").collect())).toMatchObject({ kind: "NotFound" });
    // None of it is the held session's.
    expect(scene.view(bob).variables).toEqual([]);
  });

  it("refuse variables that SurrealDB sets itself", async () => {
    const db = await connected();
    expect(await failureOf(db.set("auth", 1))).toMatchObject({ code: -32602 });
  });

  it("have transactions of their own, which end with them", async () => {
    const db = await connected(alice, "Alice");
    const begun = await db.beginTransaction();
    await begun.query("RETURN 1").collect();
    await begun.commit();
    const fork = await db.forkSession();
    const open = await fork.beginTransaction();
    expect(scene.registry.session(alice).requests.transactions.size).toBe(1);
    await fork.closeSession();
    await until(() => scene.registry.session(alice).requests.transactions.size === 0);
    await expect(open.query("RETURN 1").collect()).rejects.toThrow();
  });
});

describe("live queries", () => {
  it("tell what happens, and end when they are killed", async () => {
    const db = await connected();
    const seen: LiveMessage[] = [];
    const live = await db.live(new Table("note"));
    const stop = live.subscribe((message) => void seen.push(message));
    await scene.ask(bob, "CREATE note:live SET text = 'live', owner = $auth");
    await until(() => seen.length > 0);
    expect(seen).toMatchObject([
      { action: "CREATE", recordId: new RecordId("note", "live"), value: { text: "live" } },
    ]);
    stop();
    await live.kill();
    await scene.ask(bob, "DELETE note:live");
    expect(seen).toHaveLength(1);
  });

  it("end with the session of the SDK's in which they began", async () => {
    const db = await connected();
    const fork = await db.forkSession();
    await fork.live(new Table("note"));
    await until(() => scene.registry.session(bob).live.serverIds().length === 1);
    await fork.closeSession();
    await until(() => scene.registry.session(bob).live.serverIds().length === 0);
  });

  it("are begun again by the SDK after the worker was lost", async () => {
    await page.granted([bob]);
    const db = client();
    await db.connect("switchyard://Bob%20Smith", { reconnect: { retryDelay: 1, attempts: 5 } });
    await db.set("colour", "red");
    const seen: LiveMessage[] = [];
    const live = await db.live(new Table("note"));
    live.subscribe((message) => void seen.push(message));
    const again = new Promise((resolve) => db.subscribe("connected", resolve));
    workerDies();
    await again;
    await until(() => scene.registry.session(bob).live.serverIds().length === 1);
    await until(() => page.clients.at(-1)?.owned.length === 1);
    await scene.ask(bob, "CREATE note:again SET text = 'again', owner = $auth");
    await until(() => seen.length > 0);
    expect(seen).toMatchObject([{ action: "CREATE", recordId: new RecordId("note", "again") }]);
    expect((await db.query<[string]>("RETURN $colour").collect())[0]).toBe("red");
    await scene.ask(bob, "DELETE note:again");
  });
});

describe("what changes under a client", () => {
  it("is said where the worker is lost under a request: it may have run, and isn't sent again", async () => {
    const key = await scene.create({ label: "Slow", signIn: SIGN_INS.root });
    await scene.registry.session(key).use("app", "tenant_b");
    const db = await connected(key, "Slow");
    const running = failureOf(
      db.query("CREATE note:once SET text = 'once', owner = user:bob; SLEEP 100ms").collect(),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    workerDies();
    expect(await running).toMatchObject({ code: 4900, data: { outcome: "unknown" } });
    expect(await scene.ask(bob, "SELECT VALUE text FROM note WHERE text = 'once'")).toEqual([
      "once",
    ]);
    await scene.ask(bob, "DELETE note:once");
  });

  it("disconnects it when access is taken back", async () => {
    const db = await connected();
    const errors: Error[] = [];
    db.subscribe("error", (error) => void errors.push(error));
    await page.command("api.revoke", { origin: ORIGIN });
    await until(() => db.status === "disconnected");
    expect(errors).toMatchObject([{ code: 4100 }]);
    await expect(db.query("RETURN 1").collect()).rejects.toThrow();
  });

  it("tells its requests when the session can't serve, and it serves again after", async () => {
    const key = await scene.create({ label: "Carol", signIn: SIGN_INS.bob });
    const db = await connected(key, "Carol");
    await scene.registry.session(key).end();
    expect(await failureOf(db.query("RETURN 1").collect())).toMatchObject({ code: 4901 });
    await scene.registry.session(key).signIn(SIGN_INS.bob);
    expect(await who(db)).toBe("user:bob");
  });

  it("follows the person to another database", async () => {
    const key = await scene.create({ label: "Root", signIn: SIGN_INS.root });
    await scene.registry.session(key).use("app", "tenant_a");
    const db = await connected(key, "Root");
    expect(db.database).toBe("tenant_a");
    await scene.registry.session(key).use("app", "tenant_b");
    await until(() => db.database === "tenant_b");
    const [place] = await db.query<[string]>("RETURN session::db()").collect();
    expect(place).toBe("tenant_b");
  });
});
