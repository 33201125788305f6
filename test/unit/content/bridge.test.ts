/** The bridge between a hook that may be a page's forgery and a worker that comes and goes. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Bridge, type HookPort } from "../../../src/content/bridge.ts";
import type { HookMessage, PageFact } from "../../../src/messages/page-messages.ts";
import { LIMITS, RELAY_DOWN } from "../../../src/messages/page-messages.ts";
import type { PortLike } from "../../../src/messages/view-client.ts";

class FakeHook extends EventTarget implements HookPort {
  onmessage: ((event: MessageEvent) => void) | null = null;
  closed = false;
  readonly heard: unknown[] = [];
  postMessage(message: unknown): void {
    this.heard.push(message);
  }
  close(): void {
    this.closed = true;
  }
  say(message: unknown): void {
    this.onmessage?.({ data: message } as MessageEvent);
  }
  get mode(): unknown {
    return this.heard
      .filter((message) => (message as { type: string }).type === "mode")
      .map((message) => (message as { mode: string }).mode)
      .at(-1);
  }
}

class FakeWorker implements PortLike {
  readonly heard: HookMessage[] = [];
  gone = false;
  #message: (message: unknown) => void = () => undefined;
  #disconnect: () => void = () => undefined;
  postMessage(message: unknown): void {
    if (this.gone) throw new Error("Disconnected");
    this.heard.push(message as HookMessage);
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener;
  }
  onDisconnect(listener: () => void): void {
    this.#disconnect = listener;
  }
  disconnect(): void {
    this.gone = true;
  }
  say(message: unknown): void {
    this.#message(message);
  }
  die(): void {
    this.gone = true;
    this.#disconnect();
  }
}

const whole = (batch: number): HookMessage => ({
  type: "facts",
  batch,
  facts: [{ fact: "whole", sockets: [], sessions: [], usesHttp: false }],
});
const facts = (batch: number, more: PageFact[] = []): HookMessage => ({
  type: "facts",
  batch,
  facts: [{ fact: "socket-gone", client: 1 }, ...more],
});

let hook: FakeHook;
let workers: FakeWorker[];
let bridge: Bridge;
let moreSigns: () => void;
let invalidated: boolean;
beforeEach(() => {
  vi.useFakeTimers();
  hook = new FakeHook();
  workers = [];
  invalidated = false;
  bridge = new Bridge({
    connect: () => {
      if (invalidated) throw new Error("Extension context invalidated.");
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
    loadSigns: () => ({
      usesHttp: true,
      versionAsked: ["http://127.0.0.1:8000/version"],
      usesWorkers: true,
    }),
    deliver: (to, message) => {
      to.dispatchEvent(new MessageEvent(RELAY_DOWN, { data: message }));
    },
    watchLoadSigns: (changed) => {
      moreSigns = changed;
      return { disconnect: () => undefined };
    },
  });
  bridge.take(hook);
});
afterEach(() => {
  vi.useRealTimers();
});

function listening(): FakeWorker {
  bridge.listen();
  const worker = workers.at(-1) as FakeWorker;
  worker.say({ type: "mode", mode: "watch" });
  return worker;
}

test("opens no port and says nothing until somebody asks", () => {
  hook.say(whole(1));
  expect(workers).toEqual([]);
  expect(hook.heard).toEqual([]);
});

test("takes one hook, and no second", () => {
  expect(bridge.take(new FakeHook())).toBe(false);
});

test("passes facts on from the first whole state, numbered from 1 on each port", () => {
  const worker = listening();
  hook.say(facts(7));
  hook.say(whole(8));
  hook.say(facts(9));
  expect(worker.heard).toMatchObject([
    {
      batch: 1,
      facts: [{ usesHttp: true, versionAsked: [expect.any(String)], usesWorkers: true }],
    },
    { batch: 2 },
  ]);
  worker.say({ type: "taken", batch: 2 });
  expect(hook.heard.at(-1)).toEqual({ type: "taken", batch: 9 });
});

test("asks for everything again when there are new signs of HTTP", () => {
  listening();
  const before = hook.heard.length;
  moreSigns();
  expect(hook.heard.slice(before)).toEqual([{ type: "mode", mode: "watch" }]);
});

describe("when the port drops", () => {
  test("the hook holds for ten seconds, then it is quiet", () => {
    listening().die();
    expect(hook.mode).toBe("hold");
    vi.advanceTimersByTime(9_000);
    expect(hook.mode).toBe("hold");
    vi.advanceTimersByTime(2_000);
    expect(hook.mode).toBe("quiet");
  });

  test("the next worker gets everything, and none of what was on its way", () => {
    listening().die();
    const next = listening();
    hook.say(facts(5));
    hook.say(whole(6));
    expect(next.heard).toMatchObject([{ batch: 1, facts: [{ fact: "whole" }] }]);
    vi.advanceTimersByTime(20_000);
    expect(hook.mode).toBe("watch");
  });

  test("and the worker had said that it needs nothing, the hook stays quiet", () => {
    const worker = listening();
    worker.say({ type: "mode", mode: "quiet" });
    worker.die();
    expect(hook.mode).toBe("quiet");
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("a marker before the hook makes it hold from its first moment", () => {
  bridge = new Bridge({
    connect: () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
    deliver: () => undefined,
    loadSigns: () => ({ usesHttp: false, versionAsked: [], usesWorkers: false }),
    watchLoadSigns: () => ({ disconnect: () => undefined }),
  });
  bridge.listenAtOnce();
  expect(workers).toEqual([]);
  bridge.take(hook);
  expect(hook.mode).toBe("hold");
  expect(workers).toHaveLength(1);
  // A worker that never answers is given up.
  vi.advanceTimersByTime(11_000);
  expect(hook.mode).toBe("quiet");
  expect(workers[0]?.gone).toBe(true);
});

test("the back/forward cache ends the port, and coming back opens another", () => {
  const worker = listening();
  bridge.freeze();
  expect(worker.gone).toBe(true);
  expect(hook.mode).toBe("quiet");
  bridge.thaw();
  expect(workers).toHaveLength(2);
  expect(hook.mode).toBe("hold");
});

test("coming back from the cache opens no port where nobody listened before", () => {
  bridge.take(hook);
  bridge.freeze();
  bridge.thaw();
  expect(workers).toEqual([]);
  expect(hook.mode).toBe("quiet");
  bridge.listen();
  expect(workers).toHaveLength(1);
});

test("an extension that was updated or removed leaves the page quiet", () => {
  invalidated = true;
  bridge.listen();
  expect(hook.mode).toBe("quiet");
});

describe("a page that got at the hook's port", () => {
  test.each([
    ["nothing", undefined],
    ["no type", {}],
    ["a type that isn't one", { type: "mode", mode: "record" }],
    ["facts that are no list", { type: "facts", batch: 1, facts: {} }],
    ["too many facts", { type: "facts", batch: 1, facts: new Array(LIMITS.batch + 1).fill({}) }],
    ["a batch that is no number", { type: "facts", batch: "1", facts: [] }],
    ["too many bytes", { type: "acted", act: "x", frame: new Uint8Array(25 * 1024 * 1024) }],
    ["depth", { type: "acted", act: nested(12), frame: "" }],
  ])("and says %s is cut off", (_what, message) => {
    const worker = listening();
    hook.say(message);
    expect(hook.closed).toBe(true);
    expect(worker.gone).toBe(true);
    bridge.listen();
    expect(workers).toHaveLength(1);
  });

  test("and floods it is cut off, and the worker is told", () => {
    const worker = listening();
    for (let i = 0; i < 1_000; i++) hook.say(whole(i + 1));
    expect(worker.heard.length).toBeLessThan(450);
    expect(worker.heard.at(-1)).toMatchObject({ facts: [{ fact: "dropped" }] });
    expect(worker.gone).toBe(true);
    expect(hook.closed).toBe(true);
  });

  function nested(depth: number): object {
    return depth === 0 ? {} : { inner: nested(depth - 1) };
  }
});
