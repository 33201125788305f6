/**
 * Turns what a person wrote as SurrealQL (arguments, variables) into bytes, by asking the server.
 *
 * Only the server reads SurrealQL rightly, functions and all. The value is taken out of its answer as
 * bytes and sent on as such: decoded and encoded again, the float 5f would be an integer.
 */

import { CommandError } from "../../messages/view-client.ts";
import type { ErrorView, SessionKey } from "../../session/model.ts";
import { toErrorView } from "../components/action.ts";
import type { PanelStore } from "../store/store.ts";
import { typeName } from "../values/format.ts";
import { errorPlace, movedUp } from "./editor/problems.ts";
import { readOutcomes } from "./results/answer.ts";

/** In brackets, so that it is one expression; on lines of its own, so that a comment ends. */
const BEFORE = "RETURN (\n";
export const BEHIND = "\n)";

type Evaluated = "arguments" | "variables";

/**
 * @param what names the field in errors: "arguments" or "variables".
 * @returns the value as CBOR, of the type asked for.
 * @throws CommandError: the server's own message, or that it is another type.
 */
export async function evaluate(
  call: PanelStore["call"],
  key: SessionKey,
  text: string,
  want: "array" | "object",
  what: Evaluated,
): Promise<Uint8Array> {
  const asked = { key, text: BEFORE + text + BEHIND };
  const answer = await call("session.query", asked).catch((thrown) => {
    const view = toErrorView(thrown);
    if (!errorPlace(view.message)) throw thrown;
    // It counts lines in what was sent.
    throw refused(what, { ...view, message: movedUp(view.message, 1) });
  });
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

/** True for the message of an error that says that these can't be used. */
export function isRefusalOf(what: Evaluated, message: string): boolean {
  return message.startsWith(refusalOf(what));
}

function refusalOf(what: Evaluated): string {
  return `The ${what} can't be used: `;
}

function refused(what: Evaluated, error: ErrorView): CommandError {
  return new CommandError({
    ...error,
    message: refusalOf(what) + error.message,
    advice: "Nothing else was sent.",
  });
}
