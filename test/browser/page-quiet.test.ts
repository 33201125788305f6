/**
 * While no panel is open nothing leaves a page: the extension's worker isn't even started by what pages
 * do, and the page itself hears nothing.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { WELCOME_PAGE } from "../../src/messages/pages.ts";
import { describeInBrowsers, withItsOwn } from "../support/browser/describe.ts";
import { openPageScene, type PageScene, reloadPage, told } from "../support/browser/page-scene.ts";
import type { PageWorld } from "../support/browser/page-world.ts";
import { inFrame, pageConnected } from "../support/page-sdk/pages.ts";

declare const db: PageWorld["db"];
declare const sdk: PageWorld["sdk"];
/** What the page's window and document were told, but for what the page's own frames say. */
declare const heard: string[];

describeInBrowsers("a page that nobody looks at", (underTest) => {
  let scene: PageScene;
  let page: Page;
  beforeAll(async () => {
    // A new one: it greets, and has never listened.
    scene = await openPageScene(withItsOwn(underTest));
    // The worker opens it once it has heard of its installation: what it hasn't heard would start it again.
    await (await scene.browser.findPage(scene.browser.extensionOrigin + WELCOME_PAGE)).close();
    page = await scene.open({ as: "alice", frames: ["same-origin", "cross-origin"] });
  });
  afterAll(() => scene?.close());

  /** Much of what a page does: queries, sessions, live queries, a reconnect, reload, navigation. */
  async function busy(): Promise<void> {
    await page.evaluate(async () => {
      const heardHere: string[] = [];
      Object.assign(globalThis, { heard: heardHere });
      for (const target of [window, document]) {
        for (const type of ["message", "switchyard:hook", "messageerror"]) {
          target.addEventListener(type, (event) => {
            if ((event as MessageEvent).source === null) heardHere.push(event.type);
          });
        }
      }
      const fork = await db.forkSession();
      await fork.use({ database: "tenant_b" });
      await fork.set("tenant", "b");
      const live = await db.live(new sdk.Table("note"));
      live.subscribe(() => undefined);
      for (let n = 0; n < 200; n++) await db.query("RETURN $n", { n });
      await db.query("CREATE note SET text = 'heard by nobody'");
      await fork.closeSession();
    });
    await inFrame(page, 1, () => db.set("inner", 1));
    scene.server.cutSockets();
    expect(await told(page, "db")).toEqual(["default: user:alice, app/tenant_a"]);
    expect(await page.evaluate(() => heard)).toEqual([]);
    await reloadPage(page);
    await page.goto(scene.urlOf({ as: "bob" }));
    await pageConnected(page);
    await page.evaluate("void history.back()");
    await page.waitFor("location.search.includes('alice')");
    await pageConnected(page);
  }

  /** Stops the worker, lets the page be busy, and says whether anything of that has started it. */
  async function isLeftAlone(): Promise<void> {
    const { worker } = scene.browser;
    await worker.kill();
    expect(await worker.isRunning()).toBe(false);
    await busy();
    // A port or message from a page would have started it by now: the page has waited for its server
    // hundreds of times since.
    expect(await worker.isRunning()).toBe(false);
  }

  test("starts no worker, and hears nothing", async () => {
    await isLeftAlone();
  });

  test("is true at once when a panel opens, and left alone again when it has closed", async () => {
    const panel = await scene.panelOf(page);
    const lines = await told(page, "db");
    await expect.poll(async () => (await panel.sessionLines()).length).toBe(3);
    expect(await panel.sessionLines()).toContain(lines[0]);
    await panel.page.close();
    // Before it is stopped the worker takes back what it had registered for the panel.
    await expect
      .poll(() =>
        scene.browser.worker.evaluate<number, []>(
          "(globalThis.browser ?? chrome).scripting.getRegisteredContentScripts().then((all) => all.length)",
        ),
      )
      .toBe(0);
    // And tells the page's bridge that nobody listens, which can't be seen from here: a worker that is
    // stopped before that is started again by the bridge, as it should be.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await isLeftAlone();
  });

  test("that was left before the panel opened is shown when one goes back to it", async () => {
    await page.goto(scene.urlOf({ as: "bob" }));
    await pageConnected(page);
    const panel = await scene.panelOf(page);
    await panel.showsSessions(await told(page, "db"));
    await page.evaluate("void history.back()");
    await page.waitFor("location.search.includes('alice')");
    await pageConnected(page);
    const [line] = await told(page, "db");
    await panel.showsSessions([line ?? "", line ?? "", line ?? ""]);
  });
});
