/**
 * A value as JSON, for tools that know no SurrealQL.
 *
 * What JSON has no word for becomes the string that SurrealDB's own JSON has (record ids, datetimes,
 * decimals, …); NONE fields are left out; integers keep all their digits, which `JSON.stringify`
 * refuses to write. Bounded like every text here.
 */
import { DateTime, Decimal, Geometry, Range, RecordId, RecordIdRange, Value } from "surrealdb";
import { toBase64 } from "../wire/base64.ts";
import { Fields } from "../wire/fields.ts";
import { jsonFloat } from "../wire/json/scalar-text.ts";
import { lookAt, Unreadable } from "../wire/look.ts";
import { Rows } from "../wire/rows.ts";
import { Float } from "../wire/shown-values.ts";
import { BoundedText, wholeCharacters } from "./bounded-text.ts";
import { bytesOf, isoTime, writeSurql } from "./surql.ts";

export interface JsonText {
  text: string;
  /** True when something was left out. */
  cut: boolean;
}

const MAX_DEPTH = 256;

/** JSON with two spaces of indentation, `limit` characters at most. */
export function formatJson(value: unknown, { limit = Number.POSITIVE_INFINITY } = {}): JsonText {
  const out = new BoundedText(limit);
  write(out, value, 0);
  return { text: out.toString(), cut: out.cut };
}

function write(out: BoundedText, value: unknown, level: number): boolean {
  const scalar = scalarText(value, out.left);
  if (scalar !== undefined) return out.write(scalar);
  if (level >= MAX_DEPTH) return out.leaveOut();
  const container = value instanceof Geometry ? value.toJSON() : (value as object);
  if (Array.isArray(container) || container instanceof Set || container instanceof Rows) {
    return writeParts(out, "[", "]", items(container), level);
  }
  return writeParts(out, "{", "}", fields(container), level);
}

type Part = { key?: string; value: unknown };

function* items(list: Iterable<unknown> | Rows): Iterable<Part> {
  if (list instanceof Rows) {
    for (let index = 0; index < list.length; index++) yield { value: lookAt(list, index) };
    return;
  }
  for (const value of list) yield { value };
}

function* fields(container: object): Iterable<Part> {
  if (container instanceof Fields) {
    for (const [index, key] of container.keys.entries()) {
      const value = lookAt(container, index);
      if (value !== undefined) yield { key, value };
    }
    return;
  }
  const entries = container instanceof Map ? container : Object.entries(container);
  for (const [key, value] of entries) {
    if (value !== undefined) yield { key: String(key), value };
  }
}

function writeParts(
  out: BoundedText,
  open: string,
  close: string,
  parts: Iterable<Part>,
  level: number,
): boolean {
  if (!out.write(open)) return false;
  const indent = `\n${"  ".repeat(level + 1)}`;
  let first = true;
  for (const { key, value } of parts) {
    if (!out.write(first ? indent : `,${indent}`)) return false;
    if (key !== undefined && !out.write(`${JSON.stringify(key)}: `)) return false;
    if (!write(out, value, level + 1)) return false;
    first = false;
  }
  return out.write(first ? close : `\n${"  ".repeat(level)}${close}`);
}

/** @param left characters that anybody will take: no more of a long text is written */
function scalarText(value: unknown, left: number): string | undefined {
  if (value === undefined || value === null) return "null";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") {
    return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
  }
  if (typeof value === "string") {
    return JSON.stringify(value.length > left ? wholeCharacters(value, left + 1) : value);
  }
  if (value instanceof Unreadable) return JSON.stringify(`can't be read: ${value.reason}`);
  if (value instanceof Float) return jsonFloat(value.value);
  const bytes = bytesOf(value);
  if (bytes) return JSON.stringify(toBase64(bytes.length > left ? bytes.subarray(0, left) : bytes));
  if (value instanceof Geometry) return undefined;
  if (value instanceof DateTime) return JSON.stringify(isoTime(value));
  if (value instanceof Decimal) return JSON.stringify(value.toString());
  if (value instanceof RecordId || value instanceof RecordIdRange || value instanceof Range) {
    return JSON.stringify(writeSurql(value).text);
  }
  if (value instanceof Value) return JSON.stringify(value.toString());
  return value instanceof Date ? JSON.stringify(value) : undefined;
}
