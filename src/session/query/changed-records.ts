/**
 * How many records a statement would have changed, told by its own result.
 *
 * A writing statement answers a row for each record that it wrote. Where it was told to answer none,
 * which DELETE does by itself, it's made to answer NULL for each instead, and what is shown stays the
 * empty list. Records that the session may not see aren't told by the server either.
 */
import { ARRAY, FrameReader } from "../../wire/frame-reader.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import type { ReadStatement } from "./statements.ts";

/** A statement in the form in which it tells. */
export interface Counted {
  /** What is put in place of a stretch of the whole text, in order. */
  changes: readonly { from: number; to: number; text: string }[];
  /** True where it may change records that its result doesn't tell of. */
  hides: boolean;
  /** What is shown of its result, and how many records it tells of. */
  shown(result: ItemBytes): { bytes: ItemBytes; changed?: number };
}

const WRITING = /^(CREATE|INSERT|UPDATE|UPSERT|DELETE|RELATE)$/;
const MAY_WRITE = /^(CREATE|INSERT|UPDATE|UPSERT|DELETE|RELATE|FN)$/;
/** What follows the RETURN clause. */
const BEHIND_RETURN = /^(TIMEOUT|PARALLEL|EXPLAIN)$/;

const EMPTY = encodeValue([]);

export function countedForm(statement: ReadStatement): Counted {
  const { word, tokens, words } = statement;
  const asIs = { changes: [], shown: (bytes: ItemBytes) => ({ bytes }) };
  if (!WRITING.test(word)) return { ...asIs, hides: words.some((each) => MAY_WRITE.test(each)) };

  const hides = words.some((each, i) => i > 0 && MAY_WRITE.test(each));
  const own = words.map((each, i) => (tokens[i]?.depth === 0 ? each : ""));
  if (own.includes("EXPLAIN")) return { ...asIs, hides };
  const only = own.includes("ONLY");
  const returning = own.indexOf("RETURN");
  const answersNone = returning < 0 ? word === "DELETE" : own[returning + 1] === "NONE";
  if (!answersNone) {
    return { ...asIs, hides, shown: (bytes) => ({ bytes, changed: rowsOf(bytes) }) };
  }
  // What ONLY answers of no record isn't what it answers of one: left as it is.
  if (only) return { ...asIs, hides: true };
  return {
    changes: [returning < 0 ? added(statement, own) : replaced(statement, returning + 1)],
    hides,
    shown: (bytes) => ({ bytes: EMPTY, changed: rowsOf(bytes) }),
  };
}

function added({ tokens, to }: ReadStatement, own: readonly string[]): Counted["changes"][number] {
  const behind = own.findIndex((each) => BEHIND_RETURN.test(each));
  const at = tokens[behind]?.from ?? to;
  return { from: at, to: at, text: " RETURN NULL " };
}

function replaced({ tokens, to }: ReadStatement, i: number): Counted["changes"][number] {
  const token = tokens[i];
  return { from: token?.from ?? to, to: token?.to ?? to, text: "NULL" };
}

/** Rows of a list; one where it's no list, none for NONE. */
function rowsOf(bytes: ItemBytes): number {
  const reader = new FrameReader(bytes);
  if (reader.nothing()) return bytes[0] === 0xf6 ? 1 : 0;
  return (bytes[0] as number) >> 5 === ARRAY && reader.head() === ARRAY ? reader.argument : 1;
}
