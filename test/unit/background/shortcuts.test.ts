/** Shortcuts act on the tab in front, and never ask. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import manifest from "../../../manifest.json" with { type: "json" };
import { Shortcuts } from "../../../src/background/shortcuts.ts";
import { RouteWorld } from "../../support/route-scene.ts";
import { openScene, type Scene } from "../../support/scene.ts";

let server: DemoServer;
let scene: Scene;
const keys: string[] = [];

beforeAll(async () => {
  server = await startServer({ port: 0 });
  scene = await openScene(server.url);
  for (const label of ["One", "Two", "Three"]) keys.push(await scene.create({ label }));
});
afterAll(async () => {
  await scene.registry.dispose();
  await server.close();
});

async function stage() {
  const world = new RouteWorld();
  await world.start(scene.registry);
  const page = world.page();
  let popups = 0;
  const troubles: string[] = [];
  const browser = { refuses: false, front: 7 as number | undefined };
  const shortcuts = new Shortcuts({
    routes: world.routes,
    control: world.control,
    activeTab: async () => browser.front,
    openPopup: async () => {
      if (browser.refuses) throw new Error("Only from a user input handler");
      popups += 1;
    },
    report: (trouble) => troubles.push(trouble),
  });
  const to = () => world.view()[0]?.to;
  const run = async (...commands: string[]) => {
    for (const command of commands) await shortcuts.run(command);
  };
  return { world, page, run, to, troubles, browser, popups: () => popups };
}

describe("a shortcut", () => {
  it("goes through the sessions, round and round, and back to the page's own", async () => {
    const { run, to, popups } = await stage();
    const [one, two, three] = keys;
    await run("next-session");
    expect(to()).toBe(one);
    await run("next-session", "next-session");
    expect(to()).toBe(three);
    await run("next-session");
    expect(to()).toBe(one);
    await run("previous-session");
    expect(to()).toBe(three);
    await run("own-session");
    expect(to()).toBeUndefined();
    await run("previous-session");
    expect(to()).toBe(three);
    await run("session-2");
    expect(to()).toBe(two);
    expect(popups()).toBe(0);
  });

  it("reaches no session of a Careful connection, and none that there isn't", async () => {
    const { run, to } = await stage();
    await run("session-9");
    expect(to()).toBeUndefined();
    const { profile } = scene.registry.connection(scene.connectionId);
    profile.careful = true;
    try {
      await run("session-1", "next-session", "previous-session");
      expect(to()).toBeUndefined();
    } finally {
      delete profile.careful;
    }
  });

  it("opens the popup where something has to be asked, or can't be done", async () => {
    const { world, run, to, browser, popups, troubles } = await stage();
    world.plane.open = [{ kind: "transaction", id: "t", begunAt: 1, as: "Page's own session" }];
    await run("session-1");
    expect(to()).toBeUndefined();
    expect(popups()).toBe(1);
    world.tabs.seen.set(8, { permitted: false, loading: false });
    browser.front = 8;
    await run("next-session");
    expect(popups()).toBe(2);
    browser.refuses = true;
    await run("next-session");
    expect(troubles).toEqual([expect.stringContaining("click the toolbar button")]);
    browser.front = undefined;
    await run("next-session");
    expect(troubles).toHaveLength(1);
  });

  it("of the manifest is one of these, and four have suggested keys, as many as browsers take", () => {
    const { _execute_action, ...own } = manifest.commands;
    expect(_execute_action.suggested_key.default).toBe("Alt+Shift+S");
    expect(Object.keys(own).sort()).toEqual(
      [
        "next-session",
        "own-session",
        "previous-session",
        ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `session-${number}`),
      ].sort(),
    );
    const suggested = Object.values(manifest.commands).filter((each) => "suggested_key" in each);
    expect(suggested).toHaveLength(4);
  });
});
