/** Frames become pairs, whatever the order in which answers come. */
import fc from "fast-check";
import { RecordId, Table } from "surrealdb";
import { describe, expect, it } from "vitest";
import { RequestLog } from "../../../../src/session/log/request-log.ts";
import type { FrameFormat } from "../../../../src/session/page/page-model.ts";
import { ALICE, failed, logOf, requests, SOCKET, shown, Wire } from "./log-traffic.ts";

describe("a pair", () => {
  for (const format of ["cbor", "json"] as const) {
    it(`has what was asked, what came back, how long it took and as whom it ran (${format})`, () => {
      const wire = new Wire({ format });
      const sent = wire.sent(100, "a", "query", ["SELECT *\n  FROM note"], { as: ALICE });
      const answer = wire.queried(104.5, "a", [{ id: 1 }, { id: 2 }, { id: 3 }]);
      const [entry] = requests(logOf(sent, answer));
      expect(entry).toMatchObject({
        at: 100,
        socketKey: SOCKET,
        documentId: "doc-1",
        format,
        id: "a",
        method: "query",
        text: "SELECT * FROM note",
        as: ALICE,
        by: "page",
        bytesSent: sent.size,
        bytesReceived: answer.size,
        duration: 4.5,
        outcome: { kind: "ok", rows: 3, text: "3 rows" },
        again: false,
      });
    });
  }

  it("waits for its answer, and is told when it has it", () => {
    const wire = new Wire();
    const log = logOf(wire.sent(1, 1, "select", [new Table("note")]));
    const [entry] = requests(log);
    expect(entry).toMatchObject({ text: "note", outcome: { kind: "pending" } });
    expect(log.counts.pending).toBe(1);
    const told: number[][] = [];
    log.onChange(({ changed }) => told.push([...changed]));
    log.add([wire.answered(2, 1, [])]);
    expect(told).toEqual([[entry?.seq]]);
    expect(entry?.outcome).toEqual({ kind: "ok", rows: 0, text: "0 rows" });
    expect(log.counts.pending).toBe(0);
  });

  it("says what a method works on and what it made", () => {
    const wire = new Wire();
    const log = logOf(
      wire.sent(1, 1, "create", [new Table("note"), { title: "Milk" }]),
      wire.answered(2, 1, { id: new RecordId("note", "x1"), title: "Milk" }),
      wire.sent(3, 2, "use", ["app", null]),
      wire.answered(4, 2, null),
    );
    expect(requests(log).map(({ text, outcome }) => [text, outcome])).toEqual([
      ["note, { title: 'Milk' }", { kind: "ok", rows: 1, text: "note:x1" }],
      ["'app', NULL", { kind: "ok", text: "NULL" }],
    ]);
  });

  it("has the error of the whole request, or of its first statement that failed by itself", () => {
    const wire = new Wire();
    const log = logOf(
      wire.sent(1, 1, "select", ["note"]),
      wire.refused(2, 1, { code: -32000, message: "No", kind: "NotAllowed" }),
      wire.sent(3, 2, "query", ["BEGIN; CREATE a; CREATE b; COMMIT"]),
      wire.queried(
        4,
        2,
        failed("The query was not executed due to a failed transaction", "Query"),
        failed("Table b is full", "Internal"),
      ),
    );
    expect(requests(log).map(({ outcome }) => outcome)).toMatchObject([
      { kind: "error", error: { kind: "NotAllowed", message: "No" } },
      { kind: "error", error: { kind: "Internal", message: "Table b is full" } },
    ]);
    expect(log.counts.errors).toBe(2);
  });

  it("is not confused by an id that is used again, nor by two at once", () => {
    const wire = new Wire();
    const log = logOf(
      wire.sent(1, 7, "ping"),
      wire.answered(2, 7, null),
      wire.sent(3, 7, "query", ["RETURN 1"]),
      wire.sent(4, 7, "query", ["RETURN 2"]),
      wire.queried(5, 7, 1),
      wire.queried(6, 7, 2),
    );
    log.setFilter({ ...log.filter, pings: true });
    expect(requests(log).map(({ outcome }) => outcome)).toMatchObject([
      { text: "NULL" },
      { text: "1" },
      { text: "2" },
    ]);
  });

  it("is made although its answer was told first", () => {
    const wire = new Wire();
    const log = logOf(wire.queried(5, "x", [1, 2]));
    expect(shown(log)).toMatchObject([
      { mark: "stray", text: "1 answer without a request in this log." },
    ]);
    log.add([wire.sent(3, "x", "query", ["SELECT * FROM a"])]);
    expect(requests(log)).toMatchObject([{ outcome: { rows: 2 }, duration: 2 }]);
    expect(shown(log)[0]).toMatchObject({ text: "Answers came before their requests." });
  });

  it("is not made with an answer from before the request", () => {
    const wire = new Wire();
    const log = logOf(wire.queried(5, "x", [1, 2]), wire.sent(9, "x", "query", ["RETURN 1"]));
    expect(requests(log)).toMatchObject([{ outcome: { kind: "pending" } }]);
  });

  it("of a frame that was too large says what its summary told", () => {
    const wire = new Wire();
    const { frame: _sent, ...request } = wire.sent(1, "big", "query", ["…"]);
    const { frame: _got, ...answer } = wire.queried(2, "big", 1);
    const summary = { why: "too-large", id: "big" } as const;
    const log = logOf(
      {
        ...request,
        size: 2_000_000,
        summary: { ...summary, method: "query", head: "INSERT INTO note $rows" },
      },
      { ...answer, size: 3_000_000, summary },
    );
    expect(requests(log)).toMatchObject([
      {
        text: "INSERT INTO note $rows",
        bytesSent: 2_000_000,
        outcome: { kind: "ok", text: "(3,000,000 bytes)" },
      },
    ]);
    expect(log.details(requests(log)[0]?.seq ?? 0)).toMatchObject({
      requestMissing: expect.stringContaining("2,000,000 bytes that is larger than"),
      answerMissing: expect.stringContaining("3,000,000 bytes"),
    });
  });
});

describe("a socket that closes", () => {
  it("leaves what was outstanding unknown, and the SDK's second try is marked", () => {
    const wire = new Wire();
    const log = logOf(wire.sent(1, "q", "query", ["CREATE note"]), wire.sent(2, "p", "ping"), {
      kind: "socket",
      at: 3,
      socketKey: SOCKET,
      what: "closed",
      code: 1006,
    });
    expect(requests(log)).toMatchObject([{ outcome: { kind: "unknown" }, again: false }]);
    wire.generation = 1;
    log.add([
      { kind: "socket", at: 4, socketKey: SOCKET, what: "reconnected" },
      wire.sent(5, "new", "use", ["app", "a"]),
      wire.sent(6, "q", "query", ["CREATE note"]),
      wire.queried(7, "q", [{ id: 1 }]),
    ]);
    expect(requests(log).map(({ id, again, outcome }) => [id, again, outcome.kind])).toEqual([
      ["q", false, "unknown"],
      ["new", false, "pending"],
      ["q", true, "ok"],
    ]);
    expect(shown(log).filter(({ kind }) => kind === "mark")).toMatchObject([
      { mark: "closed", text: "Socket closed (code 1006)." },
      { mark: "reconnected" },
    ]);
  });

  it("is a resend too where the page ran as somebody else, or does so by then", () => {
    const wire = new Wire();
    const relayed = (record: ReturnType<Wire["sent"]>) => ({ ...record, relayed: true });
    const log = logOf(
      relayed(wire.sent(1, "r", "query", ["RETURN 1"])),
      relayed(wire.sent(2, "x", "query", ["RETURN 2"])),
      wire.sent(3, "n", "query", ["RETURN 3"]),
    );
    wire.generation = 1;
    log.add([
      relayed(wire.sent(4, "r", "query", ["RETURN 1"])),
      wire.sent(5, "x", "query", ["RETURN 2"]),
      relayed(wire.sent(6, "n", "query", ["RETURN 3"])),
    ]);
    expect(requests(log).map(({ id, again, relayed: by }) => [id, again, by])).toEqual([
      ["r", false, true],
      ["x", false, true],
      ["n", false, false],
      ["r", true, true],
      ["x", true, false],
      ["n", true, true],
    ]);
  });

  it("is noticed by the frames of the next one", () => {
    const wire = new Wire();
    const log = logOf(wire.sent(1, "q", "query", ["RETURN 1"]));
    wire.generation = 1;
    log.add([wire.sent(2, "q", "query", ["RETURN 1"])]);
    expect(requests(log)).toMatchObject([
      { outcome: { kind: "unknown" }, again: false },
      { outcome: { kind: "pending" }, again: true },
    ]);
  });
});

/** One exchange: which client, and where among all others its two frames stand. */
const exchange = fc.record({
  client: fc.integer({ min: 1, max: 3 }),
  generation: fc.integer({ min: 0, max: 1 }),
  sentAt: fc.double({ min: 0, max: 1000, noNaN: true }),
  takes: fc.option(fc.double({ min: 0, max: 1000, noNaN: true })),
  rows: fc.nat({ max: 5 }),
});

type Exchange = typeof exchange extends fc.Arbitrary<infer Made> ? Made : never;

describe("any interleaving", () => {
  it("pairs each answer with its own request", { timeout: 60_000 }, () => {
    const run = (exchanges: Exchange[]) => {
      const frames = exchanges.flatMap(({ client, generation, sentAt, takes, rows }, n) => {
        const format: FrameFormat = client === 1 ? "json" : "cbor";
        // Generations of one client follow each other; ids are used again in both.
        const from = generation * 10_000;
        const wire = new Wire({ socketKey: `doc/${client}`, format, generation });
        const at = from + sentAt;
        const sent = wire.sent(at, n >> 1, "query", [`SELECT ${n}`]);
        if (takes === null) return [sent];
        const got = wire.queried(at + takes + 1, n >> 1, Array(rows).fill(n));
        return [sent, got];
      });
      const unique = new Set(
        exchanges.map(({ client, generation }, n) => `${client} ${generation} ${n >> 1}`),
      );
      fc.pre(unique.size === exchanges.length);
      frames.sort((one, other) => one.at - other.at);
      const log = new RequestLog();
      for (const frame of frames) log.add([frame]);
      const byText = new Map(requests(log).map((entry) => [entry.text, entry]));
      expect(byText.size).toBe(exchanges.length);
      for (const [n, { takes, rows }] of exchanges.entries()) {
        const entry = byText.get(`SELECT ${n}`);
        if (takes === null) expect(["pending", "unknown"]).toContain(entry?.outcome.kind);
        else {
          expect(entry?.outcome).toMatchObject({ kind: "ok", rows });
          expect(entry?.duration).toBeCloseTo(takes + 1, 6);
        }
      }
    };
    fc.assert(fc.property(fc.array(exchange, { maxLength: 24 }), run), { numRuns: 300 });
  });
});
