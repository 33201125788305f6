/** A page's cookies through the browser's API: whole, exact, and never believed before they are read back. */
import { describe, expect, it } from "vitest";
import { createCookieJar } from "../../../src/background/cookie-jar.ts";
import type { CookieRefusal } from "../../../src/web/web-model.ts";
import type { CookieChange, WebCookie } from "../../../src/web/web-page.ts";
import { failureOf } from "../../support/scene.ts";
import { FakeCookies } from "../../support/web/fake-cookies.ts";

const BROWSERS = ["chromium", "firefox"] as const;

function scene(browser: (typeof BROWSERS)[number], origin = "http://localhost:5173") {
  const api = new FakeCookies(browser);
  const storeId = browser === "chromium" ? "0" : "firefox-default";
  const jar = createCookieJar({ api, refused: undefined, storeId, origin, topOrigin: origin });
  const named = async (name: string, path = "/"): Promise<WebCookie> => {
    const found = (await jar.all()).find((each) => each.name === name && each.path === path);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  return { api, jar, storeId, named };
}

const names = (cookies: readonly WebCookie[]) =>
  cookies.map(({ name, path }) => `${name} ${path}`).sort();

describe.each(BROWSERS)("in %s", (browser) => {
  it("reads cookies of every path and partition, and no others than the page's", async () => {
    const { api, jar } = scene(browser);
    const later = Math.floor(Date.now() / 1000) + 100;
    api.given("sAccessToken", "a", { httpOnly: true, expirationDate: later });
    api.given("sRefreshToken", "r", { path: "/auth/session/refresh" });
    api.given("part", "p", { secure: true, partitionKey: { topLevelSite: "http://localhost" } });
    api.given("elsewhere", "x", { partitionKey: { topLevelSite: "https://shop.example" } });
    api.given("under", "x", { domain: "app.localhost" });
    api.given("other", "x", { domain: "127.0.0.1" });
    api.given("container", "x", { storeId: "firefox-container-1" });
    const cookies = await jar.all();
    expect(names(cookies)).toEqual([
      "part /",
      "sAccessToken /",
      "sRefreshToken /auth/session/refresh",
    ]);
    expect(cookies.find(({ name }) => name === "sAccessToken")).toMatchObject({
      expireAt: later * 1000,
      hostOnly: true,
      httpOnly: true,
    });
  });

  it("leaves alone what is partitioned, where it isn't known by which site", async () => {
    const { api, storeId } = scene(browser);
    api.given("sAccessToken", "a");
    api.given("sAccessToken", "x", { partitionKey: { topLevelSite: "https://shop.example" } });
    const origin = "http://localhost:5173";
    const options = { api, refused: undefined, storeId, origin, topOrigin: undefined };
    expect((await createCookieJar(options).all()).map(({ value }) => value)).toEqual(["a"]);
  });

  it("reads those of domains above its host, but not host-only ones", async () => {
    const { api, jar } = scene(browser, "https://app.shop.example");
    api.given("own", "1", { domain: "app.shop.example" });
    api.given("above", "2", { domain: ".shop.example", hostOnly: false });
    api.given("not ours", "3", { domain: "shop.example" });
    api.given("beside", "4", { domain: "www.shop.example" });
    expect(names(await jar.all())).toEqual(["above /", "own /"]);
  });

  it("puts every kind back as it was", async () => {
    const { api, jar } = scene(browser);
    const later = Math.floor(Date.now() / 1000) + 100;
    api.given("a", "1", { httpOnly: true, expirationDate: later, sameSite: "strict" });
    api.given("r", "2", { path: "/auth/session/refresh" });
    api.given("__Host-s", "3", { secure: true, sameSite: "no_restriction" });
    const partitionKey = { topLevelSite: "http://localhost", hasCrossSiteAncestor: false };
    api.given("p", "4", { secure: true, sameSite: "no_restriction", partitionKey });
    const before = await jar.all();
    for (const cookie of before) await jar.remove(cookie);
    expect(api.cookies).toEqual([]);
    for (const cookie of before) await jar.set(cookie);
    expect((await jar.all()).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      before.sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });

  it("writes with the URL of the cookie's own path and security", async () => {
    const { api, jar, named } = scene(browser);
    api.given("r", "1", { path: "/auth/session/refresh" });
    api.given("s", "1", { secure: true });
    await jar.set({ ...(await named("r", "/auth/session/refresh")), value: "2" });
    await jar.set({ ...(await named("s")), value: "2" });
    expect(api.calls).toEqual([
      "set r http://localhost/auth/session/refresh",
      "set s https://localhost/",
    ]);
  });

  it("removes one of several of the same name, and leaves the others there", async () => {
    const { api, jar, named } = scene(browser, "https://app.shop.example");
    api.given("s", "above", { domain: ".shop.example", hostOnly: false });
    api.given("s", "own", { domain: "app.shop.example" });
    api.given("s", "deep", { domain: "app.shop.example", path: "/deep" });
    await jar.remove(await named("s", "/deep"));
    expect((await jar.all()).map(({ value }) => value).sort()).toEqual(["above", "own"]);
    const own = (await jar.all()).find(({ value }) => value === "own");
    if (own) await jar.remove(own);
    expect((await jar.all()).map(({ value }) => value)).toEqual(["above"]);
  });

  it("fails where the browser says nothing and does nothing", async () => {
    const { api, jar, named } = scene(browser);
    api.given("s", "1");
    api.deaf = "s";
    const cookie = await named("s");
    const { name, message } = await failureOf(jar.set({ ...cookie, value: "2" }));
    expect([name, message]).toEqual([
      "WebError",
      "The browser doesn't take the cookie s (path /): it made another value of it.",
    ]);
    api.cookies = [];
    expect((await failureOf(jar.set(cookie))).message).toContain("it says nothing");
    api.given("s", "1");
    api.remove = async () => ({ url: "", name: "s", storeId: "", firstPartyDomain: "" });
    expect((await failureOf(jar.remove(cookie))).message).toContain("it says nothing");
    api.set = async () => {
      throw new Error("quota");
    };
    expect((await failureOf(jar.set(cookie))).message).toContain("quota");
  });

  it("takes none of another host or container, as a snapshot of anybody's may have", async () => {
    const { api, jar, named } = scene(browser);
    api.given("s", "1");
    const cookie = await named("s");
    for (const other of [
      { ...cookie, domain: "bank.example" },
      { ...cookie, domain: ".app.localhost", hostOnly: false },
      { ...cookie, storeId: "firefox-container-1" },
    ]) {
      expect((await failureOf(jar.set(other))).message).toContain("another site or container");
      expect((await failureOf(jar.remove(other))).message).toContain("another site or container");
    }
    expect(api.calls).toEqual([]);
  });

  it("tells changes of this host and container, until nobody listens", async () => {
    const { api, jar } = scene(browser);
    const heard: CookieChange[] = [];
    const stop = jar.onChanged((change) => heard.push(change));
    api.given("s", "1");
    api.given("s", "2", { domain: "127.0.0.1" });
    api.given("s", "3", { storeId: "firefox-container-1" });
    stop();
    api.given("s", "4");
    expect(heard).toMatchObject([{ cookie: { value: "1" }, removed: false, cause: "explicit" }]);
    expect(api.listening).toBe(0);
  });

  it("believes a browser that keeps a cookie no longer than it keeps any", async () => {
    const { api, jar, named } = scene(browser);
    const year = 365 * 24 * 3_600;
    api.given("s", "1", { expirationDate: Date.now() / 1000 + year });
    const cookie = await named("s");
    const { set } = api;
    api.set = (details) =>
      set.call(api, { ...details, expirationDate: Date.now() / 1000 + 400 * 24 * 3_600 });
    await jar.set({ ...cookie, expireAt: Date.now() + 10 * year * 1000 });
    api.set = (details) => set.call(api, { ...details, expirationDate: Date.now() / 1000 + 60 });
    expect((await failureOf(jar.set(cookie))).message).toContain("another lifetime");
  });
});

it.each<CookieRefusal>(["permission", "host"])("refused for want of %s", async (refused) => {
  const options = { storeId: "0", origin: "http://localhost", topOrigin: undefined, refused };
  const api = new FakeCookies("chromium");
  const jar = createCookieJar({ ...options, api });
  expect(jar.refused).toBe(refused);
  expect(await failureOf(jar.all())).toMatchObject({
    name: "CookiesRefusedError",
    refusal: refused,
  });
  jar.onChanged(() => undefined)();
  expect(api.listening).toBe(0);
});
