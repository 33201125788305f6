/**
 * Sessions come and go: what a person does to them in the real DevTools panel, from the first
 * connection to the last "Open again", and what the server says of each step.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConnectionStats } from "../../demo/server/connection.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { Panel } from "../support/browser/panel.ts";
import { askAs, openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { type RpcProxy, startProxy } from "../support/rpc-proxy.ts";
import { recordSignIn, SIGN_INS } from "../support/scene.ts";

describeInBrowsers("sessions", (under) => {
  let scene: Scene;
  let panel: Panel;
  /** Between the extension and the server, so that each request's session can be seen. */
  let wire: RpcProxy;
  beforeAll(async () => {
    scene = await openScene(under);
    wire = await startProxy(scene.server.url);
    panel = scene.panel;
  });
  afterAll(async () => {
    await wire.close();
    await scene.close();
  });

  /** The one socket at the server. There must never be another. */
  function socket(): ConnectionStats {
    const { acceptedSockets, openSockets, sockets } = scene.server.stats();
    expect([acceptedSockets, openSockets]).toEqual([1, 1]);
    return sockets[0] as ConnectionStats;
  }

  const view = async (key: string) => {
    const found = (await scene.link.snapshot()).sessions.find((each) => each.key === key);
    if (!found) throw new Error(`There is no session ${key}.`);
    return found;
  };

  test("first run: the URL is mended before the eyes, one socket is opened, the version shown", async () => {
    const { page } = panel;
    await page.see("text=Connect to SurrealDB");
    expect(await page.value("label=URL")).toBe("ws://localhost:8000/rpc");
    await page.fill("label=URL", "not a server");
    await page.see("text*=is not the address of a SurrealDB server");
    await page.see("button[type=submit]:disabled >> text=Connect");
    expect(scene.server.stats().acceptedSockets).toBe(0);

    const typed = wire.url.replace("ws:", "http:").replace("/rpc", "");
    await page.fill("label=URL", typed);
    await page.see(`text*=Will connect to ${wire.url}`);
    await panel.connect(typed);
    await page.see("[data-page=connection] >> text=Open, SurrealDB 3.0.2.");
    await expect.poll(() => page.value("[data-page=connection] >> label=URL")).toBe(wire.url);
    await expect.poll(() => socket().sessions).toEqual([]);
  });

  test("+ New makes an anonymous session, attached at the server", async () => {
    const key = await panel.newSession({ name: "Nobody" });
    await panel.status("active");
    await panel.page.see(`${panel.section("sign-in")} >> text=Anonymous`);
    await expect.poll(() => socket().sessions).toEqual([key]);
    expect(await whoIs(scene.link, key)).toBe("anonymous");
    await panel.press("Copy the session's id");
    await panel.page.see("text=Session id copied");
    await expect.poll(() => scene.browser.clipboardText()).toBe(key);
    await panel.historyHas("created", "New session");
  });

  test("+ New with a sign-in makes a session that the server confirms", async () => {
    const key = await panel.newSession({ name: "Alice", signIn: SIGN_INS.alice });
    await panel.status("active");
    await panel.confirms("user:alice, app/tenant_a");
    await panel.rowShows("Alice", "user:alice · app/tenant_a");
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
    await expect.poll(() => socket().sessions).toContain(key);
  });

  test("a wrong password shows at the form and leaves no session", async () => {
    const before = socket().sessions;
    const wrong = recordSignIn("alice", "tenant_a", "account", "wrong");
    await panel.openNewSession({ name: "Mallory", signIn: wrong });
    await panel.page.click("[data-page=new-session] button[type=submit]");
    await panel.page.see("[data-page=new-session] [role=alert]");
    await expect
      .poll(() => panel.page.text("[data-page=new-session] [role=alert]"))
      .toMatch(/authentication|No record was returned/i);
    expect(await panel.page.value("[data-page=new-session] >> label=Name")).toBe("Mallory");
    expect(await panel.labels()).not.toContain("Mallory");
    await expect.poll(() => socket().sessions).toEqual(before);
    await panel.press("Cancel", "[data-page=new-session]");
  });

  test("Duplicate forks: the same sign-in, place and variables, and independent from then on", async () => {
    const alice = await panel.select("Alice");
    await panel.writeVariable("tenant", "'a'");
    await panel.variable("tenant", "'a'");
    await panel.press("Duplicate");
    await panel.title("Alice copy");
    const copy = await panel.shownKey();
    expect(copy).not.toBe(alice);
    await panel.confirms("user:alice, app/tenant_a");
    await panel.variable("tenant", "'a'");
    expect(await askAs(scene.link, copy, "$tenant")).toBe("a");
    await expect.poll(() => socket().sessions).toEqual(expect.arrayContaining([alice, copy]));

    await panel.writeVariable("tenant", "'changed in the copy'");
    await panel.variable("tenant", "'changed in the copy'");
    await panel.press("Sign out");
    await panel.status("ended");
    expect(await whoIs(scene.link, alice)).toBe("user:alice, app/tenant_a");
    expect(await askAs(scene.link, alice, "$tenant")).toBe("a");

    await panel.select("Alice");
    await panel.press("Remove $tenant", panel.section("variables"));
    await panel.page.gone('[data-variable="tenant"]');
    await panel.select("Alice copy");
    await panel.variable("tenant", "'changed in the copy'");
  });

  test("Close detaches: off the list, and every later use is SessionClosedError, a second close too", async () => {
    const closed = await panel.select("Alice copy");
    await panel.menu("Close");
    await panel.page.see("[data-group=closed]");
    await panel.rowGone("Alice copy");
    await expect.poll(() => socket().sessions).not.toContain(closed);
    await expect(scene.link.call("session.close", { key: closed })).rejects.toThrow(
      "SessionClosedError: “Alice copy” is closed. Open it again",
    );
    await expect(askAs(scene.link, closed, "1")).rejects.toThrow("SessionClosedError");
    await panel.page.see('role=button[name="Open again"]');
    await panel.status("removed");
  });

  test("a session that nobody knows is UnknownSessionError", async () => {
    const key = crypto.randomUUID();
    await expect(scene.link.call("session.close", { key })).rejects.toThrow(
      `UnknownSessionError: Unknown session ${key}`,
    );
    const use = { key, method: "ping", params: undefined };
    await expect(scene.link.call("session.call", use)).rejects.toThrow("UnknownSessionError");
  });

  test("Open again: a new session set up the same way, under an id of its own", async () => {
    const alice = await panel.select("Alice");
    await panel.menu("Close");
    await panel.title("Alice");
    await panel.press("Open again");
    await panel.confirms("user:alice, app/tenant_a");
    const opened = await panel.shownKey();
    expect(opened).not.toBe(alice);
    await expect.poll(() => socket().sessions).toContain(opened);
    await expect.poll(() => socket().sessions).not.toContain(alice);
    expect(await whoIs(scene.link, opened)).toBe("user:alice, app/tenant_a");
    await panel.historyHas("created", "Opened again");
  });

  test("Reset asks, then clears sign-in, place, variables and live queries; the session stays", async () => {
    const key = await panel.newSession({ name: "Reset me", signIn: SIGN_INS.alice });
    await panel.confirms("user:alice, app/tenant_a");
    await panel.writeVariable("x", "1");
    await panel.variable("x", "1");
    await scene.link.call("session.live", { key, table: "note" });
    await panel.page.see("[data-live]");
    await panel.menu("Reset…");
    await panel.page.see("text*=Reset clears sign-in, namespace, database, variables");
    await panel.press("Keep");
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
    await panel.menu("Reset…");
    await panel.press("Reset");
    await panel.status("active");
    await panel.page.see(`${panel.section("sign-in")} >> text=Anonymous`);
    await panel.page.gone('[data-variable="x"]');
    await panel.page.gone("[data-live]");
    await expect
      .poll(() =>
        panel.page.value(`${panel.section("namespace")} >> role=combobox[name="Namespace"]`),
      )
      .toBe("");
    expect(await whoIs(scene.link, key)).toBe("anonymous");
    await expect.poll(() => socket().liveQueries).toBe(0);
    await expect.poll(() => socket().sessions).toContain(key);
    await panel.rowShows("Reset me", "anonymous · no namespace");
  });

  test("Replace with… lets another session take its place; the replaced one can't be used, and is forgotten", async () => {
    const old = await panel.newSession({ name: "Old" });
    const { number } = await view(old);
    const by = await panel.newSession({ name: "Successor", signIn: SIGN_INS.alice });
    await panel.select("Old");
    await panel.menu("Replace with…");
    await panel.page.select(`[data-page=session] header select`, "Successor");
    await panel.press("Replace");
    await panel.status("replaced");
    await panel.page.see('role=button[name="Go to Successor"]');
    await expect.poll(() => socket().sessions).not.toContain(old);
    await expect(askAs(scene.link, old, "1")).rejects.toThrow("SessionClosedError");
    expect(await view(old)).toMatchObject({ status: "replaced", replacedBy: by });
    await panel.press("Go to Successor");
    await panel.confirms("user:alice, app/tenant_a");
    expect(number).toBeDefined();

    await panel.unfoldClosed();
    await panel.row("Old");
    await panel.page.click('role=button[name="Forget Old"]');
    await panel.rowGone("Old");
    await expect(askAs(scene.link, old, "1")).rejects.toThrow("UnknownSessionError");
  });

  test("Touch marks the session as used, and asks the server", async () => {
    const key = await panel.select("Successor");
    const before = await view(key);
    await panel.menu("Touch");
    await expect
      .poll(async () => (await view(key)).truth.checkedAt)
      .toBeGreaterThan(before.truth.checkedAt ?? 0);
    const after = await view(key);
    expect(after.lastActiveAt).toBeGreaterThan(before.lastActiveAt);
    expect(after.abandonAt - after.lastActiveAt).toBe(7 * 24 * 60 * 60 * 1000);
    await panel.page.see("[data-field=abandonAt] >> text=in 6 days");
    expect(await panel.page.text("[data-field=lastActiveAt]")).toMatch(
      /last used (just now|\d+ (s|min) ago)/,
    );
    expect(await panel.page.text("[data-field=createdAt]")).toMatch(
      /^Created (just now|\d+ (s|min) ago)/,
    );
    await panel.page.see("[data-field=updatedAt] >> text*=ago");
    await panel.confirms("user:alice, app/tenant_a");
  });

  test("sessions on one socket are isolated: sign-in, use, variables and live queries of A leave B and the default session", async () => {
    const b = await panel.newSession({ name: "B", signIn: SIGN_INS.alice });
    await panel.writeVariable("mine", "'b'");
    await panel.variable("mine", "'b'");
    const a = await panel.newSession({ name: "A" });
    await panel.signIn(SIGN_INS.root);
    await panel.page.see(`${panel.section("sign-in")} >> text=root`);
    await panel.writePlace("app", "tenant_b");
    await panel.submitPlace();
    await panel.confirms("root, app/tenant_b");
    await panel.writeVariable("mine", "'a'");
    await panel.variable("mine", "'a'");
    await panel.press("Live query", panel.section("live"));
    await panel.page.fill("label=Table, or LIVE SELECT statement", "note");
    await panel.press("Start", panel.section("live"));
    await panel.page.see("[data-live]");

    expect(await whoIs(scene.link, a)).toBe("root, app/tenant_b");
    expect(await whoIs(scene.link, b)).toBe("user:alice, app/tenant_a");
    expect(await askAs(scene.link, b, "$mine")).toBe("b");
    await panel.select("B");
    await panel.confirms("user:alice, app/tenant_a");
    await panel.variable("mine", "'b'");
    await panel.page.gone("[data-live]");
    await expect.poll(() => socket().liveQueries).toBe(1);
    // A request without a session's id runs in the default session: none but these ever did. A slow machine
    // comes to the first ping.
    const inDefault = wire.seen.filter((request) => request.session === undefined);
    const methods = new Set(inDefault.map(({ method }) => method));
    expect([...methods].filter((method) => method !== "ping")).toEqual(["version"]);
  });

  test("what the server says otherwise is shown, and bars the session until a person decides", async () => {
    const key = await panel.select("B");
    const bar = "[data-truth=differs]";
    const lie = async () => {
      // The server is said to have selected tenant_b, and never heard of it.
      wire.onRequest = ({ method, session }) =>
        method === "use" && session === key
          ? { result: { namespace: "app", database: "tenant_b" } }
          : undefined;
      await panel.writePlace("app", "tenant_b");
      await panel.submitPlace();
      await panel.page.see(`${bar} >> text*=Server says database: tenant_a ≠ shown: tenant_b`);
      wire.onRequest = () => undefined;
    };
    await lie();
    await panel.rowShows("B", "Differs");
    await expect(askAs(scene.link, key, "1")).rejects.toThrow(/GateClosedError.*Nothing was sent/);
    await panel.press("Show the server's");
    await panel.confirms("user:alice, app/tenant_a");
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
    await lie();
    await panel.press("Restore");
    await panel.confirms("user:alice, app/tenant_b");
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_b");
    await panel.press("Check");
    await panel.confirms("user:alice, app/tenant_b");
  });

  test("a temporary session closes with its view", async () => {
    const own = await scene.browser.openExtensionPage(
      `src/shells/panel.html?tab=${await scene.browser.tabIdOf(scene.inspected)}`,
    );
    const tab = new Panel(own);
    await tab.page.see("[data-session]");
    const key = await tab.newSession({ name: "For a while", temporary: true });
    await tab.page.see(`[data-session="${key}"] >> text=temporary`);
    await expect.poll(async () => (await panel.row("For a while")).status).toBe("active");
    await expect.poll(() => socket().sessions).toContain(key);
    await own.close();
    await panel.page.gone(`[data-session="${key}"][data-status=active]`);
    await expect.poll(() => socket().sessions).not.toContain(key);
    expect(await view(key)).toMatchObject({
      status: "removed",
      cause: "Closed with the view that made it.",
    });
  });

  test("Copy as gives code for both SDKs and SurrealQL, secrets as placeholders", async () => {
    await panel.select("B");
    const copies: Record<string, string> = {};
    for (const format of ["JavaScript SDK", "Go SDK", "SurrealQL"]) {
      await panel.menu(`Copy as ${format}`);
      await panel.page.see(`text=${format} copied`);
      copies[format] = await scene.browser.clipboardText();
    }
    expect(copies["JavaScript SDK"]).toMatch(/new Surreal[\s\S]*newSession\(\)[\s\S]*signin/);
    expect(copies["Go SDK"]).toMatch(/Attach\([\s\S]*SignIn/);
    expect(copies["JavaScript SDK"]).toContain("<password of");
    expect(copies["Go SDK"]).toContain("<password of");
    expect(copies.SurrealQL).toMatch(/USE NS app DB tenant_b/);
    for (const code of Object.values(copies)) {
      expect(code).toContain("mine");
      expect(code).not.toContain("eyJ");
    }
  });

  test("in all this one socket was opened, and nothing was left uncaught", async () => {
    expect(socket().sessions.length).toBeGreaterThan(3);
    expect(await scene.browser.errors()).toEqual([]);
  });
});
