/** A route and its tab: what lasts over reloads, other sites and the worker's death, and how it shows. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { WorkerLink } from "../../demo/start/worker-link.ts";
import { WELCOME_PAGE } from "../../src/messages/pages.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { reloadPage } from "../support/browser/page-scene.ts";
import { openRouteScene, RoutedTab, type RouteScene } from "../support/browser/route-scene.ts";
import { pageConnected } from "../support/page-sdk/pages.ts";
import { recordSignIn } from "../support/scene.ts";

const ALICE = "user:alice app/tenant_a";
const BOB = "user:bob app/tenant_b";

describeInBrowsers("a tab that runs as Bob", (underTest) => {
  let scene: RouteScene;
  let extension: Page;
  beforeAll(async () => {
    scene = await openRouteScene(underTest);
    extension = await scene.browser.openExtensionPage(WELCOME_PAGE.slice(1));
  });
  afterAll(() => scene?.close());

  /** The toolbar button of a tab, as the browser has it. */
  async function button(tabId: number): Promise<string> {
    return extension.evaluate<string, []>(
      `(async ({ action }) => [
        await action.getBadgeText({ tabId: ${tabId} }),
        await action.getTitle({ tabId: ${tabId} }),
      ].join(" "))(globalThis.browser ?? chrome)`,
    );
  }

  /** The badge's colour, as `#rrggbb`. */
  function badgeColour(tabId: number): Promise<string> {
    return extension.evaluate<string, []>(
      `(globalThis.browser ?? chrome).action.getBadgeBackgroundColor({ tabId: ${tabId} }).then((parts) =>
        "#" + parts.slice(0, 3).map((part) => part.toString(16).padStart(2, "0")).join(""))`,
    );
  }

  async function buttonShows(tabId: number, text: string): Promise<void> {
    await expect.poll(() => button(tabId)).toBe(text);
  }

  /** As from a popup, which is gone when it has done its work: no view stays open. */
  async function command(tabId: number, run: (tab: RoutedTab) => Promise<unknown>, page: Page) {
    const view = await scene.browser.openPage(scene.browser.extensionOrigin + WELCOME_PAGE);
    const link = new WorkerLink(view, tabId);
    await link.open();
    await run(new RoutedTab(page, link));
    await view.close();
  }

  const who = (page: Page) => new RoutedTab(page, undefined as never).who();

  test("says so on its button, is itself on another site, and Bob again when it is back", async () => {
    const wanted = { as: "alice", name: "button" } as const;
    const page = await scene.open(wanted);
    const tabId = await scene.browser.tabIdOf(page);
    const asBob = "B Switchyard: this tab runs as Bob (user:bob, app/tenant_b)";
    let colour: string | undefined;
    await command(
      tabId,
      async (tab) => {
        await tab.runAs(scene.held.bob);
        const { sessions } = await tab.link.snapshot();
        colour = sessions.find(({ key }) => key === scene.held.bob)?.colour;
      },
      page,
    );
    await buttonShows(tabId, asBob);
    expect(await badgeColour(tabId)).toBe(colour);
    expect(await who(page)).toBe(BOB);
    await reloadPage(page);
    expect(await who(page)).toBe(BOB);
    await buttonShows(tabId, asBob);

    await page.goto(scene.urlOf({ ...wanted, host: "127.0.0.1" }));
    await pageConnected(page);
    expect(await who(page)).toBe(ALICE);
    await buttonShows(tabId, " Switchyard");

    await page.goto(scene.urlOf(wanted));
    await pageConnected(page);
    expect(await who(page)).toBe(BOB);
    await buttonShows(tabId, asBob);
    await page.close();
  });

  test("is Bob from the first request on after a reload, with the worker stopped", async () => {
    const page = await scene.open({ as: "alice", name: "stopped" });
    const tabId = await scene.browser.tabIdOf(page);
    await command(tabId, (tab) => tab.runAs(scene.held.bob), page);
    expect(await who(page)).toBe(BOB);
    await scene.browser.worker.kill();
    await reloadPage(page);
    expect(await who(page)).toBe(BOB);
    await scene.browser.worker.kill();
    // What leaves before the page hears of the worker's death may have run, and that is what it is told.
    const first = await who(page).catch((error: unknown) => String(error));
    if (first !== BOB) expect(first).toContain("It may have run. It was not repeated.");
    expect(await who(page)).toBe(BOB);
    await buttonShows(tabId, "B Switchyard: this tab runs as Bob (user:bob, app/tenant_b)");
    await page.close();
  });

  test("says on its button that the page's requests fail, until they are served again", async () => {
    const page = await scene.open({ as: "bob", name: "failing" });
    const tabId = await scene.browser.tabIdOf(page);
    const key = scene.held.alice;
    await command(tabId, (tab) => tab.runAs(key), page);
    await buttonShows(tabId, "A Switchyard: this tab runs as Alice (user:alice, app/tenant_a)");
    await command(tabId, (tab) => tab.link.call("session.end", { key }), page);
    await expect
      .poll(() => button(tabId))
      .toMatch(/^! Switchyard: this tab runs as Alice .*Its requests fail. “Alice” is ended/);
    const signIn = recordSignIn("alice", "tenant_a");
    await command(tabId, (tab) => tab.link.call("session.signIn", { key, signIn }), page);
    await buttonShows(tabId, "A Switchyard: this tab runs as Alice (user:alice, app/tenant_a)");
    await page.close();
  });

  test("is switched by the browser's shortcuts, four of which have keys", async () => {
    const known = await extension.evaluate<{ name: string; shortcut: string }[], []>(
      "(globalThis.browser ?? chrome).commands.getAll()",
    );
    expect(known).toHaveLength(13);
    expect(known.filter(({ shortcut }) => shortcut !== "")).toHaveLength(4);
    // No key that a driver presses reaches the browser itself; Firefox has no other way to begin.
    if (underTest.name !== "chromium") return;
    const page = await scene.open({ as: "alice", name: "shortcuts" });
    const tabId = await scene.browser.tabIdOf(page);
    const press = (name: string) =>
      scene.browser.worker.evaluate(
        `chrome.commands.onCommand.dispatch(${JSON.stringify(name)}, { id: ${tabId} })`,
      );
    // Something that wakes the worker, as the shortcut itself would.
    await command(tabId, async () => undefined, page);
    await press("session-2");
    await expect.poll(() => who(page)).toBe(BOB);
    await press("own-session");
    await expect.poll(() => who(page)).toBe(ALICE);
    await page.close();
  });

  test("may be any tab that opens the site", async () => {
    const first = await scene.open({ as: "alice", name: "always" });
    const tabId = await scene.browser.tabIdOf(first);
    await command(
      tabId,
      async (tab) => {
        await tab.runAs(scene.held.bob);
        await tab.link.call("route.always", { on: true });
      },
      first,
    );
    const second = await scene.open({ as: "alice", name: "always too" });
    expect(await who(second)).toBe(BOB);
    await command(
      tabId,
      async (tab) => {
        await tab.link.call("route.always", { on: false });
        await tab.runAsItself();
      },
      first,
    );
    expect(await who(first)).toBe(ALICE);
    // Where it runs so already it goes on, until the person ends it or its tab.
    expect(await who(second)).toBe(BOB);
    await second.close();
    const third = await scene.open({ as: "alice", name: "no more" });
    expect(await who(third)).toBe(ALICE);
  });
});
