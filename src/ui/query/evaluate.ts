/**
 * Turns what a person wrote as SurrealQL (arguments, bindings) into bytes, by asking the server.
 *
 * Only the server reads SurrealQL rightly, functions and all. The value is taken out of its answer as
 * bytes and sent on as such: decoded and encoded again, the float 5f would be an integer.
 */

import { CommandError } from "../../messages/view-client.ts";
import type { ErrorView, SessionKey } from "../../session/model.ts";
import type { PanelStore } from "../store/store.ts";
import { typeName } from "../values/format.ts";
import { readOutcomes } from "./results/answer.ts";

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
  const [outcome] = readOutcomes("query", answer.result);
  if (!outcome)
    throw refused(what, { name: "InvalidArgument", message: "The server ran nothing." });
  if (!outcome.ok) throw refused(what, outcome.error);
  const type = typeName(outcome.result.value());
  if (type !== want) {
    throw refused(what, {
      name: "InvalidArgument",
      message: `This is of type ${type}; an ${want} is needed.`,
    });
  }
  return outcome.result.bytes.slice();
}

function refused(what: string, error: ErrorView): CommandError {
  return new CommandError({
    ...error,
    message: `The ${what} can't be used: ${error.message}`,
    advice: "Nothing else was sent.",
  });
}
