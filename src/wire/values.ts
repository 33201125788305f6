/**
 * SurrealDB values as CBOR bytes and back, through the one codec that all layers share.
 *
 * Bytes are the lossless form: whoever only carries a value (messages, storage, a relay) keeps
 * its bytes, and decodes them where a person looks at it. JavaScript's numbers can't tell the
 * float 5f from the integer 5, turn -0f into 0, and the SDK's encoder refuses whole floats beyond
 * 2^53; so a decoded value that is encoded again may differ from what the server holds.
 */
import "./shared-array-buffer.ts";
import { CborCodec } from "surrealdb";
import { ValueError } from "./errors.ts";
import type { ArrayBytes, ItemBytes } from "./proven.ts";
import { messageOf } from "./wire-error.ts";

// The SDK's own value classes (DateTime with nanoseconds, Decimal, Duration …) rather than native
// Dates, which end at milliseconds. Integers beyond 2^53 come as bigint by themselves.
const codec = new CborCodec({ useNativeDates: false });

/**
 * @param value any value that the SDK knows; `undefined` is NONE.
 * @returns its CBOR, in a buffer of its own (structured cloning copies whole buffers).
 * @throws ValueError (reason `encode`)
 */
export function encodeValue(value: unknown): ItemBytes {
  return encode(value).slice() as ItemBytes;
}

/**
 * The parameters of a request as CBOR. The bytes may be a window on a larger buffer: they are
 * for writing into a frame at once.
 * @throws ValueError (reason `encode`)
 */
export function encodeParams(params: readonly unknown[]): ArrayBytes {
  return encode(params) as ArrayBytes;
}

/**
 * @param bytes exactly one CBOR item, as a server or `encodeValue` made it.
 * @returns the value in the SDK's classes; NONE is `undefined`, integers beyond 2^53 are bigint.
 * @throws ValueError (reason `decode`)
 */
export function decodeValue(bytes: Uint8Array): unknown {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    throw new ValueError("decode", `Not a SurrealDB value: ${messageOf(cause)}`, { cause });
  }
}

function encode(value: unknown): Uint8Array {
  try {
    return codec.encode(value);
  } catch (cause) {
    throw new ValueError("encode", `Can't be sent to SurrealDB: ${messageOf(cause)}`, { cause });
  }
}
