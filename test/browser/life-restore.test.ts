/**
 * Nothing that was set up is lost: the worker is killed, sockets are cut, the server is started anew.
 *
 * Each time the same is asked for: the same sessions under the same UUIDs, signed in as before; live
 * queries begun again under the id that the panel knows; and of what was under way, no second run.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DemoServer, startServer } from "../../demo/server/server.ts";
import type { WorkerLink } from "../../demo/start/worker-link.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import {
  attachedAt,
  attachedExactly,
  connectionIs,
  countAt,
  eventually,
  rowHas,
  viewOf,
} from "../support/browser/restored.ts";
import { openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { SIGN_INS } from "../support/scene.ts";

const TENANT_A = { namespace: "app", database: "tenant_a" };

describeInBrowsers("restore", (underTest) => {
  let scene: Scene;
  let panel: Panel;
  let link: WorkerLink;
  let folder: string;
  /** Keeps its data in the folder. */
  let server: DemoServer;
  let connectionId: string;
  const keys = { alice: "", bob: "", admin: "", anonymous: "" };
  let liveId: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-data-"));
    scene = await openScene(underTest, {
      server: { path: folder },
      panel: { width: 1100, height: 900 },
    });
    ({ server, panel, link } = scene);
    await server.query("DEFINE TABLE tally", undefined, TENANT_A);
    ({ id: connectionId } = await link.call("connection.add", { name: "Kept", url: server.url }));
    const make = async (label: string, more: object) =>
      (await link.call("session.new", { connectionId, label, ...more })).key;
    keys.alice = await make("Alice", { signIn: SIGN_INS.alice });
    keys.bob = await make("Bob", { signIn: SIGN_INS.bob });
    keys.admin = await make("Admin", {
      signIn: SIGN_INS.root,
      namespace: "app",
      database: "tenant_a",
    });
    keys.anonymous = await make("Anonymous", {});
    await link.call("session.set", { key: keys.alice, name: "tenant", expression: "'a'" });
  });
  afterAll(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  /** All four are back: on screen, and at the server in one socket under the same UUIDs. */
  async function allAreBack(): Promise<void> {
    await attachedExactly(server, Object.values(keys));
    await connectionIs(panel, connectionId, "open");
    for (const key of Object.values(keys)) await rowHas(panel, key, "active");
    await panel.select("Bob");
    await panel.confirms("user:bob, app/tenant_b");
    await panel.select("Alice");
    await panel.confirms("user:alice, app/tenant_a");
    await panel.variable("tenant", "'a'");
    expect(await whoIs(link, keys.alice)).toBe("user:alice, app/tenant_a");
    expect(await whoIs(link, keys.bob)).toBe("user:bob, app/tenant_b");
    expect(await whoIs(link, keys.admin)).toBe("root, app/tenant_a");
    expect(await whoIs(link, keys.anonymous)).toBe("anonymous");
  }

  /** The live query goes on under the same id, says how often it may have missed something, and hears. */
  async function liveQueryGoesOn(gaps: number): Promise<void> {
    await panel.select("Alice");
    const row = `[data-live="${liveId}"]`;
    await panel.page.see(`${row}[data-state=watching]`);
    await eventually(() => panel.page.texts(`${row} >> text*=Notifications between`)).toEqual(
      Array(gaps).fill(
        expect.stringMatching(
          /^Notifications between \d+:\d+:\d+ and \d+:\d+:\d+ may be missing\.$/,
        ),
      ),
    );
    await eventually(() => server.stats().sockets[0]?.liveQueries).toBe(1);
    const before = Number(/(\d+) events?/.exec(await panel.page.text(row))?.[1]);
    await server.query("CREATE note SET owner = user:alice, text = 'heard'", undefined, TENANT_A);
    await panel.page.see(`${row} >> text*=${before + 1} event`);
  }

  test("the worker is killed: the panel stays, and all is set up again", async () => {
    await panel.select("Alice");
    const live = panel.section("live");
    await panel.press("Live query", live);
    await panel.page.fill(`${live} >> label=Table, or LIVE SELECT statement`, "note");
    await panel.page.click(`${live} >> role=button[name="Start"]`);
    await panel.page.see("[data-live]");
    liveId = await panel.page.waitFor<string | undefined, []>(
      () => document.querySelector<HTMLElement>("[data-live]")?.dataset.live,
    );
    await panel.select("Admin");
    await panel.press("Transaction", live);
    await panel.page.see("[data-transaction]");
    const txn = await panel.page.waitFor<string | undefined, []>(
      () => document.querySelector<HTMLElement>("[data-transaction]")?.dataset.transaction,
    );
    await panel.press("Run in it", live);
    await panel.page.evaluate(() => {
      Object.assign(window, { notReloaded: true });
    });
    const sockets = server.stats().acceptedSockets;
    const queries = server.stats().requests.query ?? 0;
    // Long enough to be stopped in it, and over before the server is restarted: it holds its data.
    const answered = panel.run("CREATE tally SET how = 'killed'; RETURN sleep(4s)");
    await panel.page.see("text*=Running as Admin");
    await eventually(() => server.stats().requests.query ?? 0).toBeGreaterThan(queries);

    await scene.browser.worker.kill();
    const { error } = await answered;
    expect(error?.name).toBe("WorkerLost");
    expect(error?.text).toContain("The extension's worker stopped before it answered.");
    expect(error?.text).toContain("It may have been done.");
    await panel.page.see("text*=The transaction you chose is over.");

    await link.open();
    await allAreBack();
    expect(await panel.page.evaluate("window.notReloaded")).toBe(true);
    expect(server.stats().acceptedSockets).toBe(sockets + 1);
    await liveQueryGoesOn(1);
    await panel.select("Admin");
    await panel.page.gone("[data-transaction]");
    await eventually(() => server.stats().sockets[0]?.transactions).toBe(0);
    await expect(
      link.call("session.query", { key: keys.admin, text: "RETURN 1", txn }),
    ).rejects.toThrow(
      /TransactionLostError: Transaction .* is not open in this session\. Nothing was sent\..*begin a new one/,
    );
    // It ran in the transaction that ended with the socket, and nobody ran it again.
    expect(await countAt(server, "tally")).toBe(0);
  });

  test("sockets are cut: what was under way ends with “outcome unknown”, and ran once", async () => {
    const answered = panel.run("CREATE tally SET how = 'cut'; RETURN sleep(4s)", { as: "Admin" });
    await eventually(() => countAt(server, "tally")).toBe(1);
    server.cutSockets();
    const { error } = await answered;
    expect(error?.name).toBe("OutcomeUnknownError");
    expect(error?.text).toContain(
      "The connection was lost after this request was sent as “Admin”. It may have run. It was not repeated.",
    );
    await allAreBack();
    await liveQueryGoesOn(2);
    expect(await countAt(server, "tally")).toBe(1);
  });

  test("the server is restarted with its data: the tokens are still good", async () => {
    const { port } = server;
    await server.close();
    await connectionIs(panel, connectionId, "waiting");
    await panel.page.see(
      `nav [data-connection="${connectionId}"] >> text*=Nothing listens on ws://127.0.0.1:${port}. Is SurrealDB running?`,
    );
    await panel.show("Query");
    await panel.page.see("text*=“Admin” can't run anything yet. the connection is lost.");
    server = await startServer({ port, path: folder });
    await panel.show("Sessions");
    await allAreBack();
    await liveQueryGoesOn(3);
    const { requests } = server.stats();
    expect(requests.authenticate).toBe(3);
    expect(requests.signin ?? 0).toBe(0);
  });

  test("a server that lost its data: who has a password comes back, a mere token doesn't", async () => {
    let forgetful = await startServer({ port: 0 });
    const { port, url } = forgetful;
    const { id } = await link.call("connection.add", { name: "Forgetful", url });
    const at = { connectionId: id };
    const password = await link.call("session.new", {
      ...at,
      label: "Password",
      signIn: SIGN_INS.alice,
    });
    const { access = "" } = await link.call("session.tokens", password);
    const token = await link.call("session.new", {
      ...at,
      label: "Token",
      signIn: { way: "token", access },
    });
    expect(await whoIs(link, token.key)).toBe("user:alice, app/tenant_a");

    await forgetful.close();
    forgetful = await startServer({ port });
    try {
      await panel.select("Password");
      await panel.confirms("user:alice, app/tenant_a");
      await rowHas(panel, password.key, "active");
      await attachedExactly(forgetful, [password.key]);
      expect(forgetful.stats().requests.signin).toBe(1);

      await panel.page.see('[data-group=sign-in-again][aria-label="Sign in again, 1"]');
      await panel.rowShows("Token", "Sign in again");
      await panel.select("Token");
      await panel.status("revoked");
      await panel.page.see("text*=Sign in again: The server refused the sign-in");
      const { signInForm } = await viewOf(link, token.key);
      expect(signInForm).toEqual({ way: "token" });
      const { error } = await panel.run("RETURN 1", { as: "Password" });
      expect(error).toBeUndefined();
      await expect(
        link.call("session.query", { key: token.key, text: "RETURN 1" }),
      ).rejects.toThrow(/GateClosedError: “Token” can't run this now: it is revoked.*Nothing was/);

      await panel.select("Token");
      const { way, ...entry } = SIGN_INS.alice;
      await panel.signIn({ way, ...entry });
      await panel.status("active");
      await panel.confirms("user:alice, app/tenant_a");
      await panel.page.gone("[data-group=sign-in-again]");
      await attachedExactly(forgetful, [password.key, token.key]);
    } finally {
      await link.call("connection.remove", { id });
      await eventually(() => attachedAt(forgetful)).toEqual([]);
      await forgetful.close();
    }
  });
});
