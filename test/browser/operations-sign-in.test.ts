/**
 * Who a session is: every way of signing in that SurrealDB knows, through the form in the real
 * DevTools panel, and the tokens that come of it. After each step the server is asked who it sees.
 */
import type { Surreal, Tokens } from "surrealdb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_PEOPLE, mintKey, signInOf } from "../../demo/server/seed.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";
import type { Panel } from "../support/browser/panel.ts";
import { openScene, type Scene, whoIs } from "../support/browser/scene.ts";
import { recordSignIn, SIGN_INS } from "../support/scene.ts";
import { BareSocket, connectSdk } from "../unit/demo/sdk.ts";

const WHERE = { namespace: "app", database: "tenant_a" };

describeInBrowsers("sign-in", (under) => {
  let scene: Scene;
  let panel: Panel;
  /** The session that is signed in, one way after the other. */
  let key: string;
  /** Another client of the same server, with the official SDK. */
  let sdk: Surreal;
  beforeAll(async () => {
    scene = await openScene(under);
    panel = scene.panel;
    sdk = await connectSdk(scene.server);
    const connection = await scene.link.call("connection.add", { url: scene.server.url });
    const wanted = { connectionId: connection.id, label: "Somebody" };
    ({ key } = await scene.link.call("session.new", wanted));
    await panel.select("Somebody");
  });
  afterAll(async () => {
    await sdk.close();
    await scene.close();
  });

  const facts = () => panel.page.text(`${panel.section("sign-in")} dl >> nth=0`);
  const requests = (method: string) => scene.server.stats().requests[method] ?? 0;
  const tokensOfAlice = async () => (await sdk.signin(signInOf(DEMO_PEOPLE.alice))) as Tokens;

  /** What the server answers to another client that wants to refresh with this pair. */
  async function refreshElsewhere(pair: { access: string; refresh: string }): Promise<string> {
    const bare = await BareSocket.open(scene.server, ["cbor"]);
    const { error } = await bare.call("refresh", [pair]);
    bare.socket.close();
    return error?.message ?? "refreshed";
  }

  /** What "Show" reveals; covered again afterwards. */
  async function shownTokens(): Promise<{ access: string; refresh: string }> {
    const tokens = `${panel.section("sign-in")} [data-disclosure=tokens]`;
    await panel.press("Show", tokens);
    await panel.page.see(`${tokens} dd`);
    const [access = "", refresh = ""] = await panel.page.texts(`${tokens} dd`);
    await panel.press("Hide", tokens);
    await panel.page.gone(`${tokens} dd`);
    return { access, refresh };
  }

  test("root", async () => {
    await panel.signIn(SIGN_INS.root);
    await panel.confirms("root, no namespace");
    await expect.poll(facts).toContain("Root user");
    expect(await whoIs(scene.link, key)).toBe("root, -/-");
    await panel.historyHas("auth", "anonymous → root");
  });

  test("namespace user", async () => {
    await panel.signIn(SIGN_INS.operator);
    await panel.confirms("operator, app");
    await expect.poll(facts).toContain("Namespace user");
    expect(await whoIs(scene.link, key)).toBe("operator, app/-");
  });

  test("database user", async () => {
    await panel.signIn(SIGN_INS.editor);
    await panel.confirms("editor, app/tenant_a");
    await expect.poll(facts).toContain("Database user");
    expect(await whoIs(scene.link, key)).toBe("editor, app/tenant_a");
  });

  test("record access with its variables, keeping the refresh token", async () => {
    await panel.signIn(SIGN_INS.alice);
    await panel.confirms("user:alice, app/tenant_a");
    await expect.poll(facts).toMatch(/Record user[\s\S]*user:alice[\s\S]*access account/);
    await expect.poll(facts).toContain("can be renewed");
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
    await panel.historyHas("auth", "editor → user:alice");
    await panel.rowShows("Somebody", "user:alice · app/tenant_a");
    await expect.poll(async () => (await shownTokens()).refresh).toMatch(/^surreal-refresh-/);
  });

  test("a refused sign-in shows the server's words at the form and changes nothing", async () => {
    await panel.signIn(recordSignIn("bob", "tenant_a", "account", "wrong"));
    const form = `${panel.section("sign-in")} form`;
    await panel.page.see(`${form} [role=alert]`);
    await expect
      .poll(() => panel.page.text(`${form} [role=alert]`))
      .toMatch(/No record was returned/);
    await panel.press("Cancel", form);
    await panel.confirms("user:alice, app/tenant_a");
    await panel.status("active");
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
  });

  test("an empty field is named before anything is sent", async () => {
    const before = requests("signin");
    await panel.signIn({ way: "root", username: "root" });
    await panel.page.see(`${panel.section("sign-in")} >> text=The password is missing.`);
    expect(requests("signin")).toBe(before);
    await panel.press("Cancel", `${panel.section("sign-in")} form`);
  });

  test("the user's record (info) and the token's claims", async () => {
    await panel.press("User record", panel.section("sign-in"));
    await panel.page.see("[data-disclosure=user-record] >> text*=Alice Adams");
    expect(requests("info")).toBeGreaterThan(0);
    await panel.press("User record", panel.section("sign-in"));
    await panel.press("Token claims", panel.section("sign-in"));
    await panel.page.see("[data-disclosure=token-claims] >> text*=tenant_a");
    await panel.press("Token claims", panel.section("sign-in"));
  });

  test("tokens are covered until they are shown, and copied without being shown", async () => {
    const tokens = `${panel.section("sign-in")} [data-disclosure=tokens]`;
    expect(await panel.page.text(tokens)).not.toContain("eyJ");
    const { access, refresh } = await shownTokens();
    expect(access).toMatch(/^eyJ/);
    expect(await panel.page.text(tokens)).not.toContain("eyJ");
    await panel.press("Copy the access token", tokens);
    await panel.page.see("text=Access token copied");
    await expect.poll(() => scene.browser.clipboardText()).toBe(access);
    expect(refresh).not.toBe("");
    await sdk.authenticate(access);
  });

  test("Refresh gets a new pair, and burns the old one", async () => {
    const before = await shownTokens();
    const asked = requests("refresh");
    await panel.press("Refresh", panel.section("sign-in"));
    await panel.historyHas("auth", "Token renewed.");
    expect(requests("refresh")).toBe(asked + 1);
    await expect.poll(async () => (await shownTokens()).access).not.toBe(before.access);
    expect((await shownTokens()).refresh).not.toBe(before.refresh);
    await panel.confirms("user:alice, app/tenant_a");
    expect(await refreshElsewhere(before)).toMatch(/authentication/i);
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
  });

  test("Revoke tokens asks first, then ends the refresh token; the session goes on", async () => {
    const pair = await shownTokens();
    await panel.menu("Revoke tokens…");
    await panel.press("Revoke tokens");
    await panel.historyHas("auth", "Refresh token revoked.");
    expect(requests("revoke")).toBe(1);
    await expect.poll(async () => (await shownTokens()).refresh).toBe("none");
    expect(await refreshElsewhere(pair)).toMatch(/authentication/i);
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
  });

  test("record access without keeping the refresh token", async () => {
    await panel.signIn({ ...recordSignIn("bob", "tenant_b"), keep: false });
    await panel.confirms("user:bob, app/tenant_b");
    await expect.poll(async () => (await shownTokens()).refresh).toBe("none");
    expect(await whoIs(scene.link, key)).toBe("user:bob, app/tenant_b");
  });

  test("sign up makes a new user, keeping the refresh token", async () => {
    await panel.signIn({ ...recordSignIn("carol"), signUp: true });
    await panel.confirms("user:carol, app/tenant_a");
    await expect.poll(facts).toContain("can be renewed");
    await panel.historyHas("auth", "user:bob → user:carol");
    expect(await whoIs(scene.link, key)).toBe("user:carol, app/tenant_a");
    const [carol] = await scene.server.query("SELECT VALUE name FROM user:carol", {}, WHERE);
    expect(carol).toEqual(["carol"]);
  });

  test("sign up without keeping the refresh token, and of a name that is taken", async () => {
    await panel.signIn({ ...recordSignIn("dave"), signUp: true, keep: false });
    await panel.confirms("user:dave, app/tenant_a");
    await expect.poll(async () => (await shownTokens()).refresh).toBe("none");
    await panel.signIn({ ...recordSignIn("alice"), signUp: true });
    const form = `${panel.section("sign-in")} form`;
    await panel.page.see(`${form} [role=alert]`);
    await panel.press("Cancel", form);
    expect(await whoIs(scene.link, key)).toBe("user:dave, app/tenant_a");
  });

  test("bearer key, of a database user and of a record", async () => {
    const ofUser = await mintKey(scene.server.query, { user: "viewer" });
    await panel.signIn({ way: "bearer", ...WHERE, access: "user_key", key: ofUser });
    await panel.confirms("viewer, app/tenant_a");
    await expect.poll(facts).toContain("Bearer of a key");
    expect(await whoIs(scene.link, key)).toBe("viewer, app/tenant_a");
    const ofRecord = await mintKey(scene.server.query, { record: "user:bob" });
    await panel.signIn({ way: "bearer", ...WHERE, access: "record_key", key: ofRecord });
    await panel.confirms("user:bob, app/tenant_a");
    expect(await whoIs(scene.link, key)).toBe("user:bob, app/tenant_a");
  });

  test("a token alone (authenticate): until it ends, and not renewable", async () => {
    const { access } = await tokensOfAlice();
    await panel.signIn({ way: "token", accessToken: access });
    await panel.confirms("user:alice, app/tenant_a");
    await expect.poll(facts).toContain("can't be renewed");
    await expect.poll(async () => (await shownTokens()).access).toBe(access);
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
  });

  test("access and refresh token: renewable", async () => {
    const { access, refresh = "" } = await tokensOfAlice();
    await panel.signIn({ way: "tokens", accessToken: access, refreshToken: refresh });
    await panel.page.see(`${panel.section("sign-in")} >> role=button[name="Refresh"]`);
    await panel.confirms("user:alice, app/tenant_a");
    await panel.press("Refresh", panel.section("sign-in"));
    await expect.poll(async () => (await shownTokens()).refresh).not.toBe(refresh);
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
  });

  test("a token that isn't one is refused with the server's words; nothing changes", async () => {
    await panel.signIn({ way: "token", accessToken: "not.a.token" });
    const form = `${panel.section("sign-in")} form`;
    await panel.page.see(`${form} [role=alert]`);
    await panel.press("Cancel", form);
    await panel.confirms("user:alice, app/tenant_a");
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
  });

  test("anonymous by choice: the session stays active, as nobody", async () => {
    await panel.signIn({ way: "anonymous" });
    await panel.page.see(`${panel.section("sign-in")} dl >> text=Anonymous`);
    await panel.status("active");
    await panel.historyHas("auth", "user:alice → anonymous");
    expect(await whoIs(scene.link, key)).toBe("anonymous");
  });

  test("Sign out (invalidate): ended, still listed and attached; signing in brings it back", async () => {
    await panel.signIn(SIGN_INS.alice);
    await panel.confirms("user:alice, app/tenant_a");
    const asked = requests("invalidate");
    await panel.press("Sign out");
    await panel.status("ended");
    expect(requests("invalidate")).toBe(asked + 1);
    await panel.historyHas("status", "active → ended");
    await panel.historyHas("auth", "user:alice → anonymous");
    await panel.rowShows("Somebody", "Signed out");
    expect(scene.server.stats().sockets.flatMap((one) => one.sessions)).toContain(key);
    await expect(whoIs(scene.link, key)).rejects.toThrow("GateClosedError");
    await panel.press("Sign in…");
    await panel.signIn(SIGN_INS.alice);
    await panel.status("active");
    await panel.confirms("user:alice, app/tenant_a");
    expect(await whoIs(scene.link, key)).toBe("user:alice, app/tenant_a");
    expect(await scene.browser.errors()).toEqual([]);
  });
});
