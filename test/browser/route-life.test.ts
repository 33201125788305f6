/**
 * A route lasts as long as its tab: over reloads, the worker's death, a restart of the server, cut
 * sockets and ways to other sites; and never does a request of its page run as somebody else meanwhile.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DemoServer, startServer } from "../../demo/server/server.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { reloadPage } from "../support/browser/page-scene.ts";
import { eventually } from "../support/browser/restored.ts";
import {
  openRouteScene,
  outcomeOf,
  type PageError,
  type RoutedTab,
  type RouteScene,
} from "../support/browser/route-scene.ts";
import { type PageWanted, pageConnected } from "../support/page-sdk/pages.ts";

const ALICE = "user:alice app/tenant_a";
const BOB = "user:bob app/tenant_b";
const FIRST = "RETURN <string> ($auth ?? 'nobody')";
const TENANT_B = { namespace: "app", database: "tenant_b" };

describeInBrowsers("a route lasts", (underTest) => {
  let scene: RouteScene;
  let server: DemoServer;
  let tab: RoutedTab;
  let folder: string;
  const wanted: PageWanted = {
    as: "alice",
    clients: ["sdk-2", "json", "cbor"],
    first: FIRST,
    name: "route-life",
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-data-"));
    scene = await openRouteScene(underTest, { path: folder });
    server = scene.server;
    await server.query("DEFINE TABLE tally PERMISSIONS FULL", {}, TENANT_B);
    tab = await scene.openRouted(wanted);
    expect(await tab.everyone()).toEqual([ALICE, ALICE, ALICE]);
    await tab.runAs(scene.held.bob);
  });
  afterAll(async () => {
    await scene?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  const allFirst = () => tab.page.evaluate<string[], []>("first");
  const tally = async (how: string) => {
    const [rows] = await server.query("SELECT VALUE how FROM tally", {}, TENANT_B);
    return (rows as string[]).filter((each) => each === how).length;
  };

  /** A request that is long under way: written in the tally when it began. */
  async function begin(how: string, client = "clients[2]"): Promise<void> {
    const text = JSON.stringify(`CREATE tally SET how = '${how}'; RETURN sleep(2s)`);
    await tab.page.evaluate(`void (() => {
      window.answers = [];
      clients[2].socket.addEventListener("message", () => answers.push("message"));
      const asked = ${client}.notifications
        ? ${client}.rpc("query", [${text}, {}])
        : ${client}.query(${text});
      window.underWay = ${outcomeOf("asked")};
    })()`);
    await eventually(() => tally(how)).toBe(1);
  }
  const underWay = async () =>
    (await tab.page.evaluate<{ error?: PageError }, []>("underWay")).error;

  test("reloaded, twice: the first request of each client is Bob's already", async () => {
    for (let n = 0; n < 2; n++) {
      await reloadPage(tab.page);
      expect(await allFirst()).toEqual(["user:bob", "user:bob", "user:bob"]);
      expect(await tab.everyone()).toEqual([BOB, BOB, BOB]);
    }
    expect(await tab.routes()).toMatchObject([{ state: "on", to: scene.held.bob, notices: [] }]);
  });

  test("reloaded while the worker is stopped: still the first request is Bob's", async () => {
    await scene.browser.worker.kill();
    await reloadPage(tab.page);
    expect(await allFirst()).toEqual(["user:bob", "user:bob", "user:bob"]);
    await tab.link.open();
    expect(await tab.routes()).toMatchObject([{ state: "on", to: scene.held.bob }]);
  });

  test("two reloads at once, and a document that is gone before it is told anything", async () => {
    await tab.page.evaluate("void (location.reload(), setTimeout(() => location.reload(), 30))");
    await tab.page.waitFor("window.first === undefined || first.length < 3 || true");
    await new Promise((resolve) => setTimeout(resolve, 100));
    await pageConnected(tab.page);
    expect(await allFirst()).toEqual(["user:bob", "user:bob", "user:bob"]);
  });

  test("the worker is killed: what was under way is unknown, once, and isn't repeated; the next is Bob's", async () => {
    await begin("killed");
    await scene.browser.worker.kill();
    const error = await underWay();
    expect(error).toMatchObject({
      code: -32082,
      kind: "Switchyard",
      details: { kind: "OutcomeUnknown" },
    });
    expect(error?.message).toBe(
      "Switchyard: the connection was lost after this request was sent as “Bob”. It may have run. It was not repeated.",
    );
    expect(await tab.everyone()).toEqual([BOB, BOB, BOB]);
    // One answer to that, and one to the question who it is.
    expect(await tab.page.evaluate("answers.length")).toBe(2);
    expect(await tally("killed")).toBe(1);
    await tab.link.open();
  });

  test("the worker is killed: live queries go on under the id that the page knows", async () => {
    await tab.page.evaluate(`(async () => {
      window.heard = [];
      window.live = await db.live(new sdk.Table("note"));
      live.subscribe(({ action, value }) => heard.push(action + " " + value.text));
      window.liveId = String(await clients[1].rpc("live", ["note"]));
    })()`);
    const hears = async (text: string) => {
      await server.query("CREATE note SET text = $text, owner = user:bob", { text }, TENANT_B);
      await expect.poll(() => tab.page.evaluate("heard.at(-1)")).toBe(`CREATE ${text}`);
      await expect
        .poll(() => tab.page.evaluate("clients[1].notifications.at(-1)"))
        .toMatchObject({
          id: await tab.page.evaluate("liveId"),
          action: "CREATE",
          result: { text },
        });
    };
    await hears("before");
    await scene.browser.worker.kill();
    await expect.poll(() => scene.browser.worker.isRunning()).toBe(true);
    await tab.link.open();
    await expect
      .poll(async () => (await tab.liveQueriesOf(scene.held.bob)).map(({ gaps }) => gaps.length))
      .toEqual([1, 1]);
    await hears("after the worker's death");
    expect(await tab.page.evaluate("heard.length")).toBe(2);
    // The held sessions' socket is cut, and the page's own.
    server.cutSockets();
    await expect
      .poll(async () => (await tab.liveQueriesOf(scene.held.bob)).map(({ gaps }) => gaps.length))
      .toEqual([]);
    await expect
      .poll(() => tab.outcome("db.ready.then(() => 'ready')"))
      .toMatchObject({ value: "ready" });
    await expect.poll(() => tab.who().catch(String)).toBe(BOB);
  });

  test("the held session's connection is lost: unknown, once; and Bob again when it is back", async () => {
    await reloadPage(tab.page);
    await begin("cut", "db");
    server.cutSockets();
    await eventually(() => tab.who().catch(String)).toBe(BOB);
    // The page's own socket was cut, too: its SDK sends again what it had no answer to.
    await tab.page.evaluate("underWay.catch(() => undefined)");
    expect(await tally("cut")).toBeLessThanOrEqual(2);
  });

  test("the server is restarted with its data", async () => {
    const { port } = server;
    await server.close();
    server = await startServer({ port, path: folder, guests: true });
    await eventually(() => tab.who().catch(String)).toBe(BOB);
    await reloadPage(tab.page);
    expect(await allFirst()).toEqual(["user:bob", "user:bob", "user:bob"]);
    expect(await tab.routes()).toMatchObject([{ state: "on", to: scene.held.bob, notices: [] }]);
  });

  test("elsewhere it rests, and comes back with the site: by a link, and by going back", async () => {
    const elsewhere = scene.urlOf({ ...wanted, host: "127.0.0.1" });
    await tab.page.goto(elsewhere);
    await pageConnected(tab.page);
    expect(await tab.everyone()).toEqual([ALICE, ALICE, ALICE]);
    expect((await allFirst()).join()).not.toContain("bob");
    await expect.poll(() => tab.routes()).toMatchObject([{ state: "suspended" }]);
    await tab.page.evaluate("void setTimeout(() => history.back())");
    await tab.page.waitFor(
      "location.hostname === 'localhost' && document.documentElement.dataset.state === 'connected'",
    );
    await expect.poll(() => tab.who().catch(String)).toBe(BOB);
    expect(await tab.routes()).toMatchObject([{ state: "on" }]);
    await tab.page.evaluate("void setTimeout(() => history.forward())");
    await tab.page.waitFor(
      "location.hostname === '127.0.0.1' && document.documentElement.dataset.state === 'connected'",
    );
    await expect.poll(() => tab.who().catch(String)).toBe(ALICE);
    await tab.page.goto(scene.urlOf(wanted));
    await pageConnected(tab.page);
    expect(await allFirst()).toEqual(["user:bob", "user:bob", "user:bob"]);
  });

  test("a page that opens its socket late, and one that waits in the history while its tab is switched", async () => {
    await tab.page.goto(scene.urlOf({ ...wanted, clients: [], name: "late" }));
    await pageConnected(tab.page);
    await tab.page.evaluate(`makeClient("sdk-2")`);
    expect(await allFirst()).toEqual(["user:bob"]);
    await tab.runAsItself();
    expect(await tab.who("clients[0]")).toBe(ALICE);
    await tab.page.goto(scene.urlOf({ ...wanted, clients: [], name: "later" }));
    await pageConnected(tab.page);
    await tab.runAs(scene.held.bob);
    await tab.page.evaluate("void setTimeout(() => history.back())");
    await tab.page.waitFor("location.search.includes('late&') || location.search.endsWith('late')");
    await pageConnected(tab.page);
    await tab.page.evaluate(`makeClient("json")`);
    expect(await tab.page.evaluate("first.at(-1)")).toBe("user:bob");
  });

  test("always for this site: a new tab begins so; the tab's end is the route's", async () => {
    await tab.page.goto(scene.urlOf(wanted));
    await pageConnected(tab.page);
    await tab.link.call("route.always", { on: true });
    const other = await scene.openRouted({ ...wanted, name: "always" });
    expect(await other.page.evaluate("first")).toEqual(["user:bob", "user:bob", "user:bob"]);
    expect(await other.routes()).toMatchObject([{ always: true, state: "on" }]);
    // Taken away in this tab alone.
    await other.runAsItself();
    expect(await other.who()).toBe(ALICE);
    await reloadPage(other.page);
    expect(await other.who()).toBe(ALICE);
    expect(await tab.who()).toBe(BOB);
    await other.runAs(scene.held.admin);
    await other.page.close();
    await expect.poll(() => other.routes()).toEqual([]);
    await tab.link.call("route.always", { on: false });
    const third = await scene.openRouted({ ...wanted, name: "not always" });
    expect(await third.who()).toBe(ALICE);
    await third.page.close();
  });
});
