/**
 * What several sessions were told in answer to one statement, row beside row.
 *
 * Rows are compared as bytes: nothing is decoded for it, and only what differs is looked into. The work is
 * done in slices between which the panel stays awake.
 */
import { type ByteDifference, differingPlaces, sameBytes } from "../../wire/cbor-differences.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import type { Result } from "../../wire/result.ts";
import { type Against, emptyAgainst, noteChanged, pathText } from "./against.ts";
import { type Alignment, alignRows, alignWhole, type Cells, cellsOf, idOf } from "./alignment.ts";
import { Pace } from "./pace.ts";

/** Of one aligned row. */
export interface RowDifference {
  /** Columns that have no such row. */
  missing: number[];
  /** Places in which the columns that have it differ, against the first of these. */
  places: ByteDifference[];
}

export interface Comparison {
  /** `value`: the results aren't rows (all of them); each is compared as a whole. */
  readonly kind: "rows" | "value";
  /** Aligned rows: the first column's in its order, then those that only others have. */
  readonly length: number;
  /** Rows per column; undefined for a column that has no result to compare. */
  readonly sizes: readonly (number | undefined)[];
  /** Aligned rows that aren't the same in all columns, in order. */
  readonly differing: Int32Array;
  /** The column that the others are told against: the one with the most rows. */
  readonly reference: number;
  /** By column; undefined for the reference, and for those without a result. */
  readonly against: readonly (Against | undefined)[];
  /** Columns of equal results have the same number; undefined: no result. */
  readonly group: readonly (number | undefined)[];
  /** A cell's CBOR; undefined where the column hasn't this row. */
  bytesAt(column: number, row: number): ItemBytes | undefined;
  /** The record id's CBOR; undefined for a row without one. */
  idAt(row: number): Uint8Array | undefined;
  /** Computed when it is looked at. */
  differenceAt(row: number): RowDifference;
}

export interface CompareOptions {
  signal?: AbortSignal;
  /** Columns that stand beside the others and aren't compared with them. */
  beside?: readonly number[];
}

/**
 * @param results one for each column; undefined where a column has none to compare
 * @throws the signal's reason once it is aborted; ValueError, CborError for bytes that no server sends
 */
export async function compareResults(
  results: readonly (Result | undefined)[],
  { signal, beside = [] }: CompareOptions = {},
): Promise<Comparison> {
  const pace = new Pace(signal);
  const there = results.flatMap((result, column) => (result ? [column] : []));
  const heard = there.filter((column) => !beside.includes(column));
  let areRows = true;
  for (const column of there) {
    // Where the rows begin is found at the first look, in one go.
    if (results[column]?.rows === undefined) areRows = false;
    await pace.rest();
  }
  const cells = results.map((result) => result && cellsOf(result, areRows));
  const at = areRows ? await alignRows(cells, pace) : alignWhole(cells);
  return compareAligned(areRows ? "rows" : "value", cells, heard, at, pace);
}

async function compareAligned(
  kind: Comparison["kind"],
  cells: readonly (Cells | undefined)[],
  heard: readonly number[],
  at: Alignment,
  pace: Pace,
): Promise<Comparison> {
  const columns = cells.length;
  const length = at[0]?.length ?? 0;
  const reference = heard.reduce(
    (best, column) => ((cells[column]?.length ?? 0) > (cells[best]?.length ?? 0) ? column : best),
    heard[0] ?? 0,
  );
  const against = cells.map((_cells, index) =>
    heard.includes(index) && index !== reference ? emptyAgainst() : undefined,
  );
  const bytesAt = (column: number, row: number): ItemBytes | undefined => {
    const index = at[column]?.[row] ?? -1;
    return index < 0 ? undefined : cells[column]?.bytesAt(index);
  };
  /** Whether the results of a pair of columns are equal so far. */
  const unequal = new Uint8Array(columns * columns);
  const differing: number[] = [];
  const windows: (Uint8Array | undefined)[] = [];
  const last = new Int32Array(columns).fill(-1);

  for (let row = 0; row < length; row++) {
    if (pace.due) await pace.rest();
    for (const column of heard) windows[column] = bytesAt(column, row);
    noteOrder(row);
    if (allSame(windows, heard)) {
      for (const column of heard) {
        const stats = against[column];
        if (stats && windows[column]) stats.shared++;
      }
      continue;
    }
    differing.push(row);
    const version = versions(windows, heard);
    for (const a of heard) {
      for (const b of heard) if (version[a] !== version[b]) unequal[a * columns + b] = 1;
    }
    noteAgainst(row, version);
  }

  /** Rows that the reference has too must come in its order. */
  function noteOrder(row: number) {
    const here = at[reference]?.[row] ?? -1;
    if (here < 0) return;
    for (const column of heard) {
      const stats = against[column];
      const there = at[column]?.[row] ?? -1;
      if (!stats || there < 0) continue;
      // Aligned rows run in the first column's order: out of step in one and not in the other.
      const steps = there - (last[column] as number);
      if (steps < 0 && here > (last[reference] as number)) stats.reordered = true;
      last[column] = there;
    }
    last[reference] = here;
  }

  function noteAgainst(row: number, version: readonly number[]) {
    const here = windows[reference];
    const known = new Map<number, ByteDifference[]>();
    for (const column of heard) {
      const stats = against[column];
      const there = windows[column];
      if (!stats || !there) continue;
      if (!here) {
        stats.more++;
        continue;
      }
      stats.shared++;
      const which = version[column] as number;
      if (which === version[reference]) continue;
      const places = known.get(which) ?? differingPlaces(here, there);
      known.set(which, places);
      noteChanged(stats, row, places);
    }
  }

  return {
    kind,
    length,
    sizes: cells.map((column) => column?.length),
    differing: Int32Array.from(differing),
    reference,
    against,
    group: groups(heard, unequal, columns),
    bytesAt,
    idAt(row) {
      if (kind === "value") return undefined;
      const column = at.findIndex((places) => (places[row] as number) >= 0);
      const bytes = bytesAt(column, row);
      return bytes && idOf(bytes);
    },
    differenceAt: (row) => differenceOf(heard, (column) => bytesAt(column, row)),
  };
}

type Windows = readonly (Uint8Array | undefined)[];

/** Where none has a row, it is one of a column beside them. */
function allSame(windows: Windows, heard: readonly number[]): boolean {
  const [first, ...others] = heard;
  const window = first === undefined ? undefined : windows[first];
  return others.every((column) => {
    const other = windows[column];
    return window && other ? sameBytes(window, other) : window === other;
  });
}

/** By column: the first column with the same bytes; -1 where there are none. */
function versions(windows: Windows, heard: readonly number[]): number[] {
  const found: number[] = [];
  for (const column of heard) {
    const window = windows[column];
    found[column] = -1;
    if (!window) continue;
    found[column] =
      heard.find((other) => {
        const there = windows[other];
        return other === column || (there !== undefined && sameBytes(window, there));
      }) ?? column;
  }
  return found;
}

function groups(heard: readonly number[], unequal: Uint8Array, columns: number) {
  const group: (number | undefined)[] = new Array(columns).fill(undefined);
  for (const column of heard) {
    group[column] = heard.find((other) => unequal[column * columns + other] === 0) ?? column;
  }
  return group;
}

function differenceOf(
  heard: readonly number[],
  bytesAt: (column: number) => Uint8Array | undefined,
): RowDifference {
  const missing: number[] = [];
  const places = new Map<string, ByteDifference>();
  let first: Uint8Array | undefined;
  for (const column of heard) {
    const bytes = bytesAt(column);
    if (!bytes) missing.push(column);
    else if (!first) first = bytes;
    else for (const place of differingPlaces(first, bytes)) places.set(pathText(place.path), place);
  }
  return { missing, places: [...places.values()] };
}
