/**
 * Writes the few things that an envelope is made of into a frame whose size was reckoned before:
 * heads, keys, ids, UUIDs. Each function gives the position behind what it wrote.
 */
import {
  type ReadId,
  type RpcId,
  SIXTEEN_BYTES,
  TAG,
  TAG_UUID_BYTES,
  TEXT,
} from "./frame-reader.ts";
import { writeUuidBytes } from "./uuid.ts";
import { EnvelopeError } from "./wire-error.ts";

/** A UUID on the wire: tag 37 in two bytes, the head of 16 bytes, the bytes. */
export const UUID_SIZE = 2 + 1 + 16;

const encoder = /* @__PURE__ */ new TextEncoder();

/** @returns the CBOR of an id; that of one which was read is given back as it came. */
export function idBytes(id: RpcId | ReadId): Uint8Array {
  if (typeof id === "object") return id.bytes;
  if (typeof id === "string") {
    const text = utf8(id);
    const bytes = new Uint8Array(headSize(text.length) + text.length);
    bytes.set(text, writeHead(bytes, 0, TEXT, text.length));
    return bytes;
  }
  if (!Number.isSafeInteger(id)) {
    const bytes = new Uint8Array(9);
    bytes[0] = 0xfb;
    new DataView(bytes.buffer).setFloat64(1, id);
    return bytes;
  }
  const major = id < 0 ? 1 : 0;
  const argument = id < 0 ? -1 - id : id;
  const bytes = new Uint8Array(headSize(argument));
  writeHead(bytes, 0, major, argument);
  return bytes;
}

/** @returns `text` as UTF-8. Names are short and ASCII, which TextEncoder is slow at. */
export function utf8(text: string): Uint8Array {
  const { length } = text;
  if (length > 40) return encoder.encode(text);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return encoder.encode(text);
    bytes[i] = code;
  }
  return bytes;
}

export function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x10000) return 3;
  return argument < 0x100000000 ? 5 : 9;
}

export function writeHead(
  target: Uint8Array,
  pos: number,
  major: number,
  argument: number,
): number {
  const size = headSize(argument);
  if (size === 1) {
    target[pos] = (major << 5) | argument;
    return pos + 1;
  }
  target[pos] = (major << 5) | (size === 2 ? 24 : size === 3 ? 25 : size === 5 ? 26 : 27);
  let rest = argument;
  for (let i = size - 1; i > 0; i--) {
    target[pos + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return pos + size;
}

export function writeKey(target: Uint8Array, pos: number, key: Uint8Array): number {
  target[pos] = (TEXT << 5) | key.length;
  target.set(key, pos + 1);
  return pos + 1 + key.length;
}

export function writeUuid(target: Uint8Array, pos: number, uuid: string): number {
  target[pos] = (TAG << 5) | 24;
  target[pos + 1] = TAG_UUID_BYTES;
  target[pos + 2] = SIXTEEN_BYTES;
  if (!writeUuidBytes(uuid, target, pos + 3)) {
    throw new EnvelopeError("bad-uuid", `“${uuid}” is not a UUID`);
  }
  return pos + UUID_SIZE;
}
