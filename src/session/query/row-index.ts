/**
 * Finds the aligned row of a key given as bytes.
 *
 * A hash table over windows on bytes that are there anyway: nothing is copied, nothing decoded. A key that
 * comes again in the same column is another row: the second one of a column stands beside the second of
 * the others.
 */
import { sameBytes } from "../../wire/cbor-differences.ts";

const EMPTY = -1;

export class RowIndex {
  /** Rows so far. */
  length = 0;
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** By row. */
  readonly #keys: Uint8Array[] = [];
  readonly #hashes: Int32Array;
  /** Which of the rows with this key it is, from 0. */
  readonly #occurrences: Int32Array;
  /** The column that has placed this row last. */
  readonly #columns: Int32Array;
  /** By the first row of a key: how many of them the column that is placed now has. */
  #again = new Map<number, number>();
  #column = EMPTY;
  /** Nobody who fills a database knows it, so nobody can make keys that all fall into one slot. */
  readonly #seed = (Math.random() * 0x1_0000_0000) | 0;

  /** @param most rows that will be placed */
  constructor(most: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, most * 2)));
    this.#slots = new Int32Array(size).fill(EMPTY);
    this.#mask = size - 1;
    this.#hashes = new Int32Array(most);
    this.#occurrences = new Int32Array(most);
    this.#columns = new Int32Array(most).fill(EMPTY);
  }

  /**
   * The row of this key for this column; a new one where there is none. Columns come one after the other.
   * @param key is kept: a window on the column's bytes
   */
  place(key: Uint8Array, column: number): number {
    if (column !== this.#column) {
      this.#column = column;
      this.#again = new Map();
    }
    const hash = this.#hash(key);
    const first = this.#find(key, hash, 0);
    if (this.#columns[first] !== column) return this.#take(first, column);
    const occurrence = (this.#again.get(first) ?? 0) + 1;
    this.#again.set(first, occurrence);
    return this.#take(this.#find(key, mixed(hash ^ occurrence), occurrence), column);
  }

  #take(row: number, column: number): number {
    this.#columns[row] = column;
    return row;
  }

  #find(key: Uint8Array, hash: number, occurrence: number): number {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const row = this.#slots[slot] as number;
      if (row === EMPTY) {
        const added = this.length++;
        this.#slots[slot] = added;
        this.#keys.push(key);
        this.#hashes[added] = hash;
        this.#occurrences[added] = occurrence;
        return added;
      }
      if (
        this.#hashes[row] === hash &&
        this.#occurrences[row] === occurrence &&
        sameBytes(this.#keys[row] as Uint8Array, key)
      ) {
        return row;
      }
    }
  }

  /** Four bytes at a time would be faster; keys are short, and this needs no alignment. */
  #hash(key: Uint8Array): number {
    let hash = this.#seed;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x0100_0193);
    return mixed(hash);
  }
}

/** Spreads what differs in the high bits over the low ones, which choose the slot. */
function mixed(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85eb_ca6b);
  hash ^= hash >>> 13;
  return hash | 0;
}
