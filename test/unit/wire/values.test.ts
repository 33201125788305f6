import fc from "fast-check";
import { DateTime, equals, RecordId } from "surrealdb";
import { describe, expect, test } from "vitest";
import { arrayItems, arrayOf, mapEntries, mapOf } from "../../../src/wire/cbor-parts.ts";
import { ValueError } from "../../../src/wire/errors.ts";
import { proveArray, proveItem } from "../../../src/wire/proven.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { EnvelopeError } from "../../../src/wire/wire-error.ts";
import { anyLeaf, anyValue } from "./arbitrary-values.ts";

describe("values as bytes", () => {
  test("come back as they went", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = encodeValue(value);
        expect(Buffer.from(encodeValue(decodeValue(bytes)))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test("keep nanoseconds, NONE apart from null, and integers beyond 2^53", () => {
    const date = new DateTime([1_700_000_000n, 123_456_789n]);
    expect(equals(decodeValue(encodeValue(date)), date)).toBe(true);
    expect(decodeValue(encodeValue(undefined))).toBeUndefined();
    expect(decodeValue(encodeValue(null))).toBeNull();
    expect(decodeValue(encodeValue(2n ** 62n + 1n))).toBe(2n ** 62n + 1n);
  });

  test("own their buffer, so that cloning them copies nothing else", () => {
    const bytes = encodeValue({ secret: "x".repeat(300), n: 1 });
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  });

  test("that can't be made or read are typed errors", () => {
    expect(() => encodeValue(1e300)).toThrow(ValueError);
    expect(() => encodeValue(2n ** 70n)).toThrow(ValueError);
    expect(() => decodeValue(Uint8Array.of(0xff))).toThrow(ValueError);
    expect(() => decodeValue(new Uint8Array())).toThrow(ValueError);
    expect(() => decodeValue(Uint8Array.of(0xd8, 0x25, 0x41, 0x00))).toThrow(ValueError);
  });
});

describe("parts of a payload", () => {
  test("of an array are its items' bytes, and make the same array again", () => {
    fc.assert(
      fc.property(fc.array(anyLeaf, { maxLength: 40 }), (values) => {
        const items = values.map(encodeValue);
        const whole = arrayOf(items);
        expect(Buffer.from(whole)).toEqual(Buffer.from(encodeValue(values)));
        expect(proveArray(whole)).toBe(whole);
        expect(arrayItems(whole).map((item) => Buffer.from(item))).toEqual(
          items.map((item) => Buffer.from(item)),
        );
      }),
      { numRuns: 200 },
    );
  });

  test("of a map are its values' bytes by key, and make the same map again", () => {
    const anyKey = fc
      .string({ unit: "grapheme", maxLength: 60 })
      .filter((key) => key !== "__proto__");
    fc.assert(
      fc.property(fc.dictionary(anyKey, anyLeaf, { maxKeys: 40 }), (values) => {
        const entries = new Map(
          Object.entries(values).map(([key, value]) => [key, encodeValue(value)]),
        );
        const whole = mapOf(entries);
        expect(Buffer.from(whole)).toEqual(Buffer.from(encodeValue(values)));
        expect(proveItem(whole)).toBe(whole);
        expect([...mapEntries(whole).keys()]).toEqual([...entries.keys()]);
      }),
      { numRuns: 200 },
    );
  });

  test("carry what JavaScript's numbers can't: a whole float stays one", () => {
    const float = proveItem(Uint8Array.of(0xfb, 0x40, 0x14, 0, 0, 0, 0, 0, 0));
    const [back] = arrayItems(arrayOf([float]));
    expect(decodeValue(float)).toBe(5);
    expect(Buffer.from(back as Uint8Array)).toEqual(Buffer.from(float));
  });

  test.each([
    ["something else than an array", () => arrayItems(encodeValue("x")), "malformed"],
    ["something else than a map", () => mapEntries(encodeValue([1])), "not-a-map"],
    ["bytes behind the array", () => arrayItems(Uint8Array.of(0x81, 0x01, 0x01)), "trailing-bytes"],
    ["an array cut short", () => arrayItems(Uint8Array.of(0x82, 0x01)), "truncated"],
    [
      "a key twice",
      () => mapEntries(Uint8Array.of(0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02)),
      "duplicate-key",
    ],
    ["a key that is no text", () => mapEntries(encodeValue(new Map([[1, 2]]))), "malformed"],
  ])("aren't taken from %s", (_what, take, reason) => {
    expect(take).toThrow(EnvelopeError);
    expect(take).toThrow(expect.objectContaining({ reason }));
  });

  test("are found without decoding: a record id among them", () => {
    const row = mapEntries(encodeValue({ status: "OK", result: new RecordId("a", 1) }));
    expect(String(decodeValue(row.get("result") as Uint8Array))).toBe("a:1");
  });
});
