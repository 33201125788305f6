/** The way through what is opened in a result: each record is asked for as whoever gave its id. */
import { RecordId } from "surrealdb";
import { expect, test } from "vitest";
import { type Opened, OpenedWay } from "../../../../../src/ui/query/results/opened-way.ts";
import type { RecordReader } from "../../../../../src/ui/query/results/record.ts";
import { treePath } from "../../../../../src/ui/values/tree-rows.ts";
import type { ItemBytes } from "../../../../../src/wire/proven.ts";
import { encodeValue } from "../../../../../src/wire/values.ts";

const ask = () => Promise.reject(new Error("nobody asks here"));
const bob: RecordReader = { key: "b", label: "Bob", ask };
const alice: RecordReader = { key: "a", label: "Alice", ask };
const id = new RecordId("note", 1);
const root = encodeValue({ by: { whom: id } }) as ItemBytes;
const place = treePath(["by", "whom"]);

const shown = (way: OpenedWay) =>
  way.steps.value.map((step: Opened) =>
    step.kind === "row" ? "row" : `${step.name} as ${step.reader.label}`,
  );

test("begins anew in each column's row, and goes on within what is shown", () => {
  const way = new OpenedWay();
  way.openerFrom(root, bob)?.(id, place);
  expect(shown(way)).toEqual(["note:1 as Bob"]);
  way.openerOn(root, bob)?.(id, place);
  expect(shown(way)).toEqual(["note:1 as Bob", "note:1 as Bob"]);
  way.back(1);
  expect(shown(way)).toEqual(["note:1 as Bob"]);
  way.openerFrom(root, alice)?.(id, place);
  expect(shown(way)).toEqual(["note:1 as Alice"]);
  way.back(0);
  expect(shown(way)).toEqual([]);
});

test("has the id as its bytes came: decoded and encoded again it could be another record's", () => {
  // note:[5f], whose 5f would become the integer 5.
  const five = Uint8Array.of(0xf9, 0x45, 0x00);
  const float = Uint8Array.of(0xc8, 0x82, 0x64, ...new TextEncoder().encode("note"), 0x81, ...five);
  const row = Uint8Array.of(0xa1, 0x62, ...new TextEncoder().encode("by"), ...float) as ItemBytes;
  const way = new OpenedWay();
  way.openerFrom(row, bob)?.(new RecordId("note", [5]), treePath(["by"]));
  const [step] = way.steps.value;
  expect(step?.kind === "record" && step.id).toEqual(float);
});

test("isn't there where nobody can be asked, and leads nowhere where there is no such place", () => {
  const way = new OpenedWay();
  expect(way.openerFrom(root, undefined)).toBeUndefined();
  way.openerFrom(root, bob)?.(id, treePath(["nobody"]));
  expect(shown(way)).toEqual([]);
});
