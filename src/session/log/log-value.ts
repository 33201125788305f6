/** Values of a page's frames, decoded: where a person looks at them, and no further than that. */
import { jsonValue } from "../../wire/json-frame.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { decodeValue } from "../../wire/values.ts";
import type { Payload } from "../journal/payload.ts";

/** A value with its bytes as CBOR, in a buffer of its own. @throws ValueError */
export interface LogValue {
  value: unknown;
  bytes: ItemBytes;
}

/** @throws ValueError where the bytes are no value of SurrealDB */
export function readValue(payload: Payload): LogValue {
  const { cbor, json } = payload.kept(Number.POSITIVE_INFINITY);
  // What a payload is made from was proved to be one item, and this is a copy of it.
  if (cbor) return { value: decodeValue(cbor), bytes: cbor as ItemBytes };
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  return { value, bytes: jsonValue(value) };
}

/**
 * The value, if it isn't larger than `limit` bytes; else its size.
 * @throws ValueError where the bytes are no value of SurrealDB
 */
export function readSmall(
  payload: Payload,
  limit: number,
): { value: unknown } | { size: number; value?: undefined } {
  const { size, cbor, json } = payload.kept(limit);
  if (cbor) return { value: decodeValue(cbor) };
  return json === undefined ? { size } : { value: JSON.parse(json) };
}
