/**
 * The bytes of one value within another, for whoever saw it decoded and now needs it as it came: decoded
 * and encoded again, the record id `t:[5f]` would be another record's.
 */
import { fieldsOf } from "./fields.ts";
import { SET } from "./json/tags.ts";
import type { ItemBytes } from "./proven.ts";
import { rowsOf } from "./rows.ts";

/** Head of a tag whose number is the byte that follows. */
const TAG_HEAD = 0xd8;

/**
 * @param keys names and indexes, as text, from the whole to the part
 * @returns undefined where the way leads nowhere
 */
export function itemUnder(bytes: ItemBytes, keys: readonly string[]): ItemBytes | undefined {
  let here: ItemBytes | undefined = bytes;
  for (const key of keys) {
    here = here && partOf(here, key);
  }
  return here;
}

function partOf(bytes: Uint8Array, key: string): ItemBytes | undefined {
  const inSet = bytes[0] === TAG_HEAD && bytes[1] === SET;
  const list = rowsOf(inSet ? bytes.subarray(2) : bytes);
  if (list) return Number(key) < list.length ? list.bytesAt(Number(key)) : undefined;
  const fields = fieldsOf(bytes);
  const index = fields?.indexOf(key) ?? -1;
  return index < 0 ? undefined : fields?.bytesAt(index);
}
