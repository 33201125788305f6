/**
 * Turns what a person wrote as SurrealQL (arguments, bindings) into bytes, by asking the server.
 *
 * Only the server reads SurrealQL rightly, functions and all. The value is taken out of its answer as
 * bytes and sent on as such: decoded and encoded again, the float 5f would be an integer.
 */

import { CommandError } from "../../messages/view-client.ts";
import type { ErrorView, SessionKey } from "../../session/model.ts";
import { arrayItems, mapEntries } from "../../wire/cbor-parts.ts";
import { decodeValue } from "../../wire/values.ts";
import type { PanelStore } from "../store/store.ts";
import { typeName } from "../values/format.ts";
import { readStatement } from "./answer.ts";

/**
 * @param what names the field in errors: "arguments" or "bindings".
 * @returns the value as CBOR, of the type asked for.
 * @throws CommandError: the server's own message, or that it is another type.
 */
export async function evaluate(
  call: PanelStore["call"],
  key: SessionKey,
  text: string,
  want: "array" | "object",
  what: string,
): Promise<Uint8Array> {
  // In brackets, so that it is one expression; on lines of its own, so that a comment ends.
  const answer = await call("session.query", { key, text: `RETURN (\n${text}\n)` });
  const [first] = arrayItems(answer.result);
  const outcome = readStatement(first && decodeValue(first));
  if (!outcome.ok) throw refused(what, outcome.error);
  const type = typeName(outcome.value);
  const bytes = first && mapEntries(first).get("result");
  if (type !== want || !bytes) {
    throw refused(what, {
      name: "InvalidArgument",
      message: `${type === want ? "No value" : `This is of type ${type}`}; an ${want} is needed.`,
    });
  }
  return bytes.slice();
}

function refused(what: string, error: ErrorView): CommandError {
  return new CommandError({
    ...error,
    message: `The ${what} can't be used: ${error.message}`,
    advice: "Nothing else was sent.",
  });
}
