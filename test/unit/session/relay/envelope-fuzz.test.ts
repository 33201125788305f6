/**
 * Whatever a routed page sends: what reaches the server has the route's session and no other, can be
 * read by the official codec, and asks for exactly what the page's own frame asked for.
 */
import fc from "fast-check";
import { CborCodec, RecordId, Table, Uuid } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../../demo/server/server.ts";
import { readRequest } from "../../../../src/wire/envelope.ts";
import { RelayedPage, readAnswer } from "../../../support/relayed-page.ts";
import {
  type RpcProxy,
  type SeenRequest,
  startProxy,
  UNREADABLE,
} from "../../../support/rpc-proxy.ts";
import { openScene, type Scene, SIGN_INS } from "../../../support/scene.ts";

const codec = new CborCodec({});
const encode = (value: unknown) => [...codec.encode(value)];

let server: DemoServer;
let proxy: RpcProxy;
let scene: Scene;
let page: RelayedPage;
let alice: string;
let bob: string;
/** What had been seen by then. */
let setUp = 0;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  proxy = await startProxy(server.url);
  scene = await openScene(proxy.url);
  alice = await scene.create({ label: "Alice", signIn: SIGN_INS.alice });
  bob = await scene.create({ label: "Bob", signIn: SIGN_INS.bob });
  newPage();
  setUp = proxy.seen.length;
});
afterAll(async () => {
  await scene.registry.dispose();
  await proxy.close();
  await server.close();
});

let pages = 0;
function newPage(): void {
  page?.page.close();
  page = new RelayedPage(scene, `doc-${++pages}`);
  page.runAs(bob, { kind: "page" });
}

/** A key of the envelope with its value, as bytes. */
type Entry = [key: number[], value: number[]];

const text = (value: string): number[] => encode(value);
/** The same text in two chunks: well-formed CBOR, which codecs read, and envelopes mustn't have. */
const chunked = (value: string): number[] => [
  0x7f,
  ...text(value.slice(0, 1)),
  ...text(value.slice(1)),
  0xff,
];

const methods = ["query", "select", "create", "info", "run", "commit", "kill", "use", "signin"];
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...methods) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom("constructor", "__proto__", "QUERY", "query\u0000", "") },
);
const leaf = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.uuid().map((id) => new Uuid(id)),
  fc.constant(new RecordId("note", "fuzz")),
  fc.constant(new Table("note")),
  fc.uint8Array({ maxLength: 8 }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 6 }), tie("value"), { maxKeys: 3 }),
  ),
}));
const params = fc.oneof(
  { weight: 3, arbitrary: fc.array(value, { maxLength: 3 }) },
  { weight: 3, arbitrary: value.map((x) => ["RETURN $x", { x }]) },
);
// The official encoder refuses whole floats beyond 2^53.
const float = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
const id = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(fc.string({ maxLength: 8 }), fc.integer()) },
  { weight: 1, arbitrary: fc.oneof(float, value) },
);
const whichSession = fc.constantFrom("alice", "bob", "unknown", "text", "tagged", "none", "short");

function sessionItem(which: string): number[] {
  const uuid = which === "bob" ? bob : which === "unknown" ? crypto.randomUUID() : alice;
  if (which === "text") return text(uuid);
  if (which === "tagged") return [0xc9, ...text(uuid)];
  if (which === "none") return [0xf6];
  if (which === "short") return [0xd8, 0x25, 0x43, 1, 2, 3];
  return encode(new Uuid(uuid));
}

const entry: fc.Arbitrary<() => Entry> = fc.oneof(
  whichSession.map((which) => () => [text("session"), sessionItem(which)] as Entry),
  whichSession.map((which) => () => [text("txn"), sessionItem(which)] as Entry),
  whichSession.map((which) => () => [chunked("session"), sessionItem(which)] as Entry),
  id.map((of) => () => [text("id"), encode(of)] as Entry),
  method.map((of) => () => [text("method"), text(of)] as Entry),
  method.map((of) => () => [text("method"), chunked(of)] as Entry),
  params.map((of) => () => [text("params"), encode(of)] as Entry),
  fc
    .nat({ max: 300 })
    .map((depth) => () => [text("params"), [...Array(depth).fill(0x81), 0x80]] as Entry),
  fc.constant(() => [text("params"), [0x9f, ...text("RETURN 1"), 0xff]] as Entry),
  fc.tuple(fc.string({ maxLength: 8 }), value).map(
    ([key, of]) =>
      () =>
        [text(key), encode(of)] as Entry,
  ),
);

const frame = fc
  .record({
    base: fc.tuple(id, method, params),
    more: fc.oneof(
      { weight: 1, arbitrary: fc.constant([] as (() => Entry)[]) },
      { weight: 2, arbitrary: fc.array(entry, { maxLength: 3 }) },
    ),
    order: fc.integer(),
    head: fc.oneof(
      { weight: 9, arbitrary: fc.constant("exact") },
      { weight: 2, arbitrary: fc.constantFrom("endless", "less", "more", "long") },
    ),
    tail: fc.oneof(
      { weight: 9, arbitrary: fc.constant([] as number[]) },
      { weight: 1, arbitrary: fc.array(fc.nat({ max: 255 }), { maxLength: 4 }) },
    ),
    damage: fc.oneof(
      { weight: 4, arbitrary: fc.constant([] as [number, number][]) },
      {
        weight: 1,
        arbitrary: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), {
          minLength: 1,
          maxLength: 3,
        }),
      },
    ),
    cut: fc.oneof(
      { weight: 9, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat({ max: 40 }) },
    ),
  })
  .map((given) => () => {
    const [idValue, name, list] = given.base;
    const entries: Entry[] = [
      [text("id"), encode(idValue)],
      [text("method"), text(name)],
      [text("params"), encode(list)],
      ...given.more.map((make) => make()),
    ];
    const turn = Math.abs(given.order) % entries.length;
    const turned = [...entries.slice(turn), ...entries.slice(0, turn)].flat(2);
    const count = entries.length;
    const heads: Record<string, number[]> = {
      exact: [0xa0 | count],
      endless: [0xbf],
      less: [0xa0 | (count - 1)],
      more: [0xa0 | (count + 1)],
      long: [0xb8, count],
    };
    const end = given.head === "endless" ? [0xff] : [];
    const bytes = new Uint8Array([...(heads[given.head] ?? []), ...turned, ...end, ...given.tail]);
    for (const [at, to] of given.damage) bytes[at % bytes.length] = to;
    return bytes.subarray(0, bytes.length - Math.min(given.cut, bytes.length));
  });

/** What reached the server because of this frame: nothing that the relay does by itself. */
async function reached(sent: Uint8Array | string): Promise<SeenRequest[]> {
  const before = proxy.seen.length;
  const seq = page.send(sent);
  const end = Date.now() + 10_000;
  while (page.answersTo(seq) === 0) {
    const unreadable = proxy.seen.slice(before).find(({ method: of }) => of === UNREADABLE);
    if (unreadable) {
      // A value in it is none: the server can't say which request that was. The envelope is sound.
      expect(readRequest(unreadable.bytes).session).toBe(bob);
      newPage();
      return [];
    }
    if (Date.now() > end) throw new Error("It was never answered.");
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(page.answersTo(seq)).toBe(1);
  const answer = page.posted.at(-1);
  if (answer?.type === "relayed") readAnswer(answer.frame);
  page.posted.length = 0;
  return proxy.seen.slice(before).filter(({ method: of }) => of !== "ping");
}

describe("random and damaged frames", () => {
  it("CBOR: what reaches the server is Bob's, and asks what the page asked", async () => {
    let passed = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(frame, async (make) => {
        const sent = make();
        const seen = (await reached(sent)).filter((each) => !isOwnCleanUp(each));
        if (seen.length === 0) {
          refused++;
          return;
        }
        passed++;
        expect(seen).toHaveLength(1);
        const [request] = seen as [SeenRequest];
        expect(request.session).toBe(bob);
        const asked = codec.decode<Record<string, unknown>>(sent);
        expect(request.method).toBe(asked.method);
        const passedOn = codec.decode<Record<string, unknown>>(request.bytes);
        expect(Object.keys(passedOn).sort().join()).toMatch(/^id,method(,params)?,session(,txn)?$/);
        expect(encode(passedOn.params)).toEqual(encode(asked.params));
      }),
      { numRuns: 4_000 },
    );
    // Neither all nor none: the test would be worth nothing.
    expect(passed).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(300);
    isOnlyBobs();
  });

  it("JSON: the same", async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(jsonFrame, async (make) => {
        const sent = make();
        const [request, ...more] = (await reached(sent)).filter((each) => !isOwnCleanUp(each));
        expect(more).toEqual([]);
        if (!request) return;
        passed++;
        expect(request.session).toBe(bob);
        const asked = JSON.parse(sent) as { method: string; params?: unknown[] };
        expect(request.method).toBe(asked.method);
        expect(plain(request.params)).toEqual(plain(asked.params ?? []));
      }),
      { numRuns: 2_000 },
    );
    expect(passed).toBeGreaterThan(50);
    isOnlyBobs();
  });
});

/** What the relay ends by itself. */
function isOwnCleanUp({ method: of, params: [first] }: SeenRequest): boolean {
  return of === "query" && String(first).startsWith("KILL");
}

/** Since both were set up, nothing has named Alice's session. */
function isOnlyBobs(): void {
  const others = proxy.seen.slice(setUp).filter(({ session }) => session !== bob);
  expect(others.filter(({ method: of }) => of !== "ping" && of !== UNREADABLE)).toEqual([]);
}

const jsonPart = fc.oneof(
  fc
    .constantFrom("alice", "bob")
    .map((who) => () => `"session":"${who === "alice" ? alice : bob}"`),
  fc.constant(() => `"sess\\u0069on":"${alice}"`),
  fc.constant(() => `"txn":"${alice}"`),
  method.map((of) => () => `"method":${JSON.stringify(of)}`),
  fc.integer().map((of) => () => `"id":${of}`),
  fc
    .constantFrom('"__proto__":{"session":1}', '"params":null', '"params":{}', '"a":1')
    .map((of) => () => of),
);

const jsonValue = fc.jsonValue({ maxDepth: 2 });
const jsonFrame = fc
  .record({
    id: fc.oneof(fc.string({ maxLength: 8 }), fc.integer()),
    method,
    params: fc.oneof(
      fc.array(jsonValue, { maxLength: 3 }),
      jsonValue.map((x) => ["RETURN $x", { x }]),
    ),
    more: fc.array(jsonPart, { maxLength: 2 }),
    damage: fc.option(fc.tuple(fc.nat(), fc.string({ minLength: 0, maxLength: 2 })), { freq: 4 }),
  })
  .map((given) => () => {
    const parts = [
      ...given.more.map((make) => make()),
      `"id":${JSON.stringify(given.id)}`,
      `"method":${JSON.stringify(given.method)}`,
      `"params":${JSON.stringify(given.params)}`,
    ];
    const whole = `{${parts.join(",")}}`;
    if (!given.damage) return whole;
    const at = given.damage[0] % whole.length;
    return whole.slice(0, at) + given.damage[1] + whole.slice(at + 1);
  });

/** Values that JSON and CBOR have both; -0 and 0 are one to JSON. */
function plain(of: unknown): unknown {
  return JSON.parse(
    JSON.stringify(of, (_key, each) => (typeof each === "bigint" ? Number(each) : each)),
  );
}
