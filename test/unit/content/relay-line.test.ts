/** The bridge's part in the page API: what it lets through, and what the hook hears when nobody answers. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { RelayLine } from "../../../src/content/relay-line.ts";
import type { EventDown, EventUp } from "../../../src/messages/page-messages.ts";

let delivered: EventDown[];
let posted: EventUp[];
let hasWorker: boolean;
let line: RelayLine;

beforeEach(() => {
  delivered = [];
  posted = [];
  hasWorker = true;
  line = new RelayLine({
    deliver: (message) => void delivered.push(message),
    post: (message) => void posted.push(message),
    connect: () => hasWorker,
  });
});

const request = (seq: number, params: object = {}) => ({
  type: "api-request",
  seq,
  method: "switchyard_rpc",
  params,
});

describe("a request of the page API", () => {
  it("goes to the worker, and its answer to the hook", () => {
    expect(line.fromHook(request(1))).toBe(true);
    expect(posted).toEqual([request(1)]);
    expect(line.fromWorker({ type: "api-response", seq: 1, result: null } as EventDown)).toBe(true);
    expect(delivered).toEqual([{ type: "api-response", seq: 1, result: null }]);
  });

  it("that is too large is refused on the spot, by its number", () => {
    const large = new Uint8Array(16 * 1024 * 1024 + 1);
    for (const [seq, params] of [{ params: large }, { bindings: large }].entries()) {
      expect(line.fromHook(request(seq, params))).toBe(true);
    }
    expect(posted).toEqual([]);
    expect(delivered).toMatchObject([
      { type: "api-error", seq: 0, error: { code: -32005 } },
      { type: "api-error", seq: 1, error: { code: -32005 } },
    ]);
  });

  it("is refused in a flood, and hellos are left out", () => {
    // However busy the machine is: all of it in one moment.
    const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
    for (let seq = 0; seq < 10_000; seq++) line.fromHook(request(seq));
    expect(posted).toHaveLength(4_000);
    expect(posted.length + delivered.length).toBe(10_000);
    const before = { posted: posted.length, delivered: delivered.length };
    for (let i = 0; i < 10_000; i++) line.fromHook({ type: "api-hello" });
    expect(posted).toHaveLength(before.posted);
    expect(delivered).toHaveLength(before.delivered);
    clock.mockRestore();
  });

  it("isn't taken where the extension is gone", () => {
    hasWorker = false;
    expect(line.fromHook(request(1))).toBe(false);
    expect(posted).toEqual([]);
  });

  it.each([null, 5, "api-request", {}, { type: "api-forged" }, { type: ["api-request"] }])(
    "is none of %j: it goes nowhere",
    (message) => {
      line.fromHook(message);
      expect(posted).toEqual([]);
    },
  );
});

describe("the hook hears that its answers are lost", () => {
  const lost = { type: "api-lost" };

  it("when the worker dies, once, and only where the page API was used", () => {
    line.lost();
    expect(delivered).toEqual([]);
    line.fromHook({ type: "api-hello" });
    line.lost();
    line.lost();
    expect(delivered).toEqual([lost]);
  });

  it("when the document goes into the back/forward cache", () => {
    line.fromHook(request(1));
    line.freeze();
    expect(delivered).toEqual([lost]);
  });
});
