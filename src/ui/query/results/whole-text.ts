/**
 * The whole of a result as text, made in slices between which the page goes on living: 100 MB take
 * seconds, in which a person must be able to scroll, to see how far it is, and to give it up.
 */
import { formatJson } from "../../../session/json-text.ts";
import { objectKey, writeSurql } from "../../../session/surql.ts";
import { Fields } from "../../../wire/fields.ts";
import { isTakenApart, lookAt } from "../../../wire/look.ts";
import type { Result } from "../../../wire/result.ts";
import { type Rows, singleRow } from "../../../wire/rows.ts";
import { ColumnFinder } from "./columns.ts";
import { CsvWriter } from "./csv.ts";

export type WholeFormat = "json" | "surql" | "csv";

export interface WholeOptions {
  signal?: AbortSignal;
  /** How much is done, from 0 to 1; called between slices. */
  onProgress?: (part: number) => void;
}

export interface WholeText {
  text: string;
  /** Texts of a CSV that got an apostrophe (see csv.ts). */
  guarded: number;
}

/** Milliseconds of work in one piece: less than a frame. */
const SLICE = 12;
const LINE_WIDTH = 88;

/**
 * @throws the signal's reason where it was given up; RangeError where no text is that long
 */
export async function wholeText(
  result: Result,
  format: WholeFormat,
  options: WholeOptions = {},
): Promise<WholeText> {
  const work = new Work(result.bytes.length, options);
  if (format === "csv") return wholeCsv(result, work);
  const pieces: string[] = [];
  await writeParts(result.look(), format, pieces, "", work);
  return { text: pieces.join(""), guarded: 0 };
}

/** Counts what was worked on, and lets the page live when a slice is over. */
class Work {
  readonly #of: number;
  readonly #options: WholeOptions;
  #done = 0;
  #sliceEnd = performance.now() + SLICE;

  constructor(of: number, options: WholeOptions) {
    this.#of = of;
    this.#options = options;
  }

  /** @param bytes of CBOR that were written since */
  async did(bytes: number): Promise<void> {
    this.#done += bytes;
    if (performance.now() < this.#sliceEnd) return;
    this.#options.onProgress?.(Math.min(1, this.#done / this.#of));
    await new Promise((resolve) => setTimeout(resolve));
    this.#options.signal?.throwIfAborted();
    this.#sliceEnd = performance.now() + SLICE;
  }
}

async function writeParts(
  value: unknown,
  format: "json" | "surql",
  into: string[],
  indent: string,
  work: Work,
): Promise<void> {
  if (!isTakenApart(value)) {
    into.push(smallText(value, format, indent));
    return;
  }
  const keys = value instanceof Fields ? value.keys : undefined;
  into.push(keys ? "{" : "[");
  const deeper = `${indent}  `;
  let first = true;
  for (let index = 0; index < value.length; index++) {
    const part = lookAt(value, index);
    // JSON has no NONE: in an object the key is left out, as `formatJson` does it.
    if (format === "json" && keys && part === undefined) continue;
    into.push(first ? "\n" : ",\n", deeper);
    first = false;
    const key = keys?.[index];
    if (key !== undefined)
      into.push(format === "json" ? JSON.stringify(key) : objectKey(key), ": ");
    await writeParts(part, format, into, deeper, work);
    if (!isTakenApart(part)) await work.did(value.bytesAt(index).length);
  }
  if (!first) into.push("\n", indent);
  into.push(keys ? "}" : "]");
}

/** Line breaks are layout alone: those of values are escaped in both formats. */
function smallText(value: unknown, format: "json" | "surql", indent: string): string {
  const { text } =
    format === "json"
      ? formatJson(value)
      : writeSurql(value, { lineWidth: Math.max(20, LINE_WIDTH - indent.length) });
  return indent === "" ? text : text.replaceAll("\n", `\n${indent}`);
}

async function wholeCsv(result: Result, work: Work): Promise<WholeText> {
  const rows: Rows = result.rows ?? singleRow(result.bytes);
  const finder = new ColumnFinder(rows, Number.POSITIVE_INFINITY);
  while (!finder.done) {
    finder.read(SLICE);
    await work.did(0);
  }
  const { keys, hasValues } = finder.columns;
  const csv = new CsvWriter(keys, hasValues);
  const lines = [csv.header()];
  for (let index = 0; index < rows.length; index++) {
    lines.push(csv.row(lookAt(rows, index)));
    await work.did(rows.sizeAt(index));
  }
  return { text: lines.join(""), guarded: csv.guarded };
}
