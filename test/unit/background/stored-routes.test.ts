/** Routes are read back whole or not at all: half of one would run a page as somebody by accident. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readKeptRoutes, readTabRoutes } from "../../../src/background/stored-routes.ts";
import {
  type KeptRoutes,
  RouteBook,
  type TabRoutes,
} from "../../../src/session/relay/route-book.ts";

const APP = "http://localhost:5173";
const PLACE = { frame: "top", url: "ws://localhost:8000/rpc", client: 1, order: 2, label: "018f" };

const TABS: TabRoutes = {
  routes: [
    {
      tabId: 7,
      topOrigin: APP,
      origin: APP,
      to: "bob",
      scope: { kind: "session", session: PLACE },
      since: 1,
      dismissed: ["variables"],
      baseline: { "top/1/0": { namespace: "app", database: "a", user: "user:alice" } },
    },
  ],
  declined: [{ tabId: 8, origin: APP }],
};

const KEPT: KeptRoutes = {
  always: [{ origin: APP, to: "bob", scope: { kind: "default" } }],
  agreed: [{ origin: APP, server: "wss://db.acme.com/rpc" }],
};

describe("stored routes", () => {
  it("are read as they were written", () => {
    expect(readTabRoutes(structuredClone(TABS))).toEqual(TABS);
    expect(readKeptRoutes(structuredClone(KEPT))).toEqual(KEPT);
    expect(readTabRoutes(undefined)).toEqual({ routes: [], declined: [] });
    expect(readKeptRoutes(undefined)).toEqual({ always: [], agreed: [] });
  });

  it.each([
    ["tabId", "7"],
    ["topOrigin", "null"],
    ["origin", undefined],
    ["to", 5],
    ["scope", { kind: "everything" }],
    ["scope", { kind: "session" }],
    ["scope", { kind: "session", session: { ...PLACE, client: "1" } }],
    ["since", Number.NaN],
    ["dismissed", ["anything"]],
    ["baseline", { "top/1/0": "alice" }],
  ])("with another %s than it may have are left out: %j", (field, value) => {
    const routes = TABS.routes.map((route) => ({ ...route, [field]: value }));
    expect(readTabRoutes({ ...TABS, routes }).routes).toEqual([]);
  });

  it("can't break the book, whatever a store gives back", () => {
    const anything = fc.anything({ withMap: true, withNullPrototype: true, withSparseArray: true });
    const lists = fc.record({
      routes: anything,
      declined: anything,
      always: anything,
      agreed: anything,
    });
    const holed = fc.record({ routes: fc.array(anything), always: fc.array(anything) });
    fc.assert(
      fc.property(fc.oneof(anything, lists, holed), (stored) => {
        const book = new RouteBook();
        book.load(readTabRoutes(stored), readKeptRoutes(stored));
        expect(book.routeFor({ tabId: 7, origin: APP, topOrigin: APP })).toBeUndefined();
        book.tabClosed(7);
        book.replaced("a", "b", () => true);
      }),
      { numRuns: 500 },
    );
  });
});
