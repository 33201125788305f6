/**
 * A value as text, made in slices between which the page goes on living: 100 MB take seconds, in which
 * a person must be able to scroll, to see how far it is, and to give it up.
 */
import { formatJson } from "../../session/json-text.ts";
import { objectKey, writeSurql } from "../../session/surql.ts";
import { Fields } from "../../wire/fields.ts";
import { isTakenApart, lookAt } from "../../wire/look.ts";

export interface SliceOptions {
  signal?: AbortSignal;
  /** How much is done, from 0 to 1; called between slices. */
  onProgress?: (part: number) => void;
}

/** Milliseconds of work in one piece: less than a frame. */
export const SLICE = 12;
const LINE_WIDTH = 88;
/** Characters that browsers take in one text; Chromium's limit, the lower one. */
const LONGEST = 536_870_888;

/** Counts what was worked on, and lets the page live when a slice is over. */
export class SlicedWork {
  readonly #of: number;
  readonly #options: SliceOptions;
  #done = 0;
  #sliceEnd = performance.now() + SLICE;

  /** @param of bytes of CBOR that there are to write */
  constructor(of: number, options: SliceOptions) {
    this.#of = of;
    this.#options = options;
  }

  /**
   * @param bytes of CBOR that were written since
   * @throws the signal's reason where the work was given up
   */
  async did(bytes: number): Promise<void> {
    this.#done += bytes;
    if (performance.now() < this.#sliceEnd) return;
    this.#options.onProgress?.(Math.min(1, this.#done / this.#of));
    await new Promise((resolve) => setTimeout(resolve));
    this.#options.signal?.throwIfAborted();
    this.#sliceEnd = performance.now() + SLICE;
  }
}

/** Pieces that become one text. */
export class Pieces {
  readonly #pieces: string[] = [];
  #length = 0;

  /** @throws RangeError where no text is that long */
  add(...texts: string[]): void {
    for (const text of texts) {
      this.#length += text.length;
      this.#pieces.push(text);
    }
    if (this.#length > LONGEST) {
      throw new RangeError(
        "As text this is longer than half a gigabyte, which no clipboard takes.",
      );
    }
  }

  toString(): string {
    return this.#pieces.join("");
  }
}

/**
 * @param value as `look` gives it
 * @throws the signal's reason where it was given up; RangeError where no text is that long
 */
export async function textInSlices(
  value: unknown,
  format: "json" | "surql",
  options: SliceOptions = {},
): Promise<string> {
  const into = new Pieces();
  const size = isTakenApart(value) ? value.bytes.length : 1;
  await write(value, format, into, "", new SlicedWork(size, options));
  return into.toString();
}

async function write(
  value: unknown,
  format: "json" | "surql",
  into: Pieces,
  indent: string,
  work: SlicedWork,
): Promise<void> {
  if (!isTakenApart(value)) {
    into.add(smallText(value, format, indent));
    return;
  }
  const keys = value instanceof Fields ? value.keys : undefined;
  into.add(keys ? "{" : "[");
  const deeper = `${indent}  `;
  let first = true;
  for (let index = 0; index < value.length; index++) {
    const part = lookAt(value, index);
    // JSON has no NONE: in an object the key is left out, as `formatJson` does it.
    if (format === "json" && keys && part === undefined) continue;
    into.add(first ? "\n" : ",\n", deeper);
    first = false;
    const key = keys?.[index];
    if (key !== undefined) into.add(format === "json" ? JSON.stringify(key) : objectKey(key), ": ");
    await write(part, format, into, deeper, work);
    if (!isTakenApart(part)) await work.did(value.bytesAt(index).length);
  }
  if (!first) into.add("\n", indent);
  into.add(keys ? "}" : "]");
}

/** Line breaks are layout alone: those of values are escaped in both formats. */
function smallText(value: unknown, format: "json" | "surql", indent: string): string {
  const { text } =
    format === "json"
      ? formatJson(value)
      : writeSurql(value, { lineWidth: Math.max(20, LINE_WIDTH - indent.length) });
  return indent === "" ? text : text.replaceAll("\n", `\n${indent}`);
}
