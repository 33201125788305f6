/** Which documents are routed, by the book: one rule, and nothing that falls back. */
import { describe, expect, it } from "vitest";
import { type RoutableDocument, RouteBook } from "../../../../src/session/relay/route-book.ts";

const APP = "http://localhost:5173";
const OTHER = "http://localhost:8080";
const PLACE = { tabId: 7, topOrigin: APP, origin: APP };
const BOB = { to: "bob", scope: { kind: "default" }, baseline: {} } as const;

function stage() {
  const book = new RouteBook();
  const set = (place = PLACE, to = "bob") => book.set(place, { ...BOB, to }, 1_000);
  const to = (document: Partial<RoutableDocument> = {}) =>
    book.routeFor({ ...PLACE, ...document })?.to;
  return { book, set, to };
}

describe("a document is routed", () => {
  it("where its origin is the route's and its tab's top origin is too", () => {
    const { set, to } = stage();
    set();
    expect(to()).toBe("bob");
    expect(to({ tabId: 8 })).toBeUndefined();
    expect(to({ origin: OTHER })).toBeUndefined();
    expect(to({ topOrigin: OTHER })).toBeUndefined();
    expect(to({ topOrigin: undefined })).toBeUndefined();
    // Ports count: another port is another site.
    expect(to({ origin: "http://localhost:51730", topOrigin: "http://localhost:51730" })).toBe(
      undefined,
    );
  });

  it("in a frame of another origin only where that was chosen itself, under this top alone", () => {
    const { set, to } = stage();
    set({ ...PLACE, origin: OTHER }, "admin");
    expect(to({ origin: OTHER })).toBe("admin");
    expect(to()).toBeUndefined();
    expect(to({ origin: OTHER, topOrigin: OTHER })).toBeUndefined();
  });

  it("never where its origin is opaque, or no site's", () => {
    const { book, to } = stage();
    for (const origin of ["null", "", "file://", "chrome-extension://abc", "http://a/b"]) {
      expect(() => book.set({ ...PLACE, origin }, BOB, 1)).toThrow(RangeError);
      expect(() => book.set({ ...PLACE, topOrigin: origin }, BOB, 1)).toThrow(RangeError);
      expect(to({ origin, topOrigin: origin })).toBeUndefined();
    }
  });

  it("until the route is cleared or the tab is closed", () => {
    const { book, set, to } = stage();
    set();
    expect(book.clear(PLACE)).toBe(true);
    expect(book.clear(PLACE)).toBe(false);
    expect(to()).toBeUndefined();
    set();
    set({ ...PLACE, tabId: 8 }, "alice");
    book.tabClosed(7);
    expect(to()).toBeUndefined();
    expect(to({ tabId: 8 })).toBe("alice");
  });

  it("also by a session that is gone: the route stays, and fails", () => {
    const { book, set, to } = stage();
    set();
    expect(book.replaced("alice", "admin", () => true)).toEqual([]);
    expect(to()).toBe("bob");
  });
});

describe("a route", () => {
  it("rests while its tab shows another origin, and goes on when it is back", () => {
    const { book, set } = stage();
    const route = set();
    expect(book.isSuspended(route)).toBe(true);
    expect(book.setTop(7, APP)).toBe(true);
    expect(book.setTop(7, APP)).toBe(false);
    expect(book.isSuspended(route)).toBe(false);
    book.setTop(7, undefined);
    expect(book.isSuspended(route)).toBe(true);
    book.setTop(8, APP);
    expect(book.isSuspended(route)).toBe(true);
    book.setTop(7, APP);
    expect(book.isSuspended(route)).toBe(false);
  });

  it("goes with its session to the one that takes its place, as far as it may", () => {
    const { book, set, to } = stage();
    set();
    set({ ...PLACE, tabId: 8 });
    set({ ...PLACE, tabId: 9 }, "alice");
    book.setAlways({ origin: APP, to: "bob", scope: { kind: "default" } });
    const moved = book.replaced("bob", "carol", ({ tabId }) => tabId !== 8);
    expect(moved.map(({ tabId }) => tabId)).toEqual([7]);
    expect([to(), to({ tabId: 8 }), to({ tabId: 9 })]).toEqual(["carol", "bob", "alice"]);
    expect(book.alwaysFor(APP)?.to).toBe("carol");
  });

  it("goes with its tab to another number", () => {
    const { book, set, to } = stage();
    set();
    book.setAlways({ origin: OTHER, to: "bob", scope: { kind: "default" } });
    book.clear({ tabId: 7, topOrigin: OTHER, origin: OTHER });
    book.tabReplaced(9, 7);
    expect([to(), to({ tabId: 9 })]).toEqual([undefined, "bob"]);
    expect(book.dueAlways(9, OTHER)).toBeUndefined();
    expect(book.dueAlways(7, OTHER)?.to).toBe("bob");
    expect(book.tabClosed(9)).toBe(true);
    expect(book.tabClosed(9)).toBe(false);
  });

  it("is as it was where a switch couldn't be stored", () => {
    const { book, set, to } = stage();
    set();
    const before = book.at(PLACE);
    set(PLACE, "alice");
    book.restore(PLACE, before);
    expect(to()).toBe("bob");
    book.restore(PLACE, undefined);
    expect(to()).toBeUndefined();
  });

  it("is the same after it was stored and read", () => {
    const { book, set } = stage();
    set();
    book.setAlways({ origin: APP, to: "bob", scope: { kind: "page" } });
    book.agree(APP, "wss://db.acme.com/rpc");
    book.clear({ ...PLACE, tabId: 8 });
    const again = new RouteBook();
    again.load(structuredClone(book.tabRoutes), structuredClone(book.keptRoutes));
    expect(again.tabRoutes).toEqual(book.tabRoutes);
    expect(again.keptRoutes).toEqual(book.keptRoutes);
    expect(again.routeFor(PLACE)?.to).toBe("bob");
    expect(again.dueAlways(8, APP)).toBeUndefined();
  });
});

describe("always for a site", () => {
  const ALWAYS = { origin: APP, to: "bob", scope: { kind: "default" } } as const;

  it("is due in each tab that isn't routed there yet", () => {
    const { book, set } = stage();
    book.setAlways(ALWAYS);
    expect(book.dueAlways(7, APP)).toEqual(ALWAYS);
    expect(book.dueAlways(7, OTHER)).toBeUndefined();
    const route = set();
    expect(book.dueAlways(7, APP)).toBeUndefined();
    expect(book.isAlways(route)).toBe(true);
    expect(book.isAlways(set(PLACE, "alice"))).toBe(false);
    book.removeAlways(APP);
    expect(book.routeFor(PLACE)?.to).toBe("alice");
    expect(book.dueAlways(8, APP)).toBeUndefined();
  });

  it("isn't set again in a tab in which the person took it away, until they choose again", () => {
    const { book, set } = stage();
    book.setAlways(ALWAYS);
    set();
    book.clear(PLACE);
    expect(book.dueAlways(7, APP)).toBeUndefined();
    expect(book.dueAlways(8, APP)).toEqual(ALWAYS);
    book.setAlways({ ...ALWAYS, to: "alice" });
    expect(book.dueAlways(7, APP)?.to).toBe("alice");
    book.clear(PLACE);
    book.tabClosed(7);
    // A tab's number may come again in another browser.
    expect(book.dueAlways(7, APP)?.to).toBe("alice");
  });
});

it("an agreement holds for one origin and one server", () => {
  const { book } = stage();
  book.agree(APP, "wss://db.acme.com/rpc");
  expect(book.isAgreed(APP, "wss://db.acme.com/rpc")).toBe(true);
  expect(book.isAgreed(OTHER, "wss://db.acme.com/rpc")).toBe(false);
  expect(book.isAgreed(APP, "wss://db.acme.com/other/rpc")).toBe(false);
  book.forgetAll();
  expect(book.isAgreed(APP, "wss://db.acme.com/rpc")).toBe(false);
});
