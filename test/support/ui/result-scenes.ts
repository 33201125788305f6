/**
 * Answers for looking at results: every type, very many rows, very large ones, failures.
 *
 * `gallery.html?view=result&scene=types&format=table` shows one as the Query view does, and measures how
 * long it took from the bytes to the first rows on screen (`performance.measure` "first-rows").
 */
import { h, render } from "preact";
import {
  BoundExcluded,
  BoundIncluded,
  DateTime,
  Decimal,
  Duration,
  FileRef,
  Geometry,
  GeometryPoint,
  Range,
  RecordId,
  Table,
  Uuid,
} from "surrealdb";
import type { CallResult } from "../../../src/messages/commands.ts";
import { readAnswer, readOutcomes } from "../../../src/ui/query/results/answer.ts";
import type { AskRecord } from "../../../src/ui/query/results/record.ts";
import { ResultView } from "../../../src/ui/query/results/result-view.tsx";
import { StoreContext } from "../../../src/ui/store/context.ts";
import { createStore } from "../../../src/ui/store/store.ts";
import { encodeValue } from "../../../src/wire/values.ts";
import { exampleSession } from "./examples.ts";
import { createFakeClient } from "./fake-client.ts";
import { createFakeHost } from "./fake-host.ts";
import { scenes } from "./scenes.ts";

const ok = (result: unknown, time = "1.2ms") => ({ status: "OK", result, time });
const now = Date.now();
const at = (back: number) => new DateTime([BigInt(Math.floor((now - back) / 1000)), 120_000_000n]);

function note(index: number): object {
  return {
    id: new RecordId("note", index),
    text: `Note ${index}: ${["milk", "eggs and bread", "call the bank", "water the plants"][index % 4]}`,
    owner: new RecordId("user", index % 3 ? "alice" : "bob"),
    created: at(index * 61_000),
    done: index % 5 === 0,
    ...(index % 7 !== 0 && { tags: ["home", "list"].slice(0, 1 + (index % 2)) }),
    rank: index % 11 === 0 ? null : index * 1.5,
  };
}

function everyType(): object {
  const line = {
    type: "LineString",
    coordinates: [
      [0, 51.5],
      [-0.1, 51.6],
    ],
  } as const;
  const ring = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ] as [number, number][];
  return {
    id: new RecordId("thing", ["a", 1]),
    "record, array id": new RecordId("note", [
      "a",
      1,
      new Uuid("018f0000-0000-7000-8000-000000000000"),
    ]),
    "record, object id": new RecordId("note", { k: 1, when: "today" }),
    "record, uuid": new RecordId("note", new Uuid("018f0000-0000-7000-8000-000000000000")),
    "record, digits as text": new RecordId("note", "10"),
    uuid: new Uuid("018f0000-0000-7000-8000-000000000000"),
    datetime: at(180_000),
    future: at(-86_400_000 * 3),
    duration: new Duration("1w2d3h4m5s6ms7us8ns"),
    decimal: new Decimal("0.0000000000000000000000000001"),
    int: 42,
    big: 9_223_372_036_854_775_807n,
    float: 1.25,
    infinity: Number.POSITIVE_INFINITY,
    nan: Number.NaN,
    bytes: new Uint8Array(300).map((_, index) => index).buffer,
    range: new Range(new BoundIncluded(1), new BoundExcluded(10)),
    set: new Set([1, 2, 3]),
    point: new GeometryPoint([-0.118, 51.509]),
    line: Geometry.fromJSON(line as never),
    polygon: Geometry.fromJSON({ type: "Polygon", coordinates: [ring] } as never),
    collection: Geometry.fromJSON({ type: "GeometryCollection", geometries: [line] } as never),
    file: new FileRef("bucket", "/some/key.txt"),
    table: new Table("user"),
    none: undefined,
    null: null,
    yes: true,
    text: "it's text\nof two lines",
    "empty text": "",
    "looks like another\u202etxet": "\u202eabc",
    long: "a long text that goes on ".repeat(40),
    nested: { deep: { deeper: [1, [2, [3]]] } },
    "<b>markup</b>": "<img src=x onerror=alert(1)>",
  };
}

/** Bytes as a server would send them, without 100,000 values in between. */
function manyRows(count: number): Uint8Array {
  const rows = Array.from({ length: Math.min(count, 500) }, (_, index) => encodeValue(note(index)));
  const size = rows.reduce((sum, row) => sum + row.length, 0) / rows.length;
  const head = [0x81, 0xa3];
  const text = (word: string) => [0x60 | word.length, ...new TextEncoder().encode(word)];
  head.push(...text("status"), ...text("OK"), ...text("time"), ...text("41ms"), ...text("result"));
  head.push(0x9a, count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255);
  const bytes = new Uint8Array(Math.ceil(head.length + size * count + 1000));
  bytes.set(head);
  let end = head.length;
  for (let index = 0; index < count; index++) {
    const row = rows[index % rows.length] as Uint8Array;
    bytes.set(row, end);
    end += row.length;
  }
  return bytes.subarray(0, end);
}

function nested(levels: number): unknown {
  let value: unknown = "the bottom";
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { down: value };
  return value;
}

const answers: Record<string, () => Uint8Array> = {
  types: () => encodeValue([ok([everyType(), { ...everyType(), id: new RecordId("thing", 2) }])]),
  type: () => encodeValue([ok([everyType()])]),
  few: () => encodeValue([ok([0, 1, 2, 3, 4, 5, 6, 7].map(note))]),
  many: () => manyRows(100_000),
  million: () => manyRows(1_000_000),
  mixed: () =>
    encodeValue([ok([note(1), 5, "text", null, undefined, [1, 2], note(7), { other: 1 }])]),
  wide: () =>
    encodeValue([
      ok(
        Array.from({ length: 2000 }, (_, row) =>
          Object.fromEntries(
            Array.from({ length: 260 }, (_, column) => [`field_${column}`, row * column]),
          ),
        ),
      ),
    ]),
  several: () =>
    encodeValue([
      ok(undefined, "12µs"),
      ok([1, 2, 3].map(note)),
      {
        status: "ERR",
        time: "81µs",
        result: "Specify a namespace to use",
        kind: "Validation",
        details: { kind: "NamespaceEmpty" },
      },
      ok([]),
      ok({ a: 1, b: { c: [true, null] } }),
      { ...ok(new Uuid("018f0000-0000-7000-8000-000000000000")), type: "live" },
      ok(Array.from({ length: 300 }, (_, index) => note(index))),
    ]),
  statements: () =>
    encodeValue(
      Array.from({ length: 1000 }, (_, index) =>
        index % 100 === 99
          ? { status: "ERR", time: "9µs", result: `The statement ${index} failed`, kind: "Thrown" }
          : ok([note(index)]),
      ),
    ),
  huge: () =>
    encodeValue([
      ok([
        note(1),
        {
          id: new RecordId("huge", 1),
          list: Array.from({ length: 400_000 }, (_, index) => ({ index, text: "x".repeat(100) })),
        },
        { id: new RecordId("huge", 2), text: "long ".repeat(2_000_000) },
        { id: new RecordId("huge", 3), bytes: new Uint8Array(10_000_000).buffer },
      ]),
    ]),
  object: () =>
    encodeValue([ok({ rows: Array.from({ length: 200_000 }, (_, index) => note(index % 500)) })]),
  deep: () => encodeValue([ok([nested(240)])]),
  empty: () => encodeValue([ok([])]),
  none: () => encodeValue([]),
};

/** Answers a record, or that there is none, or an error: by the last letter of its id. */
const ask: AskRecord = async (id) => {
  await new Promise((resolve) => setTimeout(resolve, 80));
  const last = id.at(-1) ?? 0;
  const entry = last % 3 === 0 ? ok(undefined) : ok({ ...note(last), name: "found" });
  const [outcome] = readOutcomes("query", encodeValue([entry]));
  if (!outcome) throw new Error("No outcome");
  return { outcome, identity: "user:bob", target: "app/tenant_b", duration: 1.3 };
};

export function showResult(root: HTMLElement, query: URLSearchParams): void {
  const client = createFakeClient(scenes.rich());
  const format = query.get("format") ?? "tree";
  const host = createFakeHost({
    theme: query.get("theme") === "dark" ? "dark" : "light",
    surface: "devtools",
    preferences: { "query.format": format },
  });
  const store = createStore({ client, host });
  document.documentElement.dataset.theme = query.get("theme") === "dark" ? "dark" : "light";
  const result = (answers[query.get("scene") ?? "few"] ?? answers.few)?.() ?? new Uint8Array();
  const level = query.get("level") ?? "record";
  const session = exampleSession({ label: "Bob" });
  const raw: CallResult = {
    result,
    duration: 41.2,
    bytesSent: 90,
    bytesReceived: result.length,
    identity: "user:bob",
    target: "app/tenant_b",
  };
  setTimeout(() => {
    performance.mark("arrived");
    const asked = { ...session, auth: { ...session.auth, level: level as "record" } };
    const answer = readAnswer(asked, "query", undefined, raw);
    performance.mark("read");
    const reader = { key: session.key, label: session.label, ask };
    const view = h(ResultView, { answer, reader, fills: !query.has("free") });
    render(
      h(StoreContext.Provider, { value: store }, [h("div", { class: "sy-root" }, [view])]),
      root,
    );
    performance.mark("drawn");
    requestAnimationFrame(() => {
      setTimeout(() => {
        performance.measure("read", "arrived", "read");
        performance.measure("drawn", "read", "drawn");
        performance.measure("first-rows", "arrived");
      });
    });
  }, 50);
  Object.assign(window, { gallery: { client, host, store, scrollThrough } });
}

/**
 * Scrolls what scrolls in the result, a step in each frame, as a person with a wheel does.
 * @returns milliseconds between frames: the longest, and the one that 95 of 100 stay under
 */
async function scrollThrough(step = 400, frames = 240): Promise<{ longest: number; most: number }> {
  const box = document.querySelector(".sy-tree-scrolls, .sy-table");
  if (!box) throw new Error("Nothing scrolls here.");
  const times: number[] = [];
  let before = await nextFrame();
  for (let frame = 0; frame < frames; frame++) {
    box.scrollTop += step;
    const at = await nextFrame();
    times.push(at - before);
    before = at;
  }
  times.sort((one, other) => one - other);
  return { longest: times.at(-1) ?? 0, most: times[Math.floor(frames * 0.95)] ?? 0 };
}

function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
