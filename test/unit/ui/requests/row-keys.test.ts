/** Which rows keep their elements while the log is scrolled, and which are given new texts. */
import { expect, test } from "vitest";
import { RowKeys } from "../../../../src/ui/requests/row-keys.ts";

const rows = (from: number, count = 10) => Array.from({ length: count }, (_, n) => from + n);

test("drawn again, a row keeps its key", () => {
  const keys = new RowKeys();
  expect(keys.of(rows(1))).toEqual(keys.of(rows(1)));
});

test("rows that stay in sight keep their keys, and those that come get new ones", () => {
  const keys = new RowKeys();
  const before = keys.of(rows(1));
  const after = keys.of(rows(4));
  expect(after.slice(0, 7)).toEqual(before.slice(3));
  expect(before).not.toEqual(expect.arrayContaining(after.slice(7, 8)));
  expect(new Set(after).size).toBe(10);
});

test("far away, the keys that are there are used again, in their order", () => {
  const keys = new RowKeys();
  const before = keys.of(rows(1));
  expect(keys.of(rows(500))).toEqual(before);
  // Of ten rows two stay: the others are too many to be made anew.
  expect(keys.of(rows(508))).toEqual(before);
});

test("more rows than before, far away, never share a key", () => {
  const keys = new RowKeys();
  keys.of(rows(1, 3));
  const after = keys.of(rows(500, 8));
  expect(new Set(after).size).toBe(8);
  expect(keys.of([])).toEqual([]);
});
