/** What a person sees of a value when they open it step by step. */
import { describe, expect, it } from "vitest";
import { type TreeState, treeRows } from "../../../../src/ui/values/tree-rows.ts";

const untouched: TreeState = { open: new Map(), shown: new Map() };

function paths(rows: ReturnType<typeof treeRows>): string[] {
  return rows.map((row) => row.path);
}

describe("treeRows", () => {
  it("opens as deep as asked, and what is opened by hand", () => {
    const value = { a: [1, { b: 2 }], "x/y": 3 };
    expect(paths(treeRows(value, undefined, 0, untouched))).toEqual([""]);
    expect(paths(treeRows(value, undefined, 1, untouched))).toEqual(["", "/a", "/x~1y"]);
    const open = new Map([["/a", true]]);
    expect(paths(treeRows(value, undefined, 1, { ...untouched, open }))).toEqual([
      "",
      "/a",
      "/a/0",
      "/a/1",
      "/x~1y",
    ]);
  });

  it("shows a hundred children and offers more, whatever the size", () => {
    const value = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    const rows = treeRows(value, undefined, 2, untouched);
    expect(rows.filter((row) => row.kind === "node" && row.level === 2)).toHaveLength(100);
    expect(rows.at(-1)).toMatchObject({ kind: "more", next: 100, remaining: 99_900 });
    const shown = new Map([["", 99_950]]);
    const later = treeRows(value, undefined, 1, { ...untouched, shown });
    expect(later.at(-1)).toMatchObject({ kind: "more", next: 50, remaining: 50 });
  });

  it("tells a screen reader place and level", () => {
    const rows = treeRows([["x"]], "list", 2, untouched);
    expect(rows.at(-1)).toMatchObject({ level: 3, position: 1, siblings: 1, expandable: false });
    expect(rows[0]).toMatchObject({ label: "list", expandable: true, expanded: true });
  });

  it("has nothing to open in what is empty", () => {
    expect(treeRows({}, undefined, 1, untouched)[0]).toMatchObject({ expandable: false });
    expect(treeRows(new Set(), undefined, 1, untouched)[0]).toMatchObject({ expandable: false });
  });
});
