/** Every type, from the bytes of the real engine to what a person reads. */
import { createNodeEngines } from "@surrealdb/node";
import { CborCodec, Surreal } from "surrealdb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatJson } from "../../../../../src/session/json-text.ts";
import { writeSurql } from "../../../../../src/session/surql.ts";
import { type Outcome, readOutcomes } from "../../../../../src/ui/query/results/answer.ts";
import { typeName } from "../../../../../src/ui/values/format.ts";
import { wordBeside } from "../../../../../src/ui/values/leaf.tsx";
import { itemUnder } from "../../../../../src/wire/item-under.ts";
import { Result } from "../../../../../src/wire/result.ts";

let db: Surreal;
/** What the engine answered last, before anything decoded it. */
let answered: Uint8Array = new Uint8Array();

class KeepingCodec extends CborCodec {
  override decode<T>(bytes: Uint8Array): T {
    answered = bytes;
    return super.decode<T>(bytes);
  }
}

beforeAll(async () => {
  db = new Surreal({
    engines: createNodeEngines({ capabilities: { experimental: true } }),
    codecs: { cbor: (options) => new KeepingCodec(options) },
  });
  await db.connect("mem://");
  await db.use({ namespace: "test", database: "test" });
});

afterAll(() => db.close());

async function outcomesOf(text: string): Promise<Outcome[]> {
  await db.query(text).responses();
  return readOutcomes("query", answered);
}

async function look(text: string): Promise<unknown> {
  const [outcome] = await outcomesOf(`RETURN ${text}`);
  if (!outcome?.ok) throw new Error(outcome?.error.message);
  return outcome.result.look();
}

/** What is written, how it reads, of which type it is, what JSON makes of it. */
const TYPES: [written: string, reads: string, type: string, json?: string][] = [
  ["NONE", "NONE", "none", "null"],
  ["NULL", "NULL", "null", "null"],
  ["true", "true", "bool", "true"],
  ["5", "5", "int", "5"],
  ["5f", "5f", "float", "5.0"],
  ["-0f", "-0f", "float", "-0.0"],
  ["5.25", "5.25", "float", "5.25"],
  ["1e300", "1e+300f", "float", "1e300"],
  ["Infinity", "Infinity", "float"],
  ["NaN", "NaN", "float"],
  ["9007199254740993", "9007199254740993", "int", "9007199254740993"],
  ["-9223372036854775808", "-9223372036854775808", "int"],
  ["0.0000000000000000000000000001dec", "0.0000000000000000000000000001dec", "decimal"],
  ["79228162514264337593543950335dec", "79228162514264337593543950335dec", "decimal"],
  ["1.50dec", "1.5dec", "decimal", '"1.5"'],
  ['"it\'s"', '"it\'s"', "string", '"it\'s"'],
  ["note:1", "note:1", "record", '"note:1"'],
  ["note:`1`", "note:`1`", "record"],
  ["note:['a', 1]", "note:['a', 1]", "record"],
  ["note:[1f]", "note:[1f]", "record"],
  ["note:{ k: 1 }", "note:{ k: 1 }", "record"],
  [
    "note:u'018f0000-0000-7000-8000-000000000000'",
    "note:u'018f0000-0000-7000-8000-000000000000'",
    "record",
  ],
  ["note:1..=3", "note:1..=3", "range"],
  ["u'018f0000-0000-7000-8000-000000000000'", "u'018f0000-0000-7000-8000-000000000000'", "uuid"],
  ["d'2026-01-02T03:04:05.000000001Z'", "d'2026-01-02T03:04:05.000000001Z'", "datetime"],
  ["1y2w3ns", "1y2w3ns", "duration"],
  ["<bytes>'hé'", 'b"68C3A9"', "bytes", '"aMOp"'],
  ["1..5", "1..5", "range"],
  ["1>..=5", "1>..=5", "range"],
  ["..", "..", "range"],
  ["<set>[2, 1f, 2]", "<set>[1f, 2]", "set"],
  ["[1, [2f]]", "[1, [2f]]", "array"],
  ["{ a: 1f, b: { c: NULL } }", "{ a: 1f, b: { c: NULL } }", "object"],
  ["(1.5, -2.5)", "(1.5, -2.5)", "geometry<point>"],
  [
    "{ type: 'LineString', coordinates: [[1, 2], [3, 4]] }",
    "{ type: 'LineString', coordinates: [[1, 2], [3, 4]] }",
    "geometry<line>",
  ],
  [
    "{ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }",
    "{ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }",
    "geometry<polygon>",
  ],
  [
    "{ type: 'MultiPoint', coordinates: [[1, 2]] }",
    "{ type: 'MultiPoint', coordinates: [[1, 2]] }",
    "geometry<multipoint>",
  ],
  [
    "{ type: 'MultiLineString', coordinates: [[[1, 2], [3, 4]]] }",
    "{ type: 'MultiLineString', coordinates: [[[1, 2], [3, 4]]] }",
    "geometry<multiline>",
  ],
  [
    "{ type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] }",
    "{ type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] }",
    "geometry<multipolygon>",
  ],
  [
    "{ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }] }",
    "{ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }] }",
    "geometry<collection>",
  ],
  ["type::file('bucket', '/a/b.txt')", 'f"bucket:/a/b.txt"', "file"],
  ["type::table('note')", "type::table('note')", "table"],
];

test.each(TYPES)("%s", async (written, reads, type, json) => {
  const value = await look(written);
  expect(writeSurql(value).text).toBe(reads);
  expect(typeName(value)).toBe(type);
  if (json !== undefined) expect(formatJson(value).text).toBe(json);
});

test("what is read is SurrealQL for the same value, floats included", async () => {
  for (const [, reads, type] of TYPES) {
    const again = await look(reads);
    expect([writeSurql(again).text, typeName(again)]).toEqual([reads, type]);
  }
});

test("a type that no wire carries is said by the server, not shown as something else", async () => {
  await expect(outcomesOf("RETURN /a.*b/")).rejects.toThrow("Unsupported value type: Regex");
});

test("beside a time stands how long ago it was, beside bytes how many", async () => {
  expect(wordBeside(await look("time::now() - 3m - 1s"))).toBe("3 min ago");
  expect(wordBeside(await look("time::now() + 2h + 1s"))).toBe("in 2 h");
  expect(wordBeside(await look("<bytes>'four'"))).toBe("4 B");
  expect(wordBeside(await look("d'+262142-01-01T00:00:00Z'"))).toMatch(/days|^$|undefined/);
});

test("an id is taken out of a result as the bytes that it came as", async () => {
  const [outcome] = await outcomesOf(
    "RETURN [{ list: [1, { who: note:[1f] }], set: <set>[note:[2f]] }]",
  );
  if (!outcome?.ok) throw new Error("failed");
  const { bytes } = outcome.result;
  const id = itemUnder(bytes, ["0", "list", "1", "who"]);
  const inSet = itemUnder(bytes, ["0", "set", "0"]);
  // As a binding it names the record with the float, not the one with the integer.
  expect([id, inSet].map((each) => each && writeSurql(new Result(each).look()).text)).toEqual([
    "note:[1f]",
    "note:[2f]",
  ]);
  expect(itemUnder(bytes, ["0", "list", "7"])).toBeUndefined();
  expect(itemUnder(bytes, ["0", "nothing"])).toBeUndefined();
});

test("a value nested too deep is said to be that; one that isn't is shown down to its bottom", async () => {
  const nested = (levels: number) =>
    `RETURN array::fold(array::range(0, ${levels}), 'bottom', |$a, $b| [$a])`;
  await expect(outcomesOf(nested(1000))).rejects.toThrow("nested deeper than 256");
  const [outcome] = await outcomesOf(nested(240));
  if (!outcome?.ok) throw new Error("failed");
  const { text, cut } = writeSurql(outcome.result.look());
  expect([text.includes("'bottom'"), cut]).toEqual([true, false]);
});
