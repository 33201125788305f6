/** Each method and its statement, on the real engine, in two equal databases: same answers, same data. */
import { Decimal, RecordId, RecordIdRange, Table } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { methodAsStatement } from "../../../../src/session/query/method-as-statement.ts";
import { writeSurql } from "../../../../src/session/surql.ts";
import { arrayItems, mapEntries } from "../../../../src/wire/cbor-parts.ts";
import { decodeValue, encodeValue } from "../../../../src/wire/values.ts";
import { BareEngine } from "./bare-engine.ts";
import { ROWS, SCHEMA } from "./writing-texts.ts";

let called: BareEngine;
let asked: BareEngine;

beforeAll(async () => {
  [called, asked] = await Promise.all([BareEngine.open(), BareEngine.open()]);
  for (const engine of [called, asked]) await engine.setUp(SCHEMA + ROWS);
});

afterAll(() => Promise.all([called.close(), asked.close()]));

const one = new RecordId("note", 1);
const odd = new RecordId("select", "it's `odd`");
const deep = new RecordId("note", ["x", { a: new Decimal("1.50") }]);
const range = new RecordIdRange("note", undefined, undefined);

/** In an order in which each finds what those before it left. */
const CALLS: [string, ...unknown[]][] = [
  ["select", "note"],
  ["select", new Table("note")],
  ["select", one],
  ["select", new RecordId("note", 404)],
  ["select", [one, new RecordId("note", 2)]],
  ["create", new RecordId("note", 10), { n: 1, big: 9007199254740993n }],
  ["create", new RecordId("note", 10), { n: 1 }],
  ["create", odd, { n: null }],
  ["create", deep],
  ["create", new RecordId("note", 11), null],
  ["create", "once", { id: "given", name: "z" }],
  ["create", new Table("once"), { id: "listed", name: "y" }],
  ["select", range],
  ["select", deep],
  ["insert", "note", [{ id: 20, n: 1 }, { id: 21 }]],
  ["insert", new Table("note"), { id: 22 }],
  ["insert", null, { id: new RecordId("note", 23) }],
  ["insert_relation", "likes", { id: 5, in: one, out: odd }],
  ["update", one, { n: 8 }],
  ["update", new RecordId("note", 404), { n: 8 }],
  ["update", "once", { name: "only one may" }],
  ["upsert", new RecordId("note", 30), { n: 3 }],
  ["upsert", new RecordId("note", 30)],
  ["merge", one, { m: { deep: [1] } }],
  ["merge", "note", { all: true }],
  ["patch", one, [{ op: "replace", path: "/n", value: 9 }]],
  ["patch", one, [{ op: "replace", path: "/n", value: 10 }], true],
  ["relate", one, new RecordId("likes", "r"), odd, { since: 5 }],
  ["relate", [one], new RecordId("likes", "s"), [new RecordId("note", 2)]],
  ["run", "fn::put", null, [4]],
  ["run", "math::max", undefined, [[1, 5, 3]]],
  ["run", "fn::missing"],
  ["delete", one],
  ["delete", one],
  ["delete", odd],
  ["delete", range],
  ["delete", "once"],
  ["delete", new Table("log")],
];

describe("a method as a statement", () => {
  it.each(CALLS)("%s answers the same (%#)", async (method, ...params) => {
    const bytes = encodeValue(params);
    const statement = methodAsStatement(method, bytes);
    if (!statement) throw new Error("no statement");
    const byMethod = await called.sendBytes(method, bytes).then(shown, failure);
    const [entry] = arrayItems(await asked.query(statement.text, undefined, statement.bindings));
    const parts = mapEntries(entry as Uint8Array);
    const ok = decodeValue(parts.get("status") as Uint8Array) === "OK";
    const result = parts.get("result") as Uint8Array;
    expect(ok ? shown(result) : String(decodeValue(result))).toBe(byMethod);
    expect(await asked.export()).toBe(await called.export());
  });

  it("is none for what isn't data, for arguments that fit none, and for names that are no names", () => {
    const none = (method: string, ...params: unknown[]) =>
      methodAsStatement(method, encodeValue(params));
    expect(none("use", "a", "b")).toBeUndefined();
    expect(none("toString")).toBeUndefined();
    expect(none("select")).toBeUndefined();
    expect(none("insert", one, {})).toBeUndefined();
    expect(none("run", "x(); CREATE evil:1; x")).toBeUndefined();
    expect(none("run", "ml::x", "1.0.0", [])).toBeUndefined();
    expect(methodAsStatement("select", undefined)).toBeUndefined();
  });

  it("never lets a name be more than a name", () => {
    const bytes = encodeValue(["note; CREATE evil:1 -- `"]);
    expect(methodAsStatement("delete", bytes)?.text).toBe(
      "DELETE `note; CREATE evil:1 -- \\`` RETURN BEFORE",
    );
  });
});

function shown(result: Uint8Array): string {
  return writeSurql(decodeValue(result)).text;
}

function failure(error: Error): string {
  return error.message;
}
