/**
 * Asks for one record as the session that gave the result, when a person opens its id.
 *
 * The id goes as the bytes that it came as, bound to a name: never as text, in which a hostile id could
 * be more than an id. It is asked outside of any transaction, and never unasked.
 */
import type { SessionKey } from "../../../session/model.ts";
import { mapOf } from "../../../wire/cbor-parts.ts";
import type { ItemBytes } from "../../../wire/proven.ts";
import { isNone } from "../../../wire/result.ts";
import type { PanelStore } from "../../store/store.ts";
import { type Outcome, readOutcomes } from "./answer.ts";

export interface OpenedRecord {
  outcome: Outcome;
  /** Who the server was asked as, and where. */
  identity: string;
  target: string;
  /** Milliseconds. */
  duration: number;
}

/** @param id a record id as CBOR. Rejects with CommandError where the request failed. */
export type AskRecord = (id: ItemBytes) => Promise<OpenedRecord>;

/** Whom the records are asked for as whose ids stand in a result. */
export interface RecordReader {
  /** Two sessions may be called the same. */
  key: SessionKey;
  ask: AskRecord;
  /** As it is called. */
  label: string;
  /** What the result came out of and the records don't: they are asked for outside of it. */
  outsideOf?: "transaction" | "dry run";
}

const TEXT = "SELECT * FROM ONLY $record";

export function recordAsker(call: PanelStore["call"], key: SessionKey): AskRecord {
  return async (id) => {
    const bindings = mapOf(new Map([["record", id]]));
    const raw = await call("session.query", { key, text: TEXT, bindings });
    const [outcome] = readOutcomes("query", raw.result);
    if (!outcome) throw new TypeError("The server ran no statement.");
    const { identity, target, duration } = raw;
    return { outcome, identity, target, duration };
  };
}

/** True where there is no such record, or this session may not see it: the server says the same of both. */
export function isAbsent(outcome: Outcome): boolean {
  return outcome.ok && isNone(outcome.result.bytes);
}
