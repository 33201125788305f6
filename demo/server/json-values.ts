/**
 * SurrealDB's plain JSON, as a `json` socket speaks it.
 *
 * It loses types on the way out (a record id is the string "user:alice", NONE is null) and guesses
 * them on the way in: the server reads strings as "legacy strands", so that a string that is a UUID, a
 * datetime or a record id becomes one (`surrealdb/core/src/rpc/format/json.rs`). The SDK's `JsonCodec`
 * is another format (SQON), which a server doesn't speak.
 */
import { DateTime, jsonify, StringRecordId, Uuid } from "surrealdb";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATETIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const RECORD_ID = /^[A-Za-z_]\w*:(\w+|⟨[^⟩]+⟩|`[^`]+`)$/;

/** JSON has no NUL in its text, so this mark can't be met in a string that was encoded. */
const INTEGER_MARK = "\u0000int:";
const MARKED_INTEGER = /"\\u0000int:(-?\d+)"/g;

/** Reads JSON text into SurrealQL values. Throws a SyntaxError where it is no JSON. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === "string" ? fromStrand(value) : value,
  );
}

function fromStrand(text: string): unknown {
  if (UUID.test(text)) return new Uuid(text);
  if (DATETIME.test(text)) return new DateTime(text);
  if (RECORD_ID.test(text)) return new StringRecordId(text);
  return text;
}

/** Writes a SurrealQL value as JSON text; integers beyond 2^53 keep all their digits. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(toPlain(value)).replace(MARKED_INTEGER, "$1");
}

function toPlain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return `${INTEGER_MARK}${value}`;
  if (typeof value !== "object") return value;
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof DateTime) return toRfc3339(value.toISOString());
  if (Array.isArray(value) || value instanceof Set) return [...value].map(toPlain);
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
  }
  return jsonify(value);
}

/** The server writes seconds with no, 3, 6 or 9 decimals; the SDK with 3 or as many as it needs. */
function toRfc3339(iso: string): string {
  const [, seconds = "", decimals = ""] = /^(.*?)(?:\.(\d+))?Z$/.exec(iso) ?? [];
  const significant = decimals.replace(/0+$/, "");
  const fraction = significant.padEnd(Math.ceil(significant.length / 3) * 3, "0");
  return `${seconds}${fraction && `.${fraction}`}Z`;
}
