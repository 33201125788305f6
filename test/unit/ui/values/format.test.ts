/**
 * What is shown as SurrealQL must be SurrealQL: the real engine evaluates the text and must give back
 * an equal value.
 */
import { createNodeEngines } from "@surrealdb/node";
import fc from "fast-check";
import {
  DateTime,
  Decimal,
  Duration,
  Geometry,
  GeometryPoint,
  RecordId,
  Surreal,
  Table,
  Uuid,
} from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatJson } from "../../../../src/session/json-text.ts";
import { writeSurql } from "../../../../src/session/surql.ts";
import { formatValue, previewValue, typeName } from "../../../../src/ui/values/format.ts";
import { anyValue, same } from "./surreal-values.ts";

let db: Surreal;

beforeAll(async () => {
  db = new Surreal({ engines: createNodeEngines({ capabilities: { experimental: true } }) });
  await db.connect("mem://");
  await db.use({ namespace: "test", database: "test" });
});

afterAll(() => db.close());

async function evaluate(text: string): Promise<unknown> {
  const [value] = await db.query<[unknown]>(`RETURN ${text}`).collect();
  return value;
}

async function expectSame(value: unknown) {
  const text = formatValue(value, { limit: 1e6 });
  const back = await evaluate(text).catch((error: Error) => error);
  if (!same(back, value)) {
    throw new Error(
      `RETURN ${text} gave ${back instanceof Error ? back.message : formatValue(back)}`,
    );
  }
}

describe("formatValue", () => {
  it("writes text that the engine reads as an equal value", { timeout: 120_000 }, async () => {
    await fc.assert(fc.asyncProperty(anyValue, expectSame), { numRuns: 1500 });
  });

  it("breaks long containers over lines without changing the value", {
    timeout: 60_000,
  }, async () => {
    const broken = fc.asyncProperty(anyValue, async (value) => {
      const { text } = writeSurql(value, { lineWidth: 20 });
      expect(same(await evaluate(text), value), text).toBe(true);
    });
    await fc.assert(broken, { numRuns: 200 });
  });

  it("writes each type as the server does", () => {
    const cases: [unknown, string][] = [
      [undefined, "NONE"],
      [null, "NULL"],
      ["it's", `"it's"`],
      ["a\nb\u202e", "'a\\nb\\u{202e}'"],
      [2n ** 63n - 1n, "9223372036854775807"],
      [1e21, "1e+21f"],
      [new Decimal("0.0000000000000000000000000001"), "0.0000000000000000000000000001dec"],
      [new DateTime([27n, 999_999_970n]), "d'1970-01-01T00:00:27.99999997Z'"],
      [new Duration("1h30m"), "1h30m"],
      [new RecordId("user", "bob"), "user:bob"],
      [new RecordId("user", "10"), "user:`10`"],
      [new RecordId("user", ["x", { a: 1 }]), "user:['x', { a: 1 }]"],
      [new RecordId("select", 1), "`select`:1"],
      [new Uuid("018f0000-0000-7000-8000-000000000000"), "u'018f0000-0000-7000-8000-000000000000'"],
      [new Table("user"), "type::table('user')"],
      [new GeometryPoint([1.5, -2]), "(1.5, -2)"],
      [new Set([1, 2]), "<set>[1, 2]"],
      [new Uint8Array([0, 255]).buffer, 'b"00FF"'],
      [{ "a b": [], c: {} }, '{ "a b": [], c: {} }'],
    ];
    for (const [value, text] of cases) expect(formatValue(value)).toBe(text);
  });

  it("stays within its limit and says that it was cut", () => {
    let read = 0;
    const row = {
      get text() {
        read += 1;
        return "x".repeat(10);
      },
    };
    const rows = new Array(1_000_000).fill(row);
    const { text, cut } = writeSurql(rows, { limit: 1000, lineWidth: 80 });
    expect(cut).toBe(true);
    expect(text.length).toBeLessThanOrEqual(1001);
    expect(text.endsWith("…")).toBe(true);
    // Bounded work, not only bounded text: a full walk reads a million.
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(1000);
    expect(formatValue("y".repeat(5e6), { limit: 50 })).toBe(`'${"y".repeat(49)}…`);
    expect(formatValue([[[[1]]]], { depth: 2 })).toBe("[[…]]");
  });

  it("never cuts a character in half", () => {
    expect(formatValue("a😀", { limit: 3 })).toBe("'a…");
  });
});

describe("previewValue", () => {
  it("shows the first parts on one line", () => {
    expect(previewValue({ beta: true, list: [1], o: {} })).toBe("{ beta: true, list: […], o: {} }");
    expect(previewValue({ beta: true, name: "x".repeat(100) }, { limit: 20 })).toBe(
      "{ beta: true, … }",
    );
    expect(previewValue([])).toBe("[]");
    expect(previewValue("x".repeat(100), { limit: 5 })).toBe("'xxxxx…'");
  });
});

describe("typeName", () => {
  it("names types as SurrealQL does", async () => {
    for (const text of [
      "NONE",
      "NULL",
      "true",
      "'a'",
      "1.5",
      "1.5dec",
      "9223372036854775807",
      "d'2024-01-01T00:00:00Z'",
      "1h",
      "u'018f0000-0000-7000-8000-000000000000'",
      "[1]",
      "{1, 2}",
      "{ a: 1 }",
      "user:1",
      "1..2",
      'b"00"',
      "(1, 2)",
    ]) {
      const [type, value] = (await evaluate(`[type::of(${text}), ${text}]`)) as [string, unknown];
      expect(typeName(value), text).toBe(type);
    }
  });
});

describe("formatJson", () => {
  it("writes JSON that other tools read, and keeps what JSON has no word for as text", () => {
    const value = {
      id: new RecordId("user", ["a"]),
      big: 2n ** 63n - 1n,
      none: undefined,
      list: [undefined, Number.NaN, new Decimal("1.5")],
      at: new DateTime([27n, 999_999_970n]),
      bytes: new Uint8Array([1, 2, 3]).buffer,
      place: Geometry.fromJSON({ type: "Point", coordinates: [1, 2] }),
    };
    const { text, cut } = formatJson(value);
    expect(cut).toBe(false);
    expect(text).toContain('"big": 9223372036854775807');
    expect(JSON.parse(text)).toEqual({
      id: "user:['a']",
      big: Number(2n ** 63n - 1n),
      list: [null, "NaN", "1.5"],
      at: "1970-01-01T00:00:27.99999997Z",
      bytes: "AQID",
      place: { type: "Point", coordinates: [1, 2] },
    });
  });

  it("is JSON for every value", () => {
    fc.assert(fc.property(anyValue, (value) => void JSON.parse(formatJson(value).text)));
  });
});
