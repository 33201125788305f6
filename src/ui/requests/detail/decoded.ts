/** Bytes of a frame read as a value, where they are one: what a page sends may be anything. */
import type { ErrorView } from "../../../session/model.ts";
import { decodeShown } from "../../../wire/shown-values.ts";
import { toErrorView } from "../../components/action.ts";

export type Decoded = { value: unknown } | { error: ErrorView };

/** Never throws. */
export function decoded(bytes: Uint8Array): Decoded {
  try {
    return { value: decodeShown(bytes) };
  } catch (thrown) {
    return { error: toErrorView(thrown) };
  }
}

/** The arguments of a request, decoded; undefined where they aren't kept, or are no list. */
export function argumentsOf(params: Uint8Array | undefined): unknown[] | undefined {
  if (!params) return undefined;
  const read = decoded(params);
  return "value" in read && Array.isArray(read.value) ? read.value : undefined;
}
