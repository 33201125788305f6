/** SuperTokens is found passively, and what is shown of a session is what is there. */
import { describe, expect, it } from "vitest";
import { superTokens } from "../../../../src/web/supertokens/supertokens.ts";
import type { WebCookie } from "../../../../src/web/web-page.ts";
import type { Look } from "../../../../src/web/web-system.ts";
import { FakeWebPage } from "../../../support/web/fake-web-page.ts";
import { openScene, type SuperTokensScene } from "../../../support/web/supertokens-scene.ts";

async function signedIn(options: Parameters<typeof openScene>[0] = {}) {
  const scene = await openScene(options);
  await scene.signIn("alice");
  return scene;
}

function kept({ jar }: SuperTokensScene, name: string): WebCookie {
  const cookie = jar.kept.find((each) => each.name === name);
  if (!cookie) throw new Error(`No cookie ${name}.`);
  return cookie;
}

function tokenNamed(look: Look | undefined, name: string) {
  return look?.sessions[0]?.tokens.find((token) => token.name === name);
}

describe("a page's session", () => {
  it("is shown with user, tenant, handle, claims and times, and none of the secret claims", async () => {
    const scene = await openScene();
    await superTokens.signIn?.(scene.page, {
      kind: "supertokens",
      endpoint: "/auth/{tenant}/signin",
      tenant: "acme",
      shape: "form-fields",
      fields: [
        { name: "email", value: "alice", secret: false },
        { name: "password", value: "right", secret: true },
      ],
    });
    const look = await scene.look();
    expect(look?.system).toEqual({ state: "ready", signsIn: true, transfer: "cookie" });
    const session = await scene.current();
    expect(session).toMatchObject({
      kind: "supertokens",
      id: "00000000-0000-4000-8000-000000000001_acme",
      user: "alice",
      tenant: "acme",
      current: true,
      status: "active",
      warnings: [],
    });
    expect(session.claims).toMatchObject({ role: "tester", name: "Zoë" });
    for (const name of ["refreshTokenHash1", "parentRefreshTokenHash1", "antiCsrfToken"]) {
      expect(session.claims).not.toHaveProperty(name);
    }
    const hundredDays = Date.now() + 100 * 86_400_000;
    expect(Math.abs((session.expireAt ?? 0) - hundredDays)).toBeLessThan(5_000);
    expect(session.tokenExpireAt).toBeGreaterThan(Date.now());
    expect(session.updatedAt).toBeGreaterThan(Date.now() - 5_000);
    expect(JSON.stringify(session)).not.toContain("hash-");
  });

  it("tells where each token is kept, and no value", async () => {
    const scene = await signedIn({ antiCsrf: "VIA_TOKEN" });
    const look = await scene.look();
    expect(look?.sessions[0]?.tokens).toEqual([
      {
        name: "access",
        title: "Access token",
        place: "cookie sAccessToken · path / · httpOnly",
        present: true,
      },
      {
        name: "refresh",
        title: "Refresh token",
        place: "cookie sRefreshToken · path /auth/session/refresh · httpOnly",
        present: true,
      },
      { name: "front", title: "Front token", place: "cookie sFrontToken · path /", present: true },
      {
        name: "anti-csrf",
        title: "Anti-CSRF token",
        place: "cookie sAntiCsrf · path /",
        present: true,
      },
    ]);
    for (const { name, value } of scene.jar.kept) {
      if (name !== "st-last-access-token-update") expect(JSON.stringify(look)).not.toContain(value);
    }
  });

  it.each([
    ["cookie", "NONE", "NONE or VIA_CUSTOM_HEADER: the browser can't tell them apart"],
    ["cookie", "VIA_TOKEN", "VIA_TOKEN"],
    ["header", "VIA_TOKEN", "not needed: tokens travel in headers"],
  ] as const)("in %s mode with %s tells the anti-CSRF mode", async (mode, antiCsrf, words) => {
    const scene = await signedIn({ mode, antiCsrf });
    const session = await scene.current();
    expect(session.facts).toContainEqual({ name: "Anti-CSRF", value: words });
    expect(session.facts).toContainEqual({ name: "API", value: "http://localhost:3000/auth" });
  });

  it("in header mode is seen whole without the permission for cookies", async () => {
    const scene = await signedIn({ mode: "header" });
    scene.jar.refused = "permission";
    const look = await scene.look();
    expect(look?.system).toMatchObject({ transfer: "header", cookies: "permission" });
    expect(tokenNamed(look, "refresh")).toEqual({
      name: "refresh",
      title: "Refresh token",
      place: "cookie st-refresh-token · readable by scripts",
      present: true,
    });
    expect(look?.sessions[0]?.warnings).toEqual([]);
    expect(look?.sessions[0]?.operations.save).toBe("Switchyard may not use cookies yet.");
  });

  it("in cookie mode without the permission says what can't be seen, and doesn't call it missing", async () => {
    const scene = await signedIn();
    scene.jar.refused = "permission";
    const look = await scene.look();
    expect(tokenNamed(look, "access")).toEqual({
      name: "access",
      title: "Access token",
      place: "cookie sAccessToken",
      present: false,
      unseen: "Scripts can't read it, and Switchyard may not use cookies yet.",
    });
    expect(look?.sessions[0]).toMatchObject({ status: "active", warnings: [] });
    scene.jar.refused = "host";
    expect(tokenNamed(await scene.look(), "access")?.unseen).toContain("cookies of this site");
  });

  it("stays active where its access token is past, with a warning", async () => {
    const scene = await signedIn({ accessMs: -1_000 });
    const session = await scene.current();
    expect(session.status).toBe("active");
    expect(session.warnings.join()).toMatch(
      /^Access token ended at .*; the page renews it at its next request\.$/,
    );
  });

  it("goes by the server's clock, as the SDK does", async () => {
    const scene = await signedIn({ accessMs: 60_000 });
    scene.page.inWorld(`localStorage.setItem("__st_clockSkewInMillis", "120000")`);
    expect((await scene.current()).warnings.join()).toMatch(/^Access token ended/);
    scene.page.inWorld(`localStorage.setItem("__st_clockSkewInMillis", "hello")`);
    expect((await scene.current()).warnings).toEqual([]);
  });

  it("is expired where its access token is past and nothing can renew it", async () => {
    const scene = await signedIn({ accessMs: -1_000 });
    scene.jar.drop(kept(scene, "sRefreshToken"), "expired");
    const session = await scene.current();
    expect(session.status).toBe("expired");
    expect(session.cause).toMatch(
      /^The access token ended at .*, and there is no refresh token\.$/,
    );
    expect(session.operations.touch).toBe("There is no refresh token to renew it with.");
  });

  it("is on an API of another port, found by the issuer in its token", async () => {
    const scene = await signedIn({ apiBase: "http://localhost:3001/api/auth" });
    const { facts } = await scene.current();
    expect(facts).toContainEqual({ name: "API", value: "http://localhost:3001/api/auth" });
  });

  it("is on an API of another host, whose cookies aren't the page's: said, not called missing", async () => {
    const scene = await signedIn({ apiBase: "http://api.example.test/auth" });
    const session = await scene.current();
    expect(session.status).toBe("active");
    expect(session.warnings.join()).toContain("cookies of api.example.test");
    expect(session.operations).toMatchObject({ touch: true, end: true });
    expect(session.operations.save).toContain("api.example.test");
    expect(session.operations.remove).toContain("api.example.test");
  });
});

describe("looking", () => {
  it("finds nothing where there is nothing", async () => {
    expect(await superTokens.look(new FakeWebPage())).toBeUndefined();
  });

  it("finds the SDK where nobody is signed in", async () => {
    const scene = await openScene();
    expect(await scene.look()).toEqual({ system: { state: "ready", signsIn: true }, sessions: [] });
  });

  it("changes nothing, asks no server and renews nothing", async () => {
    const scene = await signedIn({ accessMs: -1_000 });
    const before = scene.jar.kept;
    const asked = scene.server.requests.length;
    await scene.look();
    expect(scene.jar.kept).toEqual(before);
    expect(scene.server.requests).toHaveLength(asked);
    expect(scene.page.ran.slice(-1)).toEqual(["readPage"]);
  });

  it("says where cookies are there but no SDK: another port's, or not loaded yet", async () => {
    const { jar } = await signedIn();
    const look = await superTokens.look(new FakeWebPage({ origin: "http://localhost:5173", jar }));
    expect(look?.system.state).toBe("degraded");
    expect(look?.system.words).toContain("another port");
    expect(look?.sessions[0]?.operations.touch).toContain("SDK isn't in this page");
  });

  it("survives a page whose every getter throws, or answers nonsense", async () => {
    const scene = await signedIn();
    scene.page.inWorld(`
      for (const name of ["__supertokensSessionRecipe", "__supertokensOriginalFetch", "XMLHttpRequest", "localStorage"]) {
        Object.defineProperty(globalThis, name, { get() { throw new Error("no"); }, configurable: true });
      }
      Object.defineProperty(document, "cookie", { get() { throw new Error("no"); } });
    `);
    expect((await scene.current()).user).toBe("alice");
  });

  it("survives a page that has changed what everything is made of", async () => {
    const scene = await signedIn();
    scene.page.inWorld(`
      Object.defineProperty(document, "cookie", { value: { split: () => [{}, 7] } });
      Object.defineProperty(globalThis, "localStorage", { value: { getItem: () => ({}) } });
      Array.prototype.map = () => { throw new Error("no"); };
      Array.prototype.toJSON = Object.prototype.toJSON = () => "what?";
    `);
    expect((await scene.current()).user).toBe("alice");
  });

  it.each([
    null,
    7,
    [],
    { cookies: 5, skew: {}, hasRecipe: "yes" },
    {
      cookies: [[1, 2], "x", ["sFrontToken"], ["theme", "dark"], ["__proto__", "x"]],
      skew: "1e999",
    },
  ])("takes %j for nothing", async (told) => {
    const page = new FakeWebPage();
    page.run = async () => told;
    expect(await superTokens.look(page)).toBeUndefined();
  });
});

describe("what is amiss is said", () => {
  it.each([
    ["no base64", "%%%"],
    ["no JSON", btoa("hello")],
    ["no UTF-8", btoa('{"uid":"\xff"}')],
    ["no object", btoa("[]")],
    ["no user", btoa('{"ate":1,"up":{"sessionHandle":"h"}}')],
    ["no end", btoa('{"uid":"u","ate":"soon","up":{"sessionHandle":"h"}}')],
    ["no claims", btoa('{"uid":"u","ate":1}')],
    ["no session", btoa('{"uid":"u","ate":1,"up":{}}')],
    ["too long", "A".repeat(20_000)],
  ])("a malformed front token: %s", async (_what, value) => {
    const scene = await signedIn();
    scene.jar.put({ ...kept(scene, "sFrontToken"), value });
    const look = await scene.look();
    expect(look?.system.state).toBe("broken");
    expect(look?.system.words).toContain("The front token can't be read");
    // The access token still tells who it is.
    expect(look?.sessions[0]?.user).toBe("alice");
    expect(look?.sessions[0]?.operations.save).toContain("can't be read");
  });

  it("a malformed access token", async () => {
    const scene = await signedIn();
    scene.jar.put({ ...kept(scene, "sAccessToken"), value: "a.b" });
    const look = await scene.look();
    expect(look?.system).toMatchObject({
      state: "broken",
      words: "The access token can't be read: it is no JWT.",
    });
    expect(look?.sessions[0]?.user).toBe("alice");
  });

  it("both malformed: no session, no exception", async () => {
    const scene = await signedIn();
    scene.jar.put({ ...kept(scene, "sAccessToken"), value: "%E0%A4%A" });
    scene.jar.put({ ...kept(scene, "sFrontToken"), value: "%" });
    const look = await scene.look();
    expect(look?.system.state).toBe("broken");
    expect(look?.sessions).toEqual([]);
  });

  it("claims with names that could change what an object is", async () => {
    const scene = await signedIn();
    const up = `{"sessionHandle":"h","__proto__":{"admin":true},"constructor":1}`;
    scene.jar.put({ ...kept(scene, "sFrontToken"), value: btoa(`{"uid":"u","ate":1,"up":${up}}`) });
    const { claims } = await scene.current();
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
    expect((claims as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ["sFrontToken", /front token is missing/],
    ["sAccessToken", /access token is missing/],
    ["sRefreshToken", /refresh token is missing: the session can't be renewed/],
    ["st-last-access-token-update", /st-last-access-token-update is missing/],
  ])("cookies half present: no %s", async (name, words) => {
    const scene = await signedIn();
    scene.jar.drop(kept(scene, name), "explicit");
    const session = await scene.current();
    expect(session.user).toBe("alice");
    expect(session.status).toBe("active");
    expect(session.warnings.join()).toMatch(words);
  });

  it("a front token and an access token of two sessions", async () => {
    const scene = await signedIn();
    const front = kept(scene, "sFrontToken");
    await scene.signIn("bob");
    scene.jar.put(front);
    const session = await scene.current();
    expect(session.warnings.join()).toContain("of two different sessions");
    expect(session.operations.save).toContain("two different sessions");
  });

  it("a second access token under another path or domain", async () => {
    const scene = await signedIn();
    const access = kept(scene, "sAccessToken");
    scene.jar.put({ ...access, path: "/app", value: "e30.e30.x" });
    scene.jar.put({ ...access, domain: ".localhost", hostOnly: false });
    const session = await scene.current();
    expect(session.warnings.join()).toMatch(
      /sAccessToken is there 3 times \(.*path \/app.*domain \.localhost.*\)\. SuperTokens then renews ten times/,
    );
    expect(session.user).toBe("alice");
  });

  it("tokens of both ways side by side", async () => {
    const scene = await signedIn();
    const header = await signedIn({ mode: "header" });
    for (const cookie of header.jar.kept) scene.jar.put(cookie);
    const session = await scene.current();
    expect(session.warnings.join()).toMatch(
      /both ways are there: the server goes by the headers', and sAccessToken and sRefreshToken/,
    );
  });

  it("a partitioned cookie", async () => {
    const scene = await signedIn();
    scene.jar.put({
      ...kept(scene, "sRefreshToken"),
      partitionKey: { topLevelSite: "https://top.example" },
    });
    const session = await scene.current();
    expect(session.warnings.join()).toContain("sRefreshToken is there twice");
    expect(session.operations.save).toContain("nothing tells which");
  });
});

describe("a session that isn't there any more", () => {
  it("was replaced where another one is there now", async () => {
    const scene = await signedIn();
    const before = await scene.current();
    await scene.signIn("bob");
    expect(superTokens.vanished(before, await scene.look())).toEqual({
      status: "replaced",
      cause: "Replaced by a session of bob (00000000-0000-4000-8000-000000000003).",
    });
  });

  it("is expired where its own time is over", async () => {
    const scene = await signedIn();
    const before = { ...(await scene.current()), expireAt: Date.now() - 1 };
    const now = await (await openScene()).look();
    expect(superTokens.vanished(before, now).status).toBe("expired");
    expect(superTokens.vanished(before, undefined).status).toBe("expired");
  });

  it("is gone otherwise, with what isn't known", async () => {
    const scene = await signedIn();
    const before = await scene.current();
    await scene.page.inWorld("__supertokensSessionRecipe.signOut()");
    const now = await scene.look();
    expect(now?.sessions).toEqual([]);
    expect(superTokens.vanished(before, now)).toMatchObject({
      status: "gone",
      cause: expect.stringContaining("can't be seen"),
    });
    expect(superTokens.vanished(before, undefined).status).toBe("gone");
    const broken: Look = {
      system: { state: "broken", words: "No base64.", signsIn: true },
      sessions: [],
    };
    expect(superTokens.vanished(before, broken).cause).toContain("No base64.");
  });
});
