/** What a person sees of a value when they open it step by step. */
import { describe, expect, it } from "vitest";
import { pathKeys, type TreeState, treeRows } from "../../../../src/ui/values/tree-rows.ts";
import { look } from "../../../../src/wire/look.ts";
import { encodeValue } from "../../../../src/wire/values.ts";

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

describe("rows of a result", () => {
  it("are trees of their own, each in its place among all", () => {
    const among = { index: 7, siblings: 100_000 };
    const rows = treeRows({ "a/b": [1] }, undefined, 1, untouched, among);
    expect(rows.map(({ path, level }) => [path, level])).toEqual([
      ["/7", 1],
      ["/7/a~1b", 2],
    ]);
    expect(rows[0]).toMatchObject({ label: "7", position: 8, siblings: 100_000 });
    expect(pathKeys("/7/a~1b")).toEqual(["7", "a/b"]);
  });

  it("of megabytes show as much of themselves as was asked for", () => {
    const value = look(encodeValue({ list: Array.from({ length: 50_000 }, (_, n) => ({ n })) }));
    const open = new Map([["/list", true]]);
    const rows = treeRows(value, undefined, 1, { ...untouched, open });
    expect(rows.slice(0, 3).map((row) => row.path)).toEqual(["", "/list", "/list/0"]);
    expect(rows.at(-1)).toMatchObject({ kind: "more", remaining: 49_900 });
  });
});
