/**
 * How many requests of one page the server has at a time: many while no other page asks, few while
 * others do, so that whoever floods its own session makes no other page wait.
 */
const ALONE = 32;
const AMONG_OTHERS = 8;
/** A page counts for so many milliseconds after its last request. */
const LATELY = 1_000;

export class Turns {
  /** By page: when it asked last. */
  readonly #asked = new Map<string, number>();

  /** This page asks, or goes on asking. @returns how many of its requests may be at the server */
  atOnce(page: string): number {
    const now = performance.now();
    this.#asked.delete(page);
    this.#asked.set(page, now);
    // In the order in which they asked last.
    for (const [other, at] of this.#asked) {
      if (now - at <= LATELY) break;
      this.#asked.delete(other);
    }
    return this.#asked.size > 1 ? AMONG_OTHERS : ALONE;
  }
}
