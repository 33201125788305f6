/** What is done with a saved session at its server, while no page has it; and making one so. */
import { describe, expect, it } from "vitest";
import { SessionRefusedError, WebError } from "../../../../src/web/web-error.ts";
import type { WebSignIn } from "../../../../src/web/web-model.ts";
import type { WebPage } from "../../../../src/web/web-page.ts";
import type { Snapshot } from "../../../../src/web/web-system.ts";
import {
  openScene,
  recipeForm,
  type SceneOptions,
  snapshots,
} from "../../../support/web/supertokens-scene.ts";

const MODES = [
  ["cookie", "NONE"],
  ["cookie", "VIA_TOKEN"],
  ["header", "NONE"],
] as const;

async function aliceSavedBobIn(options: SceneOptions = {}) {
  const scene = await openScene(options);
  await scene.signIn("alice");
  const { snapshot: alice, seen } = await snapshots().take(scene.page);
  await scene.signIn("bob");
  return { ...scene, alice, seen };
}

function shape({ cookies }: Snapshot) {
  return cookies.map(({ value: _value, expireAt: _expireAt, ...rest }) => rest);
}

describe("touch", () => {
  it.each(MODES)("renews it without the page (%s, %s)", async (mode, antiCsrf) => {
    const scene = await aliceSavedBobIn({ mode, antiCsrf });
    const before = scene.jar.kept;
    const { seen, snapshot } = await snapshots().touch(scene.alice, scene.page.fetch);
    expect(scene.jar.kept).toEqual(before);
    expect(seen).toMatchObject({ id: scene.seen.id, user: "alice", status: "active" });
    // All of it is new, and kept as it was.
    const others = new Map(scene.alice.cookies.map(({ name, value }) => [name, value]));
    for (const { name, value } of snapshot.cookies) expect(value).not.toBe(others.get(name));
    const kept =
      antiCsrf === "VIA_TOKEN"
        ? {
            ...scene.alice,
            cookies: scene.alice.cookies.filter(({ name }) => name !== "sAntiCsrf"),
          }
        : scene.alice;
    expect(shape(snapshot)).toEqual(shape(kept));
    await snapshots().put(scene.page, snapshot);
    expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "alice" });
  });

  it("can be done again and again, and the first page request says so where it must renew", async () => {
    const scene = await aliceSavedBobIn({ antiCsrf: "VIA_TOKEN" });
    let { snapshot, seen } = await snapshots().touch(scene.alice, scene.page.fetch);
    expect(seen.warnings.join()).toContain("its first request renews it once");
    expect(seen.facts).toContainEqual({
      name: "Anti-CSRF",
      value: "VIA_TOKEN, but this session has no token yet",
    });
    for (let turn = 0; turn < 3; turn++) {
      ({ snapshot, seen } = await snapshots().touch(snapshot, scene.page.fetch));
    }
    expect(seen.warnings).toHaveLength(1);
    await snapshots().put(scene.page, snapshot);
    expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "alice" });
  });

  it("says that a snapshot which was renewed elsewhere is worthless", async () => {
    const scene = await aliceSavedBobIn();
    const first = await snapshots().touch(scene.alice, scene.page.fetch);
    await snapshots().touch(first.snapshot, scene.page.fetch);
    const error = await snapshots()
      .touch(scene.alice, scene.page.fetch)
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SessionRefusedError);
    expect(error.status).toBe("revoked");
    expect(error.message).toContain("token theft detected");
    expect(scene.server.sessions.has(scene.seen.id)).toBe(false);
  });

  it("says that the server knows it no more", async () => {
    const scene = await aliceSavedBobIn();
    scene.server.revoke(scene.seen.id);
    const error = await snapshots()
      .touch(scene.alice, scene.page.fetch)
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SessionRefusedError);
    expect(error.message).toContain("The server answered 401: unauthorised");
  });

  it("sends nothing where its refresh token is past its end", async () => {
    const scene = await aliceSavedBobIn();
    const asked = scene.server.requests.length;
    const old = scene.alice.cookies.map((cookie) => ({ ...cookie, expireAt: 1_000 }));
    const error = await snapshots()
      .touch({ ...scene.alice, cookies: old }, scene.page.fetch)
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SessionRefusedError);
    expect(error.status).toBe("expired");
    expect(scene.server.requests).toHaveLength(asked);
  });

  it.each<[string, number, string, RegExp]>([
    [
      "a proxy that wants a password",
      401,
      "Proxy says no",
      /couldn't be renewed.*401: Proxy says no/,
    ],
    ["a server that is down", 503, "", /couldn't be renewed\. The server answered 503\./],
    [
      "an answer without tokens",
      200,
      '{"message":"several cookies"}',
      /without new tokens.*several/,
    ],
    ["an answer that is no SuperTokens", 200, "<html>Hello</html>", /without new tokens/],
  ])("isn't over for %s", async (_what, status, text, words) => {
    const scene = await aliceSavedBobIn();
    const error = await snapshots()
      .touch(scene.alice, async () => ({ status, text, headers: new Map() }))
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WebError);
    expect(error.message).toMatch(words);
  });

  it("takes no tokens of another session, and none that would be two cookies", async () => {
    const scene = await aliceSavedBobIn();
    const bob = (await snapshots().take(scene.page)).snapshot;
    const access = bob.cookies.find(({ name }) => name === "sAccessToken")?.value ?? "";
    const answering = (headers: Record<string, string>) => async () => ({
      status: 200,
      text: "",
      headers: new Map(Object.entries(headers)),
    });
    const bobs = { "st-access-token": access, "st-refresh-token": "new" };
    await expect(snapshots().touch(scene.alice, answering(bobs))).rejects.toThrow(
      /another session/,
    );
    const bad = { "st-access-token": access, "st-refresh-token": "a; domain=evil.example" };
    await expect(snapshots().touch(scene.alice, answering(bad))).rejects.toThrow(
      /without new tokens/,
    );
  });
});

describe("end", () => {
  it.each(MODES)(
    "signs it out at the server; the page's goes on (%s, %s)",
    async (mode, antiCsrf) => {
      const scene = await aliceSavedBobIn({ mode, antiCsrf });
      await snapshots().end(scene.alice, scene.page.fetch);
      expect(scene.server.sessions.has(scene.seen.id)).toBe(false);
      expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "bob" });
    },
  );

  it("renews it first where its access token is past", async () => {
    const scene = await aliceSavedBobIn({ accessMs: -1_000 });
    scene.server.accessMs = 60_000;
    await snapshots().end(scene.alice, scene.page.fetch);
    expect(scene.server.sessions.has(scene.seen.id)).toBe(false);
    expect(scene.server.requests.slice(-2)).toEqual([
      "POST /auth/session/refresh",
      "POST /auth/signout",
    ]);
  });

  it("says what the server said", async () => {
    const scene = await aliceSavedBobIn();
    scene.server.instead = () => ({ status: 500, text: "Oops" });
    await expect(snapshots().end(scene.alice, scene.page.fetch)).rejects.toThrow(
      "The server didn't sign the session out. The server answered 500: Oops",
    );
  });

  it("says where its API isn't known", async () => {
    const scene = await aliceSavedBobIn();
    const { base: _base, ...rest } = scene.alice;
    await expect(snapshots().end(rest, scene.page.fetch)).rejects.toThrow(/API is isn't known/);
  });
});

describe("reveal", () => {
  it("gives one token at a time", async () => {
    const { alice, seen } = await aliceSavedBobIn();
    expect(snapshots().reveal(alice, "refresh")).toBe(`${seen.id}+/=1`);
    expect(snapshots().reveal(alice, "anti-csrf")).toBeUndefined();
    expect(snapshots().reveal(alice, "toString")).toBeUndefined();
  });
});

describe("sign in without touching the page", () => {
  const FORMS: [string, Partial<WebSignIn>][] = [
    ["the recipe", {}],
    ["the application's own endpoint", { endpoint: "/login", shape: "flat" }],
    ["one that gives tokens in its body", { endpoint: "/login-for-tokens", shape: "flat" }],
  ];

  for (const [mode, antiCsrf] of MODES) {
    it.each(FORMS)(`${mode}, ${antiCsrf}: at %s`, async (_what, form) => {
      const scene = await openScene({ mode, antiCsrf });
      await scene.signIn("alice");
      const before = scene.jar.kept;
      const { seen, snapshot } = await snapshots().signIn(scene.page, recipeForm("carol", form));
      expect(scene.jar.kept).toEqual(before);
      expect(seen).toMatchObject({ user: "carol", current: false, status: "active" });
      expect(snapshot.base).toBe("http://localhost:3000/auth");
      // Kept as the page keeps its own.
      const { snapshot: alice } = await snapshots().take(scene.page);
      const like = alice.cookies.filter(({ name }) => name !== "sAntiCsrf");
      expect(shape(snapshot)).toEqual(shape({ ...alice, cookies: like }));
      await snapshots().put(scene.page, snapshot);
      expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "carol" });
    });
  }

  it("in a page that nobody is signed in to: as the server and the SDK would set them, and said", async () => {
    const scene = await openScene();
    const { seen, snapshot } = await snapshots().signIn(scene.page, recipeForm("carol"));
    expect(seen.warnings.join()).toContain("SuperTokens' usual way");
    const days = ({ expireAt = 0 }: { expireAt?: number }) =>
      Math.round((expireAt - Date.now()) / 8_640_000) / 10;
    expect(
      snapshot.cookies.map((c) => [c.name, c.path, c.httpOnly, c.sameSite, c.hostOnly, days(c)]),
    ).toEqual([
      ["sRefreshToken", "/auth/session/refresh", true, "lax", true, 100],
      ["sAccessToken", "/", true, "lax", true, 365],
      ["sFrontToken", "/", false, "lax", true, 400],
      ["st-last-access-token-update", "/", false, "lax", true, 400],
    ]);
    await snapshots().put(scene.page, snapshot);
    expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "carol" });
    expect((await scene.current()).warnings).toEqual([]);
  });

  it("where the API is on another host: as in header mode, which the SDK sends too", async () => {
    const scene = await openScene({ apiBase: "http://api.example.test/auth" });
    await scene.ask("GET", "/me");
    const form = recipeForm("carol", { endpoint: "http://api.example.test/auth/signin" });
    const { seen, snapshot } = await snapshots().signIn(scene.page, form);
    expect(seen.warnings.join()).toContain("api.example.test");
    expect(snapshot.cookies.map(({ name }) => name)).toContain("st-refresh-token");
    await snapshots().put(scene.page, snapshot);
    expect(await scene.ask("POST", "/me")).toMatchObject({ status: 200, user: "carol" });
  });

  it.each<[string, Partial<WebSignIn>, RegExp]>([
    [
      "wrong credentials",
      { fields: [{ name: "password", value: "wrong", secret: true }] },
      /no SuperTokens tokens\. The server said: WRONG_CREDENTIALS_ERROR/,
    ],
    ["something else", { endpoint: "/elsewhere" }, /The server answered 404: Not found/],
  ])("says what the server said: %s", async (_what, form, words) => {
    const scene = await openScene();
    await expect(snapshots().signIn(scene.page, recipeForm("carol", form))).rejects.toThrow(words);
  });

  it("takes no tokens that can't be read, or are of two sessions", async () => {
    const scene = await openScene();
    scene.server.instead = () => ({
      status: 200,
      text: '{"accessToken":"a.b.c","refreshToken":"r"}',
    });
    await expect(snapshots().signIn(scene.page, recipeForm("carol"))).rejects.toThrow(
      /no SuperTokens tokens/,
    );
    scene.server.instead = undefined;
    await scene.signIn("alice");
    const front = scene.jar.kept.find(({ name }) => name === "sFrontToken")?.value ?? "";
    const { page } = scene;
    const mixing: WebPage = {
      holder: page.holder,
      cookies: page.cookies,
      run: page.run.bind(page),
      fetch: async (url, init) => {
        const answer = await page.fetch(url, init);
        return { ...answer, headers: new Map([...answer.headers, ["front-token", front]]) };
      },
    };
    await expect(snapshots().signIn(mixing, recipeForm("carol"))).rejects.toThrow(/two sessions/);
  });
});
