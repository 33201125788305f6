/**
 * A row on one line, with what differs first: of forty equal fields nobody looks for the one that isn't.
 */

import { RecordId } from "surrealdb";
import { pathText } from "../../../session/query/against.ts";
import type { ByteDifference } from "../../../wire/cbor-differences.ts";
import { isContainer, keyText, previewValue } from "../../values/format.ts";
import { treePath } from "../../values/tree-rows.ts";

/** A piece of a cell. */
export interface CellPart {
  text: string;
  /** The record id with which the text ends: where it begins there, and its place in the row (`treePath`). */
  record?: { at: number; id: RecordId; path: string };
  /** `differs`: not as in the other columns. `lacks`: a field that this one hasn't. */
  kind: "same" | "differs" | "lacks";
}

/** Characters of a cell, about; the rest is a click away. */
const MOST = 180;
const FIELD = 60;

/**
 * @param value a row, decoded
 * @param places in which this row differs between the columns
 */
export function cellParts(value: unknown, places: readonly ByteDifference[]): CellPart[] {
  if (!isPlain(value)) {
    const kind = places.length > 0 ? "differs" : "same";
    return [{ ...shown("", value, [], MOST), kind }];
  }
  const touched = new Set(places.map(({ path }) => String(path[0])));
  const parts: CellPart[] = [];
  let length = 0;
  const add = (part: Omit<CellPart, "kind">, kind: CellPart["kind"]) => {
    length += part.text.length;
    parts.push({ ...part, kind });
  };
  for (const { path } of places) {
    if (length > MOST) break;
    const name = pathText(path);
    const at = valueAt(value, path);
    if (at) add(shown(`${name}: `, at.value, path, FIELD), "differs");
    else add({ text: `no ${name}` }, "lacks");
  }
  for (const key in value) {
    if (length > MOST) {
      add({ text: "…" }, "same");
      break;
    }
    // The id stands before the row.
    if (!touched.has(key) && key !== "id")
      add(shown(`${keyName(key)}: `, value[key], [key], FIELD), "same");
  }
  return parts;
}

/** With the commas between them, and what needs no element in one piece: fewer nodes scroll faster. */
export function inRuns(parts: readonly CellPart[]): CellPart[] {
  const runs: CellPart[] = [];
  for (const [index, part] of parts.entries()) {
    const comma = index > 0 ? ", " : "";
    const last = runs.at(-1);
    const goesOn = last?.kind === "same" && !last.record;
    const before = goesOn ? last.text + comma : comma;
    if (goesOn) runs.pop();
    if (part.kind === "same") {
      const { record } = part;
      const moved = record && { record: { ...record, at: before.length + record.at } };
      runs.push({ kind: "same", text: before + part.text, ...moved });
    } else {
      if (before) runs.push({ kind: "same", text: before });
      runs.push(part);
    }
  }
  return runs;
}

/** Keys as they are written; rows have the same ones again and again. */
const keyTexts = new Map<string, string>();
const MOST_KEYS = 500;

function keyName(key: string): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const text = keyText(key);
  if (keyTexts.size >= MOST_KEYS) keyTexts.clear();
  keyTexts.set(key, text);
  return text;
}

function shown(
  before: string,
  value: unknown,
  path: ByteDifference["path"],
  limit: number,
): Omit<CellPart, "kind"> {
  const text = before + previewValue(value, { limit });
  if (!(value instanceof RecordId)) return { text };
  return { text, record: { at: before.length, id: value, path: treePath(path) } };
}

/** Undefined where there is no such place. */
function valueAt(value: object, path: ByteDifference["path"]): { value: unknown } | undefined {
  let at: unknown = value;
  for (const step of path) {
    const inside = typeof at === "object" && at !== null && Object.hasOwn(at, step);
    if (!inside) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return { value: at };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && Object.getPrototypeOf(value) === Object.prototype;
}
