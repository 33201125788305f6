/**
 * "Keep a copy": a session of the page becomes one of ours, with one click, and the page keeps what is
 * its own.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { ACCESSES, DEMO_PEOPLE, signInOf } from "../../demo/server/seed.ts";
import { shortId } from "../../src/session/short-id.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene, told } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import { pageConnected } from "../support/page-sdk/pages.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
declare const clients: PageWorld["clients"];

const TENANT_A = { namespace: "app", database: "tenant_a" };
const ALICE = { name: "alice", password: "alice" };
/** Where the person is asked before anything is done. */
const QUESTION = "[data-page=session] header .sy-note-warn";

describeInBrowsers("copy of a page's session", (underTest) => {
  let scene: PageScene;
  let page: Page;
  let panel: PagePanel;
  beforeAll(async () => {
    scene = await openPageScene(underTest, { guests: true });
    await scene.server.query(
      `DEFINE ACCESS soon ON DATABASE TYPE RECORD
        SIGNIN ( SELECT * FROM user WHERE name = $name AND crypto::argon2::compare(password, $password) )
        WITH REFRESH DURATION FOR GRANT 1d, FOR TOKEN 10s, FOR SESSION NONE`,
      undefined,
      TENANT_A,
    );
    page = await scene.open({ as: "alice" });
    panel = await scene.panelOf(page, { width: 1000, height: 1000 });
  });
  afterAll(() => scene?.close());

  /** Keeps a copy of the page's session that is shown, and waits until the copy is shown instead. */
  async function keepCopy(): Promise<string> {
    const original = await panel.shownKey();
    await panel.press("Keep a copy");
    await panel.page.see(`[data-session-page]:not([data-session-page="${original}"])`);
    return panel.shownKey();
  }

  /** What the server answers in the session that is shown. */
  async function answerHere(expression: string): Promise<string> {
    const key = await panel.shownKey();
    await panel.queryAsKeys([key]);
    const { outcomes, error } = await panel.run(`RETURN ${expression}`);
    await panel.show("Sessions");
    return error?.text ?? outcomes.map(({ text }) => text).join("\n");
  }

  test("asks before it connects, then stands there as verified: same user, place and variables", async () => {
    await page.evaluate(async () => {
      await db.use({ database: "tenant_b" });
      await db.set("who", new sdk.RecordId("user", "alice"));
      await db.set("flags", { beta: true });
    });
    await panel.openSession("default");
    await panel.variable("who", "user:alice");
    const before = scene.server.stats().acceptedSockets;
    await panel.press("Keep a copy");
    const question = await panel.page.text(QUESTION);
    const { host } = new URL(scene.server.url);
    expect(question).toContain(`Connect to ${host} as user:alice in app/tenant_b?`);
    await panel.press("Cancel", QUESTION);
    await panel.page.gone(QUESTION);
    expect(scene.server.stats().acceptedSockets).toBe(before);

    await panel.press("Keep a copy");
    await panel.press("Keep a copy", QUESTION);
    await panel.title("user:alice");
    await panel.confirms("user:alice, app/tenant_b");
    await panel.page.see("text*=Can't be renewed. Token until");
    await panel.historyHas("created", "Copy of a session of http://localhost");
    await panel.variable("who", "user:alice");
    await panel.page.see('[data-variable="flags"] >> text*=beta: true');
    expect(scene.server.stats().acceptedSockets).toBe(before + 1);
    expect(await answerHere("<string> [$auth, session::db(), $who, $flags.beta]")).toContain(
      "[user:alice, 'tenant_b', user:alice, true]",
    );
    // What is done in the copy leaves the page's alone.
    await panel.writePlace("app", "tenant_a");
    await panel.submitPlace();
    await panel.confirms("user:alice, app/tenant_a");
    expect(await told(page, "db")).toEqual(["default: user:alice, app/tenant_b"]);
  });

  test("the page's refresh token stays the page's: after the token's end both go on", async () => {
    const auth = { ...TENANT_A, access: "soon", variables: ALICE };
    const first = await page.evaluate((signIn) => db.signin(signIn), auth);
    expect(first.refresh).toEqual(expect.any(String));
    await panel.showsSessions(["default: user:alice, app/tenant_a"]);
    await panel.openSession("default");
    // The server is known by now: nothing is asked.
    const key = await keepCopy();
    await panel.confirms("user:alice, app/tenant_a");
    await panel.page.click(`${panel.section("sign-in")} >> [data-disclosure=tokens] >> text=Show`);
    await expect
      .poll(() => panel.page.text(panel.section("sign-in")))
      .toMatch(/Refresh token\s+none/);

    // When the token ends the SDK renews by itself, with the refresh token that nobody else has used.
    await page.waitFor((old) => db.accessToken !== undefined && db.accessToken !== old, {
      args: [first.access],
      timeoutMs: 60_000,
    });
    expect(await told(page, "db")).toEqual(["default: user:alice, app/tenant_a"]);
    await panel.openSession("default");
    await panel.page.see("[data-session-page] header >> text*=Token renewed");
    // The copy's token is over. It goes on for as long as its socket does.
    await panel.page.click(`nav [data-session="${key}"]`);
    await panel.page.see(`${panel.section("sign-in")} >> text*=Ended`);
    expect(await answerHere("$auth")).toContain("user:alice");

    const stored = await everythingStored();
    expect(stored).toContain(first.access);
    expect(stored).not.toContain(first.refresh);
    expect(stored).not.toContain("surreal-refresh");
  });

  test("of a fork that is root, and of one that is nobody", async () => {
    const [root, nobody] = await page.evaluate(async (auth) => {
      const [one, two] = [await db.newSession(), await db.newSession()];
      await one.signin(auth);
      await one.use({ namespace: "app", database: "tenant_b" });
      await two.use({ namespace: "app", database: "tenant_a" });
      await two.set("guest", true);
      return [String(one.session), String(two.session)];
    }, signInOf(DEMO_PEOPLE.admin));
    await panel.openSession(root as string);
    await panel.page.see(`${panel.section("sign-in")} >> text*=Root user`);
    await keepCopy();
    await panel.title("root");
    await panel.confirms("root, app/tenant_b");
    expect(await answerHere("<string> [$token.ID, session::db()]")).toContain("'tenant_b'");

    await panel.openSession(nobody as string);
    await panel.variable("guest", "true");
    await keepCopy();
    await panel.title(`Copy of ${shortId(nobody ?? "")}`);
    await panel.confirms("anonymous, app/tenant_a");
    await panel.variable("guest", "true");
    expect(await answerHere("<string> [$auth, session::db(), $guest]")).toContain(
      "[NONE, 'tenant_a', true]",
    );
  });

  test.each(["json", "sdk-1"] as const)("of a page that speaks %s", async (kind) => {
    await page.goto(scene.urlOf({ as: "bob", clients: [kind] }));
    await pageConnected(page);
    if (kind === "json") await page.evaluate(() => clients[0]?.rpc("let", ["tags", { n: 1 }]));
    else await page.evaluate(() => clients[0]?.let("tags", { n: 1 }));
    await panel.openSession("default");
    await panel.page.see('[data-variable="tags"] >> text*=n: 1');
    await keepCopy();
    await panel.title("user:bob");
    await panel.confirms("user:bob, app/tenant_b");
    expect(await answerHere("<string> [$auth, session::db(), $tags.n]")).toContain(
      "[user:bob, 'tenant_b', 1]",
    );
  });

  test("a token that is over is refused with the reason; nothing is made", async () => {
    const auth = { ...TENANT_A, access: ACCESSES.briefToken, variables: ALICE };
    // Without an SDK, which would sign out by itself when it can't renew.
    await page.goto(scene.urlOf({ clients: ["json"] }));
    await pageConnected(page);
    await page.evaluate((signIn) => clients[0]?.signin(signIn), auth);
    await panel.openSession("default");
    await panel.page.see(
      "[data-page=session] >> text*=Token expired: works until the connection drops.",
    );
    const sessions = await panel.page.count("nav [data-session]");
    await panel.press("Keep a copy");
    expect(await panel.page.text("[data-page=session] header [data-error]")).toMatch(
      /Its access token ended on .*the server takes it from no one any more/,
    );
    expect(await panel.page.count("nav [data-session]")).toBe(sessions);
  });

  /** What the extension has stored, in memory and on disk, as text. */
  async function everythingStored(): Promise<string> {
    const own = await scene.browser.openExtensionPage("manifest.json");
    const stored = await own.evaluate(readStores);
    await own.close();
    return stored;
  }
});

/** In a page of the extension. */
async function readStores(): Promise<string> {
  const { browser, chrome } = globalThis as unknown as Record<
    "browser" | "chrome",
    { storage: Record<"session" | "local", { get(keys: null): Promise<object> }> }
  >;
  const { session, local } = (browser ?? chrome).storage;
  const found: unknown[] = [await session.get(null), await local.get(null)];
  const answer = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name as string));
    for (const store of database.objectStoreNames) {
      found.push(await answer(database.transaction(store).objectStore(store).getAll()));
    }
    database.close();
  }
  return JSON.stringify(found);
}
