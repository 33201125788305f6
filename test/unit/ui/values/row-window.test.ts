/** Which of very many rows are drawn, and that the room between them is what the others need. */
import { describe, expect, test } from "vitest";
import { RowHeights } from "../../../../src/ui/values/row-heights.ts";
import { placesOf } from "../../../../src/ui/values/row-window.ts";

describe("heights", () => {
  test("of rows that differ move all that stand below", () => {
    const heights = new RowHeights(100_000, 20);
    expect([heights.topOf(50_000), heights.topOf(100_000)]).toEqual([1_000_000, 2_000_000]);
    expect(heights.set(10, 220)).toBe(true);
    expect(heights.set(10, 220)).toBe(false);
    heights.set(5, 40);
    expect([heights.topOf(5), heights.topOf(6), heights.topOf(11)]).toEqual([100, 140, 440]);
    expect([0, 19, 20, 100, 139, 140, 300, 439, 440].map((y) => heights.at(y))).toEqual([
      0, 0, 1, 5, 5, 6, 10, 10, 11,
    ]);
    heights.set(10, 20);
    expect(heights.topOf(11)).toBe(240);
    expect([heights.at(-5), heights.at(1e9)]).toEqual([0, 99_999]);
  });
});

describe("places", () => {
  const heights = new RowHeights(1000, 20);

  test.each([undefined, 0, 15, 500])(
    "add up to the height of all rows, active row %s",
    (active) => {
      const { places, below } = placesOf(heights, 10, 30, active);
      const sum = places.reduce(
        (all, { gap, index }) => all + gap + heights.heightOf(index),
        below,
      );
      expect(sum).toBe(20_000);
      expect(new Set(places.map(({ index }) => index)).has(active ?? 10)).toBe(true);
    },
  );

  test("the active row stands where it belongs, though it is far away", () => {
    const { places, below } = placesOf(heights, 10, 12, 500);
    expect(places).toEqual([
      { index: 10, gap: 200 },
      { index: 11, gap: 0 },
      { index: 500, gap: 9760 },
    ]);
    expect(below).toBe(20_000 - 501 * 20);
  });
});
