/** A page as the systems are given it: its container, and what is permitted at that moment. */
import { describe, expect, it } from "vitest";
import { createOpenPage } from "../../../src/background/web-browser.ts";
import { WebPermissions } from "../../../src/background/web-permissions.ts";
import type { WebHolder } from "../../../src/web/web-model.ts";
import { failureOf } from "../../support/scene.ts";
import { FakeCookies } from "../../support/web/fake-cookies.ts";

const HOLDER: WebHolder = {
  tabId: 7,
  frameId: 0,
  documentId: "d",
  origin: "https://app.shop.example:8443",
  top: true,
};

function stage(tab: object | undefined, granted: string[]) {
  const asked: string[] = [];
  const permissions = new WebPermissions({
    async contains({ permissions = [], origins = [] }) {
      asked.push(...permissions, ...origins);
      return [...permissions, ...origins].every((each) => granted.includes(each));
    },
  });
  let api: FakeCookies | undefined;
  const open = createOpenPage({
    scripting: { executeScript: async () => [] },
    cookies: () => api,
    tabs: {
      async get() {
        if (!tab) throw new Error("No tab with id: 7.");
        return tab as never;
      },
    },
    permissions,
    fetch: async () => Promise.reject(new Error("unused")),
    topOrigin: () => undefined,
  });
  const allowCookies = () => {
    granted.push("cookies");
    api = new FakeCookies("chromium");
  };
  return { open, asked, permissions, allowCookies };
}
const HOST = "https://app.shop.example/*";

describe("the cookie store", () => {
  it.each([
    [{ incognito: false }, "0"],
    [{ incognito: true }, "1"],
    [{ incognito: false, cookieStoreId: "firefox-default" }, "firefox-default"],
    [{ incognito: false, cookieStoreId: "firefox-container-2" }, "firefox-container-2"],
  ])("of a tab %o is %s", async (tab, storeId) => {
    expect((await stage(tab, []).open(HOLDER)).cookies.storeId).toBe(storeId);
  });

  it("of a tab that is gone is what it was", async () => {
    const { open } = stage(undefined, []);
    expect(await failureOf(open(HOLDER))).toMatchObject({
      name: "WebError",
      message: "The tab is gone.",
    });
    expect((await open(HOLDER, "0")).cookies.storeId).toBe("0");
  });
});

describe("cookies", () => {
  it("are refused until they are allowed, which may come without a new start", async () => {
    const { open, asked, permissions, allowCookies } = stage({}, [HOST]);
    expect((await open(HOLDER)).cookies.refused).toBe("permission");
    await open(HOLDER);
    // Pages are looked at every second: the browser is asked once.
    expect(asked.filter((each) => each === "cookies")).toHaveLength(1);
    allowCookies();
    permissions.changed();
    const page = await open(HOLDER);
    expect(page.cookies.refused).toBeUndefined();
    expect(await page.cookies.all()).toEqual([]);
  });

  it("are refused without the permission for the host", async () => {
    const { open, asked, allowCookies } = stage({}, []);
    allowCookies();
    expect((await open(HOLDER)).cookies.refused).toBe("host");
    // Patterns know no ports.
    expect(asked).toContain(HOST);
  });
});

describe("a page that can't be asked", () => {
  it("is said to be Switchyard's own limit where that is why", async () => {
    const failure = async (granted: string[]) => {
      const page = await stage({}, granted).open(HOLDER);
      return failureOf(page.run(() => undefined, []));
    };
    expect(await failure([])).toMatchObject({
      name: "WebError",
      message: "Switchyard may not run on app.shop.example:8443.",
      advice: "Enable the site in Switchyard's options.",
    });
    expect((await failure([HOST])).message).not.toContain("may not run");
  });
});
