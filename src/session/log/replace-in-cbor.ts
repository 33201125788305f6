/**
 * Puts other values in some places of a CBOR item and leaves every other byte as it was.
 *
 * A value that is decoded and encoded again isn't the same: the float 5f becomes the integer 5. So
 * what is shown with its secrets covered is the server's own bytes but for the secrets.
 */
import { arrayItems, arrayOf, mapEntries, mapOf } from "../../wire/cbor-parts.ts";
import { ARRAY, FrameReader, MAP, TAG } from "../../wire/frame-reader.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import { EnvelopeError } from "../../wire/wire-error.ts";

/** What takes the place at the end of `path`: keys of maps, indexes of lists and sets. */
export interface Replacement {
  path: readonly (string | number)[];
  value: unknown;
}

/** @throws EnvelopeError where a path can't be followed: no place is passed over in silence */
export function replaceInCbor(bytes: ItemBytes, replaced: readonly Replacement[]): ItemBytes {
  return replaceBelow(bytes, replaced, 0);
}

function replaceBelow(
  bytes: ItemBytes,
  replaced: readonly Replacement[],
  depth: number,
): ItemBytes {
  if (replaced.length === 0) return bytes;
  const whole = replaced.find(({ path }) => path.length === depth);
  if (whole) return encodeValue(whole.value);
  const major = (bytes[0] as number) >> 5;
  // A set is a tag around an array: the tag is no step of the path.
  if (major === TAG) return retagged(bytes, (inner) => replaceBelow(inner, replaced, depth));

  const below = new Map<unknown, Replacement[]>();
  for (const each of replaced) {
    const step = each.path[depth];
    below.set(step, [...(below.get(step) ?? []), each]);
  }
  const part = (item: ItemBytes, step: string | number) => {
    const those = below.get(step) ?? [];
    below.delete(step);
    return replaceBelow(item, those, depth + 1);
  };
  let made = bytes;
  if (major === ARRAY) made = arrayOf(arrayItems(bytes).map(part));
  if (major === MAP) {
    made = mapOf(new Map(Array.from(mapEntries(bytes), ([key, item]) => [key, part(item, key)])));
  }
  if (below.size > 0) throw new EnvelopeError("malformed", "A path that leads nowhere");
  return made;
}

function retagged(bytes: ItemBytes, change: (inner: ItemBytes) => ItemBytes): ItemBytes {
  const reader = new FrameReader(bytes);
  reader.head();
  const inner = change(bytes.subarray(reader.pos) as ItemBytes);
  const made = new Uint8Array(reader.pos + inner.length);
  made.set(bytes.subarray(0, reader.pos));
  made.set(inner, reader.pos);
  return made as unknown as ItemBytes;
}
