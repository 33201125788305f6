/** The whole of a result as text: the same as at once, in slices, that can be given up. */
import { DateTime, Decimal, RecordId, Uuid } from "surrealdb";
import { describe, expect, test } from "vitest";
import { ColumnFinder } from "../../../../../src/ui/query/results/columns.ts";
import { wholeText } from "../../../../../src/ui/query/results/whole-text.ts";
import { Result } from "../../../../../src/wire/result.ts";
import { type Rows, rowsOf } from "../../../../../src/wire/rows.ts";
import { encodeValue } from "../../../../../src/wire/values.ts";

const resultOf = (value: unknown) => new Result(encodeValue(value));
const csv = async (value: unknown) => (await wholeText(resultOf(value), "csv")).text.split("\r\n");

const rows = Array.from({ length: 3000 }, (_, index) => ({
  id: new RecordId("note", index),
  text: `line one\nline ${index}`,
  none: undefined,
  tags: ["a", { b: index }],
}));

describe("JSON and SurrealQL", () => {
  test("of a big result are all of it, and can be read by others", async () => {
    const { text } = await wholeText(resultOf(rows), "json");
    const read = JSON.parse(text) as unknown[];
    expect(read).toHaveLength(3000);
    expect(read[2999]).toEqual({
      id: "note:2999",
      text: "line one\nline 2999",
      tags: ["a", { b: 2999 }],
    });
    const surql = await wholeText(resultOf(rows), "surql");
    expect(surql.text.split("\n")).toHaveLength(3002);
    expect(surql.text).toContain("{ id: note:7, text: 'line one\\nline 7', none: NONE, tags: ");
  });

  test("of one row of megabytes, too", async () => {
    const one = { id: 1, list: rows, long: "x".repeat(1_000_000) };
    const { text } = await wholeText(resultOf([one]), "json");
    const [read] = JSON.parse(text) as [{ list: unknown[]; long: string }];
    expect([read.list.length, read.long.length]).toEqual([3000, 1_000_000]);
  });

  test("let the page live meanwhile, say how far they are, and can be given up", async () => {
    const many = resultOf(Array.from({ length: 60_000 }, (_, n) => ({ n, text: "some words" })));
    const stop = new AbortController();
    const parts: number[] = [];
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const making = wholeText(many, "surql", {
      signal: stop.signal,
      onProgress(part) {
        parts.push(part);
        if (parts.length === 3) stop.abort();
      },
    });
    await expect(making).rejects.toThrow(/abort/);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(parts.every((part) => part > 0 && part < 1)).toBe(true);
  });
});

describe("CSV", () => {
  test("has every key of any row, id first, and tells NONE, NULL and empty apart", async () => {
    const value = [
      { text: "a, b", id: new RecordId("note", 1) },
      { id: new RecordId("note", ["x"]), text: 'say "hi"\nthere', done: null, extra: "" },
    ];
    expect(await csv(value)).toEqual([
      "id,text,done,extra",
      'note:1,"a, b",,',
      `note:['x'],"say ""hi""\nthere",null,""`,
      "",
    ]);
  });

  test("has values without SurrealQL's marks, and what has parts as SurrealQL", async () => {
    const value = [
      {
        at: new DateTime("2026-01-02T03:04:05Z"),
        dec: new Decimal("0.0000000001"),
        uuid: new Uuid("018f0000-0000-7000-8000-000000000000"),
        big: 9007199254740993n,
        yes: true,
        word: "null",
        list: [1, "two"],
      },
    ];
    expect((await csv(value))[1]).toBe(
      `2026-01-02T03:04:05Z,0.0000000001,018f0000-0000-7000-8000-000000000000,9007199254740993,true,"null","[1, 'two']"`,
    );
  });

  test("rows that aren't objects have a column of their own", async () => {
    expect(await csv([{ a: 1 }, 5, "x"])).toEqual(["a,value", "1,", ",5", ",x", ""]);
    expect(await csv({ a: 1, b: 2 })).toEqual(["a,b", "1,2", ""]);
  });

  test("what a spreadsheet would run is text to it, and is counted", async () => {
    const value = [
      { a: '=HYPERLINK("http://x")', b: "+49 (30) 123-4", c: "-5", d: "@SUM(A1)", "=key": "ok" },
    ];
    const { text, guarded } = await wholeText(resultOf(value), "csv");
    expect(text.split("\r\n")).toEqual([
      "a,b,c,d,'=key",
      `"'=HYPERLINK(""http://x"")",+49 (30) 123-4,-5,'@SUM(A1),ok`,
      "",
    ]);
    expect(guarded).toBe(3);
  });
});

describe("columns", () => {
  test("that turn up late are found, without decoding the rows", () => {
    const value = [...rows, { late: 1 }, 7];
    const found = new ColumnFinder(rowsOf(encodeValue(value)) as Rows);
    found.read(0);
    const early = found.columns;
    expect(early.keys).toEqual(["id", "text", "none", "tags"]);
    expect([early.hasValues, found.done]).toEqual([false, false]);
    while (!found.done) found.read(5);
    expect(found.columns).toMatchObject({ keys: [...early.keys, "late"], hasValues: true });
  });

  test("are bounded, and what is left out is counted", () => {
    const wide = [Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, n]))];
    const found = new ColumnFinder(rowsOf(encodeValue(wide)) as Rows, 100);
    found.read(50);
    expect([found.columns.keys.length, found.columns.leftOut]).toEqual([100, 400]);
  });
});
