/**
 * Walks over one RPC frame and reads the few things that an envelope is made of: heads, keys,
 * texts, ids, UUIDs, and the spans of what it does not look into. Strict: at this level nothing
 * of indefinite length is taken, and every text is UTF-8.
 */
import { endOfItem, type ItemBytes } from "./proven.ts";
import { canonicalUuid, uuidFromBytes } from "./uuid.ts";
import { EnvelopeError, type EnvelopeFault } from "./wire-error.ts";

/** What a client may name a request by. */
export type RpcId = string | number;

/** An id as read: its value to compare by, and its own bytes for the way back, unchanged. */
export interface ReadId {
  /** Integers beyond 2^53 are bigint. */
  value: RpcId | bigint;
  bytes: ItemBytes;
}

export const TEXT = 3;
export const ARRAY = 4;
export const MAP = 5;
export const TAG = 6;
export const TAG_UUID_BYTES = 37;
/** SurrealDB's NONE is tag 6 around null. */
const NONE_HEAD = (TAG << 5) | 6;
const TAG_UUID_TEXT = 9;
/** Head of a byte string of 16 bytes. */
export const SIXTEEN_BYTES = 0x50;

/** Walks over one frame; each method reads one thing at `pos` and moves behind it. */
export class FrameReader {
  readonly bytes: Uint8Array;
  pos: number;
  /** Argument of the head that was read last. */
  argument = 0;

  constructor(bytes: Uint8Array, pos = 0) {
    this.bytes = bytes;
    this.pos = pos;
  }

  /** Reads the head of a text, array, map or tag; its major type is the answer. */
  head(): number {
    const { bytes } = this;
    const head = this.byte();
    const info = head & 0x1f;
    if (info < 24) this.argument = info;
    else if (info < 28) {
      const length = 1 << (info - 24);
      if (this.pos + length > bytes.length) throw fault("truncated", "The frame ends in a head");
      let argument = 0;
      for (let i = 0; i < length; i++) argument = argument * 256 + (bytes[this.pos + i] as number);
      this.argument = argument;
      this.pos += length;
    } else if (info === 31) {
      throw fault("indefinite-length", "Indefinite lengths aren't allowed in the envelope");
    } else throw fault("malformed", "A head with a reserved length");
    return head >> 5;
  }

  byte(): number {
    const byte = this.bytes[this.pos++];
    if (byte === undefined) throw fault("truncated", "The frame ends too early");
    return byte;
  }

  /** Reads a map's head and gives the number of its entries. */
  mapHead(): number {
    if (this.head() !== MAP) throw fault("not-a-map", "An RPC frame must be a map");
    return this.argument;
  }

  /** Reads a key and gives which of `keys` it is, or -1. */
  key(keys: readonly Uint8Array[]): number {
    const { bytes } = this;
    if (this.head() !== TEXT) throw fault("unknown-key", "A key that is no text");
    const length = this.argument;
    const start = this.pos;
    if (length > bytes.length - start) throw fault("truncated", "The frame ends in a key");
    this.pos = start + length;
    for (let k = 0; k < keys.length; k++) {
      const key = keys[k] as Uint8Array;
      if (key.length !== length) continue;
      let i = 0;
      while (i < length && key[i] === bytes[start + i]) i++;
      if (i === length) return k;
    }
    return -1;
  }

  /** @param otherwise the fault if something else stands there. */
  text(otherwise: EnvelopeFault = "malformed"): string {
    if (this.head() !== TEXT) throw fault(otherwise, "A text was expected");
    const start = this.pos;
    const end = start + this.argument;
    if (end > this.bytes.length) throw fault("truncated", "The frame ends in a text");
    this.pos = end;
    return readText(this.bytes, start, end);
  }

  /** Proves the item at `pos` and gives the bytes it spans. */
  item(depth = 1): ItemBytes {
    const start = this.pos;
    this.pos = endOfItem(this.bytes, start, depth);
    return this.bytes.subarray(start, this.pos) as ItemBytes;
  }

  /** Reads null, undefined or NONE, if it is one: all three mean "absent" here. */
  nothing(): boolean {
    const { bytes, pos } = this;
    const head = bytes[pos];
    if (head === 0xf6 || head === 0xf7) this.pos = pos + 1;
    else if (head === NONE_HEAD && bytes[pos + 1] === 0xf6) this.pos = pos + 2;
    else return false;
    return true;
  }

  uuid(): string {
    const isTag = this.head() === TAG;
    const tag = this.argument;
    if (isTag && tag === TAG_UUID_BYTES) {
      if (this.byte() !== SIXTEEN_BYTES) throw fault("bad-uuid", "A UUID that isn't 16 bytes");
      const start = this.pos;
      if (start + 16 > this.bytes.length) throw fault("truncated", "The frame ends in a UUID");
      this.pos = start + 16;
      return uuidFromBytes(this.bytes, start);
    }
    if (isTag && tag === TAG_UUID_TEXT) {
      const uuid = canonicalUuid(this.text());
      if (uuid !== undefined) return uuid;
    }
    throw fault("bad-uuid", "A session, transaction or live query is named by a UUID");
  }

  id(): ReadId {
    const bytes = this.item();
    const value = readId(bytes);
    if (value === undefined) throw fault("bad-id", "An id must be a string or a number");
    return { value, bytes };
  }

  end(): void {
    if (this.pos !== this.bytes.length) {
      throw fault("trailing-bytes", "Bytes follow behind the envelope");
    }
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// Names and ids are short and ASCII: TextDecoder costs several times as much for those.
function readText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 40) {
    let text = "";
    let pos = start;
    for (; pos < end; pos++) {
      const byte = bytes[pos] as number;
      if (byte > 0x7f) break;
      text += String.fromCharCode(byte);
    }
    if (pos === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch (cause) {
    throw fault("malformed", "A text that isn't UTF-8", { cause });
  }
}

/** The id in `bytes`, which are one well-formed item; undefined where it is none. */
function readId(bytes: ItemBytes): RpcId | bigint | undefined {
  const head = bytes[0] as number;
  const major = head >> 5;
  if (head === 0x7f) throw fault("indefinite-length", "An id in chunks");
  if (major === TEXT) {
    const reader = new FrameReader(bytes);
    return reader.text();
  }
  if (major <= 1) return readInteger(bytes);
  return head === 0xf9 || head === 0xfa || head === 0xfb ? readFloat(bytes) : undefined;
}

/** The integer in `bytes`, which are one well-formed item; bigint beyond 2^53. */
function readInteger(bytes: ItemBytes): number | bigint {
  const reader = new FrameReader(bytes);
  const negative = reader.head() === 1;
  const value = negative ? -1 - reader.argument : reader.argument;
  if (Number.isSafeInteger(value)) return value;
  const argument = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1);
  return negative ? -1n - argument : argument;
}

/** The float in `bytes`: of 16, 32 or 64 bits. */
function readFloat(bytes: ItemBytes): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (bytes.length === 9) return view.getFloat64(1);
  if (bytes.length === 5) return view.getFloat32(1);
  const bits = view.getUint16(1);
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const scale = exponent === 0 ? 2 ** -24 : 2 ** (exponent - 25);
  return sign * scale * (exponent === 0 ? fraction : fraction + 1024);
}

function fault(reason: EnvelopeFault, message: string, options?: ErrorOptions): EnvelopeError {
  return new EnvelopeError(reason, message, options);
}
