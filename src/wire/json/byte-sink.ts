/**
 * Bytes that grow: what is written piece by piece while its size isn't known. Both ways between JSON
 * and CBOR end in one, since JSON text is UTF-8 as CBOR's is: most of a value is copied, not decoded.
 */
import { headSize, writeHead } from "../frame-writer.ts";
import { EnvelopeError } from "../wire-error.ts";

const SHORT = 1024;
const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class ByteSink {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  /** @param expected how many bytes it will be, roughly. */
  constructor(expected: number) {
    this.bytes = new Uint8Array(expected);
  }

  /** Makes room for `count` bytes behind those written; `bytes` may be another array afterwards. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Writes text of ASCII alone. */
  ascii(text: string): void {
    const count = text.length;
    this.reserve(count);
    const { bytes, length } = this;
    for (let i = 0; i < count; i++) bytes[length + i] = text.charCodeAt(i);
    this.length = length + count;
  }

  copy(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    const { bytes, length } = this;
    // A loop is faster for what is short, as names and keys are.
    if (count > 64) bytes.set(source.subarray(start, end), length);
    else for (let i = 0; i < count; i++) bytes[length + i] = source[start + i] as number;
    this.length = length + count;
  }

  /** Writes the head of a CBOR item. */
  head(major: number, argument: number): void {
    this.reserve(9);
    this.length = writeHead(this.bytes, this.length, major, argument);
  }

  /** Writes a head and `text` as UTF-8 behind it, whose size only writing it tells. */
  cborText(major: number, text: string): void {
    // Room for three bytes a unit is cheap for what is short, and costs less than a buffer of its own.
    if (text.length > SHORT) {
      const bytes = encoder.encode(text);
      this.head(major, bytes.length);
      this.copy(bytes, 0, bytes.length);
      return;
    }
    // A head's size grows with the text, so the guess is never too large.
    const guess = headSize(text.length);
    this.reserve(9 + text.length * 3);
    const start = this.length;
    const { written } = encoder.encodeInto(text, this.bytes.subarray(start + guess));
    const size = headSize(written);
    if (size !== guess) {
      this.bytes.copyWithin(start + size, start + guess, start + guess + written);
    }
    writeHead(this.bytes, start, major, written);
    this.length = start + size + written;
  }

  /** Leaves a byte for the head of a container, whose count only its end tells. */
  openContainer(): number {
    this.byte(0);
    return this.length - 1;
  }

  /** @param at what `openContainer` gave */
  closeContainer(at: number, major: number, count: number): void {
    const more = headSize(count) - 1;
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(at + 1 + more, at + 1, this.length);
      this.length += more;
    }
    writeHead(this.bytes, at, major, count);
  }

  /** @returns what was written, in a buffer of its own. */
  take(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  /** @throws EnvelopeError where what was written isn't UTF-8 */
  text(): string {
    try {
      return decoder.decode(this.bytes.subarray(0, this.length));
    } catch (cause) {
      throw new EnvelopeError("malformed", "A text that isn't UTF-8", { cause });
    }
  }
}
