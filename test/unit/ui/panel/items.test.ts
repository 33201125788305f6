import { describe, expect, it } from "vitest";
import { indexAt } from "../../../../src/ui/components/virtual-list.tsx";
import { itemKey, listItems, sameItems } from "../../../../src/ui/panel/list/items.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";

const sessions = [
  exampleSession({ key: "gone", label: "Gone", status: "removed" }),
  exampleSession({ key: "bob", label: "Bob" }),
  exampleSession({ key: "grace", label: "Grace", status: "expired", needsSignIn: true }),
  exampleSession({
    key: "alice",
    label: "Alice",
    database: "tenant_a",
    auth: { level: "record", user: "user:alice", renewable: true },
  }),
  exampleSession({ key: "left", label: "Left", status: "replaced", needsSignIn: true }),
];

function rows(filter = "", folded: readonly string[] = ["closed"]) {
  return listItems({
    sessions,
    connections: [exampleConnection()],
    filter,
    isFolded: (group) => folded.includes(group),
  }).map((item) => (item.kind === "group" ? `${item.title} ${item.count}` : itemKey(item)));
}

describe("the list", () => {
  it("has those who must sign in first, then the living in order, the closed folded", () => {
    expect(rows()).toEqual([
      "Sign in again 1",
      "grace",
      "My sessions 2",
      "bob",
      "alice",
      "Closed 2",
    ]);
  });

  it("unfolds and folds", () => {
    expect(rows("", ["mine"])).toEqual([
      "Sign in again 1",
      "grace",
      "My sessions 2",
      "Closed 2",
      "gone",
      "left",
    ]);
  });

  it.each([
    ["alice", ["My sessions 1", "alice"]],
    ["USER:ALICE tenant_a", ["My sessions 1", "alice"]],
    ["expired", ["Sign in again 1", "grace"]],
    ["replaced", ["Closed 1", "left"]],
    ["localhost tenant_a", ["My sessions 1", "alice"]],
    ["nobody", []],
  ])("filtered by “%s” it shows only hits, and opens their groups", (filter, expected) => {
    expect(rows(filter)).toEqual(expected);
  });

  it("has a place for sessions where there are none", () => {
    const items = listItems({ sessions: [], connections: [], filter: "", isFolded: () => false });
    expect(items).toMatchObject([{ kind: "group", id: "mine", count: 0 }, { kind: "none" }]);
  });

  it("is the same list while nothing in it changed", () => {
    const input = { sessions, connections: [], filter: "", isFolded: () => false };
    const before = listItems(input);
    expect(sameItems(before, listItems(input))).toBe(before);
    const fewer = listItems({ ...input, sessions: sessions.slice(1) });
    expect(sameItems(before, fewer)).toBe(fewer);
  });
});

describe("the rows in sight", () => {
  const offsets = [0, 28, 70, 112, 140];
  it.each([
    [-300, 0],
    [0, 0],
    [27, 0],
    [28, 1],
    [111, 2],
    [139, 3],
    [9_999, 3],
  ])("at %d px begin with row %d", (y, index) => {
    expect(indexAt(offsets, y)).toBe(index);
  });

  it("are none in an empty list", () => {
    expect(indexAt([0], 50)).toBe(0);
  });
});
