/**
 * What a statement or a method answered, kept as the bytes that came: whoever looks decides how much of
 * it is decoded, and sees in the code that it is.
 */
import { type Rows, rowsOf } from "./rows.ts";
import { decodeValue } from "./values.ts";

export class Result {
  /** Exactly one CBOR item. */
  readonly bytes: Uint8Array;
  #rows: Rows | undefined | "not looked for" = "not looked for";
  #decoded: { value: unknown } | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** There where the result is an array. Found once, without decoding any of them. */
  get rows(): Rows | undefined {
    if (this.#rows === "not looked for") this.#rows = rowsOf(this.bytes);
    return this.#rows;
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
