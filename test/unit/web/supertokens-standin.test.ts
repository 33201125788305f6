/** The application with SuperTokens and the stand-in for its core behave as the real ones do. */
import { afterEach, describe, expect, it } from "vitest";
import {
  type SuperTokensApp,
  type SuperTokensAppOptions,
  startSuperTokensApp,
} from "../../support/web/supertokens/app-server.ts";
import { bare, Client, claimsOf, form, REFRESH_PATH, refreshBy } from "./supertokens-client.ts";

const running: SuperTokensApp[] = [];

async function start(options: SuperTokensAppOptions = {}): Promise<SuperTokensApp> {
  const app = await startSuperTokensApp(options);
  running.push(app);
  return app;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

describe("signing in", () => {
  it("sets the cookies that the SDK's server sets, and tells the page by a front token", async () => {
    const app = await start();
    const client = new Client(app);
    const response = await client.signIn("alice");
    expect(await response.json()).toMatchObject({ status: "OK", user: { id: "alice" } });
    expect([...client.cookies.keys()].sort()).toEqual(["sAccessToken", "sRefreshToken"]);
    const access = client.cookies.get("sAccessToken");
    const refresh = client.cookies.get("sRefreshToken");
    expect(access?.attributes).toMatchObject({ Path: "/", HttpOnly: "", SameSite: "lax" });
    expect(refresh?.attributes).toMatchObject({ Path: REFRESH_PATH, HttpOnly: "" });
    expect(access?.attributes).not.toHaveProperty("Domain");
    expect(access?.attributes).not.toHaveProperty("Secure");

    const [session] = app.core.sessions();
    expect(await client.me()).toEqual({
      userId: "alice",
      tenantId: "public",
      handle: session?.handle,
    });
    const claims = claimsOf(access?.value ?? "");
    expect(claims).toMatchObject({
      sub: "alice",
      tId: "public",
      role: "member",
      iss: `${app.origin}/auth`,
      antiCsrfToken: null,
      parentRefreshTokenHash1: null,
    });
    const frontToken = Buffer.from(response.headers.get("front-token") ?? "", "base64").toString();
    const { uid, ate, up } = JSON.parse(frontToken);
    expect([uid, up]).toEqual(["alice", claims]);
    expect(ate - Date.now()).toBeGreaterThan(3590_000);
  });

  it("refuses a wrong password, each endpoint in its own way", async () => {
    const app = await start();
    const asRecipe = await bare(app, "/auth/signin", {}, form("alice", "bob-password"));
    expect(asRecipe.status).toBe(200);
    expect(await asRecipe.json()).toEqual({ status: "WRONG_CREDENTIALS_ERROR" });
    for (const path of ["/login", "/login-tokens"]) {
      const response = await bare(app, path, {}, { user: "alice", password: "no" });
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({ message: "Wrong user or password" });
    }
    expect(app.core.sessions()).toEqual([]);
    expect(await new Client(app).me()).toBe(401);
  });

  it("knows tenants, which stand in the handle and in the token", async () => {
    const app = await start();
    const client = new Client(app);
    await client.signIn("bob", "t1");
    const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
    const me = (await client.me()) as { handle: string };
    expect(me).toMatchObject({ userId: "bob", tenantId: "t1" });
    const [id, tenant] = me.handle.split("_");
    expect([id, tenant]).toEqual([expect.stringMatching(uuid), "t1"]);
    expect(claimsOf(client.cookies.get("sAccessToken")?.value ?? "").tId).toBe("t1");
    await client.send("POST", "/login", { user: "bob", password: "bob-password" });
    expect(await client.me()).toMatchObject({ handle: expect.stringMatching(uuid) });
    expect(app.core.sessions()).toHaveLength(2);
  });

  it("puts the tokens into headers without the header st-auth-mode, and for who asks so", async () => {
    const app = await start();
    const login = { user: "carol", password: "carol-password", tenant: "t2" };
    const either: Record<string, string>[] = [{}, { "st-auth-mode": "header" }];
    for (const headers of either) {
      const response = await bare(app, "/login", headers, login);
      expect(await response.json()).toEqual({ message: "User logged in!" });
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(response.headers.get("st-refresh-token")).toBeTruthy();
      const authorization = `Bearer ${response.headers.get("st-access-token")}`;
      const me = await fetch(`${app.origin}/me`, { headers: { authorization } });
      expect(await me.json()).toMatchObject({ userId: "carol", tenantId: "t2" });
    }
  });

  it("gives the tokens to who wants them without request and response", async () => {
    const app = await start({ antiCsrf: "VIA_TOKEN" });
    const login = { user: "alice", password: "alice-password" };
    const response = await bare(app, "/login-tokens", { "st-auth-mode": "cookie" }, login);
    expect(response.headers.getSetCookie()).toEqual([]);
    const body = await response.json();
    const names = {
      accessToken: "st-access-token",
      frontToken: "front-token",
      refreshToken: "st-refresh-token",
      antiCsrfToken: "anti-csrf",
    };
    for (const [name, header] of Object.entries(names)) {
      expect(body[name]).toEqual(expect.any(String));
      expect(response.headers.get(header)).toBe(body[name]);
    }
  });

  it("answers in the mode that the server allows", async () => {
    const app = await start({ tokenTransferMethod: "cookie" });
    const response = await bare(app, "/auth/signin", { "st-auth-mode": "header" }, form("bob"));
    expect(response.headers.get("st-access-token")).toBeNull();
    expect(response.headers.getSetCookie()).toHaveLength(2);
  });
});

describe("refreshing", () => {
  it("rotates both tokens, and the core is asked once to settle them", async () => {
    const app = await start();
    const client = new Client(app);
    await client.signIn("alice");
    const before = new Map(client.cookies);
    const response = await client.send("POST", REFRESH_PATH);
    expect(response.status).toBe(200);
    for (const name of ["sAccessToken", "sRefreshToken"]) {
      expect(client.cookies.get(name)?.value).not.toBe(before.get(name)?.value);
    }
    const refreshed = claimsOf(client.cookies.get("sAccessToken")?.value ?? "");
    const first = claimsOf(before.get("sAccessToken")?.value ?? "");
    expect(refreshed.parentRefreshTokenHash1).toBe(first.refreshTokenHash1);
    expect(await client.me()).toMatchObject({ userId: "alice" });
    expect(await client.me()).toMatchObject({ userId: "alice" });
    expect(app.core.countOf("/recipe/session/verify")).toBe(1);
    const settled = claimsOf(client.cookies.get("sAccessToken")?.value ?? "");
    expect(settled).toMatchObject({
      parentRefreshTokenHash1: null,
      refreshTokenHash1: refreshed.refreshTokenHash1,
      sessionHandle: first.sessionHandle,
    });
  });

  it("works by a Bearer refresh token, and forgives an answer that was lost", async () => {
    const app = await start();
    const { refreshToken } = await (
      await bare(app, "/login-tokens", {}, { user: "bob", password: "bob-password" })
    ).json();
    const lost = await refreshBy(app, refreshToken);
    const again = await refreshBy(app, refreshToken);
    expect([lost.status, again.status]).toEqual([200, 200]);
    expect(again.headers.getSetCookie()).toEqual([]);
    expect(claimsOf(again.headers.get("st-access-token") ?? "").sub).toBe("bob");
    expect(again.headers.get("front-token")).toBeTruthy();
    expect((await refreshBy(app, again.headers.get("st-refresh-token") ?? "")).status).toBe(200);
  });

  it("takes an old refresh token for stolen once its child was used: the session is gone", async () => {
    const app = await start();
    const client = new Client(app);
    await client.signIn("alice");
    const old = new Map(client.cookies);
    await client.send("POST", REFRESH_PATH);
    await client.send("POST", REFRESH_PATH);
    expect(app.core.sessions()).toHaveLength(1);

    const thief = new Client(app);
    for (const [name, cookie] of old) thief.cookies.set(name, cookie);
    expect(await thief.me()).toMatchObject({ userId: "alice" });
    const response = await thief.send("POST", REFRESH_PATH);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: "token theft detected" });
    expect(response.headers.get("front-token")).toBe("remove");
    expect(thief.cookies.size).toBe(0);
    expect(app.core.sessions()).toEqual([]);
    expect((await client.send("POST", REFRESH_PATH)).status).toBe(401);
  });

  it("takes it for stolen after one rotation, if the new access token was verified", async () => {
    const app = await start();
    const client = new Client(app);
    await client.signIn("alice");
    const old = client.cookies.get("sRefreshToken")?.value ?? "";
    await client.send("POST", REFRESH_PATH);
    await client.me();
    const response = await refreshBy(app, decodeURIComponent(old));
    expect(await response.json()).toEqual({ message: "token theft detected" });
  });

  it("is needed when the access token has ended, and in vain when the session has", async () => {
    const apps = await Promise.all([start({ accessTokenLife: 1 }), start({ refreshTokenLife: 1 })]);
    const [short, over] = apps.map((app) => new Client(app)) as [Client, Client];
    await Promise.all([short.signIn("alice"), over.signIn("bob")]);
    await expect.poll(() => short.me(), { timeout: 5000 }).toBe(401);
    expect((await short.send("POST", REFRESH_PATH)).status).toBe(200);

    await expect.poll(() => over.app.core.sessions(), { timeout: 5000 }).toEqual([]);
    expect((await over.send("POST", REFRESH_PATH)).status).toBe(401);
    expect(over.cookies.size).toBe(0);
  });

  it("can be held by a test after the core has done it", async () => {
    const app = await start();
    const client = new Client(app);
    await client.signIn("alice");
    const { reached, release } = app.core.holdNextRefresh();
    let status = 0;
    const refreshing = client.send("POST", REFRESH_PATH).then((response) => {
      status = response.status;
    });
    await reached;
    expect(await client.me()).toMatchObject({ userId: "alice" });
    expect(status).toBe(0);
    release();
    await refreshing;
    expect(status).toBe(200);
  });
});

describe("the end of a session", () => {
  it("comes by signing out", async () => {
    const app = await start();
    const client = new Client(app);
    await client.signIn("alice");
    const response = await client.send("POST", "/auth/signout");
    expect(await response.json()).toEqual({ status: "OK" });
    expect(client.cookies.size).toBe(0);
    expect(app.core.sessions()).toEqual([]);
  });

  it("comes by revoking in the core: the access token still works, refreshing doesn't", async () => {
    const app = await start();
    const client = new Client(app);
    await client.signIn("alice");
    const { handle } = (await client.me()) as { handle: string };
    expect(app.core.revoke(handle)).toBe(true);
    expect(app.core.revoke(handle)).toBe(false);
    expect(await client.me()).toMatchObject({ userId: "alice" });
    expect((await client.send("POST", REFRESH_PATH)).status).toBe(401);
    expect(await client.me()).toBe(401);
  });
});

describe("anti-CSRF by a token", () => {
  it("refuses what changes something, and refreshing, without the token", async () => {
    const app = await start({ antiCsrf: "VIA_TOKEN" });
    const client = new Client(app);
    await client.signIn("alice");
    const token = client.antiCsrf;
    expect(token).toBeTruthy();
    const role = { role: "admin" };
    expect((await client.send("POST", "/role", role)).status).toBe(200);

    client.antiCsrf = undefined;
    expect(await client.me()).toMatchObject({ userId: "alice" });
    const refused = await client.send("POST", "/role", role);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({ message: "try refresh token" });

    client.antiCsrf = token;
    expect((await client.send("POST", REFRESH_PATH)).status).toBe(200);
    expect(client.antiCsrf).not.toBe(token);
    expect((await client.send("POST", "/role", role)).status).toBe(200);

    client.antiCsrf = token;
    expect((await client.send("POST", REFRESH_PATH)).status).toBe(401);
    expect(client.cookies.size).toBe(0);
  });

  it("is lost by refreshing a session of cookies by a header", async () => {
    const app = await start({ antiCsrf: "VIA_TOKEN" });
    const client = new Client(app);
    await client.signIn("alice");
    const old = client.cookies.get("sRefreshToken")?.value ?? "";
    const response = await refreshBy(app, decodeURIComponent(old));
    expect(response.status).toBe(200);
    expect(response.headers.get("anti-csrf")).toBeNull();
    expect(claimsOf(response.headers.get("st-access-token") ?? "").antiCsrfToken).toBeNull();
  });
});

describe("claims of the application", () => {
  it("change in the token, which ends when it would have, and stay after a refresh", async () => {
    const app = await start();
    const client = new Client(app);
    await client.signIn("alice");
    const before = claimsOf(client.cookies.get("sAccessToken")?.value ?? "");
    await client.send("POST", "/role", { role: "admin" });
    const after = claimsOf(client.cookies.get("sAccessToken")?.value ?? "");
    expect(after).toMatchObject({ role: "admin", exp: before.exp });
    await client.send("POST", REFRESH_PATH);
    expect(claimsOf(client.cookies.get("sAccessToken")?.value ?? "").role).toBe("admin");
    expect(app.core.sessions()).toMatchObject([{ claims: { role: "admin" } }]);
  });
});

describe("several applications", () => {
  it("run at once, and don't believe each other's tokens", async () => {
    const plain = await start();
    const strict = await start({ antiCsrf: "VIA_TOKEN" });
    const [one, other] = [new Client(plain), new Client(strict)];
    await one.signIn("alice");
    await other.signIn("bob");
    expect([one.antiCsrf, other.antiCsrf]).toEqual([undefined, expect.any(String)]);
    expect(await one.me()).toMatchObject({ userId: "alice" });
    expect(await other.me()).toMatchObject({ userId: "bob" });
    for (const [name, cookie] of one.cookies) other.cookies.set(name, cookie);
    expect(await other.me()).toBe(401);
  });
});

describe("the pages", () => {
  it("are one with the SDK in its script, and one without any", async () => {
    const app = await start();
    const textAt = async (path: string) => (await fetch(new URL(path, app.url))).text();
    expect(await textAt("/?mode=header")).toContain(`src="/app.js"`);
    expect(await textAt("/app.js")).toContain("__supertokensSessionRecipe");
    expect(await textAt("/plain")).not.toContain("<script");
    expect((await fetch(new URL("/nothing", app.url))).status).toBe(404);
  });
});
