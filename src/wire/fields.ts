/**
 * The entries of a CBOR map with texts as keys, each value decoded when it is looked at: what `Rows` is
 * for an array. One row may be 50 MB.
 */
import { skipItem } from "./cbor-skip.ts";
import { FrameReader } from "./frame-reader.ts";
import type { ItemBytes } from "./proven.ts";

const MAP_HEAD = 5;

export class Fields {
  readonly keys: readonly string[];
  readonly bytes: Uint8Array;
  /** Begin and end of each value, one after the other. */
  readonly #spans: Uint32Array;
  #places: Map<string, number> | undefined;

  /** @see fieldsOf */
  constructor(bytes: Uint8Array, keys: readonly string[], spans: Uint32Array) {
    this.bytes = bytes;
    this.keys = keys;
    this.#spans = spans;
  }

  get length(): number {
    return this.keys.length;
  }

  /** -1 where there is no such key. */
  indexOf(key: string): number {
    this.#places ??= new Map(this.keys.map((each, index) => [each, index]));
    return this.#places.get(key) ?? -1;
  }

  /** The CBOR of a value, as a window on `bytes`. */
  bytesAt(index: number): ItemBytes {
    const [start, end] = [this.#spans[2 * index], this.#spans[2 * index + 1]];
    if (start === undefined || end === undefined) throw new RangeError(`No field ${index}`);
    return this.bytes.subarray(start, end) as ItemBytes;
  }
}

/**
 * @param bytes exactly one CBOR map.
 * @returns its entries; undefined where it is something else, has a key twice or one that is no text, or
 *   isn't well-formed: whoever decodes it is told.
 */
export function fieldsOf(bytes: Uint8Array): Fields | undefined {
  if ((bytes[0] ?? 0) >> 5 !== MAP_HEAD) return undefined;
  try {
    const reader = new FrameReader(bytes);
    const count = reader.mapHead();
    // Each entry is two bytes at least.
    if (count > bytes.length / 2) return undefined;
    const spans = new Uint32Array(2 * count);
    const keys: string[] = [];
    for (let index = 0; index < count; index++) {
      keys.push(reader.text());
      spans[2 * index] = reader.pos;
      reader.pos = skipItem(bytes, reader.pos);
      spans[2 * index + 1] = reader.pos;
    }
    const whole = reader.pos === bytes.length && new Set(keys).size === count;
    return whole ? new Fields(bytes, keys, spans) : undefined;
  } catch {
    return undefined;
  }
}
