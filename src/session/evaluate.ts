/**
 * A SurrealQL expression as a value, evaluated by the server in a session: what the editor of a
 * variable sends, so that `time::now()` or `user:bob` becomes what the server takes it for.
 */
import { arrayItems, mapEntries } from "../wire/cbor-parts.ts";
import { type ItemBytes, proveItem } from "../wire/proven.ts";
import { decodeValue, encodeValue } from "../wire/values.ts";
import { InvalidRequestError, SessionError } from "./errors.ts";
import { isAnonymousRefusal } from "./truth.ts";

/**
 * @param query runs a text in the session; its result is CBOR
 * @returns the value as CBOR, in a buffer of its own. An anonymous session that may not query gets
 *   JSON read instead.
 * @throws InvalidRequestError, SessionError (StatementError), and what `query` throws
 */
export async function evaluate(
  query: (text: string) => Promise<{ result: Uint8Array }>,
  expression: string,
): Promise<ItemBytes> {
  let result: Uint8Array;
  try {
    ({ result } = await query(`RETURN (${expression}\n)`));
  } catch (error) {
    if (!isAnonymousRefusal(error)) throw error;
    return encodeValue(readJson(expression));
  }
  const [statement, ...others] = arrayItems(result);
  if (!statement || others.length > 0) throw new InvalidRequestError("One value is expected.");
  const parts = mapEntries(statement);
  const value = parts.get("result");
  if (!value) throw new InvalidRequestError("The server gave no value.");
  if (decodeValue(parts.get("status") ?? value) !== "OK") {
    throw new SessionError("StatementError", String(decodeValue(value)));
  }
  return proveItem(value.slice());
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Only that it is no JSON matters: the person wrote SurrealQL.
    throw new InvalidRequestError(
      "The server evaluates SurrealQL for signed-in sessions only.",
      "As anonymous, write the value as JSON, or sign in first.",
    );
  }
}
