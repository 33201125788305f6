/** Rows found without being decoded: the same values, in the same order, whatever the bytes are. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Result } from "../../../src/wire/result.ts";
import { type Rows, rowsOf } from "../../../src/wire/rows.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { anyValue } from "../ui/values/surreal-values.ts";

function all(rows: Rows | undefined): unknown[] | undefined {
  return rows && Array.from({ length: rows.length }, (_, index) => rows.at(index));
}

describe("rows", () => {
  test("are the items of the decoded array", () => {
    fc.assert(
      fc.property(fc.array(anyValue), (values) => {
        let bytes: Uint8Array;
        try {
          bytes = encodeValue(values);
        } catch {
          return;
        }
        expect(all(rowsOf(bytes))).toEqual(decodeValue(bytes));
      }),
      { numRuns: 200 },
    );
  });

  test("an array without a count is read like one with", () => {
    const rows = rowsOf(Uint8Array.of(0x9f, 0x01, 0x82, 0x02, 0x03, 0xff));
    expect(all(rows)).toEqual([1, [2, 3]]);
    expect(rows?.sizeAt(1)).toBe(3);
  });

  test.each([
    ["no array", encodeValue({ a: 1 })],
    ["fewer items than it says", Uint8Array.of(0x83, 1, 2)],
    ["more bytes than items", Uint8Array.of(0x81, 1, 2)],
    ["a count that no bytes could hold", Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xff, 1)],
    ["no end", Uint8Array.of(0x9f, 1)],
    ["nothing", new Uint8Array()],
  ])("there are none where the bytes are %s", (_, bytes) => {
    expect(rowsOf(bytes)).toBeUndefined();
  });

  test("a row that isn't there is refused", () => {
    expect(() => rowsOf(encodeValue([1]))?.at(1)).toThrow(RangeError);
  });

  test("100,000 of them are found in well under a tenth of a second, and decoded one by one", () => {
    const row = { id: 1, text: "some words that a note may have", tags: ["a", "b"], at: 1.5 };
    const one = encodeValue(row);
    const count = 100_000;
    const bytes = new Uint8Array(5 + one.length * count);
    bytes.set([0x9a, 0, 1, 0x86, 0xa0]);
    for (let index = 0; index < count; index++) bytes.set(one, 5 + index * one.length);
    rowsOf(bytes);
    const started = performance.now();
    const { rows } = new Result(bytes);
    const took = performance.now() - started;
    expect(rows?.length).toBe(count);
    expect(rows?.at(99_999)).toEqual(row);
    expect(took).toBeLessThan(100);
  });
});
