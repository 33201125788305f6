/**
 * Where the chosen session can't serve, the page gets an error that says so, in words that its person
 * can act on; no request of it runs as the page itself, or twice.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACCESSES } from "../../demo/server/seed.ts";
import type { SignIn } from "../../src/session/model.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { eventually, viewOf } from "../support/browser/restored.ts";
import { openRouteScene, type RoutedTab, type RouteScene } from "../support/browser/route-scene.ts";
import { latch, type RpcProxy, startProxy } from "../support/rpc-proxy.ts";
import { recordSignIn } from "../support/scene.ts";

const ALICE = "user:alice app/tenant_a";
const BOB = "user:bob app/tenant_b";
const WAYS =
  "Nothing was sent. Sign in again in DevTools > Switchyard, or choose “Page's own session”.";

describeInBrowsers("a route that can't be served", (underTest) => {
  let scene: RouteScene;
  let tab: RoutedTab;
  /** What held sessions send, and the page itself doesn't. */
  let proxy: RpcProxy;
  let connectionId: string;
  let count = 0;

  beforeAll(async () => {
    scene = await openRouteScene(underTest);
    proxy = await startProxy(scene.server.url);
    tab = await scene.openRouted({ as: "alice", clients: ["sdk-2", "json"] });
    ({ id: connectionId } = await tab.link.call("connection.add", { url: proxy.url }));
  });
  afterAll(async () => {
    await proxy?.close();
    await scene?.close();
  });

  /** A new session of Bob's, which the tab runs as. */
  async function runAsNew(signIn: SignIn = recordSignIn("bob", "tenant_b")): Promise<string> {
    const { key } = await tab.link.call("session.new", { connectionId, label: "Bob", signIn });
    await tab.link.call("route.set", { to: key, otherServer: true });
    expect(await tab.everyone()).toEqual([BOB, BOB]);
    return key;
  }

  /** Both clients are refused with these words, and no request reaches the server, on any socket. */
  async function isRefused(why: RegExp): Promise<void> {
    const asked = () => {
      const { query, signin, authenticate } = scene.server.stats().requests;
      return { query, signin, authenticate };
    };
    const before = asked();
    const refusals = await Promise.all([
      tab.outcome(`db.query("RETURN ${++count}")`),
      tab.outcome(`clients[1].rpc("query", ["RETURN ${++count}", {}])`),
    ]);
    for (const { error } of refusals) {
      expect(error).toMatchObject({
        code: -32081,
        kind: "Switchyard",
        details: { kind: "CannotServe" },
      });
      expect(error?.message).toMatch(why);
      expect(error?.message.endsWith(WAYS)).toBe(true);
    }
    expect(asked()).toEqual(before);
  }

  /** "Page's own session": it works as itself. */
  async function isItselfAgain(): Promise<void> {
    await tab.runAsItself();
    expect(await tab.everyone()).toEqual([ALICE, ALICE]);
  }

  test("another server than the page's is asked about once; until then the page is itself", async () => {
    const signIn = recordSignIn("bob", "tenant_b");
    const { key } = await tab.link.call("session.new", { connectionId, label: "Bob", signIn });
    const { ask } = await tab.link.call("route.set", { to: key });
    const { origin } = new URL(await tab.page.evaluate<string, []>("location.href"));
    expect(ask).toEqual({ kind: "other-server", origin, server: proxy.url, label: "Bob" });
    expect(await tab.everyone()).toEqual([ALICE, ALICE]);
    expect(await tab.link.call("route.set", { to: key, otherServer: true })).toEqual({});
    expect(await tab.everyone()).toEqual([BOB, BOB]);
    await isItselfAgain();
    expect(await tab.link.call("route.set", { to: key })).toEqual({});
    await isItselfAgain();
  });

  test("signed out: said so, and served again once somebody signs in", async () => {
    const key = await runAsNew();
    await tab.link.call("session.end", { key });
    await isRefused(
      /^Switchyard: this tab runs as “Bob”, whose session is ended since \d\d:\d\d: /,
    );
    expect(await tab.routes()).toMatchObject([
      { state: "on", notices: [{ kind: "cannot-serve" }] },
    ]);
    await tab.link.call("session.signIn", { key, signIn: recordSignIn("bob", "tenant_b") });
    expect(await tab.everyone()).toEqual([BOB, BOB]);
    await isItselfAgain();
  });

  test("closed, and forgotten", async () => {
    const key = await runAsNew();
    await tab.link.call("session.close", { key });
    await isRefused(
      /^Switchyard: this tab runs as “Bob”, whose session is removed since \d\d:\d\d: /,
    );
    await tab.link.call("session.forget", { key });
    await isRefused(/^Switchyard: the session that this tab runs as is gone\. /);
    await tab.page.reload();
    await tab.page.waitFor("window.db !== undefined");
    await isRefused(/^Switchyard: the session that this tab runs as is gone\. /);
    await isItselfAgain();
  });

  test("expired: not as the server's own word, which would have the SDK sign the page in again", async () => {
    const key = await runAsNew(recordSignIn("bob", "tenant_b", ACCESSES.briefSession));
    await eventually(async () => (await viewOf(tab.link, key)).status).toBe("expired");
    await isRefused(/^Switchyard: this tab runs as “Bob”, whose session expired at \d\d:\d\d: /);
    await isItselfAgain();
  });

  test("the answer is lost with the connection: unknown, and not repeated", async () => {
    await runAsNew();
    proxy.onRequest = ({ params }) =>
      String(params[0]).startsWith("CREATE notice") ? "lose answer" : undefined;
    const text = "CREATE notice SET text = 'lost'; RETURN 'lost'";
    const { error } = await tab.outcome(`db.query(${JSON.stringify(text)})`);
    proxy.onRequest = () => undefined;
    expect(error).toMatchObject({ code: -32082, kind: "Switchyard" });
    expect(error?.message).toBe(
      "Switchyard: the connection was lost after this request was sent as “Bob”. It may have run. It was not repeated.",
    );
    expect(await tab.everyone()).toEqual([BOB, BOB]);
    expect(proxy.seen.filter(({ params }) => params[0] === text)).toHaveLength(1);
    await isItselfAgain();
  });

  test("somebody else signed in to the session while a request waited: it isn't sent", async () => {
    const key = await runAsNew();
    const gate = latch();
    proxy.onRequest = ({ method }) => (method === "signin" ? gate.opened : undefined);
    const change = tab.link.call("session.signIn", {
      key,
      signIn: recordSignIn("alice", "tenant_b"),
    });
    await eventually(async () => (await viewOf(tab.link, key)).gate.open).toBe(false);
    const waiting = tab.outcome(`clients[1].rpc("query", ["RETURN 'waits'", {}])`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    gate.open();
    await change;
    proxy.onRequest = () => undefined;
    expect((await waiting).error?.message).toContain("Nothing was sent.");
    expect(proxy.seen.filter(({ params }) => params[0] === "RETURN 'waits'")).toEqual([]);
    // What the page asks from now on runs as whom the session is now.
    expect(await tab.who()).toBe("user:alice app/tenant_b");
    await isItselfAgain();
  });

  test("the server is away: five seconds' patience, then the reason; and served when it is back", async () => {
    const key = await runAsNew();
    proxy.refusing = true;
    proxy.cut();
    // What leaves before the worker hears of it may have run, for all that anybody knows.
    await eventually(async () => (await viewOf(tab.link, key)).gate.open).toBe(false);
    await isRefused(/^Switchyard: this tab runs as “Bob”, which can't run this now: /);
    proxy.refusing = false;
    await tab.link.call("connection.retry", { id: connectionId });
    await eventually(() => tab.who().catch(String)).toBe(BOB);
    await isItselfAgain();
  });

  test("the connection is removed", async () => {
    await runAsNew();
    await tab.link.call("connection.remove", { id: connectionId });
    await isRefused(
      /^Switchyard: (this tab runs as “Bob”, whose session is removed|the session that this tab runs as is gone)/,
    );
    await isItselfAgain();
  });
});
