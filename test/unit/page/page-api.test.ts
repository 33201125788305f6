/** `window.switchyard` in a page that a test plays: what it offers, and what a page can't do with it. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type {
  ApiDownMessage,
  ApiRequest,
  ApiUpMessage,
} from "../../../src/messages/api-messages.ts";
import type { PageApi } from "../../../src/page/page-api.ts";
import { FakePage } from "./fake-page.ts";

interface Provider {
  request(args?: unknown): Promise<unknown>;
  on(event: unknown, listener?: unknown): Provider;
  removeListener(event: unknown, listener?: unknown): Provider;
}

let page: FakePage;
let api: PageApi;
let posted: ApiUpMessage[];
let hasBridge: boolean;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  page = FakePage.bare();
  posted = [];
  hasBridge = true;
  const { createPageApi } = await import("../../../src/page/page-api.ts");
  api = createPageApi({
    post: (message) => {
      if (hasBridge) posted.push(structuredClone(message));
      return hasBridge;
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function provider(): Provider {
  return (page.window as unknown as { switchyard: Provider }).switchyard;
}

function defined(): Provider {
  api.define();
  return provider();
}

const requests = () =>
  posted.filter((message): message is ApiRequest => message.type === "api-request");
const lastSeq = () => requests().at(-1)?.seq ?? 0;
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("This was expected to fail.");
    },
    (error: Error & { code?: number; data?: unknown }) => error,
  );
const rpc = (more: object = {}) => ({
  method: "switchyard_rpc",
  params: { session: "s", method: "query", ...more },
});

describe("the property", () => {
  it("is there only once it is defined, not enumerable, frozen, and announced", () => {
    const heard = vi.fn();
    page.window.addEventListener("switchyard#initialized", heard);
    expect(provider()).toBeUndefined();
    expect(heard).not.toHaveBeenCalled();
    const mine = defined();
    expect(heard).toHaveBeenCalledTimes(1);
    expect(Object.getOwnPropertyDescriptor(page.window, "switchyard")).toMatchObject({
      enumerable: false,
      writable: false,
      configurable: false,
    });
    expect(Object.keys(page.window)).not.toContain("switchyard");
    for (const each of [mine, mine.request, mine.on, mine.removeListener]) {
      expect(Object.isFrozen(each)).toBe(true);
    }
    api.define();
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it("appears when the worker says that the origin is enabled, and not when it says no", () => {
    api.received({ type: "api-enabled", on: false });
    expect(provider()).toBeUndefined();
    api.received({ type: "api-enabled", on: true });
    expect(provider()).toBeDefined();
  });

  it("leaves alone what the page has there already", () => {
    const own = {};
    Object.assign(page.window, { switchyard: own });
    api.define();
    expect(provider()).toBe(own);
  });
});

describe("a request", () => {
  it("is posted under a number of its own and settled by that number", async () => {
    const { request } = defined();
    const first = request({ method: "switchyard_sessions" });
    const second = request({ method: "switchyard_route" });
    const [one, two] = requests();
    expect(one).toEqual({ type: "api-request", seq: 1, method: "switchyard_sessions", params: {} });
    api.received({ type: "api-response", seq: two?.seq ?? 0, result: { session: null } });
    api.received({ type: "api-response", seq: one?.seq ?? 0, result: [] });
    expect(await first).toEqual([]);
    expect(await second).toEqual({ session: null });
  });

  it("is refused with an Error that has the code and the data", async () => {
    const { request } = defined();
    const failed = failureOf(request(rpc()));
    const data = { code: -32000, kind: "NotAllowed", details: { kind: "Auth" } };
    api.received({
      type: "api-error",
      seq: lastSeq(),
      error: { code: -32000, message: "No", data },
    });
    const error = await failed;
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ message: "No", code: -32000, data });
  });

  it.each([
    [undefined, -32602],
    [null, -32602],
    ["switchyard_sessions", -32602],
    [{}, 4200],
    [{ method: "eth_accounts" }, 4200],
    [{ method: "toString" }, 4200],
    [{ method: "switchyard_rpc" }, -32602],
    [{ method: "switchyard_rpc", params: { session: "s" } }, -32602],
    [{ method: "switchyard_rpc", params: { session: "s", method: "query", params: [1] } }, -32602],
    [{ method: "switchyard_rpc", params: { session: "s", method: "query", txn: 5 } }, -32602],
    [{ method: "switchyard_requestSessions", params: { more: "yes" } }, -32602],
  ])("%j is refused with %i and not posted", async (args, code) => {
    const error = await failureOf(defined().request(args));
    expect(error.code).toBe(code);
    expect(requests()).toEqual([]);
  });

  it("may give its params as the one item of a list, as EIP-1193 allows", () => {
    void defined().request({ method: "switchyard_requestSessions", params: [{ reason: "r" }] });
    expect(requests()[0]).toMatchObject({ params: { reason: "r" } });
  });

  it("copies bytes of any kind, and only those that are looked at", () => {
    const buffer = new Uint8Array([1, 2, 3, 4]).buffer;
    const { request } = defined();
    for (const params of [buffer, new Uint8Array(buffer, 1, 2), new DataView(buffer, 1, 2)]) {
      void request(rpc({ params }));
    }
    expect(requests().map(({ params }) => (params as { params: Uint8Array }).params)).toEqual([
      new Uint8Array([1, 2, 3, 4]),
      new Uint8Array([2, 3]),
      new Uint8Array([2, 3]),
    ]);
  });

  it("of more than 16 MB stays in the page", async () => {
    const params = new Uint8Array(16 * 1024 * 1024 + 1);
    const error = await failureOf(defined().request(rpc({ params })));
    expect(error).toMatchObject({ code: -32602, message: expect.stringMatching(/16 MB/) });
    expect(requests()).toEqual([]);
  });

  it("beyond 256 that wait is refused, until one of them is answered", async () => {
    const { request } = defined();
    for (let i = 0; i < 256; i++) request({ method: "switchyard_sessions" }).catch(() => undefined);
    const error = await failureOf(request({ method: "switchyard_sessions" }));
    expect(error).toMatchObject({ code: -32005, data: { outcome: "not-sent" } });
    api.received({ type: "api-response", seq: 1, result: [] });
    request({ method: "switchyard_sessions" }).catch(() => undefined);
    expect(requests()).toHaveLength(257);
  });

  it("without a bridge fails with 4900", async () => {
    const { request } = defined();
    hasBridge = false;
    expect(await failureOf(request(rpc()))).toMatchObject({
      code: 4900,
      data: { outcome: "not-sent" },
    });
  });

  it("may be refused by the bridge before it has left", async () => {
    const { createPageApi } = await import("../../../src/page/page-api.ts");
    const refusing: PageApi = createPageApi({
      post(message) {
        const error = { code: -32005, message: "Too many requests. Nothing was sent." };
        if ("seq" in message) refusing.received({ type: "api-error", seq: message.seq, error });
        return true;
      },
    });
    refusing.define();
    const error = await failureOf(provider().request({ method: "switchyard_sessions" }));
    expect(error).toMatchObject({ code: -32005 });
  });

  it("that waits when the worker is lost may have run, and says so", async () => {
    const { request } = defined();
    const sent = failureOf(request(rpc()));
    const asked = failureOf(request({ method: "switchyard_sessions" }));
    api.disconnected();
    expect(await sent).toMatchObject({ code: 4900, data: { outcome: "unknown" } });
    expect(await asked).toMatchObject({ code: 4900 });
    // A late answer is nobody's.
    api.received({ type: "api-response", seq: lastSeq(), result: [] });
  });
});

describe("events", () => {
  it("reach those who listen, as often as they do, until they stop", () => {
    const mine = defined();
    const listener = vi.fn();
    const other = vi.fn();
    expect(mine.on("routeChanged", listener).on("routeChanged", other)).toBe(mine);
    const told: ApiDownMessage = {
      type: "api-event",
      event: "routeChanged",
      payload: { session: "s" },
    };
    api.received(told);
    mine.removeListener("routeChanged", listener);
    mine.removeListener("sessionsChanged", other);
    api.received(told);
    expect(listener.mock.calls).toEqual([[{ session: "s" }]]);
    expect(other).toHaveBeenCalledTimes(2);
  });

  it("go on to the others where one listener throws, which the page hears of", () => {
    const mine = defined();
    const fault = new Error("the page's own");
    const other = vi.fn();
    mine.on("sessionsChanged", () => {
      throw fault;
    });
    mine.on("sessionsChanged", other);
    api.received({ type: "api-event", event: "sessionsChanged", payload: [] });
    expect(other).toHaveBeenCalled();
    expect(page.reported).toEqual([fault]);
  });

  it("are asked for once somebody listens, and again after the worker was lost", async () => {
    const mine = defined();
    expect(posted).toEqual([]);
    const lost = vi.fn();
    mine.on("disconnect", lost);
    mine.on("sessionsChanged", () => undefined);
    expect(posted).toEqual([{ type: "api-hello" }]);
    api.disconnected();
    expect(lost.mock.calls[0]?.[0]).toMatchObject({ code: 4900 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(posted).toEqual([{ type: "api-hello" }, { type: "api-hello" }]);
  });

  it("end with a disconnect when the person takes the page API back", () => {
    const lost = vi.fn();
    defined().on("disconnect", lost);
    api.received({ type: "api-enabled", on: false });
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it.each([
    [5, () => undefined],
    ["notification", undefined],
    ["notification", {}],
  ])("need a name and a function: %j", (event, listener) => {
    const mine = defined();
    for (const call of [mine.on, mine.removeListener]) {
      expect(() => call(event, listener)).toThrow(expect.objectContaining({ code: -32602 }));
    }
  });
});

describe("a hostile page", () => {
  it("has each of its values read once", () => {
    const reads: string[] = [];
    const counting = (target: object): object =>
      new Proxy(target, {
        get: (from, key) => {
          reads.push(String(key));
          return (from as Record<string | symbol, unknown>)[key];
        },
      });
    const params = counting({ session: "s", method: "query" });
    void defined().request(counting({ method: "switchyard_rpc", params }));
    expect(reads).toEqual(["method", "params", "session", "method", "params", "txn"]);
  });

  it("whose getters throw gets its own error back, and harms nobody", async () => {
    const fault = new Error("mine");
    const trap = {
      get method() {
        throw fault;
      },
    };
    const mine = defined();
    expect(await failureOf(mine.request(trap))).toBe(fault);
    expect(await failureOf(mine.request(rpc({ params: new Proxy({}, {}) })))).toMatchObject({
      code: -32602,
    });
    expect(requests()).toEqual([]);
  });

  it("that patches what it can reach learns and changes nothing", async () => {
    const { createPageApi } = await import("../../../src/page/page-api.ts");
    // Node's own cloning would run what is patched here.
    const last: { message?: ApiUpMessage } = {};
    const patient = createPageApi({
      post(message) {
        last.message = message;
        return true;
      },
    });
    patient.define();
    const mine = provider();
    const seen = { value: undefined as unknown };
    const setter: PropertyDescriptor = Object.assign(Object.create(null), {
      configurable: true,
      set: (value: unknown) => {
        seen.value = value;
      },
    });
    const spoiled = () => {
      throw new Error("spoiled");
    };
    const keys = ["code", "0", "1", "session", "method", "value", "enumerable"];
    const given = rpc({ params: new Uint8Array([0x80]) });
    const { push, [Symbol.iterator]: iterator } = Array.prototype;
    const { freeze, hasOwn } = Object;
    let settled: Promise<unknown>;
    try {
      for (const key of keys) Object.defineProperty(Object.prototype, key, setter);
      Array.prototype.push = spoiled;
      Array.prototype[Symbol.iterator] = spoiled as never;
      Object.freeze = spoiled;
      Object.hasOwn = spoiled;
      mine.on("routeChanged", () => undefined);
      settled = mine.request(given);
      patient.received({ type: "api-event", event: "routeChanged", payload: { session: null } });
      const error = { code: 4100, message: "No such session is granted to this page." };
      patient.received({ type: "api-error", seq: 1, error });
    } finally {
      Array.prototype.push = push;
      Array.prototype[Symbol.iterator] = iterator;
      Object.freeze = freeze;
      Object.hasOwn = hasOwn;
      for (const key of keys) Reflect.deleteProperty(Object.prototype, key);
    }
    expect(await failureOf(settled)).toMatchObject({ code: 4100 });
    expect(seen.value).toBeUndefined();
    expect(last.message).toMatchObject({ params: { session: "s", method: "query" } });
  });
});
