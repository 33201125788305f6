/** Signing in through the application's own endpoint, into the page or beside it. */
import { describe, expect, it } from "vitest";
import type { WebSignIn } from "../../../src/web/web-model.ts";
import { failureOf } from "../../support/scene.ts";
import { APP, OTHER } from "../../support/web/fake-world.ts";
import { TAB, WebScene } from "../../support/web/web-scene.ts";

function form(email: string, password?: string): WebSignIn {
  return {
    kind: "supertokens",
    endpoint: "/auth/signin",
    fields: [
      { name: "email", value: email, secret: false },
      { name: "password", secret: true, ...(password !== undefined && { value: password }) },
    ],
    shape: "form-fields",
  };
}

async function opened(): Promise<WebScene> {
  const scene = new WebScene();
  scene.world.open(TAB);
  await scene.look();
  return scene;
}

describe("signing in", () => {
  it("into the page makes the page run as the new session, labelled as asked", async () => {
    const scene = await opened();
    const key = await scene.operations.signIn(TAB, {
      origin: APP,
      form: form("alice", "right"),
      into: "page",
      label: "The boss",
    });
    expect(scene.world.whoIs()).toBe("alice");
    expect(scene.onPage("alice")).toMatchObject({ key, label: "The boss", current: true });
    const lines = await scene.operations.history(TAB, key ?? "");
    expect(lines[0]).toMatchObject({ event: "created", by: "you" });
  });

  it("apart saves the session, and no page is touched", async () => {
    const scene = new WebScene();
    await scene.signedIn("bob");
    const key = await scene.operations.signIn(TAB, {
      origin: APP,
      form: form("alice", "right"),
      into: "saved",
    });
    expect(scene.world.whoIs()).toBe("bob");
    expect(scene.saved("alice")).toMatchObject({ key, label: "alice", origin: APP });
    await scene.switchTo("alice");
    // It was nobody else's: nothing needed to be renewed.
    expect(scene.tokens.calls).toEqual(["sign-in apart", "put alice-2"]);
    expect(scene.world.whoIs()).toBe("alice");
  });

  it("into a page whose session is saved keeps that one usable", async () => {
    const scene = new WebScene();
    await scene.savedAll("bob");
    scene.world.pageRenews();
    await scene.operations.signIn(TAB, { origin: APP, form: form("alice", "right"), into: "page" });
    expect(scene.onPage("bob").status).toBe("replaced");
    await scene.switchTo("bob");
    expect(scene.world.whoIs()).toBe("bob");
  });

  it.each(["page", "saved"] as const)(
    "is done where the form can't be remembered (into %s)",
    async (into) => {
      const scene = await opened();
      const broken = async () => {
        throw new Error("the disk is full");
      };
      scene.stores.durable.saveForms = broken;
      scene.stores.secret.saveFormSecrets = broken;
      const key = await scene.operations.signIn(TAB, {
        origin: APP,
        form: form("alice", "right"),
        into,
      });
      const { sessions } = scene.book.viewOf(TAB);
      const listed = [...sessions, ...scene.book.savedFor(TAB)];
      expect(listed.find((each) => each.key === key)?.userName).toBe("alice");
      expect(scene.troubles.join()).toContain("remember the form");
    },
  );

  it("that fails leaves the page as it is, and says why", async () => {
    const scene = new WebScene();
    await scene.signedIn("bob");
    const wanted = { origin: APP, form: form("alice", "wrong"), into: "page" as const };
    expect((await failureOf(scene.operations.signIn(TAB, wanted))).message).toBe(
      "The application says: wrong credentials.",
    );
    expect(scene.world.whoIs()).toBe("bob");
    // What was typed is there again, but for what was wrong.
    expect(scene.book.viewOf(TAB).sites[0]?.signIn?.fields[0]).toMatchObject({ value: "alice" });
    expect(scene.stores.formSecrets.size).toBe(0);
  });

  it("is refused where the page has left that origin, or the system can't", async () => {
    const scene = await opened();
    const wanted = { form: form("alice", "right"), into: "page" as const };
    expect(
      (await failureOf(scene.operations.signIn(TAB, { ...wanted, origin: OTHER }))).message,
    ).toContain(OTHER);
    const clerk = { ...wanted.form, kind: "clerk" as const };
    for (const into of ["page", "saved"] as const) {
      expect(
        await failureOf(scene.operations.signIn(TAB, { origin: APP, form: clerk, into })),
      ).toMatchObject({ name: "WebError" });
    }
  });
});

describe("the form", () => {
  it("is remembered for its origin: secret values until the browser closes, and never shown", async () => {
    const scene = await opened();
    await scene.operations.signIn(TAB, { origin: APP, form: form("alice", "right"), into: "page" });
    expect(JSON.stringify(scene.stores.forms)).not.toContain("right");
    expect(JSON.stringify(scene.book.viewOf(TAB))).not.toContain("right");
    expect(scene.book.viewOf(TAB).sites[0]?.signIn).toEqual(form("alice"));
    // After the worker's death the secret that isn't typed again is the one of before.
    scene.start();
    await scene.look();
    await scene.operations.signIn(TAB, { origin: APP, form: form("bob"), into: "page" });
    expect(scene.world.whoIs()).toBe("bob");
    scene.stores.browserCloses();
    scene.start();
    await scene.look();
    expect(scene.book.viewOf(TAB).sites[0]?.signIn).toEqual(form("bob"));
    const again = { origin: APP, form: form("carol"), into: "page" as const };
    expect((await failureOf(scene.operations.signIn(TAB, again))).message).toContain("wrong");
    expect(scene.tokens.calls.at(-1)).not.toContain("right");
  });
});
