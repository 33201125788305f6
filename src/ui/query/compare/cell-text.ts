/**
 * A row on one line, with what differs first: of forty equal fields nobody looks for the one that isn't.
 */

import { pathText } from "../../../session/query/differences.ts";
import type { ByteDifference } from "../../../wire/cbor-differences.ts";
import { isContainer, keyText, previewValue } from "../../values/format.ts";

/** A piece of a cell. */
export interface CellPart {
  text: string;
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
    return [{ text: previewValue(value, { limit: MOST }), kind }];
  }
  const touched = new Set(places.map(({ path }) => String(path[0])));
  const parts: CellPart[] = [];
  let length = 0;
  const add = (text: string, kind: CellPart["kind"]) => {
    length += text.length;
    parts.push({ text, kind });
  };
  for (const { path } of places) {
    if (length > MOST) break;
    const name = pathText(path);
    const at = valueAt(value, path);
    if (at) add(`${name}: ${previewValue(at.value, { limit: FIELD })}`, "differs");
    else add(`no ${name}`, "lacks");
  }
  for (const key in value) {
    if (length > MOST) {
      add("…", "same");
      break;
    }
    // The id stands before the row.
    if (!touched.has(key) && key !== "id") add(field(value, key), "same");
  }
  return parts;
}

function field(value: Record<string, unknown>, key: string): string {
  return `${keyText(key)}: ${previewValue(value[key], { limit: FIELD })}`;
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
