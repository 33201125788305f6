/** The socket against the real engine: what the scripted server only claims of SurrealDB. */
import { randomUUID } from "node:crypto";
import { DateTime, Decimal, Duration, RecordId, type Uuid } from "surrealdb";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { arrayItems, arrayOf, mapEntries } from "../../../src/wire/cbor-parts.ts";
import { type LiveNotification, RpcSocket, type StrayFrame } from "../../../src/wire/rpc-socket.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { nodeWebSocket } from "./scripted-server.ts";

const alice = { NS: "app", DB: "tenant_a", AC: "account", name: "alice", password: "alice" };
const notifications: LiveNotification[] = [];
const strays: StrayFrame[] = [];
let server: DemoServer;
let socket: RpcSocket;

beforeAll(async () => {
  server = await startServer({ port: 0 });
  socket = await RpcSocket.open({
    url: server.url,
    createWebSocket: nodeWebSocket,
    onNotification: (notification) => notifications.push(notification),
    onStrayFrame: (frame) => strays.push(frame),
    onClose: () => undefined,
  });
});

afterAll(async () => {
  socket.close();
  await server.close();
});

async function aliceSession(): Promise<string> {
  const session = randomUUID();
  await socket.request({ method: "attach", session });
  await socket.request({ method: "signin", params: [alice], session });
  return session;
}

/** The results of all statements, as bytes. */
async function queryBytes(session: string, text: string) {
  const params = arrayOf([encodeValue(text)]);
  const answer = await socket.requestBytes({ method: "query", params, session });
  return arrayItems(answer).map((row) => mapEntries(row).get("result") as Uint8Array);
}

test("a session is attached and signed in, and its errors are the server's", async () => {
  const session = await aliceSession();
  const rows = await queryBytes(session, "RETURN $auth; RETURN session::db()");
  expect(rows.map(decodeValue)).toEqual([new RecordId("user", "alice"), "tenant_a"]);
  await expect(socket.request({ method: "attach", session })).rejects.toMatchObject({
    kind: "AlreadyExists",
    details: { kind: "Session" },
  });
  const nobody = { method: "query", params: ["RETURN 1"], session: randomUUID() };
  await expect(socket.request(nobody)).rejects.toMatchObject({
    name: "NotFoundError",
    kind: "NotFound",
    details: { kind: "Session" },
  });
});

test("a variable set from bytes is, byte by byte, what the server gives back", async () => {
  const session = await aliceSession();
  const text = "RETURN { f: 5f, d: 1.50dec, i: 9007199254740993, n: NONE, s: <set>[1, 2] }";
  const [value] = await queryBytes(session, text);
  const params = arrayOf([encodeValue("kept"), value as ReturnType<typeof encodeValue>]);
  await socket.requestBytes({ method: "let", params, session });
  const [back] = await queryBytes(session, "RETURN $kept");
  expect(Buffer.from(back as Uint8Array)).toEqual(Buffer.from(value as Uint8Array));
});

test("values of the SDK's classes reach the server as what they are", async () => {
  const session = await aliceSession();
  const values = {
    when: new DateTime([1_700_000_000n, 123_456_789n]),
    long: new Duration("1w2d3ns"),
    price: new Decimal("0.1000000000000000000001"),
    big: 9007199254740993n,
    who: new RecordId("user", "alice"),
  };
  const kinds =
    "RETURN object::values({ a: type::of($when), b: type::of($long), c: type::of($price), d: type::of($big), e: type::of($who) })";
  const text = `RETURN [$when, $long, $price, $big, $who]; ${kinds}`;
  const answer = (await socket.request({ method: "query", params: [text, values], session })) as {
    result: unknown;
  }[];
  expect(answer[0]?.result).toEqual(Object.values(values));
  expect(answer[1]?.result).toEqual(["datetime", "duration", "decimal", "int", "record"]);
});

test("a live query's notifications come with its session", async () => {
  const session = await aliceSession();
  const request = { method: "query", params: ["LIVE SELECT * FROM note"], session };
  const [live] = (await socket.request(request)) as { result: Uuid }[];
  await queryBytes(session, "CREATE note:wire SET text = 'hello'");
  await vi.waitFor(() => expect(notifications).toHaveLength(1));
  expect(notifications[0]).toMatchObject({
    liveId: live?.result.toString(),
    session,
    action: "CREATE",
    record: new RecordId("note", "wire"),
    result: { text: "hello" },
  });
  expect(strays).toEqual([]);
});

test("a server that is gone leaves no request waiting", async () => {
  const session = await aliceSession();
  const request = socket.request({ method: "query", params: ["SLEEP 5s"], session });
  server.cutSockets();
  await expect(request).rejects.toMatchObject({ name: "OutcomeUnknownError", reason: "closed" });
});
