/**
 * A SurrealDB value as JavaScript that makes it with the official SDK's classes.
 *
 * The classes that a literal uses are collected, since the code must import them.
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
import { bytesOf, isoTime } from "./surql.ts";

/** Text that evaluates to an equal value. Adds to `imports` the SDK's names that it uses. */
export function javascriptLiteral(value: unknown, imports: Set<string>): string {
  const literal = (part: unknown): string => javascriptLiteral(part, imports);

  function made(name: string, ...args: string[]): string {
    imports.add(name);
    return `new ${name}(${args.join(", ")})`;
  }

  function bound(end: Bound<unknown>): string {
    if (end === undefined) return "undefined";
    return made(
      end instanceof BoundExcluded ? "BoundExcluded" : "BoundIncluded",
      literal(end.value),
    );
  }

  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "boolean":
      return String(value);
    case "string":
      return JSON.stringify(value);
  }
  if (typeof value !== "object" || value === null) return "null";
  if (value instanceof RecordId)
    return made("RecordId", literal(value.table.name), literal(value.id));
  if (value instanceof RecordIdRange) {
    return made("RecordIdRange", literal(value.table.name), bound(value.begin), bound(value.end));
  }
  if (value instanceof Range) return made("Range", bound(value.begin), bound(value.end));
  if (value instanceof StringRecordId) return made("StringRecordId", literal(value.toString()));
  if (value instanceof DateTime) return made("DateTime", literal(isoTime(value)));
  if (value instanceof Date) return `new Date(${literal(value.toISOString())})`;
  if (value instanceof Decimal) return made("Decimal", literal(value.toString()));
  if (value instanceof Duration) return made("Duration", literal(value.toString()));
  if (value instanceof Uuid) return made("Uuid", literal(value.toString()));
  if (value instanceof Table) return made("Table", literal(value.name));
  if (value instanceof FileRef) return made("FileRef", literal(value.bucket), literal(value.key));
  if (value instanceof Future) return made("Future", literal(value.body));
  if (value instanceof GeometryPoint) return made("GeometryPoint", literal([...value.point]));
  if (value instanceof Geometry) {
    imports.add("Geometry");
    return `Geometry.fromJSON(${literal(value.toJSON())})`;
  }
  const bytes = bytesOf(value);
  if (bytes) return `new Uint8Array([${bytes.join(", ")}]).buffer`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (value instanceof Set) return `new Set([${[...value].map(literal).join(", ")}])`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  if (entries.length === 0) return "{}";
  return `{ ${entries.map(([key, part]) => `${propertyName(String(key))}: ${literal(part)}`).join(", ")} }`;
}

function propertyName(key: string): string {
  // Without the brackets it would set the object's prototype.
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
