import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cborToJson } from "../../../../src/wire/json/cbor-to-json.ts";
import { readJsonRequest } from "../../../../src/wire/json/request.ts";
import { type ItemBytes, proveArray } from "../../../../src/wire/proven.ts";
import { encodeValue } from "../../../../src/wire/values.ts";
import { EnvelopeError } from "../../../../src/wire/wire-error.ts";
import { anyUuid } from "../arbitrary-values.ts";

const SESSION = "0190a3f4-5b1c-7d2e-8f3a-4b5c6d7e8f90";

function reasonOf(text: string): string {
  try {
    readJsonRequest(text);
  } catch (error) {
    if (error instanceof EnvelopeError) return error.reason;
    throw error;
  }
  return "read";
}

const withParams = (params: string) => `{"id":1,"method":"query","params":${params}}`;

function paramsOf(params: string): ItemBytes {
  return readJsonRequest(withParams(params)).params as ItemBytes;
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** JSON text as somebody else may write it: white space anywhere, escapes where none are needed. */
function spelled(value: unknown, space: string, escaped: boolean): string {
  const text = (plain: string) =>
    escaped
      ? `"${plain.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`
      : JSON.stringify(plain);
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) {
    return `[${value.map((item) => space + spelled(item, space, escaped) + space)}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([key, item]) =>
        `${space}${text(key)}${space}:${space}${spelled(item, space, escaped)}${space}`,
    );
    return `{${fields.join(",")}}`;
  }
  return JSON.stringify(value);
}

/** Any JSON value whose integers a server has a type for. */
const anyJson = fc
  .jsonValue({ maxDepth: 4 })
  .filter((value) => !/(^|[[,:])-?\d{16,}([\],}]|$)/.test(JSON.stringify(value)));
const anySpace = fc.constantFrom("", " ", "\n\t", "\r\n  ");

describe("a request on a json socket", () => {
  test("is read in any order of keys and any spelling", () => {
    const anyRequest = fc.record(
      {
        id: fc.oneof(fc.string(), fc.maxSafeInteger()),
        method: fc.string(),
        params: fc.array(anyJson, { maxLength: 3 }),
        session: anyUuid,
        txn: anyUuid,
      },
      { requiredKeys: ["id", "method"] },
    );
    fc.assert(
      fc.property(
        anyRequest,
        anySpace,
        fc.boolean(),
        fc.boolean(),
        (request, space, escaped, turn) => {
          const entries = Object.entries(request);
          const ordered = Object.fromEntries(turn ? entries.reverse() : entries);
          const text = space + spelled(ordered, space, escaped) + space;
          const read = readJsonRequest(text);
          expect(read.id.value).toBe(request.id);
          expect(JSON.parse(read.id.text)).toBe(request.id);
          expect(text).toContain(read.id.text);
          expect([read.method, read.session, read.txn]).toEqual([
            request.method,
            request.session,
            request.txn,
          ]);
          const params = read.params && JSON.parse(cborToJson(read.params));
          expect(params).toEqual(JSON.parse(JSON.stringify(request)).params);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("gives the id back as it stood", () => {
    for (const [id, value] of [
      ['"a\\u0062"', "ab"],
      ["1.0", 1],
      ["-3", -3],
      ["1e2", 100],
      ["9007199254740993", 9007199254740993n],
      ["-9223372036854775808", -(2n ** 63n)],
    ] as const) {
      expect(readJsonRequest(`{"method":"ping","id" : ${id} }`).id).toEqual({ text: id, value });
    }
  });

  test("has no params, session or txn where these are null, and UUIDs in lower case", () => {
    const text = `{"id":1,"method":"x","params":null,"session":"${SESSION.toUpperCase()}","txn":null}`;
    const request = readJsonRequest(text);
    expect(request).toEqual({ id: { value: 1, text: "1" }, method: "x", session: SESSION });
  });

  test("carries its params as one proven array, in the codec's own bytes", () => {
    fc.assert(
      fc.property(fc.array(anyJson, { maxLength: 30 }), (params) => {
        const bytes = paramsOf(JSON.stringify(params));
        expect(proveArray(bytes)).toBe(bytes);
        expect(bytes.buffer.byteLength).toBe(bytes.length);
        expect(JSON.parse(cborToJson(bytes))).toEqual(JSON.parse(JSON.stringify(params)));
      }),
      { numRuns: 200 },
    );
    const many = [Array.from({ length: 300 }, (_, i) => i), "é".repeat(20), "x".repeat(70_000)];
    expect(hexOf(paramsOf(JSON.stringify(many)))).toBe(hexOf(encodeValue(many)));
  });

  test.each([
    ["[1]", "8101"],
    ["[1.0]", "81fb3ff0000000000000"],
    ["[1e0]", "81fb3ff0000000000000"],
    ["[-0]", "8100"],
    ["[-0.0]", "81fb8000000000000000"],
    ["[9007199254740993]", "811b0020000000000001"],
    ["[9223372036854775807,-9223372036854775808]", "821b7fffffffffffffff3b7fffffffffffffff"],
    ["[null,true,false]", "83f6f5f4"],
    ['["a:b"]', "8163613a62"],
    ["[{}]", "81a0"],
  ])("%s becomes %s", (params, bytes) => {
    expect(hexOf(paramsOf(params))).toBe(bytes);
  });

  test.each([
    ["user:alice", "c86a757365723a616c696365"],
    ["a:⟨x y⟩", "c86b613ae29fa8782079e29fa9"],
    ["0190A3F4-5b1c-7d2e-8f3a-4b5c6d7e8f90", "d825500190a3f45b1c7d2e8f3a4b5c6d7e8f90"],
    ["1970-01-01T00:00:01.5Z", "cc82011a1dcd6500"],
    ["1970-01-01T01:00:00+02:00", "cc8239 0e0f 00"],
  ])("takes the text %s for what a server takes it for, where that is asked for", (text, bytes) => {
    const params = withParams(JSON.stringify([text, { [text]: 1 }]));
    const key = hexOf(encodeValue({ [text]: 1 }));
    const asServer = readJsonRequest(params, "as-server").params as ItemBytes;
    expect(hexOf(asServer)).toBe(`82${bytes.replaceAll(" ", "")}${key}`);
    expect(hexOf(readJsonRequest(params).params as ItemBytes)).toBe(
      `82${hexOf(encodeValue(text))}${key}`,
    );
  });

  test("takes nothing for more than it is", () => {
    const texts = [
      ...["a:", ":a", "a:b c", "a: b", "1a:b", "a:b:c", "a:⟨⟩", "a:b`", "http://x"],
      ...[`${SESSION}__1`, `u"${SESSION}"`, SESSION.slice(1), SESSION.replaceAll("-", "")],
      ...["2024-01-01", "2024-02-30T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z"],
      ...["2024-01-01T00:00:60Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.0000000001Z"],
    ];
    const { params } = readJsonRequest(withParams(JSON.stringify(texts)), "as-server");
    expect(hexOf(params as ItemBytes)).toBe(hexOf(encodeValue(texts)));
  });
});

describe("what is no request is refused", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

  test.each([
    ["nothing", "", "not-a-map"],
    ["an array", "[]", "not-a-map"],
    ["a key twice", '{"id":1,"method":"x","id":1}', "duplicate-key"],
    ["a key twice, once in escapes", '{"id":1,"method":"x","\\u0069d":1}', "duplicate-key"],
    [
      "session twice",
      `{"id":1,"method":"x","session":null,"session":"${SESSION}"}`,
      "duplicate-key",
    ],
    ["a key twice inside of params", withParams('[{"a":1,"b":{"c":1,"c":1}}]'), "duplicate-key"],
    ["an unknown key", '{"id":1,"method":"x","version":1}', "unknown-key"],
    ["a key of Object's", '{"id":1,"method":"x","__proto__":{}}', "unknown-key"],
    ["no id", '{"method":"x"}', "missing-key"],
    ["no method", '{"id":1}', "missing-key"],
    ["an empty object", "{}", "missing-key"],
    ["an id of null", '{"id":null,"method":"x"}', "bad-id"],
    ["an id that is an object", '{"id":{},"method":"x"}', "bad-id"],
    ["an id beyond 64 bits", '{"id":9223372036854775808,"method":"x"}', "malformed"],
    ["a method that is no text", '{"id":1,"method":1}', "bad-method"],
    ["params that are an object", withParams("{}"), "bad-params"],
    ["params that are a text", withParams('"[]"'), "bad-params"],
    ["a session that is no UUID", '{"id":1,"method":"x","session":"a"}', "bad-uuid"],
    ["a session that is a number", '{"id":1,"method":"x","session":1}', "bad-uuid"],
    ["a txn with a prefix", `{"id":1,"method":"x","txn":"u'${SESSION}'"}`, "bad-uuid"],
    ["text behind it", '{"id":1,"method":"x"}{}', "trailing-bytes"],
    ["a NUL behind it", '{"id":1,"method":"x"}\0', "trailing-bytes"],
    ["a byte order mark", '\ufeff{"id":1,"method":"x"}', "not-a-map"],
    ["a comma too much", '{"id":1,"method":"x",}', "malformed"],
    ["a comma too much in an array", withParams("[1,]"), "malformed"],
    ["a comma too few", withParams("[1 2]"), "malformed"],
    ["single quotes", "{'id':1,'method':'x'}", "malformed"],
    ["a key without quotes", "{id:1}", "malformed"],
    ["a comment", withParams("[/**/]"), "malformed"],
    ["an end too early", '{"id":1,"method":"x', "malformed"],
    ["a line break in a text", withParams('["a\nb"]'), "malformed"],
    ["an unknown escape", withParams('["\\x41"]'), "malformed"],
    ["an escape of Object's", withParams('["\\constructor"]'), "malformed"],
    ["an escape with a sign", withParams('["\\u+041"]'), "malformed"],
    ["half a character", withParams('["\\ud800"]'), "malformed"],
    ["half a character, raw", withParams('["\udc00"]'), "malformed"],
    ["halves in the wrong order", withParams('["\\ude00\\ud83d"]'), "malformed"],
    ["a leading zero", withParams("[01]"), "malformed"],
    ["a plus", withParams("[+1]"), "malformed"],
    ["a point without digits", withParams("[1.]"), "malformed"],
    ["a point first", withParams("[.5]"), "malformed"],
    ["a minus alone", withParams("[-]"), "malformed"],
    ["hexadecimal", withParams("[0x10]"), "malformed"],
    ["NaN", withParams("[NaN]"), "malformed"],
    ["SurrealQL", withParams("[user:alice]"), "malformed"],
    ["a word that goes on", withParams("[nullx]"), "malformed"],
    ["an integer beyond 64 bits", withParams("[9223372036854775808]"), "malformed"],
    ["a negative one", withParams("[-9223372036854775809]"), "malformed"],
    ["an integer of a million digits", withParams(`[${"9".repeat(1_000_000)}]`), "malformed"],
    ["257 levels", withParams(nested(256)), "too-deep"],
    ["a million levels", withParams(nested(1_000_000)), "too-deep"],
  ])("%s", (_what, text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  test("256 levels are taken, as the skipper takes them", () => {
    expect(reasonOf(withParams(nested(255)))).toBe("read");
    expect(reasonOf(withParams(`[${'{"a":'.repeat(254)}1${"}".repeat(254)}]`))).toBe("read");
  });

  test("a key that comes twice anywhere", () => {
    const anyKey = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(anyKey, anyJson, anyJson, fc.nat(5), anySpace, (key, one, two, level, space) => {
        const again = spelled(key, "", true);
        const twice = `{${JSON.stringify(key)}:${JSON.stringify(one)},${space}${again}${space}:${JSON.stringify(two)}}`;
        const params = `[${'{"x":['.repeat(level)}${twice}${"]}".repeat(level)}]`;
        expect(reasonOf(withParams(params))).toBe("duplicate-key");
      }),
    );
  });

  test("random text, and requests with a piece missing or too much, as JSON.parse does", () => {
    const piece = fc.constantFrom(
      ...['"', "{", "}", "[", "]", ",", ":", "1", "-", ".", "e", "\\", "\\u00", "null", "tru", " "],
      ...['"id"', '"method"', '"params"', '"session"', '"a"', '"a":1', "\n", "\0", "\ud83d", "é"],
    );
    const random = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(""));
    const cut = fc
      .tuple(
        fc.array(anyJson, { maxLength: 2 }),
        fc.nat(),
        fc.nat(4),
        fc.oneof(fc.constant(""), piece),
      )
      .map(([params, at, length, more]) => {
        const text = JSON.stringify({ id: 1, method: "x", params });
        const start = at % text.length;
        return text.slice(0, start) + more + text.slice(start + length);
      });
    fc.assert(
      fc.property(fc.oneof(random, fc.string(), cut), (text) => {
        if (reasonOf(text) !== "read") return;
        const request = readJsonRequest(text);
        const { id, method, params } = JSON.parse(text);
        expect([JSON.parse(request.id.text), request.method]).toEqual([id, method]);
        const read = request.params && JSON.parse(cborToJson(request.params));
        // Twice through JavaScript's JSON, which has neither -0 nor what isn't finite.
        expect(JSON.stringify(read)).toBe(JSON.stringify(params ?? undefined));
      }),
      { numRuns: 2000 },
    );
  });
});
