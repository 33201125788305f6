/**
 * The columns of a result: every key that any of its rows has, found by reading the keys alone.
 *
 * `id` stands first, the others in the order in which they turn up. A hundred thousand rows take some
 * tens of milliseconds, so it is done in slices: the first are there at once, the rest as it comes.
 */
import { skipItem } from "../../../wire/cbor-skip.ts";
import { FrameReader } from "../../../wire/frame-reader.ts";
import type { Rows } from "../../../wire/rows.ts";

/** More would be no table any more; what is left out is said, and stands in each row's own tree. */
export const MOST_COLUMNS = 200;

export interface Columns {
  keys: readonly string[];
  /** Keys that were found and aren't columns. */
  leftOut: number;
  /** Some rows aren't objects: they stand in a column "value". */
  hasValues: boolean;
  /** Rows that were read; all of them once it is done. */
  read: number;
}

export class ColumnFinder {
  readonly #rows: Rows;
  readonly #most: number;
  readonly #keys = new Set<string>();
  #hasValues = false;
  #read = 0;

  /** @param most columns at most */
  constructor(rows: Rows, most = MOST_COLUMNS) {
    this.#rows = rows;
    this.#most = most;
  }

  get done(): boolean {
    return this.#read >= this.#rows.length;
  }

  /** Reads on, for about so many milliseconds. True where that changed the columns. */
  read(milliseconds: number): boolean {
    const before = this.#keys.size;
    const hadValues = this.#hasValues;
    const until = performance.now() + milliseconds;
    while (!this.done) {
      this.#readRow(this.#read++);
      if (this.#read % 64 === 0 && performance.now() > until) break;
    }
    return this.#keys.size !== before || this.#hasValues !== hadValues;
  }

  get columns(): Columns {
    const all = [...this.#keys];
    const keys = this.#keys.has("id") ? ["id", ...all.filter((key) => key !== "id")] : all;
    return {
      keys: keys.slice(0, this.#most),
      leftOut: Math.max(0, keys.length - this.#most),
      hasValues: this.#hasValues,
      read: this.#read,
    };
  }

  #readRow(index: number): void {
    const reader = new FrameReader(this.#rows.bytesAt(index));
    if ((reader.bytes[0] ?? 0) >> 5 !== MAP_HEAD) {
      this.#hasValues = true;
      return;
    }
    try {
      const count = reader.mapHead();
      for (let entry = 0; entry < count; entry++) {
        const key = reader.text();
        if (!this.#keys.has(key)) this.#keys.add(key);
        reader.pos = skipItem(reader.bytes, reader.pos);
      }
    } catch {
      // A map whose keys are no texts: nothing that has columns.
      this.#hasValues = true;
    }
  }
}

const MAP_HEAD = 5;
