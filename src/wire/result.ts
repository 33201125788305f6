/**
 * What a statement or a method answered, kept as the bytes that came: whoever looks decides how much of
 * it is decoded, and sees in the code that it is.
 */
import { look } from "./look.ts";
import type { ItemBytes } from "./proven.ts";
import { type Rows, rowsOf } from "./rows.ts";
import { decodeValue } from "./values.ts";

export class Result {
  /** Exactly one CBOR item. */
  readonly bytes: ItemBytes;
  #rows: Rows | undefined | "not looked for" = "not looked for";
  #looked: { value: unknown } | undefined;
  #decoded: { value: unknown } | undefined;

  /** @param bytes as a server or the codec made them; whatever else they are is said when it is looked at */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes as ItemBytes;
  }

  /** There where the result is an array. Found once, without decoding any of them. */
  get rows(): Rows | undefined {
    if (this.#rows === "not looked for") this.#rows = rowsOf(this.bytes);
    return this.#rows;
  }

  /** The result for showing, never more of it decoded than a screen needs: see `look`. */
  look(): unknown {
    this.#looked ??= { value: look(this.bytes) };
    return this.#looked.value;
  }

  /**
   * The whole result, decoded at the first call and kept: for what is small, or isn't rows.
   * @throws ValueError where it is no value of SurrealDB's
   */
  value(): unknown {
    this.#decoded ??= { value: decodeValue(this.bytes) };
    return this.#decoded.value;
  }
}

/** True for NONE. CBOR has two words for it, and both come as `undefined`. */
export function isNone(bytes: Uint8Array): boolean {
  return bytes.length <= 2 && decodeValue(bytes) === undefined;
}
