/**
 * The variables of a relayed query: the request's own bindings, then the held session's variables,
 * then those of the page's session. The last are bound, as the bytes that they are, where neither of
 * the first two has the name; so the server never takes one for another.
 */
import { arrayItems, arrayOf, mapEntries, mapOf } from "../../wire/cbor-parts.ts";
import { type ArrayBytes, type ItemBytes, proveItem } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import type { HeldSession } from "../held-session.ts";
import { CborPayload } from "../journal/payload.ts";
import type { SessionVariable } from "../model.ts";
import { isProtected } from "../variables.ts";
import { RelayError } from "./relay-error.ts";

/**
 * The bindings of a query by name; none where they are absent or no map, which the server refuses.
 * @throws EnvelopeError where a name comes twice
 */
export function bindingsOf(item: ItemBytes | undefined): Map<string, ItemBytes> | undefined {
  if (item === undefined || new CborPayload(item).nothing() !== undefined) return new Map();
  return (item[0] as number) >> 5 === 5 ? mapEntries(item) : undefined;
}

/**
 * @param variables those of the page's session
 * @returns the params as they are where there is nothing to bind
 * @throws RelayError where the text uses a variable of the page's whose value was too large to be kept;
 *   EnvelopeError
 */
export function withVariables(
  params: ArrayBytes,
  held: HeldSession,
  variables: readonly SessionVariable[] | undefined,
): ArrayBytes {
  if (!variables || variables.length === 0) return params;
  const [text, given, ...rest] = arrayItems(params);
  const bindings = bindingsOf(given);
  if (text === undefined || bindings === undefined) return params;
  const missing = variables.filter(
    ({ name }) =>
      !bindings.has(name) &&
      !isProtected(name) &&
      !held.record.variables.some((variable) => variable.name === name),
  );
  if (missing.length === 0) return params;
  for (const { name, value, omitted } of missing) {
    if (omitted === undefined) bindings.set(name, proveItem(value));
    else if (uses(text, name)) throw notKept(name, omitted);
  }
  return arrayOf([text, mapOf(bindings), ...rest]);
}

function uses(text: ItemBytes, name: string): boolean {
  const written = new CborPayload(text).text() ?? "";
  return written.includes(`$${name}`) || written.includes(`$\`${name}\``);
}

function notKept(name: string, size: number): RelayError {
  return new RelayError(
    "TooMuch",
    `the page's variable $${name} has ${size} bytes, too many to be passed on. Nothing was sent. Bind it to the query instead.`,
  );
}

/** The params of a query made anew. */
export function queryOf(
  text: string,
  bindings: ReadonlyMap<string, ItemBytes> | undefined,
  rest: readonly ItemBytes[],
): ArrayBytes {
  return arrayOf([encodeValue(text), mapOf(bindings ?? new Map()), ...rest]);
}
