/** Switching a page to a saved session: it is that one afterwards, and nobody is lost. */
import { describe, expect, it } from "vitest";
import { until } from "../../support/registry.ts";
import { failureOf } from "../../support/scene.ts";
import { APP, OTHER } from "../../support/web/fake-world.ts";
import { TAB, WebScene } from "../../support/web/web-scene.ts";

describe("a switch", () => {
  it("makes the page run as the saved session, and offers to reload it", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
    // The answer doesn't come before its effect.
    expect(scene.onPage("alice")).toMatchObject({ current: true, status: "active" });
    expect(scene.book.viewOf(TAB).notices).toMatchObject([
      { tone: "done", origin: APP, offer: "reload" },
    ]);
    expect(scene.notices()[0]).toContain("“alice”");
    // What was loaded before is gone with the next document.
    scene.world.open(TAB);
    await scene.look();
    expect(scene.notices()).toEqual([]);
  });

  it("is said no more while the page is somewhere else", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    await scene.switchTo("alice");
    scene.world.open(TAB, [OTHER]);
    await scene.look();
    expect(scene.notices()).toEqual([]);
    scene.world.open(TAB);
    await scene.look();
    expect(scene.notices()).toEqual([]);
  });

  it("is said no more once the page runs as somebody else, or as nobody", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    await scene.switchTo("alice");
    await scene.look();
    expect(scene.notices()).toHaveLength(1);
    await scene.signedIn("carol");
    expect(scene.notices()).toEqual([]);
    await scene.switchTo("alice");
    await scene.operations.end(TAB, scene.onPage("alice").key);
    expect(scene.notices()).toEqual([
      "The page is signed out. What it loaded before is of “alice” until you reload it.",
    ]);
  });

  it("saves the outgoing session as it is at that moment, under its user", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    const bob = await scene.signedIn("bob");
    // Renewed since the last look: a snapshot of then would be stale.
    scene.world.pageRenews();
    scene.world.pageRenews();
    await scene.switchTo("alice");
    const saved = scene.saved("bob");
    expect(saved).toMatchObject({ id: bob.id, label: "bob", status: "active", origin: APP });
    await scene.switchTo("bob");
    expect(scene.world.whoIs()).toBe("bob");
    expect(bob).toMatchObject({ n: 3 });
    expect(bob.over).toBeUndefined();
    expect(scene.book.savedFor(TAB)).toHaveLength(2);
  });

  it("saves what the page renewed while it was being saved", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    const { saveJournal } = scene.stores.secret;
    let renewals = 0;
    scene.stores.secret.saveJournal = async (journal) => {
      if (renewals++ === 0) scene.world.pageRenews();
      await saveJournal(journal);
    };
    await scene.switchTo("alice");
    await scene.switchTo("bob");
    scene.world.pageRenews();
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.stores.journals.size).toBe(0);
  });

  it("doesn't begin where the outgoing session can't be kept over the worker's death", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.signedIn("bob");
    const { saveSaved } = scene.stores.durable;
    scene.stores.durable.saveSaved = async () => {
      throw new Error("the disk is full");
    };
    const error = await failureOf(scene.switchTo("alice"));
    expect(error.message).toBe("The session could not be stored. Nothing was changed.");
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.stores.snapshots.size).toBe(1);
    scene.stores.durable.saveSaved = saveSaved;
    await scene.switchTo("alice");
    scene.start();
    await scene.look();
    await scene.switchTo("bob");
    expect(scene.world.whoIs()).toBe("bob");
  });

  it("takes the label that the person gave the outgoing one on the page", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.signedIn("bob");
    await scene.operations.edit(TAB, scene.onPage("bob").key, {
      label: "Bob of tenant B",
      colour: "#c5282f",
    });
    await scene.switchTo("alice");
    expect(scene.saved("bob")).toMatchObject({ label: "Bob of tenant B", colour: "#c5282f" });
  });

  it("ten times in a row loses nobody, whoever renews meanwhile", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob", "carol");
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
      expect(scene.world.whoIs(), `switch ${index + 1}`).toBe(user);
      if (index % 2 === 0) scene.world.pageRenews();
      if (index % 3 === 0) await scene.look();
    }
    for (const user of ["bob", "carol", "alice"]) {
      await scene.switchTo(user);
      scene.world.pageRenews();
      expect(scene.world.whoIs()).toBe(user);
    }
    const over = [...scene.world.server.sessions.values()].filter((each) => each.over);
    expect(over).toEqual([]);
    expect(scene.book.savedFor(TAB)).toHaveLength(3);
    expect(scene.stores.journals.size).toBe(0);
  });

  it("from a page that has no session saves nobody", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    scene.world.pageHasNothing();
    await scene.look();
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
    expect(scene.book.savedFor(TAB)).toHaveLength(1);
  });

  it("to the session that the page runs as does nothing", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.switchTo("alice");
    expect(scene.tokens.calls).toEqual([]);
  });

  it("never overlaps another one on the same host, in whichever tab", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob", "carol");
    scene.world.open(8);
    await scene.look(8);
    let inside = 0;
    let most = 0;
    scene.world.onWrite = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside -= 1;
    };
    await Promise.all([
      scene.switchTo("alice"),
      scene.switchTo("bob", 8),
      scene.look(),
      scene.switchTo("alice"),
      scene.look(8),
    ]);
    expect(most).toBe(1);
    expect(scene.world.whoIs()).toBe("alice");
    const puts = scene.tokens.calls.filter((call) => call.startsWith("put"));
    expect(puts).toEqual(["put alice-1", "put bob-2", "put alice-1"]);
    // No look saw the page in the middle of it.
    const texts = scene.lines.map(([, { text }]) => text);
    expect(texts).not.toContain("The page has it no more.");
  });
});

describe("a session that can't be put into this page", () => {
  it("is refused elsewhere, with the reason, and before anything is asked", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    scene.world.open(8, [OTHER]);
    await scene.look(8);
    expect(scene.saved("alice", 8).operations.switch).toBe(`It fits ${APP} only.`);
    const { name, message } = await failureOf(scene.switchTo("alice", 8));
    expect([name, message]).toEqual(["WebError", `It fits ${APP} only.`]);
    const [apart] = scene.book.savedFor(undefined);
    expect(apart?.operations.switch).toBe(`It fits ${APP} only.`);
  });

  it("is refused in another container", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.signedIn("bob", 8, APP, "firefox-container-1");
    const words = "It belongs to another container's cookies.";
    expect(scene.saved("alice", 8).operations.switch).toBe(words);
    expect((await failureOf(scene.switchTo("alice", 8))).message).toBe(words);
    expect(scene.world.whoIs(APP, "firefox-container-1")).toBe("bob");
    expect(scene.world.whoIs()).toBe("alice");
    expect(scene.tokens.calls).toEqual([]);
  });

  it("is refused without the permission for cookies, typed so that it can be asked for", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    scene.world.refused.set(APP, "permission");
    const error = await failureOf(scene.switchTo("alice"));
    expect(error).toMatchObject({ name: "CookiesRefusedError", refusal: "permission" });
    scene.world.refused.set(APP, "host");
    expect(await failureOf(scene.switchTo("alice"))).toMatchObject({ refusal: "host" });
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.tokens.calls.filter((call) => call.startsWith("put"))).toEqual([]);
  });

  it("is refused while the page can't be looked at: whoever it runs as would be lost", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.signedIn("bob");
    scene.tokens.lookAs = () => {
      throw new Error("paused in the debugger");
    };
    const { message } = await failureOf(scene.switchTo("alice"));
    expect(message).toContain("can't be looked at");
    expect(scene.world.whoIs()).toBe("bob");
  });

  it("is refused where the outgoing one can't be stored", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    await scene.signedIn("bob");
    scene.stores.isFull = true;
    const { message } = await failureOf(scene.switchTo("alice"));
    expect(message).toContain("could not be stored. Nothing was changed.");
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.troubles[0]).toContain("store a saved session's sign-in");
  });
});

describe("a saved session that may be stale", () => {
  it("is renewed at the server before the page gets it, where its access token is over", async () => {
    const scene = new WebScene();
    scene.tokens.tokensAreOver = true;
    await scene.savedAll("alice", "bob");
    scene.tokens.calls.length = 0;
    await scene.switchTo("alice");
    expect(scene.tokens.calls).toEqual(["touch alice-1", "put alice-1"]);
    expect(scene.world.whoIs()).toBe("alice");
    expect(scene.world.server.sessions.get("alice-1")).toMatchObject({ n: 2 });
    // The newest is what is stored too.
    const [snapshot] = [...scene.stores.snapshots.values()];
    expect(snapshot?.cookies[0]?.value).toBe("alice-1 2");
  });

  it("is renewed first where a page had it last, which may have renewed it unseen", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    await scene.switchTo("alice");
    expect(scene.tokens.calls).toEqual(["touch alice-1", "put alice-1"]);
  });

  it("that the server refuses gets that status, and the page stays as it is", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    const alice = scene.world.server.sessions.get("alice-1");
    if (alice) alice.over = "ended";
    const error = await failureOf(scene.switchTo("alice"));
    expect(error).toMatchObject({ name: "SessionRefusedError", status: "ended" });
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.saved("alice")).toMatchObject({
      status: "ended",
      cause: "The server has ended this session.",
    });
    expect(scene.saved("alice").operations.switch).toBe("The server has ended this session.");
    const lines = await scene.operations.history(TAB, scene.saved("alice").key);
    expect(lines.at(-1)).toMatchObject({ event: "status", before: "active", after: "ended" });
    expect(await failureOf(scene.switchTo("alice"))).toMatchObject({ name: "SessionRefusedError" });
  });

  it("with the server away isn't put into the page, and keeps its status", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    scene.world.server.isDown = true;
    expect((await failureOf(scene.switchTo("alice"))).message).toBe("localhost doesn't answer.");
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.saved("alice").status).toBe("active");
  });
});

describe("the ten seconds after", () => {
  it("tell of a renewal that wrote the former session back, with the offer to switch again", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice");
    const bob = await scene.signedIn("bob");
    await scene.switchTo("alice");
    scene.world.pageHas(bob);
    scene.tokens.settle("overwritten");
    await until(() => scene.book.viewOf(TAB).notices[0]?.offer === "again");
    const [notice] = scene.book.viewOf(TAB).notices;
    expect(notice).toMatchObject({ tone: "warning", key: scene.saved("alice").key });
    expect(notice?.text).toContain("overwrote “alice”: the page runs as “bob” again");
    expect(scene.onPage("bob").current).toBe(true);
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
    expect(scene.notices()).toHaveLength(1);
    scene.operations.dismiss(TAB, scene.book.viewOf(TAB).notices[0]?.id ?? "");
    expect(scene.notices()).toEqual([]);
  });

  it("tell of a page that signs in or out by itself", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    await scene.switchTo("alice");
    scene.world.pageHasNothing();
    scene.tokens.settle("changed");
    await until(() => scene.notices()[0]?.includes("by itself"));
  });

  it("end with whatever the person does next", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    await scene.switchTo("alice");
    await scene.operations.remove(TAB, scene.onPage("alice").key);
    await scene.switchTo("bob");
    expect(scene.tokens.watches).toBe(2);
    expect(scene.notices().filter((text) => text.includes("by itself"))).toEqual([]);
  });
});

describe("another of the page's own sessions", () => {
  it("is made the current one by its system", async () => {
    const scene = new WebScene();
    scene.world.open(TAB);
    const { seenOf } = await import("../../support/web/fake-system.ts");
    scene.many.sessions = [
      seenOf("clerk", { id: "s1", user: "ann", n: 1 }),
      seenOf("clerk", { id: "s2", user: "ben", n: 1 }, { current: false }),
    ];
    await scene.look();
    await scene.operations.switch(TAB, scene.onPage("ben").key);
    expect(scene.many.calls).toEqual(["activate s2"]);
    expect(scene.onPage("ben").current).toBe(true);
    expect(scene.onPage("ann").current).toBe(false);
    expect(scene.notices()[0]).toContain("“ben”");
    await scene.operations.switch(TAB, scene.onPage("ben").key);
    expect(scene.many.calls).toHaveLength(1);
    const { message } = await failureOf(scene.operations.save(TAB, scene.onPage("ben").key));
    expect(message).toBe("A session of FakeMany can't be saved.");
  });
});
