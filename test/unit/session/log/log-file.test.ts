/** A log that was exported and imported again is the same log; a broken file is refused. */
import fc from "fast-check";
import { Decimal, Duration, RecordId, Uuid } from "surrealdb";
import { describe, expect, it } from "vitest";
import { exportLog } from "../../../../src/session/log/log-export.ts";
import { LogFileError } from "../../../../src/session/log/log-fields.ts";
import { importLog } from "../../../../src/session/log/log-import.ts";
import type { LogSource } from "../../../../src/session/log/log-source.ts";
import { decodeValue } from "../../../../src/wire/values.ts";
import { anyParams, anyValue } from "../../wire/arbitrary-values.ts";
import { ALICE, failed, logOf, requests, SOCKET, Statement, shown, Wire } from "./log-traffic.ts";

const LIVE = "018f0000-0000-7000-8000-00000000000a";
const about = {
  exportedAt: 5_000,
  host: "localhost:5173",
  recordingSince: 1,
  labelOf: (key: string) => (key === ALICE.sessionKey ? "Default session" : undefined),
};

function rich() {
  const wire = new Wire();
  const json = new Wire({ format: "json", socketKey: "doc-2/1" });
  const { frame: _frame, ...large } = wire.sent(9, "big", "query", ["…"]);
  return logOf(
    { kind: "navigation", at: 0, url: "http://localhost:5173/" },
    { kind: "socket", at: 0.5, socketKey: SOCKET, what: "opened" },
    wire.sent(1, "a", "query", ["SELECT $d", { d: new Decimal("1.15") }], { as: ALICE }),
    wire.queried(2, "a", [{ id: new RecordId("note", 1), took: new Duration("1h30m") }]),
    wire.sent(3, "b", "query", ["LIVE SELECT * FROM note"]),
    wire.queried(4, "b", new Statement({ type: "live", result: new Uuid(LIVE) })),
    wire.notified(5, LIVE, "CREATE", new RecordId("note", 2), { n: 2n ** 60n }),
    wire.sent(6, "c", "query", ["CREATE x"], { txn: LIVE, by: "you" }),
    wire.queried(7, "c", failed("No", "NotAllowed")),
    wire.sent(8, "d", "select", ["x"], { session: LIVE }),
    wire.refused(8.5, "d", { code: -5, message: "Not you", kind: "NotAllowed", details: { a: 1 } }),
    {
      ...large,
      size: 3_000_000,
      summary: { why: "too-large", id: "big", method: "query", head: "X" },
    },
    json.sent(10, 1, "signin", [{ user: "bob", pass: "hunter2" }]),
    json.answered(11, 1, "eyJhbGciOiJIUzUxMiJ9.eyJJRCI6InVzZXI6Ym9iIn0.c2VjcmV0"),
    { kind: "dropped", at: 12, frames: 3, bytes: 9 },
  );
}

/** What a reader of a log sees of it. */
function seen(log: LogSource) {
  return {
    entries: shown(log).map((entry) => {
      if (entry.kind === "mark") return [entry.kind, entry.at, entry.mark, entry.text];
      const { at, socketKey, documentId, frameId, generation, format, id, method, text } = entry;
      const { as, txn, by, bytesSent, bytesReceived, duration, outcome, again, live } = entry;
      const row = { at, socketKey, documentId, frameId, generation, format, id, method, text };
      const streams = live?.map(({ id: of, events, state }) => ({ of, events, state }));
      return [row, as, txn, by, bytesSent, bytesReceived, duration, outcome, again, streams];
    }),
    details: requests(log).map(({ seq }) => {
      const { params, result, error, requestMissing, answerMissing, notifications } =
        log.details(seq) ?? {};
      return { params, result, error, requestMissing, answerMissing, notifications };
    }),
    methods: log.methods(),
    limits: log.limits,
    missed: log.counts.missed,
    dropped: log.counts.dropped,
  };
}

describe("an exported log", () => {
  it("is imported as it was, to be read only", async () => {
    const log = rich();
    const { source, host, exportedAt, recordingSince } = importLog(await exportLog(log, about));
    expect({ host, exportedAt, recordingSince }).toEqual({
      host: "localhost:5173",
      exportedAt: 5_000,
      recordingSince: 1,
    });
    expect(source.readOnly).toBe(true);
    expect(seen(source)).toEqual(seen(log));
    expect(source.sessions()).toMatchObject([{ key: ALICE.sessionKey, label: "Default session" }]);
    source.setFilter({ ...source.filter, text: "notallowed" });
    expect(requests(source).map(({ id }) => id)).toEqual(["c", "d"]);
  });

  it("can be exported once more, and is the same file", async () => {
    const first = await exportLog(rich(), about);
    const again = await exportLog(importLog(first).source, about);
    expect(JSON.parse(again)).toEqual(JSON.parse(first));
  });

  it("keeps which requests ran as a session that the tab ran as", async () => {
    const wire = new Wire();
    const bob = { sessionKey: "bob", user: "user:bob" };
    const log = logOf(
      { ...wire.sent(1, "a", "query", ["RETURN 1"], { as: bob }), relayed: true },
      { ...wire.queried(2, "a", 1), relayed: true },
      wire.sent(3, "b", "let", ["x", 1], { as: ALICE }),
    );
    const { source } = importLog(await exportLog(log, about));
    for (const each of [log, source]) {
      expect(requests(each).map(({ id, relayed }) => [id, relayed])).toEqual([
        ["a", true],
        ["b", false],
      ]);
      each.setFilter({ ...each.filter, sessions: ["bob"] });
      expect(requests(each).map(({ id }) => id)).toEqual(["a"]);
    }
  });

  it("keeps every value with its type", { timeout: 60_000 }, async () => {
    const wire = new Wire();
    const keeps = fc.asyncProperty(anyParams, anyValue, async (params, result) => {
      const log = logOf(wire.sent(1, 1, "run", params), wire.answered(2, 1, result));
      const { source } = importLog(await exportLog(log, about));
      expect(source.details(1)?.params).toEqual(log.details(1)?.params);
      expect(source.details(1)?.result).toEqual(log.details(1)?.result);
    });
    await fc.assert(keeps, { numRuns: 100 });
  });

  it("can be read by people", async () => {
    const file = JSON.parse(await exportLog(rich(), about));
    const query = file.entries.find((entry: { id?: string }) => entry.id === "a");
    expect(query.params.surql).toBe("['SELECT $d', { d: 1.15dec }]");
    expect(query.result.surql).toContain("id: note:1, took: 1h30m");
    expect(decodeValue(Buffer.from(query.params.cbor, "base64"))).toEqual([
      "SELECT $d",
      { d: new Decimal("1.15") },
    ]);
  });

  it("of an empty log is one too", async () => {
    expect(importLog(await exportLog(logOf(), about)).source.rows.length).toBe(0);
  });
});

describe("a file that is no log", () => {
  const refused = (text: string) => {
    try {
      importLog(text);
    } catch (error) {
      if (error instanceof LogFileError) return error.message;
      throw error;
    }
    throw new Error("It was taken");
  };

  it("is refused with a sentence that says why", async () => {
    const whole = await exportLog(rich(), about);
    const file = JSON.parse(whole);
    const broken = (change: (copy: typeof file) => void) => {
      const copy = structuredClone(file);
      change(copy);
      return refused(JSON.stringify(copy));
    };
    expect(refused("")).toMatch(/isn't JSON/);
    expect(refused(whole.slice(0, -20))).toMatch(/isn't JSON/);
    expect(refused("[]")).toMatch(/no object/);
    expect(refused('{"log":{"version":"1.2"}}')).toMatch(/no log of requests/);
    expect(
      broken((copy) => {
        copy.version = 9;
      }),
    ).toMatch(/format 9/);
    expect(
      broken((copy) => {
        delete copy.entries;
      }),
    ).toMatch(/entries is missing/);
    expect(
      broken((copy) => {
        copy.entries[2].method = 5;
      }),
    ).toMatch(/^Entry 3 .*method is no string/);
    expect(
      broken((copy) => {
        copy.entries[2].params.cbor = "!";
      }),
    ).toMatch(/^Entry 3 .*no value of SurrealDB/);
    expect(
      broken((copy) => {
        copy.entries[2].params.cbor = "AA==";
      }),
    ).toMatch(/params are no list/);
    expect(
      broken((copy) => {
        copy.entries[2].outcome.kind = "maybe";
      }),
    ).toMatch(/none of pending, ok/);
    expect(
      broken((copy) => {
        copy.entries[3].live[0].id = "x";
      }),
    ).toMatch(/no UUID/);
  });

  it("never breaks the import, whatever was changed in it", { timeout: 60_000 }, async () => {
    const file = JSON.parse(await exportLog(rich(), about));
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]) => {
      paths.push(path);
      if (typeof value !== "object" || value === null) return;
      for (const [key, part] of Object.entries(value)) walk(part, [...path, key]);
    };
    walk(file, []);
    const takesOrRefuses = fc.property(
      fc.constantFrom(...paths.slice(1)),
      fc.jsonValue(),
      (path, value) => {
        const copy = structuredClone(file);
        const parent = path.slice(0, -1).reduce((at, key) => at[key], copy);
        parent[path.at(-1) as string] = value;
        try {
          const { source } = importLog(JSON.stringify(copy));
          for (const { seq } of requests(source)) source.details(seq);
        } catch (error) {
          expect(error).toBeInstanceOf(LogFileError);
        }
      },
    );
    fc.assert(takesOrRefuses, { numRuns: 500 });
  });
});
