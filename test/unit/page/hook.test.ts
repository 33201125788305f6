/** The hook in a page that a test plays: what it tells, what it leaves alone, and what can't break it. */
import { CborCodec } from "surrealdb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../../src/session/page/page-facts.ts";
import { FakePage, type FakeSocket } from "./fake-page.ts";

const codec = new CborCodec({});
const request = (id: string | number, method = "query", params: unknown[] = ["RETURN 1"]) =>
  codec.encode({ id, method, params });
const answer = (id: string | number, result: unknown = null) =>
  toBuffer(codec.encode({ id, result }));

function toBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}

let page: FakePage;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  page = await FakePage.open();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Long enough for everything to be told. */
const settle = () => vi.advanceTimersByTimeAsync(3_000);

function call(socket: FakeSocket, method: string, params: unknown[], result: unknown): void {
  const id = `${method}-${Math.random()}`;
  socket.send(request(id, method, params));
  socket.receive(answer(id, result));
}

describe("a page", () => {
  test("without a bridge, or with a hook already, is left as it is", async () => {
    vi.unstubAllGlobals();
    page = await FakePage.open(false);
    const native = Object.getPrototypeOf(page.WebSocket.prototype).constructor;
    expect(Object.getPrototypeOf(page.WebSocket)).toBe(native);
    expect(Object.hasOwn(page.connect(), "send")).toBe(false);
  });

  test("sees a WebSocket that is the same in all that it can ask of it", () => {
    const { WebSocket } = page;
    expect(WebSocket.prototype.constructor).toBe(WebSocket);
    expect(WebSocket.OPEN).toBe(1);
    expect(WebSocket.name).toBe("WebSocket");
    expect(WebSocket.toString()).toMatch(/^class WebSocket/);
    expect(WebSocket.toString.name).toBe("toString");
    expect(() => (WebSocket as unknown as () => void)()).toThrow(TypeError);
    const socket = new WebSocket("ws://127.0.0.1/echo");
    expect(socket).toBeInstanceOf(WebSocket);
    expect(Object.hasOwn(socket, "send")).toBe(false);
    class Mine extends WebSocket {
      readonly extra = 1;
    }
    const mine = new Mine("ws://127.0.0.1/rpc", "cbor");
    expect(mine).toBeInstanceOf(Mine);
    expect(mine.extra).toBe(1);
    expect(mine.send).toBe(new WebSocket("ws://127.0.0.1/rpc", "cbor").send);
    expect(mine.send.toString()).toMatch(/^send\(/);
    expect(Object.getOwnPropertyDescriptor(mine, "send")).toMatchObject({
      enumerable: false,
      writable: true,
      configurable: true,
    });
  });

  test.each([
    ["ws://127.0.0.1/rpc", undefined],
    ["ws://127.0.0.1/rpc", ["graphql-ws"]],
    ["ws://127.0.0.1/rpc/other", ["cbor"]],
    ["ws://127.0.0.1/x?y=/rpc", ["cbor"]],
  ])("keeps a socket to %s that speaks %j untouched", (url, protocols) => {
    expect(Object.hasOwn(new page.WebSocket(url, protocols), "send")).toBe(false);
  });

  test("may ask for the protocol in any way, and no code of it is run for us", () => {
    let reads = 0;
    const counting = new Proxy(["cbor"], {
      get: (target, key) => {
        reads++;
        return Reflect.get(target, key);
      },
    });
    new page.WebSocket("ws://127.0.0.1/rpc", counting);
    // Array.isArray and property descriptors look past `get`.
    expect(reads).toBe(0);
  });
});

describe("while nobody listens", () => {
  test("nothing is said, whatever happens", async () => {
    const socket = page.connect();
    call(socket, "use", ["app", "a"], { namespace: "app", database: "a" });
    socket.send("what");
    socket.end(1006);
    page.hide();
    await settle();
    expect(page.said).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("and no more once nobody does", async () => {
    const socket = page.connect();
    page.mode("record");
    await settle();
    page.mode("quiet");
    const before = page.said.length;
    call(socket, "use", ["app", "a"], null);
    await settle();
    expect(page.said).toHaveLength(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a watcher", () => {
  test("is told everything first, then states, never frames", async () => {
    const socket = page.connect();
    call(socket, "use", ["app", "a"], { namespace: "app", database: "a" });
    page.mode("watch");
    expect(page.facts).toMatchObject([
      {
        fact: "whole",
        sockets: [{ client: 1, state: "open", framesSent: 1 }],
        sessions: [{ namespace: "app", database: "a" }],
      },
    ]);
    call(socket, "let", ["x", 1], null);
    socket.end(1000);
    await settle();
    expect(page.of("frame")).toEqual([]);
    expect(page.of("session").at(-1)?.session).toMatchObject({ over: "socket-closed" });
    expect(page.of("socket").at(-1)?.socket).toMatchObject({ state: "closed", closeCode: 1000 });
  });
});

describe("a recorder", () => {
  test("gets copies of frames, and whose they are before them", async () => {
    const socket = page.connect();
    page.mode("record");
    call(socket, "use", ["app", "a"], { namespace: "app", database: "a" });
    const frame = request("last");
    socket.send(frame);
    frame.fill(0);
    await settle();
    const kinds = page.facts.map((fact) => (fact.fact === "frame" ? fact.direction : fact.fact));
    expect(kinds.slice(0, 5)).toEqual(["whole", "sent", "received", "session", "sent"]);
    expect(page.of("frame").at(-1)).toMatchObject({
      frame: request("last"),
      size: frame.length,
      by: "page",
      generation: 0,
    });
  });

  test("gets the summary of what is too large", async () => {
    const socket = page.connect();
    page.mode("record");
    socket.send(request(7, "query", ["CREATE note", { text: "x".repeat(LIMITS.frame) }]));
    socket.receive(answer(7, "x".repeat(LIMITS.frame)));
    await settle();
    expect(page.of("frame")).toMatchObject([
      { summary: { why: "too-large", id: "7", method: "query", head: "CREATE note" } },
      { summary: { why: "too-large", id: "7" } },
    ]);
  });

  test("that doesn't keep up loses frames, which are counted, and no state", async () => {
    const socket = page.connect();
    page.mode("record");
    const frame = request(1, "query", ["RETURN $x", { x: "x".repeat(LIMITS.frame / 2) }]);
    for (let i = 0; i < 40; i++) {
      socket.send(frame);
      await vi.advanceTimersByTimeAsync(60);
    }
    call(socket, "use", ["app", "a"], { namespace: "app", database: "a" });
    await settle();
    expect(page.of("frame").length).toBeLessThan(20);
    page.command({ type: "taken", batch: 1_000 });
    await settle();
    const lost = page.of("dropped").reduce((sum, { frames }) => sum + frames, 0);
    expect(page.of("frame").length + lost).toBe(42);
    expect(page.of("session").at(-1)?.session).toMatchObject({ namespace: "app" });
    socket.send(request("after"));
    await settle();
    expect(page.of("frame").at(-1)).toMatchObject({ frame: request("after") });
  });

  test("gets what has gathered when the document ends", () => {
    const socket = page.connect();
    page.mode("record");
    socket.send(request("last"));
    page.hide();
    expect(page.of("frame")).toHaveLength(1);
  });

  test("that comes after a while of holding gets what was held, the latest of it", async () => {
    const socket = page.connect();
    page.mode("hold");
    call(socket, "use", ["app", "a"], { namespace: "app", database: "a" });
    await settle();
    expect(page.said).toEqual([]);
    page.mode("record");
    expect(page.facts.map(({ fact }) => fact)).toEqual([
      "whole",
      "frame",
      "frame",
      "socket",
      "session",
    ]);
    expect(page.of("whole")[0]?.sessions[0]?.namespace).toBeUndefined();
    page.mode("hold");
    for (let i = 0; i < 100; i++) {
      socket.send(request(i, "query", ["RETURN $x", { x: "x".repeat(50_000) }]));
    }
    page.mode("record");
    const lost = page.of("dropped").reduce((sum, { frames }) => sum + frames, 0);
    expect(lost).toBeGreaterThan(70);
    expect(page.of("frame")).toHaveLength(2 + 100 - lost + 2);
  });
});

describe("Blobs", () => {
  test("are read in the order in which they were sent and came", async () => {
    const socket = page.connect();
    socket.binaryTypeNow = "blob";
    page.mode("record");
    socket.send(new Blob([toBuffer(request("a", "use", ["app", "a"]))]));
    socket.send(request("b", "let", ["x", 1]));
    socket.receive(new Blob([answer("a", { namespace: "app", database: "a" })]));
    socket.receive(new Blob([answer("b")]));
    socket.end(1000);
    vi.useRealTimers();
    await vi.waitFor(() => {
      page.mode("record");
      expect(page.of("whole").at(-1)?.sessions[0]).toMatchObject({
        namespace: "app",
        variables: [{ name: "x" }],
        over: "socket-closed",
      });
    });
    const frames = page.of("frame");
    expect(frames.map(({ direction }) => direction)).toEqual([
      "sent",
      "sent",
      "received",
      "received",
    ]);
    expect(frames.every(({ frame }) => frame instanceof Uint8Array)).toBe(true);
  });
});

describe("what a page does otherwise", () => {
  test("events that it makes itself are nothing that the server said", () => {
    const socket = page.connect();
    const forged = Object.assign(socket.receive(answer(1)), { isTrusted: false });
    page.mode("watch");
    const before = page.of("whole")[0]?.sockets[0]?.framesReceived;
    socket.dispatchEvent(forged);
    page.mode("watch");
    expect(page.of("whole")[1]?.sockets[0]?.framesReceived).toBe(before);
  });

  test("its own send in a subclass stays, and isn't seen", () => {
    class Mine extends page.WebSocket {
      override send(): void {
        super.send("something else");
      }
    }
    const socket = new Mine("ws://127.0.0.1/rpc", "cbor");
    socket.open("cbor");
    socket.send();
    expect(socket.wire).toEqual(["something else"]);
    page.mode("watch");
    expect(page.of("whole")[0]?.sockets).toMatchObject([{ ownSend: true, framesSent: 0 }]);
  });

  test("its own send on the prototype is called, before and after, and seen where it sends the same", () => {
    const socket = page.connect();
    const { prototype } = page.WebSocket;
    const native = prototype.send;
    const seen: unknown[] = [];
    prototype.send = function (data) {
      seen.push(data);
      native.call(this, data);
    };
    socket.send(request(1));
    const later = page.connect();
    later.send(request(2));
    expect(seen).toHaveLength(2);
    prototype.send = function () {
      native.call(this, "something else");
    };
    later.send(request(3));
    page.mode("watch");
    expect(page.of("whole")[0]?.sockets).toMatchObject([
      { framesSent: 1, strayFrames: 0 },
      { framesSent: 2, strayFrames: 1 },
    ]);
  });

  test("its own send that leads back to the socket's sends once", () => {
    const socket = page.connect();
    const ours = socket.send;
    page.WebSocket.prototype.send = function (data) {
      ours.call(this, data);
    };
    socket.send(request(1));
    expect(socket.wire).toHaveLength(1);
    page.mode("watch");
    expect(page.of("whole")[0]?.sockets).toMatchObject([{ framesSent: 1 }]);
  });

  test("send on another socket, or on none, is the native one", () => {
    const socket = page.connect();
    const other = new page.WebSocket("ws://127.0.0.1/echo");
    other.open("");
    socket.send.call(other, "hello");
    expect(other.wire).toEqual(["hello"]);
    expect(() => new page.WebSocket("ws://127.0.0.1/rpc", "cbor").send("early")).toThrow(
      "Still connecting",
    );
    socket.end(1000);
    socket.send("late");
    page.mode("watch");
    expect(page.of("whole")[0]?.sockets[0]?.framesSent).toBe(0);
  });

  test("if it breaks what the hook relies on, it goes on, and the socket says so", () => {
    const socket = page.connect();
    const other = page.connect("cbor", "ws://127.0.0.1:9000/rpc");
    const get = vi.spyOn(Map.prototype, "get").mockImplementation(() => {
      throw new Error("Not today");
    });
    try {
      socket.send(request(1));
      socket.send(request(2));
      expect(socket.wire).toHaveLength(2);
      expect(socket.receive(answer(1)).stopped).toBe(false);
    } finally {
      get.mockRestore();
    }
    other.send(request(1));
    page.mode("watch");
    const [broken, whole] = page.of("whole")[0]?.sockets ?? [];
    expect(broken).toMatchObject({ unwatched: true });
    expect(whole).toMatchObject({ framesSent: 1 });
    expect(whole?.unwatched).toBeUndefined();
  });
});

describe("a person's request", () => {
  const ACT = "switchyard:0190a3f4";

  test("is sent as it is, and its answer kept from the page", () => {
    const socket = page.connect();
    const heard = vi.fn();
    socket.addEventListener("message", heard);
    const frame = request(ACT, "use", ["app", "b"]);
    page.command({ type: "act", act: ACT, client: 1, frame });
    expect(socket.wire).toEqual([frame]);
    socket.receive(answer("another"));
    const reply = answer(ACT, { namespace: "app", database: "b" });
    expect(socket.receive(reply).stopped).toBe(true);
    socket.receive(reply);
    expect(heard).toHaveBeenCalledTimes(2);
    expect(page.said).toEqual([{ type: "acted", act: ACT, frame: new Uint8Array(reply) }]);
    page.mode("watch");
    expect(page.of("whole")[0]?.sessions[0]).toMatchObject({ database: "b", requests: 0 });
  });

  test("that the server refuses is answered with the refusal", () => {
    const socket = page.connect();
    page.command({ type: "act", act: ACT, client: 1, frame: request(ACT) });
    const refusal = codec.encode({ id: ACT, error: { code: 1, message: "No" } });
    expect(socket.receive(toBuffer(refusal)).stopped).toBe(true);
    expect(page.said).toMatchObject([{ type: "acted", frame: refusal }]);
  });

  test("on a JSON socket is answered in JSON, whatever the socket delivers", () => {
    const socket = page.connect("json");
    socket.binaryTypeNow = "blob";
    const frame = JSON.stringify({ id: ACT, method: "info" });
    page.command({ type: "act", act: ACT, client: 1, frame });
    const reply = JSON.stringify({ error: { code: 1, message: "No" }, id: ACT });
    expect(socket.receive(reply).stopped).toBe(true);
    expect(page.said).toEqual([{ type: "acted", act: ACT, frame: reply }]);
  });

  test("whose socket closes is lost", () => {
    const socket = page.connect();
    page.command({ type: "act", act: ACT, client: 1, frame: request(ACT) });
    socket.end(1006);
    expect(page.said).toEqual([{ type: "act-lost", act: ACT }]);
  });

  test.each([
    ["there is no such client", 2, () => undefined],
    ["the socket is closed", 1, (socket: FakeSocket) => socket.end(1000)],
    [
      "the socket delivers Blobs",
      1,
      (socket: FakeSocket) => {
        socket.binaryTypeNow = "blob";
      },
    ],
  ])("isn't sent where %s", (_why, client, before) => {
    const socket = page.connect();
    before(socket);
    page.command({ type: "act", act: ACT, client, frame: request(ACT) });
    expect(socket.wire).toEqual([]);
    expect(page.said).toEqual([{ type: "not-acted", act: ACT, reason: expect.any(String) }]);
  });

  test("is recorded as the person's", async () => {
    const socket = page.connect();
    page.mode("record");
    page.command({ type: "act", act: ACT, client: 1, frame: request(ACT) });
    socket.receive(answer(ACT));
    await settle();
    expect(page.of("frame").map(({ direction, by }) => [direction, by])).toEqual([
      ["sent", "you"],
      ["received", "you"],
    ]);
  });
});
