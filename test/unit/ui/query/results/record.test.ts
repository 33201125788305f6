/** A record opened by its id: asked for as bytes, in one session, and only when a person asks. */
import { createNodeEngines } from "@surrealdb/node";
import { type RecordId, Surreal } from "surrealdb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAbsent, recordAsker } from "../../../../../src/ui/query/results/record.ts";
import type { PanelStore } from "../../../../../src/ui/store/store.ts";
import { decodeValue, encodeValue } from "../../../../../src/wire/values.ts";

let db: Surreal;
const sent: Record<string, unknown>[] = [];

/** The worker's half, with the real engine behind it. */
const call = (async (_command: string, params: Record<string, unknown>) => {
  sent.push(params);
  const bindings = decodeValue(params.bindings as Uint8Array) as Record<string, unknown>;
  const [result] = await db.query<[unknown]>(params.text as string, bindings).collect();
  return {
    result: encodeValue([{ status: "OK", time: "1ms", result }]),
    duration: 1.5,
    bytesSent: 1,
    bytesReceived: 1,
    identity: "user:bob",
    target: "app/b",
  };
}) as unknown as PanelStore["call"];

beforeAll(async () => {
  db = new Surreal({ engines: createNodeEngines() });
  await db.connect("mem://");
  await db.use({ namespace: "test", database: "test" });
  await db.query(
    "CREATE note:['a', { b: 1 }] SET text = 'found'; CREATE note:`1; REMOVE TABLE note`",
  );
});

afterAll(() => db.close());

async function idOf(text: string) {
  const [id] = await db.query<[RecordId]>(`RETURN ${text}`).collect();
  return encodeValue(id);
}

test("is asked for in the session that gave the result, outside of any transaction", async () => {
  const ask = recordAsker(call, "k1");
  expect(sent).toEqual([]);
  const opened = await ask(await idOf("note:['a', { b: 1 }]"));
  expect(opened).toMatchObject({ identity: "user:bob", target: "app/b", duration: 1.5 });
  expect(opened.outcome.ok && opened.outcome.result.value()).toMatchObject({ text: "found" });
  expect(sent).toEqual([
    { key: "k1", text: "SELECT * FROM ONLY $record", bindings: expect.any(Uint8Array) },
  ]);
});

test("an id that reads like SurrealQL is an id", async () => {
  const { outcome } = await recordAsker(call, "k1")(await idOf("note:`1; REMOVE TABLE note`"));
  expect(outcome.ok && outcome.result.value()).toHaveProperty("id");
  const [left] = await db.query<[unknown[]]>("SELECT * FROM note").collect();
  expect(left).toHaveLength(2);
});

test("one that isn't there, or may not be seen, is empty and no error", async () => {
  const { outcome } = await recordAsker(call, "k1")(await idOf("note:nowhere"));
  expect([outcome.ok, isAbsent(outcome)]).toEqual([true, true]);
});
