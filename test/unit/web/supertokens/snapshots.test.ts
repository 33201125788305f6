/** Sessions are taken out of a page and put into it, whole, and nobody is lost. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { superTokens } from "../../../../src/web/supertokens/supertokens.ts";
import {
  CookiesRefusedError,
  HalfSwappedError,
  RolledBackError,
  WebError,
} from "../../../../src/web/web-error.ts";
import type { Snapshot } from "../../../../src/web/web-system.ts";
import { FakeCookieJar } from "../../../support/web/fake-cookie-jar.ts";
import { FakeWebPage } from "../../../support/web/fake-web-page.ts";
import {
  openScene,
  type SceneOptions,
  type SuperTokensScene,
  snapshots,
} from "../../../support/web/supertokens-scene.ts";

const MODES = [
  ["cookie", "NONE"],
  ["cookie", "VIA_TOKEN"],
  ["header", "NONE"],
] as const;

/** Alice is saved, Bob is signed in after her. */
async function aliceSavedBobIn(options: SceneOptions = {}) {
  const scene = await openScene(options);
  await scene.signIn("alice");
  const { snapshot: alice, seen } = await snapshots().take(scene.page);
  await scene.signIn("bob");
  return { ...scene, alice, seen };
}

async function whoIsIn(scene: Pick<SuperTokensScene, "ask">): Promise<string | undefined> {
  const got = await scene.ask("GET", "/me");
  const posted = await scene.ask("POST", "/me");
  expect(posted.user).toBe(got.user);
  return got.user;
}

describe("take", () => {
  it.each(MODES)("has the session whole, and changes nothing (%s, %s)", async (mode, antiCsrf) => {
    const scene = await openScene({ mode, antiCsrf });
    await scene.signIn("alice");
    const before = scene.jar.kept;
    const { seen, snapshot } = await snapshots().take(scene.page);
    expect(scene.jar.kept).toEqual(before);
    expect(new Set(snapshot.cookies)).toEqual(new Set(before));
    expect(snapshot).toMatchObject({
      kind: "supertokens",
      origin: "http://localhost:3000",
      base: "http://localhost:3000/auth",
    });
    expect(seen).toMatchObject({
      user: "alice",
      current: false,
      status: "active",
      warnings: [],
      operations: { switch: true, touch: true, end: true, remove: true },
    });
    expect(seen.operations).not.toHaveProperty("save");
  });

  it("says what is missing", async () => {
    const scene = await openScene();
    await expect(snapshots().take(scene.page)).rejects.toThrow(/no SuperTokens session to save/);
    await scene.signIn("alice");
    for (const cookie of scene.jar.kept.filter(({ httpOnly }) => httpOnly)) {
      scene.jar.drop(cookie, "explicit");
    }
    await expect(snapshots().take(scene.page)).rejects.toThrow(
      "The page has no access and no refresh token to save. Nothing was saved.",
    );
  });

  it("needs the permission, in header mode too", async () => {
    const scene = await openScene({ mode: "header" });
    await scene.signIn("alice");
    scene.jar.refused = "permission";
    await expect(snapshots().take(scene.page)).rejects.toThrow(CookiesRefusedError);
  });

  it("leaves a duplicate that is nobody's out, and refuses where that can't be told", async () => {
    const scene = await openScene();
    await scene.signIn("alice");
    const named = (name: string) => scene.jar.kept.filter((cookie) => cookie.name === name);
    const [access] = named("sAccessToken");
    const [refresh] = named("sRefreshToken");
    if (access) scene.jar.put({ ...access, path: "/app", value: "e30.e30.x" });
    const { snapshot } = await snapshots().take(scene.page);
    expect(snapshot.cookies.filter(({ name }) => name === "sAccessToken")).toEqual([access]);
    if (refresh) scene.jar.put({ ...refresh, path: "/session/refresh" });
    await expect(snapshots().take(scene.page)).rejects.toThrow(/several cookies sRefreshToken/);
  });

  it("waits for a renewal whose cookies are written in two steps", async () => {
    const scene = await openScene();
    await scene.signIn("alice");
    const old = scene.jar.kept;
    await superTokens.touch(scene.page, await scene.current());
    const fresh = scene.jar.kept;
    const sdks = (cookies: typeof old) => cookies.filter(({ httpOnly }) => !httpOnly);
    for (const cookie of sdks(old)) scene.jar.put(cookie);
    setTimeout(() => {
      for (const cookie of sdks(fresh)) scene.jar.put(cookie);
    }, 300);
    const { snapshot } = await snapshots().take(scene.page);
    expect(new Set(snapshot.cookies)).toEqual(new Set(fresh));
  });

  it.each([
    "/auth/session/refresh",
    // As a proxy leaves it that rewrites the paths of cookies.
    "/",
  ])("carries no httpOnly token to a host that a page made up (path %s)", async (path) => {
    const scene = await openScene();
    await scene.signIn("alice");
    const [refresh] = scene.jar.kept.filter(({ name }) => name === "sRefreshToken");
    if (refresh) scene.jar.drop(refresh, "explicit");
    if (refresh) scene.jar.put({ ...refresh, path });
    const [front] = scene.jar.kept.filter(({ name }) => name === "sFrontToken");
    const told = JSON.parse(Buffer.from(front?.value ?? "", "base64").toString());
    told.up.iss = "https://evil.example/auth";
    const forged = Buffer.from(JSON.stringify(told)).toString("base64");
    if (front) scene.jar.put({ ...front, value: forged });
    const { snapshot } = await snapshots().take(scene.page);
    expect(snapshot.base).toBe("http://localhost:3000/auth");
  });
});

describe("put", () => {
  it.each(MODES)("makes the page run as the saved one (%s, %s)", async (mode, antiCsrf) => {
    const scene = await aliceSavedBobIn({ mode, antiCsrf });
    await snapshots().put(scene.page, scene.alice);
    expect(await whoIsIn(scene)).toBe("alice");
    expect((await scene.current()).id).toBe(scene.seen.id);
  });

  it.each(MODES)("loses nobody in ten switches in a row (%s, %s)", async (mode, antiCsrf) => {
    const scene = await aliceSavedBobIn({ mode, antiCsrf });
    const saved: Record<string, Snapshot> = { alice: scene.alice };
    let current = "bob";
    for (let turn = 0; turn < 10; turn++) {
      // The page renews between the switches: only a fresh snapshot of the outgoing one holds.
      await superTokens.touch(scene.page, await scene.current());
      saved[current] = (await snapshots().take(scene.page)).snapshot;
      current = current === "bob" ? "alice" : "bob";
      await snapshots().put(scene.page, saved[current]);
      expect(await whoIsIn(scene)).toBe(current);
    }
    expect(scene.server.sessions.size).toBe(2);
  });

  it("leaves no session where there is none to put", async () => {
    const scene = await aliceSavedBobIn();
    await snapshots().put(scene.page, undefined);
    expect((await scene.look())?.sessions).toEqual([]);
    await snapshots().put(scene.page, scene.alice);
    expect(await whoIsIn(scene)).toBe("alice");
  });

  it.each(MODES)(
    "has the page's session back at whatever step it fails (%s, %s)",
    async (mode, antiCsrf) => {
      const { length: steps } = await (async () => {
        const scene = await aliceSavedBobIn({ mode, antiCsrf });
        scene.jar.calls.length = 0;
        await snapshots().put(scene.page, scene.alice);
        return scene.jar.calls;
      })();
      for (let step = 1; step <= steps; step++) {
        const scene = await aliceSavedBobIn({ mode, antiCsrf });
        const before = scene.jar.kept;
        scene.jar.calls.length = 0;
        scene.jar.failing = (n) => (n === step ? new WebError("The browser said no.") : undefined);
        const error = await snapshots()
          .put(scene.page, scene.alice)
          .catch((thrown) => thrown);
        // The first two calls only read.
        expect(error).toBeInstanceOf(step > 2 ? RolledBackError : WebError);
        expect(new Set(scene.jar.kept)).toEqual(new Set(before));
        expect(await whoIsIn(scene)).toBe("bob");
      }
    },
  );

  it("says where the way back failed too", async () => {
    const scene = await aliceSavedBobIn();
    scene.jar.calls.length = 0;
    scene.jar.failing = (n) => (n > 3 ? new WebError("The browser said no.") : undefined);
    await expect(snapshots().put(scene.page, scene.alice)).rejects.toThrow(HalfSwappedError);
  });

  it("removes duplicates of the outgoing session, wherever they are", async () => {
    const scene = await aliceSavedBobIn();
    const [access] = scene.jar.kept.filter(({ name }) => name === "sAccessToken");
    if (!access) throw new Error("Bob is signed in.");
    scene.jar.put({ ...access, domain: ".localhost", hostOnly: false });
    scene.jar.put({ ...access, partitionKey: { topLevelSite: "https://top.example" } });
    await snapshots().put(scene.page, scene.alice);
    expect(new Set(scene.jar.kept)).toEqual(new Set(scene.alice.cookies));
  });

  it.each<[string, (snapshot: Snapshot) => Snapshot, RegExp]>([
    [
      "another origin",
      (s) => ({ ...s, origin: "http://localhost:5173" }),
      /one of http:\/\/localhost:5173/,
    ],
    [
      "another container",
      (s) => ({
        ...s,
        cookies: s.cookies.map((cookie) => ({ ...cookie, storeId: "container-2" })),
      }),
      /another container/,
    ],
    [
      "one that is over",
      (s) => ({ ...s, cookies: s.cookies.map((cookie) => ({ ...cookie, expireAt: 1_000 })) }),
      /ended on/,
    ],
  ])("touches nothing for a snapshot of %s", async (_what, change, words) => {
    const scene = await aliceSavedBobIn();
    const before = scene.jar.kept;
    await expect(snapshots().put(scene.page, change(scene.alice))).rejects.toThrow(words);
    expect(scene.jar.kept).toEqual(before);
    expect(await whoIsIn(scene)).toBe("bob");
  });

  it("keeps the container's store", async () => {
    const jar = new FakeCookieJar("localhost", "firefox-container-2");
    const { alice } = await aliceSavedBobIn();
    const own = { ...alice, cookies: alice.cookies.map((c) => ({ ...c, storeId: jar.storeId })) };
    await snapshots().put(new FakeWebPage({ jar }), own);
    expect(new Set(jar.kept)).toEqual(new Set(own.cookies));
  });
});

describe("watching after a switch", () => {
  afterEach(() => vi.useRealTimers());

  async function switched(mode: "cookie" | "header" = "cookie") {
    const scene = await aliceSavedBobIn({ mode });
    const bobs = scene.jar.kept;
    await snapshots().put(scene.page, scene.alice);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const stop = new AbortController();
    const watching = snapshots().watch(scene.page, scene.alice, stop.signal);
    const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
    return { ...scene, bobs, stop, watching, pass };
  }

  it("stayed where nothing happens for ten seconds", async () => {
    const { watching, pass, jar } = await switched();
    await pass(10_000);
    expect(await watching).toBe("stayed");
    expect(jar.listeners).toBe(0);
  });

  it.each(["cookie", "header"] as const)(
    "stayed where the page renews the session (%s)",
    async (mode) => {
      const { watching, pass, page } = await switched(mode);
      await page.inWorld(
        `__supertokensSessionRecipe.addFetchInterceptorsAndReturnModifiedFetch({
        originalFetch: async () => new Response(null, { status: globalThis.n++ ? 200 : 401 }),
      })("http://localhost:3000/auth", (globalThis.n = 0, {}))`,
      );
      await pass(10_000);
      expect(await watching).toBe("stayed");
    },
  );

  it("overwritten where a renewal of the former session comes in late", async () => {
    const { watching, pass, jar, bobs } = await switched();
    await pass(3_000);
    for (const cookie of bobs) jar.put(cookie);
    await pass(500);
    expect(await watching).toBe("overwritten");
  });

  it("overwritten where only the server's half of it came", async () => {
    const { watching, pass, jar, bobs } = await switched();
    for (const cookie of bobs.filter(({ httpOnly }) => httpOnly)) jar.put(cookie);
    await pass(500);
    expect(await watching).toBe("overwritten");
  });

  it("changed where somebody else signs in, or the page signs out", async () => {
    const { watching, pass, signIn } = await switched();
    await signIn("carol");
    await pass(500);
    expect(await watching).toBe("changed");
    vi.useRealTimers();
    const second = await switched();
    await second.page.inWorld("__supertokensSessionRecipe.signOut()");
    await second.pass(500);
    expect(await second.watching).toBe("changed");
  });

  it("ends when it is told to, and takes no notice of other cookies", async () => {
    const { watching, pass, stop, jar } = await switched();
    jar.setText("theme=dark", { byScript: true });
    await pass(1_000);
    stop.abort();
    expect(await watching).toBe("stayed");
    expect(jar.listeners).toBe(0);
    const already = AbortSignal.abort();
    const { page, alice } = await aliceSavedBobIn();
    expect(await snapshots().watch(page, alice, already)).toBe("stayed");
  });
});
