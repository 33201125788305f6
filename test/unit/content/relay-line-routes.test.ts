/** The way between hook and worker: ports that are lost, retries, and pages that send too much. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RelayLine } from "../../../src/content/relay-line.ts";

let heard: Record<string, unknown>[];
let posted: Record<string, unknown>[];
let connects: number;
/** Whether there is an extension to connect to. */
let isThere: boolean;
let line: RelayLine;

const types = () => heard.map(({ type }) => type);
const relay = (more: object = {}) => ({
  type: "relay",
  seq: 1,
  client: 1,
  generation: 0,
  frame: "{}",
  ...more,
});
const told = (table?: object) =>
  line.fromWorker({ type: "routes", version: 1, table } as unknown as { type: string });

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  posted = [];
  connects = 0;
  isThere = true;
  line = new RelayLine({
    deliver: (message) => heard.push(message as unknown as Record<string, unknown>),
    post: (message) => posted.push(message as unknown as Record<string, unknown>),
    connect: () => {
      connects++;
      return isThere;
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
});

test("where nothing may be routed nothing is asked, and a lost port is nothing to tell", () => {
  line.lost();
  vi.advanceTimersByTime(60_000);
  expect({ heard, posted, connects }).toEqual({ heard: [], posted: [], connects: 0 });
});

test("where something may be routed the hook waits, and its first word asks", () => {
  line.expect();
  expect(types()).toEqual(["routes-await"]);
  expect(connects).toBe(0);
  expect(line.fromHook({ type: "routes-ack", version: 0 })).toBe(true);
  expect(connects).toBe(1);
  expect(posted).toMatchObject([{ type: "routes-ack" }]);
  told({ label: "Bob", all: 1 });
  line.expect();
  expect(types()).toEqual(["routes-await", "routes"]);
});

describe("the port is lost", () => {
  test("while something is routed: said at once, and asked again at once", () => {
    told({ label: "Bob", all: 1 });
    line.lost();
    expect(types()).toEqual(["routes", "relay-lost"]);
    expect(connects).toBe(1);
  });

  test("once nothing is routed any more: left at that", () => {
    told({ label: "Bob", all: 1 });
    told();
    line.lost();
    vi.advanceTimersByTime(60_000);
    expect(types()).toEqual(["routes", "routes"]);
    expect(connects).toBe(0);
  });

  test("again and again before a word: tried with pauses that grow to five seconds, one at a time", () => {
    line.expect();
    const pauses: number[] = [];
    for (let n = 0; n < 8; n++) {
      const before = connects;
      line.lost();
      line.lost();
      let waited = 0;
      while (connects === before) {
        vi.advanceTimersByTime(50);
        waited += 50;
      }
      expect(connects).toBe(before + 1);
      pauses.push(waited);
    }
    expect(pauses[0]).toBe(200);
    expect(pauses.at(-1)).toBe(5_000);
    // A worker that speaks makes it quick again.
    told({ label: "Bob", all: 1 });
    const before = connects;
    line.lost();
    expect(connects).toBe(before + 1);
  });
});

describe("the back/forward cache", () => {
  test("a routed document hears that its way is lost, and asks when it is back", () => {
    told({ label: "Bob", all: 1 });
    line.freeze();
    expect(types()).toEqual(["routes", "relay-lost"]);
    vi.advanceTimersByTime(60_000);
    expect(connects).toBe(0);
    line.thaw();
    expect(connects).toBe(1);
  });

  test("a document that had nothing routed waits with its next request: its tab may have been switched", () => {
    line.freeze();
    line.thaw();
    expect(types()).toEqual(["routes-await"]);
    expect(connects).toBe(0);
    line.fromHook({ type: "routes-ack", version: 0 });
    expect(connects).toBe(1);
  });

  test("a retry that was due doesn't wake the worker meanwhile", () => {
    line.expect();
    line.lost();
    line.freeze();
    vi.advanceTimersByTime(60_000);
    expect(connects).toBe(0);
  });
});

describe("what a page may send", () => {
  test("requests beyond 4,000 at once are refused one by one, and let through again with time", () => {
    const sent = () => {
      // What waits for company goes before this one.
      line.fromHook({ type: "relay-closed", client: 1, generation: 0 });
      const all = posted.flatMap((each) =>
        each.type === "relay-batch" ? (each.messages as { type: string }[]) : [each],
      );
      return all.filter(({ type }) => type === "relay").length;
    };
    for (let seq = 0; seq < 5_000; seq++) expect(line.fromHook(relay({ seq }))).toBe(true);
    expect(sent()).toBe(4_000);
    expect(heard).toHaveLength(1_000);
    expect(heard[0]).toEqual({ type: "relay-refused", seq: 4_000 });
    vi.advanceTimersByTime(500);
    line.fromHook(relay());
    expect(sent()).toBe(4_001);
  });

  test("of a busy page go together, in order, before what comes behind them; few go at once", async () => {
    const types = () => posted.map(({ type }) => type);
    for (let seq = 0; seq < 3; seq++) line.fromHook(relay({ seq }));
    expect(types()).toEqual(["relay", "relay", "relay"]);
    for (let seq = 3; seq < 6; seq++) line.fromHook(relay({ seq }));
    expect(posted).toHaveLength(3);
    line.fromHook({ type: "relay-session-over", client: 1, generation: 0 });
    expect(types().slice(3)).toEqual(["relay-batch", "relay-session-over"]);
    expect(posted[3]).toMatchObject({ messages: [{ seq: 3 }, { seq: 4 }, { seq: 5 }] });
    line.fromHook(relay({ seq: 6 }));
    line.lost();
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 20));
    // It never left, and its route's number would be another session's at the next worker.
    expect(posted).toHaveLength(5);
  });

  test("answers that come together are delivered one by one, in order, and before the word of a loss", async () => {
    vi.useRealTimers();
    const answers = [1, 2, 3].map((seq) => ({ type: "relayed", seq, frame: "" }));
    line.fromWorker({ type: "routes", version: 1, table: { label: "Bob", all: 1 } } as never);
    heard.length = 0;
    line.fromWorker({ type: "relay-batch", messages: answers } as never);
    expect(heard).toMatchObject([{ seq: 1 }]);
    await vi.waitFor(() => expect(heard).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]));
    line.fromWorker({ type: "relay-batch", messages: answers } as never);
    line.lost();
    expect(heard.slice(3)).toMatchObject([...answers, { type: "relay-lost" }]);
  });

  test("what a busy page asks at each of many answers goes together", async () => {
    vi.useRealTimers();
    const asking = new RelayLine({
      deliver: (message) => {
        if (message.type === "relayed") asking.fromHook(relay({ seq: 100 + message.seq }));
      },
      post: (message) => posted.push(message as unknown as Record<string, unknown>),
      connect: () => true,
    });
    for (let seq = 0; seq < 32; seq++) asking.fromHook(relay({ seq }));
    await vi.waitFor(() => expect(posted.at(-1)).toMatchObject({ type: "relay-batch" }));
    posted.length = 0;
    const messages = Array.from({ length: 10 }, (_, seq) => ({ type: "relayed", seq, frame: "" }));
    asking.fromWorker({ type: "relay-batch", messages } as never);
    await vi.waitFor(() => expect(posted).not.toEqual([]));
    const asked = messages.map(({ seq }) => ({ seq: 100 + seq }));
    expect(posted).toMatchObject([{ type: "relay-batch", messages: asked }]);
  });

  test("bytes: 16 MB in one request, 64 MB in a second", () => {
    const frame = new Uint8Array(16 * 1024 * 1024);
    line.fromHook(relay({ frame: new Uint8Array(frame.length + 1), seq: 7 }));
    expect(heard).toEqual([{ type: "relay-refused", seq: 7 }]);
    for (let n = 0; n < 5; n++) line.fromHook(relay({ frame }));
    expect(posted).toHaveLength(4);
    vi.advanceTimersByTime(1_000);
    line.fromHook(relay({ frame }));
    expect(posted).toHaveLength(5);
  });

  test("bytes are those that lie in memory, whatever shows a window on them", () => {
    const large = new ArrayBuffer(17 * 1024 * 1024);
    const windows = [new DataView(large), new Float64Array(large), new Uint8Array(large, 5, 1)];
    for (const [seq, frame] of windows.entries()) line.fromHook(relay({ seq, frame }));
    // By number: what is posted is too large to be shown.
    expect(posted).toHaveLength(0);
    expect(heard.map(({ type, seq }) => [type, seq])).toEqual(
      windows.map((_, seq) => ["relay-refused", seq]),
    );
    // None of them has made the count of what is left useless.
    const frame = new Uint8Array(16 * 1024 * 1024);
    for (let n = 0; n < 5; n++) line.fromHook(relay({ frame }));
    expect(posted).toHaveLength(4);
  });

  test("nothing else rides along unpaid: with a request, with its variables, or with any other message", () => {
    const large = new Uint8Array(20 * 1024 * 1024);
    line.fromHook(relay({ seq: 1, junk: large, to: "alice", session: "018f" }));
    expect(posted).toEqual([relay({ seq: 1 })]);
    for (const more of [{ seq: {} }, { client: [large] }, { generation: "0" }, { route: "1" }]) {
      line.fromHook(relay(more));
    }
    for (const type of ["routes-ack", "relay-closed", "relay-sockets", "api-hello"]) {
      line.fromHook({ type, junk: large });
    }
    expect(posted).toHaveLength(1);
    for (let seq = 2; seq < 6; seq++) {
      line.fromHook(relay({ seq, variables: [{ name: "a", size: 1, cbor: large }] }));
    }
    // Three times 20 MB in the first second, and no more.
    expect(heard).toEqual([{ type: "relay-refused", seq: 5 }]);
  });

  test("of its other messages each is passed on as it is, behind the requests before it", () => {
    const place = { client: 1, generation: 0 };
    const others = [
      { type: "routes-ack", version: 0 },
      { type: "relay-session-over", ...place },
      { type: "relay-closed", ...place },
      { type: "relay-sockets", sockets: [place] },
    ];
    for (const message of others) {
      posted.length = 0;
      for (let seq = 0; seq < 6; seq++) line.fromHook(relay({ seq }));
      line.fromHook(message);
      expect(posted.at(-1)).toEqual(message);
    }
  });

  test.each([
    [undefined],
    [null],
    ["relay"],
    [{}],
    [{ type: "relay" }],
    [{ type: "relay", seq: 1, frame: 5 }],
    [{ type: "relay", seq: 1, frame: { length: 1 } }],
    [{ type: "routes", version: 1 }],
    [{ type: "mode", mode: "record" }],
    [{ type: "constructor" }],
    // Only the bridge itself puts requests together, once they are paid for.
    [{ type: "relay-batch", messages: [relay()] }],
    [{ type: "relayed", seq: 1, frame: "{}" }],
  ])("%o is none of these, and goes nowhere", (message) => {
    expect(line.fromHook(message)).toBe(true);
    expect({ posted, heard, connects }).toEqual({ posted: [], heard: [], connects: 0 });
  });
});

test("where the extension is gone nobody takes anything", () => {
  isThere = false;
  expect(line.fromHook(relay())).toBe(false);
  expect(posted).toEqual([]);
});

test("what isn't about routes is the bridge's", () => {
  expect(line.fromWorker({ type: "mode" })).toBe(false);
  expect(line.fromWorker({ type: "taken" })).toBe(false);
  expect(heard).toEqual([]);
});
