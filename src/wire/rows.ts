/**
 * The items of a CBOR array, each decoded when it is looked at.
 *
 * A result may have 100,000 rows or 100 MB, of which a screen shows forty. So the array is walked over
 * once without decoding (about 5 ms for 100,000 rows), and all that is kept of an item is where it
 * begins: four bytes in one list, since a window on the bytes for each row would cost more than the rows.
 */
import { skipItem } from "./cbor-skip.ts";
import { FrameReader } from "./frame-reader.ts";
import type { ItemBytes } from "./proven.ts";
import { decodeValue } from "./values.ts";

const ARRAY_HEAD = 4;
const UNTIL_BREAK = 0x9f;
const BREAK = 0xff;

export class Rows {
  readonly length: number;
  /** The whole array, its head included. */
  readonly bytes: Uint8Array;
  /** Where each item begins, and where the last one ends. */
  readonly #offsets: Uint32Array;

  /** @see rowsOf */
  constructor(bytes: Uint8Array, offsets: Uint32Array) {
    this.bytes = bytes;
    this.#offsets = offsets;
    this.length = offsets.length - 1;
  }

  /** Size of an item's CBOR in bytes: what decoding it would cost. */
  sizeAt(index: number): number {
    return this.#end(index) - this.#start(index);
  }

  /** An item's CBOR, as a window on `bytes`. Items of equal bytes are equal. */
  bytesAt(index: number): ItemBytes {
    return this.bytes.subarray(this.#start(index), this.#end(index)) as ItemBytes;
  }

  /**
   * An item's value, decoded anew at each call.
   * @throws ValueError where it is no value of SurrealDB's
   */
  at(index: number): unknown {
    return decodeValue(this.bytesAt(index));
  }

  #start(index: number): number {
    const start = this.#offsets[index];
    if (start === undefined || index >= this.length) throw new RangeError(`No row ${index}`);
    return start;
  }

  #end(index: number): number {
    return this.#offsets[index + 1] as number;
  }
}

/** One item as if it were the only one of an array: for what shows rows. */
export function singleRow(bytes: Uint8Array): Rows {
  return new Rows(bytes, Uint32Array.of(0, bytes.length));
}

/** True where the bytes begin as an array does. */
export function isArray(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) >> 5 === ARRAY_HEAD;
}

/**
 * @param bytes exactly one CBOR array.
 * @returns its items; undefined where it is something else, or nothing that can be walked over.
 */
export function rowsOf(bytes: Uint8Array): Rows | undefined {
  if (!isArray(bytes)) return undefined;
  const offsets = bytes[0] === UNTIL_BREAK ? untilBreak(bytes) : counted(bytes);
  return offsets && new Rows(bytes, offsets);
}

function counted(bytes: Uint8Array): Uint32Array | undefined {
  try {
    const reader = new FrameReader(bytes);
    reader.head();
    const count = reader.argument;
    // Each item is a byte at least: no head makes us reserve more than its bytes could hold.
    if (count > bytes.length) return undefined;
    const offsets = new Uint32Array(count + 1);
    let at = reader.pos;
    for (let index = 0; index < count; index++) {
      offsets[index] = at;
      at = skipItem(bytes, at);
    }
    offsets[count] = at;
    return at === bytes.length ? offsets : undefined;
  } catch {
    // Not well-formed: whoever decodes the whole is told what is wrong with it.
    return undefined;
  }
}

function untilBreak(bytes: Uint8Array): Uint32Array | undefined {
  try {
    const offsets: number[] = [];
    let at = 1;
    while (bytes[at] !== BREAK) {
      offsets.push(at);
      at = skipItem(bytes, at);
    }
    return at + 1 === bytes.length ? Uint32Array.from([...offsets, at]) : undefined;
  } catch {
    return undefined;
  }
}
