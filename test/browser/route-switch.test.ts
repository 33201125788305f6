/** "This tab runs as …": the page's own SDK, unmodified, asks the server who it is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { openRouteScene, type RoutedTab, type RouteScene } from "../support/browser/route-scene.ts";

const ALICE = "user:alice app/tenant_a";
const BOB = "user:bob app/tenant_b";

describeInBrowsers("a tab that runs as somebody else", (underTest) => {
  let scene: RouteScene;
  let tab: RoutedTab;
  beforeAll(async () => {
    scene = await openRouteScene(underTest);
    tab = await scene.openRouted({ as: "alice", clients: ["sdk-2", "json", "cbor"] });
  });
  afterAll(() => scene?.close());

  test("is Bob after one click, and Alice again after the next", async () => {
    expect(await tab.who()).toBe(ALICE);
    await tab.runAs(scene.held.bob);
    expect(await tab.routes()).toMatchObject([{ state: "on", to: scene.held.bob }]);
    expect(await tab.who()).toBe(BOB);
    await tab.runAsItself();
    expect(await tab.who()).toBe(ALICE);
  });
});
