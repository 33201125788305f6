import { describe, expect, it } from "vitest";
import type { PageSocketView } from "../../../../src/session/page/page-model.ts";
import { indexAt } from "../../../../src/ui/components/virtual-list.tsx";
import {
  itemKey,
  type ListPage,
  listItems,
  sameItems,
} from "../../../../src/ui/panel/list/items.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";
import {
  exampleFrame,
  examplePageSession,
  exampleSocket,
} from "../../../support/ui/page-examples.ts";

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

describe("the page's own sessions", () => {
  const top = exampleFrame();
  const widget = exampleFrame({ documentId: "W", frameId: 4, top: false });
  const one = exampleSocket();
  const two = exampleSocket({ key: "W/1", documentId: "W", frameId: 4 });
  const named = examplePageSession({ key: "named", id: "018f3a52-77aa-7bbb-8ccc-0123456700c1" });
  const own = examplePageSession({ key: "own" });
  const closed = examplePageSession({ key: "closed", status: "removed" }, two, widget);

  function pageRows(page: Partial<ListPage>, filter = "") {
    return listItems({
      page: {
        condition: undefined,
        troubled: false,
        frames: [top],
        sockets: [one],
        sessions: [],
        ...page,
      },
      sessions: sessions.slice(1, 2),
      connections: [],
      filter,
      isFolded: () => false,
    }).map((item) => (item.kind === "group" ? `${item.title} ${item.count}` : itemKey(item)));
  }

  it("stand first, the default one before the others", () => {
    expect(pageRows({ sessions: [named, own] })).toEqual([
      "This page 2",
      "own",
      "named",
      "My sessions 1",
      "bob",
    ]);
  });

  it("stand under their sockets where there are several, the page's before those of frames", () => {
    expect(
      pageRows({ frames: [top, widget], sockets: [two, one], sessions: [closed, own] }),
    ).toEqual([
      "This page 1",
      `socket:${one.key}`,
      "own",
      "socket:W/1",
      "closed",
      "My sessions 1",
      "bob",
    ]);
  });

  it.each<[string, Partial<PageSocketView>]>([
    ["reconnected", { reconnects: 1, reconnectedAt: 1 }],
    ["closed", { state: "closed" }],
    ["not to be acted on", { cannotAct: "This socket delivers Blobs; can't act on it." }],
    ["not readable", { format: "flatbuffers", unreadable: "Format not readable." }],
  ])("have a line for a single socket that is %s", (_, part) => {
    const socket = exampleSocket(part);
    expect(pageRows({ sockets: [socket], sessions: [own] })).toContain(`socket:${socket.key}`);
  });

  it("say why there are none, and what troubles the page", () => {
    expect(pageRows({ condition: "waiting", sockets: [] }).slice(0, 2)).toEqual([
      "This page 0",
      "condition:waiting",
    ]);
    expect(pageRows({ troubled: true, sessions: [own] })[1]).toBe("condition:undefined");
  });

  it.each([
    ["alice", ["This page 1", "own"]],
    ["localhost:5173", ["This page 2", "own", "named"]],
    ["018f3a52", ["This page 1", "named"]],
    ["bob", ["My sessions 1", "bob"]],
  ])("filtered by “%s” show hits", (filter, expected) => {
    const anonymous = { level: "anonymous", renewable: false } as const;
    const page = { condition: "http" as const, sessions: [own, { ...named, auth: anonymous }] };
    expect(pageRows(page, filter)).toEqual(expected);
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
