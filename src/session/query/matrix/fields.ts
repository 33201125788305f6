/** Fields that a session's rows lack, though the same records have them when somebody else reads them. */
import { RecordId } from "surrealdb";
import { writeSurql } from "../../surql.ts";

export interface MissingField {
  /** "secret", "address.street", "items[*].price" */
  path: string;
  /** In how many of the records that have it and were compared. */
  missing: number;
  of: number;
}

/** Levels deep that are looked into; a field is declared for far fewer. */
const DEPTH = 8;

/**
 * @param full the records as the reader sees them, decoded
 * @param own the same records as the session sees them; those that it doesn't see are absent
 */
export function missingFields(full: readonly unknown[], own: readonly unknown[]): MissingField[] {
  const byId = new Map(own.map((row) => [idOf(row), row]));
  const found = new Map<string, MissingField>();
  for (const row of full) {
    const seen = byId.get(idOf(row));
    if (seen === undefined) continue;
    const has = new Set(paths(seen));
    for (const path of new Set(paths(row))) {
      const field = found.get(path) ?? { path, missing: 0, of: 0 };
      found.set(path, field);
      field.of++;
      // Where the field around it is missing, that one is named.
      if (!has.has(path) && (parent(path) === "" || has.has(parent(path)))) field.missing++;
    }
  }
  return [...found.values()].filter(({ missing }) => missing > 0);
}

function idOf(row: unknown): string {
  const id = isObject(row) ? row.id : undefined;
  return id instanceof RecordId ? writeSurql(id).text : "";
}

function* paths(value: unknown, at = "", depth = 0): Iterable<string> {
  if (depth > DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* paths(item, `${at}[*]`, depth + 1);
  } else if (isObject(value)) {
    for (const [key, part] of Object.entries(value)) {
      const path = at === "" ? key : `${at}.${key}`;
      if (part !== undefined) yield path;
      yield* paths(part, path, depth + 1);
    }
  }
}

/** The path of the object around a field; "" at the top. */
function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("."))).replace(/(\[\*\])+$/, "");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
