/**
 * How a value reads: as SurrealQL, as a one-line preview, and by the name of its type.
 *
 * The SurrealQL comes from `session/surql`, which the session layer needs too; here it only gets the
 * bounds that a screen wants.
 */
import {
  DateTime,
  Decimal,
  Duration,
  FileRef,
  Future,
  Geometry,
  Range,
  RecordId,
  RecordIdRange,
  StringRecordId,
  Table,
  Uuid,
} from "surrealdb";
import { wholeCharacters } from "../../session/bounded-text.ts";
import { bytesOf, writeSurql } from "../../session/surql.ts";
import { Fields } from "../../wire/fields.ts";
import { isTakenApart, lookAt, Unreadable } from "../../wire/look.ts";
import { Rows } from "../../wire/rows.ts";
import { Float } from "../../wire/shown-values.ts";

export interface FormatOptions {
  /** Characters at most (default 10,000); the rest becomes "…". */
  limit?: number;
  /** Levels of nesting at most; deeper ones become "…". Default 256. */
  depth?: number;
  /** Characters per line: longer containers are broken over lines. Absent: one line. */
  lineWidth?: number;
}

const DEFAULT_LIMIT = 10_000;

/** SurrealQL text of a decoded value, bounded. Parses back to an equal value unless it has a "…". */
export function formatValue(value: unknown, options: FormatOptions = {}): string {
  return writeSurql(value, { ...options, limit: options.limit ?? DEFAULT_LIMIT }).text;
}

const PREVIEW_LIMIT = 80;
const PREVIEW_STRING = 48;

/** A piece of a preview: an object's key, a value by its type's name, or what stands between them. */
export interface PreviewPart {
  text: string;
  kind: "key" | "mark" | (string & {});
}

/**
 * One line that tells what a value is: `{ beta: true, … }`, `[1, 2, …]`, `'text'`.
 * Containers inside a container are only hinted at (`{…}`, `[…]`). `limit`: characters, about.
 */
export function previewValue(value: unknown, options: { limit?: number } = {}): string {
  return previewParts(value, options)
    .map(({ text }) => text)
    .join("");
}

/** The pieces of `previewValue`, for showing each in its colour. */
export function previewParts(value: unknown, { limit = PREVIEW_LIMIT } = {}): PreviewPart[] {
  if (!isContainer(value)) return [{ text: leafPreview(value, limit), kind: typeName(value) }];
  const { open, close, pad } = brackets(value);
  const parts: PreviewPart[] = [];
  let left = limit;
  let first = true;
  for (const { label, value: child } of firstEntries(value)) {
    const text = childPreview(child);
    left -= text.length + (label?.length ?? 0) + 2;
    parts.push({ text: first ? open + pad : ", ", kind: "mark" });
    first = false;
    if (left < 0) {
      parts.push({ text: "…", kind: "mark" });
      break;
    }
    if (label !== undefined) parts.push({ text: label, kind: "key" }, { text: ": ", kind: "mark" });
    parts.push({ text, kind: typeName(child) });
  }
  parts.push({ text: first ? open + close : pad + close, kind: "mark" });
  return parts;
}

function childPreview(value: unknown): string {
  if (!isContainer(value)) return leafPreview(value, PREVIEW_STRING);
  const { open, close } = brackets(value);
  return sizeOf(value) === 0 ? open + close : `${open}…${close}`;
}

function leafPreview(value: unknown, limit: number): string {
  if (typeof value === "string" && value.length > limit) {
    const text = formatValue(wholeCharacters(value, limit));
    return `${text.slice(0, -1)}…${text.slice(-1)}`;
  }
  return formatValue(value, { limit });
}

function brackets(value: object): { open: string; close: string; pad: string } {
  if (Array.isArray(value) || value instanceof Rows) return { open: "[", close: "]", pad: "" };
  if (value instanceof Set) return { open: "<set>[", close: "]", pad: "" };
  return { open: "{", close: "}", pad: " " };
}

function* firstEntries(value: object): Iterable<{ label?: string; value: unknown }> {
  if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) yield { value: item };
    return;
  }
  if (isTakenApart(value)) {
    for (let index = 0; index < value.length; index++) {
      const key = value instanceof Fields ? value.keys[index] : undefined;
      yield { ...(key !== undefined && { label: keyText(key) }), value: lookAt(value, index) };
    }
    return;
  }
  const source = value instanceof Geometry ? value.toJSON() : value;
  if (source instanceof Map) {
    for (const [key, item] of source) yield { label: keyText(String(key)), value: item };
    return;
  }
  for (const key in source) {
    yield { label: keyText(key), value: (source as Record<string, unknown>)[key] };
  }
}

/** An object's key as SurrealQL writes it. */
export function keyText(key: string): string {
  const text = formatValue({ [key]: true }, { limit: 500 });
  return text.slice(2, text.lastIndexOf(": "));
}

/** True for values that have parts to look into: objects, arrays, sets, and shapes but points. */
export function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) || value instanceof Set || value instanceof Map) return true;
  if (isTakenApart(value)) return true;
  if (value instanceof Geometry) return typeName(value) !== "geometry<point>";
  return typeName(value) === "object";
}

/** Number of parts of a container: items or keys. */
export function sizeOf(value: object): number {
  if (Array.isArray(value) || isTakenApart(value)) return value.length;
  if (value instanceof Set || value instanceof Map) return value.size;
  return Object.keys(value instanceof Geometry ? value.toJSON() : value).length;
}

/**
 * The name of a value's type, as SurrealQL names it (`type::of`). Of a value that `decodeValue` gave, a
 * whole number may have been a float: `look` and `decodeShown` tell the two apart.
 */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "none";
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return Number.isInteger(value) ? "int" : "float";
    case "object":
      return value === null ? "null" : objectTypeName(value);
    default:
      return "string";
  }
}

function objectTypeName(value: object): string {
  if (Array.isArray(value) || value instanceof Rows) return "array";
  if (value instanceof Float) return "float";
  if (value instanceof Unreadable) return "unreadable";
  if (value instanceof Set) return "set";
  if (value instanceof RecordId || value instanceof StringRecordId) return "record";
  if (value instanceof Decimal) return "decimal";
  if (value instanceof DateTime || value instanceof Date) return "datetime";
  if (value instanceof Duration) return "duration";
  if (value instanceof Uuid) return "uuid";
  if (value instanceof Table) return "table";
  if (value instanceof Range || value instanceof RecordIdRange) return "range";
  if (value instanceof FileRef) return "file";
  if (value instanceof Future) return "future";
  if (value instanceof Geometry) {
    const { type } = value.toJSON();
    return `geometry<${GEOMETRY_TYPES[type]}>`;
  }
  return bytesOf(value) ? "bytes" : "object";
}

const GEOMETRY_TYPES: Record<ReturnType<Geometry["toJSON"]>["type"], string> = {
  Point: "point",
  LineString: "line",
  Polygon: "polygon",
  MultiPoint: "multipoint",
  MultiLineString: "multiline",
  MultiPolygon: "multipolygon",
  GeometryCollection: "collection",
};
