/** When pages are looked at: while somebody looks, once a second, and never twice at a time. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { holdersOf, WebPages } from "../../../src/background/web-pages.ts";
import type { CookieChange } from "../../../src/web/web-page.ts";
import type { Look } from "../../../src/web/web-system.ts";
import { APP, cookiesOf, OTHER } from "../../support/web/fake-world.ts";
import { TAB, WebScene } from "../../support/web/web-scene.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function lookAs(state: "loading" | "ready"): Look {
  return { system: { state, signsIn: false }, sessions: [] };
}

function stage() {
  const scene = new WebScene();
  const failures: unknown[] = [];
  let heard: ((change: CookieChange) => void) | undefined;
  let watched = 0;
  const pages = new WebPages({
    book: scene.book,
    watchCookies(changed) {
      watched += 1;
      heard = changed;
      return () => {
        watched -= 1;
        heard = undefined;
      };
    },
    failed: (error) => failures.push(error),
  });
  const change = (origin = APP, storeId = "0") => {
    const [cookie] = cookiesOf({ id: "x", user: "x", n: 1 }, storeId, origin);
    if (cookie) heard?.({ cookie, removed: false, cause: "explicit" });
  };
  const looksIn = async (ms: number) => {
    const before = scene.world.looks;
    await vi.advanceTimersByTimeAsync(ms);
    return scene.world.looks - before;
  };
  const view = { tabId: TAB };
  return { scene, pages, failures, change, looksIn, view, watched: () => watched };
}

describe("a page", () => {
  it("is looked at once a second while a view of its tab is open, and not at all without", async () => {
    const { scene, pages, looksIn, view, watched } = stage();
    scene.world.open(TAB);
    expect(await looksIn(5_000)).toBe(0);
    pages.watch(view);
    pages.watch(view);
    expect(await looksIn(100)).toBe(1);
    const looks = await looksIn(10_000);
    expect(looks).toBeGreaterThanOrEqual(8);
    expect(looks).toBeLessThanOrEqual(10);
    const second = { tabId: TAB };
    pages.watch(second);
    pages.unwatch(view);
    expect(await looksIn(3_000)).toBeGreaterThan(1);
    pages.unwatch(second);
    pages.unwatch(second);
    expect(await looksIn(10_000)).toBe(0);
    expect(watched()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("whose documents come later is looked at as soon as they are there", async () => {
    const { scene, pages, looksIn, view } = stage();
    pages.watch(view);
    expect(await looksIn(2_000)).toBe(0);
    scene.world.open(TAB);
    expect(await looksIn(300)).toBe(1);
    // So is one that is loaded anew.
    scene.world.open(TAB);
    expect(await looksIn(300)).toBe(1);
  });

  it("whose SDK is on its way is looked at more often until it is there", async () => {
    const { scene, pages, looksIn, view } = stage();
    scene.world.open(TAB);
    pages.watch(view);
    scene.tokens.lookAs = () => lookAs("loading");
    expect(await looksIn(2_000)).toBeGreaterThanOrEqual(7);
    scene.tokens.lookAs = () => lookAs("ready");
    await looksIn(500);
    expect(await looksIn(4_000)).toBeLessThanOrEqual(4);
    // One that never comes isn't waited for without an end.
    scene.tokens.lookAs = () => lookAs("loading");
    await looksIn(10_000);
    expect(await looksIn(4_000)).toBeLessThanOrEqual(4);
  });

  it("is looked at by each of its origins", async () => {
    const { scene, pages, looksIn, view } = stage();
    scene.world.open(TAB, [APP, OTHER, "null"]);
    pages.watch(view);
    expect(await looksIn(100)).toBe(2);
  });

  it("is looked at at once when its cookies changed, together, and not those of others", async () => {
    const { scene, pages, change, looksIn, view } = stage();
    scene.world.open(TAB);
    pages.watch(view);
    await looksIn(600);
    change();
    change();
    change();
    expect(await looksIn(200)).toBe(1);
    await looksIn(600);
    change(OTHER);
    change(APP, "firefox-container-1");
    expect(await looksIn(200)).toBe(0);
  });

  it("isn't looked at for its cookies once its view is closed", async () => {
    const { scene, pages, change, view } = stage();
    scene.world.open(TAB);
    scene.world.open(8, [OTHER]);
    pages.watch(view);
    pages.watch({ tabId: 8 });
    await vi.advanceTimersByTimeAsync(800);
    change();
    pages.unwatch(view);
    await vi.advanceTimersByTimeAsync(400);
    expect(scene.book.tab(TAB).sites).toEqual([]);
  });

  it("that changes its cookies all the time is looked at twice a second at most", async () => {
    const { scene, pages, change, looksIn, view } = stage();
    scene.world.open(TAB);
    pages.watch(view);
    await looksIn(100);
    const storm = setInterval(change, 10);
    expect(await looksIn(10_000)).toBeLessThanOrEqual(21);
    clearInterval(storm);
  });

  it("that makes looking slow is looked at less often, and never twice at a time", async () => {
    const { scene, pages, change, looksIn, view } = stage();
    scene.world.open(TAB);
    let running = 0;
    scene.tokens.lookAs = async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      running -= 1;
      return undefined;
    };
    pages.watch(view);
    await looksIn(3_100);
    const storm = setInterval(change, 100);
    expect(await looksIn(60_000)).toBeLessThanOrEqual(5);
    clearInterval(storm);
  });

  it("is looked at when it has loaded, and when something was allowed", async () => {
    const { scene, pages, looksIn, view, watched } = stage();
    scene.world.open(TAB);
    pages.permissionsChanged();
    expect(watched()).toBe(0);
    pages.watch(view);
    await looksIn(300);
    pages.tabLoaded(TAB);
    pages.tabLoaded(8);
    expect(await looksIn(10)).toBe(1);
    scene.world.refused.set(APP, "permission");
    pages.permissionsChanged();
    expect(await looksIn(10)).toBe(1);
    expect(scene.book.viewOf(TAB).sites[0]?.systems[0]?.cookies).toBe("permission");
    expect(watched()).toBe(1);
  });

  it("that is left in the middle of a look is no trouble", async () => {
    const { scene, pages, failures, looksIn, view } = stage();
    scene.world.open(TAB);
    pages.watch(view);
    await looksIn(100);
    scene.world.close(TAB);
    await looksIn(3_000);
    expect(failures).toEqual([]);
    expect(scene.book.viewOf(TAB)).toEqual({ sites: [], sessions: [], notices: [] });
  });
});

it("a frame whose document is about to leave is the one that comes", () => {
  const frame = (documentId: string, frameId: number, origin = APP) => ({
    documentId,
    frameId,
    origin,
    top: frameId === 0,
  });
  const frames = [frame("old", 0, OTHER), frame("new", 0), frame("inner", 4)];
  expect(holdersOf(TAB, frames)).toEqual([
    { tabId: TAB, ...frame("new", 0) },
    { tabId: TAB, ...frame("inner", 4) },
  ]);
});
