/**
 * The demo application, unmodified: Alice's page shows Bob's notes after one click, and Alice's again
 * after the next. The page itself asks the server who it is, and so do we.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { type DemoApp, startApp } from "../../demo/server/app-server.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openRouteScene, type RouteScene } from "../support/browser/route-scene.ts";

describeInBrowsers("the demo application as somebody else", (underTest) => {
  let scene: RouteScene;
  let app: DemoApp;
  let page: Page;
  let panel: PagePanel;
  beforeAll(async () => {
    scene = await openRouteScene(underTest);
    app = await startApp({ port: 0, rpcUrl: scene.server.url });
    page = await scene.browser.openPage(app.url);
    panel = await scene.panelOf(page);
  });
  afterAll(async () => {
    await app?.close();
    await scene?.close();
  });

  /** Whose notes the page shows, by the word of the server and of the page. */
  async function shows(name: string, database: string): Promise<void> {
    await page.see(`#who[data-who="user:${name}"]`);
    expect(await page.text("#where")).toBe(`app/${database}`);
    const [notes] = (await scene.server.query(
      `SELECT VALUE text FROM note WHERE owner = user:${name}`,
      undefined,
      { namespace: "app", database },
    )) as [string[]];
    expect(notes.length).toBeGreaterThan(0);
    await expect.poll(() => page.texts("#list .text")).toEqual(expect.arrayContaining(notes));
  }

  test("shows Bob's notes after one click, and Alice's after the next", async () => {
    await page.click('[data-name="alice"]');
    await shows("alice", "tenant_a");

    await panel.select("Bob");
    await panel.press("Run tab as");
    await panel.page.see(`[data-runs-as="${scene.held.bob}"]`);
    await panel.page.click('[data-notice] >> role=button[name="Reload page"]');
    await shows("bob", "tenant_b");

    // What the page is told of lives in Bob's session, too.
    await page.fill('#add [name="text"]', "written by Bob");
    await page.click("#add button");
    await expect.poll(() => page.texts("#list .text")).toContain("written by Bob");
    const [[written]] = (await scene.server.query(
      "SELECT VALUE <string> owner FROM note WHERE text = 'written by Bob'",
      undefined,
      { namespace: "app", database: "tenant_b" },
    )) as [[string]];
    expect(written).toBe("user:bob");

    await panel.page.click('[data-runs-as] >> role=button[name="Page\'s own session"]');
    await panel.page.see('[data-runs-as="own"]');
    await panel.page.click('[data-notice] >> role=button[name="Reload page"]');
    await shows("alice", "tenant_a");
  });
});
