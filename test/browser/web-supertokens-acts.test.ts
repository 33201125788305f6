/**
 * What a person does with SuperTokens' sessions beside switching: renew, sign out, remove, and make new
 * ones. What came of it the core says, and the page's own server.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { SuperTokensScene } from "../support/browser/supertokens-scene.ts";

const REFRESH = "/recipe/session/refresh";

describeInBrowsers("a session of SuperTokens", (underTest) => {
  let scene: SuperTokensScene;
  beforeAll(async () => {
    scene = await SuperTokensScene.open(underTest, { antiCsrf: "VIA_TOKEN" });
    await scene.signIn("carol");
    await scene.allowCookies();
  });
  afterAll(() => scene?.close());

  test("is renewed in the page by its SDK, and saved ones without touching the page", async () => {
    const { panel, app } = scene;
    await scene.restart();
    const alice = await scene.signIn("alice");
    await panel.save("alice");
    const first = await scene.cookies();
    await panel.open("page", "alice");
    await panel.press("Touch");
    await expect.poll(() => app.core.countOf(REFRESH)).toBe(1);
    await expect.poll(() => scene.cookies()).not.toEqual(first);
    expect(await scene.me()).toEqual(alice);
    expect(await scene.page.evaluate("app.setRole('renewed')")).toBe(true);

    const bob = await scene.signIn("bob");
    const cookies = await scene.cookies();
    await panel.webRow("page", "bob");
    await panel.open("saved", "alice");
    for (const times of [2, 3, 4]) {
      await panel.press("Touch");
      await expect.poll(() => app.core.countOf(REFRESH)).toBe(times);
      await panel.page.gone("main [aria-busy=true]");
    }
    expect(await scene.cookies()).toEqual(cookies);
    expect(await scene.me()).toEqual(bob);
    // The saved one is as new as the server's: no theft is seen in it.
    await panel.runAs("alice");
    await scene.isBeforeAndAfterReload(alice.handle);
    expect(scene.living.sort()).toEqual([alice.handle, bob.handle].sort());
  });

  test("is signed out at the server, from the list and from the page", async () => {
    const { panel } = scene;
    // Alice is in the page, Bob is saved.
    const alice = await scene.me();
    await panel.open("saved", "bob");
    await panel.press("Sign out");
    await expect.poll(() => scene.living).toEqual([alice?.handle]);
    await panel.unfoldClosed();
    await panel.rowIs("saved", "bob", "ended");
    expect(await scene.me()).toEqual(alice);
    await panel.open("page", "alice");
    await panel.press("Sign out");
    await panel.seeInMain("Sign “alice” out at the server?");
    await panel.page.click('main >> role=button[name="Sign out"] >> nth=1');
    await panel.rowIs("page", "alice", "ended");
    await panel.seeInMain("You signed it out.");
    expect(scene.living).toEqual([]);
    expect(await scene.me()).toBeUndefined();
    await scene.reload();
    expect(await scene.me()).toBeUndefined();
  });

  test("is taken out of the page and lives on; out of the list, and nobody is signed out", async () => {
    const { panel } = scene;
    await scene.restart();
    const carol = await scene.signIn("carol");
    await panel.save("carol");
    await panel.menu("Remove…");
    await panel.seeInMain("Take “carol” out of the page?");
    await panel.page.click('main >> role=button[name="Remove"]');
    await panel.rowIs("page", "carol", "removed");
    expect(await scene.me()).toBeUndefined();
    expect(scene.living).toContain(carol.handle);
    await panel.runAs("carol");
    await scene.isBeforeAndAfterReload(carol.handle);
    await panel.open("saved", "carol");
    await panel.menu("Remove…");
    await panel.page.click('main >> role=button[name="Remove"]');
    await expect
      .poll(async () => (await panel.webRows()).filter(({ key }) => key.startsWith("saved/")))
      .toEqual([]);
    expect((await scene.me())?.handle).toBe(carol.handle);
  });

  test("is made by the application's own sign-in, in the page or only saved", async () => {
    const { panel, options } = scene;
    const { origin } = scene.app;
    await scene.restart();
    const carol = await scene.signIn("carol");
    const cookies = await scene.cookies();
    await panel.webRow("page", "carol");
    await panel.openSignIn(origin, {
      endpoint: "/auth/{tenant}/signin",
      tenant: "acme",
      fields: { email: "alice@example.com", password: "wrong" },
    });
    await panel.submitSignIn("page");
    await panel.page.see("form >> text*=Nobody was signed in.");
    await panel.page.see("form >> text*=WRONG_CREDENTIALS_ERROR");
    await panel.page.see("form >> text*=The page's session is as it was.");
    expect(await scene.cookies()).toEqual(cookies);
    expect(await scene.me()).toEqual(carol);

    await panel.page.fill("form >> label=Value of password", "alice-password");
    await panel.submitSignIn("page");
    await panel.page.see("main[data-page=web-session]");
    expect(await panel.field("tenant")).toBe("acme");
    const alice = await scene.me();
    expect(alice).toMatchObject({ userId: "alice", tenantId: "acme" });
    expect(await scene.page.evaluate("app.setRole('made')")).toBe(true);
    expect(scene.living.sort()).toEqual([carol.handle, alice?.handle ?? ""].sort());

    // What was filled in is there again, but for the secret, which is used where nothing is written.
    const before = await scene.cookies();
    await panel.openSignIn(origin, { into: "saved", name: "Alice, saved" });
    expect(await panel.page.value("form >> label=Endpoint")).toBe("/auth/{tenant}/signin");
    expect(await panel.page.value("form >> label=Tenant")).toBe("acme");
    expect(await panel.page.value("form >> label=Value of email")).toBe("alice@example.com");
    expect(await panel.page.value("form >> label=Value of password")).toBe("");
    await panel.submitSignIn("saved");
    await panel.webRow("saved", "Alice, saved");
    expect(await scene.cookies()).toEqual(before);
    expect(await scene.me()).toEqual(alice);
    expect(await indexedDb(options)).toContain("alice@example.com");
    expect(await indexedDb(options)).not.toContain("alice-password");

    // An application that makes sessions without request and response, and answers with the tokens.
    await panel.openSignIn(origin, { endpoint: "/login-tokens", into: "saved", name: "Bob" });
    await panel.page.fill("form >> label=Name of field 1", "user");
    await panel.page.fill("form >> label=Value of user", "bob");
    await panel.page.fill("form >> label=Value of password", "bob-password");
    await panel.page.click("form >> input[value=flat]");
    await panel.submitSignIn("saved");
    await panel.webRow("saved", "Bob");
    expect(await scene.me()).toEqual(alice);
    await panel.runAs("Bob");
    expect((await scene.me())?.userId).toBe("bob");
    expect(await scene.page.evaluate("app.setRole('made')")).toBe(true);
    await panel.runAs("Alice, saved");
    const second = await scene.me();
    expect(second).toMatchObject({ userId: "alice", tenantId: "acme" });
    expect(second?.handle).not.toBe(alice?.handle);
    await scene.isBeforeAndAfterReload(second?.handle ?? "");
    expect(scene.living).toHaveLength(4);
  });
});

/** All that the extension keeps in IndexedDB, as JSON. */
function indexedDb(page: SuperTokensScene["options"]): Promise<string> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const all: unknown[] = [];
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        all.push(await done(database.transaction(store).objectStore(store).getAll()));
      }
      database.close();
    }
    return JSON.stringify(all);
  });
}
