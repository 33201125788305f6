/**
 * Text that stops growing.
 *
 * A result may be ten megabytes; nobody reads more than the first pages of it, and a view that builds
 * all of it freezes. Whoever turns a value into text writes into one of these and stops at the first
 * write that is refused, so the work done is bounded by the text wanted, not by the value.
 */
export class BoundedText {
  /** Character position on the last line; what a pretty printer needs to break lines. */
  column = 0;
  #parts: string[] = [];
  #left: number;
  #cut = false;

  /** `limit`: characters (UTF-16 units) at most. */
  constructor(limit: number) {
    this.#left = limit;
  }

  /** Characters that may still be written. */
  get left(): number {
    return this.#left;
  }

  /** True when something didn't fit, or was left out on purpose. */
  get cut(): boolean {
    return this.#cut;
  }

  /** Adds text; false, and nothing more is taken, once the limit is passed. */
  write(text: string): boolean {
    if (this.#left < 0) return false;
    const fits = text.length <= this.#left;
    const taken = fits ? text : wholeCharacters(text, this.#left);
    this.#parts.push(taken);
    const lastBreak = taken.lastIndexOf("\n");
    this.column = lastBreak < 0 ? this.column + taken.length : taken.length - lastBreak - 1;
    if (fits) {
      this.#left -= text.length;
      return true;
    }
    this.#left = -1;
    this.#cut = true;
    return false;
  }

  /** Writes "…" in place of something deliberately left out. */
  leaveOut(): boolean {
    this.#cut = true;
    return this.write("…");
  }

  /** All that was written; ends with "…" where the limit cut it. */
  toString(): string {
    return this.#parts.join("") + (this.#left < 0 ? "…" : "");
  }
}

/** The first `length` units of a text, one less rather than half a surrogate pair. */
export function wholeCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
