import { describe, expect, it } from "vitest";
import { createStore } from "../../../../src/ui/store/store.ts";
import { listOf, tabsOf } from "../../../../src/ui/store/tabs-of.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";
import { createFakeHost } from "../../../support/ui/fake-host.ts";
import { BOB, exampleRoute, routedSnapshot } from "../../../support/ui/route-examples.ts";

describe("which tabs a cut would hit", () => {
  const client = createFakeClient({
    ...routedSnapshot([exampleRoute()]),
    // Of its own tab (7) the view knows itself.
    routed: [
      { tabId: 7, origin: "http://localhost:5173", to: BOB },
      { tabId: 8, origin: "http://localhost:3000", to: BOB },
      { tabId: 9, origin: "https://acme.com", to: "alice" },
    ],
  });
  const store = createStore({ client, host: createFakeHost({ tabId: 7 }) });
  const isBob = (key: string) => key === BOB;

  it("is this one and the others, each once, by what they show", async () => {
    await store.preferences.loaded;
    expect(tabsOf(store, isBob)).toEqual([
      "this tab (localhost:5173)",
      "another tab (localhost:3000)",
    ]);
  });

  it("follows what the worker tells", () => {
    client.emit({ event: "page", delta: { routes: [] } });
    expect(tabsOf(store, isBob)).toEqual(["another tab (localhost:3000)"]);
    client.emit({ event: "routed", routed: [] });
    expect(tabsOf(store, isBob)).toEqual([]);
    store.close();
  });

  it("reads as a list", () => {
    expect(listOf([])).toBe("");
    expect(listOf(["a"])).toBe("a");
    expect(listOf(["a", "b", "c"])).toBe("a, b and c");
  });
});
