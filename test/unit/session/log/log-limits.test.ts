/** What is kept, what is not, and that both are told exactly. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestLog } from "../../../../src/session/log/request-log.ts";
import type { TrafficRecord } from "../../../../src/session/page/page-model.ts";
import { ALICE, logOf, marks, requests, SOCKET, shown, Wire } from "./log-traffic.ts";

const wire = new Wire();

function pair(n: number, size = 1): TrafficRecord[] {
  return [
    wire.sent(n * 2, n, "query", [`RETURN ${n}`], { as: ALICE }),
    wire.queried(n * 2 + 1, n, "x".repeat(size)),
  ];
}

describe("a full log", () => {
  it("drops the oldest and says how many, and how many bytes", () => {
    const log = new RequestLog();
    log.setLimits({ entries: 10, bytes: 1e9 });
    let all = 0;
    for (let n = 0; n < 25; n++) {
      const records = pair(n, n);
      for (const record of records) if (record.kind === "frame") all += record.size;
      log.add(records);
    }
    expect(requests(log).map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, n) => String(15 + n)),
    );
    const { entries, dropped, bytes } = log.counts;
    expect([entries, dropped.entries]).toEqual([10, 15]);
    expect(bytes + dropped.bytes).toBe(all);
    expect(log.entry(1)).toBeUndefined();
    expect(log.details(1)).toBeUndefined();
    expect(log.methods()).toEqual([{ method: "query", requests: 10 }]);
    expect(log.sessions()).toMatchObject([{ key: ALICE.sessionKey, requests: 10 }]);
  });

  it("never holds more than its limits, and accounts for every byte", { timeout: 60_000 }, () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 });
    const limits = fc.record({
      entries: fc.integer({ min: 1, max: 20 }),
      bytes: fc.integer({ min: 2_000, max: 6_000 }),
    });
    const holds = fc.property(sizes, limits, limits, (all, before, after) => {
      const log = new RequestLog();
      log.setLimits(before);
      let sum = 0;
      for (const [n, size] of all.entries()) {
        if (n === all.length >> 1) log.setLimits(after);
        const records = pair(n, size);
        for (const record of records) if (record.kind === "frame") sum += record.size;
        log.add(records);
        const limit = n < all.length >> 1 ? before : after;
        expect(log.counts.entries).toBeLessThanOrEqual(limit.entries);
        expect(log.counts.bytes).toBeLessThanOrEqual(limit.bytes);
        expect(log.rows.length).toBe(log.counts.entries);
      }
      const { entries, bytes, dropped } = log.counts;
      expect(entries + dropped.entries).toBe(all.length);
      expect(bytes + dropped.bytes).toBe(sum);
    });
    fc.assert(holds, { numRuns: 200 });
  });

  it("tells how many rows left at the top", () => {
    const log = new RequestLog();
    log.setLimits({ entries: 3, bytes: 1e9 });
    const trimmed: number[] = [];
    log.onChange((change) => trimmed.push(change.trimmed));
    log.add([...pair(1), ...pair(2)]);
    log.add([...pair(3), ...pair(4), ...pair(5)]);
    expect(trimmed).toEqual([0, 2]);
  });

  it("ignores the answer to a request that it dropped", () => {
    const log = new RequestLog();
    log.setLimits({ entries: 2, bytes: 1e9 });
    log.add([wire.sent(1, "old", "query", ["RETURN 1"])]);
    log.add([...pair(1), ...pair(2)]);
    log.add([wire.queried(9, "old", 1)]);
    expect(log.counts).toMatchObject({ pending: 0, errors: 0 });
    expect(marks(log)).toEqual(["1 answer without a request in this log."]);
  });

  it("gives way to one live query that alone is more than it may hold", () => {
    const id = "018f0000-0000-7000-8000-00000000000a";
    const log = new RequestLog();
    log.setLimits({ entries: 10, bytes: 2_000 });
    log.add([wire.sent(1, "l", "live", ["note"]), wire.answered(2, "l", id)]);
    for (let n = 0; n < 50; n++) {
      log.add([wire.notified(3 + n, id, "CREATE", "note:1", { text: "x".repeat(100) })]);
    }
    expect(requests(log)[0]?.live).toMatchObject([{ events: 50, state: "watching" }]);
    expect(log.counts.bytes).toBeLessThanOrEqual(2_000);
    expect(log.details(1)?.notifications.length).toBeGreaterThan(3);
  });
});

describe("what wasn't recorded", () => {
  it("is said where it happened", () => {
    const log = logOf(
      ...pair(1),
      { kind: "dropped", at: 5, frames: 3, bytes: 1_000 },
      { kind: "dropped", at: 6, frames: 4, bytes: 500 },
      ...pair(2),
      { kind: "dropped", at: 9, frames: 1, bytes: 9 },
    );
    expect(marks(log)).toEqual([
      "7 frames (1,500 bytes) not recorded: the page made more than could be taken.",
      "1 frame (9 bytes) not recorded: the page made more than could be taken.",
    ]);
    expect(log.counts.missed).toEqual({ frames: 8, bytes: 1_509 });
  });

  it("is counted while the log is paused; what it holds is still completed", () => {
    const log = logOf(wire.sent(1, "slow", "query", ["SLEEP 1s"]));
    log.paused = true;
    const while_ = pair(1);
    log.add([...while_, wire.queried(4, "slow", undefined)]);
    expect(requests(log)).toMatchObject([{ id: "slow", outcome: { kind: "ok" } }]);
    const bytes = while_.reduce((sum, each) => sum + (each.kind === "frame" ? each.size : 0), 0);
    expect(log.counts.whilePaused).toEqual({ frames: 2, bytes });
    log.paused = false;
    log.add(pair(2));
    expect(requests(log).map(({ id }) => id)).toEqual(["slow", "2"]);
  });
});

describe("navigation", () => {
  const away = { kind: "navigation", at: 100, url: "http://localhost/next" } as const;

  it("empties the log, which begins with it", () => {
    const log = logOf(...pair(1), away, ...pair(60));
    expect(shown(log)).toMatchObject([
      { mark: "navigation", text: "http://localhost/next" },
      { id: "60" },
    ]);
    expect(log.startedAt).toBe(100);
  });

  it("is a divider where the log is preserved; nothing before it can be answered", () => {
    const log = new RequestLog();
    log.preserve = true;
    log.add([wire.sent(1, "a", "query", ["RETURN 1"]), ...pair(2), away, ...pair(60)]);
    expect(shown(log)).toMatchObject([
      { id: "a", outcome: { kind: "unknown" } },
      { id: "2", outcome: { kind: "ok" } },
      { mark: "navigation" },
      { id: "60" },
    ]);
  });
});

describe("clearing", () => {
  it("empties it and its counts; numbers go on", () => {
    const log = logOf(...pair(1), { kind: "dropped", at: 5, frames: 3, bytes: 1_000 });
    const before = requests(log)[0]?.seq ?? 0;
    log.clear();
    expect(log.rows.length).toBe(0);
    expect(log.counts).toEqual({
      entries: 0,
      requests: 0,
      pending: 0,
      errors: 0,
      bytes: 0,
      dropped: { entries: 0, bytes: 0 },
      missed: { frames: 0, bytes: 0 },
      whilePaused: { frames: 0, bytes: 0 },
    });
    log.add(pair(2));
    expect(requests(log)[0]?.seq).toBeGreaterThan(before);
  });
});

describe("the filter", () => {
  const bob = { ...ALICE, sessionKey: "page/doc-1/1/b", user: "user:bob", database: "tenant_b" };
  const log = logOf(
    { kind: "socket", at: 0, socketKey: SOCKET, what: "opened" },
    wire.sent(1, 1, "query", ["SELECT * FROM Note"], { as: ALICE }),
    wire.queried(2, 1, [{ id: 1 }]),
    wire.sent(3, 2, "ping", undefined, { as: ALICE }),
    wire.answered(4, 2, null),
    wire.sent(5, 3, "select", ["secretplace"], { as: bob }),
    wire.refused(55, 3, { code: -1, message: "You may not", kind: "NotAllowed" }),
  );
  const none = log.filter;
  const cases: [string, Partial<typeof none>, string[]][] = [
    ["hides pings", {}, ["opened", "1", "3"]],
    ["shows pings when asked", { pings: true }, ["opened", "1", "2", "3"]],
    ["shows pings when they are chosen", { methods: ["ping"] }, ["opened", "2"]],
    ["finds words in statements, in any case", { text: "note select" }, ["1"]],
    ["finds words in identities", { text: "tenant_b" }, ["3"]],
    ["finds words in errors", { text: "notallowed may" }, ["3"]],
    ["finds words in results", { text: "1 row" }, ["1"]],
    ["shows errors alone", { onlyErrors: true }, ["3"]],
    ["shows one session", { sessions: ["page/doc-1/1/b"] }, ["opened", "3"]],
    ["shows what is slow", { slowerThan: 50 }, ["opened", "3"]],
    ["shows one frame", { frames: [4] }, ["opened"]],
  ];
  for (const [what, part, expected] of cases) {
    it(what, () => {
      log.setFilter({ ...none, ...part });
      const words = shown(log).map((entry) => (entry.kind === "mark" ? entry.mark : entry.id));
      expect(words).toEqual(expected);
      for (const [index, entry] of shown(log).entries()) {
        expect(log.rows.indexOf(entry.seq)).toBe(index);
      }
    });
  }

  it("tests what comes later, and again when its answer comes", () => {
    const late = new RequestLog();
    late.setFilter({ ...none, onlyErrors: true });
    late.add([wire.sent(1, 1, "select", ["a"]), wire.sent(2, 2, "select", ["b"])]);
    expect(late.rows.length).toBe(0);
    late.add([wire.refused(3, 2, { code: -1, message: "No" }), ...pair(9)]);
    late.add([wire.refused(4, 1, { code: -1, message: "No" })]);
    expect(requests(late).map(({ id }) => id)).toEqual(["1", "2"]);
  });
});
