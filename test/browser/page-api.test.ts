/** `window.switchyard`: where it is, what it takes to use it, and the official SDK on top of it. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "../../demo/browser/page.ts";
import { OPTIONS_PAGE } from "../../src/messages/pages.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { openRouteScene, type RoutedTab, type RouteScene } from "../support/browser/route-scene.ts";
import { pageConnected, startPages } from "../support/page-sdk/pages.ts";

/** Loads the engine as it is built into the page, which has the SDK already. */
async function loadEngine(page: Page): Promise<void> {
  await pageConnected(page);
  const file = new URL("../../dist/engine/index.js", import.meta.url);
  const sdk = await page.evaluate("new URL('/surrealdb-2.mjs', location).href");
  const source = (await readFile(file, "utf8")).replace('from "surrealdb"', `from "${sdk}"`);
  await page.evaluate(`(async () => {
    const blob = new Blob([${JSON.stringify(source)}], { type: "text/javascript" });
    const { createSwitchyardEngine } = await import(URL.createObjectURL(blob));
    const engines = { ...sdk.createRemoteEngines(), ...createSwitchyardEngine() };
    window.held = new sdk.Surreal({ engines });
    window.said = [];
  })()`);
}

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

  test("is no property that a page stumbles over, and frozen", async () => {
    expect(
      await tab.page.evaluate(`[
        Object.keys(window).includes("switchyard"),
        Object.isFrozen(switchyard),
        Object.values(Object.getOwnPropertyDescriptor(window, "switchyard")).slice(1),
        Object.keys(switchyard),
      ]`),
    ).toEqual([false, true, [false, false, false], ["request", "on", "removeListener"]]);
  });

  test("carries the official SDK: as Bob, with live queries, sessions and transactions", async () => {
    const { page } = tab;
    await loadEngine(page);
    await page.evaluate(
      "held.connect('switchyard://Bob', { reconnect: { retryDelay: 50 } }).then(() => null)",
    );
    expect([await tab.who("held"), await tab.who("db")]).toEqual([
      "user:bob app/tenant_b",
      "user:alice app/tenant_a",
    ]);
    await page.evaluate(`(async () => {
      const live = await held.live(new sdk.Table("note"));
      live.subscribe(({ action, value }) => said.push(action + " " + value?.text));
      await held.query("CREATE note:api SET text = 'api', owner = $auth").collect();
    })()`);
    await page.waitFor("said.length > 0");
    expect(await page.evaluate("said")).toEqual(["CREATE api"]);
    expect(
      await page.evaluate(`(async () => {
        const fork = await held.forkSession();
        await fork.set("colour", "blue");
        const [colour] = await fork.query("RETURN $colour").collect();
        const txn = await fork.beginTransaction();
        await txn.query("RETURN 1").collect();
        await txn.cancel();
        await fork.closeSession();
        await held.query("DELETE note:api").collect();
        const refused = await held.signin({ username: "root", password: "root" }).catch(String);
        return [colour, fork.isValid, refused.includes("signin")];
      })()`),
    ).toEqual(["blue", false, true]);
  });

  test("serves plain requests of a granted session, and refuses all else with its code", async () => {
    const rpc = (session: string, method: string, params: string) =>
      tab.outcome(`switchyard.request({ method: "switchyard_rpc", params: {
        session: ${session}, method: "${method}", params: new sdk.CborCodec({}).encode(${params}),
      } }).then(({ result }) => new sdk.CborCodec({}).decode(result)[0].result)`);
    const bob = "(await switchyard.request({ method: 'switchyard_sessions' }))[0].id";
    const asked = "['RETURN <string> $auth', {}]";
    expect(await rpc(bob, "query", asked)).toEqual({ value: "user:bob" });
    expect(await rpc(JSON.stringify(scene.held.bob), "query", asked)).toMatchObject({
      error: { code: 4100 },
    });
    expect(await rpc(bob, "signin", "[{}]")).toMatchObject({ error: { code: 4200 } });
    expect(await tab.outcome("switchyard.request({ method: 'eth_accounts' })")).toMatchObject({
      error: { code: 4200 },
    });
    expect(await tab.outcome("switchyard.request({ method: 'switchyard_rpc' })")).toMatchObject({
      error: { code: -32602 },
    });
  });

  test("tells of live queries, of the route, and of what is granted", async () => {
    const { page, link } = tab;
    await page.evaluate(`(async () => {
      window.told = [];
      const codec = new sdk.CborCodec({});
      switchyard.on("notification", ({ id, action, record }) =>
        told.push([id === live, action, String(codec.decode(record))]));
      switchyard.on("routeChanged", ({ session }) => told.push(session && session === bob.id));
      switchyard.on("sessionsChanged", (all) => told.push(all.map(({ label }) => label)));
      window.bob = (await switchyard.request({ method: "switchyard_sessions" }))[0];
      const began = { session: bob.id, query: "LIVE SELECT * FROM note" };
      window.live = (await switchyard.request({ method: "switchyard_live", params: began })).id;
      await held.query("CREATE note:told SET text = 'told', owner = $auth").collect();
    })()`);
    const told = (what: unknown) => expect.poll(() => page.evaluate("told")).toContainEqual(what);
    await told([true, "CREATE", "note:told"]);
    await tab.runAs(scene.held.bob);
    await told(true);
    // As whom it runs then is nothing that this page may know.
    await tab.runAs(scene.held.admin);
    await told(null);
    await tab.runAsItself();
    await link.call("session.edit", { key: scene.held.bob, label: "Robert" });
    await told(["Robert"]);
    await link.call("session.edit", { key: scene.held.bob, label: "Bob" });
    await told(["Bob"]);
    await page.evaluate(`(async () => {
      const params = { session: bob.id, id: live };
      await switchyard.request({ method: "switchyard_kill", params });
      await held.query("DELETE note:told").collect();
    })()`);
  });

  test("of an origin is none of another port's, nor of frames of other origins", async () => {
    const { page } = tab;
    const frames = await page.evaluate(`(async () => {
      const seen = [];
      for (const how of [{ sandbox: "allow-scripts" }, {}]) {
        const frame = document.createElement("iframe");
        if (how.sandbox) frame.setAttribute("sandbox", how.sandbox);
        const told = new Promise((resolve) => addEventListener("message", resolve, { once: true }));
        const text = "setTimeout(() => parent.postMessage('switchyard' in window, '*'), 300)";
        if (how.sandbox) frame.srcdoc = "<script>" + text + "</" + "script>";
        else frame.src = "data:text/html," + encodeURIComponent("<script>" + text + "</" + "script>");
        document.body.append(frame);
        seen.push((await told).data);
        frame.remove();
      }
      return seen;
    })()`);
    expect(frames).toEqual([false, false]);
    const others = await startPages(scene.server.url);
    try {
      const other = await scene.browser.openPage(others.urlOf({}));
      await pageConnected(other);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await other.evaluate("'switchyard' in window")).toBe(false);
      await other.close();
    } finally {
      await others.close();
    }
  });

  test("in a frame of another origin is what was granted to that origin, and can't ask from there", async () => {
    const framed = await scene.openRouted({ frames: ["cross-origin"] });
    const inFrame = (expression: string) =>
      framed.page.evaluate<unknown, []>(`inFrame(0, ${JSON.stringify(expression)})`);
    const has = "new Promise((resolve) => setTimeout(() => resolve('switchyard' in window), 300))";
    expect(
      await framed.page.evaluate("switchyard.request({ method: 'switchyard_sessions' })"),
    ).toMatchObject([{ label: "Bob" }]);
    expect(await inFrame(has)).toBe(false);
    const inner = String(await inFrame("location.origin"));
    expect(inner).not.toBe(origin);
    await framed.link.call("api.enable", { origin: inner, on: true });
    await framed.page.reload();
    await pageConnected(framed.page);
    const ask = (method: string) =>
      inFrame(`switchyard.request({ method: "${method}" }).catch(({ code }) => code)`);
    await expect.poll(() => inFrame("'switchyard' in window")).toBe(true);
    expect(await ask("switchyard_sessions")).toEqual([]);
    expect(await ask("switchyard_requestSessions")).toBe(4100);
    expect((await framed.link.snapshot()).access.requests).toEqual([]);
    await framed.link.call("api.enable", { origin: inner, on: false });
    await framed.page.close();
  });

  test("refuses a flood and what is too large with typed errors, and serves on afterwards", async () => {
    const codes = await tab.page.evaluate(`(async () => {
      const [{ id }] = await switchyard.request({ method: "switchyard_sessions" });
      const ask = (params) =>
        switchyard
          .request({ method: "switchyard_rpc", params: { session: id, method: "ping", params } })
          .then(() => "ok", ({ code }) => code);
      const flood = [];
      for (let i = 0; i < 10_000; i++) flood.push(ask());
      const large = await ask(new Uint8Array(100 * 1024 * 1024));
      return [[...new Set(await Promise.all(flood))].sort(), large];
    })()`);
    expect(codes).toEqual([[-32005, "ok"], -32602]);
    await expect.poll(() => tab.who("held").catch(String)).toBe("user:bob app/tenant_b");
  });

  test("outlives the worker: the SDK connects anew, and begins its live query again", async () => {
    const { page } = tab;
    await page.evaluate(`(async () => {
      said.length = 0;
      window.lost = new Promise((resolve) => switchyard.on("disconnect", resolve)).then(({ code }) => code);
      window.back = new Promise((resolve) => held.subscribe("connected", resolve)).then(() => null);
    })()`);
    await scene.browser.worker.kill();
    await page.evaluate("back");
    expect(await page.evaluate("lost")).toBe(4900);
    await tab.link.open();
    // Begun again behind the SDK's back: what is written before it isn't seen.
    await page.waitFor(`(async () => {
      await held.query("UPSERT note:back SET text = 'back', owner = $auth").collect();
      return said.length > 0;
    })()`);
    expect(await page.evaluate("said[0]")).toMatch(/^(CREATE|UPDATE) back$/);
    await page.evaluate("held.query('DELETE note:back').collect()");
  });

  test("asks once: a no is final until the person lets it ask again", async () => {
    const { page, link } = tab;
    const ask = (name: string) =>
      page.evaluate(`void (window.${name} = switchyard
        .request({ method: "switchyard_requestSessions", params: { more: true } })
        .then((sessions) => sessions.map(({ label }) => label), ({ code }) => code))`);
    const answer = async (sessions: string[]) => {
      const asked = async () => (await link.snapshot()).access.requests;
      await expect.poll(asked).toHaveLength(1);
      await link.call("api.answer", { id: (await asked())[0]?.id ?? "", sessions });
    };
    await ask("first");
    await answer([]);
    expect(await page.evaluate("first")).toBe(4001);
    await ask("second");
    expect(await page.evaluate("second")).toBe(4001);
    const options = await scene.browser.openExtensionPage(OPTIONS_PAGE);
    await options.click('role=button[name="Let it ask again"]');
    await options.gone('role=button[name="Let it ask again"]');
    await options.close();
    await ask("third");
    await answer([scene.held.alice]);
    expect(await page.evaluate("third")).toEqual(["Bob", "Alice"]);
    await link.call("api.revoke", { origin, session: scene.held.alice });
  });

  test("is gone at once when it is taken back", async () => {
    await tab.page.evaluate("held.subscribe('error', ({ code }) => said.push(code)), null");
    await tab.link.call("api.revoke", { origin, session: scene.held.bob });
    await tab.page.waitFor("held.status === 'disconnected'");
    expect(await tab.page.evaluate("said.at(-1)")).toBe(4100);
    expect(
      await tab.page.evaluate("switchyard.request({ method: 'switchyard_sessions' })"),
    ).toEqual([]);
    await tab.link.call("api.enable", { origin, on: false });
    await tab.page.reload();
    await pageConnected(tab.page);
    expect(await tab.page.evaluate("'switchyard' in window")).toBe(false);
  });
});
