/** Values as far as they are looked into: the same values as decoded whole, for less work. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeSurql } from "../../../src/session/surql.ts";
import { fieldsOf } from "../../../src/wire/fields.ts";
import { isTakenApart, look, lookAt, Unreadable } from "../../../src/wire/look.ts";
import { Result } from "../../../src/wire/result.ts";
import { Rows } from "../../../src/wire/rows.ts";
import { decodeShown, Float } from "../../../src/wire/shown-values.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { anyValue } from "../ui/values/surreal-values.ts";

/** The value with floats as `decodeValue` has them. */
function plain(value: unknown): unknown {
  if (value instanceof Float) return value.value;
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Set) return new Set([...value].map(plain));
  if (value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

describe("decoded for showing", () => {
  test("every value is what the codec makes of it, but for whole floats", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        let bytes: Uint8Array;
        try {
          bytes = encodeValue(value);
        } catch {
          return;
        }
        expect(plain(decodeShown(bytes))).toEqual(plain(decodeValue(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  test("5f isn't 5, in whatever it stands", () => {
    // { f: 5f (16 bits), l: [5, 5f (64 bits)] }
    const bytes = Uint8Array.of(
      ...[0xa2, 0x61, 0x66, 0xf9, 0x45, 0x00, 0x61, 0x6c],
      ...[0x82, 0x05, 0xfb, 0x40, 0x14, 0, 0, 0, 0, 0, 0],
    );
    expect(writeSurql(decodeShown(bytes)).text).toBe("{ f: 5f, l: [5, 5f] }");
  });

  test("a field named __proto__ is a field", () => {
    const bytes = Uint8Array.of(
      0xa1,
      0x69,
      ...new TextEncoder().encode("__proto__"),
      0xa1,
      0x61,
      0x61,
      1,
    );
    const value = decodeShown(bytes) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(value.a).toBeUndefined();
  });
});

describe("a big value", () => {
  const row = (index: number) => ({ index, text: "x".repeat(100), list: [index, { deep: true }] });
  const big = { rows: Array.from({ length: 1000 }, (_, index) => row(index)), "odd key": null };

  test("is taken apart instead of decoded, level by level, and reads the same", () => {
    const bytes = encodeValue(big);
    const looked = look(bytes);
    expect(isTakenApart(looked)).toBe(true);
    expect(writeSurql(looked).text).toBe(writeSurql(big).text);
    const rows = lookAt(looked as Rows, 0);
    expect(rows).toBeInstanceOf(Rows);
    expect(lookAt(rows as Rows, 999)).toEqual(row(999));
  });

  test("stays the same value when it is looked at again, so that what was opened stays open", () => {
    const result = new Result(encodeValue(big));
    const looked = result.look() as Rows;
    expect(result.look()).toBe(looked);
    expect(lookAt(looked, 0)).toBe(lookAt(looked, 0));
    const rows = lookAt(looked, 0) as Rows;
    expect(lookAt(rows, 5)).toBe(lookAt(rows, 5));
  });

  test("its first screen costs no more than that", () => {
    const item = encodeValue({ id: 1, text: "some words ".repeat(90) });
    const count = 50_000;
    const bytes = new Uint8Array(5 + item.length * count);
    bytes.set([0x9a, 0, 0, count >> 8, count & 255]);
    for (let index = 0; index < count; index++) bytes.set(item, 5 + index * item.length);
    expect(bytes.length).toBeGreaterThan(50_000_000);
    const started = performance.now();
    const { cut } = writeSurql(look(bytes), { limit: 100_000, lineWidth: 88 });
    expect(cut).toBe(true);
    expect(performance.now() - started).toBeLessThan(300);
  });
});

describe("fields", () => {
  test("are the entries of the decoded map", () => {
    const fields = fieldsOf(encodeValue({ a: 1, "b c": [2], d: { e: null } }));
    expect(fields?.keys).toEqual(["a", "b c", "d"]);
    expect(fields?.keys.map((_, index) => decodeValue(fields.bytesAt(index)))).toEqual([
      1,
      [2],
      { e: null },
    ]);
    expect([fields?.indexOf("d"), fields?.indexOf("x")]).toEqual([2, -1]);
  });

  test.each([
    ["no map", encodeValue([1])],
    ["a key twice", Uint8Array.of(0xa2, 0x61, 0x61, 1, 0x61, 0x61, 2)],
    ["a key that is no text", Uint8Array.of(0xa1, 1, 2)],
    ["no end", Uint8Array.of(0xa2, 0x61, 0x61, 1)],
  ])("there are none where there is %s", (_, bytes) => {
    expect(fieldsOf(bytes)).toBeUndefined();
  });
});

test("what is no value is said to be that, and what stands beside it is shown", () => {
  const broken = look(Uint8Array.of(0x1c));
  expect(broken).toBeInstanceOf(Unreadable);
  expect(writeSurql([1, broken, 2]).text).toMatch(/^\[1, \/\* can't be read: .* \*\/, 2\]$/);
});
