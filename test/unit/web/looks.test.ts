/** What looks at a page make of it: sessions with their history, those that are gone, and no guesses. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { SeenSession } from "../../../src/web/web-model.ts";
import { webSessionKey } from "../../../src/web/web-model.ts";
import { GONE_LIMIT, LOAD_PATIENCE } from "../../../src/web/web-site.ts";
import { failureOf } from "../../support/scene.ts";
import { seenOf } from "../../support/web/fake-system.ts";
import { APP, OTHER } from "../../support/web/fake-world.ts";
import { TAB, WebScene } from "../../support/web/web-scene.ts";

afterEach(() => void vi.useRealTimers());

const lookOf = (sessions: SeenSession[]) => ({
  system: { state: "ready" as const, signsIn: true },
  sessions,
});

describe("a page's session", () => {
  it("is listed with the page by the browser's word, called and coloured, whatever it claims", async () => {
    const scene = new WebScene();
    const [holder] = scene.world.open(TAB);
    const lying = {
      ...seenOf("clerk", { id: "x", user: "alice", n: 1 }),
      holder: "extension",
      key: "saved/1",
    };
    scene.tokens.lookAs = () => lookOf([lying]);
    await scene.look();
    expect(scene.onPage("alice")).toMatchObject({
      key: webSessionKey({ tabId: TAB, origin: APP }, "supertokens", "x"),
      kind: "supertokens",
      holder,
      origin: APP,
      label: "alice",
      colour: expect.stringMatching(/^#[0-9a-f]{6}$/),
      statusSince: expect.any(Number),
    });
  });

  it("keeps its key, colour and history over reloads", async () => {
    const scene = new WebScene();
    await scene.signedIn("alice");
    const before = scene.onPage("alice");
    scene.world.open(TAB);
    await scene.look();
    const after = scene.onPage("alice");
    expect(after).toMatchObject({ key: before.key, colour: before.colour });
    expect(after.holder).not.toEqual(before.holder);
    scene.start();
    await scene.look();
    expect(scene.onPage("alice").colour).toBe(before.colour);
  });

  it("has a line of history for each change of status and identity, by whom it was", async () => {
    const scene = new WebScene();
    scene.world.open(TAB);
    const session = (more: Partial<SeenSession>) => () =>
      lookOf([seenOf("supertokens", { id: "x", user: "alice", n: 1 }, more)]);
    const steps: Partial<SeenSession>[] = [
      { tokenExpireAt: 1_000 },
      { tokenExpireAt: 1_000 },
      { tokenExpireAt: 2_000 },
      { status: "expired", cause: "Its token is over.", tokenExpireAt: 2_000 },
      { tenant: "b", tokenExpireAt: 3_000 },
    ];
    for (const step of steps) {
      scene.tokens.lookAs = session(step);
      await scene.look();
    }
    const { key } = scene.onPage("alice");
    const lines = await scene.operations.history(TAB, key);
    expect(lines.map(({ at: _at, ...line }) => line)).toEqual([
      { event: "created", by: "page", text: "Found on the page." },
      { event: "auth", by: "page", text: "Renewed." },
      {
        event: "status",
        by: "clock",
        before: "active",
        after: "expired",
        text: "Its token is over.",
      },
      { event: "status", by: "page", before: "expired", after: "active", text: "Signed in." },
      { event: "auth", by: "page", before: "user-alice", after: "user-alice (b)" },
      { event: "auth", by: "page", text: "Renewed." },
    ]);
    expect(scene.lines.map(([of]) => of)).toEqual(lines.map(() => key));
  });

  it("that is gone stays in the list, with what its system can tell of that", async () => {
    const scene = new WebScene();
    await scene.signedIn("alice");
    await scene.signedIn("bob");
    expect(scene.onPage("alice")).toMatchObject({
      status: "replaced",
      cause: "The page signed in as somebody else.",
      current: false,
      operations: { remove: true },
    });
    expect(await failureOf(scene.operations.touch(TAB, scene.onPage("alice").key))).toMatchObject({
      name: "WebError",
      message: "The page has this session no more.",
    });
    const lines = await scene.operations.history(TAB, scene.onPage("alice").key);
    expect(lines.at(-1)).toMatchObject({ before: "active", after: "replaced", by: "page" });
    await scene.operations.remove(TAB, scene.onPage("alice").key);
    expect(scene.book.viewOf(TAB).sessions.map(({ label }) => label)).toEqual(["bob"]);
  });

  it("that comes back is the same one", async () => {
    const scene = new WebScene();
    const alice = await scene.signedIn("alice");
    await scene.signedIn("bob");
    scene.world.pageHas(alice);
    await scene.look();
    const { sessions } = scene.book.viewOf(TAB);
    expect(sessions.map(({ label, status }) => [label, status])).toEqual([
      ["alice", "active"],
      ["bob", "replaced"],
    ]);
  });

  it(`is forgotten when it is the oldest of more than ${GONE_LIMIT} that are gone`, async () => {
    const scene = new WebScene();
    for (let index = 0; index < GONE_LIMIT + 5; index += 1) await scene.signedIn(`user${index}`);
    const { sessions } = scene.book.viewOf(TAB);
    expect(sessions).toHaveLength(GONE_LIMIT + 1);
    expect(sessions.some(({ label }) => label === "user0")).toBe(false);
  });

  it("that a person ended or took out is gone by that, and not by what was seen", async () => {
    const scene = new WebScene();
    await scene.signedIn("alice");
    await scene.operations.end(TAB, scene.onPage("alice").key);
    expect(scene.onPage("alice")).toMatchObject({ status: "ended", cause: "You signed it out." });
    await scene.signedIn("bob");
    await scene.operations.remove(TAB, scene.onPage("bob").key);
    expect(scene.onPage("bob")).toMatchObject({ status: "removed" });
    const lines = await scene.operations.history(TAB, scene.onPage("bob").key);
    expect(lines.at(-1)).toMatchObject({ by: "you" });
  });

  it("can be renewed, and one of its tokens be shown", async () => {
    const scene = new WebScene();
    await scene.signedIn("alice");
    const { key } = scene.onPage("alice");
    await scene.operations.touch(TAB, key);
    expect(scene.onPage("alice").claims).toEqual({ n: 2 });
    expect(await scene.operations.reveal(TAB, key, "access")).toContain("access of alice-1");
  });

  it("can do nothing that its system doesn't have, or not now", async () => {
    const scene = new WebScene();
    scene.world.open(TAB);
    const operations = { touch: "The page is still loading." };
    scene.tokens.lookAs = () =>
      lookOf([seenOf("supertokens", { id: "x", user: "alice", n: 1 }, { operations })]);
    await scene.look();
    const { key } = scene.onPage("alice");
    expect((await failureOf(scene.operations.touch(TAB, key))).message).toBe(
      "The page is still loading.",
    );
    expect((await failureOf(scene.operations.end(TAB, key))).message).toContain("FakeTokens");
    expect(scene.tokens.calls).toEqual([]);
  });

  it("of another tab, or of none, isn't known", async () => {
    const scene = new WebScene();
    await scene.signedIn("alice");
    const { key } = scene.onPage("alice");
    for (const tab of [8, undefined]) {
      expect(await failureOf(scene.operations.touch(tab, key))).toMatchObject({
        name: "UnknownSessionError",
      });
    }
  });
});

describe("a document that has just been loaded", () => {
  it("gets time to load its SDK before its sessions are gone", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const scene = new WebScene();
    scene.world.open(TAB);
    scene.many.sessions = [seenOf("clerk", { id: "s1", user: "ann", n: 1 })];
    await scene.look();
    const { sessions } = scene.many;
    scene.many.sessions = [];
    scene.world.open(TAB);
    await scene.look();
    expect(scene.onPage("ann").status).toBe("active");
    scene.many.lookAs = () => ({ system: { state: "loading", signsIn: false }, sessions: [] });
    await scene.look();
    expect(scene.onPage("ann").status).toBe("active");
    scene.many.lookAs = undefined;
    scene.many.sessions = sessions;
    await scene.look();
    expect(await scene.operations.history(TAB, scene.onPage("ann").key)).toHaveLength(1);
    scene.many.sessions = [];
    vi.advanceTimersByTime(LOAD_PATIENCE + 1);
    await scene.look();
    expect(scene.onPage("ann")).toMatchObject({
      status: "gone",
      cause: "The page has it no more.",
    });
  });
});

describe("a page that can't be looked at, or tells nonsense", () => {
  it("keeps what was known of it, and says so", async () => {
    const scene = new WebScene();
    await scene.signedIn("alice");
    scene.tokens.lookAs = () => {
      throw new Error("it is paused in the debugger");
    };
    await scene.look();
    expect(scene.onPage("alice").status).toBe("active");
    expect(scene.book.viewOf(TAB).sites[0]?.systems[0]).toMatchObject({
      state: "degraded",
      words: expect.stringContaining("paused in the debugger"),
    });
    scene.tokens.lookAs = undefined;
    await scene.look();
    expect(scene.book.viewOf(TAB).sites[0]?.systems[0]).toMatchObject({ state: "ready" });
  });

  it("shows no more than anybody could read", async () => {
    const scene = new WebScene();
    scene.world.open(TAB);
    const many = Array.from({ length: 120 }, (_, index) =>
      seenOf(
        "supertokens",
        { id: `x${index}`, user: "u".repeat(100_000), n: 1 },
        {
          userName: "n".repeat(100_000),
          cause: "c".repeat(100_000),
          claims: { much: "m".repeat(100_000) },
          facts: Array.from({ length: 100 }, () => ({
            name: "f".repeat(2_999),
            value: "v".repeat(2_999),
          })),
          warnings: Array.from({ length: 100 }, () => "w".repeat(2_999)),
          tasks: Array.from({ length: 100 }, () => "t"),
        },
      ),
    );
    scene.tokens.lookAs = () => lookOf([...many.slice(0, 3), ...many]);
    await scene.look();
    const { sessions } = scene.book.viewOf(TAB);
    expect(sessions).toHaveLength(50);
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    expect(new Set(sessions.map(({ key }) => key)).size).toBe(50);
    for (const session of sessions) {
      expect(session.claims).toBeUndefined();
      expect(session.label.length).toBeLessThanOrEqual(80);
      expect(JSON.stringify(session).length).toBeLessThan(400_000);
    }
  });

  it("whose system can't tell what became of a session: gone", async () => {
    const scene = new WebScene();
    const { tokens } = scene;
    tokens.vanished = () => {
      throw new TypeError("before.claims is undefined");
    };
    await scene.signedIn("alice");
    await scene.signedIn("bob");
    expect(scene.onPage("alice").status).toBe("gone");
  });
});

describe("the origins of a page", () => {
  it("are looked at one by one, the top frame's first; opaque ones never, and no more than ten", async () => {
    const scene = new WebScene();
    const frames = Array.from({ length: 15 }, (_, index) => `http://localhost:${6000 + index}`);
    scene.world.open(TAB, [APP, "null", APP, OTHER, ...frames]);
    const looked: string[] = [];
    const { tokens } = scene;
    const look = tokens.look.bind(tokens);
    tokens.look = (page) => {
      looked.push(page.holder.origin);
      return look(page);
    };
    await scene.look();
    expect(looked).toHaveLength(10);
    expect(looked).toEqual(expect.arrayContaining([APP, OTHER]));
    expect(looked).not.toContain("null");
    expect(scene.book.viewOf(TAB).sites[0]?.holder).toMatchObject({ origin: APP, top: true });
  });

  it("are remembered while the page is away to sign in elsewhere", async () => {
    const scene = new WebScene();
    await scene.signedIn("alice");
    scene.world.open(TAB, [OTHER]);
    await scene.look();
    expect(scene.book.viewOf(TAB).sessions).toEqual([]);
    scene.world.open(TAB);
    await scene.signedIn("bob");
    expect(scene.onPage("alice").status).toBe("replaced");
  });
});
