/**
 * An RPC error as the CBOR of its object, without the SDK's codec: the hook writes errors too, in
 * pages that shall carry as little of ours as possible. Texts and integers are all that it holds.
 */
import { mapOf } from "./cbor-parts.ts";
import { idBytes } from "./frame-writer.ts";
import type { ItemBytes } from "./proven.ts";

/** What an error is made of: texts, integers, and objects of those. */
export interface ErrorFields {
  readonly [name: string]: string | number | ErrorFields | undefined;
}

export function errorItem(fields: ErrorFields): ItemBytes {
  const entries = new Map<string, ItemBytes>();
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value === undefined) continue;
    // An id's bytes are those of any text or number.
    entries.set(name, typeof value === "object" ? errorItem(value) : (idBytes(value) as ItemBytes));
  }
  return mapOf(entries);
}
