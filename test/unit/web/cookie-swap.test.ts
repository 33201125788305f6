/** A swap of cookies is whole, or the former session is back: at whatever step it fails. */
import { describe, expect, it } from "vitest";
import { swapCookies } from "../../../src/web/cookie-swap.ts";
import {
  CookiesRefusedError,
  HalfSwappedError,
  RolledBackError,
  WebError,
} from "../../../src/web/web-error.ts";
import type { WebCookie } from "../../../src/web/web-page.ts";
import { FakeCookieJar } from "../../support/web/fake-cookie-jar.ts";

const names = new Set(["access", "refresh", "front", "extra"]);
const later = Date.now() + 3_600_000;

function cookie(name: string, value: string, rest: Partial<WebCookie> = {}): WebCookie {
  return {
    name,
    value,
    domain: "localhost",
    hostOnly: true,
    path: "/",
    secure: false,
    httpOnly: true,
    sameSite: "lax",
    expireAt: later,
    storeId: "0",
    ...rest,
  };
}

const ALICE = [
  cookie("refresh", "a-refresh", { path: "/auth/session/refresh" }),
  cookie("access", "a-access"),
  cookie("front", "a-front", { httpOnly: false }),
  cookie("extra", "a-extra", { httpOnly: false }),
  // A duplicate: the same name under another path.
  cookie("access", "stray", { path: "/app" }),
  cookie("access", "partitioned", { partitionKey: { topLevelSite: "https://top.example" } }),
];
const BOB = [
  cookie("refresh", "b-refresh", { path: "/auth/session/refresh" }),
  cookie("access", "b-access"),
  cookie("front", "b-front", { httpOnly: false }),
];
const OTHER = cookie("theme", "dark", { httpOnly: false });

function jarWith(cookies: readonly WebCookie[]): FakeCookieJar {
  const jar = new FakeCookieJar();
  for (const each of [...cookies, OTHER]) jar.put(each);
  return jar;
}

/** Cookies have no order. */
function asSet(cookies: readonly WebCookie[]): Set<string> {
  return new Set(cookies.map((each) => JSON.stringify(Object.entries(each).sort())));
}

function expectKept(jar: FakeCookieJar, cookies: readonly WebCookie[]): void {
  expect(asSet(jar.kept)).toEqual(asSet([...cookies, OTHER]));
}

describe("a swap of cookies", () => {
  it("leaves exactly the new ones, under whatever path and partition the old ones were", async () => {
    const jar = jarWith(ALICE);
    await swapCookies(jar, { names, next: BOB });
    expectKept(jar, BOB);
  });

  it("keeps path, host-only-ness, partition, flags and times as they were", async () => {
    const jar = new FakeCookieJar("app.example.com");
    const special = [
      cookie("access", "1", { domain: ".example.com", hostOnly: false, secure: true }),
      cookie("refresh", "2", { domain: "app.example.com", path: "/x", sameSite: "strict" }),
      cookie("front", "3", {
        domain: "app.example.com",
        partitionKey: { topLevelSite: "https://top.example", hasCrossSiteAncestor: true },
      }),
    ];
    delete special[1]?.expireAt;
    await swapCookies(jar, { names, next: special });
    expect(jar.kept).toEqual(special);
  });

  it("never leaves the page without a cookie that both sessions have at one place", async () => {
    const jar = jarWith(ALICE);
    let missing = false;
    jar.after = () => {
      missing ||= !jar.requestText("/").includes("access=");
      missing ||= !jar.scriptText("/").includes("front=");
    };
    await swapCookies(jar, { names, next: BOB });
    expect(missing).toBe(false);
  });

  it("takes all out of the page where there is nothing to put in", async () => {
    const jar = jarWith(ALICE);
    await swapCookies(jar, { names, next: [] });
    expectKept(jar, []);
  });

  it("removes a secure cookie before one that isn't takes its place", async () => {
    const jar = jarWith([cookie("access", "a", { secure: true })]);
    await swapCookies(jar, { names, next: [cookie("access", "b")] });
    expect(jar.calls).toContain("remove access");
    expectKept(jar, [cookie("access", "b")]);
  });
});

describe("a swap that is interrupted", () => {
  async function stepsOf(): Promise<number> {
    const jar = jarWith(ALICE);
    await swapCookies(jar, { names, next: BOB });
    return jar.calls.length;
  }

  it("has the former session back, at whatever step a call fails", async () => {
    const steps = await stepsOf();
    expect(steps).toBeGreaterThan(6);
    for (let step = 2; step <= steps; step++) {
      const jar = jarWith(ALICE);
      jar.failing = (n) => (n === step ? new WebError("The browser said no.") : undefined);
      const error = await swapCookies(jar, { names, next: BOB }).catch((thrown) => thrown);
      expect(error, `step ${step}`).toBeInstanceOf(RolledBackError);
      expect(error.message).toContain("The browser said no.");
      expectKept(jar, ALICE);
    }
  });

  it("has the former session back where a call did its work and failed all the same", async () => {
    const steps = await stepsOf();
    for (let step = 2; step <= steps; step++) {
      const jar = jarWith(ALICE);
      jar.after = (n) => {
        if (n === step) throw new Error("late");
      };
      const error = await swapCookies(jar, { names, next: BOB }).catch((thrown) => thrown);
      expect(error, `step ${step}`).toBeInstanceOf(RolledBackError);
      expectKept(jar, ALICE);
    }
  });

  it("changes nothing where the outgoing cookies can't be read", async () => {
    const jar = jarWith(ALICE);
    jar.failing = () => new WebError("The browser said no.");
    await expect(swapCookies(jar, { names, next: BOB })).rejects.toThrow(WebError);
    expectKept(jar, ALICE);
  });

  it("says so where the way back fails too", async () => {
    const steps = await stepsOf();
    for (let step = 2; step <= steps; step++) {
      const jar = jarWith(ALICE);
      jar.failing = (n) => (n >= step ? new WebError("The browser said no.") : undefined);
      await expect(swapCookies(jar, { names, next: BOB })).rejects.toThrow(HalfSwappedError);
    }
  });

  it("is back although a call of the way back failed, where the cookies are all there", async () => {
    const jar = jarWith(ALICE);
    // The second failing call is the removal of something that nobody has set yet.
    jar.failing = (_n, operation, c) =>
      operation === "set" && c?.value === "b-refresh" ? new WebError("no") : undefined;
    await expect(swapCookies(jar, { names, next: BOB })).rejects.toThrow(RolledBackError);
    expectKept(jar, ALICE);
  });

  it("goes back where the browser kept something else than what was set", async () => {
    const jar = jarWith(ALICE);
    const set = jar.set.bind(jar);
    jar.set = (c) => set(c.value === "b-access" ? { ...c, path: "/elsewhere" } : c);
    const error = await swapCookies(jar, { names, next: BOB }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(RolledBackError);
    expect(error.message).toContain("access");
    expectKept(jar, ALICE);
  });

  it("goes back where the page wrote in between, and no message has a value in it", async () => {
    const jar = jarWith(ALICE);
    jar.after = (n) => {
      if (jar.calls[n - 1] === "set front")
        jar.setText("front=page-wrote-this", { byScript: true });
    };
    const error = await swapCookies(jar, { names, next: BOB }).catch((thrown) => thrown);
    expect(error.message).toContain("Something else wrote the cookie front");
    expect(error.message).not.toMatch(/page-wrote-this|b-front|a-front/);
  });
});

describe("what can't go well is refused before anything is touched", () => {
  it.each<[string, WebCookie[], RegExp]>([
    [
      "a cookie whose time is over",
      [cookie("access", "b", { expireAt: Date.now() - 1_000 })],
      /access ended on .*Nothing was changed/,
    ],
    ["another container's", [cookie("access", "b", { storeId: "7" })], /another container/],
    ["a cookie that isn't the session's", [cookie("theme", "light")], /theme is no cookie of/],
    ["one place twice", [cookie("access", "b"), cookie("access", "c")], /twice at one place/],
  ])("%s", async (_what, next, words) => {
    const jar = jarWith(ALICE);
    const error = await swapCookies(jar, { names, next }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WebError);
    expect(error.message).toMatch(words);
    expect(jar.calls).toEqual([]);
  });

  it("cookies that may not be used", async () => {
    const jar = jarWith(ALICE);
    jar.refused = "permission";
    await expect(swapCookies(jar, { names, next: BOB })).rejects.toThrow(CookiesRefusedError);
    expectKept(jar, ALICE);
  });
});
