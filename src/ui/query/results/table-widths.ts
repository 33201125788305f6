/** How wide a table's columns begin: as its first rows need, within bounds that leave room for others. */
import { lookAt } from "../../../wire/look.ts";
import type { Rows } from "../../../wire/rows.ts";
import { previewValue } from "../../values/format.ts";
import { wordBeside } from "../../values/leaf.tsx";
import { fieldOf } from "./csv.ts";
import { rowObject } from "./table-cells.tsx";

/** Pixels. */
export const NARROWEST = 48;
const WIDEST = 320;
/** Of one character of the code font, and of the room beside it. */
const CHARACTER = 7.3;
const PADDING = 18;
/** Rows that are looked at. */
const ROWS = 40;

/** @param key undefined for the column of rows that aren't objects */
export function firstWidth(rows: Rows, key: string | undefined): number {
  let characters = (key ?? "value").length;
  for (let index = 0; index < Math.min(rows.length, ROWS); index++) {
    const row = lookAt(rows, index);
    const object = rowObject(row);
    const value = key === undefined ? (object ? undefined : row) : object && fieldOf(object, key);
    if (value === undefined) continue;
    const beside = wordBeside(value)?.length ?? 0;
    characters = Math.max(
      characters,
      previewValue(value, { limit: 40 }).length + beside + (beside && 2),
    );
  }
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, characters * CHARACTER + PADDING)));
}
