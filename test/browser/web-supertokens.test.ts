/**
 * Sessions of SuperTokens in a page: found by looking only, shown, saved, and switched. Who the page is,
 * the application's server says, before and after a reload; who lives, its core.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers } from "../support/browser/describe.ts";
import { savedFile } from "../support/browser/files.ts";
import { SuperTokensScene } from "../support/browser/supertokens-scene.ts";

describeInBrowsers("SuperTokens", (underTest) => {
  let scene: SuperTokensScene;
  beforeAll(async () => {
    scene = await SuperTokensScene.open(underTest);
  });
  afterAll(() => scene?.close());

  test("a session is found by looking, and of its cookies nothing is told before that is allowed", async () => {
    const { panel } = scene;
    const { handle } = await scene.signIn("alice");
    const asked = scene.asked;
    await panel.open("page", "alice");
    expect(await panel.field("user")).toContain("alice");
    expect(await panel.field("tenant")).toBe("public");
    expect(await panel.field("id")).toContain(handle);
    expect(await panel.field("transfer")).toContain("cookies");
    for (const hidden of ["access", "refresh"]) {
      await panel.page.see(
        `[data-token=${hidden}][data-present=unseen] >> text*=Scripts can't read it, and Switchyard may not use cookies yet.`,
      );
    }
    await panel.page.see("[data-token=front][data-present=true]");
    await expect(panel.page.click('role=button[name="Save"]', { timeoutMs: 100 })).rejects.toThrow(
      "disabled",
    );
    await panel.seeInMain("Switchyard needs the permission “cookies” to see tokens that scripts");
    await scene.allowCookies();
    await panel.page.see("[data-token=refresh][data-present=true]");
    expect(await panel.page.texts("main [data-token] .sy-web-token-place")).toEqual([
      "cookie sAccessToken · path / · httpOnly",
      "cookie sRefreshToken · path /auth/session/refresh · httpOnly",
      "cookie sFrontToken · path /",
      "cookie sAntiCsrf",
    ]);
    expect(await panel.field("anti-csrf")).toContain("NONE or VIA_CUSTOM_HEADER");
    expect(await panel.field("tokenExpireAt")).toContain("in 59 min");
    expect(await panel.field("expireAt")).toContain("in 99 d");
    expect(await panel.page.text("[data-section=claims]")).toContain("role");
    const shown = await panel.page.text("main");
    for (const { value } of await scene.cookies()) expect(shown).not.toContain(value);
    expect(shown).not.toContain("refreshTokenHash1");
    const cookies = await scene.cookies();
    for (const [token, name] of [
      ["access", "sAccessToken"],
      ["refresh", "sRefreshToken"],
      ["front", "sFrontToken"],
    ] as const) {
      const kept = cookies.find((each) => each.name === name)?.value ?? "";
      expect([kept, decodeURIComponent(kept)]).toContain(await panel.uncover(token));
    }
    expect(scene.asked).toBe(asked);
  });

  test("a page runs as a saved session, and back: nobody is lost in ten switches", async () => {
    const { panel } = scene;
    await panel.save("alice");
    const alice = await scene.me();
    const bob = await scene.signIn("bob");
    const places = await scene.cookiePlaces();
    await panel.webRow("page", "bob");
    await panel.runAs("alice");
    await panel.page.see(`text*=What it loaded before is of “bob” until you reload it.`);
    expect(await panel.runsAs()).toBe("alice");
    await scene.isBeforeAndAfterReload(alice?.handle ?? "");
    await panel.page.gone("[data-web-notice]");
    expect(await scene.cookiePlaces()).toEqual(places);
    // It was saved when the page was switched away from it.
    await panel.webRow("saved", "bob");
    const carol = await scene.signIn("carol");
    await panel.save("carol");
    const handles = { alice: alice?.handle, bob: bob.handle, carol: carol.handle };
    const visits = ["alice", "bob", "carol", "bob", "alice", "carol", "alice"] as const;
    for (const label of visits) {
      await panel.runAs(label);
      expect((await scene.me())?.handle).toBe(handles[label]);
    }
    for (const label of ["bob", "carol", "alice"] as const) {
      await panel.runAs(label);
      expect(await scene.page.evaluate(`app.setRole("as ${label}")`)).toBe(true);
      expect((await scene.me())?.handle).toBe(handles[label]);
    }
    expect(scene.living.sort()).toEqual(Object.values(handles).sort());
    expect(scene.app.core.sessions().map(({ userId, claims }) => [userId, claims.role])).toEqual([
      ["alice", "as alice"],
      ["bob", "as bob"],
      ["carol", "as carol"],
    ]);
    expect(await scene.cookiePlaces()).toEqual(places);
    // A page that is left has nothing more to be reloaded.
    await scene.page.goto(`http://127.0.0.1:${new URL(scene.app.url).port}/plain`);
    await panel.page.gone("[data-web-notice]");
    await panel.open("saved", "bob");
    await panel.seeInMain(`It fits ${scene.app.origin} only.`);
    await expect(
      panel.page.click('role=button[name="Run tab as"]', { timeoutMs: 100 }),
    ).rejects.toThrow("disabled");
    await scene.go();
    expect((await scene.me())?.handle).toBe(handles.alice);
    expect(await panel.page.count("[data-web-notice]")).toBe(0);
  });

  test("anti-CSRF tokens and tenants go with their sessions", async () => {
    const { panel } = scene;
    await scene.visit({ antiCsrf: "VIA_TOKEN" });
    const alice = await scene.signIn("alice", "acme");
    await panel.save("alice");
    expect(await panel.field("tenant")).toBe("acme");
    expect(await panel.field("anti-csrf")).toContain("VIA_TOKEN");
    const bob = await scene.signIn("bob");
    const places = await scene.cookiePlaces();
    expect(places).toContain("sAntiCsrf localhost / scripts plain lax");
    const renewals: number[] = [];
    for (const [label, me] of [
      ["alice", alice],
      ["bob", bob],
      ["alice", alice],
    ] as const) {
      await panel.runAs(label);
      // A POST first: the page's SDK must have this session's anti-CSRF token.
      expect(await scene.page.evaluate(`app.setRole("as ${label}")`)).toBe(true);
      expect(await scene.me()).toEqual(me);
      await scene.isBeforeAndAfterReload(me.handle);
      expect(await scene.page.evaluate(`app.setRole("still ${label}")`)).toBe(true);
      renewals.push(scene.app.core.countOf("/recipe/session/refresh"));
    }
    // Bob signed in over Alice in the page: her snapshot may be old, so it was renewed, which gave her no
    // anti-CSRF token; the page's first request got her one. From then on nothing needs to be renewed.
    expect(renewals).toEqual([2, 2, 2]);
    expect(await scene.cookiePlaces()).toEqual(places);
    expect(
      scene.app.core.sessions().map(({ tenantId, claims }) => [tenantId, claims.role]),
    ).toEqual([
      ["acme", "still alice"],
      ["public", "still bob"],
    ]);
  });

  test("in header mode the tokens are in cookies that scripts read, and are swapped as whole", async () => {
    const { panel } = scene;
    await scene.visit({}, "?mode=header");
    const alice = await scene.signIn("alice");
    await panel.save("alice");
    expect(await panel.field("transfer")).toContain("in headers");
    expect(await panel.field("anti-csrf")).toContain("not needed");
    expect(
      await panel.page.texts("main [data-token][data-present=true] .sy-web-token-place"),
    ).toEqual([
      "cookie st-access-token · path /",
      "cookie st-refresh-token · path /",
      "cookie sFrontToken · path /",
    ]);
    const bob = await scene.signIn("bob");
    const places = await scene.cookiePlaces();
    await panel.runAs("alice");
    await scene.isBeforeAndAfterReload(alice.handle);
    expect(await scene.page.evaluate(`app.setRole("admin")`)).toBe(true);
    await panel.runAs("bob");
    await scene.isBeforeAndAfterReload(bob.handle);
    expect(await scene.cookiePlaces()).toEqual(places);
    expect(scene.living.sort()).toEqual([alice.handle, bob.handle].sort());
  });

  test("the popup switches too; what is exported has no token; what is deleted is forgotten", async () => {
    const { panel, options, page, link } = scene;
    // Firefox hides a popup as soon as another window, as that of DevTools, has the focus.
    await panel.page.close();
    const popup = await scene.browser.openPopup(page);
    const alice = `[data-site="${scene.app.origin}"] >> li[data-current=false]`;
    await popup.see("li[data-current=true] >> text*=in the page");
    await popup.click(`${alice} >> role=button[name="Run tab as"]`);
    await popup.see("[data-web-notice] >> text*=The page runs as “alice” now.");
    expect((await scene.me())?.userId).toBe("alice");
    const { text } = await savedFile(options, 'role=button[name="Export without secrets"]');
    expect(text).toContain(scene.living[0]);
    expect(text).toContain('"alice"');
    for (const { value } of await scene.cookies()) expect(text).not.toContain(value);
    expect(text).not.toContain("eyJ");
    await options.click('role=button[name="Delete everything…"]');
    await options.click('role=button[name="Delete everything"]');
    await options.see("text*=Deleted.");
    expect((await link.snapshot()).saved).toEqual([]);
    expect((await scene.me())?.userId).toBe("alice");
  });
});
