import fc from "fast-check";
import { CborCodec } from "surrealdb";
import { describe, expect, test } from "vitest";
import { CborError, MAX_DEPTH, skipItem } from "../../../src/wire/cbor-skip.ts";
import { anyValue } from "./arbitrary-values.ts";

const codec = new CborCodec({});

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

function reasonOf(input: Uint8Array): string {
  try {
    return `ends at ${skipItem(input)}`;
  } catch (error) {
    if (error instanceof CborError) return error.reason;
    throw error;
  }
}

/** Bytes with something wrong: cut, a byte changed, taken out, or put in. */
const damaged = fc
  .tuple(anyValue, fc.nat(), fc.nat({ max: 255 }), fc.constantFrom("cut", "change", "out", "in"))
  .map(([value, at, byte, how]) => {
    const whole = codec.encode(value);
    const pos = at % whole.length;
    if (how === "cut") return whole.slice(0, pos);
    if (how === "change") return Uint8Array.from(whole, (b, i) => (i === pos ? byte : b));
    const before = [...whole.slice(0, pos)];
    const after = [...whole.slice(how === "out" ? pos + 1 : pos)];
    return Uint8Array.from(how === "out" ? [...before, ...after] : [...before, byte, ...after]);
  });

describe("the skipper", () => {
  test("finds the exact end of whatever the codec writes, whatever stands around it", () => {
    fc.assert(
      fc.property(
        anyValue,
        fc.uint8Array({ maxLength: 9 }),
        fc.uint8Array({ maxLength: 9 }),
        (value, before, after) => {
          const item = codec.encode(value);
          const whole = Uint8Array.from([...before, ...item, ...after]);
          expect(skipItem(whole, before.length)).toBe(before.length + item.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("refuses every item that is cut short", () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), (value, at) => {
        const whole = codec.encode(value);
        expect(reasonOf(whole.slice(0, at % whole.length))).toBe("truncated");
      }),
      { numRuns: 500 },
    );
  });

  test("agrees with the codec on where a damaged item ends, and never fails in another way", () => {
    let decoded = 0;
    fc.assert(
      fc.property(damaged, (input) => {
        let end: number;
        try {
          end = skipItem(input);
        } catch (error) {
          expect(error).toBeInstanceOf(CborError);
          return;
        }
        expect(end).toBeLessThanOrEqual(input.length);
        let value: unknown;
        try {
          value = codec.decode(input.slice(0, end));
        } catch (refused) {
          // The codec may refuse what is well-formed (a Uuid of 3 bytes), but not for want of bytes.
          expect(String((refused as Error).message)).not.toContain("beyond buffer");
          return;
        }
        // Were the item longer or shorter for the codec, one byte less would be enough for it,
        // or what follows would be a part of it.
        decoded++;
        if (end > 1) expect(() => codec.decode(input.slice(0, end - 1))).toThrow();
        expect(value).toEqual(codec.decode(Uint8Array.from([...input.slice(0, end), 0x01])));
      }),
      { numRuns: 2_000 },
    );
    expect(decoded).toBeGreaterThan(100);
  });

  test("takes random bytes without failing in another way", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
        expect(reasonOf(input)).toMatch(/^ends at|^truncated$|^malformed$|^too-deep$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["00", "ends at 1"],
    ["17", "ends at 1"],
    ["18ff", "ends at 2"],
    ["1b ffffffffffffffff", "ends at 9"],
    ["3b ffffffffffffffff", "ends at 9"],
    ["f97e00", "ends at 3"],
    ["fa00000000", "ends at 5"],
    ["fb0000000000000000", "ends at 9"],
    ["f820", "ends at 2"],
    ["c6f6", "ends at 2"],
    ["5b 0000000000000002 0102", "ends at 11"],
    ["9a 00000001 00", "ends at 6"],
    ["80", "ends at 1"],
    ["a0", "ends at 1"],
    ["8180", "ends at 2"],
    ["9fff", "ends at 2"],
    ["9f 01 9f 02 ff ff", "ends at 6"],
    ["bf 61 61 01 ff", "ends at 5"],
    ["5f 41 01 42 0203 ff", "ends at 7"],
    ["7f ff", "ends at 2"],
    ["82 5f 41 01 ff 02", "ends at 6"],
    ["d8 25 50 000102030405060708090a0b0c0d0e0f", "ends at 19"],
    ["", "truncated"],
    ["18", "truncated"],
    ["62 61", "truncated"],
    ["5b 7fffffffffffffff", "truncated"],
    ["9b ffffffffffffffff", "truncated"],
    ["9a ffffffff", "truncated"],
    ["bb 8000000000000001 00 00", "truncated"],
    ["a2 00 00", "truncated"],
    ["9f 01", "truncated"],
    ["5f 41 01", "truncated"],
    ["c0", "truncated"],
    ["ff", "malformed"],
    ["81 ff", "malformed"],
    ["a1 00 ff", "malformed"],
    ["bf 00 ff", "malformed"],
    ["c0 ff", "malformed"],
    ["9f c0 ff", "malformed"],
    ["1c", "malformed"],
    ["1d", "malformed"],
    ["1e", "malformed"],
    ["1f", "malformed"],
    ["3f", "malformed"],
    ["df", "malformed"],
    ["fc", "malformed"],
    ["f81f", "malformed"],
    ["5f 61 61 ff", "malformed"],
    ["5f 00 ff", "malformed"],
    ["5f 5f 41 01 ff ff", "malformed"],
  ])("%s %s", (hex, outcome) => {
    expect(reasonOf(bytes(hex))).toBe(outcome);
  });

  test.each([
    ["arrays", "81"],
    ["arrays of indefinite length", "9f"],
    ["maps", "a100"],
    ["maps of indefinite length", "bf00"],
    ["tags", "c0"],
  ])("goes %s deep to the bound and no deeper", (_what, opening) => {
    const indefinite = opening.startsWith("9f") || opening.startsWith("bf");
    const nested = (levels: number) =>
      bytes(`${opening.repeat(levels)}00${indefinite ? "ff".repeat(levels) : ""}`);
    const whole = nested(MAX_DEPTH);
    expect(skipItem(whole)).toBe(whole.length);
    expect(reasonOf(nested(MAX_DEPTH + 1))).toBe("too-deep");
    expect(reasonOf(nested(1_000_000))).toBe("too-deep");
    expect(() => skipItem(whole, 0, 1)).toThrow(CborError);
  });

  test("goes on unharmed after a refusal in the middle of deep nesting", () => {
    expect(reasonOf(bytes(`${"81".repeat(200)}`))).toBe("truncated");
    const next = codec.encode({ a: [1, { b: [2] }] });
    expect(skipItem(next)).toBe(next.length);
  });
});
