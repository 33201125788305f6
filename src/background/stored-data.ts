/**
 * What is read back from storage is what we think it is, or it isn't used.
 *
 * Only the fields that code relies on are checked: enough that nothing read can break the worker.
 */
import type { SessionVariable, Settings } from "../session/model.ts";
import type { FamilySecrets, LiveQueryRecord, Profile, SessionRecord } from "../session/store.ts";

export type Check = (value: unknown) => boolean;

export const text: Check = (value) => typeof value === "string";
export const number: Check = (value) => typeof value === "number" && Number.isFinite(value);
export const flag: Check = (value) => typeof value === "boolean";
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
export const listOf =
  (check: Check): Check =>
  (value) =>
    // Array.from, since `every` passes over holes.
    Array.isArray(value) && Array.from(value).every(check);
export const oneOf =
  (...values: string[]): Check =>
  (value) =>
    typeof value === "string" && values.includes(value);

export function shape<T>(fields: { [K in keyof T]?: Check }): (value: unknown) => value is T {
  const checks = Object.entries(fields) as [string, Check][];
  return (value): value is T =>
    typeof value === "object" &&
    value !== null &&
    checks.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}

export const isProfile = shape<Profile>({
  id: text,
  name: text,
  url: (value) => typeof value === "string" && URL.canParse(value) && /^wss?:/.test(value),
  namespace: optional(text),
  database: optional(text),
  disconnected: optional(flag),
  careful: optional(flag),
});

const isVariable = shape<SessionVariable>({
  name: text,
  value: (value) => value instanceof Uint8Array,
});

const isLiveQuery = shape<LiveQueryRecord>({
  id: text,
  bindings: optional((value) => value instanceof Uint8Array),
  isPart: optional(flag),
  statement: text,
  begunAt: number,
  events: number,
  state: oneOf("watching", "stopped", "killed"),
  gaps: listOf(shape<{ from: number; to: number }>({ from: number, to: number })),
  viewId: optional(text),
  pageSession: optional(text),
});

export const isSessionRecord = shape<SessionRecord>({
  key: text,
  id: optional(text),
  connectionId: text,
  order: number,
  label: text,
  colour: text,
  number: optional(number),
  namespace: optional(text),
  database: optional(text),
  variables: listOf(isVariable),
  auth: shape<SessionRecord["auth"]>({
    level: oneOf("anonymous", "root", "namespace", "database", "record", "bearer"),
    user: optional(text),
    renewable: flag,
  }),
  status: oneOf("active", "ended", "removed", "replaced", "expired", "revoked", "abandoned"),
  cause: text,
  statusSince: number,
  createdAt: number,
  updatedAt: number,
  lastActiveAt: number,
  expireAt: optional(number),
  tokenExpireAt: optional(number),
  viewId: optional(text),
  remembered: flag,
  familyId: optional(text),
  liveQueries: listOf(isLiveQuery),
});

export const isFamilySecrets = shape<FamilySecrets>({
  tokens: shape<FamilySecrets["tokens"]>({ access: text, refresh: optional(text) }),
  credentials: optional(
    shape<{ way: string }>({ way: oneOf("root", "namespace", "database", "record", "bearer") }),
  ),
  withoutRefresh: optional(flag),
  refreshUncertain: optional(flag),
});

export const isSettings = shape<Settings>({ abandonAfter: number });
