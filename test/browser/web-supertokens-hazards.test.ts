/**
 * What can go wrong with SuperTokens' sessions: a switch that is cut off, a renewal under way, snapshots
 * that are worth nothing, cookies that make no sense. Each is said in words, and the page keeps what it
 * has or gets it back.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowsers, withItsOwn } from "../support/browser/describe.ts";
import { forbidLocal } from "../support/browser/permissions.ts";
import { type KeptCookie, SuperTokensScene } from "../support/browser/supertokens-scene.ts";

describeInBrowsers("SuperTokens, when something goes wrong", (underTest) => {
  let scene: SuperTokensScene;
  beforeAll(async () => {
    // It takes back what a browser may do, in the end.
    scene = await SuperTokensScene.open(withItsOwn(underTest), { accessTokenLife: 2 });
    await scene.signIn("carol");
    await scene.allowCookies();
  });
  afterAll(() => scene?.close());

  test("a renewal under way writes the former session back: that is said, and switching again works", async () => {
    const { panel, page } = scene;
    await scene.restart();
    const alice = await scene.signIn("alice");
    await panel.save("alice");
    const bob = await scene.signIn("bob");
    const { core } = scene.app;
    await page.waitFor(
      "JSON.parse(atob(/sFrontToken=([^;]+)/.exec(document.cookie)[1])).ate < Date.now()",
    );
    const held = core.holdNextRefresh();
    await page.evaluate("void (window.asked = app.me())");
    await held.reached;
    await panel.runAs("alice");
    held.release();
    await panel.notice(
      "A renewal that was under way overwrote “alice”: the page runs as “bob” again.",
    );
    await page.evaluate("asked");
    expect((await scene.me())?.handle).toBe(bob.handle);
    await panel.page.click('[data-web-notice] >> role=button[name="Switch again"]');
    await panel.notice("The page runs as “alice” now.");
    await scene.isBeforeAndAfterReload(alice.handle);
    // Nobody is lost: what the renewal brought is what was saved of Bob.
    await panel.runAs("bob");
    await scene.isBeforeAndAfterReload(bob.handle);
    expect(scene.living.sort()).toEqual([alice.handle, bob.handle].sort());
  });

  test("a switch that the worker's death cuts off is rolled back, and said", async () => {
    const { panel, browser } = scene;
    await scene.visit();
    const alice = await scene.signIn("alice");
    await panel.save("alice");
    const bob = await scene.signIn("bob");
    await panel.save("bob");
    for (const done of [1, 3]) {
      const before = await scene.cookies();
      await panel.open("saved", "alice");
      await browser.worker.evaluate((count) => {
        const { cookies } = ((globalThis as { browser?: unknown }).browser ??
          (globalThis as { chrome?: unknown }).chrome) as { cookies: { set: unknown } };
        const set = cookies.set as (...details: unknown[]) => Promise<unknown>;
        let begun = 0;
        Object.defineProperty(cookies, "set", {
          value: (...details: unknown[]) =>
            begun++ < count ? set(...details) : new Promise(() => undefined),
        });
        Object.assign(globalThis, { switchyardBegun: () => begun });
      }, done);
      await panel.press("Run tab as");
      await expect
        .poll(() => browser.worker.evaluate<number, []>("switchyardBegun()"))
        .toBe(done + 1);
      expect(await scene.cookies()).not.toEqual(before);
      await scene.killWorker();
      await panel.notice("Switchyard was interrupted while it switched the page to “alice”.");
      expect(await scene.cookies()).toEqual(before);
      await scene.isBeforeAndAfterReload(bob.handle);
    }
    await panel.page.click('[data-web-notice] >> role=button[name="Switch again"]');
    await panel.notice("The page runs as “alice” now.");
    await scene.isBeforeAndAfterReload(alice.handle);
    expect(scene.living.sort()).toEqual([alice.handle, bob.handle].sort());
  });

  test("a saved session that the server refuses isn't put into the page", async () => {
    const { panel, app } = scene;
    await scene.restart();
    const alice = await scene.signIn("alice");
    await panel.save("alice");
    const refresh = (await scene.cookies()).find(({ name }) => name === "sRefreshToken");
    const carol = await scene.signIn("carol");
    await panel.save("carol");
    const bob = await scene.signIn("bob");
    await panel.webRow("page", "bob");
    // Somebody else renews Alice twice: what is saved of her is two renewals old.
    let token = decodeURIComponent(refresh?.value ?? "");
    for (let times = 0; times < 2; times++) {
      const headers = {
        authorization: `Bearer ${token}`,
        "st-auth-mode": "header",
        rid: "session",
      };
      const answer = await fetch(`${app.origin}/auth/session/refresh`, { method: "POST", headers });
      token = answer.headers.get("st-refresh-token") ?? "";
    }
    const cookies = await scene.cookies();
    await panel.open("saved", "alice");
    await panel.press("Run tab as");
    await panel.seeInMain("The server says “token theft detected”");
    await panel.rowIs("saved", "alice", "revoked");
    app.core.revoke(carol.handle);
    await panel.open("saved", "carol");
    await panel.press("Run tab as");
    await panel.seeInMain("The server takes the refresh token no more");
    await panel.rowIs("saved", "carol", "revoked");
    expect(await scene.cookies()).toEqual(cookies);
    await scene.isBeforeAndAfterReload(bob.handle);
    expect(scene.living).toEqual([bob.handle]);
    expect(scene.living).not.toContain(alice.handle);
  });

  test("tokens that can't be read, are there by half or twice: said, and left as they are", async () => {
    const { panel, page } = scene;
    await scene.restart();
    const alice = await scene.signIn("alice");
    await panel.save("alice");
    const bob = await scene.signIn("bob");
    await panel.save("bob");
    const whole = await scene.cookies();
    const putBack = async () => {
      for (const cookie of await scene.cookies()) await scene.removeCookie(cookie);
      for (const { name, value, path, httpOnly, sameSite } of whole) {
        await scene.setCookie({ name, value, path, httpOnly, sameSite });
      }
    };

    await page.evaluate("document.cookie = 'sFrontToken=%%%; path=/'");
    await panel.page.see("nav >> text*=The front token can't be read");
    await page.evaluate("document.cookie = 'sFrontToken=e30=; path=/'");
    await panel.page.see("nav >> text*=it names no user");
    expect((await scene.cookies()).map(({ name }) => name)).toEqual(whole.map(({ name }) => name));

    await putBack();
    await panel.open("page", "bob");
    await scene.removeCookie(named(whole, "sAccessToken"));
    await panel.seeInMain("The access token is missing.");
    await putBack();
    await panel.page.gone("main >> text*=The access token is missing.");

    // Under another path: the session's own once more, and then another session's. Whoever the page runs as
    // is saved, so nobody is lost by switching away.
    await scene.setCookie({ ...picked(named(whole, "sAccessToken")), path: "/auth" });
    await panel.seeInMain("sAccessToken is there twice");
    await panel.seeInMain("“Remove” takes all of them out.");
    await panel.runAs("alice");
    expect(await scene.me()).toEqual(alice);
    await scene.setCookie({ ...picked(named(whole, "sAccessToken")), path: "/auth" });
    await panel.runAs("bob");
    await panel.runAs("alice");
    await scene.isBeforeAndAfterReload(alice.handle);
    expect((await scene.cookies()).filter(({ name }) => name === "sAccessToken")).toHaveLength(1);
    expect(scene.living.sort()).toEqual([alice.handle, bob.handle].sort());
  });

  test("a partitioned cookie beside is told from the session's, and stays where it is none of it", async () => {
    const { panel, page } = scene;
    const me = await scene.me();
    const partitioned = {
      secure: true,
      sameSite: "no_restriction",
      partitionKey: { topLevelSite: "http://localhost" },
    };
    await scene.setCookie({ name: "sTheme", value: "dark", ...partitioned });
    const theme = "sTheme localhost / scripts secure no_restriction partitioned";
    expect(await scene.cookiePlaces()).toContain(theme);
    await page.evaluate(
      "document.cookie = 'sFrontToken=1; Partitioned; Secure; SameSite=None; path=/'",
    );
    await panel.open("page", "alice");
    await panel.seeInMain("sFrontToken is there twice (path /; path /, secure, partitioned).");
    expect(await scene.me()).toEqual(me);
    await page.evaluate(
      "document.cookie = 'sFrontToken=; Partitioned; Secure; SameSite=None; path=/; max-age=0'",
    );
    await panel.page.gone("main >> text*=sFrontToken is there twice");
    // A whole swap leaves no token of another session, in whatever partition.
    const his = await panel.uncover("access");
    await scene.setCookie({ name: "sAccessToken", value: his, ...partitioned });
    await panel.runAs("bob");
    expect((await scene.me())?.userId).toBe("bob");
    expect((await scene.cookiePlaces()).filter((each) => each.endsWith("partitioned"))).toEqual([
      theme,
    ]);
  });

  test("a container's session stays in its container", async () => {
    // Only Firefox has containers.
    if (scene.browser.name !== "firefox") return;
    const bob = await scene.me();
    const inside = await scene.openInContainer();
    const { panel } = inside;
    const me = () => inside.page.evaluate<{ userId: string } | null, []>("app.me()");
    expect(await me()).toBeFalsy();
    await inside.page.evaluate("app.signIn('carol')");
    await panel.save("carol");
    await panel.open("saved", "bob");
    await panel.seeInMain("It belongs to another container's cookies.");
    await inside.page.evaluate("app.signIn('alice')");
    await panel.webRow("page", "alice");
    await panel.runAs("carol");
    expect(await me()).toMatchObject({ userId: "carol" });
    await inside.page.reload();
    expect(await me()).toMatchObject({ userId: "carol" });
    expect(await scene.me()).toEqual(bob);
    await panel.page.close();
    await inside.page.close();
    await scene.page.bringToFront();
  });

  test("a saved session whose time is over can't be used any more", async () => {
    const { panel } = scene;
    await scene.visit({ refreshTokenLife: 3 });
    await scene.signIn("alice");
    await panel.save("alice");
    await scene.signIn("bob");
    await panel.rowIs("saved", "alice", "expired");
    await panel.open("saved", "alice");
    await expect(
      panel.page.click('main >> role=button[name="Run tab as"]', { timeoutMs: 100 }),
    ).rejects.toThrow("disabled");
  });

  test("where Switchyard may not run nothing is shown of the page, and nothing is done to it", async () => {
    const { panel } = scene;
    await scene.visit();
    await scene.signIn("alice");
    await panel.save("alice");
    const bob = await scene.signIn("bob");
    await forbidLocal(scene.browser);
    await scene.page.bringToFront();
    await scene.reload();
    await panel.page.see("nav >> text*=Switchyard is off on localhost.");
    await panel.page.gone('nav [data-session^="web/"]');
    await panel.open("saved", "alice");
    await panel.seeInMain(`It fits ${scene.app.origin} only.`);
    expect(await scene.me()).toEqual(bob);
  });
});

function named(cookies: readonly KeptCookie[], name: string): KeptCookie {
  const found = cookies.find((each) => each.name === name);
  if (!found) throw new Error(`There is no cookie ${name}.`);
  return found;
}

/** What a cookie is set by. */
function picked({ name, value, httpOnly, sameSite }: KeptCookie) {
  return { name, value, httpOnly, sameSite };
}
