/**
 * Walks over CBOR values, for whoever writes them as text: `FrameReader`, and the numbers that an
 * envelope hasn't. Like there, nothing of indefinite length is taken; servers send nothing of the kind.
 */
import { ARRAY, FrameReader, TEXT } from "../frame-reader.ts";
import { EnvelopeError } from "../wire-error.ts";

export const FALSE = 0xf4;
export const TRUE = 0xf5;
export const NULL = 0xf6;
export const UNDEFINED = 0xf7;

export class ValueReader extends FrameReader {
  /** The first byte of the next item, which stays the next. */
  peek(): number {
    const head = this.bytes[this.pos];
    if (head === undefined) throw new EnvelopeError("truncated", "The value ends too early");
    return head;
  }

  /** Reads an array's head and gives the number of its items. */
  arrayHead(): number {
    if (this.head() !== ARRAY) throw unreadable();
    return this.argument;
  }

  /** Reads the head of an array of exactly two items. */
  pair(): void {
    if (this.arrayHead() !== 2) throw unreadable();
  }

  /** Reads a text's head and gives where it ends; it begins at `pos`. */
  textEnd(): number {
    if (this.head() !== TEXT) throw unreadable();
    const end = this.pos + this.argument;
    if (end > this.bytes.length) throw new EnvelopeError("truncated", "The value ends in a text");
    return end;
  }

  /** Reads a byte string, as a window on the bytes. */
  byteString(): Uint8Array {
    if (this.head() !== 2) throw unreadable();
    const start = this.pos;
    this.pos = start + this.argument;
    if (this.pos > this.bytes.length) {
      throw new EnvelopeError("truncated", "The value ends in its bytes");
    }
    return this.bytes.subarray(start, this.pos);
  }

  /** Reads an integer; bigint beyond 2^53. */
  integer(): number | bigint {
    const major = this.head();
    if (major > 1) throw unreadable();
    const value = major === 1 ? -1 - this.argument : this.argument;
    if (Number.isSafeInteger(value)) return value;
    const argument = this.#view().getBigUint64(this.pos - 8);
    return major === 1 ? -1n - argument : argument;
  }

  /** Reads a float of 16, 32 or 64 bits. */
  float(): number {
    const head = this.byte();
    const size = head === 0xfb ? 8 : head === 0xfa ? 4 : head === 0xf9 ? 2 : 0;
    if (size === 0) throw unreadable();
    const at = this.pos;
    this.pos += size;
    if (this.pos > this.bytes.length) {
      throw new EnvelopeError("truncated", "The value ends in a float");
    }
    if (size === 8) return this.#view().getFloat64(at);
    return size === 4 ? this.#view().getFloat32(at) : halfFloat(this.#view().getUint16(at));
  }

  /** Reads an integer or a float. */
  number(): number {
    return this.peek() >> 5 <= 1 ? Number(this.integer()) : this.float();
  }

  #view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset);
  }
}

/** Well-formed, but nothing that a server says. */
export function unreadable(): EnvelopeError {
  return new EnvelopeError("malformed", "CBOR that is no SurrealDB value");
}

function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  return sign * 2 ** (exponent - 25) * (fraction + 1024);
}
