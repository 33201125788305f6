/** Live queries: their notifications belong to the request that began them. */
import { RecordId, Uuid } from "surrealdb";
import { describe, expect, it } from "vitest";
import { NOTIFICATIONS_KEPT } from "../../../../src/session/log/log-kept.ts";
import { decodeValue } from "../../../../src/wire/values.ts";
import { logOf, marks, requests, SOCKET, Statement, Wire } from "./log-traffic.ts";

const LIVE = "018f0000-0000-7000-8000-00000000000a";
const OTHER = "018f0000-0000-7000-8000-00000000000b";

function liveStatement(format: "cbor" | "json" = "cbor") {
  return new Statement({ type: "live", result: format === "json" ? LIVE : new Uuid(LIVE) });
}

function begun(wire = new Wire()) {
  return [
    wire.sent(1, "l", "query", ["LIVE SELECT * FROM note"]),
    wire.queried(2, "l", liveStatement(wire.format === "json" ? "json" : "cbor")),
  ];
}

describe("a live query", () => {
  for (const format of ["cbor", "json"] as const) {
    it(`collects its notifications under its request (${format})`, () => {
      const wire = new Wire({ format });
      const log = logOf(
        ...begun(wire),
        wire.notified(3, LIVE, "CREATE", new RecordId("note", "a"), { title: "Milk" }),
        wire.notified(4, LIVE, "DELETE", new RecordId("note", "a"), { title: "Milk" }),
      );
      const [entry] = requests(log);
      expect(entry?.live).toMatchObject([{ id: LIVE, events: 2, state: "watching" }]);
      const { notifications = [] } = log.details(entry?.seq ?? 0) ?? {};
      const record = format === "json" ? "note:a" : new RecordId("note", "a");
      expect(
        notifications.map(({ liveId, at, action, record, value }) => [
          liveId,
          at,
          action,
          decodeValue(record as Uint8Array),
          decodeValue(value as Uint8Array),
        ]),
      ).toEqual([
        [LIVE, 3, "CREATE", record, { title: "Milk" }],
        [LIVE, 4, "DELETE", record, { title: "Milk" }],
      ]);
    });
  }

  it("has those that overtook the answer which names it", () => {
    const wire = new Wire();
    const [sent, answer] = begun(wire);
    const early = wire.notified(1.5, LIVE, "CREATE", new RecordId("note", 1), {});
    const log = logOf(sent as typeof early, early, answer as typeof early);
    expect(requests(log)[0]?.live).toMatchObject([{ id: LIVE, events: 1 }]);
    expect(marks(log)).toEqual([]);
  });

  it("keeps the last 200 and counts all", () => {
    const wire = new Wire();
    const log = logOf(...begun(wire));
    const many = Array.from({ length: NOTIFICATIONS_KEPT + 50 }, (_, n) =>
      wire.notified(10 + n, LIVE, "UPDATE", new RecordId("note", n), { n }),
    );
    log.add(many);
    const [entry] = requests(log);
    expect(entry?.live?.[0]?.events).toBe(NOTIFICATIONS_KEPT + 50);
    const { notifications = [] } = log.details(entry?.seq ?? 0) ?? {};
    expect(notifications.length).toBe(NOTIFICATIONS_KEPT);
    expect(decodeValue(notifications[0]?.value as Uint8Array)).toEqual({ n: 50 });
    const kept = many.slice(-NOTIFICATIONS_KEPT).reduce((sum, { size }) => sum + size, 0);
    const pair = begun(wire).reduce((sum, { size }) => sum + size, 0);
    expect(log.counts.bytes).toBe(pair + kept);
  });

  const wire = new Wire();
  const ends = {
    "the method kill": [wire.sent(5, "k", "kill", [new Uuid(LIVE)]), wire.answered(6, "k", null)],
    "KILL in a text": [
      wire.sent(5, "k", "query", [`KILL u"${LIVE}"`]),
      wire.queried(6, "k", new Statement({ type: "kill", result: undefined })),
    ],
    "KILL of a binding": [
      wire.sent(5, "k", "query", ["KILL $id", { id: new Uuid(LIVE) }]),
      wire.queried(6, "k", undefined),
    ],
    "the server's word": [wire.notified(5, LIVE, "KILLED", undefined, undefined)],
    "a reset of its session": [wire.sent(5, "r", "reset"), wire.answered(6, "r", null)],
    "the end of its socket": [
      { kind: "socket", at: 5, socketKey: SOCKET, what: "closed" } as const,
    ],
  };
  for (const [what, records] of Object.entries(ends)) {
    it(`ends by ${what}`, () => {
      const log = logOf(...begun(), ...records);
      expect(requests(log)[0]?.live?.[0]?.state).toBe("killed");
    });
  }

  it("goes on when another session is reset, or a KILL is refused", () => {
    const log = logOf(
      ...begun(),
      wire.sent(5, "r", "reset", undefined, { session: OTHER }),
      wire.answered(6, "r", null),
      wire.sent(7, "k", "kill", [new Uuid(LIVE)]),
      wire.refused(8, "k", { code: -1, message: "No" }),
    );
    expect(requests(log)[0]?.live?.[0]?.state).toBe("watching");
  });

  it("whose request isn't in the log is counted in one mark", () => {
    const event = (at: number) => wire.notified(at, OTHER, "CREATE", new RecordId("note", 1), {});
    const log = logOf(event(1), event(2), ...begun(), event(3));
    expect(marks(log)).toEqual([
      `3 notifications of live query ${OTHER}: the request that began it isn't in this log.`,
    ]);
  });
});
