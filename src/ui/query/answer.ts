/**
 * What came back, read once: the statements of a query, or the one result of another method.
 *
 * Decoding happens here and only here; everything that shows an answer looks into these values.
 */
import type { CallResult } from "../../messages/commands.ts";
import type { AuthLevel, ErrorView, SessionBase } from "../../session/model.ts";
import { statementError } from "../../session/statement-error.ts";
import { decodeValue } from "../../wire/values.ts";

/** One statement's outcome. */
export type Outcome =
  | { ok: true; value: unknown; time?: string; kind: "live" | "kill" | "other" }
  | { ok: false; error: ErrorView; time?: string };

export interface Answer {
  /** The session as it was when it was asked. */
  session: Pick<SessionBase, "label" | "colour">;
  level: AuthLevel;
  method: string;
  txn?: string;
  /** Who the server was asked as, and where: "user:bob", "app/tenant_b". */
  identity: string;
  target: string;
  /** Milliseconds between sending and answer. */
  duration: number;
  bytesReceived: number;
  outcomes: Outcome[];
}

/** Reads the raw answer to `method`, asked in `session`. */
export function readAnswer(
  session: Pick<SessionBase, "label" | "colour" | "auth">,
  method: string,
  txn: string | undefined,
  raw: CallResult,
): Answer {
  const value = decodeValue(raw.result);
  return {
    session: { label: session.label, colour: session.colour },
    level: session.auth.level,
    method,
    ...(txn !== undefined && { txn }),
    identity: raw.identity,
    target: raw.target,
    duration: raw.duration,
    bytesReceived: raw.bytesReceived,
    outcomes:
      method === "query" && Array.isArray(value)
        ? value.map(readStatement)
        : [{ ok: true, value, kind: "other" }],
  };
}

/** One entry of the RPC `query` result: `{ status, result, time, type?, kind?, details? }`. */
export function readStatement(raw: unknown): Outcome {
  const entry = (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, unknown>;
  const time = typeof entry.time === "string" ? { time: entry.time } : {};
  if (entry.status === "OK") {
    const kind = entry.type === "live" || entry.type === "kill" ? entry.type : "other";
    return { ok: true, value: entry.result, kind, ...time };
  }
  return { ok: false, error: statementError(entry), ...time };
}

/** Methods that answer the rows they read or wrote. */
const ROW_METHODS = new Set(
  "select create insert insert_relation update upsert merge patch delete relate".split(" "),
);

/** True where a result has nothing in it: no rows, or NONE for the one record that was asked for. */
export function isEmpty(outcome: Outcome, method: string): boolean {
  if (!outcome.ok || outcome.kind !== "other") return false;
  if (Array.isArray(outcome.value)) return outcome.value.length === 0;
  return ROW_METHODS.has(method) && outcome.value === undefined;
}

/** Why a result may be empty although there are rows. Undefined for users without permissions. */
export function emptyReason(answer: Answer): string | undefined {
  if (answer.txn !== undefined && answer.level !== "anonymous") {
    return "Ran in a transaction, where SurrealDB 3.0 may not know who asks: permissions may hide rows.";
  }
  if (answer.level !== "anonymous" && answer.level !== "record" && answer.level !== "bearer") {
    return undefined;
  }
  return `Ran as ${answer.identity}: permissions may hide rows.`;
}
