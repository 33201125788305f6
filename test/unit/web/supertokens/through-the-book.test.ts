/** SuperTokens' sessions through everything between it and the views: saved, switched, renewed, nobody lost. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { superTokens } from "../../../../src/web/supertokens/supertokens.ts";
import { WebBook } from "../../../../src/web/web-book.ts";
import { WebOperations } from "../../../../src/web/web-operations.ts";
import { failureOf } from "../../../support/scene.ts";
import {
  openScene,
  recipeForm,
  type SceneOptions,
} from "../../../support/web/supertokens-scene.ts";
import { MemoryWebStores } from "../../../support/web/web-scene.ts";

afterEach(() => void vi.useRealTimers());

async function opened(options: SceneOptions = {}) {
  const scene = await openScene(options);
  const { page, server } = scene;
  const { tabId, origin } = page.holder;
  const stores = new MemoryWebStores();
  const book = new WebBook({
    systems: [superTokens],
    store: stores.durable,
    secret: stores.secret,
    fetch: page.fetch,
    documents: () => [page.holder],
    page: async () => page,
    changed: () => undefined,
    history: () => undefined,
    failed: (what, error) => {
      throw new Error(`${what}: ${String(error)}`);
    },
  });
  const operations = new WebOperations(book);
  const look = () => operations.look(tabId);
  await look();
  const onPage = () => {
    const found = book.viewOf(tabId).sessions.find(({ current }) => current);
    if (!found) throw new Error("The page has no session.");
    return found;
  };
  const saved = (user: string) => {
    const found = book.savedFor(tabId).find((each) => each.user === user);
    if (!found) throw new Error(`${user} isn't saved.`);
    return found;
  };
  const saveAs = async (user: string) => {
    await scene.signIn(user);
    await look();
    await operations.save(tabId, onPage().key);
  };
  const switchTo = (user: string) => operations.switch(tabId, saved(user).key);
  const whoIs = async () => (await scene.ask("GET", "/me")).user;
  const signIn = (user: string, into: "page" | "saved") =>
    operations.signIn(tabId, { origin, form: recipeForm(user), into });
  return {
    ...scene,
    server,
    stores,
    operations,
    book,
    tabId,
    look,
    onPage,
    saved,
    saveAs,
    switchTo,
    whoIs,
    signIn,
  };
}

const WAYS: SceneOptions[] = [
  { mode: "cookie" },
  { mode: "header" },
  { mode: "cookie", antiCsrf: "VIA_TOKEN" },
];

describe.each(WAYS)("with $mode $antiCsrf", (options) => {
  it("ten switches in a row lose nobody, by the application's own word", async () => {
    const scene = await opened(options);
    for (const user of ["alice", "bob", "carol"]) await scene.saveAs(user);
    const turns = [
      "alice",
      "bob",
      "carol",
      "alice",
      "carol",
      "bob",
      "alice",
      "bob",
      "carol",
      "alice",
    ];
    for (const [index, user] of turns.entries()) {
      await scene.switchTo(user);
      expect(scene.onPage().user).toBe(user);
      expect(await scene.whoIs()).toBe(user);
      // As the page goes on: it renews, writes, is looked at.
      if (index % 2 === 0) await scene.operations.touch(scene.tabId, scene.onPage().key);
      if (index % 3 === 0) await scene.look();
      expect((await scene.ask("POST", "/me")).status).toBe(200);
    }
    expect(scene.server.sessions.size).toBe(3);
    expect(scene.book.savedFor(scene.tabId).map(({ status }) => status)).toEqual(
      Array(3).fill("active"),
    );
  });

  it("whoever signs in apart, or in the page, can be switched to and from", async () => {
    const scene = await opened(options);
    await scene.signIn("alice", "page");
    await scene.signIn("bob", "saved");
    expect(await scene.whoIs()).toBe("alice");
    await scene.switchTo("bob");
    expect(await scene.whoIs()).toBe("bob");
    await scene.switchTo("alice");
    expect(await scene.whoIs()).toBe("alice");
  });

  it("one whose token is over is renewed at the server first", async () => {
    const scene = await opened({ ...options, accessMs: 60_000 });
    await scene.saveAs("alice");
    await scene.signIn("bob", "saved");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    await scene.switchTo("bob");
    expect(await scene.whoIs()).toBe("bob");
    await scene.switchTo("alice");
    expect(await scene.whoIs()).toBe("alice");
    expect(scene.server.sessions.size).toBe(2);
  });

  it("one that the server has revoked is found out before the page gets it", async () => {
    const scene = await opened({ ...options, accessMs: 60_000 });
    await scene.saveAs("alice");
    await scene.saveAs("bob");
    scene.server.revoke(scene.saved("alice").id);
    const error = await failureOf(scene.switchTo("alice"));
    expect(error.name).toBe("SessionRefusedError");
    expect(scene.saved("alice").status).not.toBe("active");
    expect(await scene.whoIs()).toBe("bob");
  });

  it.each([1, 2])(
    "after a swap that stopped at cookie %i, and back too, what is saved is whole",
    async (step) => {
      const scene = await opened(options);
      await scene.saveAs("alice");
      await scene.saveAs("bob");
      let sets = 0;
      scene.jar.failing = (_n, operation) =>
        operation === "set" && ++sets > step ? new Error("no more") : undefined;
      expect((await failureOf(scene.switchTo("alice"))).name).toBe("HalfSwappedError");
      scene.jar.failing = undefined;
      await scene.look();
      for (const { key, id } of [scene.saved("alice"), scene.saved("bob")]) {
        const { cookies } = scene.stores.snapshots.get(key) ?? { cookies: [] };
        const refresh = cookies.find(({ name }) => /refresh-?token$/i.test(name));
        expect(decodeURIComponent(refresh?.value ?? "")).toContain(id);
      }
      // The refresh token alone names nobody: until it is taken out the page seems to be Bob's.
      if (step === 1) await scene.operations.remove(scene.tabId, scene.onPage().key);
      for (const user of ["bob", "alice"]) {
        await scene.switchTo(user);
        expect(await scene.whoIs()).toBe(user);
        await scene.operations.touch(scene.tabId, scene.onPage().key);
      }
      expect(scene.server.sessions.size).toBe(2);
    },
  );

  it("one that is signed out, in the page or as saved, is ended for both", async () => {
    const scene = await opened(options);
    await scene.saveAs("alice");
    await scene.saveAs("bob");
    await scene.operations.end(undefined, scene.saved("alice").key);
    await scene.operations.end(scene.tabId, scene.onPage().key);
    expect(scene.server.sessions.size).toBe(0);
    expect([scene.saved("alice").status, scene.saved("bob").status]).toEqual(["ended", "ended"]);
  });
});

/** What a script of the page writes so that the page seems to have this session. */
function forge(scene: Awaited<ReturnType<typeof opened>>, id: string, names: readonly string[]) {
  const claims = { sub: "alice", sessionHandle: id, exp: Math.floor(Date.now() / 1_000) + 3_600 };
  const jwt = `e30.${btoa(JSON.stringify(claims))}.forged`;
  const front = btoa(JSON.stringify({ uid: "alice", ate: claims.exp * 1_000, up: claims }));
  for (const name of names) {
    const value = name === "sFrontToken" ? front : /access/i.test(name) ? jwt : "made-up";
    const path = name === "sRefreshToken" ? "/auth/session/refresh" : "/";
    scene.jar.setText(`${name}=${value}; Path=${path}`, { byScript: true });
  }
}

describe("a page that claims to have a saved session, which it had once", () => {
  const HEADER = ["st-access-token", "st-refresh-token", "sFrontToken"];
  const COOKIE = ["sAccessToken", "sRefreshToken", "sFrontToken"];

  /** The page runs as Bob, Alice is saved. */
  async function bobInAliceSaved() {
    const scene = await opened();
    await scene.saveAs("alice");
    await scene.saveAs("bob");
    const { key, id } = scene.saved("alice");
    return { ...scene, key, id, kept: structuredClone(scene.stores.snapshots.get(key)) };
  }

  it("is shown as whom its server sees, and signs out that one", async () => {
    const scene = await bobInAliceSaved();
    forge(scene, scene.id, ["sFrontToken"]);
    await scene.look();
    expect(scene.onPage()).toMatchObject({ user: "bob" });
    expect(scene.onPage().warnings.join()).toContain("of two different sessions");
    await scene.operations.end(scene.tabId, scene.onPage().key).catch(() => undefined);
    expect([...scene.server.sessions.keys()]).toEqual([scene.id]);
    expect(scene.saved("alice").status).toBe("active");
    expect(scene.stores.snapshots.get(scene.key)).toEqual(scene.kept);
  });

  it.each([
    ["in headers, beside its own cookies", HEADER],
    ["in cookies that it wrote after it was signed out", COOKIE],
  ])("doesn't spoil what is saved of it: %s", async (_how, names) => {
    const scene = await bobInAliceSaved();
    if (names === COOKIE) for (const cookie of scene.jar.kept) scene.jar.drop(cookie, "explicit");
    forge(scene, scene.id, names);
    await scene.look();
    await scene.look();
    expect(scene.stores.snapshots.get(scene.key)).toEqual(scene.kept);
    await scene.switchTo("bob");
    expect(scene.stores.snapshots.get(scene.key)).toEqual(scene.kept);
    await scene.switchTo("alice");
    expect(await scene.whoIs()).toBe("alice");
    expect(scene.server.sessions.size).toBe(2);
  });

  it("and makes as if it signed it out, doesn't end what is saved of it", async () => {
    const scene = await bobInAliceSaved();
    forge(scene, scene.id, HEADER);
    scene.page.inWorld(`__supertokensSessionRecipe.signOut = async () => {
      for (const name of ${JSON.stringify(HEADER)}) {
        document.cookie = name + "=; expires=" + new Date(0).toUTCString() + "; path=/";
      }
    }`);
    await scene.look();
    await scene.operations.end(scene.tabId, scene.onPage().key).catch(() => undefined);
    expect(scene.saved("alice").status).toBe("active");
    expect(scene.stores.snapshots.get(scene.key)).toEqual(scene.kept);
  });
});
