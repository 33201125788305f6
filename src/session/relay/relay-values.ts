/** The few values that the relay itself reads and writes. */
import { Uuid } from "surrealdb";
import type { ItemBytes } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import { CborPayload } from "../journal/payload.ts";

export const NONE = encodeValue(undefined);

export function uuidItem(uuid: string): ItemBytes {
  return encodeValue(new Uuid(uuid));
}

/** The UUID in `item`, spelled canonically; older clients write it as text. */
export function uuidIn(item: ItemBytes | undefined): string | undefined {
  return item && new CborPayload(item).uuid();
}
