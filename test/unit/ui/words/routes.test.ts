import { describe, expect, it } from "vitest";
import type { RouteLeftover } from "../../../../src/session/relay/route-model.ts";
import {
  leftoverSentence,
  routeState,
  scopeWord,
  siteName,
} from "../../../../src/ui/words/routes.ts";
import { exampleSession } from "../../../support/ui/examples.ts";
import { exampleRoute } from "../../../support/ui/route-examples.ts";

const NOW = 1_800_000_000_000;
const left = (kind: RouteLeftover["kind"], as: string): RouteLeftover => ({
  kind,
  id: `${kind} ${as}`,
  begunAt: NOW,
  as,
});

describe("what is left over after a switch", () => {
  it.each([
    [[left("live", "Alice")], "1 live query still runs as Alice until the page reloads."],
    [
      [left("live", "Page's own session"), left("live", "Page's own session")],
      "2 live queries still run as the page's own session until the page reloads.",
    ],
    [[left("transaction", "Alice")], "1 transaction still runs as Alice."],
    [
      [left("live", "Alice"), left("transaction", "Alice"), left("transaction", "Bob")],
      "1 live query and 1 transaction still run as Alice, 1 transaction still runs as Bob until the page reloads.",
    ],
  ])("%#", (leftovers, sentence) => {
    expect(leftoverSentence(leftovers)).toBe(sentence);
  });
});

describe("the state of a switch", () => {
  const bob = exampleSession({
    truth: { state: "agrees", checkedAt: NOW - 2_000, identity: "user:bob, app/tenant_b" },
  });

  it("is what the server confirmed, and when", () => {
    expect(routeState(exampleRoute(), bob, NOW)).toMatchObject({
      mark: "✓",
      word: "checked 2 s ago",
      sentence: "Server confirms: user:bob, app/tenant_b",
    });
  });

  it("says first what makes the page's requests fail, then that it isn't done", () => {
    const failing = exampleRoute({
      state: "switching",
      notices: [{ kind: "cannot-serve", reason: "Its session expired at 14:02." }],
    });
    expect(routeState(failing, bob, NOW)).toMatchObject({
      word: "can't serve",
      sentence: "Requests of the page fail: Its session expired at 14:02.",
    });
    expect(routeState(exampleRoute({ state: "switching" }), bob, NOW).word).toBe("switching…");
    expect(routeState(exampleRoute(), undefined, NOW).tone).toBe("bad");
  });

  it.each([
    ["differs", "bad"],
    ["failed", "warn"],
    ["checking", "idle"],
    ["unchecked", "idle"],
  ] as const)("is never good while the server %s", (state, tone) => {
    expect(routeState(exampleRoute(), { ...bob, truth: { state } }, NOW).tone).toBe(tone);
  });
});

it("names sites with their ports, and scopes only where they aren't the usual one", () => {
  expect(siteName("http://localhost:5173")).toBe("localhost:5173");
  expect(siteName("https://acme.com")).toBe("acme.com");
  expect(siteName("not an origin")).toBe("not an origin");
  expect(scopeWord({ kind: "default" })).toBeUndefined();
  expect(scopeWord({ kind: "page" })).toBe("all sessions");
});
