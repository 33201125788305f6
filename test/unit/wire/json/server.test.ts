/**
 * JSON that was made from CBOR, and CBOR that was made from JSON, against what the embedded server says
 * on a json socket. Where that server's JSON is the SDK's and not SurrealDB's, the engine's own text of
 * the value decides.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DemoServer, startServer } from "../../../../demo/server/server.ts";
import { arrayItems, mapEntries } from "../../../../src/wire/cbor-parts.ts";
import {
  type AnswerEnvelope,
  type LiveEnvelope,
  readResponse,
  writeLive,
  writeRequest,
} from "../../../../src/wire/envelope.ts";
import { cborToJson } from "../../../../src/wire/json/cbor-to-json.ts";
import { writeJsonLive, writeJsonResponse } from "../../../../src/wire/json/frames.ts";
import { readJsonRequest } from "../../../../src/wire/json/request.ts";
import type { ItemBytes } from "../../../../src/wire/proven.ts";
import { decodeValue, encodeParams } from "../../../../src/wire/values.ts";
import { RawSocket } from "./raw-socket.ts";

const SESSION = "018e2b1c-0000-7000-8000-0000000000aa";

let server: DemoServer;
let json: RawSocket;
let cbor: RawSocket;
let ids = 0;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  json = await RawSocket.open(server, "json");
  cbor = await RawSocket.open(server, "cbor");
  for (const [method, ...params] of [
    ["signin", { user: "root", pass: "root" }],
    ["use", "app", "tenant_a"],
  ]) {
    await askJson(method as string, params);
    await askCbor(method as string, params);
  }
});

afterAll(async () => {
  json.close();
  cbor.close();
  await server.close();
});

async function askJson(method: string, params: unknown[], more: object = {}): Promise<string> {
  return (await json.ask(JSON.stringify({ id: ++ids, method, params, ...more }))) as string;
}

async function askCbor(method: string, params: unknown[]): Promise<AnswerEnvelope> {
  const frame = writeRequest({ id: ++ids, method, params: encodeParams(params) });
  return readResponse((await cbor.ask(frame)) as Uint8Array) as AnswerEnvelope;
}

/** The results of all statements, as bytes. */
async function queryCbor(text: string): Promise<ItemBytes[]> {
  const { result } = await askCbor("query", [text]);
  return arrayItems(result as ItemBytes).map((row) => mapEntries(row).get("result") as ItemBytes);
}

/** The result of the only statement, as text. */
async function queryJson(text: string): Promise<string> {
  const frame = await askJson("query", [text]);
  const found = /"result":\[\{"result":(.*),"status":"OK","time":"[^"]*","type":null\}\]\}$/s.exec(
    frame,
  );
  if (!found) throw new Error(frame);
  return found[1] as string;
}

/** As text, but that floats which are whole have no decimal, and durations a plain “u”. */
const asDemoServer = (text: string) => text.replace(/(\d)\.0(?=[,\]}]|$)/g, "$1").replace("µ", "u");

describe("a value has the JSON of a json socket", () => {
  test.each([
    "NONE",
    "NULL",
    "[true, false, [], {}]",
    "0",
    "[1, -1, 9, 10, 23, 24, 255, 256, 65536, -256, 4294967296]",
    "[9007199254740991, 9007199254740993, -9007199254740993]",
    "[9223372036854775807, -9223372036854775808]",
    "[1.5, -0.1f, 0.00001f, 1e-7f]",
    "[5f, -3f, 1e15f]",
    "[math::inf, math::neg_inf, 0f / 0f]",
    "[1.50dec, 0.000000000000000000000001dec, -7dec]",
    `["", "plain", "é ü 😀", "a b/c", "quote \\" backslash \\\\"]`,
    '"\\b\\f\\n\\r\\t \\u{1} \\u{1f} \\u{7f} \\u{2028}"',
    `"${"x".repeat(300)}é${"y".repeat(300)}"`,
    'd"2024-01-01T00:00:00Z"',
    '[d"2024-01-01T00:00:00.1Z", d"1969-12-31T23:59:59.000001Z", d"2024-02-29T12:30:15.123456789Z"]',
    'd"0000-01-01T00:00:00Z"',
    "[0ns, 1ns, 1us, 1500ms, 1h30m, 1y2w3d4h5m6s7ms, 52w]",
    'u"018E2B1C-0000-7000-8000-000000000001"',
    "[user:alice, user:12, user:a_1, team:core, user:-5]",
    "user:1..5",
    "[user:.., user:a.., user:1>..=5]",
    "[.., 1..5, 1..=5, 1>.., ..=3]",
    'b"00ff10"',
    "[<set>[3, 1, 2], <set>[], {1, 2}]",
    'type::table("user")',
    '{ b: 1, a: { "é": [1, { c: NONE }] }, "": NULL, "with space": 2 }',
    "(1.5, 2.25)",
    "{ type: 'LineString', coordinates: [[1, 2], [3.5, 4]] }",
    "{ type: 'Polygon', coordinates: [[[0, 0], [1.5, 1], [1, 0], [0, 0]], [[0, 0], [0.5, 0.5], [0.5, 0], [0, 0]]] }",
    "{ type: 'MultiPoint', coordinates: [[1, 2], [3, 4]] }",
    "{ type: 'MultiLineString', coordinates: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] }",
    "{ type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 1], [1, 0], [0, 0]]]] }",
    "{ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }, { type: 'LineString', coordinates: [[1, 2], [3, 4]] }] }",
  ])("%s", async (expression) => {
    const [bytes] = await queryCbor(`RETURN ${expression}`);
    const text = cborToJson(bytes as ItemBytes);
    expect(asDemoServer(text)).toBe(asDemoServer(await queryJson(`RETURN ${expression}`)));
  });

  test("records, as a select gives them", async () => {
    const { result } = await askCbor("select", ["user"]);
    const text = writeJsonResponse({ idText: String(ids + 1), result });
    expect(text).toBe(await askJson("select", ["user"]));
  });

  test.each([
    ["query", ["THROW 'x'"]],
    ["query", ["SELEC"]],
    ["select", []],
    ["no-such-method", []],
    ["signin", [{ user: "root", pass: "wrong" }]],
  ])("an error of %s %j", async (method, params) => {
    const socket = await RawSocket.open(server, "cbor");
    const other = await RawSocket.open(server, "json");
    const request = { id: "x", method, params: encodeParams(params) };
    const { error, result } = readResponse(
      (await socket.ask(writeRequest(request))) as Uint8Array,
    ) as AnswerEnvelope;
    const text = writeJsonResponse(error ? { idText: '"x"', error } : { idText: '"x"', result });
    const wanted = (await other.ask(JSON.stringify({ id: "x", method, params }))) as string;
    expect(withoutTimes(text)).toEqual(withoutTimes(wanted));
    socket.close();
    other.close();
  });

  test("an answer of a session", async () => {
    await askJson("attach", [], { session: SESSION });
    const { result } = await askCbor("version", []);
    const wanted = await askJson("version", [], { session: SESSION });
    const { id } = JSON.parse(wanted) as { id: number };
    expect(writeJsonResponse({ idText: String(id), session: SESSION, result })).toBe(wanted);
  });
});

function withoutTimes(text: string): string {
  return text.replace(/"time":"[^"]*"/g, '"time":""');
}

describe("what JSON has no form for is the engine's own text", () => {
  test.each([
    "user:⟨a-b⟩",
    "user:⟨12⟩",
    "user:⟨1_2⟩",
    "user:⟨12a⟩",
    "user:⟨⟩",
    "user:⟨é⟩",
    "user:⟨NONE⟩",
    "user:`a\\`b\\\\c\\nd'\"`",
    "⟨my table⟩:1",
    "⟨1t⟩:x",
    "⟨none⟩:1",
    'user:u"018e2b1c-0000-7000-8000-000000000001"',
    "user:[]",
    "user:{}",
    'user:["x", 1, 1.5, -0.0000001f, user:b, true, NULL, NONE, 1dec, 1h]',
    `user:["it's", "both ' and \\"", "\\b\\f\\n\\r\\t\\\\\\u{1}\\u{0}"]`,
    'user:[u"018e2b1c-0000-7000-8000-000000000001", d"2024-01-01T00:00:00.5Z", b"00ff", 1..2]',
    "user:[<set>[], <set>[1], <set>[1, 2], { a: 1, 'b c': [], '1d': {} }]",
    "user:[(1.5, 2), { type: 'Polygon', coordinates: [[[0, 0], [1, 1], [1, 0], [0, 0]]] }]",
    "user:[{ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }] }]",
    'user:["a"]..=["b"]',
    "user:⟨x y⟩..",
    '"a".."b"',
    '"it\'s"..',
    'd"2024-01-01T00:00:00Z"..',
    "1.5f..-2.5f",
    "math::inf..",
    'd"-0001-01-01T00:00:00Z"',
    'd"+012024-01-01T00:00:00.000001Z"',
    "1y2w3d4h5m6s7ms8us9ns",
    'type::file("bucket", "/a b/c-d_e.txt")',
    '[type::file("bu/cket", "x")].first()..',
  ])("%s", async (expression) => {
    const [bytes, text] = await queryCbor(`RETURN ${expression}; RETURN <string>(${expression})`);
    expect(JSON.parse(cborToJson(bytes as ItemBytes))).toBe(decodeValue(text as ItemBytes));
  });
});

describe("a value sent as JSON arrives as the json socket's server takes it", () => {
  const values: [string, string][] = [
    ["null", "null"],
    ["booleans", "[true,false]"],
    ["integers", "[0,-0,1,-1,23,24,-25,255,65536,4294967296,9007199254740991,-9007199254740991]"],
    ["fractions", "[1.5,-0.25,1e-7,12.5e3]"],
    ["texts", '["","plain","é 😀","\\u00e9\\ud83d\\ude00","\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001"]'],
    ["an object", '{"a":{"b":[{}]},"":1,"é":2,"\\u0061b":3}'],
    ["what looks like a query or a place", '["SELECT * FROM a","a:b c",":","a:","9:1x y"]'],
    ["GeoJSON", '{"type":"Point","coordinates":[1.5,2.5]}'],
    [
      "24 items and 24 keys",
      `[${"1,".repeat(23)}{${Array.from({ length: 24 }, (_, i) => `"k${i}":${i}`)}}]`,
    ],
  ];
  const ask = (value: string) =>
    `{"id":1,"method":"query","params":["RETURN [$v, type::of($v)]",{"v":${value}}]}`;

  async function sentBothWays(
    text: string,
    strings: "plain" | "as-server",
  ): Promise<[string, string]> {
    const { id, method, params } = readJsonRequest(text, strings);
    const frame = await cbor.ask(writeRequest({ id: 1, method, params }));
    const { result } = readResponse(frame as Uint8Array) as AnswerEnvelope;
    const answer = writeJsonResponse({ idText: id.text, result });
    return [answer, (await json.ask(text)) as string].map(withoutTimes) as [string, string];
  }

  test.each(values)("%s", async (_what, value) => {
    const [made, wanted] = await sentBothWays(ask(value), "plain");
    expect(asDemoServer(made)).toBe(asDemoServer(wanted));
  });

  test("integers of 64 bits keep all digits", async () => {
    const { method, params } = readJsonRequest(
      ask("[9223372036854775807,-9223372036854775808,9007199254740993]"),
    );
    const frame = await cbor.ask(writeRequest({ id: 1, method, params }));
    const { result } = readResponse(frame as Uint8Array) as AnswerEnvelope;
    expect(cborToJson(result as ItemBytes)).toContain(
      "[9223372036854775807,-9223372036854775808,9007199254740993]",
    );
  });

  test.each([
    ["a record id", '"user:alice"'],
    ["record ids within", '["user:12",{"k":"a:b"}]'],
    ["a record id in brackets", '"user:⟨a-b⟩"'],
    ["a UUID", '"018E2B1C-0000-7000-8000-0000000000aa"'],
    [
      "datetimes",
      '["2024-01-01T00:00:00Z","2024-02-29T12:30:15.123456789Z","2024-02-29T12:30:15+02:00","1969-12-31T23:59:59.5Z"]',
    ],
  ])("%s as text stays one, or becomes what that server makes of it", async (_what, value) => {
    const query = '"RETURN [$v, type::of($v), type::of($v[0])]"';
    const text = `{"id":1,"method":"query","params":[${query},{"v":${value}}]}`;
    const [made, wanted] = await sentBothWays(text, "as-server");
    expect(made.replaceAll("`a-b`", "⟨a-b⟩")).toBe(wanted);
    const [plain] = await sentBothWays(text, "plain");
    expect(plain).toContain('"string"');
  });

  test("places named by text", async () => {
    const select = '{"id":1,"method":"select","params":["user:alice"]}';
    const [made, wanted] = await sentBothWays(select, "as-server");
    expect(made).toBe(wanted);
    expect(made).toContain('"name":"alice"');
    // In CBOR a text names a table, and creating it would be a surprise.
    const [plain] = await sentBothWays(select, "plain");
    expect(plain).not.toBe(wanted);
  });
});

test("a notification is the one that a json socket gets", async () => {
  await server.query("DEFINE TABLE scratch", {}, { namespace: "app", database: "tenant_a" });
  const live = JSON.parse(await askJson("live", ["scratch"])) as { result: string };
  const { result: id } = await askCbor("live", ["scratch"]);
  const liveId = cborToJson(id as ItemBytes).slice(1, -1);
  const mine: [LiveEnvelope, Uint8Array][] = [];
  const theirs: string[] = [];
  const answers: Promise<unknown>[] = [];
  await server.query(
    "CREATE scratch:x SET n = 1.5; UPDATE scratch:x SET n = 2; DELETE scratch:x",
    {},
    {
      namespace: "app",
      database: "tenant_a",
    },
  );
  for (let i = 0; i < 3; i++) {
    const frame = (await cbor.next()) as Uint8Array;
    mine.push([readResponse(frame) as LiveEnvelope, frame]);
    theirs.push((await json.next()) as string);
  }
  answers.push(askCbor("kill", [liveId]), askJson("kill", [live.result]));
  await Promise.all(answers);
  for (const [i, [read, frame]] of mine.entries()) {
    const { action, record, result } = read;
    const wanted = JSON.parse(theirs[i] as string) as { result: { session: string } };
    const inner = { liveId: live.result, action, record, result };
    const { session, ...rest } = wanted.result;
    expect(JSON.parse(writeJsonLive(inner))).toEqual({ result: rest });
    // Of a session that the client attached, both places name it.
    expect(writeJsonLive({ ...inner, session })).toBe(
      `${(theirs[i] as string).slice(0, -1)},"session":"${session}"}`,
    );
    const again = writeLive({ ...read, liveId });
    expect(readResponse(again)).toEqual({ ...read });
    expect(decodeValue(again)).toEqual({
      ...(decodeValue(frame) as object),
      session: expect.anything(),
    });
  }
});
