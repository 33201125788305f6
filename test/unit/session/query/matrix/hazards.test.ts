/** What goes wrong ends one column or one cell, says why, and leaves the rest alone. */
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { findOut, TRIAL_LIMIT } from "../../../../../src/session/query/matrix/find-out.ts";
import { cellOf, type Matrix } from "../../../../../src/session/query/matrix/matrix.ts";
import { type Lab, openLab } from "../../../../support/matrix-lab.ts";

let lab: Lab;
/** Of all tables, as root and Alice. */
let whole: Matrix;

beforeAll(async () => {
  lab = await openLab();
  await lab.db
    .query(`
DEFINE TABLE note PERMISSIONS FOR select, update WHERE owner = $auth.id, FOR create, delete NONE;
CREATE note:1 SET owner = user:alice; CREATE note:2 SET owner = user:bob;
DEFINE FUNCTION fn::tell($id: record) { http::post('http://127.0.0.1:9/', $id); };
DEFINE TABLE mail TYPE NORMAL PERMISSIONS FULL;
DEFINE EVENT send ON mail THEN { fn::tell($after.id) };
DEFINE TABLE broken PERMISSIONS FULL;
CREATE broken:1 SET n = 'x'; CREATE broken:2 SET n = 2;
DEFINE FIELD n ON broken TYPE int;
DEFINE TABLE rude PERMISSIONS FOR select, update, delete FULL, FOR create NONE;
CREATE rude:1;
DEFINE EVENT no ON rude WHEN $event = 'DELETE' THEN { THROW 'made gone all none' };
`)
    .collect();
  whole = await lab.matrix(["root", "alice"]);
});

afterAll(() => lab.db.close());

const MANY = `
DEFINE TABLE many PERMISSIONS FOR select, update, delete WHERE level < 300, FOR create NONE;
INSERT INTO many (array::range(0, 1200).map(|$n| { id: $n, level: $n }));
`;

it("ends the column of a session that hangs, and no other", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const matrix = await lab.matrix(["root", "alice", "bob"], {
    ask: (session, text, bindings) =>
      session.key === "alice" ? new Promise(() => undefined) : lab.ask(session, text, bindings),
    onTell({ columns }) {
      const done = columns.filter(({ state }) => state.kind === "done");
      if (done.length === 2) vi.advanceTimersByTime(TRIAL_LIMIT);
    },
  });
  expect(states(matrix)).toEqual([
    "done",
    "No answer within 30 s. The server may still be at work.",
    "done",
  ]);
  expect(cellOf(matrix, "bob", "note", "select")).toMatchObject({ rows: { may: 1, of: 2 } });
  expect(cellOf(matrix, "alice", "note", "select")).toBeUndefined();
});

it("takes no answer for Alice's that came as Bob", async () => {
  const matrix = await lab.matrix(["root", "alice"], {
    ask: (session, text, bindings) =>
      lab.ask(session.key === "alice" ? lab.session("bob") : session, text, bindings),
  });
  expect(states(matrix)).toEqual([
    "done",
    "Identity not confirmed. The server says user:bob, not user:alice.",
  ]);
  expect(matrix.cells.get("alice")).toBeUndefined();
});

it("takes no schema from somebody who isn't who is shown", async () => {
  const matrix = await lab.matrix(["alice"], {
    others: [lab.session("root")],
    ask: (session, text, bindings) =>
      lab.ask(session.key === "root" ? lab.session("editor") : session, text, bindings),
  });
  expect(matrix.columns[0]?.reader).toBeUndefined();
});

it("stops when the person stops it, and keeps what is known", async () => {
  let latest: Matrix | undefined;
  const finding = findOut({
    sessions: [lab.session("root"), lab.session("alice")],
    others: [],
    tables: [],
    blindWrites: false,
    ask: lab.ask,
    tell(matrix) {
      latest = matrix;
      if (cellOf(matrix, "alice", "broken", "select")) finding.stop();
    },
  });
  await finding.ended;
  expect(latest?.running).toBe(false);
  expect(latest?.columns[1]?.state).toEqual({ kind: "stopped" });
  expect(cellOf(latest as Matrix, "alice", "broken", "select")?.verdict).toBe("all");
});

it("says of a server that refuses anonymous sessions that it does", async () => {
  const anonymous = { ...lab.session("alice"), key: "anon", label: "Anonymous" };
  const matrix = await lab.matrix(["root"], {
    sessions: [
      lab.session("root"),
      { ...anonymous, auth: { level: "anonymous", renewable: false } },
    ],
    ask: async (session, text, bindings) => {
      if (session.key !== "anon") return lab.ask(session, text, bindings);
      throw new Error(
        "Anonymous access not allowed: Not enough permissions to perform this action",
      );
    },
  });
  expect(matrix.columns[1]?.state).toEqual({ kind: "done" });
  expect(cellOf(matrix, "anon", "note", "select")).toMatchObject({
    verdict: "none",
    words: "The server refuses anonymous sessions every query.",
  });
});

it("lets somebody read the schema who isn't asked to try anything", async () => {
  const asked: string[] = [];
  const matrix = await lab.matrix(["alice"], {
    others: [lab.session("bob"), lab.session("viewer")],
    ask(session, text, bindings) {
      asked.push(`${session.key}: ${/\b(UPDATE|DELETE|CREATE)\b/.test(text) ? "writes" : "reads"}`);
      return lab.ask(session, text, bindings);
    },
  });
  expect(matrix.columns[0]?.reader).toBe("viewer");
  expect(cellOf(matrix, "alice", "note", "update")).toMatchObject({ rows: { may: 1, of: 2 } });
  expect(new Set(asked)).toEqual(new Set(["alice: reads", "alice: writes", "viewer: reads"]));
});

it("tries what it can where nobody may read the schema, and writes only if told to", async () => {
  const reading = await lab.matrix(["alice"], { tables: ["note"] });
  expect(cellOf(reading, "alice", "note", "select")).toMatchObject({
    verdict: "some",
    rows: { may: 1 },
    how: "tried",
    words: "Sees 1 record. Whether there are more, nobody here may tell.",
  });
  expect(cellOf(reading, "alice", "note", "update")?.verdict).toBe("unknown");
  const writing = await lab.matrix(["alice"], { tables: ["note"], blindWrites: true });
  expect(cellOf(writing, "alice", "note", "update")?.words).toBe(
    "May update the one record that it sees.",
  );
  expect(cellOf(writing, "alice", "note", "delete")?.verdict).toBe("none");
});

it("doesn't try a table whose event reaches another server", () => {
  expect(cellOf(whole, "alice", "mail", "create")).toMatchObject({
    verdict: "all",
    how: "declared",
    words: "Not tried: fn::tell uses http::post, which no transaction takes back. Declared FULL.",
  });
  expect(cellOf(whole, "alice", "mail", "select")?.how).toBe("declared");
});

it("tries the first thousand records of many, and some of those that aren't seen", async () => {
  const many = await openLab();
  await many.db.query(MANY).collect();
  const matrix = await many.matrix(["root", "alice"]);
  await many.db.close();
  expect(cellOf(matrix, "root", "many", "select")?.words).toBe(
    "Sees all of the first 1,000 records. Its role stands above table permissions.",
  );
  expect(cellOf(matrix, "alice", "many", "select")).toMatchObject({
    rows: { may: 300, of: 1000 },
    words: "Sees 300 of the first 1,000 records.",
  });
  expect(cellOf(matrix, "alice", "many", "delete")?.words).toBe(
    "May delete 300 of 550 records tried.",
  );
});

it("tries records one by one where one of them can't be written", () => {
  expect(cellOf(whole, "alice", "broken", "update")).toMatchObject({ rows: { may: 2, of: 2 } });
  expect(cellOf(whole, "alice", "broken", "create")).toMatchObject({
    rows: { may: 1, of: 1 },
    words: expect.stringMatching(
      /^May create the one record.+Of some, nothing can be told: Couldn't coerce/,
    ),
  });
});

it("isn't taken in by a database that throws the words of a trial", () => {
  expect(cellOf(whole, "alice", "rude", "delete")).toMatchObject({
    verdict: "all",
    how: "declared",
    words: "Error while processing event no: An error occurred: made gone all none Declared FULL.",
  });
});

function states(matrix: Matrix): string[] {
  return matrix.columns.map(({ state }) => (state.kind === "failed" ? state.reason : state.kind));
}
