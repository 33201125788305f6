/**
 * Sessions of Clerk in a page, with the real clerk-js: shown as Clerk's server has them, switched,
 * touched, ended. Who the page is, the application's own back end says, before and after a reload.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ClerkScene } from "../support/browser/clerk-scene.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";

const HOUR = 3_600_000;

describeInBrowsers("Clerk", (underTest) => {
  let scene: ClerkScene;
  beforeAll(async () => {
    scene = await ClerkScene.open(underTest, {
      sessions: [
        {
          person: "bob",
          actor: { sub: "user_support" },
          abandon_at: Date.now() + 5 * HOUR,
          last_active_organization_id: "org_acme",
        },
        { person: "alice" },
      ],
    });
  });
  afterAll(() => scene?.close());

  test("every session is shown as Clerk's server has it, and looking asks that server nothing", async () => {
    const { panel, app } = scene;
    const asked = app.api.seen.length;
    const bob = await panel.open("Bob Baker");
    expect(bob.id).toBe(scene.session("bob").id);
    const { id, status, expire_at, abandon_at } = scene.session("bob");
    await panel.page.see(`main .sy-head-status[data-status=${status}]`);
    expect(await panel.field("id")).toContain(id);
    expect(await panel.field("user")).toContain("user_bob");
    expect(await panel.field("multi-session")).toContain("several at once");
    expect(await panel.time("expireAt")).toBe(Math.floor(expire_at / 1000));
    expect(await panel.time("abandonAt")).toBe(Math.floor(abandon_at / 1000));
    for (const field of ["createdAt", "updatedAt", "lastActiveAt"]) {
      expect(await panel.time(field)).toBeGreaterThan(Date.now() / 1000 - 60);
    }
    expect(await panel.page.text("[data-fact=lastActiveOrganizationId]")).toContain("org_acme");
    await panel.page.see("main [data-actor] >> text*=user_support");
    expect(await panel.page.text("[data-section=claims]")).toContain(id);
    expect(await panel.runsAs()).toBe("Alice Archer");
    expect(app.api.seen.length).toBe(asked);
  });

  test("a switch holds before and after a reload, though DevTools has the focus", async () => {
    const { panel } = scene;
    await panel.page.bringToFront();
    for (const [name, person] of [
      ["Bob Baker", "bob"],
      ["Alice Archer", "alice"],
      ["Bob Baker", "bob"],
    ] as const) {
      await panel.runAs(name);
      const { id: sessionId } = scene.session(person);
      expect(await scene.me()).toEqual({ userId: `user_${person}`, sessionId });
      await scene.reload();
      expect(await scene.me()).toEqual({ userId: `user_${person}`, sessionId });
      await panel.page.gone("[data-web-notice]");
    }
  });

  test("the session that the page doesn't run as is touched, and the page stays who it is", async () => {
    const { panel } = scene;
    await panel.open("Alice Archer");
    const before = scene.session("alice").last_active_at;
    const me = await scene.me();
    await panel.press("Touch");
    await expect.poll(() => scene.session("alice").last_active_at).toBeGreaterThan(before);
    expect(await scene.me()).toEqual(me);
    await scene.reload();
    expect(await scene.me()).toEqual(me);
  });

  test("new sessions appear as they are made; a pending one says what it waits for", async () => {
    const { panel, page, app } = scene;
    await page.evaluate("app.signIn('carol')");
    await panel.open("Carol Cook");
    expect(await panel.runsAs()).toBe("Carol Cook");
    const { id } = app.api.add({ person: "carol", tasks: [{ key: "choose-organization" }] });
    await scene.reload();
    await panel.page.see(`nav [data-session$="${id}"][data-status=pending]`);
    await panel.page.click(`nav [data-session$="${id}"]`);
    await panel.page.see("[data-section=tasks] >> text*=choose-organization");
    await panel.page.see("main .sy-head-status[data-status=pending]");
    app.api.setStatus(id, "removed");
    await scene.reload();
    await panel.page.see(`nav [data-session$="${id}"][data-status=gone]`);
  });

  test("what ended elsewhere is shown as what was seen, and can't be run as", async () => {
    const { panel, app } = scene;
    app.api.setStatus(scene.session("alice").id, "expired");
    await scene.reload();
    await panel.open("Alice Archer");
    await panel.page.see("main .sy-head-status[data-status=expired]");
    await panel.page.see("main >> text*=It is over: what is shown is how it was last.");
    await expect(
      panel.page.click('main >> role=button[name="Run tab as"]', { timeoutMs: 100 }),
    ).rejects.toThrow("disabled");
    expect((await scene.me()) as object).toMatchObject({ userId: "user_carol" });
  });

  test("signing out the page's session asks first; the other one can be switched to", async () => {
    const { panel } = scene;
    await panel.open("Carol Cook");
    await panel.press("Sign out");
    await panel.page.see("main >> text*=runs as it, and is signed out by that.");
    await panel.press("Keep");
    expect((await scene.me()) as object).toMatchObject({ userId: "user_carol" });
    await panel.press("Sign out");
    await panel.press("Sign out", "main .sy-note-actions");
    await expect.poll(() => scene.session("carol").status).toBe("ended");
    await expect.poll(() => scene.me()).toBe(401);
    await panel.runAs("Bob Baker");
    expect((await scene.me()) as object).toMatchObject({ userId: "user_bob" });
  });

  test("a session that is removed meanwhile isn't switched to, and the page stays signed in", async () => {
    const { panel, app, page } = scene;
    const { id } = app.api.add({ person: "alice" });
    await page.evaluate("Clerk.client.reload().then(() => undefined)");
    await panel.page.click(`nav [data-session$="${id}"]`);
    await panel.page.see(`main[data-session-page$="${id}"]`);
    app.api.setStatus(id, "revoked");
    await panel.press("Run tab as");
    await panel.page.see("main [role=alert]");
    expect((await scene.me()) as object).toMatchObject({ userId: "user_bob" });
  });

  test("in single-session mode the former session is replaced", async () => {
    const { panel, page } = scene;
    await scene.visit({ singleSession: true, sessions: [{ person: "alice" }] });
    await panel.open("Alice Archer");
    expect(await panel.field("multi-session")).toContain("one at a time");
    await page.evaluate("app.signIn('bob')");
    await expect.poll(() => panel.runsAs()).toBe("Bob Baker");
    await panel.page.see("nav [data-web=clerk][data-status=replaced]");
  });

  test("a Clerk that is late, degraded, there twice or none at all: a clear word, and no harm", async () => {
    const { panel, page } = scene;
    const system = (state: string) => `[data-system=clerk][data-state=${state}]`;
    // Pages are looked at once a second, and a busy machine is late.
    await scene.visit({ loadDelayMs: 5_000, sessions: [{ person: "carol" }] }, "", false);
    await panel.page.see(system("loading"));
    await panel.page.see("nav [data-web=clerk][data-current=true] >> text*=Carol Cook");
    await scene.visit({ degraded: true, sessions: [{ person: "carol" }] });
    await panel.page.see(`${system("degraded")} >> text*=degraded`);
    await page.goto(`${scene.app.url}twice`);
    await panel.page.see(`${system("degraded")} >> text*=2 times`);
    for (const [kind, words] of [
      ["throwing", "The page has a window.Clerk that isn't Clerk's"],
      ["nonsense", "The page has a window.Clerk that isn't Clerk's"],
      ["endless", "made no sense and are left out"],
    ]) {
      await page.goto(`${scene.app.url}fake?kind=${kind}`);
      await panel.page.see(`[data-system=clerk] >> text*=${words}`);
      expect(await page.evaluate("1 + 1")).toBe(2);
    }
  });
});
