/**
 * A recorded request as text in the view Query: its statement, its variables or arguments as SurrealQL,
 * and the sessions that were chosen.
 */
import { batch } from "@preact/signals";
import { writeSurql } from "../../../session/surql.ts";
import { arrayItems } from "../../../wire/cbor-parts.ts";
import { decodeShown } from "../../../wire/shown-values.ts";
import { queryState } from "../../query/query-state.ts";
import type { AnySession } from "../../store/any-session.ts";
import type { PanelStore } from "../../store/store.ts";
import { isContainer } from "../../values/format.ts";
import { argumentsOf } from "../detail/decoded.ts";
import type { Repeatable } from "./run-again.ts";

const LINE_WIDTH = 88;

/** @param sessions none: whoever is chosen there stays so */
export function openInQuery(
  store: PanelStore,
  request: Repeatable,
  sessions: readonly AnySession[],
): void {
  batch(() => {
    queryState(store).recall(written(request));
    if (sessions.length > 0) store.queryTargets.choose(sessions.map(({ key }) => key));
    store.view.value = "query";
  });
}

/** As a person would have written it. */
export function written({ method, params }: Repeatable) {
  const [text, bindings] = argumentsOf(params) ?? [];
  if (method === "query" && typeof text === "string" && params) {
    const bytes = isContainer(bindings) ? arrayItems(params)[1] : undefined;
    return { method, text, bindings: bytes ? surql(bytes) : "" };
  }
  return { method, text: params ? surql(params) : "", bindings: "" };
}

function surql(bytes: Uint8Array): string {
  return writeSurql(decodeShown(bytes), { lineWidth: LINE_WIDTH }).text;
}
