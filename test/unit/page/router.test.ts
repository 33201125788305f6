/** Where the hook sends a page's requests: to the page's server, to the worker, or nowhere. */
import { CborCodec, Uuid } from "surrealdb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RouteTable } from "../../../src/session/relay/relay-messages.ts";
import { FakePage, type FakeSocket } from "./fake-page.ts";

const codec = new CborCodec({});

interface Parts {
  method?: string;
  params?: unknown[];
  session?: Uuid;
  txn?: Uuid;
}

const request = (id: string, { method = "query", params = ["RETURN 1"], ...rest }: Parts = {}) =>
  codec.encode({ id, method, params, ...rest });
const answer = (id: string, result: unknown) =>
  codec.encode({ id, result }).slice().buffer as ArrayBuffer;

const CHOSEN = { route: 4, url: "ws://127.0.0.1:8000/rpc", client: 1, order: 0, since: 0 };

let page: FakePage;
let heard: Map<FakeSocket, unknown[]>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  page = await FakePage.open();
  heard = new Map();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function connect(format = "cbor", url?: string): FakeSocket {
  const socket = page.connect(format, url);
  const messages: unknown[] = [];
  heard.set(socket, messages);
  socket.addEventListener("message", (event) => {
    const { data } = event as unknown as { data: unknown };
    messages.push(typeof data === "string" ? JSON.parse(data) : read(data));
  });
  return socket;
}

function read(data: unknown): unknown {
  return codec.decode(new Uint8Array(data as ArrayBuffer));
}

function routed(table: Partial<RouteTable>, version = 1): void {
  page.route({ type: "routes", version, table: { label: "Bob", ...table } });
}

const messagesOf = (socket: FakeSocket) => heard.get(socket) as { id?: unknown; error?: unknown }[];

function answered(socket: FakeSocket, id: string): { error?: { code: number; message: string } } {
  vi.advanceTimersByTime(1);
  const found = messagesOf(socket).filter((message) => message.id === id);
  expect(found).toHaveLength(1);
  return found[0] as never;
}

describe("nothing is routed", () => {
  test("all goes to the server, nothing to anybody else", () => {
    const socket = connect();
    socket.send(request("a"));
    expect(socket.wire).toHaveLength(1);
    expect(page.relayed).toEqual([]);
  });
});

describe("a route", () => {
  test("is confirmed, and from then on data goes to the worker, state to the server", () => {
    const socket = connect();
    routed({ default: 3 });
    expect(page.relayed).toEqual([{ type: "routes-ack", version: 1 }]);
    socket.send(request("data"));
    socket.send(request("state", { method: "use", params: ["app", "tenant_a"] }));
    socket.send(request("ping", { method: "ping", params: [] }));
    expect(page.requests).toMatchObject([{ seq: 1, route: 3, client: 1, generation: 0 }]);
    expect(
      socket.wire.map((frame) => codec.decode<{ id: string }>(frame as Uint8Array).id),
    ).toEqual(["state", "ping"]);
  });

  test("a window on a large buffer crosses without what is behind it", () => {
    routed({ all: 1 });
    const socket = connect();
    const frame = request("small");
    const large = new Uint8Array(1_000_000);
    large.set(frame, 500);
    socket.send(large.subarray(500, 500 + frame.length));
    const [sent] = page.relayed.filter((message) => message.type === "relay");
    expect(sent?.frame).toEqual(frame);
    expect(sent).toMatchObject({ frame: { buffer: { byteLength: frame.length } } });
  });

  test("brings the answer to the page on its own socket, in the type that it asks for", () => {
    const socket = connect();
    routed({ default: 1 });
    socket.send(request("mine"));
    page.route({ type: "relayed", seq: 1, frame: codec.encode({ id: "mine", result: 7 }) });
    expect(messagesOf(socket)).toEqual([{ id: "mine", result: 7 }]);
    // A second answer to it is nobody's.
    page.route({ type: "relayed", seq: 1, frame: codec.encode({ id: "mine", result: 8 }) });
    expect(messagesOf(socket)).toHaveLength(1);
  });

  test("puts the parts of a large answer together: one message, in one task", () => {
    const socket = connect();
    routed({ default: 1 });
    socket.send(request("large"));
    const frame = codec.encode({ id: "large", result: "x".repeat(1_000) });
    page.route({ type: "relay-part", seq: 1, part: frame.slice(0, 300) });
    page.route({ type: "relay-part", seq: 1, part: frame.slice(300, 600) });
    // Of a request that nobody waits for.
    page.route({ type: "relay-part", seq: 99, part: frame.slice(0, 300) });
    expect(messagesOf(socket)).toEqual([]);
    page.route({ type: "relayed", seq: 1, frame: frame.slice(600) });
    expect(messagesOf(socket)).toEqual([{ id: "large", result: "x".repeat(1_000) }]);
  });

  test("is of the sessions that it names, and no others", () => {
    const socket = connect();
    const [first, second] = [Uuid.v7(), Uuid.v7()];
    for (const session of [first, second]) {
      socket.send(request("attach", { method: "attach", params: [], session }));
      socket.receive(answer("attach", null));
    }
    routed({ session: { ...CHOSEN, order: 2 } });
    socket.send(request("default"));
    socket.send(request("first", { session: first }));
    socket.send(request("second", { session: second }));
    expect(page.requests).toHaveLength(1);
    expect(codec.decode(page.requests[0]?.frame as Uint8Array)).toMatchObject({ id: "second" });
    routed({ all: 5 }, 2);
    socket.send(request("first", { session: first }));
    socket.send(request("default"));
    expect(page.requests.slice(1)).toMatchObject([{ route: 5 }, { route: 5 }]);
  });

  test("of two sockets that were lost together neither runs as it until it is chosen again", () => {
    const lost = [connect(), connect()];
    routed({ session: CHOSEN });
    vi.advanceTimersByTime(100);
    for (const socket of lost) socket.close(1006);
    const back = [connect(), connect()];
    for (const socket of back) {
      socket.send(request("which"));
      expect(answered(socket, "which").error).toMatchObject({ code: -32089 });
      expect(socket.wire).toEqual([]);
    }
    expect(page.requests).toEqual([]);
    vi.advanceTimersByTime(100);
    routed({ session: { ...CHOSEN, since: Date.now() } }, 2);
    for (const socket of back) socket.send(request("chosen"));
    expect(page.requests).toHaveLength(1);
  });

  test("that can't be told from another one fails, never native", () => {
    const socket = connect();
    const chosen = { url: "ws://127.0.0.1:8000/rpc", client: 1, order: 0, why: "choose again." };
    routed({ refused: chosen });
    socket.send(request("a"));
    expect(socket.wire).toEqual([]);
    expect(answered(socket, "a").error).toMatchObject({
      code: -32089,
      message: "Switchyard: choose again.",
    });
  });

  test("refuses a method that nobody knows, and a frame that can't be read", () => {
    const socket = connect();
    routed({ all: 1 });
    socket.send(request("graphql", { method: "graphql" }));
    socket.send(new Uint8Array([0xa0]));
    expect(socket.wire).toEqual([]);
    expect(page.requests).toEqual([]);
    expect(answered(socket, "graphql").error).toMatchObject({ code: -32083 });
    expect(messagesOf(socket).at(-1)).toMatchObject({ error: { code: -32087 } });
  });

  test("closes a socket whose format can't be read, rather than let it run as somebody else", () => {
    const socket = connect("flatbuffers");
    routed({ all: 1 });
    socket.send(new Uint8Array([1, 2, 3]));
    expect(socket.wire).toEqual([]);
    expect(socket.readyState).toBe(3);
  });

  test("of one session leaves none that isn't known to the page's own server", () => {
    const socket = connect();
    routed({ session: { ...CHOSEN, order: 1 } });
    socket.send(request("unknown", { session: Uuid.v7() }));
    expect(socket.wire).toEqual([]);
    expect(page.requests).toEqual([]);
    expect(answered(socket, "unknown").error).toMatchObject({ code: -32089 });
  });

  test("holds in a page that broke what sockets are found by", () => {
    const socket = connect();
    routed({ default: 1 });
    vi.spyOn(Map.prototype, "get").mockReturnValue(undefined);
    socket.send(request("a"));
    vi.restoreAllMocks();
    expect(socket.wire).toEqual([]);
    expect(socket.readyState).toBe(3);
  });

  test("knows two sockets apart, though their clients change places", () => {
    const [first, second] = [Uuid.v7(), Uuid.v7()];
    for (const session of [first, second]) {
      const socket = connect();
      socket.send(request("attach", { method: "attach", params: [], session }));
      socket.receive(answer("attach", null));
    }
    for (const socket of [...heard.keys()]) socket.end(1006);
    const [one, other] = [connect(), connect()];
    routed({ all: 1 });
    const attach = (socket: FakeSocket, session: Uuid) => {
      socket.send(request("attach", { method: "attach", params: [], session }));
      socket.receive(answer("attach", null));
    };
    one.send(request("a"));
    // Whichever of the two it was taken for: it is the other one.
    attach(one, page.requests[0]?.client === 1 ? second : first);
    other.send(request("b"));
    const places = page.requests.map(({ client, generation }) => `${client}.${generation}`);
    expect(new Set(places).size).toBe(2);
  });

  test("tells the page's variables with a query, once per state of them", () => {
    const socket = connect();
    routed({ default: 1 });
    const set = (value: string) => {
      const id = `let ${value}`;
      socket.send(request(id, { method: "let", params: ["name", value] }));
      socket.receive(answer(id, null));
    };
    set("one");
    socket.send(request("a"));
    socket.send(request("b"));
    set("two");
    socket.send(request("c", { method: "select", params: ["note"] }));
    socket.send(request("d"));
    const values = page.requests.map(({ variables }) =>
      variables?.map(({ cbor }) => codec.decode(cbor as Uint8Array)),
    );
    expect(values).toEqual([["one"], undefined, undefined, ["two"]]);
  });

  test("tells them again where the worker may not have heard, also that there are none", () => {
    const socket = connect();
    routed({ default: 1 });
    socket.send(request("let", { method: "let", params: ["name", "one"] }));
    socket.receive(answer("let", null));
    socket.send(request("a"));
    page.route({ type: "relay-refused", seq: 1 });
    socket.send(request("b"));
    socket.send(request("unset", { method: "unset", params: ["name"] }));
    socket.receive(answer("unset", null));
    page.route({ type: "relay-lost" });
    routed({ default: 1 }, 2);
    socket.send(request("c"));
    const told = page.requests.map(({ variables }) => variables?.map(({ name }) => name));
    expect(told).toEqual([["name"], ["name"], []]);
  });

  test("leaves what the browser would refuse to the browser", () => {
    const socket = new page.WebSocket("ws://127.0.0.1:8000/rpc", "cbor");
    routed({ all: 1 });
    expect(() => socket.send(request("early"))).toThrow("Still connecting");
    socket.open("cbor");
    socket.end(1000);
    socket.send(request("late"));
    expect(page.requests).toEqual([]);
  });

  test("waits for a Blob, and everything behind it does", async () => {
    const socket = connect();
    routed({ default: 1 });
    socket.send(new Blob([request("blob") as Uint8Array<ArrayBuffer>]));
    socket.send(request("behind"));
    socket.send(request("state", { method: "use", params: ["a", "b"] }));
    expect(page.requests).toEqual([]);
    await vi.waitFor(() => expect(page.requests).toHaveLength(2));
    const ids = page.requests.map(
      ({ frame }) => codec.decode<{ id: string }>(frame as Uint8Array).id,
    );
    expect(ids).toEqual(["blob", "behind"]);
    expect(socket.wire).toHaveLength(1);
  });

  test("survives a buffer that the page uses again", () => {
    const socket = connect();
    page.route({ type: "routes-await" });
    const frame = request("kept").slice();
    socket.send(frame);
    frame.fill(0);
    routed({ default: 1 });
    expect(codec.decode(page.requests[0]?.frame as Uint8Array)).toMatchObject({ id: "kept" });
  });

  test("refuses more than can be passed on", () => {
    const socket = connect();
    routed({ default: 1 });
    socket.send(request("large", { params: ["x".repeat(17 * 1024 * 1024)] }));
    expect(answered(socket, "large").error).toMatchObject({ code: -32088 });
    socket.send(request("refused"));
    page.route({ type: "relay-refused", seq: 1 });
    expect(answered(socket, "refused").error).toMatchObject({ code: -32088 });
    expect(socket.wire).toEqual([]);
  });
});

describe("more than can be on their way", () => {
  const flood = (socket: FakeSocket, from: number, to: number) => {
    for (let n = from; n < to; n++) socket.send(request(`n${n}`));
  };
  const answerTo = (seq: number, id: string) =>
    page.route({ type: "relayed", seq, frame: codec.encode({ id, result: 1 }) });

  test("take turns, in order, as they were when the page sent them", () => {
    const socket = connect();
    routed({ default: 1 });
    flood(socket, 0, 64);
    const frame = request("n64").slice();
    socket.send(frame);
    frame.fill(0);
    expect(page.requests).toHaveLength(64);
    page.route({ type: "routes", version: 2, table: { label: "Alice", default: 2 } });
    socket.send(request("n65"));
    const confirmed = () =>
      page.relayed.some((message) => message.type === "routes-ack" && message.version === 2);
    // The worker must go on serving what names the former route.
    expect(confirmed()).toBe(false);
    answerTo(1, "n0");
    expect(confirmed()).toBe(true);
    const [last] = page.requests.slice(64);
    expect(last).toMatchObject({ seq: 65, route: 1 });
    expect(codec.decode(last?.frame as Uint8Array)).toMatchObject({ id: "n64" });
  });

  test("of a socket that closes are forgotten, and hold nobody up", () => {
    const [one, other] = [connect(), connect()];
    routed({ all: 1 });
    flood(one, 0, 100);
    other.send(request("mine"));
    expect(page.requests).toHaveLength(64);
    one.end(1000);
    expect(page.requests).toHaveLength(65);
    expect(codec.decode(page.requests.at(-1)?.frame as Uint8Array)).toMatchObject({ id: "mine" });
  });

  test("are told apart when the worker dies: those that left may have run, the others never did", () => {
    const socket = connect();
    routed({ default: 1 });
    flood(socket, 0, 70);
    page.route({ type: "relay-lost" });
    expect(answered(socket, "n63").error).toMatchObject({ code: -32082 });
    expect(answered(socket, "n64").error).toMatchObject({
      code: -32081,
      message: expect.stringContaining("Nothing was sent."),
    });
    routed({ default: 1 });
    expect(page.requests).toHaveLength(64);
  });

  test("end in an error where too many wait", () => {
    const socket = connect();
    routed({ default: 1 });
    flood(socket, 0, 20_065);
    expect(answered(socket, "n20064").error).toMatchObject({ code: -32088 });
    expect(socket.wire).toEqual([]);
  });

  test("end in errors where there is no way any more", () => {
    const socket = connect();
    routed({ default: 1 });
    flood(socket, 0, 200);
    page.hasWorker = false;
    answerTo(1, "n0");
    vi.advanceTimersByTime(10);
    expect(answered(socket, "n64").error).toMatchObject({ code: -32081 });
    expect(answered(socket, "n199").error).toMatchObject({ code: -32081 });
    expect(answered(socket, "n1").error).toMatchObject({ code: -32082 });
    expect(socket.wire).toEqual([]);
  });
});

describe("what belongs to a session stays with it", () => {
  test("a transaction: where it began, after a switch and without a route", () => {
    const socket = connect();
    const native = Uuid.v7();
    socket.send(request("begin", { method: "begin", params: [] }));
    socket.receive(answer("begin", native));
    routed({ default: 1 });
    socket.send(request("in native", { txn: native }));
    socket.send(request("end native", { method: "commit", params: [native] }));
    expect(socket.wire).toHaveLength(3);
    expect(page.requests).toEqual([]);

    const relayed = Uuid.v7();
    socket.send(request("begin 2", { method: "begin", params: [] }));
    const frame = codec.encode({ id: "begin 2", result: relayed });
    page.route({ type: "relayed", seq: 1, frame, begunTransaction: relayed.toString() });
    page.route({ type: "routes", version: 2 });
    socket.send(request("in relayed", { txn: relayed }));
    socket.send(request("plain"));
    socket.send(request("end relayed", { method: "cancel", params: [relayed] }));
    expect(page.requests.slice(1)).toMatchObject([{ seq: 2 }, { seq: 3 }]);
    expect(page.requests[1]).not.toHaveProperty("route");
    expect(socket.wire).toHaveLength(4);
  });

  test("a live query: its KILL goes to whoever runs it, and none that mixes owners goes anywhere", () => {
    const socket = connect();
    const [native, relayed] = [Uuid.v7(), Uuid.v7()];
    const live = (id: string) => socket.send(request(id, { params: ["LIVE SELECT * FROM note"] }));
    const result = (id: Uuid) => [{ status: "OK", result: id, type: "live" }];
    live("native");
    socket.receive(answer("native", result(native)));
    routed({ default: 1 });
    live("relayed");
    page.route({
      type: "relayed",
      seq: 1,
      frame: codec.encode({ id: "relayed", result: result(relayed) }),
      begunLive: [relayed.toString()],
    });
    const kill = (id: string, text: string) => socket.send(request(id, { params: [text] }));
    kill("kill native", `KILL u"${native}"`);
    expect(socket.wire).toHaveLength(2);
    kill("mixed", `KILL u"${native}"; RETURN 1`);
    expect(answered(socket, "mixed").error).toMatchObject({ code: -32086 });
    page.route({ type: "routes", version: 2 });
    kill("kill relayed", `KILL u"${relayed}"`);
    expect(page.requests).toHaveLength(2);
    expect(socket.wire).toHaveLength(2);
  });

  test("a session of the page's that ends, and a socket that closes, are told of", () => {
    const socket = connect();
    routed({ default: 1 });
    socket.send(request("a"));
    socket.send(request("reset", { method: "reset", params: [] }));
    socket.end(1000);
    expect(page.relayed.slice(2)).toEqual([
      { type: "relay-session-over", client: 1, generation: 0 },
      { type: "relay-closed", client: 1, generation: 0 },
    ]);
  });
});

describe("until it is known what is routed", () => {
  test("data waits, and what stands behind it, in order; then it goes its way", () => {
    page.route({ type: "routes-await" });
    const socket = connect();
    // The first socket asks.
    expect(page.relayed).toEqual([{ type: "routes-ack", version: 0 }]);
    socket.send(request("use", { method: "use", params: ["a", "b"] }));
    expect(socket.wire).toHaveLength(1);
    socket.send(request("data"));
    socket.send(request("let", { method: "let", params: ["a", 1] }));
    socket.send(request("more"));
    expect(socket.wire).toHaveLength(1);
    routed({ default: 1 });
    expect(page.requests).toHaveLength(2);
    expect(socket.wire).toHaveLength(2);
  });

  test("where nothing is, all of it goes to the page's own server", () => {
    page.route({ type: "routes-await" });
    const socket = connect();
    socket.send(request("data"));
    socket.send(request("state", { method: "let", params: ["a", 1] }));
    page.route({ type: "routes", version: 0 });
    expect(socket.wire).toHaveLength(2);
    expect(page.requests).toEqual([]);
  });

  test("a socket whose format can't be read waits too", () => {
    page.route({ type: "routes-await" });
    const [own, routedOne] = [connect("flatbuffers"), connect("flatbuffers")];
    own.send(new Uint8Array([1, 2, 3]));
    expect(own.wire).toEqual([]);
    page.route({ type: "routes", version: 1 });
    expect(own.wire).toHaveLength(1);
    page.route({ type: "routes-await" });
    routedOne.send(new Uint8Array([1, 2, 3]));
    routed({ default: 1 }, 2);
    vi.advanceTimersByTime(1);
    expect(routedOne.wire).toEqual([]);
    expect(routedOne.readyState).toBe(3);
  });

  test("after three seconds data gets an error, and never goes to the server", () => {
    page.route({ type: "routes-await" });
    const socket = connect();
    socket.send(request("data"));
    socket.send(request("state", { method: "let", params: ["a", 1] }));
    vi.advanceTimersByTime(3_001);
    expect(socket.wire).toHaveLength(1);
    expect(answered(socket, "data").error).toMatchObject({ code: -32081 });
  });
});

describe("the worker is gone", () => {
  test("what was on the way ends with “outcome unknown”, what comes then waits for its return", () => {
    const socket = connect();
    routed({ default: 1 });
    socket.send(request("lost"));
    page.route({ type: "relay-lost" });
    socket.send(request("waits"));
    expect(answered(socket, "lost").error).toMatchObject({
      code: -32082,
      message:
        "Switchyard: the connection was lost after this request was sent as “Bob”. It may have run. It was not repeated.",
    });
    expect(page.requests).toHaveLength(1);
    routed({ default: 1 }, 1);
    expect(page.relayed.slice(-3)).toMatchObject([
      { type: "relay-sockets", sockets: [{ client: 1, generation: 0 }] },
      { type: "routes-ack" },
      { type: "relay", seq: 2 },
    ]);
    page.route({ type: "relayed", seq: 1, frame: codec.encode({ id: "lost", result: 1 }) });
    answered(socket, "lost");
    expect(socket.wire).toEqual([]);
  });

  test("and the bridge with it: refused until the page is loaded again", () => {
    const socket = connect();
    routed({ default: 1 });
    socket.send(request("lost"));
    page.hasWorker = false;
    vi.advanceTimersByTime(2_001);
    expect(answered(socket, "lost").error).toMatchObject({ code: -32082 });
    socket.send(request("after"));
    expect(answered(socket, "after").error).toMatchObject({
      code: -32081,
      message: expect.stringContaining("Reload the page."),
    });
    expect(socket.wire).toEqual([]);
  });
});
