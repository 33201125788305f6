/**
 * What several sessions were told in answer to one statement, row beside row.
 *
 * Rows are matched by record id, on bytes: nothing is decoded to be compared. Where each row stands in
 * each column is one list of numbers per column, so that eight columns of 100,000 rows are a few
 * megabytes, and the work is done in slices between which the panel stays awake.
 *
 * Rows without an id are matched by what they hold, and what is left over by its position.
 */
import {
  type ByteDifference,
  differingPlaces,
  sameBytes,
  valueOfKey,
} from "../../wire/cbor-differences.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import type { Result } from "../../wire/result.ts";
import { inNextTask } from "../next-task.ts";
import { RowIndex } from "./row-index.ts";

/** Milliseconds of work between two looks at what else there is to do. */
const SLICE = 8;
/** Rows between two looks at the clock. */
const STRIDE = 64;
/** Different field paths that are counted apart per column; more are hostile, or no table. */
const MOST_FIELDS = 200;
/** Changed places that are named in words. */
const EXAMPLES = 4;

/** How one column stands to the reference. */
export interface Against {
  /** Rows that both have. */
  shared: number;
  /** Rows that the reference hasn't. */
  more: number;
  /** Shared rows with a difference. */
  changedRows: number;
  /** Values that both have, and that differ. */
  changedValues: number;
  /** Fields that only the reference has, by path, with the number of rows. */
  lacking: Map<string, number>;
  /** Fields that the reference hasn't. */
  added: Map<string, number>;
  /** The first changed values. */
  examples: { row: number; path: string }[];
  /** True where the shared rows come in another order. */
  reordered: boolean;
}

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

/** A column's rows, or its one value. */
interface Cells {
  length: number;
  bytesAt(index: number): ItemBytes;
}

function cellsOf(result: Result, areRows: boolean): Cells {
  return areRows && result.rows ? result.rows : { length: 1, bytesAt: () => result.bytes };
}

/** Lets others work in between. */
class Pace {
  readonly #signal: AbortSignal | undefined;
  #until = performance.now() + SLICE;
  #steps = 0;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** True where it's time for a rest. Cheap: to be asked at each row. */
  get due(): boolean {
    return ++this.#steps % STRIDE === 0 && performance.now() > this.#until;
  }

  async rest(): Promise<void> {
    await new Promise<void>((resolve) => inNextTask(resolve));
    this.#signal?.throwIfAborted();
    this.#until = performance.now() + SLICE;
  }
}

/** Where each aligned row stands in each column: its index there, or -1. */
type Alignment = Int32Array[];

function alignWhole(cells: readonly (Cells | undefined)[]): Alignment {
  return cells.map((column) => Int32Array.of(column ? 0 : -1));
}

const ID = new TextEncoder().encode("id");

function idOf(row: Uint8Array): Uint8Array | undefined {
  return valueOfKey(row, ID);
}

async function alignRows(cells: readonly (Cells | undefined)[], pace: Pace): Promise<Alignment> {
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

function emptyAgainst(): Against {
  return {
    shared: 0,
    more: 0,
    changedRows: 0,
    changedValues: 0,
    lacking: new Map(),
    added: new Map(),
    examples: [],
    reordered: false,
  };
}

function noteChanged(stats: Against, row: number, places: readonly ByteDifference[]) {
  stats.changedRows++;
  for (const { path, kind } of places) {
    const text = pathText(path);
    if (kind === "changed") {
      stats.changedValues++;
      if (stats.examples.length < EXAMPLES) stats.examples.push({ row, path: text });
    } else {
      const fields = kind === "removed" ? stats.lacking : stats.added;
      const before = fields.get(text);
      if (before !== undefined || fields.size < MOST_FIELDS) fields.set(text, (before ?? 0) + 1);
    }
  }
}

/** `address.city`, `tags[2]`; "" for the whole. */
export function pathText(path: ByteDifference["path"]): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      const name = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(step) ? step : `\`${step}\``;
      return index === 0 ? name : `.${name}`;
    })
    .join("");
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
