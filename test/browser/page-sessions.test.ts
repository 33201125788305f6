/**
 * The page's own sessions in the list: whatever the page does with the unmodified official SDK, the
 * panel shows what the server tells that SDK.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { DEMO_PEOPLE, signInOf } from "../../demo/server/seed.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene, told } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import { pageConnected } from "../support/page-sdk/pages.ts";
import { type EchoServer, startEchoServer } from "../support/transparency/echo-server.ts";

// What the functions that are evaluated in the page find there.
declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
declare const clients: PageWorld["clients"];
declare const kept: PageWorld["kept"];
declare const makeClient: PageWorld["makeClient"];

const ALICE = signInOf(DEMO_PEOPLE.alice);
const BOB = signInOf(DEMO_PEOPLE.bob);
const ROOT = signInOf(DEMO_PEOPLE.admin);
const TENANT_A = { namespace: "app", database: "tenant_a" };

describeInBrowsers("sessions of the page", (underTest) => {
  let scene: PageScene;
  let page: Page;
  let panel: PagePanel;
  let echo: EchoServer;
  beforeAll(async () => {
    [scene, echo] = await Promise.all([openPageScene(underTest), startEchoServer()]);
    page = await scene.open();
    panel = await scene.panelOf(page);
  });
  afterAll(async () => {
    echo?.close();
    await scene?.close();
  });

  /** Waits until the list shows what the server tells the page of these sessions, and no others. */
  async function agree(...sessions: string[]): Promise<string[]> {
    const lines = await told(page, ...sessions);
    await panel.showsSessions(lines);
    return lines;
  }

  const idOf = (session: string) => page.evaluate<string, []>(`String(${session}.session)`);
  const live = () => panel.section("live");

  test("the default session: there from the start, signed in, moved, signed out as the page does it", async () => {
    expect(await agree("db")).toEqual(["default: anonymous, -/-"]);
    await page.evaluate((signIn) => db.signin(signIn), ALICE);
    expect(await agree("db")).toEqual(["default: user:alice, app/tenant_a"]);
    await panel.openSession("default");
    await panel.confirms("user:alice, app/tenant_a");
    const signIn = () => panel.page.text(panel.section("sign-in"));
    await expect.poll(signIn).toMatch(/user:alice.*access account.*the page can renew it/s);

    await page.evaluate(() => db.use({ database: "tenant_b" }));
    expect(await agree("db")).toEqual(["default: user:alice, app/tenant_b"]);
    await panel.place("app", "tenant_b");

    await page.evaluate(() => db.invalidate());
    await expect.poll(async () => (await panel.pageRow("default")).status).toBe("ended");
    await agree("db");

    await page.evaluate((signIn) => db.signin(signIn), ROOT);
    await agree("db");
    await expect.poll(signIn).toMatch(/Root user\s+root/);
    expect((await panel.pageRow("default")).status).toBe("active");
  });

  test("sign-up, authenticate, refresh, and a sign-in that is refused", async () => {
    const carol = { name: `carol_${underTest.name}`, password: "carol" };
    const account = { namespace: "app", database: "tenant_a", access: "account" };
    const tokens = await page.evaluate((auth) => db.signup(auth), { ...account, variables: carol });
    expect(await agree("db")).toEqual([expect.stringContaining(`default: user:`)]);
    await panel.openSession("default");
    await panel.historyHas("auth", `carol_${underTest.name}`);

    await page.evaluate((signIn) => db.signin(signIn), BOB);
    await agree("db");
    await page.evaluate(({ access }) => db.authenticate(access), tokens);
    await agree("db");
    // With both tokens the SDK renews: the server gives a new pair, of which the refresh token stays unseen.
    const renewed = await page.evaluate((pair) => db.authenticate(pair), tokens);
    await agree("db");
    await panel.page.see("[data-session-page] header >> text*=Token renewed");
    await panel.confirms(`user:carol_${underTest.name}, app/tenant_a`);
    const shown = panel.section("sign-in");
    await panel.page.click(`${shown} >> [data-disclosure=tokens] >> text=Show`);
    await expect.poll(() => panel.page.text(shown)).toContain(renewed.access);
    expect(await panel.page.text(shown)).not.toContain(renewed.refresh ?? "none was given");

    const wrong = { ...account, variables: { name: "alice", password: "wrong" } };
    const refusal = page.evaluate(
      (auth) =>
        db.signin(auth).then(
          () => "signed in",
          (error: Error) => error.name,
        ),
      wrong,
    );
    expect(await refusal).not.toBe("signed in");
    await agree("db");
  });

  test("variables of any type, changed and removed; one too large is named and not kept", async () => {
    await page.evaluate(async () => {
      await db.set("count", 3);
      await db.set("ratio", 1.5);
      await db.set("who", new sdk.RecordId("user", "bob"));
      await db.set("when", new sdk.DateTime("2026-01-02T03:04:05Z"));
      await db.set("price", new sdk.Decimal("1.1"));
      await db.set("wait", new sdk.Duration("1h30m"));
      await db.set("flags", { beta: true, list: [1, 2] });
      await db.set("huge", "x".repeat(70_000));
      await db.set("passing", "soon gone");
    });
    await panel.openSession("default");
    await panel.variable("count", "3");
    await panel.variable("ratio", "1.5");
    await panel.variable("who", "user:bob");
    await panel.variable("when", "d'2026-01-02T03:04:05Z'");
    await panel.variable("price", "1.1dec");
    await panel.variable("wait", "1h30m");
    await panel.page.see(`${panel.section("variables")} [data-variable=flags] >> text*=beta: true`);
    await panel.page.see(`${panel.section("variables")} [data-variable=huge] >> text*=not kept`);
    await panel.variable("passing", "'soon gone'");
    await page.evaluate(async () => {
      await db.unset("passing");
      await db.set("count", 4);
    });
    await panel.variable("count", "4");
    await panel.page.gone('[data-variable="passing"]');
  });

  test("new and forked sessions, many calls in one go: each is who and where the server says", async () => {
    await page.evaluate(
      async (alice, bob) => {
        await db.reset();
        await db.signin(alice);
        await db.set("tenant", "a");
        const [one, two, fork] = await Promise.all([
          db.newSession(),
          db.newSession(),
          db.forkSession(),
        ]);
        Object.assign(globalThis, { kept: { one, two, fork } });
        // Nobody waits for anybody: the answers come in whatever order.
        await Promise.all([
          one.signin(bob),
          two.use({ namespace: "elsewhere" }).catch(() => undefined),
          fork.set("tenant", "fork"),
          fork.use({ database: "tenant_b" }),
          db.use({ database: "tenant_a" }),
        ]);
      },
      ALICE,
      BOB,
    );
    const lines = await agree("db", "kept.one", "kept.two", "kept.fork");
    expect(lines.join("\n")).toMatch(/user:bob, app\/tenant_b/);
    const attached = scene.server.stats().sockets.flatMap(({ sessions }) => sessions);
    const shown = (await panel.pageRows()).map(({ id }) => id).filter((id) => id !== "default");
    expect(shown.sort()).toEqual(attached.sort());

    await panel.openSession(await idOf("kept.fork"));
    await panel.confirms("user:alice, app/tenant_b");
    await panel.variable("tenant", "'fork'");
    await panel.openSession("default");
    await panel.variable("tenant", "'a'");
  });

  test("close and reset: the closed one is over, the other one is nobody", async () => {
    const closed = await idOf("kept.two");
    await page.evaluate(async () => {
      await kept.two?.closeSession();
      await kept.fork?.reset();
    });
    await agree("db", "kept.one", "kept.fork");
    const fork = await panel.pageRow(await idOf("kept.fork"));
    expect([fork.user, fork.place, fork.status]).toEqual(["anonymous", "-/-", "active"]);
    expect(scene.server.stats().sockets.flatMap(({ sessions }) => sessions)).not.toContain(closed);
    await panel.openSession(await idOf("kept.fork"));
    await panel.page.see(`${panel.section("variables")} >> text*=None.`);
  });

  test("live queries with their notifications, until the page kills them", async () => {
    await page.evaluate(async () => {
      const subscription = await db.live(new sdk.Table("note"));
      const heard: string[] = [];
      subscription.subscribe(({ action }) => heard.push(action));
      Object.assign(globalThis, { subscription, heard });
    });
    await panel.openSession("default");
    await panel.page.see(`${live()} [data-live] >> text*=LIVE SELECT`);
    await expect.poll(() => scene.server.stats().sockets[0]?.liveQueries).toBe(1);
    for (const text of ["first", "second"]) {
      await page.evaluate((said) => db.query("CREATE note SET text = $said", { said }), text);
    }
    await page.waitFor("heard.length === 2");
    await panel.page.see(`${live()} [data-live] >> text*=2 events`);
    await expect.poll(async () => (await panel.pageRow("default")).text).toContain("1 live");
    await page.evaluate("subscription.kill()");
    await panel.page.gone(`${live()} [data-live]`);
    await expect.poll(() => scene.server.stats().sockets[0]?.liveQueries).toBe(0);
  });

  test("transactions, from begin to commit and to cancel", async () => {
    await page.evaluate(async () => {
      const [first, second] = [await db.beginTransaction(), await db.beginTransaction()];
      await first.query("RETURN 1");
      Object.assign(globalThis, { first, second });
    });
    await panel.openSession("default");
    await expect.poll(() => panel.page.count("[data-transaction]")).toBe(2);
    await panel.page.see("[data-transaction] >> text*=1 request");
    await expect.poll(() => scene.server.stats().sockets[0]?.transactions).toBe(2);
    await page.evaluate("first.commit()");
    await expect.poll(() => panel.page.count("[data-transaction]")).toBe(1);
    await page.evaluate("second.cancel()");
    await panel.page.gone("[data-transaction]");
    await expect.poll(() => scene.server.stats().sockets[0]?.transactions).toBe(0);
  });

  test("a json socket and one of SDK 1.3 beside it: each with its own session", async () => {
    await page.evaluate(
      async (alice, where) => {
        const json = await makeClient("json");
        await json.signin(alice);
        await json.use({ ...where, database: "tenant_b" });
        await json.rpc("let", ["tenant", { name: "b" }]);
        const older = await makeClient("sdk-1");
        await older.signin(alice);
        await older.use(where);
        await older.let("older", true);
      },
      ALICE,
      TENANT_A,
    );
    const older = await told(page, "clients[2]");
    expect(older).toEqual(["default: user:alice, app/tenant_a"]);
    const ofJson = await page.evaluate(async () => {
      const text = "RETURN [<string> $auth, $session.ns, $session.db]";
      const said = (await clients[1]?.rpc("query", [text])) as { result: string[] }[] | undefined;
      return said?.[0]?.result;
    });
    expect(ofJson).toEqual(["user:alice", "app", "tenant_b"]);
    const json = "default: user:alice, app/tenant_b";
    await panel.showsSessions([
      ...(await told(page, "db", "kept.one", "kept.fork")),
      json,
      ...older,
    ]);
    await panel.socketCount("3 sockets");
    await panel.openSession("default", 1);
    await panel.confirms("user:alice, app/tenant_b");
    await panel.page.see('[data-variable="tenant"] >> text*=name');
    await panel.openSession("default", 2);
    await panel.variable("older", "true");
    // It takes frames as Blobs, whose order nobody could keep who reads them first.
    await panel.page.see("text*=This socket delivers Blobs; can't act on it.");
  });

  test("a socket that speaks flatbuffers is there, and said to be unreadable", async () => {
    await page.evaluate(
      (url) =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(url, "flatbuffers");
          socket.binaryType = "arraybuffer";
          socket.onerror = reject;
          socket.onopen = () => socket.send(new Uint8Array([16, 0, 0, 0, 1, 2, 3]));
          socket.onmessage = () => resolve("answered");
        }),
      `${echo.url.replace("http", "ws")}echo/rpc`,
    );
    await panel.socketCount("4 sockets");
    await expect
      .poll(async () => (await panel.sockets()).at(-1))
      .toMatch(/localhost:\d+.*not readable/);
  });

  test("SDK 1.3 without versionCheck: false: its refusal of the server is said", async () => {
    await page.goto(scene.urlOf({ clients: [] }));
    await pageConnected(page);
    await panel.pageState("waiting");
    const refused = await page.evaluate(async () => {
      const { Surreal } = await new Function('return import("/surrealdb-1.mjs")')();
      const { rpcUrl } = JSON.parse(
        document.querySelector<HTMLMetaElement>('meta[name="wanted"]')?.content ?? "{}",
      );
      return new Surreal().connect(rpcUrl).then(
        () => "connected",
        (error: Error) => error.message,
      );
    });
    expect(refused).toMatch(/version/i);
    await panel.page.see("text*=versionCheck: false");
  });
});
