/**
 * What came back, taken apart once: the statements of a query, or the one result of another method.
 *
 * Results stay the bytes that they came as (`Result`): one of 100 MB is decoded where a person looks,
 * and only there. What stands around them (status, time, error) is small, and read at once.
 */
import type { CallResult } from "../../../messages/commands.ts";
import type { AuthLevel, ErrorView, SessionBase } from "../../../session/model.ts";
import { isConsequence } from "../../../session/query/lost-results.ts";
import { statementError } from "../../../session/statement-error.ts";
import { mapEntries } from "../../../wire/cbor-parts.ts";
import { MAX_DEPTH } from "../../../wire/cbor-skip.ts";
import { ValueError } from "../../../wire/errors.ts";
import { isNone, Result } from "../../../wire/result.ts";
import { isArray, rowsOf } from "../../../wire/rows.ts";
import { decodeValue } from "../../../wire/values.ts";

/** One statement's outcome. */
export type Outcome =
  | {
      ok: true;
      result: Result;
      time?: string;
      kind: "live" | "kill" | "other";
      /** Records that it changed, or would have, in a compared run; absent: it doesn't tell. */
      changed?: number;
    }
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

/**
 * Reads the raw answer to `method`, asked in `session`.
 * @throws ValueError, EnvelopeError: bytes that are no answer of SurrealDB's
 */
export function readAnswer(
  session: Pick<SessionBase, "label" | "colour" | "auth">,
  method: string,
  txn: string | undefined,
  raw: CallResult,
): Answer {
  return {
    session: { label: session.label, colour: session.colour },
    level: session.auth.level,
    method,
    ...(txn !== undefined && { txn }),
    identity: raw.identity,
    target: raw.target,
    duration: raw.duration,
    bytesReceived: raw.bytesReceived,
    outcomes: readOutcomes(method, raw.result),
  };
}

/**
 * @param bytes the `result` of the answer to `method`
 * @throws ValueError, EnvelopeError
 */
export function readOutcomes(method: string, bytes: Uint8Array): Outcome[] {
  if (method === "query" && isArray(bytes)) {
    const statements = rowsOf(bytes);
    if (!statements) {
      throw new ValueError("decode", `The answer is damaged, or nested deeper than ${MAX_DEPTH}.`);
    }
    return Array.from({ length: statements.length }, (_, index) =>
      readStatement(statements.bytesAt(index)),
    );
  }
  return [{ ok: true, result: new Result(bytes), kind: "other" }];
}

/**
 * One entry of the RPC `query` result: `{ status, result, time, type?, kind?, details? }`.
 * @throws ValueError, EnvelopeError
 */
export function readStatement(bytes: Uint8Array): Outcome {
  const parts = mapEntries(bytes);
  const result = parts.get("result");
  const part = (name: string) => {
    const held = parts.get(name);
    return held && decodeValue(held);
  };
  const said = part("time");
  const time = typeof said === "string" ? { time: said } : {};
  if (part("status") === "OK") {
    const type = part("type");
    const kind = type === "live" || type === "kill" ? type : "other";
    return { ok: true, result: new Result(result ?? NONE), kind, ...time };
  }
  const entry = Object.fromEntries([...parts.keys()].map((name) => [name, part(name)]));
  return { ok: false, error: statementError(entry), ...time };
}

/** NONE: tag 6 around null. */
const NONE = Uint8Array.of(0xc6, 0xf6);

/** What failed in an answer by itself, not because another statement did; all that failed, where nothing did. */
export function failures(outcomes: readonly Outcome[]): ErrorView[] {
  const errors = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  const own = errors.filter((error) => !isConsequence(error));
  return own.length > 0 ? own : errors;
}

/** Methods that answer the rows they read or wrote. */
const ROW_METHODS = new Set(
  "select create insert insert_relation update upsert merge patch delete relate".split(" "),
);

/** True where a result has nothing in it: no rows, or NONE for the one record that was asked for. */
export function isEmpty(outcome: Outcome, method: string): boolean {
  if (!outcome.ok || outcome.kind !== "other") return false;
  const { result } = outcome;
  if (isArray(result.bytes)) return result.rows?.length === 0;
  return ROW_METHODS.has(method) && isNone(result.bytes);
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
