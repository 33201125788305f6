/**
 * CBOR bytes with a proof in their type. A payload is copied into a new frame only as
 * `ItemBytes` or `ArrayBytes`, and those come from the skipper or from the codec alone: so
 * "checked before it is passed on" is for the compiler to see to, and is paid for once.
 */
import { CborError, skipItem } from "./cbor-skip.ts";
import { EnvelopeError } from "./wire-error.ts";

declare const provenItem: unique symbol;
declare const provenArray: unique symbol;

/** Exactly one well-formed CBOR item. */
export type ItemBytes = Uint8Array & { readonly [provenItem]: true };

/** Exactly one well-formed CBOR array of definite length. */
export type ArrayBytes = ItemBytes & { readonly [provenArray]: true };

/**
 * @param depth containers that will enclose the item; 1 for a payload in its envelope.
 * @throws EnvelopeError
 */
export function proveItem(bytes: Uint8Array, depth = 1): ItemBytes {
  const end = endOfItem(bytes, 0, depth);
  if (end !== bytes.length) {
    throw new EnvelopeError("trailing-bytes", "Bytes follow behind the payload");
  }
  return bytes as ItemBytes;
}

/**
 * Proves that `bytes` are fit as the `params` of a request.
 * @throws EnvelopeError
 */
export function proveArray(bytes: Uint8Array, depth = 1): ArrayBytes {
  return asArray(proveItem(bytes, depth));
}

/** @throws EnvelopeError where the item is no array, or one of indefinite length. */
export function asArray(item: ItemBytes): ArrayBytes {
  const head = item[0] as number;
  if (head >> 5 !== 4) throw new EnvelopeError("bad-params", "Params must be an array");
  if (head === 0x9f) {
    throw new EnvelopeError("indefinite-length", "Params of indefinite length aren't allowed");
  }
  return item as ArrayBytes;
}

/** `skipItem`, with this layer's error. */
export function endOfItem(bytes: Uint8Array, start: number, depth: number): number {
  try {
    return skipItem(bytes, start, depth);
  } catch (cause) {
    if (cause instanceof CborError) throw new EnvelopeError(cause.reason, cause.message, { cause });
    throw cause;
  }
}
