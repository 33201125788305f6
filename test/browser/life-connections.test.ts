/**
 * Connections, as a person makes, mends, cuts and removes them, and each way in which one fails in
 * words of its own, while the others go on.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type DemoServer, startServer } from "../../demo/server/server.ts";
import type { WorkerLink } from "../../demo/start/worker-link.ts";
import type { ConnectionView } from "../../src/session/model.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import { attachedExactly, connectionIs, eventually } from "../support/browser/restored.ts";
import { openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { startOldServer, startProxy } from "../support/rpc-proxy.ts";
import { SIGN_INS } from "../support/scene.ts";
import { startUntrustedTls } from "../support/untrusted-tls.ts";
import { scriptedServer, tcpServer } from "../unit/wire/scripted-server.ts";

const PAGE = "[data-page=connection]";

describeInBrowsers("connections", (underTest) => {
  let scene: Scene;
  let panel: Panel;
  let link: WorkerLink;
  let server: DemoServer;
  /** The connection that works, and its session. */
  let first: string;
  let alice: string;
  const ends: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    scene = await openScene(underTest, { panel: { width: 1100, height: 900 } });
    ({ panel, link, server } = scene);
  });
  afterAll(async () => {
    await scene?.close();
    for (const end of ends) await end();
  });

  /** Fills the form of a new connection in; returns its id when it is stored. */
  async function add(url: string): Promise<string> {
    await panel.show("Sessions");
    await panel.page.click('role=button[name="New connection"]');
    await panel.page.fill("[data-page=new-connection] >> label=URL", url);
    await panel.page.click('role=button[name="Connect"]');
    return shownConnection();
  }

  function shownConnection(): Promise<string> {
    return panel.page.waitFor<string | undefined, []>(
      () =>
        document.querySelector<HTMLElement>("[data-page=connection] [data-connection]")?.dataset
          .connection,
    );
  }

  async function open(id: string): Promise<void> {
    await panel.show("Sessions");
    await panel.page.click(`nav [data-connection="${id}"] >> role=button >> nth=0`);
    await panel.page.see(`${PAGE} [data-connection="${id}"]`);
  }

  async function remove(...ids: string[]): Promise<void> {
    for (const id of ids) await link.call("connection.remove", { id });
  }

  const saysOf = (id: string, words: string) =>
    panel.page.see(`nav [data-connection="${id}"] >> text*=${words}`);

  async function connectionOf(id: string): Promise<ConnectionView> {
    const { connections } = await link.snapshot();
    const found = connections.find((connection) => connection.id === id);
    if (!found) throw new Error(`The worker has no connection ${id}.`);
    return found;
  }

  test("a URL that can be meant is mended and shown; one that can't is refused with words", async () => {
    await eventually(() => panel.page.value("label=URL")).toBe("ws://localhost:8000/rpc");
    const connect = 'role=button[name="Connect"]';
    for (const wrong of ["no address", "ftp://example.com", "ws://"]) {
      await panel.page.fill("label=URL", wrong);
      await panel.page.see(`text*=“${wrong}” is not the address of a SurrealDB server.`);
      await expect(panel.page.click(connect, { timeoutMs: 100 })).rejects.toThrow("disabled");
    }
    await panel.page.fill("label=URL", `http://127.0.0.1:${server.port}`);
    await panel.page.see(
      `text*=Will connect to ${server.url} (sessions need a WebSocket: ws:// instead of HTTP; the path /rpc was added).`,
    );
    await panel.page.click(connect);
    await panel.page.see(`${PAGE} [data-state=open] >> text*=Open, SurrealDB 3.0.2.`);
    expect(server.stats()).toMatchObject({ openSockets: 1, acceptedSockets: 1 });
    first = await shownConnection();
    const { url } = await connectionOf(first);
    expect(url).toBe(server.url);
    alice = await panel.newSession({ name: "Alice", signIn: SIGN_INS.alice });
    await panel.confirms("user:alice, app/tenant_a");
  });

  /** What a test that failed left behind would be in the way of the next. */
  afterEach(async () => {
    const { connections } = await link.snapshot();
    await remove(...connections.map(({ id }) => id).filter((id) => id !== first));
  });

  test("each failure has its own words, while the open connection goes on", async () => {
    const http = createServer((_request, response) => response.end("Hello"));
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const silent = await tcpServer();
    const mute = await scriptedServer(() => undefined);
    const garbage = await scriptedServer((_request, socket) => socket.send(Buffer.from("garbage")));
    const tls = await startUntrustedTls();
    const free = await freePort();
    ends.push(
      async () => http.close(),
      () => silent.close(),
      () => mute.close(),
      () => garbage.close(),
      () => tls.close(),
    );

    const refused = await add(`ws://127.0.0.1:${free}/rpc`);
    const answersHttp = await add(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/rpc`);
    const ids = {
      silent: await add(silent.url),
      mute: await add(mute.url),
      garbage: await add(garbage.url),
      untrusted: await add(`wss://127.0.0.1:${tls.port}/rpc`),
      wssRefused: await add(`wss://127.0.0.1:${free}/rpc`),
    };
    await saysOf(refused, `Nothing listens on ws://127.0.0.1:${free}. Is SurrealDB running?`);
    for (const id of [answersHttp, ids.mute, ids.garbage])
      await saysOf(id, "This server did not answer as SurrealDB does.");
    await saysOf(ids.silent, `${new URL(silent.url).host} did not answer within 5 s.`);
    for (const [id, port] of [
      [ids.untrusted, tls.port],
      [ids.wssRefused, free],
    ] as const) {
      await saysOf(id, `Nothing listens on 127.0.0.1:${port}, or its certificate isn't trusted.`);
      await open(id);
      await panel.page.see(`${PAGE} >> text*=Browsers don't tell which.`);
      await panel.page.see(`${PAGE} >> role=button[name="Open https://127.0.0.1:${port}"]`);
    }
    // None of them has hurt the one that works.
    expect(await panel.run("RETURN 6 * 7", { as: "Alice" })).not.toHaveProperty("error");
    await connectionIs(panel, first, "open");
    expect(server.stats().acceptedSockets).toBe(1);

    await open(refused);
    await panel.page.see(`${PAGE} >> text*=retry in`);
    const { retryAt } = await eventuallyLong(refused);
    const late = await startServer({ port: free, empty: true });
    ends.push(() => late.close());
    await panel.page.click(`${PAGE} >> role=button[name="Retry now"]`);
    await panel.page.see(`${PAGE} [data-connection="${refused}"][data-state=open]`);
    // By the button, not because its time had come.
    expect(Date.now()).toBeLessThan(retryAt);
    expect(late.stats().openSockets).toBe(1);
    await remove(refused, answersHttp, ...Object.values(ids));
  });

  /** Waits until the next attempt is so far off that a person would press "Retry now". */
  function eventuallyLong(id: string): Promise<{ retryAt: number }> {
    return new Promise((resolve, reject) => {
      const end = Date.now() + 60_000;
      const look = async () => {
        const { state } = await connectionOf(id);
        if (state.kind === "waiting" && state.retryAt > Date.now() + 4_500) resolve(state);
        else if (Date.now() > end) reject(new Error("The pauses don't grow."));
        else setTimeout(look, 50);
      };
      look().catch(reject);
    });
  }

  test("a server below 3.0: its default session works, others are refused with the reason", async () => {
    const old = await startOldServer(server.url);
    ends.push(() => old.close());
    const id = await add(old.url);
    const words =
      "SurrealDB 2.3.0 has no sessions; 3.0 or later is needed. The default session works.";
    await panel.page.see(`${PAGE} >> text*=${words}`);
    await panel.select("Default session");
    await panel.signIn(SIGN_INS.root);
    await panel.confirms("root, no namespace");
    const { head } = await panel.run("RETURN 'from the default session'", {
      as: "Default session",
    });
    expect(head).toContain("Ran as root");
    await panel.page.see("text*=from the default session");
    const queries = old.of("query");
    expect(queries.length).toBeGreaterThan(0);
    for (const { session } of queries) expect(session).toBeUndefined();

    await panel.openNewSession({ name: "Never" });
    await panel.page.select("[data-page=new-session] >> label=Connection", id);
    await panel.page.click("[data-page=new-session] button[type=submit]");
    const refusal = await panel.error("SessionsNotSupportedError");
    expect(refusal).toContain("SurrealDB 2.3.0 has no sessions; 3.0 or later is needed.");
    expect(refusal).toContain("The default session works.");
    expect(old.of("attach")).toEqual([]);
    await remove(id);
  });

  test("frames that are no RPC are counted and shown, and the connection goes on", async () => {
    const proxy = await startProxy(server.url);
    ends.push(() => proxy.close());
    const id = await add(proxy.url);
    await connectionIs(panel, id, "open");
    const { key } = await link.call("session.new", {
      connectionId: id,
      label: "Unmoved",
      signIn: SIGN_INS.bob,
    });
    const sockets = server.stats().acceptedSockets;
    proxy.inject(new Uint8Array([0xff, 0x00, 0x13]));
    await saysOf(id, "1 unreadable frame from the server");
    proxy.inject({ id: 4711, result: "nobody asked" });
    await saysOf(id, "2 unreadable frames from the server");
    await open(id);
    await panel.page.see(
      `${PAGE} >> text*=2 frames from the server could not be read. An answer to a request that was never made (id 4711)`,
    );
    expect((await panel.run("RETURN 1", { as: "Unmoved" })).head).toContain("Ran as user:bob");
    await connectionIs(panel, id, "open");
    expect(server.stats().acceptedSockets).toBe(sockets);
    expect(await whoIs(link, key)).toBe("user:bob, app/tenant_b");
    await remove(id);
    await eventually(() => server.stats().openSockets).toBe(1);
  });

  test("what a person disconnected stays so when the worker starts anew", async () => {
    await open(first);
    await panel.press("Disconnect", PAGE);
    await connectionIs(panel, first, "closed");
    await panel.page.see(`${PAGE} >> text*=You disconnected it.`);
    await eventually(() => server.stats().openSockets).toBe(0);
    const { acceptedSockets } = server.stats();

    await scene.browser.worker.kill();
    await link.open();
    await connectionIs(panel, first, "closed");
    await panel.rowShows("Alice", "Waiting");
    expect(server.stats()).toMatchObject({ acceptedSockets, openSockets: 0 });

    await panel.page.click(`nav [data-connection="${first}"] >> role=button[name="Retry"]`);
    await connectionIs(panel, first, "open");
    await attachedExactly(server, [alice]);
    expect(await whoIs(link, alice)).toBe("user:alice, app/tenant_a");
  });

  test("a connection is renamed, keeps its URL while sessions are signed in, and is removed", async () => {
    await open(first);
    await panel.page.fill(`${PAGE} >> label=Name`, "Renamed");
    await panel.press("Save", PAGE);
    await panel.page.see(`nav [data-connection="${first}"] >> text=Renamed`);
    await eventually(async () => (await connectionOf(first)).name).toBe("Renamed");

    await panel.page.fill(`${PAGE} >> label=URL`, "ws://127.0.0.1:9/rpc");
    await panel.press("Save", PAGE);
    expect(await panel.error("InvalidRequestError")).toContain("their tokens belong to its URL");
    expect((await connectionOf(first)).url).toBe(server.url);
    await connectionIs(panel, first, "open");

    await panel.press("Remove…", PAGE);
    await panel.page.see("text*=Remove “Renamed” and close its 1 session?");
    await panel.press("Remove", PAGE);
    await panel.page.see("text=Connect to SurrealDB");
    await eventually(() => server.stats().openSockets).toBe(0);
    await eventually(async () => (await link.snapshot()).sessions).toEqual([]);
  });

  test("without a network, servers elsewhere wait for it, and those on this machine don't", async () => {
    await scene.browser.worker.evaluate(() => {
      Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
    });
    await panel.connect(server.url);
    // An address for documentation, which nobody has (RFC 5737); nothing is sent to it.
    const elsewhere = await add("ws://192.0.2.1:8000/rpc");
    await saysOf(elsewhere, "No network.");
    await panel.page.see(`${PAGE} >> text*=retry`);
    const refused = await add(`ws://127.0.0.1:${await freePort()}/rpc`);
    await saysOf(refused, "Is SurrealDB running?");
    expect(server.stats().openSockets).toBe(1);
    // Browsers write down every socket that doesn't open, and Chromium a size that changed while sizes were
    // told, which comes one frame later; nothing else may be there.
    const errors = await scene.browser.errors();
    const expected = /wss?:\/\/(127\.0\.0\.1|192\.0\.2\.1):|^ResizeObserver loop completed/;
    expect(errors.filter((error) => !expected.test(error))).toEqual([]);
  });
});

/** A port of 127.0.0.1 on which nothing listens. */
async function freePort(): Promise<number> {
  const { url, close } = await tcpServer();
  await close();
  return Number(new URL(url).port);
}
