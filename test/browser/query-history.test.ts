/**
 * Statements once more: those that were run lately, those that were saved, and what a page asked, run
 * again as others. The panel is closed and the worker killed in between: nothing of it is lost.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { WorkerLink } from "../../demo/start/worker-link.ts";
import { PANEL_PAGE } from "../../src/messages/pages.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openPageScene, type PageScene } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import { SIGN_INS } from "../support/scene.ts";

declare const db: PageWorld["db"];

const WHERE = { namespace: "app", database: "tenant_a" };
const STATEMENT = "SELECT VALUE owner FROM note LIMIT 2";

describeInBrowsers("history, saved statements, run again", (underTest) => {
  let scene: PageScene;
  let page: Page;
  let panel: PagePanel;
  const keys = { admin: "", alice: "" };
  beforeAll(async () => {
    scene = await openPageScene(underTest);
    const link = new WorkerLink(await scene.browser.openExtensionPage(PANEL_PAGE.slice(1)));
    await link.open();
    const { id: connectionId } = await link.call("connection.add", { url: scene.server.url });
    const make = async (label: string, signIn: (typeof SIGN_INS)["root" | "alice"]) =>
      (await link.call("session.new", { connectionId, label, signIn, ...WHERE })).key;
    keys.admin = await make("Admin", SIGN_INS.root);
    keys.alice = await make("Alice", SIGN_INS.alice);
    page = await scene.open({ as: "alice" });
    panel = await scene.panelOf(page, { width: 1100, height: 900 });
  });
  afterAll(() => scene?.close());

  const openHistory = () => panel.page.click('role=button[name="History ▾"]');
  const written = () => panel.page.value('role=textbox[name="Statement"]');
  const pastRow = async () => (await panel.page.text("[data-past] >> nth=0")).replace(/\s+/g, " ");

  /** DevTools closes, the worker ends, DevTools opens again. */
  async function comeBack(): Promise<void> {
    await panel.page.close();
    await scene.browser.worker.kill();
    panel = await scene.panelOf(page, { width: 1100, height: 900 });
    await panel.show("Query");
  }

  test("what was run is there when the panel is opened again, and runs as the same sessions", async () => {
    await panel.queryAsKeys([keys.admin, keys.alice]);
    await panel.page.fill('role=textbox[name="Statement"]', STATEMENT);
    await panel.page.press("Control+Enter");
    await openHistory();
    await expect.poll(pastRow).toMatch(/Admin ?2 rows.*Alice ?2 rows/);
    await comeBack();
    expect(await written()).toBe("");
    await openHistory();
    await expect.poll(pastRow).toMatch(/LIMIT 2.*Admin ?2 rows.*Alice ?2 rows/);
    await panel.page.type("owner");
    await panel.page.press("ArrowDown");
    await panel.page.press("Shift+Enter");
    await expect.poll(written).toBe(STATEMENT);
    for (const key of Object.values(keys)) await panel.page.see(`[data-run-as="${key}"]`);
  });

  test("a saved statement outlives the worker, and asks before another takes its name", async () => {
    const save = async (text: string) => {
      await panel.page.fill('role=textbox[name="Statement"]', text);
      await panel.page.press("ControlOrMeta+s");
      await panel.page.fill("label=Save as", "Two owners");
      await panel.page.press("Enter");
    };
    await save(STATEMENT);
    await panel.page.see("text=Saved as “Two owners”");
    await comeBack();
    const recall = async () => {
      await openHistory();
      await panel.page.click('role=button[name*="Saved"]');
      await panel.page.click('[data-saved="Two owners"] button >> nth=0');
    };
    await recall();
    await expect.poll(written).toBe(STATEMENT);
    await save("RETURN 1");
    await panel.page.see("text*=There is a statement “Two owners” already");
    await panel.page.press("Enter");
    await panel.page.gone("[role=dialog]");
    await panel.page.fill('role=textbox[name="Statement"]', "");
    await recall();
    await expect.poll(written).toBe("RETURN 1");
  });

  test("a request of the page, run again as two, is told against what was recorded", async () => {
    await panel.log.open();
    await page.evaluate(() => db.query("SELECT id, text FROM note WHERE id != $not", { not: 5 }));
    await panel.log.openRow("SELECT id, text FROM note");
    await panel.log.runAgainAs("Admin ·", "Alice ·");
    const against = (key: string) => panel.page.text(`[data-against="${key}"]`);
    await expect.poll(() => against(keys.alice)).toMatch(/^The recording and Alice see the same/);
    await expect.poll(() => against(keys.admin)).toMatch(/recording.*rows/);
    await panel.page.see('[data-column="recorded"]');
    await panel.page.click('[role=tabpanel] >> role=button[name="Open in Query"]');
    await expect.poll(written).toBe("SELECT id, text FROM note WHERE id != $not");
    expect(await panel.page.value("label=Variables, an object")).toBe("{ not: 5 }");
    for (const key of Object.values(keys)) await panel.page.see(`[data-run-as="${key}"]`);
    // What was run from the log is in the history too.
    await openHistory();
    await expect.poll(pastRow).toMatch(/id != \$not.*Admin ?\d+ rows.*Alice ?\d+ rows/);
  });

  test("a write that is run again keeps nothing, unless it is told to", async () => {
    const counted = async () =>
      (await scene.server.query("RETURN count(SELECT id FROM again)", {}, WHERE)).at(-1);
    await scene.server.query("DEFINE TABLE again PERMISSIONS FULL", {}, WHERE);
    await panel.log.open();
    await page.evaluate(() => db.query("CREATE again SET at = 1"));
    await panel.log.openRow("CREATE again");
    await panel.log.runAgainAs("Admin ·");
    await panel.page.click('role=button[name="Run dry"]');
    await panel.page.see("text*=would have changed 1 record");
    expect(await counted()).toBe(1);
    await panel.log.runAgainAs();
    await panel.page.click('role=button[name="Run and keep changes"]');
    await expect.poll(counted).toBe(2);
  });
});
