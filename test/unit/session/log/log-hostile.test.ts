/** Nothing that a page or its server can send stops the log. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestLog } from "../../../../src/session/log/request-log.ts";
import type { FrameRecord, FrameSummary } from "../../../../src/session/page/page-model.ts";
import { decodeValue } from "../../../../src/wire/values.ts";
import { anyValue } from "../../wire/arbitrary-values.ts";
import { logOf, marks, requests, shown, Wire } from "./log-traffic.ts";

const cbor = new Wire();
const json = new Wire({ format: "json" });

/** A frame that was right until something happened to it. */
const damaged = fc
  .tuple(fc.nat({ max: 200 }), fc.nat({ max: 255 }), fc.boolean())
  .map(([at, byte, cut]) => {
    const whole = cbor.sent(1, "id", "query", ["SELECT 1", { a: [1, 2, { b: "c" }] }]);
    const frame = (whole.frame as Uint8Array).slice();
    if (cut) return frame.subarray(0, at % frame.length);
    frame[at % frame.length] = byte;
    return frame;
  });

const anyFrame = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  damaged,
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '{"id":1,"method":5}',
    '{"id":{},"method":"x"}',
    '{"method":"query"}',
    '{"result":{"id":"no uuid","action":"CREATE"}}',
    '{"id":null,"error":{"code":-32700,"message":"Parse error"}}',
    '{"id":1,"method":"query","params":{"__proto__":1}}',
    '{"id":1,"method":"__proto__","params":[]}',
    '{"id":1,"method":"query","params":["SELECT \\u0000"]}',
    `${'{"id":1,"method":"query","params":['}${"[".repeat(5_000)}${"]".repeat(5_000)}]}`,
  ),
);

const summaries = fc.record<FrameSummary>(
  {
    why: fc.constantFrom("too-large", "overflow", "unreadable"),
    id: fc.string({ maxLength: 4 }),
    method: fc.string({ maxLength: 100 }),
    session: fc.string(),
    txn: fc.string(),
    head: fc.string(),
  },
  { requiredKeys: ["why"] },
);

const anyRecord: fc.Arbitrary<FrameRecord> = fc
  .record({
    frame: fc.option(anyFrame, { nil: undefined }),
    summary: summaries,
    direction: fc.constantFrom("sent" as const, "received" as const),
    isJson: fc.boolean(),
    generation: fc.nat({ max: 2 }),
    at: fc.double({ noNaN: true, min: 0, max: 1e6 }),
  })
  .map(({ frame, summary, direction, isJson, generation, at }) => {
    const wire = new Wire({ format: isJson ? "json" : "cbor", generation });
    if (frame !== undefined) return wire.raw(direction, at, frame);
    const { frame: _none, ...rest } = wire.raw(direction, at, "");
    return { ...rest, size: 5_000_000, summary };
  });

describe("any frames", () => {
  it("are taken, counted, and opened without a throw", { timeout: 60_000 }, () => {
    const survives = fc.property(fc.array(anyRecord, { maxLength: 40 }), (records) => {
      const log = new RequestLog();
      log.add(records);
      for (const { seq } of shown(log)) log.details(seq);
      expect(log.counts.entries).toBe(log.rows.length);
      expect(log.counts.entries).toBeLessThanOrEqual(records.length);
    });
    fc.assert(survives, { numRuns: 500 });
  });

  it("become answers of any content", { timeout: 60_000 }, () => {
    const survives = fc.property(anyValue, fc.constantFrom("query", "select"), (value, method) => {
      const log = logOf(cbor.sent(1, 1, method, ["x"]), cbor.answered(2, 1, value));
      const [entry] = requests(log);
      expect(entry?.outcome.kind).not.toBe("pending");
      expect(log.details(entry?.seq ?? 0)?.answerMissing).toBeUndefined();
    });
    fc.assert(survives, { numRuns: 300 });
  });
});

describe("a flood of what is no RPC", () => {
  it("is one mark per reason and socket", { timeout: 60_000 }, () => {
    const log = new RequestLog();
    for (let n = 0; n < 5_000; n++) log.add([cbor.raw("sent", n, new Uint8Array([n & 0xff, 1]))]);
    const all = marks(log);
    expect(all.length).toBeLessThan(10);
    expect(all.join("\n")).toMatch(/such frames\./);
  });

  it("in a format that isn't read says so", () => {
    const wire = new Wire({ format: "flatbuffers" });
    const { frame: _none, ...record } = wire.raw("sent", 1, "");
    const unreadable = { ...record, size: 321, summary: { why: "unreadable" } as const };
    const log = logOf(unreadable, unreadable);
    expect(marks(log)).toEqual(["A frame of 321 bytes that can't be read. 2 such frames."]);
  });

  it("of the server's refusals tells what it said", () => {
    const log = logOf(
      json.raw("received", 1, '{"id":null,"error":{"code":-32700,"message":"Parse error"}}'),
    );
    expect(marks(log)).toEqual(["The server couldn't read a request: Parse error."]);
  });
});

describe("an answer that no codec reads", () => {
  it("completes its request and says why it can't be shown", () => {
    // Tag 12 (a datetime) around a text: well-formed, and no value.
    const answer = cbor.answered(2, 1, null).frame as Uint8Array;
    const bad = new Uint8Array([...answer.subarray(0, -1), 0xcc, 0x61, 0x78]);
    const log = logOf(cbor.sent(1, 1, "info"), cbor.raw("received", 2, bad));
    const [entry] = requests(log);
    expect(entry?.outcome).toMatchObject({
      kind: "ok",
      text: expect.stringContaining("can't be read"),
    });
    expect(log.details(entry?.seq ?? 0)?.answerMissing).toContain("can't be read");
  });
});

describe("numbers beyond 2^53 on a json socket", () => {
  it("are shown as JavaScript reads them", () => {
    const answer = '{"id":1,"result":[9223372036854775000,1e30,12]}';
    const log = logOf(json.sent(1, 1, "select", ["x"]), json.raw("received", 2, answer));
    const details = log.details(1);
    expect(details?.answerMissing).toBeUndefined();
    const values = decodeValue(details?.result as Uint8Array) as unknown[];
    expect(values.map(String)).toEqual([
      "9223372036854774784",
      "1000000000000000000000000000000",
      "12",
    ]);
  });
});
