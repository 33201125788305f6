/** Made-up sessions and connections, one for each thing that the panel can show. */
import { DateTime, Decimal, Duration, RecordId } from "surrealdb";
import type { Notification } from "../../../src/messages/commands.ts";
import type { ConnectionView, HistoryEntry, SessionView } from "../../../src/session/model.ts";
import { encodeValue } from "../../../src/wire/values.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function exampleConnection(part: Partial<ConnectionView> = {}): ConnectionView {
  return {
    id: "demo",
    name: "Demo",
    url: "ws://localhost:8000/rpc",
    namespace: "app",
    database: "tenant_a",
    state: { kind: "open" },
    since: Date.now() - HOUR,
    version: "3.0.2",
    sessionsSupported: true,
    strayFrames: 0,
    local: true,
    ...part,
  };
}

export function exampleSession(part: Partial<SessionView> = {}): SessionView {
  const now = Date.now();
  const key = part.key ?? "018f3a52-77aa-7bbb-8ccc-0123456789c3";
  return {
    key,
    id: key,
    kind: "surrealdb",
    holder: "extension",
    connectionId: "demo",
    label: "Bob",
    colour: "#1a7f37",
    namespace: "app",
    database: "tenant_b",
    variables: [],
    auth: {
      level: "record",
      user: "user:bob",
      access: "account",
      namespace: "app",
      database: "tenant_b",
      claims: {
        iat: Math.floor((now - 12 * MINUTE) / 1000),
        exp: Math.floor((now + 14 * MINUTE) / 1000),
        iss: "SurrealDB",
        NS: "app",
        DB: "tenant_b",
        AC: "account",
        ID: "user:bob",
      },
      renewable: true,
    },
    status: "active",
    cause: "Signed in as user:bob.",
    statusSince: now - 12 * MINUTE,
    createdAt: now - 3 * HOUR,
    updatedAt: now - MINUTE,
    lastActiveAt: now - MINUTE,
    tokenExpireAt: now + 14 * MINUTE,
    abandonAt: now + 7 * DAY,
    warnings: [],
    truth: { state: "agrees", checkedAt: now - 2_000, identity: "user:bob, app/tenant_b" },
    gate: { open: true },
    temporary: false,
    remembered: false,
    needsSignIn: false,
    liveQueries: [],
    transactions: [],
    ...part,
  };
}

const ANONYMOUS = { level: "anonymous", renewable: false } as const;

/** One session for every status and every thing that can stand in a row. */
export function exampleSessions(): SessionView[] {
  const now = Date.now();
  const expired = {
    status: "expired" as const,
    cause: "The browser was started anew and the sign-in was not kept.",
    statusSince: now - 5 * MINUTE,
    needsSignIn: true,
    tokenExpireAt: undefined,
    truth: { state: "unchecked" as const },
    gate: { open: false as const, reason: "Nobody is signed in." },
  };
  return [
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000a1",
      label: "Alice",
      colour: "#1a66d6",
      number: 1,
      database: "tenant_a",
      auth: { level: "record", user: "user:alice", access: "account", renewable: true },
      tokenExpireAt: now + 58 * MINUTE,
      truth: {
        state: "differs",
        checkedAt: now - 4_000,
        differences: [{ field: "user", shown: "user:alice", server: "anonymous" }],
      },
    }),
    exampleSession({
      number: 2,
      expireAt: now + 3 * HOUR,
      variables: [
        { name: "tenant", value: encodeValue("b") },
        {
          name: "flags",
          value: encodeValue({
            beta: true,
            limits: { rows: 500, span: new Duration("1h30m") },
            since: new DateTime("2026-01-12T08:00:00Z"),
          }),
        },
        { name: "owner", value: encodeValue(new RecordId("user", "bob")) },
        { name: "price", value: encodeValue(new Decimal("19.990000000000000001")) },
        {
          name: "a_rather_long_variable_name",
          value: encodeValue(
            "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness",
          ),
        },
      ],
      liveQueries: [
        {
          id: "01a70000-0000-7000-8000-000000000001",
          statement: "LIVE SELECT * FROM note WHERE owner = $auth",
          begunAt: now - 8 * MINUTE,
          events: 3,
          state: "watching",
          gaps: [{ from: now - 4 * MINUTE, to: now - 4 * MINUTE + 2_000 }],
        },
        {
          id: "01a70000-0000-7000-8000-000000000002",
          statement: "LIVE SELECT * FROM user",
          begunAt: now - 3 * MINUTE,
          events: 0,
          state: "stopped",
          gaps: [],
        },
      ],
      transactions: [
        { id: "01a7cccc-0000-7000-8000-00000000e5f2", begunAt: now - 41_000, requests: 2 },
      ],
    }),
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000a3",
      label: "Admin",
      colour: "#c5282f",
      number: 3,
      namespace: undefined,
      database: undefined,
      auth: { level: "root", user: "root", renewable: false },
      cause: "Signed in as root.",
      tokenExpireAt: now - 9 * MINUTE,
      warnings: ["Token expired: works until the connection drops. Sign in again to keep it."],
      truth: { state: "agrees", checkedAt: now - 70_000, identity: "root, no namespace" },
      remembered: true,
    }),
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000a4",
      label: "Anonymous",
      colour: "#5f6670",
      number: 4,
      auth: ANONYMOUS,
      cause: "Made by you.",
      tokenExpireAt: undefined,
      truth: {
        state: "failed",
        checkedAt: now - 9_000,
        error: {
          name: "NotAllowed",
          message: "Anonymous access not allowed: Not enough permissions to perform this action",
        },
      },
    }),
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000a5",
      label: "Carol, waiting for the connection to come back",
      colour: "#8b3fd9",
      connectionId: "staging",
      auth: {
        level: "database",
        user: "carol",
        namespace: "shop",
        database: "orders_of_the_year_2026",
        renewable: true,
      },
      namespace: "shop",
      database: "orders_of_the_year_2026",
      temporary: true,
      truth: { state: "checking" },
      gate: { open: false, reason: "The connection is being restored." },
    }),
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000a6",
      label: "Dave",
      colour: "#0b7a84",
      status: "ended",
      cause: "You signed out.",
      auth: ANONYMOUS,
      tokenExpireAt: undefined,
      truth: { state: "agrees", checkedAt: now - 30_000, identity: "anonymous, app/tenant_b" },
      gate: { open: false, reason: "Signed out." },
    }),
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000a7",
      label: "Erin",
      colour: "#f28b1d",
      status: "abandoned",
      cause: "Not used for 7 days.",
      statusSince: now - 2 * DAY,
      truth: { state: "unchecked" },
      gate: { open: false, reason: "Abandoned." },
    }),
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000a8",
      label: "Frank",
      colour: "#cf2a83",
      status: "revoked",
      cause: "The server refused the token: InvalidAuth.",
      truth: { state: "unchecked" },
      gate: { open: false, reason: "Revoked." },
    }),
    exampleSession({
      ...expired,
      key: "00000000-0000-7000-8000-0000000000b1",
      label: "Grace",
      colour: "#84562f",
      signInForm: {
        way: "record",
        namespace: "app",
        database: "tenant_a",
        access: "account",
        variables: { name: "grace", pass: "" },
      },
      auth: { level: "record", user: "user:grace", access: "account", renewable: false },
    }),
    exampleSession({
      ...expired,
      key: "00000000-0000-7000-8000-0000000000b2",
      label: "Tenant admin",
      colour: "#f4c020",
      signInForm: { way: "namespace", namespace: "app", username: "ops" },
      auth: { level: "namespace", user: "ops", namespace: "app", renewable: false },
    }),
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000c1",
      label: "Old Bob",
      status: "removed",
      cause: "You closed it.",
      statusSince: now - HOUR,
    }),
    exampleSession({
      key: "00000000-0000-7000-8000-0000000000c2",
      label: "Older Bob",
      status: "replaced",
      cause: "Replaced by Bob.",
      replacedBy: "018f3a52-77aa-7bbb-8ccc-0123456789c3",
      statusSince: now - 2 * HOUR,
    }),
  ];
}

export function exampleHistory(): HistoryEntry[] {
  const now = Date.now();
  return [
    { at: now - 2 * DAY, event: "created", by: "you", text: "New session on Demo." },
    {
      at: now - 15 * MINUTE,
      event: "auth",
      by: "you",
      before: "anonymous",
      after: "user:bob",
      text: "Signed in with access account.",
    },
    {
      at: now - 12 * MINUTE,
      event: "using",
      by: "you",
      before: "app/tenant_a",
      after: "app/tenant_b",
    },
    {
      at: now - 10 * MINUTE,
      event: "variable",
      by: "you",
      before: "$tenant = 'a'",
      after: "$tenant = 'b'",
    },
    {
      at: now - 4 * MINUTE,
      event: "status",
      by: "server",
      text: "The connection was lost; restored with the same id after 1.8 s.",
    },
    { at: now - 41_000, event: "transaction", by: "you", text: "Transaction begun." },
    { at: now - 20_000, event: "auth", by: "clock", text: "Token renewed before it ended." },
  ];
}

export function exampleNotifications(): Notification[] {
  const now = Date.now();
  const note = (
    id: string,
    action: Notification["action"],
    at: number,
    value: unknown,
  ): Notification => ({
    at,
    action,
    record: encodeValue(new RecordId("note", id)),
    value: encodeValue(value),
  });
  return [
    note("n1", "CREATE", now - 7 * MINUTE, {
      id: new RecordId("note", "n1"),
      text: "Buy milk",
      owner: new RecordId("user", "bob"),
    }),
    note("n1", "UPDATE", now - 5 * MINUTE, {
      id: new RecordId("note", "n1"),
      text: "Buy oat milk",
      done: false,
      owner: new RecordId("user", "bob"),
    }),
    note("8424486b-85b3-4448-ac8d-5d51083391c7", "DELETE", now - MINUTE, {
      id: new RecordId("note", "n2"),
      text: "Call the plumber",
    }),
  ];
}
