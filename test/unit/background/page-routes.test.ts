/** What a page has in held sessions, and goes on when nothing of it is routed any more. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { Pages } from "../../../src/background/pages.ts";
import type { RouteTarget } from "../../../src/background/route-plane.ts";
import { Relay } from "../../../src/session/relay/relay.ts";
import { writeRequest } from "../../../src/wire/envelope.ts";
import { encodeParams } from "../../../src/wire/values.ts";
import { FakePage, FakeTabs, FakeWatcher } from "../../support/fake-page.ts";
import { until } from "../../support/registry.ts";
import { readAnswer } from "../../support/relayed-page.ts";
import { openScene, type Scene, SIGN_INS } from "../../support/scene.ts";

let server: DemoServer;
let scene: Scene;
let bob: string;
const open: FakePage[] = [];
beforeAll(async () => {
  server = await startServer({ port: 0 });
  scene = await openScene(server.url);
  bob = await scene.create({ label: "Bob", signIn: SIGN_INS.bob });
});
afterAll(async () => {
  for (const page of open) page.close();
  await server.close();
});

/** A page in a tab that runs as whoever `target` names, as its documents are told it. */
async function stage() {
  const tabs = new FakeTabs();
  const relay = new Relay(scene.registry);
  const world = { target: undefined as RouteTarget | undefined };
  const pages: Pages = new Pages({
    tabs,
    setMarker: () => undefined,
    viewsPatience: 0,
    routing: {
      admits: () => true,
      routesOf: () => [],
      parts: Promise.resolve({
        relay,
        control: {
          routeFor: async () => world.target,
          held: (key) => scene.registry.session(key),
          admits: () => true,
          changed: () => undefined,
        },
      }),
    },
  });
  const page = tabs.add(new FakePage(() => pages));
  open.push(page);
  const view = new FakeWatcher(pages);
  const runAs = async (key: string | undefined) => {
    const scope = { kind: "default" } as const;
    world.target = key === undefined ? undefined : { to: key, scope, since: Date.now() };
    await pages.apply(7);
  };
  let seq = 0;
  const request = async (method: string, params: unknown[] = []) => {
    const frame = writeRequest({ id: `r${++seq}`, method, params: encodeParams(params) });
    const { default: route } = page.routed?.table ?? {};
    page.tellRaw({ type: "relay", seq, client: 1, generation: 0, frame, ...(route && { route }) });
    const answer = readAnswer(await until(() => page.relayed[seq - 1]));
    if (answer.error) throw new Error(answer.error.message);
    return String(answer.result);
  };
  await until(() => page.pair);
  return { pages, page, view, runAs, request };
}

describe("what goes on in a held session after the tab is the page's own again", () => {
  it("is told as such, and no more once it has ended", async () => {
    const { view, runAs, request, page } = await stage();
    await runAs(bob);
    const live = await request("live", ["note"]);
    const txn = await request("begin");
    // A routed document's stand in its route.
    expect(view.page.leftovers).toEqual([]);

    await runAs(undefined);
    await until(() => view.page.leftovers.length === 2);
    expect(view.page.leftovers).toMatchObject([
      { kind: "live", id: live, statement: "LIVE SELECT * FROM note", session: bob, as: "Bob" },
      { kind: "transaction", id: txn, session: bob, as: "Bob" },
    ]);

    await runAs(bob);
    await until(() => view.page.leftovers.length === 0);
    await runAs(undefined);
    await until(() => view.page.leftovers.length === 2);
    page.close();
    await until(() => view.page.leftovers.length === 0);
  });

  it("can be cancelled, one by one", async () => {
    const { pages, view, runAs, request } = await stage();
    await runAs(bob);
    const [first, second] = [await request("begin"), await request("begin")];
    await runAs(undefined);
    await until(() => view.page.leftovers.length === 2);
    await pages.cancelTransaction(7, first);
    await until(() => view.page.leftovers.length === 1);
    expect(view.page.leftovers).toMatchObject([{ id: second }]);
    expect(scene.view(bob).transactions?.map(({ id }) => id)).toEqual([second]);
    await expect(pages.cancelTransaction(7, first)).rejects.toThrow("no longer open");
  });

  it("goes on with nobody there to look, until it is over", async () => {
    const { pages, page, view, runAs, request } = await stage();
    await runAs(bob);
    const txn = await request("begin");
    await runAs(undefined);
    await until(() => view.page.leftovers.length === 1);
    pages.unwatch(view);
    expect(page.pair).toBeDefined();
    await request("commit", [txn]);
    pages.leaveUnwatched(7);
    await until(() => page.pair === undefined);
  });
});
