/** Saved sessions: kept without secrets, one owner of each refresh token, and what is said when it isn't there. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { SessionRefusedError } from "../../../src/web/web-error.ts";
import { SAVED_LIMIT } from "../../../src/web/web-store.ts";
import { failureOf } from "../../support/scene.ts";
import { APP, OTHER } from "../../support/web/fake-world.ts";
import { TAB, WebScene } from "../../support/web/web-scene.ts";

afterEach(() => void vi.useRealTimers());

describe("saving", () => {
  it("keeps the session over the worker's death, and none of its tokens in the durable store", async () => {
    const scene = new WebScene();
    await scene.signedIn("alice");
    const key = await scene.operations.save(TAB, scene.onPage("alice").key, "Alice, admin");
    expect(scene.saved("alice")).toMatchObject({
      key,
      label: "Alice, admin",
      holder: "extension",
      origin: APP,
      storeId: "0",
      status: "active",
      current: false,
    });
    const durable = JSON.stringify([
      ...scene.stores.records.values(),
      ...scene.stores.lines.values(),
    ]);
    expect(durable).not.toContain("alice-1 1");
    scene.start();
    await scene.look();
    expect(scene.saved("alice")).toMatchObject({ key, label: "Alice, admin" });
    await scene.signedIn("bob");
    await scene.operations.switch(TAB, key);
    expect(scene.world.whoIs()).toBe("alice");
  });

  it("twice is one saved session, and each says that it is the other", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    const { key } = scene.onPage("alice");
    const again = await scene.operations.save(TAB, key);
    expect(scene.book.savedFor(TAB)).toHaveLength(1);
    expect(scene.onPage("alice").savedAs).toBe(again);
    expect(scene.saved("alice").savedAs).toBe(key);
    expect(scene.saved("alice").operations.switch).toBe("The page runs as this session.");
    // In another tab it is a saved one like others.
    scene.world.open(8, [OTHER]);
    await scene.look(8);
    expect(scene.saved("alice", 8).savedAs).toBeUndefined();
  });

  it(`of more than ${SAVED_LIMIT} is refused`, async () => {
    const scene = new WebScene();
    await scene.savedAll(...Array.from({ length: SAVED_LIMIT }, (_, index) => `u${index}`));
    await scene.signedIn("last");
    const { message } = await failureOf(scene.operations.save(TAB, scene.onPage("last").key));
    expect(message).toContain(`${SAVED_LIMIT} sessions are saved`);
  });
});

describe("after the browser was closed", () => {
  it("it is expired, and says what to do; it can still be called, coloured and removed", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    scene.stores.browserCloses();
    scene.start();
    await scene.look();
    const { status, cause, operations, tokens } = scene.saved("alice");
    expect(status).toBe("expired");
    expect(cause).toBe(
      "Its sign-in was not kept: it was in memory only, until the browser closed. Sign in again, or save it again from the page.",
    );
    expect(operations).toEqual({ switch: cause, touch: cause, end: cause, remove: true });
    expect(tokens.map(({ present }) => present)).toEqual([false]);
    expect((await failureOf(scene.switchTo("alice"))).message).toBe(cause);
    await scene.operations.edit(TAB, scene.saved("alice").key, { label: "Al", colour: "#000000" });
    expect(scene.saved("alice")).toMatchObject({ label: "Al", colour: "#000000" });
    await scene.operations.remove(TAB, scene.saved("alice").key);
    expect(scene.book.savedFor(TAB)).toHaveLength(1);
  });

  it("one that a page still has is there again as soon as that page is looked at", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    scene.stores.browserCloses();
    scene.start();
    await scene.look();
    expect(scene.saved("alice").status).toBe("active");
    expect(scene.stores.snapshots.size).toBe(1);
  });
});

describe("a saved session that a page has", () => {
  it("follows the page's renewals, so that it is never stale", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    for (let n = 2; n < 5; n += 1) {
      scene.world.pageRenews();
      await scene.look();
      const [snapshot] = [...scene.stores.snapshots.values()];
      expect(snapshot?.cookies[0]?.value).toBe(`alice-1 ${n}`);
    }
    expect(scene.saved("alice").claims).toEqual({ n: 4 });
  });

  it("isn't stored anew while nothing of it changes", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.look();
    let writes = 0;
    const { saveSnapshot } = scene.stores.secret;
    scene.stores.secret.saveSnapshot = (key, snapshot) => {
      writes += 1;
      return saveSnapshot(key, snapshot);
    };
    for (let look = 0; look < 5; look += 1) await scene.look();
    expect(writes).toBe(0);
  });

  it("is renewed and ended by way of the page: its refresh token has one owner", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    const { key } = scene.saved("alice");
    await scene.operations.touch(TAB, key);
    expect(scene.tokens.calls).toEqual(["page touch"]);
    expect(scene.saved("alice").claims).toEqual({ n: 2 });
    // From wherever it is asked.
    await scene.operations.touch(undefined, key);
    expect(scene.tokens.calls).toEqual(["page touch", "page touch"]);
    expect(await scene.operations.reveal(TAB, key, "access")).toContain(`in ${APP}`);
    await scene.operations.end(TAB, key);
    expect(scene.tokens.calls.at(-1)).toBe("page end alice-1");
    expect(scene.saved("alice")).toMatchObject({ status: "ended", cause: "You signed it out." });
    expect(scene.stores.snapshots.size).toBe(0);
  });

  it("isn't renewed behind the back of a page that nobody looks at", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    const { key } = scene.saved("alice");
    scene.book.leave(TAB);
    const { message, advice } = await failureOf(scene.operations.touch(8, key));
    expect(message).toContain("A page has this session");
    expect(advice).toContain(APP);
    expect(scene.world.server.renewals).toEqual([]);
  });

  it("that the server refuses to the page is over for both, by the server's word", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    const alice = scene.world.server.sessions.get("alice-1");
    if (alice) alice.over = "ended";
    scene.tokens.touch = async (page) => {
      scene.world.pageHasNothing(page.holder.origin);
      throw new SessionRefusedError("revoked", "The server refused to renew it.");
    };
    const error = await failureOf(scene.operations.touch(TAB, scene.onPage("alice").key));
    expect(error).toMatchObject({ name: "SessionRefusedError", status: "revoked" });
    for (const session of [scene.onPage("alice"), scene.saved("alice")]) {
      expect(session).toMatchObject({
        status: "revoked",
        cause: "The server refused to renew it.",
      });
    }
    const lines = await scene.operations.history(TAB, scene.onPage("alice").key);
    expect(lines.at(-1)).toMatchObject({ by: "server", after: "revoked" });
  });

  it("is one on all ports of its host, which share its cookies", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    const port = "http://localhost:3000";
    await scene.signedIn("carol", 8, port);
    await scene.operations.save(8, scene.onPage("carol", 8).key);
    await scene.switchTo("alice");
    // Nobody looks at Alice's own page while it renews, and one on another port is switched.
    scene.book.leave(TAB);
    for (let n = 0; n < 3; n++) scene.world.pageRenews();
    await scene.look(8);
    expect(scene.onPage("alice", 8).savedAs).toBe(scene.saved("alice").key);
    await scene.switchTo("carol", 8);
    expect(scene.book.savedFor(8)).toHaveLength(2);
    await scene.look();
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
    scene.world.pageRenews();
    expect(scene.world.whoIs()).toBe("alice");
    expect(scene.stores.snapshots.get(scene.saved("alice").key)).toMatchObject({
      origin: APP,
      base: `${APP}/auth`,
    });
  });

  it("that the page signed out is over for both", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    scene.tokens.vanishedAs = { status: "ended", cause: "The page signed out." };
    scene.world.pageHasNothing();
    await scene.look();
    expect(scene.saved("alice")).toMatchObject({ status: "ended", cause: "The page signed out." });
    const lines = await scene.operations.history(TAB, scene.saved("alice").key);
    expect(lines.at(-1)).toMatchObject({ by: "page", after: "ended" });
  });

  it("that the page replaced lives on as saved", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.signedIn("bob");
    expect(scene.onPage("alice").status).toBe("replaced");
    expect(scene.saved("alice").status).toBe("active");
  });

  it("taken out of the page can be put back", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    scene.world.pageRenews();
    await scene.operations.remove(TAB, scene.onPage("alice").key);
    expect(scene.world.whoIs()).toBe("nobody");
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
  });
});

describe("a session that is taken out of the page while it can't be read whole", () => {
  it("is renewed before it is used: the page may have renewed it unseen", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    const { key } = scene.saved("alice");
    if (scene.tokens.snapshots) {
      scene.tokens.snapshots.take = async () => {
        throw new Error("between two writes");
      };
    }
    await scene.operations.remove(TAB, scene.onPage("alice").key);
    expect(scene.stores.records.get(key)?.owner).toBe("unsure");
  });
});

describe("a saved session that no page has", () => {
  it("is renewed at the server, and what it answers is stored", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    const { key } = scene.saved("alice");
    await scene.operations.touch(undefined, key);
    await scene.operations.touch(undefined, key);
    expect(scene.world.server.renewals).toEqual(["alice-1 2", "alice-1 3"]);
    expect(scene.saved("alice").claims).toEqual({ n: 3 });
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
    expect(await scene.operations.history(TAB, key)).toMatchObject([
      { event: "created", text: "Saved from the page." },
      { event: "auth", text: "Renewed." },
      { event: "auth", text: "Renewed." },
    ]);
  });

  it("is ended at the server, and stays in the list as ended", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    const { key } = scene.saved("alice");
    expect(await scene.operations.reveal(TAB, key, "access")).toContain("as saved");
    await scene.operations.end(undefined, key);
    expect(scene.world.server.sessions.get("alice-1")?.over).toBe("ended");
    expect(scene.saved("alice")).toMatchObject({ status: "ended", cause: "You signed it out." });
    expect(scene.stores.snapshots.has(key)).toBe(false);
    // Not that its sign-in wasn't kept, which would lead to signing in again.
    expect(scene.saved("alice").operations).toMatchObject({
      switch: "You signed it out.",
      touch: "You signed it out.",
    });
    expect((await failureOf(scene.operations.touch(undefined, key))).message).toBe(
      "You signed it out.",
    );
    await scene.operations.remove(undefined, key);
    expect([scene.stores.records.has(key), scene.stores.lines.has(key)]).toEqual([false, false]);
    expect(scene.world.whoIs()).toBe("bob");
  });

  it("that is over at the server already is shown so when it is to be ended", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    const alice = scene.world.server.sessions.get("alice-1");
    if (alice) alice.over = "ended";
    const { key } = scene.saved("alice");
    expect(await failureOf(scene.operations.end(undefined, key))).toMatchObject({
      name: "SessionRefusedError",
    });
    expect(scene.saved("alice").status).toBe("ended");
  });

  it("can do what its system says of it", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    const record = scene.book.saved.get(scene.saved("alice").key);
    record.seen.operations = { touch: "It has no refresh token." };
    expect(scene.saved("alice").operations).toMatchObject({
      switch: true,
      touch: "It has no refresh token.",
    });
    // There is nothing to be renewed first, then.
    await scene.switchTo("alice");
    expect(scene.tokens.calls).toEqual(["put alice-1"]);
  });

  it("removed from the list isn't ended by that", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    await scene.operations.remove(undefined, scene.saved("alice").key);
    expect(scene.world.server.sessions.get("alice-1")?.over).toBeUndefined();
    expect(scene.stores.snapshots.size).toBe(1);
  });

  it("whose time is over is expired by the clock", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    scene.book.saved.get(scene.saved("alice").key).seen.expireAt = Date.now() + 1_000;
    await scene.book.saved.followClock();
    expect(scene.saved("alice").status).toBe("active");
    vi.advanceTimersByTime(1_001);
    await scene.book.saved.followClock();
    expect(scene.saved("alice")).toMatchObject({ status: "expired" });
  });
});

describe("labels and colours", () => {
  it("of a page's session are kept for its id, whichever page has it", async () => {
    const scene = new WebScene();
    const alice = await scene.signedIn("alice");
    const { key } = scene.onPage("alice");
    await scene.operations.edit(TAB, key, { label: "  Boss  ", colour: "#CF2A83" });
    await scene.operations.edit(TAB, key, { label: " ", colour: "red;}" });
    scene.start();
    scene.world.open(8, [OTHER]);
    scene.world.pageHas(alice, OTHER);
    await scene.look(8);
    expect(scene.onPage("alice", 8)).toMatchObject({ label: "Boss", colour: "#CF2A83" });
  });

  it("of one that is saved are the same on the page and in the list", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.operations.edit(TAB, scene.onPage("alice").key, { label: "Boss" });
    expect(scene.saved("alice").label).toBe("Boss");
    await scene.operations.edit(TAB, scene.saved("alice").key, { colour: "#1a7f37" });
    expect(scene.onPage("alice")).toMatchObject({ label: "Boss", colour: "#1a7f37" });
  });

  it("tell sessions in sight apart", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob", "carol", "dave", "erin");
    expect(new Set(scene.book.savedFor(TAB).map(({ colour }) => colour)).size).toBe(5);
  });
});

it("forgetting everything leaves nothing of it", async () => {
  const scene = new WebScene();
  await scene.savedAll("alice", "bob");
  await scene.operations.edit(TAB, scene.saved("alice").key, { label: "Al" });
  await scene.book.forgetAll();
  const { records, lines, snapshots, journals, labels, forms } = scene.stores;
  expect([records.size, lines.size, snapshots.size, journals.size]).toEqual([0, 0, 0, 0]);
  expect([labels, forms]).toEqual([[], []]);
  expect(scene.book.savedFor(TAB)).toEqual([]);
});
