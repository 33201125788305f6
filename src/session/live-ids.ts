/**
 * Which of a text's statements began a live query, by what the server answered: found without decoding
 * the results beside it, which may be large.
 */
import { arrayItems, mapEntries } from "../wire/cbor-parts.ts";
import { decodeValue } from "../wire/values.ts";
import { EnvelopeError } from "../wire/wire-error.ts";
import { uuidText } from "./set-up.ts";

/**
 * @param answer of RPC `query`, as CBOR
 * @returns for each statement the live query's id, undefined where it began none; nothing of an answer
 *   that isn't a list of statements
 */
export function liveIdsIn(answer: Uint8Array): (string | undefined)[] {
  try {
    return arrayItems(answer).map(liveIdIn);
  } catch (error) {
    if (error instanceof EnvelopeError) return [];
    throw error;
  }
}

function liveIdIn(statement: Uint8Array): string | undefined {
  const parts = mapEntries(statement);
  const read = (name: string) => {
    const bytes = parts.get(name);
    return bytes && decodeValue(bytes);
  };
  return read("type") === "live" && read("status") === "OK" ? uuidText(read("result")) : undefined;
}
