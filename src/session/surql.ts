/**
 * SurrealQL text of any SurrealDB value, such that `RETURN <text>` gives back an equal value.
 *
 * The SDK's `toSurqlString` (2.0.8) is the model, but not enough: it writes sets as arrays, bytes as
 * `[object ArrayBuffer]`, a table as a bare name (which is NONE for engine 3.0.2), point geometries
 * as objects, large floats as integers that the parser refuses, and leaves backslashes in record ids
 * unescaped. It also has no bound. What is written here was checked against the engine, value kind
 * by value kind (test/unit/ui/values/format.test.ts).
 */
import {
  type Bound,
  BoundExcluded,
  DateTime,
  Decimal,
  Duration,
  FileRef,
  Future,
  Geometry,
  GeometryPoint,
  Range,
  RecordId,
  RecordIdRange,
  StringRecordId,
  Table,
  Uuid,
} from "surrealdb";
import { Fields } from "../wire/fields.ts";
import { lookAt, Unreadable } from "../wire/look.ts";
import { Rows } from "../wire/rows.ts";
import { Float } from "../wire/shown-values.ts";
import { BoundedText, wholeCharacters } from "./bounded-text.ts";

export interface SurqlOptions {
  /** Characters at most; absent: no limit. Text that was cut ends with "…" and doesn't parse. */
  limit?: number;
  /** Levels of nesting at most; deeper containers become "…". Default 256, the engine's own order. */
  depth?: number;
  /** Breaks containers that don't fit into lines of this many characters. Absent: one line. */
  lineWidth?: number;
}

export interface SurqlText {
  text: string;
  /** True when something was left out: the text is for reading only. */
  cut: boolean;
}

const DEFAULT_DEPTH = 256;

/** Writes a decoded value (`wire/values`) as SurrealQL. Never throws for values of the codec. */
export function writeSurql(value: unknown, options: SurqlOptions = {}): SurqlText {
  const out = new BoundedText(options.limit ?? Number.POSITIVE_INFINITY);
  new SurqlWriter(out, options.depth ?? DEFAULT_DEPTH, options.lineWidth).value(value, 0);
  return { text: out.toString(), cut: out.cut };
}

type Part = { key?: string; value: unknown };

class SurqlWriter {
  readonly #out: BoundedText;
  readonly #depth: number;
  readonly #lineWidth: number | undefined;

  constructor(out: BoundedText, depth: number, lineWidth: number | undefined) {
    this.#out = out;
    this.#depth = depth;
    this.#lineWidth = lineWidth;
  }

  /** Writes one value; false once the text is full. */
  value(value: unknown, level: number): boolean {
    const scalar = scalarText(value, this.#out.left);
    if (scalar !== undefined) return this.#out.write(scalar);
    if (value instanceof RecordId) {
      return (
        this.#out.write(`${identifier(value.table.name)}:`) && this.#idPart(value.id, level + 1)
      );
    }
    if (value instanceof RecordIdRange) {
      return (
        this.#out.write(`${identifier(value.table.name)}:`) &&
        this.#range(value.begin, value.end, (part) => this.#idPart(part, level + 1))
      );
    }
    if (value instanceof Range) {
      return this.#range(value.begin, value.end, (part) => this.#rangeEnd(part, level + 1));
    }
    const container = value instanceof Geometry ? value.toJSON() : (value as object);
    return this.#container(container, level);
  }

  #container(container: object, level: number): boolean {
    if (level >= this.#depth) return this.#out.leaveOut();
    const { open, close, pad, parts } = shape(container);
    const width = this.#lineWidth;
    if (width === undefined) return this.#inline(open, close, pad, parts(), level);

    const attempt = new BoundedText(Math.max(0, width - this.#out.column));
    const oneLine = new SurqlWriter(attempt, this.#depth, undefined);
    oneLine.#inline(open, close, pad, parts(), level);
    if (!attempt.cut) return this.#out.write(attempt.toString());
    return this.#lines(open, close, parts(), level);
  }

  #inline(open: string, close: string, pad: string, parts: Iterable<Part>, level: number): boolean {
    if (!this.#out.write(open)) return false;
    let first = true;
    for (const part of parts) {
      if (!this.#out.write(first ? pad : ", ") || !this.#part(part, level)) return false;
      first = false;
    }
    return this.#out.write(first ? close : pad + close);
  }

  #lines(open: string, close: string, parts: Iterable<Part>, level: number): boolean {
    if (!this.#out.write(open)) return false;
    const indent = `\n${"  ".repeat(level + 1)}`;
    let first = true;
    for (const part of parts) {
      if (!this.#out.write(first ? indent : `,${indent}`) || !this.#part(part, level)) return false;
      first = false;
    }
    return this.#out.write(`\n${"  ".repeat(level)}${close}`);
  }

  #part({ key, value }: Part, level: number): boolean {
    if (key !== undefined && !this.#out.write(`${objectKey(key)}: `)) return false;
    return this.value(value, level + 1);
  }

  #idPart(id: unknown, level: number): boolean {
    return typeof id === "string" ? this.#out.write(recordKey(id)) : this.value(id, level);
  }

  /** `user:1..user:2`, `NaN..1` and ranges of ranges parse only in parentheses. */
  #rangeEnd(value: unknown, level: number): boolean {
    const bare =
      value === null ||
      value === undefined ||
      typeof value === "string" ||
      (typeof value === "number" && Number.isFinite(value)) ||
      typeof value === "bigint";
    if (bare) return this.value(value, level);
    return this.#out.write("(") && this.value(value, level) && this.#out.write(")");
  }

  #range(begin: Bound<unknown>, end: Bound<unknown>, write: (value: unknown) => boolean): boolean {
    if (begin && !write(begin.value)) return false;
    const from = begin instanceof BoundExcluded ? ">" : "";
    const to = end === undefined || end instanceof BoundExcluded ? "" : "=";
    return this.#out.write(`${from}..${to}`) && (end === undefined || write(end.value));
  }
}

function shape(container: object): {
  open: string;
  close: string;
  pad: string;
  parts: () => Iterable<Part>;
} {
  if (Array.isArray(container) || container instanceof Rows) {
    return { open: "[", close: "]", pad: "", parts: () => listParts(container) };
  }
  // `{1, 2}` is SurrealQL too, but `{user:1, user:2}` is read as an object with the key `user`.
  if (container instanceof Set) {
    return { open: "<set>[", close: "]", pad: "", parts: () => listParts(container) };
  }
  return { open: "{", close: "}", pad: " ", parts: () => entryParts(container) };
}

function* listParts(list: Iterable<unknown> | Rows): Iterable<Part> {
  if (list instanceof Rows) {
    for (let index = 0; index < list.length; index++) yield { value: lookAt(list, index) };
    return;
  }
  for (const value of list) yield { value };
}

function* entryParts(container: object): Iterable<Part> {
  if (container instanceof Fields) {
    for (const [index, key] of container.keys.entries()) {
      yield { key, value: lookAt(container, index) };
    }
    return;
  }
  if (container instanceof Map) {
    for (const [key, value] of container) yield { key: String(key), value };
    return;
  }
  for (const key of Object.keys(container)) {
    yield { key, value: (container as Record<string, unknown>)[key] };
  }
}

/** Text of a value without parts; undefined for containers, ranges and record ids. */
function scalarText(value: unknown, left: number): string | undefined {
  switch (typeof value) {
    case "undefined":
      return "NONE";
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      return numberText(value);
    case "string":
      return quote(value.length > left ? wholeCharacters(value, left + 1) : value);
    case "object":
      return value === null ? "NULL" : objectScalar(value, left);
    default:
      return quote(String(value));
  }
}

function objectScalar(value: object, left: number): string | undefined {
  if (value instanceof Unreadable) return `/* can't be read: ${escapeUnseen(value.reason)} */`;
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Decimal) return `${value.toString()}dec`;
  if (value instanceof DateTime) return `d${quote(isoTime(value))}`;
  if (value instanceof Date) return `d${quote(value.toISOString())}`;
  if (value instanceof Uuid) return `u${quote(value.toString())}`;
  if (value instanceof Duration || value instanceof Future) return value.toString();
  if (value instanceof Table) return `type::table(${quote(value.name)})`;
  if (value instanceof StringRecordId) return `r${quote(value.toString())}`;
  if (value instanceof FileRef) return fileText(value);
  if (value instanceof GeometryPoint) return `(${value.point.map(numberText).join(", ")})`;
  const bytes = bytesOf(value);
  if (bytes) return bytesText(bytes, left);
  return undefined;
}

/** The bytes of a SurrealDB `bytes` value: the codec decodes them to an ArrayBuffer. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return undefined;
}

function bytesText(bytes: Uint8Array, left: number): string {
  let hex = "";
  for (const byte of bytes) {
    hex += byte.toString(16).padStart(2, "0");
    if (hex.length > left) break;
  }
  return `b"${hex.toUpperCase()}"`;
}

/** Beyond 2^53 a JavaScript number came from a float; its digits alone would be read as an int. */
function numberText(value: number): string {
  if (Object.is(value, -0)) return floatText(value);
  const text = String(value);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? floatText(value) : text;
}

/** A whole float. */
function floatText(value: number): string {
  return Object.is(value, -0) ? "-0f" : `${value}f`;
}

/**
 * A datetime as ISO 8601 with all its nanoseconds. The SDK's own `toISOString` (2.0.8) rounds the
 * second up when the fraction is within half a millisecond of it.
 */
export function isoTime(value: DateTime): string {
  const [seconds, nanoseconds] = value.toCompact();
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -".000Z".length);
  const fraction = nanoseconds.toString().padStart(9, "0").replace(/0+$/, "");
  return `${whole}${fraction && `.${fraction}`}Z`;
}

/** `f"…"` takes few characters in a key, and knows no escapes; the function takes all. */
function fileText({ bucket, key }: FileRef): string {
  if (/^[\w.-]+$/.test(bucket) && /^[\w./-]+$/.test(key)) return `f"${bucket}:${key}"`;
  return `type::file(${quote(bucket)}, ${quote(key)})`;
}

/**
 * Characters that can't be seen, or that change how the text around them is shown (bidirectional
 * controls): escaped, so that a value can't look like another. Joiners stay: emoji need them.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

const SHORT_ESCAPES: Record<string, string> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

function escapeUnseen(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    // Half a surrogate pair is no character; UTF-8 has no place for it.
    if (code >= 0xd800 && code <= 0xdfff) return "\\u{fffd}";
    return SHORT_ESCAPES[character] ?? `\\u{${code.toString(16)}}`;
  });
}

/** A SurrealQL string: single quotes as the server writes them, double where that saves escapes. */
export function quote(text: string): string {
  const escaped = escapeUnseen(text.replaceAll("\\", "\\\\"));
  if (!escaped.includes("'")) return `'${escaped}'`;
  return `"${escaped.replaceAll('"', '\\"')}"`;
}

function quoteIdentifier(name: string): string {
  return `\`${escapeUnseen(name.replaceAll("\\", "\\\\")).replaceAll("`", "\\`")}\``;
}

/** Words that engine 3.0.2 doesn't read as a table's name at the start of an expression. */
const RESERVED = new Set(
  (
    "alter break continue create define delete explain false for function if info infinity insert " +
    "let live nan none null rebuild relate remove return select show sleep throw true update upsert use"
  ).split(" "),
);

/** A namespace's, table's or field's name, in backticks where the parser needs them. */
export function identifier(name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toLowerCase());
  return plain ? name : quoteIdentifier(name);
}

/** The string key of a record id: letters and digits stay bare, but digits alone would be a number. */
function recordKey(id: string): string {
  const plain = /^[A-Za-z0-9_]+$/.test(id) && !/^[0-9_]+$/.test(id);
  return plain ? id : quoteIdentifier(id);
}

/** The key of an object as SurrealQL writes it. */
export function objectKey(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : `"${quoteInner(key)}"`;
}

function quoteInner(text: string): string {
  return escapeUnseen(text.replaceAll("\\", "\\\\")).replaceAll('"', '\\"');
}
