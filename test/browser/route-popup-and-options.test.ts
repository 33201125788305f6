/**
 * The popup and the options by hand: the tab is switched by keys, a page that asks for access is answered,
 * what was granted is taken back, a connection is marked Careful.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { OPTIONS_PAGE } from "../../src/messages/pages.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { chooseFile, savedFile } from "../support/browser/files.ts";
import { openRouteScene, type RoutedTab, type RouteScene } from "../support/browser/route-scene.ts";

const ALICE = "user:alice app/tenant_a";
const BOB = "user:bob app/tenant_b";

describeInBrowsers("popup and options", (underTest) => {
  let scene: RouteScene;
  let tab: RoutedTab;
  let options: Page;
  let origin: string;
  beforeAll(async () => {
    scene = await openRouteScene(underTest);
    tab = await scene.openRouted({ as: "alice" });
    origin = await tab.page.evaluate("location.origin");
    options = await scene.browser.openExtensionPage(OPTIONS_PAGE);
  });
  afterAll(() => scene?.close());

  test("the popup: a name that is typed and Enter switch; its button leads back", async () => {
    const popup = await scene.browser.openPopup(tab.page);
    await popup.see('[data-runs-as="own"]');
    await popup.see("[data-session][data-status=active] >> text*=user:alice · app/tenant_a");
    for (const key of "bob") await popup.press(key);
    await popup.press("Enter");
    await popup.see(`[data-runs-as="${scene.held.bob}"]`);
    expect(await tab.who()).toBe(BOB);
    await popup.click('role=button[name="Page\'s own session"]');
    await popup.see('[data-runs-as="own"]');
    expect(await tab.who()).toBe(ALICE);

    const { sessions } = await tab.link.snapshot();
    const { number } = sessions.find(({ key }) => key === scene.held.bob) ?? {};
    await popup.press("r");
    await popup.see(`[data-pick="${scene.held.bob}"]`);
    await popup.press("Escape");
    await popup.gone(`[data-pick="${scene.held.bob}"]`);
    await popup.press("r");
    await popup.press(String(number));
    await popup.see(`[data-runs-as="${scene.held.bob}"]`);
    expect(await tab.who()).toBe(BOB);
    await tab.runAsItself();
  });

  test("the options: a connection's name, sites that always run as somebody, and the settings", async () => {
    await options.click('[data-connection] >> role=button[name="Rename"]');
    await options.fill("[data-connection] >> role=textbox", "Demo server");
    await options.press("Enter");
    await options.see("[data-connection] >> text=Demo server");
    expect((await tab.link.snapshot()).connections[0]?.name).toBe("Demo server");

    await tab.runAs(scene.held.bob);
    await tab.link.call("route.always", { on: true });
    await options.see(`[data-always="${origin}"] >> text*=Bob`);
    await options.click(`[data-always="${origin}"] >> role=button[name="Remove"]`);
    await options.gone(`[data-always="${origin}"]`);
    expect((await tab.link.snapshot()).always).toEqual([]);
    await tab.runAsItself();

    await options.fill("label=Abandon after", "30");
    await options.press("Enter");
    await expect
      .poll(async () => (await tab.link.snapshot()).settings.abandonAfter)
      .toBe(30 * 24 * 60 * 60 * 1000);
    await options.fill("label=Megabytes", "8");
    await options.press("Enter");
    await options.see("text*=Saved. It holds for panels opened from now on.");
    await options.reload();
    await expect
      .poll(() =>
        options.evaluate(
          "[...document.querySelectorAll('input[type=number]')].map(({ value }) => value)",
        ),
      )
      .toEqual(["30", expect.any(String), "8"]);
  });

  test("a page that asks is answered in the popup, and what it got is taken back in the options", async () => {
    await options.fill("label=Enable for a page", origin);
    await options.press("Enter");
    await options.see(`[data-origin="${origin}"] >> text*=No session is granted`);
    await tab.page.reload();
    await tab.page.waitFor("'switchyard' in window");
    await tab.page.evaluate(
      "void (window.asked = switchyard.request({ method: 'switchyard_requestSessions', params: { reason: 'Compare <b>roles</b>' } }))",
    );
    const tabId = await scene.browser.tabIdOf(tab.page);
    const badge = () =>
      options.evaluate<string, []>(
        `(globalThis.browser ?? chrome).action.getBadgeText({ tabId: ${tabId} })`,
      );
    await expect.poll(badge).toBe("?");
    const popup = await scene.browser.openPopup(tab.page);
    // A page's words are words.
    await popup.see("[data-access] >> text*=Compare <b>roles</b>");
    await popup.click(`[data-grant="${scene.held.bob}"] >> role=checkbox`);
    await popup.click('[data-access] >> role=button[name="Allow"]');
    expect(await tab.page.evaluate("asked")).toMatchObject([{ label: "Bob" }]);
    await popup.gone("[data-access]");
    await expect.poll(badge).toBe("");
    await options.click(
      `[data-origin="${origin}"] >> [data-granted="${scene.held.bob}"] >> role=button[name="Take back Bob"]`,
    );
    await options.see(`[data-origin="${origin}"] >> text*=No session is granted`);
    expect(
      await tab.page.evaluate("switchyard.request({ method: 'switchyard_sessions' })"),
    ).toEqual([]);
  });

  test("a connection that is marked Careful is red while the tab runs on it, and has no keys", async () => {
    await options.click("[data-connection] >> role=checkbox");
    await expect.poll(async () => (await tab.link.snapshot()).connections[0]?.careful).toBe(true);
    const popup = await scene.browser.openPopup(tab.page);
    // Before it shows the tab no key opens the choice.
    await popup.see("text=This tab runs as");
    await popup.press("r");
    await popup.see(`[data-pick="${scene.held.bob}"] >> text=Careful`);
    // No session has a digit, so it is only looked for.
    await popup.press("2");
    await popup.see('[data-runs-as="own"]');
    await popup.press("Escape");
    await popup.click(`[data-pick="${scene.held.bob}"]`);
    await popup.see(`[data-runs-as="${scene.held.bob}"] >> text=Careful`);
    expect(await tab.who()).toBe(BOB);
  });

  test("all that is kept is exported without a secret, deleted, and taken in again", async () => {
    const { name, text } = await savedFile(options, 'role=button[name="Export without secrets"]');
    expect(text).toContain('"Bob"');
    expect(text).not.toContain("eyJ");
    await options.click('role=checkbox[name*="Export with secrets"]');
    await options.see("text*=The file will hold tokens and passwords that anybody can read");
    const whole = await savedFile(options, 'role=button[name="Export with secrets"]');
    expect(whole.text).toContain("eyJ");
    await options.click('role=button[name="Delete everything…"]');
    await options.click('role=button[name="Delete everything"]');
    await options.see("text*=Deleted.");
    expect((await tab.link.snapshot()).sessions).toEqual([]);
    expect(await tab.who()).toBe(ALICE);
    await chooseFile(options, name, text);
    await options.see("text*=Imported 1 connection and 3 sessions.");
    const { sessions } = await tab.link.snapshot();
    expect(sessions.map(({ label }) => label).sort()).toEqual(["Admin", "Alice", "Bob"]);
  });
});
