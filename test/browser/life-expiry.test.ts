/**
 * Time and the server take sign-ins away: sessions and tokens of a few seconds, users, accesses and
 * grants that are removed. Each ends in its own status with its own words, and hurts no other.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DemoServer } from "../../demo/server/server.ts";
import type { WorkerLink } from "../../demo/start/worker-link.ts";
import type { SignIn } from "../../src/session/model.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import {
  attachedAt,
  attachedExactly,
  connectionIs,
  eventually,
  rowHas,
  viewOf,
} from "../support/browser/restored.ts";
import { openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { recordSignIn, SIGN_INS } from "../support/scene.ts";

const TENANT_A = { namespace: "app", database: "tenant_a" };
/**
 * What is there only to be removed, and what ends so soon that a test can wait for it, though not
 * before a slow machine has shown it.
 */
const SHORT_LIVED = `
  DEFINE USER temp ON DATABASE PASSWORD 'temp' ROLES VIEWER;
  DEFINE ACCESS passing ON DATABASE TYPE RECORD
    SIGNIN ( SELECT * FROM user WHERE name = $name ) DURATION FOR TOKEN 1h, FOR SESSION NONE;
  DEFINE ACCESS short_session ON DATABASE TYPE RECORD
    SIGNIN ( SELECT * FROM user WHERE name = $name ) DURATION FOR TOKEN 1h, FOR SESSION 4s;
  DEFINE ACCESS short_token ON DATABASE TYPE RECORD
    SIGNIN ( SELECT * FROM user WHERE name = $name ) DURATION FOR TOKEN 4s, FOR SESSION NONE;
  DEFINE ACCESS short_renewable ON DATABASE TYPE RECORD
    SIGNIN ( SELECT * FROM user WHERE name = $name )
    WITH REFRESH DURATION FOR GRANT 30d, FOR TOKEN 4s, FOR SESSION NONE;
  CREATE user:dora SET name = 'dora', password = crypto::argon2::generate('dora');
`;

describeInBrowsers("expiry", (underTest) => {
  let scene: Scene;
  let panel: Panel;
  let link: WorkerLink;
  let server: DemoServer;
  let connectionId: string;

  const make = async (label: string, signIn: SignIn) =>
    (await link.call("session.new", { connectionId, label, signIn })).key;

  beforeAll(async () => {
    scene = await openScene(underTest, { panel: { width: 1100, height: 900 } });
    ({ panel, link, server } = scene);
    await server.query(SHORT_LIVED, undefined, TENANT_A);
    ({ id: connectionId } = await link.call("connection.add", { url: server.url }));
    await panel.page.see(`nav [data-connection="${connectionId}"][data-state=open]`);
  });
  afterAll(() => scene?.close());

  test("a session of a few seconds expires, and nothing is sent in its name any more", async () => {
    const { key } = await link.call("session.new", { connectionId, label: "Brief" });
    await panel.select("Brief");
    // Its time runs from here: what is there only as long is looked for at once.
    await link.call("session.signIn", {
      key,
      signIn: recordSignIn("alice", "tenant_a", "short_session"),
    });
    await Promise.all([
      panel.page.see(`${panel.section("sign-in")} >> text*=Ends in`),
      panel.confirms("user:alice, app/tenant_a"),
    ]);

    await rowHas(panel, key, "expired");
    await panel.status("expired");
    await panel.page.see("text*=Sign in again: The session's time at the server is over.");
    await panel.rowShows("Brief", "Sign in again");
    await panel.historyHas("status", "The session's time at the server is over.");
    const queries = server.stats().requests.query;
    await expect(link.call("session.query", { key, text: "RETURN $auth" })).rejects.toThrow(
      /it is expired: The session's time at the server is over\. Nothing was sent\..*Sign in again/,
    );
    expect(server.stats().requests.query).toBe(queries);

    await panel.signIn(recordSignIn("alice"));
    await panel.status("active");
    await panel.confirms("user:alice, app/tenant_a");
    await attachedExactly(server, [key]);
    expect(await whoIs(link, key)).toBe("user:alice, app/tenant_a");
    await panel.page.see(`${panel.section("sign-in")} >> text*=Does not expire`);
    await link.call("session.close", { key });
  });

  test("a token of a few seconds: its session goes on with a warning, and ends with the socket", async () => {
    const minted = await make("Mint", recordSignIn("alice", "tenant_a", "short_token"));
    const { access = "" } = await link.call("session.tokens", { key: minted });
    const key = await make("Short token", { way: "token", access });
    await panel.select("Short token");
    await panel.page.see(
      "text=Token expired: works until the connection drops. Sign in again to keep it.",
    );
    await panel.status("active");
    await panel.rowShows("Short token", "Token");
    expect((await panel.run("RETURN $auth", { as: "Short token" })).head).toContain(
      "Ran as user:alice in app/tenant_a",
    );
    await panel.page.see("text*=user:alice");
    expect(await whoIs(link, key)).toBe("user:alice, app/tenant_a");
    expect(attachedAt(server)).toContain(key);

    server.cutSockets();
    await rowHas(panel, key, "expired");
    await panel.select("Short token");
    await panel.page.see("text*=Sign in again: The access token has expired.");
    // With the password still known, the same token is no trouble.
    await attachedExactly(server, [minted]);
    await rowHas(panel, minted, "active");
    for (const each of [key, minted]) await link.call("session.close", { key: each });
  });

  test("two forks of one sign-in renew it once, before it ends", async () => {
    const signIn = recordSignIn("alice", "tenant_a", "short_renewable");
    const key = await make("Renewed", signIn);
    const fork = (await link.call("session.fork", { key, label: "Its fork" })).key;
    const begun = await viewOf(link, key);
    const tokens = await link.call("session.tokens", { key });
    expect(server.stats().requests.refresh ?? 0).toBe(0);
    await panel.select("Renewed");

    await panel.historyHas("auth", "Token renewed.");
    const [first, second] = [await viewOf(link, key), await viewOf(link, fork)];
    expect(first.tokenExpireAt).toBeGreaterThan(begun.tokenExpireAt ?? Number.NaN);
    expect(second.tokenExpireAt).toBe(first.tokenExpireAt);
    const renewed = await link.call("session.tokens", { key });
    expect(renewed.refresh).not.toBe(tokens.refresh);
    expect(await link.call("session.tokens", { key: fork })).toEqual(renewed);
    // Here and not later, when it may be time to renew it again.
    expect(server.stats().requests.refresh).toBe(1);
    for (const label of ["Renewed", "Its fork"]) {
      await panel.select(label);
      await panel.status("active");
      await panel.confirms("user:alice, app/tenant_a");
    }
    expect(await whoIs(link, fork)).toBe("user:alice, app/tenant_a");
    for (const each of [key, fork]) await link.call("session.close", { key: each });
  });

  test("a revoked grant: the renewal is refused, and the session let go", async () => {
    const key = await make("Granted", SIGN_INS.alice);
    await panel.select("Granted");
    await server.query("ACCESS account ON DATABASE REVOKE ALL", undefined, TENANT_A);
    await panel.press("Refresh", panel.section("sign-in"));
    await panel.status("revoked");
    await panel.page.see("text*=Sign in again: The server refused the renewal");
    await attachedExactly(server, []);
    await link.call("session.close", { key });
  });

  test("users and accesses that were removed, and a record user that was deleted", async () => {
    const removed = {
      user: await make("Removed user", {
        way: "database",
        ...TENANT_A,
        username: "temp",
        password: "temp",
      }),
      access: await make("Removed access", recordSignIn("bob", "tenant_a", "passing")),
    };
    const deleted = await make("Deleted record", recordSignIn("dora"));
    const other = await make("Bystander", SIGN_INS.bob);
    await server.query(
      "REMOVE USER temp ON DATABASE; REMOVE ACCESS passing ON DATABASE; DELETE user:dora",
      undefined,
      TENANT_A,
    );
    // Sessions that are set up go on: the server asks for the sign-in only when it is given anew.
    expect(await whoIs(link, removed.access)).toBe("user:bob, app/tenant_a");
    server.cutSockets();

    await eventually(() => attachedAt(server)).toEqual([deleted, other].sort());
    await connectionIs(panel, connectionId, "open");
    for (const [label, key] of [
      ["Removed user", removed.user],
      ["Removed access", removed.access],
    ] as const) {
      await panel.select(label);
      await panel.status("revoked");
      await panel.page.see("text*=Sign in again: The server refused the sign-in");
      await expect(link.call("session.query", { key, text: "RETURN 1" })).rejects.toThrow(
        "Nothing was sent.",
      );
    }
    await panel.page.see('[data-group=sign-in-again][aria-label="Sign in again, 2"]');
    // That its record is gone can't be told from permissions: the server still accepts the user.
    await panel.select("Deleted record");
    await panel.status("active");
    await panel.confirms("user:dora, app/tenant_a");
    expect(await whoIs(link, deleted)).toBe("user:dora, app/tenant_a");
    await panel.select("Bystander");
    await panel.confirms("user:bob, app/tenant_b");
    await panel.status("active");
  });
});
