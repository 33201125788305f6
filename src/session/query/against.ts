/** How one column stands to the reference, counted row by row: what it lacks, what it has besides, what differs. */
import type { ByteDifference } from "../../wire/cbor-differences.ts";

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

/** Before any row was looked at. */
export function emptyAgainst(): Against {
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

/** Counts a row that both have and that differs in these places. */
export function noteChanged(stats: Against, row: number, places: readonly ByteDifference[]) {
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
