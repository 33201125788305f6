/**
 * The page's sessions stay true whatever happens to page, frames, sockets, panel and worker.
 *
 * Each time the same is asked for: the list shows what the server tells the page's own SDK, no more
 * entries than that and none of the dead.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { panelAddress } from "../../src/messages/pages.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene, reloadPage, told } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import { inFrame, pageConnected } from "../support/page-sdk/pages.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
declare const kept: PageWorld["kept"];

describeInBrowsers("life of a page", (underTest) => {
  let scene: PageScene;
  let page: Page;
  let panel: PagePanel;
  beforeAll(async () => {
    scene = await openPageScene(underTest);
  });
  afterAll(() => scene?.close());

  /** A fork, a variable, a live query and a transaction, made by the page. */
  async function setUp(): Promise<void> {
    await page.evaluate(async () => {
      const fork = await db.forkSession();
      await fork.use({ database: "tenant_b" });
      await fork.set("tenant", "b");
      const note = await db.live(new sdk.Table("note"));
      const txn = await db.beginTransaction();
      Object.assign(globalThis, { kept: { fork }, note, txn });
    });
  }

  /** Marks the panel, so that it shows whether it was loaded anew. */
  const markPanel = () => panel.page.evaluate("void (window.notReloaded = true)");
  const panelStayed = () => panel.page.evaluate("window.notReloaded === true");

  test("a panel that is opened long after: the state is there at once", async () => {
    page = await scene.open({ as: "alice" });
    await setUp();
    panel = await scene.panelOf(page);
    await panel.showsSessions(await told(page, "db", "kept.fork"));
    await expect.poll(async () => (await panel.pageRow("default")).text).toMatch(/1 txn.*1 live/);
    await panel.openSession(await page.evaluate("String(kept.fork.session)"));
    await panel.confirms("user:alice, app/tenant_b");
    await panel.variable("tenant", "'b'");
  });

  test("reload: the new sessions stand there, and the one that was chosen is found again", async () => {
    const before = await panel.openSession("default");
    await markPanel();
    await reloadPage(page);
    await panel.showsSessions(await told(page, "db"));
    const { key } = await panel.pageRow("default");
    expect(key).not.toBe(before);
    await panel.page.see(`[data-session-page="${key}"]`);
    await panel.confirms("user:alice, app/tenant_a");
    expect(await panelStayed()).toBe(true);
  });

  test("navigation to another page, and back: each time the page that is there", async () => {
    await page.evaluate("void (window.wasHere = true)");
    await page.goto(scene.urlOf({ as: "bob", name: "Another page" }));
    await pageConnected(page);
    expect(await told(page, "db")).toEqual(["default: user:bob, app/tenant_b"]);
    await panel.showsSessions(await told(page, "db"));
    await page.evaluate("void history.back()");
    await page.waitFor("location.search.includes('alice')");
    await pageConnected(page);
    await panel.showsSessions(await told(page, "db"));
    expect(await told(page, "db")).toEqual(["default: user:alice, app/tenant_a"]);
    // Where the browser kept the page it closed its socket, and the SDK has opened another one.
    const fromCache = await page.evaluate<boolean, []>("window.wasHere === true");
    await expect
      .poll(async () => (await panel.sockets()).join())
      .toMatch(fromCache ? /reconnected/ : /^$/);
    await panel.socketCount("1 socket");
    await page.evaluate(() => db.set("back", true));
    await panel.openSession("default");
    await panel.variable("back", "true");
    expect(await panelStayed()).toBe(true);
  });

  test("the worker is killed: the panel goes on, with what the page did meanwhile", async () => {
    await setUp();
    await panel.showsSessions(await told(page, "db", "kept.fork"));
    await scene.browser.worker.kill();
    await page.evaluate(() => db.set("meanwhile", 1));
    await page.evaluate(() => kept.fork?.use({ database: "tenant_a" }));
    await panel.showsSessions(await told(page, "db", "kept.fork"));
    await panel.openSession("default");
    await panel.variable("meanwhile", "1");
    await panel.page.see("[data-transaction]");
    await panel.page.see("[data-live]");
    expect(await panelStayed()).toBe(true);
    await panel.log.open();
    // Frames that were on their way to the worker when it died are lost, never in silence.
    await expect
      .poll(async () => `${await panel.log.lines()} ${await panel.log.foot()}`)
      .toMatch(/let 'meanwhile'|frames? missed/);
  });

  test("the server cuts the socket: “reconnected”, the same entries, and what was lost is gone", async () => {
    const keys = async () => (await panel.pageRows()).map(({ key }) => key).sort();
    const before = await keys();
    scene.server.cutSockets();
    await expect.poll(async () => (await panel.sockets()).join()).toMatch(/reconnected/);
    await panel.showsSessions(await told(page, "db", "kept.fork"));
    expect(await keys()).toEqual(before);
    await panel.socketCount("1 socket");
    await panel.openSession("default");
    // A transaction ends with its socket.
    await panel.page.gone("[data-transaction]");
    await panel.confirms("user:alice, app/tenant_a");
    await panel.variable("meanwhile", "1");

    scene.server.cutSockets();
    await panel.page.see("[data-session-page] >> text*=reconnected");
    await panel.showsSessions(await told(page, "db", "kept.fork"));
    expect(await keys()).toEqual(before);
  });

  test("frames of the same and of another origin, each with its own; two sockets in each", async () => {
    await page.goto(
      scene.urlOf({
        as: "alice",
        clients: ["sdk-2", "json"],
        frames: ["same-origin", "cross-origin"],
      }),
    );
    await pageConnected(page);
    const alice = "default: user:alice, app/tenant_a";
    await panel.showsSessions(Array(6).fill(alice));
    await panel.socketCount("6 sockets");
    expect((await panel.sockets()).filter((line) => line.includes("127.0.0.1"))).toHaveLength(6);

    const moved = await inFrame(page, 1, async () => {
      await db.use({ database: "tenant_b" });
      const [where] = await db.query("RETURN [$session.ns, $session.db]");
      return where;
    });
    expect(moved).toEqual(["app", "tenant_b"]);
    await panel.showsSessions([...Array(5).fill(alice), "default: user:alice, app/tenant_b"]);
  });

  test("a frame that is removed in mid-request takes its sessions with it; its request is unknown", async () => {
    await inFrame(page, 0, () => void db.query("RETURN sleep(3s)").catch(() => undefined));
    await panel.log.open();
    await panel.log.row("sleep(3s)", () => true);
    await page.evaluate(() => document.querySelector("iframe")?.remove());
    await panel.log.row("sleep(3s)", ({ result }) => result.includes("unknown"));
    // The others go on as if nothing had been.
    await page.evaluate(() => db.use({ database: "tenant_b" }));
    await panel.showsSessions([
      "default: user:alice, app/tenant_a",
      "default: user:alice, app/tenant_a",
      "default: user:alice, app/tenant_b",
      "default: user:alice, app/tenant_b",
    ]);
  });

  test("two tabs, each with a panel: each shows only its own", async () => {
    await page.goto(scene.urlOf({ as: "alice" }));
    await pageConnected(page);
    const lines = await told(page, "db");
    await panel.showsSessions(lines);
    const second = await scene.open({ as: "bob" });
    const secondPanel = await scene.panelOf(second);
    await secondPanel.showsSessions(await told(second, "db"));
    await second.evaluate(() => db.signin({ username: "root", password: "root" }));
    await secondPanel.showsSessions(await told(second, "db"));
    expect(await panel.sessionLines()).toEqual(lines);
    await secondPanel.log.open();
    await secondPanel.log.row("root");
    await panel.log.open();
    await panel.log.without("root");
    await second.close();
  });

  // Firefox discards no tab whose DevTools are open, and tells nobody which tab it has in front.
  if (underTest.name === "chromium") {
    test("a discarded tab: it is said, and its sessions are there again when it is loaded", async () => {
      const sleeper = await scene.open({ as: "bob", name: "Sleeper" });
      const lines = await told(sleeper, "db");
      const tabId = await scene.browser.tabIdOf(sleeper);
      // DevTools would keep the tab awake: its panel stands in a tab of its own.
      const own = new PagePanel(
        await scene.browser.openExtensionPage(panelAddress(tabId).slice(1)),
      );
      await own.showsSessions(lines);
      // Chromium gives it another id, under which nobody knows it any more.
      const newId = await own.page.evaluate<number, []>(
        `chrome.tabs.discard(${tabId}).then((tab) => tab.id)`,
      );
      await own.page.see("text*=its tab was put to sleep", { timeoutMs: 30_000 });
      expect(await own.sessionLines()).toEqual([]);
      await own.page.goto(`${scene.browser.extensionOrigin}${panelAddress(newId)}`);
      await own.page.evaluate(`void chrome.tabs.reload(${newId})`);
      await own.showsSessions(lines);
    });
  }
});
