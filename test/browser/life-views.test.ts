/**
 * Views and their worker: panels outlive it, show the same in every tab, follow the theme of
 * DevTools, say when storage fails; and what nobody uses is given up, until it is touched.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep, until } from "../../demo/browser/wait.ts";
import type { DemoServer } from "../../demo/server/server.ts";
import type { WorkerLink } from "../../demo/start/worker-link.ts";
import { panelAddress } from "../../src/messages/pages.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { Panel } from "../support/browser/panel.ts";
import { attachedExactly, eventually, rowHas, viewOf } from "../support/browser/restored.ts";
import { openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";

describeInBrowsers("views", (underTest) => {
  let scene: Scene;
  let panel: Panel;
  let second: Panel;
  let link: WorkerLink;
  let server: DemoServer;
  let connectionId: string;
  const keys = { alice: "", bob: "" };

  beforeAll(async () => {
    scene = await openScene(underTest, { panel: { width: 1100, height: 900 } });
    ({ panel, link, server } = scene);
    ({ id: connectionId } = await link.call("connection.add", { url: server.url }));
    for (const name of ["alice", "bob"] as const) {
      const { key } = await link.call("session.new", {
        connectionId,
        label: name === "alice" ? "Alice" : "Bob",
        signIn: SIGN_INS[name],
      });
      keys[name] = key;
    }
  });
  afterAll(() => scene?.close());

  test("two tabs have a panel each, and both show the same", async () => {
    const other = await scene.browser.openPage(
      server.url.replace("ws:", "http:").replace("/rpc", "/health"),
    );
    second = new Panel(await scene.browser.openPanel(other, { width: 1100, height: 900 }));
    await eventually(() => second.labels()).toEqual(["Alice", "Bob"]);
    await panel.select("Alice");
    await second.select("Bob");
    await second.writeVariable("seen", "'in both'");
    await second.variable("seen", "'in both'");
    // What one looks at is its own; what there is, is everybody's.
    await panel.page.see(`[data-session-page="${keys.alice}"]`);
    await panel.select("Bob");
    await panel.variable("seen", "'in both'");
    await eventually(() => server.stats().openSockets).toBe(1);
  });

  test("the panel opens in a tab of its own, for the same tab", async () => {
    const { browser, inspected } = scene;
    const address = panelAddress(await browser.tabIdOf(inspected));
    const open = 'role=button[name="Open in a tab"]';
    await panel.page.see(open);
    // From a DevTools window Firefox opens a window, which the driver of its first one doesn't see.
    if (browser.name === "chromium") await panel.page.click(open);
    const own = await (browser.name === "chromium"
      ? browser.findPage(`${browser.extensionOrigin}${address}`)
      : browser.openExtensionPage(address));
    await own.see(`[data-session="${keys.alice}"]`);
    const inTab = new Panel(own);
    await inTab.select("Alice");
    await inTab.confirms("user:alice, app/tenant_a");
    await own.close();
  });

  test("panels outlive the worker: nothing leaves the screen, and then it is true again", async () => {
    for (const { page } of [panel, second]) await page.evaluate(watchRows);
    for (let times = 1; times <= 2; times++) {
      const { acceptedSockets } = server.stats();
      await scene.browser.worker.kill();
      await eventually(() => server.stats().acceptedSockets).toBe(acceptedSockets + 1);
      await attachedExactly(server, Object.values(keys));
    }
    for (const each of [panel, second]) {
      await rowHas(each, keys.alice, "active");
      await each.select("Alice");
      await each.confirms("user:alice, app/tenant_a");
      // The mark went with no reload, and there were never fewer rows.
      expect(await each.page.evaluate("window.fewestRows")).toBe(2);
    }
    await link.open();
    expect(await whoIs(link, keys.bob)).toBe("user:bob, app/tenant_b");
  });

  test("storage that fails is told, and sessions go on in memory", async () => {
    await scene.browser.worker.evaluate(() => {
      const fail = () => {
        throw new DOMException("The disk is full.", "QuotaExceededError");
      };
      Object.assign(IDBObjectStore.prototype, { put: fail, add: fail });
    });
    const key = await panel.newSession({ name: "In memory", signIn: SIGN_INS.bob });
    const words = "Could not store a session (QuotaExceededError: The disk is full.).";
    for (const each of [panel, second])
      await each.page.see(`text=${words} It goes on in memory, until the browser closes.`);
    await panel.confirms("user:bob, app/tenant_b");
    await panel.writeVariable("still", "'set'");
    await panel.variable("still", "'set'");
    await attachedExactly(server, [...Object.values(keys), key]);
    expect(await whoIs(link, key)).toBe("user:bob, app/tenant_b");
    await link.call("session.close", { key });

    // A worker that starts anew finds what was stored before, and storage that works.
    await scene.browser.worker.kill();
    await panel.page.gone(`text*=${words}`);
    await attachedExactly(server, Object.values(keys));
    await link.open();
  });

  /** Waits until the panels have asked all that they ask by themselves: that is use, too. */
  async function settled(): Promise<void> {
    let before: object | undefined;
    const stands = async () => {
      const { requests } = server.stats();
      const same = JSON.stringify(requests) === JSON.stringify(before);
      before = requests;
      if (!same) await sleep(1_000);
      return same;
    };
    await until(stands, 30_000, () => "The panels never stop asking.");
  }

  test("what nobody used is given up as the settings say, and Touch brings it back", async () => {
    await panel.page.click('role=button[name="Settings"]');
    await settled();
    // Two minutes pass, as they do for a computer that sleeps.
    await scene.browser.worker.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 120_000;
    });
    await panel.page.fill("[data-page=settings] >> label=Abandon after", "0.001");
    await panel.page.click('[data-page=settings] >> role=button[name="Save"]');
    await panel.page.see("text=Settings saved");
    for (const key of Object.values(keys)) await rowHas(panel, key, "abandoned");
    await attachedExactly(server, []);
    await expect(link.call("session.query", { key: keys.bob, text: "RETURN 1" })).rejects.toThrow(
      "Nothing was sent.",
    );

    await panel.select("Alice");
    await panel.status("abandoned");
    await panel.page.see("text*=Abandoned: it was not used for long");
    await panel.press("Touch");
    await panel.status("active");
    await panel.confirms("user:alice, app/tenant_a");
    await attachedExactly(server, [keys.alice]);
    expect(await whoIs(link, keys.alice)).toBe("user:alice, app/tenant_a");
    await panel.historyHas("status", "abandoned");
    expect((await viewOf(link, keys.bob)).status).toBe("abandoned");
  });

  test("the panel has the theme of DevTools, and follows it", async () => {
    const themeOf = ({ page }: Panel) =>
      page.evaluate(() => [
        document.documentElement.dataset.theme,
        getComputedStyle(document.body).colorScheme,
      ]);
    await eventually(async () => (await themeOf(panel))[0]).toBe("light");
    await scene.browser.setTheme(scene.inspected, true);
    await eventually(() => themeOf(panel)).toEqual(["dark", "dark"]);
    await scene.browser.setTheme(scene.inspected, false);
    await eventually(() => themeOf(panel)).toEqual(["light", "light"]);
    expect(await scene.browser.errors()).toEqual([]);
  });
});

/** Notes in the page how few rows there ever were from now on. */
function watchRows(): void {
  const state = window as unknown as { fewestRows: number };
  const look = () => {
    const rows = document.querySelectorAll("[data-session]").length;
    state.fewestRows = Math.min(state.fewestRows, rows);
  };
  state.fewestRows = Number.POSITIVE_INFINITY;
  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}
