/**
 * "This tab runs as …" by hand in the real panel, by keys and by buttons. Each time the server tells the
 * page's own SDK who it is.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { PagePanel } from "../support/browser/page-panel.ts";
import { openRouteScene, type RoutedTab, type RouteScene } from "../support/browser/route-scene.ts";
import { recordSignIn } from "../support/scene.ts";

const ALICE = "user:alice app/tenant_a";
const BOB = "user:bob app/tenant_b";

describeInBrowsers("whom the tab runs as, by hand", (underTest) => {
  let scene: RouteScene;
  let tab: RoutedTab;
  let panel: PagePanel;
  let view: Page;
  beforeAll(async () => {
    scene = await openRouteScene(underTest);
    tab = await scene.openRouted({ as: "alice" });
    panel = await scene.panelOf(tab.page, { width: 1000, height: 800 });
    view = panel.page;
    await panel.row("Bob");
  });
  afterAll(() => scene?.close());

  const runsAs = (key: string) => view.see(`[data-runs-as="${key}"]`);

  test("R and a digit: the bar, the list and the log say Bob, and the server does", async () => {
    await runsAs("own");
    const bob = (await tab.link.snapshot()).sessions.find(({ key }) => key === scene.held.bob);
    if (!bob) throw new Error("Bob is no session");
    await view.click("[data-page=session] h1");
    await view.press("r");
    await panel.focusIs("Run this tab as");
    await view.press(String(bob.number));
    await runsAs(scene.held.bob);
    await view.see("[data-runs-as] >> text*=checked");
    expect(await tab.who()).toBe(BOB);
    const colour =
      "getComputedStyle(document.querySelector('[data-runs-as]')).getPropertyValue('--sy-as')";
    expect(await view.evaluate<string, []>(colour)).toBe(bob.colour);
    expect((await panel.row("Bob")).text).toContain("⇄ this tab");
    await panel.show("Requests");
    await view.see(".sy-request-relayed");
    await panel.show("Sessions");
  });

  test("what would cut the tab asks first, naming it", async () => {
    await panel.select("Bob");
    await view.click('[data-page=session] >> role=button[name="Sign out"]');
    await view.see("text*=runs as Bob: its requests then fail");
    await view.click('[data-page=session] >> role=button[name="Keep"]');
    expect(await tab.who()).toBe(BOB);
  });

  test("Page's own session: Alice again, with the reload offered", async () => {
    await view.click('[data-runs-as] >> role=button[name="Page\'s own session"]');
    await runsAs("own");
    expect(await tab.who()).toBe(ALICE);
    await view.see('[data-notice=outdated] >> role=button[name="Reload page"]');
  });

  test("that the page's requests fail is said with the reason, until they are served again", async () => {
    const key = scene.held.bob;
    await tab.runAs(key);
    await tab.link.call("session.end", { key });
    await view.see("[data-notice=cannot-serve] >> text*=The page's requests fail");
    await view.see("[data-runs-as] >> text*=can't serve");
    const { error } = await tab.outcome("db.query('RETURN 1')");
    expect(error).toMatchObject({ details: { kind: "CannotServe" } });
    const signIn = recordSignIn("bob", "tenant_b");
    await tab.link.call("session.signIn", { key, signIn });
    await view.gone("[data-notice=cannot-serve]");
    await view.see("[data-runs-as] >> text*=checked");
    expect(await tab.who()).toBe(BOB);
    await tab.runAsItself();
  });

  test("what the page goes on with as Bob is said, until it ends", async () => {
    await tab.runAs(scene.held.bob);
    await tab.page.evaluate(
      "db.live(new sdk.Table('note')).then((live) => { live.subscribe(() => {}); window.live = live; })",
    );
    await tab.runAsItself();
    await view.see("text=1 live query still runs as Bob until the page reloads.");
    await view.click('[data-notice=leftovers] >> role=button[name="Show"]');
    await view.see("[data-leftover=live] >> text*=LIVE SELECT");
    await tab.page.evaluate("live.kill()");
    await view.gone("[data-notice=leftovers]");

    await tab.runAs(scene.held.bob);
    await tab.page.evaluate("db.beginTransaction().then((txn) => { window.open = txn; })");
    await tab.link.call("route.clear", { transactions: "finish" });
    await view.see("text=1 transaction still runs as Bob.");
    await view.click('[data-notice=leftovers] >> role=button[name="Show"]');
    await view.click('[data-leftover=transaction] >> role=button[name="Cancel it"]');
    await view.gone("[data-notice=leftovers]");
    const { error } = await tab.outcome("open.query('RETURN 1')");
    expect(error?.message).toContain("Nothing was sent.");
  });

  test("a page that runs web workers is said to do so while it runs as Bob", async () => {
    await tab.page.evaluate(
      "void (window.made = new Worker('/raw-client.js', { type: 'module' }))",
    );
    await tab.runAs(scene.held.bob);
    await view.see("[data-notice=workers] >> text*=runs as the page itself");
    await tab.runAsItself();
    await expect.poll(() => view.count("[data-notice=workers]")).toBe(0);
  });

  test("what the page selects and sets meanwhile is offered to the session, or left", async () => {
    await tab.runAs(scene.held.admin);
    await tab.page.evaluate("db.use({ namespace: 'app', database: 'tenant_b' }).then(() => null)");
    await view.see("[data-notice=page-selected] >> text*=The page selected app/tenant_b");
    expect(await tab.who()).toBe("root app/tenant_a");
    await view.click('[data-notice=page-selected] >> role=button[name="Follow"]');
    await view.gone("[data-notice=page-selected]");
    expect(await tab.who()).toBe("root app/tenant_b");
    await tab.page.evaluate("db.set('flag', 7).then(() => null)");
    await view.click(
      '[data-notice=variables] >> role=button[name="Copy page\'s variables to Admin"]',
    );
    await view.gone("[data-notice=variables]");
    expect(await tab.page.evaluate("db.query('RETURN $flag').then(([flag]) => flag)")).toBe(7);
    await view.click('[data-notice=workers] >> role=button[name="Dismiss"]');
    await view.gone("[data-notice=workers]");
    await tab.runAsItself();
  });
});
