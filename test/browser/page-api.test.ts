/** `window.switchyard`: where it is, what it takes to use it, and the official SDK on top of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { openRouteScene, type RoutedTab, type RouteScene } from "../support/browser/route-scene.ts";

describeInBrowsers("page API", (underTest) => {
  let scene: RouteScene;
  let tab: RoutedTab;
  let origin: string;
  beforeAll(async () => {
    scene = await openRouteScene(underTest);
    tab = await scene.openRouted({ as: "alice" });
    origin = await tab.page.evaluate("location.origin");
  });
  afterAll(() => scene?.close());

  test("exists where it was enabled, from the next document on, and gives what was granted", async () => {
    expect(await tab.page.evaluate("'switchyard' in window")).toBe(false);
    await tab.link.call("api.enable", { origin, on: true });
    await tab.page.reload();
    await tab.page.waitFor("'switchyard' in window");
    expect(
      await tab.page.evaluate("switchyard.request({ method: 'switchyard_sessions' })"),
    ).toEqual([]);
    await tab.page.evaluate(
      "void (window.asked = switchyard.request({ method: 'switchyard_requestSessions', params: { reason: 'a test' } }))",
    );
    await expect.poll(async () => (await tab.link.snapshot()).access.requests).toHaveLength(1);
    const [request] = (await tab.link.snapshot()).access.requests;
    await tab.link.call("api.answer", { id: request?.id ?? "", sessions: [scene.held.bob] });
    expect(await tab.page.evaluate("asked")).toMatchObject([{ label: "Bob", user: "user:bob" }]);
  });
});
