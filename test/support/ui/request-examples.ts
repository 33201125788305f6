/** What a made-up page asked of SurrealDB and was answered, in the order in which it happened. */
import { DateTime, RecordId, Uuid } from "surrealdb";
import {
  type FrameRecord,
  type IdentityThen,
  pageSessionKey,
  type TrafficRecord,
} from "../../../src/session/page/page-model.ts";
import { encodeValue } from "../../../src/wire/values.ts";

export const SOCKET = "5D0C0A1E/1";
export const LIVE_ID = "01a70000-0000-7000-8000-0000000000f1";
const SECOND_SESSION = "018f3a52-77aa-7bbb-8ccc-012345670b9a";

/** A request with its answer. Times are milliseconds after the first one. */
export interface Exchange {
  after: number;
  method: string;
  params: unknown[];
  as: IdentityThen;
  /** Milliseconds; absent: no answer yet. */
  took?: number;
  result?: unknown;
  error?: { code: number; message: string; kind?: string; details?: unknown };
  by?: "you";
  /** The tab ran as `as`. */
  relayed?: boolean;
  txn?: string;
}

const anonymous: IdentityThen = {
  sessionKey: pageSessionKey(SOCKET, undefined),
  namespace: "app",
  database: "tenant_a",
};
const alice: IdentityThen = { ...anonymous, user: "user:alice" };
const other: IdentityThen = {
  sessionKey: pageSessionKey(SOCKET, SECOND_SESSION),
  sessionId: SECOND_SESSION,
  user: "user:bob",
  namespace: "app",
  database: "tenant_b",
};

/** A held session, as which the tab ran for a while. */
const held: IdentityThen = {
  sessionKey: "018f3a52-77aa-7bbb-8ccc-0123456789c3",
  sessionId: "018f3a52-77aa-7bbb-8ccc-0123456789c3",
  user: "user:bob",
  namespace: "app",
  database: "tenant_b",
};

const ok = (result: unknown, type?: string) => ({
  status: "OK",
  time: "512.4µs",
  result,
  ...(type && { type }),
});

function note(id: string, text: string, done = false) {
  return {
    id: new RecordId("note", id),
    owner: new RecordId("user", "alice"),
    text,
    done,
    tags: ["home", "later"],
    created: new DateTime("2026-03-01T12:01:04.204Z"),
  };
}

const LONG =
  "SELECT id, text, done, owner.name AS owner, (SELECT VALUE count() FROM comment WHERE note = $parent.id GROUP ALL)[0] AS comments FROM note WHERE owner = $auth.id AND done = $done AND created > time::now() - 4w ORDER BY created DESC LIMIT 20 FETCH owner;";
const BATCH =
  "BEGIN; LET $n = CREATE ONLY note SET text = $text, owner = $auth.id, done = false, created = time::now(), tags = ['home', 'later', 'shopping', 'urgent']; -- the log of who did what\nCREATE log SET note = $n.id, by = $auth.id; RETURN $n; COMMIT;";

export const exchanges: readonly Exchange[] = [
  {
    after: 0,
    method: "version",
    params: [],
    as: { sessionKey: anonymous.sessionKey },
    took: 0.6,
    result: "surrealdb-3.0.2",
  },
  {
    after: 3,
    method: "use",
    params: ["app", "tenant_a"],
    as: { sessionKey: anonymous.sessionKey },
    took: 0.7,
    result: { namespace: "app", database: "tenant_a" },
  },
  {
    after: 6,
    method: "signin",
    params: [
      {
        NS: "app",
        DB: "tenant_a",
        AC: "account",
        email: "alice@example.com",
        pass: "correct horse",
      },
    ],
    as: anonymous,
    took: 34.2,
    result: {
      access: "eyJhbGciOiJIUzUxMiJ9.e30.c2ln",
      refresh: "surreal-refresh-0123456789abcdef",
    },
  },
  {
    after: 60,
    method: "query",
    params: [LONG, { done: false }],
    as: alice,
    took: 1.9,
    result: [ok([note("one", "Milk"), note("two", "Water the plants"), note("three", "Call Bob")])],
  },
  { after: 66, method: "live", params: ["note"], as: alice, took: 0.9, result: new Uuid(LIVE_ID) },
  {
    after: 71,
    method: "select",
    params: [new RecordId("user", "alice")],
    as: alice,
    took: 0.8,
    result: {
      id: new RecordId("user", "alice"),
      name: "Alice",
      email: "alice@example.com",
      roles: ["editor"],
    },
  },
  {
    after: 1_204,
    method: "query",
    params: ["SELECT * FROM note WHERE done = true"],
    as: alice,
    took: 1.2,
    result: [ok([])],
  },
  {
    after: 1_310,
    method: "create",
    params: ["invoice", { amount: 300, to: new RecordId("user", "bob") }],
    as: alice,
    took: 0.8,
    error: {
      code: -32000,
      kind: "NotAllowed",
      message: "IAM error: Not enough permissions to perform this action",
      details: { Iam: { action: "Edit", resource: "Table" } },
    },
  },
  { after: 1_480, method: "let", params: ["tenant", "a"], as: alice, took: 0.5, result: undefined },
  {
    after: 1_900,
    method: "query",
    params: [BATCH, { text: "Buy bread" }],
    as: alice,
    took: 4.1,
    result: [ok(undefined), ok(undefined), ok([]), ok(note("four", "Buy bread")), ok(undefined)],
  },
  {
    after: 2_400,
    method: "query",
    params: ["SELEC * FROM note"],
    as: alice,
    took: 0.6,
    error: {
      code: -32000,
      kind: "Validation",
      message:
        "Parse error: Unexpected token `an identifier`, expected Eof\n --> [1:1]\n  |\n1 | SELEC * FROM note\n  | ^^^^^",
    },
  },
  {
    after: 2_900,
    method: "attach",
    params: [],
    as: { sessionKey: other.sessionKey, sessionId: SECOND_SESSION },
    took: 0.4,
    result: undefined,
  },
  {
    after: 3_100,
    method: "merge",
    params: [new RecordId("note", "one"), { done: true }],
    as: other,
    took: 240.4,
    result: undefined,
    txn: "01a7cccc-0000-7000-8000-00000000e5f3",
  },
  {
    after: 3_300,
    method: "query",
    params: ["RETURN [$auth, session::ns(), session::db()]"],
    as: alice,
    took: 0.5,
    result: [ok([new RecordId("user", "alice"), "app", "tenant_a"])],
    by: "you",
  },
  {
    after: 4_100,
    method: "query",
    params: ["SELECT *, ->wrote->note.text AS notes FROM user ORDER BY name"],
    as: other,
    took: 3_204,
    result: [
      ok(
        Array.from({ length: 250 }, (_, index) => ({
          id: new RecordId("user", `u${index}`),
          name: `User ${index}`,
          notes: [],
        })),
      ),
    ],
  },
  {
    after: 7_350,
    method: "query",
    params: ["SELECT * FROM note WHERE owner = $auth"],
    as: held,
    took: 2.6,
    result: [ok([note("five", "Bob's own")])],
    relayed: true,
  },
  {
    after: 7_360,
    method: "create",
    params: ["invoice", { amount: 300 }],
    as: held,
    took: 1.1,
    error: {
      code: -32000,
      kind: "NotAllowed",
      message: "IAM error: Not enough permissions to perform this action",
    },
    relayed: true,
  },
  {
    after: 7_400,
    method: "run",
    params: ["fn::recount", null, [new RecordId("user", "alice")]],
    as: alice,
  },
];

const AT_HOME = { socketKey: SOCKET, generation: 0, format: "cbor" } as const;

function frame(
  part: Pick<FrameRecord, "at" | "direction"> & Partial<FrameRecord>,
  message: Record<string, unknown>,
): FrameRecord {
  const bytes = encodeValue(message);
  return { kind: "frame", ...AT_HOME, size: bytes.length, frame: bytes, by: "page", ...part };
}

/** All of it as the worker tells it, in the order of time. */
export function exampleTraffic(start: number): TrafficRecord[] {
  const records: TrafficRecord[] = [
    { kind: "navigation", at: start - 6, url: "http://localhost:5173/notes" },
    { kind: "socket", at: start - 2, socketKey: SOCKET, what: "opened" },
  ];
  for (const [index, exchange] of exchanges.entries()) {
    const { method, params, as, took, result, error, txn } = exchange;
    const at = start + exchange.after;
    const id = `request-${index}`;
    const by = exchange.by ?? "page";
    const { relayed } = exchange;
    const envelope = { id, method, params, ...(txn !== undefined && { txn: new Uuid(txn) }) };
    const { sessionId } = as;
    const session = sessionId === undefined ? {} : { session: new Uuid(sessionId) };
    records.push(frame({ at, direction: "sent", by, as, relayed }, { ...envelope, ...session }));
    if (took === undefined) continue;
    const answer = error ? { id, error } : { id, result };
    records.push(frame({ at: at + took, direction: "received", by, relayed }, answer));
  }
  for (let event = 0; event < 12; event++) {
    const told = {
      id: new Uuid(LIVE_ID),
      action: event % 4 === 0 ? "CREATE" : "UPDATE",
      record: new RecordId("note", "one"),
      result: note("one", `Milk, ${event + 1} litres`, event % 2 === 1),
    };
    const at = start + 1_000 + event * 450;
    records.push(frame({ at, direction: "received" }, { result: told }));
  }
  return records.sort((one, other) => one.at - other.at);
}
