/**
 * The log of the page's requests: what the page sends with the unmodified official SDK and what it is
 * answered, as pairs; followed, filtered, opened, copied, exported and run again.
 */
import { CborCodec } from "surrealdb";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { DEMO_PEOPLE, signInOf } from "../../demo/server/seed.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene, reloadPage } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import type { RequestLog } from "../support/browser/request-log.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
declare const kept: PageWorld["kept"];
declare const makeClient: PageWorld["makeClient"];

const BOB = signInOf(DEMO_PEOPLE.bob);
const TENANT_A = { namespace: "app", database: "tenant_a" };

describeInBrowsers("requests of the page", (underTest) => {
  let scene: PageScene;
  let page: Page;
  let panel: PagePanel;
  let log: RequestLog;
  beforeAll(async () => {
    scene = await openPageScene(underTest);
    page = await scene.open({ as: "alice" });
    panel = await scene.panelOf(page, { width: 1100, height: 900 });
    log = panel.log;
    await log.open();
  });
  afterAll(() => scene?.close());
  // Rows are in the page only where they are in sight.
  afterEach(() => log.close());

  /** The rows of what the page sent: the panel asks the server of itself who a session is. */
  const ofPage = async () => (await log.rows()).filter(({ text }) => !text.startsWith("you"));

  /** What the page's SDK gets for a query. */
  const query = (text: string, bindings?: Record<string, unknown>) =>
    page.evaluate(
      (statement, values) =>
        db
          .query(statement, values)
          .then((results) => JSON.parse(JSON.stringify(results)) as unknown[], String),
      text,
      bindings,
    );

  test("opened late it says since when it records; a reload shows the requests from the first on", async () => {
    await expect.poll(() => log.foot()).toMatch(/^Recording since \d+:\d+/);
    expect(await log.foot()).toContain("Reload to see requests from the start.");
    expect(await ofPage()).toEqual([]);

    await reloadPage(page);
    await log.row("'app', 'tenant_a'");
    const rows = await ofPage();
    expect(rows.map(({ method }) => method)).toEqual(["version", "signin", "use"]);
    expect(rows.map(({ as }) => as)).toEqual([
      "Default session: anonymous in no namespace",
      "Default session: anonymous in no namespace",
      "Default session: user:alice in app/tenant_a",
    ]);
    await expect.poll(() => log.foot()).not.toContain("Reload to see");
  });

  test("a row tells method, statement, as whom, result, time and size", async () => {
    const [notices] = (await query("SELECT * FROM notice")) as [unknown[]];
    const row = await log.row("SELECT * FROM notice");
    expect(row).toMatchObject({
      method: "query",
      as: "Default session: user:alice in app/tenant_a",
      result: `${notices.length} row`,
      time: expect.stringMatching(/^\+\d+\.\d{3}$/),
      ms: expect.stringMatching(/^[\d.,]+$/),
      size: expect.stringMatching(/^[\d.]+ (B|KB)$/),
    });

    await query("THROW 'not today'");
    expect((await log.row("THROW")).result).toMatch(/^✕/);
    await query("SELECT * FROM");
    const cut = await log.row(
      "SELECT * FROM",
      ({ text, result }) => text.endsWith("FROM") && !result.includes("pending"),
    );
    expect(cut.result).toMatch(/^✕ Validation/);
    const refused = { ...BOB, variables: { name: "bob", password: "wrong" } };
    await page.evaluate((auth) => db.signin(auth).catch(() => undefined), refused);
    const signIn = await log.row("name: 'bob'");
    expect(signIn).toMatchObject({
      method: "signin",
      result: expect.stringMatching(/^✕ \w+/),
    });
    expect(signIn.text).not.toContain("wrong");
  });

  test("as whom: the identity at that moment, whoever the session is later", async () => {
    await query("RETURN 'as alice'");
    await page.evaluate(async (auth) => {
      Object.assign(globalThis, { kept: { fork: await db.forkSession() } });
      await kept.fork?.signin(auth);
      await kept.fork?.query("RETURN 'as bob'");
      await db.use({ database: "tenant_b" });
      await db.query("RETURN 'elsewhere'");
    }, BOB);
    expect((await log.row("'elsewhere'")).as).toBe("Default session: user:alice in app/tenant_b");
    expect((await log.row("'as alice'")).as).toBe("Default session: user:alice in app/tenant_a");
    expect((await log.row("'as bob'")).as).toMatch(/: user:bob in app\/tenant_b$/);
    await page.evaluate(() => db.use({ database: "tenant_a" }));
    await log.openRow("'elsewhere'");
    await log.tab("Identity");
    await log.detailHas("user:alice");
    await log.detailHas("app/tenant_b");
  });

  test("details: the statement laid out, bindings and result as trees", async () => {
    await page.evaluate(() =>
      db.query("SELECT * FROM notice WHERE text != $text LIMIT $most", {
        text: "none",
        most: 5,
        who: new sdk.RecordId("user", "alice"),
      }),
    );
    await log.openRow("LIMIT $most");
    await log.tab("Request");
    await log.detailHas("text: 'none'");
    await log.detailHas("who: user:alice");
    await log.tab("Result");
    await log.detailHas("Ran as user:alice in app/tenant_a");
    await log.detailHas("notice:welcome");
  });

  test("copied as SurrealQL that runs, as JSON, as a call of the SDK, and as the frames' bytes", async () => {
    const copied = async (format: Parameters<RequestLog["copyAs"]>[0]) => {
      await log.copyAs(format);
      await panel.page.see("[role=status] >> text*=copied");
      return scene.browser.clipboardText();
    };
    await log.openRow("LIMIT $most");
    await expect.poll(() => copied("SurrealQL with bindings")).toContain("LET $most = 5");
    const surql = await copied("SurrealQL with bindings");
    const ran = await scene.server.query(surql, undefined, TENANT_A);
    expect(JSON.stringify(ran.at(-1))).toContain("Welcome to tenant_a");
    await expect.poll(() => copied("JSON")).toContain('"method": "query"');
    const json = JSON.parse(await copied("JSON"));
    expect(json.params[1]).toMatchObject({ text: "none", most: 5 });
    await expect.poll(() => copied("SDK call")).toMatch(/\.query\(/);
    await expect.poll(() => copied("Frames as hex")).toMatch(/# Request/);
    const [, request = ""] =
      /# Request.*\n([0-9a-f\n]+)# Answer/.exec(await copied("Frames as hex")) ?? [];
    const bytes = Buffer.from(request.replace(/\s/g, ""), "hex");
    expect(new CborCodec({}).decode(bytes)).toMatchObject({ method: "query", id: json.id });
  });

  test("run again as another session: both answers side by side", async () => {
    await log.clear();
    await query("RETURN $auth");
    await log.openRow("RETURN $auth");
    await log.runAgainAs("user:bob");
    await panel.page.see('[data-request] >> role=tab[name*="Again as"]');
    await expect.poll(() => log.detail()).toMatch(/user:alice.*user:bob/);
    await log.row("RETURN $auth", ({ text }) => text.startsWith("you"));
  });

  test("a live query is one row that counts what it told; Kill ends it at the server", async () => {
    await page.evaluate(async () => {
      const live = await db.live(new sdk.Table("note"));
      live.subscribe(() => undefined);
      await db.query("CREATE note SET text = 'one'");
      await db.query("CREATE note SET text = 'two'");
    });
    await log.row("LIVE SELECT", ({ result }) => result.includes("2 events"));
    await log.openRow("LIVE SELECT");
    await log.tab("Notifications");
    await expect.poll(() => panel.page.count("[data-request] [data-action=CREATE]")).toBe(2);
    await expect.poll(() => scene.server.stats().sockets[0]?.liveQueries).toBe(1);
    await panel.page.click('[role=row] >> role=button[name="Kill"]');
    await log.row("LIVE SELECT", ({ result }) => result.includes("killed"));
    await expect.poll(() => scene.server.stats().sockets[0]?.liveQueries).toBe(0);
  });

  test("what was read over a json socket reads the same; pings are hidden unless asked for", async () => {
    await page.evaluate(async () => {
      const json = await makeClient("json");
      await json.rpc("query", ["SELECT VALUE text FROM notice"]);
      await json.rpc("ping");
      await json.rpc("query", ["RETURN 'after the ping'"]);
    });
    expect((await log.row("SELECT VALUE text FROM notice")).result).toBe("1 row");
    await log.row("after the ping");
    const pings = async () => (await log.rows()).filter(({ method }) => method === "ping").length;
    expect(await pings()).toBe(0);
    await log.check("Pings", true);
    // The SDK sends some of its own.
    await expect.poll(pings).toBeGreaterThan(0);
    await log.check("Pings", false);
    await expect.poll(pings).toBe(0);
  });

  test("filters: by text, errors, method and duration", async () => {
    await log.clear();
    await query("SELECT * FROM notice");
    await query("THROW 'for the filter'");
    await page.evaluate((auth) => db.signin(auth), signInOf(DEMO_PEOPLE.alice));
    await log.row("name: 'alice'");
    await log.filter("notice");
    await expect
      .poll(async () => (await log.lines()).every((line) => line.includes("notice")))
      .toBe(true);
    await log.filter("");
    await log.check("Errors", true);
    await expect
      .poll(async () => (await log.rows()).map(({ result }) => result.startsWith("✕")))
      .toEqual([true]);
    await log.check("Errors", false);
    await panel.page.click("[role=toolbar] >> text*=All methods");
    await panel.page.click("[role=menu] >> text*=signin (");
    await panel.page.press("Escape");
    await expect
      .poll(async () => new Set((await log.rows()).map(({ method }) => method)))
      .toEqual(new Set(["signin"]));
    await panel.page.click(`[role=toolbar] [title="Which methods are shown"]`);
    await panel.page.click("[role=menu] >> text=All methods");
    await panel.page.fill("label=Slower than, in milliseconds", "600000");
    await expect.poll(async () => (await log.rows()).length).toBe(0);
    await panel.page.fill("label=Slower than, in milliseconds", "");
    await expect.poll(async () => (await ofPage()).length).toBe(3);
  });

  test("paused it keeps nothing; Clear empties it", async () => {
    await log.clear();
    await log.record(false);
    await expect.poll(() => log.foot()).toContain("Paused");
    // The page hears of it a moment later.
    for (let n = 0; n < 20; n++) await query("RETURN 'on the way'");
    await query("RETURN 'unseen'");
    await log.record(true);
    await expect
      .poll(async () => {
        await query("RETURN 'seen again'");
        return `${await log.lines()}`;
      })
      .toContain("'seen again'");
    await query("RETURN 'the last one'");
    await log.row("'the last one'");
    await log.without("'unseen'");
    await log.clear();
    await expect.poll(ofPage).toEqual([]);
    await query("RETURN 'after clearing'");
    await log.row("'after clearing'");
    await expect.poll(async () => (await ofPage()).length).toBe(1);
  });

  test("Preserve log keeps it over a navigation, with a line between; else it begins anew", async () => {
    await log.check("Preserve log", true);
    await reloadPage(page);
    await log.row("'app', 'tenant_a'");
    expect((await log.lines()).join("\n")).toContain("after clearing");
    expect((await log.marks()).join("\n")).toContain(new URL(scene.urlOf({})).host);
    await log.check("Preserve log", false);
    await reloadPage(page);
    await log.without("after clearing");
    await log.row("'app', 'tenant_a'");
    expect((await ofPage()).map(({ method }) => method)).toEqual(["version", "signin", "use"]);
  });

  describeSecrets();

  function describeSecrets() {
    const password = `s3cret of ${underTest.name}`;
    let token = "";

    test("secrets are covered, in rows and details, and uncovered one by one", async () => {
      await log.clear();
      token = await page.evaluate(async (secret) => {
        const auth = { namespace: "app", database: "tenant_a", access: "account" };
        const variables = { name: `dave${secret.length}`, password: secret };
        const { access } = await db.signup({ ...auth, variables });
        await db.set("apiKey", secret);
        await db.query("RETURN { done: true, password: $password }", { password: secret });
        return access;
      }, password);
      await log.row("done: true");
      const everywhere = () => panel.page.evaluate<string, []>("document.body.innerText");
      expect(await everywhere()).not.toContain(password);
      expect(await everywhere()).not.toContain(token);

      await log.openRow("name: 'dave");
      await log.tab("Request");
      await log.detailHas("password: ••••••");
      await panel.page.click('[data-request] >> role=button[name="Show password"]');
      await log.detailHas(`password: '${password}'`);
      await log.tab("Result");
      expect(await everywhere()).not.toContain(token);
      await panel.page.click('[data-request] >> role=button[name*="Show "] >> nth=0');
      await expect.poll(everywhere).toContain(token.slice(0, 40));
      // Opened anew, it is covered anew.
      await log.openRow("done: true");
      await log.openRow("name: 'dave");
      await log.tab("Request");
      await log.detailHas("password: ••••••");
      expect(await everywhere()).not.toContain(password);
    });

    test("exported without a secret, and imported for reading", async () => {
      const before = await log.lines();
      const { name, text } = await log.export();
      expect(name).toMatch(/\.json$/);
      expect(text).toContain("done: true");
      expect(text).not.toContain(password);
      for (const part of token.split(".").slice(1)) expect(text).not.toContain(part);
      // Nor in bytes that are written as base64 or hex.
      for (const encoding of ["base64", "hex"] as const) {
        const bytes = Buffer.from(password).toString(encoding).replace(/=+$/, "").slice(2, -4);
        expect(text.toLowerCase()).not.toContain(bytes.toLowerCase());
      }

      await log.import(name, text);
      await panel.page.see("text*=It can be read");
      await expect.poll(() => log.lines()).toEqual(before);
      await log.openRow("done: true");
      await log.tab("Request");
      await log.detailHas("••••••");
      expect(await panel.page.count('role=button[name="Clear the log"]')).toBe(0);
      await panel.page.click(`role=button[name="Back to this page's log"]`);
      await panel.page.see('role=button[name="Clear the log"]');
      await log.import("no-log.json", '{"entries": 3}');
      await panel.page.see("[data-error]");
      await expect.poll(() => log.lines()).toEqual(before);
    });
  }
});
