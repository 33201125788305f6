/** The whole of a statement's result as text, in the format that a person chose, made in slices. */
import { lookAt } from "../../../wire/look.ts";
import type { Result } from "../../../wire/result.ts";
import { singleRow } from "../../../wire/rows.ts";
import {
  Pieces,
  SLICE,
  SlicedWork,
  type SliceOptions,
  textInSlices,
} from "../../values/text-in-slices.ts";
import { ColumnFinder } from "./columns.ts";
import { CsvWriter } from "./csv.ts";

export type WholeFormat = "json" | "surql" | "csv";

export interface WholeText {
  text: string;
  /** Texts of a CSV that got an apostrophe (see csv.ts). */
  guarded: number;
}

/**
 * @throws the signal's reason where it was given up; RangeError where no text is that long
 */
export async function wholeText(
  result: Result,
  format: WholeFormat,
  options: SliceOptions = {},
): Promise<WholeText> {
  if (format === "csv") return wholeCsv(result, options);
  return { text: await textInSlices(result.look(), format, options), guarded: 0 };
}

async function wholeCsv(result: Result, options: SliceOptions): Promise<WholeText> {
  const work = new SlicedWork(result.bytes.length, options);
  const rows = result.rows ?? singleRow(result.bytes);
  const finder = new ColumnFinder(rows, Number.POSITIVE_INFINITY);
  while (!finder.done) {
    finder.read(SLICE);
    await work.did(0);
  }
  const { keys, hasValues } = finder.columns;
  const csv = new CsvWriter(keys, hasValues);
  const lines = new Pieces();
  lines.add(csv.header());
  for (let index = 0; index < rows.length; index++) {
    lines.add(csv.row(lookAt(rows, index)));
    await work.did(rows.sizeAt(index));
  }
  return { text: lines.toString(), guarded: csv.guarded };
}
