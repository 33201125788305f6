/**
 * What a server takes a JSON string for on a json socket. SurrealDB reads each as a “legacy strand”: one
 * that is a UUID, a datetime or a record id becomes that (`reparse_json_legacy_strand` in the server), so
 * that `select ["user:alice"]` finds a record. The same text in CBOR is the name of a table.
 *
 * Whole strings only: servers that also take a UUID's or a record id's beginning, and drop the rest, have
 * a bug there (surrealdb issue 7324).
 */
import { ARRAY, TAG, TEXT } from "../frame-reader.ts";
import { UUID_SIZE, writeUuid } from "../frame-writer.ts";
import { canonicalUuid } from "../uuid.ts";
import type { ByteSink } from "./byte-sink.ts";
import * as tags from "./tags.ts";

const DATETIME = /^(\d{4}-\d\d-(\d\d)T(\d\d):\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const RECORD_ID = /^[A-Za-z_]\w*:(?:\w+|⟨[^⟩]+⟩|`[^`]+`)$/;

/** Writes the value that `text` is; false where it is a text. */
export function writeStrand(text: string, out: ByteSink): boolean {
  if (text.length === 36 && canonicalUuid(text) !== undefined) {
    out.reserve(UUID_SIZE);
    out.length = writeUuid(out.bytes, out.length, text);
    return true;
  }
  if (writeDatetime(text, out)) return true;
  if (!RECORD_ID.test(text)) return false;
  // The tag holds the text as it stands: it is the server that knows how to read one.
  out.head(TAG, tags.RECORD_ID);
  out.cborText(TEXT, text);
  return true;
}

function writeDatetime(text: string, out: ByteSink): boolean {
  const match = DATETIME.exec(text);
  if (match === null) return false;
  const [, wholeSeconds = "", day = "", hour = "", decimals = "", zone = ""] = match;
  const time = Date.parse(wholeSeconds + zone);
  // JavaScript knows an hour 24 and, depending on the browser, a 30th of February.
  const isDay = new Date(`${wholeSeconds.slice(0, 10)}T00:00:00Z`).getUTCDate() === Number(day);
  if (Number.isNaN(time) || !isDay || hour === "24") return false;
  const seconds = time / 1000;
  out.head(TAG, tags.DATETIME);
  out.head(ARRAY, 2);
  if (seconds < 0) out.head(1, -1 - seconds);
  else out.head(0, seconds);
  out.head(0, Number(decimals.padEnd(9, "0")));
  return true;
}
