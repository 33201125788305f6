/** A swap that stops at any of its steps, by the browser's refusal or by the worker's death. */
import { describe, expect, it } from "vitest";
import { WebError } from "../../../src/web/web-error.ts";
import type { WebHolder } from "../../../src/web/web-model.ts";
import { until } from "../../support/registry.ts";
import { failureOf } from "../../support/scene.ts";
import { TAB, WebScene } from "../../support/web/web-scene.ts";

const STEPS = [1, 2, 3];

/** Alice and Bob saved, the page runs as Bob, and the write of that number does what is said. */
async function broken(step: number, how: () => Promise<void> | void): Promise<WebScene> {
  const scene = new WebScene();
  await scene.savedAll("alice", "bob");
  scene.world.writes = 0;
  scene.world.onWrite = (count) => (count === step ? how() : undefined);
  return scene;
}

const never = () => new Promise<void>(() => undefined);
const refuses = () => {
  throw new Error("the browser says nothing");
};

it("refused before anything was touched, nothing is put back either", async () => {
  const scene = new WebScene();
  await scene.savedAll("alice", "bob");
  const { snapshots } = scene.tokens;
  if (snapshots) {
    snapshots.put = async () => {
      throw new WebError("The saved session's cookie ended yesterday. Nothing was changed.");
    };
  }
  expect(await failureOf(scene.switchTo("alice"))).toMatchObject({ name: "WebError" });
  expect([scene.world.writes, scene.stores.journals.size]).toEqual([0, 0]);
  expect(scene.world.whoIs()).toBe("bob");
});

describe.each(STEPS)("stopped at cookie %i", (step) => {
  it("by the browser, the page has its former session back, and is told so", async () => {
    const scene = await broken(step, refuses);
    const error = await failureOf(scene.switchTo("alice"));
    expect(error).toMatchObject({ name: "RolledBackError" });
    expect(error.message).toContain("The page has its former session back.");
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.onPage("bob").current).toBe(true);
    expect(scene.stores.journals.size).toBe(0);
    scene.world.onWrite = undefined;
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
  });

  it("where the system doesn't put it back by itself, it is put back for it", async () => {
    const scene = await broken(step, refuses);
    scene.tokens.rollsBack = false;
    expect(await failureOf(scene.switchTo("alice"))).toMatchObject({ name: "RolledBackError" });
    expect(scene.world.whoIs()).toBe("bob");
  });

  it("and again on the way back: said as it is, and the former one is under My sessions", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    scene.tokens.rollsBack = false;
    scene.world.writes = 0;
    scene.world.onWrite = (count) => (count >= step ? refuses() : undefined);
    const error = await failureOf(scene.switchTo("alice"));
    expect(error).toMatchObject({ name: "HalfSwappedError" });
    expect(scene.stores.journals.size).toBe(0);
    scene.world.onWrite = undefined;
    await scene.switchTo("bob");
    expect(scene.world.whoIs()).toBe("bob");
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
  });

  it("by the worker's death, the next one puts it back before anybody looks", async () => {
    const scene = await broken(step, never);
    void scene.switchTo("alice");
    await until(() => scene.world.writes === step);
    expect(scene.stores.journals.size).toBe(1);
    scene.world.onWrite = undefined;
    scene.start();
    await until(() => scene.stores.journals.size === 0);
    expect(scene.world.whoIs()).toBe("bob");
    await scene.look();
    expect(scene.onPage("bob").current).toBe(true);
    expect(scene.book.viewOf(TAB).notices).toMatchObject([
      { tone: "warning", offer: "again", key: scene.saved("alice").key },
    ]);
    expect(scene.notices()[0]).toContain("interrupted while it switched the page to “alice”");
    for (const user of ["alice", "bob"]) {
      await scene.switchTo(user);
      expect(scene.world.whoIs()).toBe(user);
    }
  });
});

describe("a page whose session isn't whole", () => {
  /** Of two sessions, as their system shows it: by the token that its SDK goes by. */
  async function half(known: "saved" | "unknown"): Promise<WebScene> {
    const scene = new WebScene();
    await scene.savedAll("alice", ...(known === "saved" ? ["bob"] : []));
    if (known === "unknown") await scene.signedIn("bob");
    const { tokens, world } = scene;
    const look = tokens.look.bind(tokens);
    const whole = await look(await world.page(world.documents(TAB)[0] as WebHolder));
    tokens.look = async (page) => (world.whoIs() === "half" ? whole : look(page));
    const broken = scene.world.jar().find(({ name }) => name === "access");
    if (broken) broken.value = "alice-1 1";
    return scene;
  }

  it("can be switched away from where it is saved already", async () => {
    const scene = await half("saved");
    await scene.switchTo("alice");
    expect(scene.world.whoIs()).toBe("alice");
    expect(scene.onPage("alice").current).toBe(true);
    await scene.switchTo("bob");
    expect(scene.world.whoIs()).toBe("bob");
  });

  it("can't where it would be lost, and that is said", async () => {
    const scene = await half("unknown");
    const { message, advice } = await failureOf(scene.switchTo("alice"));
    expect(message).toContain("can't be saved, and would be lost: The page has no session.");
    expect(advice).toContain("remove it from the page first");
    expect(scene.world.whoIs()).toBe("half");
  });
});

describe("a worker that died", () => {
  it("after the last cookie: the page goes back too, and the newest of both is kept", async () => {
    const scene = new WebScene();
    await scene.savedAll("alice", "bob");
    // All is written, and the journal still there.
    scene.stores.secret.removeJournal = never;
    void scene.switchTo("alice");
    await until(() => scene.world.whoIs() === "alice");
    await until(() => scene.stores.journals.size === 1);
    scene.world.pageRenews();
    delete (scene.stores.secret as { removeJournal?: unknown }).removeJournal;
    scene.stores.secret.removeJournal = async (id) => void scene.stores.journals.delete(id);
    scene.start();
    await until(() => scene.stores.journals.size === 0);
    expect(scene.world.whoIs()).toBe("bob");
    await scene.look();
    await scene.switchTo("alice");
    scene.world.pageRenews();
    expect(scene.world.whoIs()).toBe("alice");
  });

  it("before the first: the page has its session, and gets nothing older over it", async () => {
    const scene = await broken(1, never);
    void scene.switchTo("alice");
    await until(() => scene.world.writes === 1);
    scene.world.onWrite = undefined;
    scene.world.pageRenews();
    scene.start();
    await until(() => scene.stores.journals.size === 0);
    await scene.look();
    expect(scene.notices()[0]).toContain("The page has its former session.");
    scene.world.pageRenews();
    expect(scene.world.whoIs()).toBe("bob");
  });

  it("and a page that has signed in otherwise since: it is left alone", async () => {
    const scene = await broken(2, never);
    void scene.switchTo("alice");
    await until(() => scene.world.writes === 2);
    scene.world.onWrite = undefined;
    scene.world.pageHas(scene.world.server.signIn("dora"));
    scene.start();
    await until(() => scene.stores.journals.size === 0);
    await scene.look();
    expect(scene.world.whoIs()).toBe("dora");
    expect(scene.notices()[0]).toContain("signed in otherwise");
  });

  it("and a page that was closed since: it is put back when it is opened again", async () => {
    const scene = await broken(2, never);
    void scene.switchTo("alice");
    await until(() => scene.world.writes === 2);
    scene.world.onWrite = undefined;
    scene.world.close(TAB);
    scene.start();
    await scene.book.ready;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([scene.world.whoIs(), scene.stores.journals.size]).toEqual(["half", 1]);
    scene.world.open(8);
    await scene.look(8);
    expect([scene.world.whoIs(), scene.stores.journals.size]).toEqual(["bob", 0]);
    expect(scene.notices(8)[0]).toContain("“bob” back");
  });

  it("and one that was renewed as a saved one since: its newest tokens are put back", async () => {
    const scene = await broken(2, never);
    void scene.switchTo("alice");
    await until(() => scene.world.writes === 2);
    scene.world.onWrite = undefined;
    scene.world.close(TAB);
    scene.start();
    await scene.book.ready;
    scene.world.open(8, ["http://localhost:3000"]);
    await scene.look(8);
    await scene.operations.touch(8, scene.saved("bob").key);
    scene.world.open(TAB);
    await scene.look();
    expect([scene.world.whoIs(), scene.stores.journals.size]).toEqual(["bob", 0]);
    scene.world.pageRenews();
    expect(scene.world.whoIs()).toBe("bob");
  });

  it("where putting back fails, it is tried again with the next document, and said", async () => {
    const scene = await broken(2, never);
    void scene.switchTo("alice");
    await until(() => scene.world.writes === 2);
    scene.world.onWrite = refuses;
    scene.tokens.rollsBack = false;
    scene.start();
    await scene.book.ready;
    await scene.look();
    expect(scene.notices()[0]).toContain("Putting its former session back failed");
    expect(scene.stores.journals.size).toBe(1);
    scene.world.onWrite = undefined;
    scene.world.open(TAB);
    await scene.look();
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.stores.journals.size).toBe(0);
    expect(scene.notices()[0]).toContain("“bob” back");
  });
});
