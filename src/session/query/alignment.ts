/**
 * Which rows of several columns stand beside each other: those with the same record id, on bytes.
 *
 * Where each row stands in each column is one list of numbers per column, so that eight columns of
 * 100,000 rows are a few megabytes. Rows without an id are matched by what they hold, and what is left
 * over by its position.
 */
import { valueOfKey } from "../../wire/cbor-differences.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import type { Result } from "../../wire/result.ts";
import type { Pace } from "./pace.ts";
import { RowIndex } from "./row-index.ts";

/** A column's rows, or its one value. */
export interface Cells {
  length: number;
  bytesAt(index: number): ItemBytes;
}

/** The rows of a result, or all of it as one. */
export function cellsOf(result: Result, areRows: boolean): Cells {
  return areRows && result.rows ? result.rows : { length: 1, bytesAt: () => result.bytes };
}

/** Where each aligned row stands in each column: its index there, or -1. */
export type Alignment = Int32Array[];

/** Results that are no rows: each is one, and they stand beside each other. */
export function alignWhole(cells: readonly (Cells | undefined)[]): Alignment {
  return cells.map((column) => Int32Array.of(column ? 0 : -1));
}

const ID = new TextEncoder().encode("id");

/** The CBOR of a row's record id; undefined for a row without one. */
export function idOf(row: Uint8Array): Uint8Array | undefined {
  return valueOfKey(row, ID);
}

/** @throws the reason of the pace's signal, once that is aborted */
export async function alignRows(
  cells: readonly (Cells | undefined)[],
  pace: Pace,
): Promise<Alignment> {
  const most = cells.reduce((sum, column) => sum + (column?.length ?? 0), 0);
  const at = cells.map(() => new Int32Array(most).fill(-1));
  const withId = new Uint8Array(most);
  const index = new RowIndex(most);
  for (const [column, rows] of cells.entries()) {
    const places = at[column] as Int32Array;
    for (let i = 0; i < (rows?.length ?? 0); i++) {
      if (pace.due) await pace.rest();
      const bytes = (rows as Cells).bytesAt(i);
      const id = idOf(bytes);
      const row = index.place(id ?? bytes, column);
      withId[row] = id ? 1 : 0;
      places[row] = i;
    }
  }
  const length = index.length;
  await pairLeftOver(at, withId, length, pace);
  return compacted(at, length, pace);
}

/**
 * Rows without an id that nobody else has as they are: the first of one column stands beside the first
 * that this column lacks, and so on.
 */
async function pairLeftOver(
  at: Alignment,
  withId: Uint8Array,
  length: number,
  pace: Pace,
): Promise<void> {
  if (!withId.subarray(0, length).includes(0)) return;
  for (const places of at) {
    let free = 0;
    for (let row = 0; row < length; row++) {
      if (pace.due) await pace.rest();
      if (withId[row] || places[row] === -1 || holders(at, row) > 1) continue;
      // Rows of the columns before this one only: they come first.
      while (free < row && (withId[free] || places[free] !== -1 || holders(at, free) === 0)) free++;
      if (free >= row) break;
      places[free] = places[row] as number;
      places[row] = -1;
    }
  }
}

function holders(at: Alignment, row: number): number {
  let count = 0;
  for (const places of at) if ((places[row] as number) >= 0) count++;
  return count;
}

/** Without the rows that have become nobody's. */
async function compacted(at: Alignment, length: number, pace: Pace): Promise<Alignment> {
  let kept = 0;
  for (let row = 0; row < length; row++) {
    if (pace.due) await pace.rest();
    if (holders(at, row) === 0) continue;
    for (const places of at) places[kept] = places[row] as number;
    kept++;
  }
  return at.map((places) => places.slice(0, kept));
}
