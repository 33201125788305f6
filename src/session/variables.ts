/** Which names a session's variables may have, and which values. */
import { type ItemBytes, proveItem } from "../wire/proven.ts";
import { InvalidRequestError, ProtectedVariableError } from "./errors.ts";

/** Names that SurrealDB sets itself (PROTECTED_PARAM_NAMES of the server). */
const PROTECTED = new Set(["access", "auth", "session", "token"]);

export function isProtected(name: string): boolean {
  return PROTECTED.has(name);
}

/** @throws ProtectedVariableError, InvalidRequestError */
export function checkVariableName(name: string): void {
  if (PROTECTED.has(name)) throw new ProtectedVariableError(name);
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
    throw new InvalidRequestError(
      `“${name}” can't be a variable's name.`,
      "Letters, digits and underscores, not beginning with a digit.",
    );
  }
}

/**
 * The value of `let`, proven to be one; NONE is refused, since unset is the word for it.
 * @throws InvalidRequestError, EnvelopeError
 */
export function variableValue(value: Uint8Array): ItemBytes {
  const bytes = proveItem(value);
  if (isNone(bytes)) {
    throw new InvalidRequestError("NONE is no value of a variable.", "Remove the variable.");
  }
  return bytes;
}

/** NONE is tag 6 around null. */
function isNone(bytes: Uint8Array): boolean {
  return bytes.length === 2 && bytes[0] === 0xc6 && bytes[1] === 0xf6;
}
