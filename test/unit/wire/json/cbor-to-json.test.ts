import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cborToJson } from "../../../../src/wire/json/cbor-to-json.ts";
import { writeJsonLive, writeJsonResponse } from "../../../../src/wire/json/frames.ts";
import { type ItemBytes, proveItem } from "../../../../src/wire/proven.ts";
import { encodeValue } from "../../../../src/wire/values.ts";
import { EnvelopeError } from "../../../../src/wire/wire-error.ts";
import { anyValue } from "../arbitrary-values.ts";

const LIVE = "0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f90";

function item(hex: string): ItemBytes {
  return proveItem(Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex")));
}

function float(value: number): ItemBytes {
  const bytes = new Uint8Array(9);
  bytes[0] = 0xfb;
  new DataView(bytes.buffer).setFloat64(1, value);
  return proveItem(bytes);
}

describe("CBOR as JSON", () => {
  test("is JSON for any value there is", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(() => JSON.parse(cborToJson(encodeValue(value)))).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  test("of what JSON can say is that, letter by letter but for whole floats", () => {
    const plain = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        fc.constantFrom(null, true, false),
        fc.maxSafeInteger(),
        fc
          .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
          .filter((n) => !Number.isInteger(n) && Math.abs(n) >= 1e-5),
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: fc.nat(0x7f).map((code) => String.fromCharCode(code)) }),
        fc.array(tie("value")),
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__"),
          tie("value"),
        ),
      ),
    })).value;
    fc.assert(
      fc.property(plain, (value) => {
        expect(cborToJson(encodeValue(value))).toBe(JSON.stringify(value));
      }),
      { numRuns: 300 },
    );
  });

  // As serde_json writes floats, which is what a server has.
  test.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [5, "5.0"],
    [-120, "-120.0"],
    [0.1, "0.1"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e16"],
    [123456789012345680, "1.2345678901234568e17"],
    [-1.5e300, "-1.5e300"],
    [0.00001, "0.00001"],
    [0.0000015, "1.5e-6"],
    [5e-324, "5e-324"],
    [Number.NaN, "null"],
    [Number.POSITIVE_INFINITY, "null"],
    [Number.NEGATIVE_INFINITY, "null"],
  ])("writes the float %d as %s, which reads as the same number", (value, text) => {
    expect(cborToJson(float(value))).toBe(text);
    expect(JSON.parse(text)).toBe(Number.isFinite(value) ? value : null);
  });

  test.each([
    ["a half float", "f93e00", "1.5"],
    ["the smallest half float", "f90001", "5.960464477539063e-8"],
    ["a half float that isn't finite", "f9fc00", "null"],
    ["a single float", "fa3fc00000", "1.5"],
    ["undefined", "f7", "null"],
    [
      "the largest integers",
      "82 1bffffffffffffffff 3bffffffffffffffff",
      "[18446744073709551615,-18446744073709551616]",
    ],
    ["integers with long heads", "83 1800 190001 1b0000000000000002", "[0,1,2]"],
    ["a UUID as text", "c9 6461626364", '"abcd"'],
    ["a datetime as text", "c0 626162", '"ab"'],
    ["a duration as text", "cd 623168", '"1h"'],
    ["an empty duration", "ce 80", '"0ns"'],
    ["a record id as text", "c8 65613a22c3a9", '"a:\\"é"'],
    ["a table with a space", "c7 63612062", '"a b"'],
    [
      "a record id with whole floats",
      "c8 82 6161 82 fb4014000000000000 fb46293e5939a08cea",
      '"a:[5f, 1000000000000000000000000000000f]"',
    ],
    ["a range of a small float", "d831 82 d832 fb3e7ad7f29abcaf48 f6", '"0.0000001f.."'],
    ["a range without bounds", "d831 82 f6 c6f6", '".."'],
  ])("%s", (_what, hex, text) => {
    expect(cborToJson(item(hex))).toBe(text);
  });

  test.each([
    ["an unknown tag", "d9 03e8 01"],
    ["a simple value", "e0"],
    ["a text that isn't UTF-8", "61ff"],
    ["a key that is no text", "a1 01 02"],
    ["texts in chunks", "7f 6161 ff"],
    ["an array without count", "9f 01 ff"],
    ["a UUID of 15 bytes", "d825 4f 000000000000000000000000000000"],
    ["a record id of three parts", "c8 83 6161 01 02"],
    ["a record id that isn't UTF-8", "c8 82 61ff 01"],
    ["a bound that is none", "d831 82 01 f6"],
    ["a datetime out of any calendar", "cc 82 1b7fffffffffffffff 00"],
    ["a datetime of text", "cc 6161"],
    ["a point of one number", "d858 81 fb3ff8000000000000"],
    ["a line of numbers", "d859 81 01"],
    ["a file of one part", "d837 81 6161"],
  ])("refuses %s", (_what, hex) => {
    expect(() => cborToJson(item(hex))).toThrow(EnvelopeError);
  });

  test("throws nothing else, whatever well-formed bytes there are", () => {
    const head = fc.constantFrom(
      ...[0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcc, 0xcd, 0xce, 0x82, 0x81, 0xa1],
    );
    const tag = fc.constantFrom(37, 49, 50, 51, 55, 56, 88, 89, 90, 94).map((n) => [0xd8, n]);
    const bytes = fc.array(
      fc.oneof(
        head.map((byte) => [byte]),
        tag,
        fc.nat(255).map((byte) => [byte]),
        fc.constant([0x61, 0x61]),
      ),
      { minLength: 1, maxLength: 16 },
    );
    fc.assert(
      fc.property(bytes, (pieces) => {
        try {
          JSON.parse(cborToJson(proveItem(Uint8Array.from(pieces.flat()))));
        } catch (error) {
          expect(error).toBeInstanceOf(EnvelopeError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("a text frame", () => {
  test("has its parts in a server's order", () => {
    const result = encodeValue([1]);
    expect(writeJsonResponse({ idText: '"a\\u0062"', result })).toBe(
      '{"id":"a\\u0062","result":[1]}',
    );
    expect(writeJsonResponse({ idText: "1" })).toBe('{"id":1,"result":null}');
    expect(
      writeJsonResponse({ idText: "1", session: LIVE, error: encodeValue({ code: -1 }) }),
    ).toBe(`{"id":1,"session":"${LIVE}","error":{"code":-1}}`);
    expect(writeJsonLive({ liveId: LIVE, action: "KILLED" })).toBe(
      `{"result":{"action":"KILLED","id":"${LIVE}","record":null,"result":null}}`,
    );
  });

  test("takes nothing for a UUID that is none", () => {
    const session = '","result":"';
    expect(() => writeJsonResponse({ idText: "1", session })).toThrow(EnvelopeError);
    expect(() => writeJsonLive({ liveId: session, action: "CREATE" })).toThrow(EnvelopeError);
    expect(() => writeJsonLive({ liveId: LIVE, session, action: "CREATE" })).toThrow(EnvelopeError);
  });
});
