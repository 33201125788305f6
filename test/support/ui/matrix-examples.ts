/** A matrix with a cell of every kind in it, made up. */
import type {
  Cell,
  Matrix,
  MatrixSession,
  Row,
  Rule,
  Verdict,
} from "../../../src/session/query/matrix/matrix.ts";

const PLACE = { namespace: "app", database: "tenant_a", server: "ws://localhost:8000/rpc" };

function session(
  last: string,
  label: string,
  auth: Omit<MatrixSession["auth"], "renewable">,
): MatrixSession {
  const key = `00000000-0000-7000-8000-0000000000${last}`;
  return { key, label, auth: { ...auth, renewable: false }, ...PLACE };
}

export const MATRIX_SESSIONS = {
  admin: session("a3", "Admin", { level: "root", user: "root" }),
  alice: session("a1", "Alice", { level: "record", user: "user:alice" }),
  bob: {
    ...session("a1", "Bob", { level: "record", user: "user:bob" }),
    key: "018f3a52-77aa-7bbb-8ccc-0123456789c3",
  },
  anonymous: session("a4", "Anonymous", { level: "anonymous" }),
};

const NONE: Rule = { kind: "none" };
const FULL: Rule = { kind: "full" };
const OWN: Rule = {
  kind: "where",
  text: "$auth.id != NONE AND (owner = $auth.id OR shared = true)",
};

function cell(verdict: Verdict, rule: Rule, words: string, part: Partial<Cell> = {}): Cell {
  return {
    verdict,
    declared: { rule, by: "Admin" },
    how: "declared and tried",
    words,
    trial: "SELECT * FROM note",
    ...part,
  };
}

function row(select: Cell, create: Cell, update: Cell, remove: Cell): Row {
  return { select, create, update, delete: remove };
}

const some = (may: number, of: number, word: string) =>
  cell("some", OWN, `${word} ${may} of ${of} records.`, { rows: { may, of } });
const all = (rule: Rule) => cell("all", rule, "Sees all 7 records.", { rows: { may: 7, of: 7 } });
const none = (rule: Rule) =>
  cell("none", rule, "Sees none of 7 records.", { rows: { may: 0, of: 7 } });
const above = cell(
  "all",
  NONE,
  "May update all 7 records. Its role stands above table permissions.",
  {
    rows: { may: 7, of: 7 },
  },
);
const unknown = cell("unknown", OWN, "No records to try on.", { how: "not found out" });
const odd = cell("some", FULL, "May delete 3 of 7 records.", {
  rows: { may: 3, of: 7 },
  contradiction: "Declared FULL, yet 4 of 7 were refused.",
});

const NAMES = [
  "audit",
  "note",
  "notice",
  "a_rather_long_name_of_a_table_that_nobody_thought_of",
  "order_line",
  "team",
  "user",
];

function rows(of: string): Map<string, Row> {
  return new Map(
    NAMES.map((name, index) => {
      if (of === "admin") return [name, row(all(FULL), above, above, above)];
      if (of === "anonymous") return [name, row(none(OWN), none(NONE), none(NONE), none(NONE))];
      if (name === "audit") return [name, row(none(NONE), none(NONE), none(NONE), none(NONE))];
      if (name === "notice") return [name, row(all(FULL), none(NONE), none(NONE), odd)];
      if (name === "team") return [name, row(unknown, unknown, unknown, none(NONE))];
      const [may, total] = of === "alice" ? [4, 7] : [index + 2, 1000];
      return [
        name,
        row(
          some(may, total, "Sees"),
          some(may, 20, "May create"),
          some(may, total, "May update"),
          some(may, total, "May delete"),
        ),
      ];
    }),
  );
}

export function exampleMatrix(part: Partial<Matrix> = {}): Matrix {
  const { admin, alice, bob, anonymous } = MATRIX_SESSIONS;
  return {
    columns: [
      { session: admin, state: { kind: "done" }, reader: "Admin" },
      { session: alice, state: { kind: "done" }, reader: "Admin" },
      { session: bob, state: { kind: "asking", done: 3, of: 7 }, reader: "Admin" },
      {
        session: anonymous,
        state: {
          kind: "failed",
          reason: "No answer within 30 s. The server may still be at work.",
        },
        reader: "Admin",
      },
    ],
    tables: [...NAMES].sort(),
    cells: new Map([
      [admin.key, rows("admin")],
      [alice.key, rows("alice")],
      [bob.key, new Map([...rows("bob")].slice(0, 4))],
    ]),
    begunAt: Date.now() - 12_000,
    running: false,
    ...part,
  };
}
