/**
 * How many requests a routed document may have at the server at a time: many while it is alone, few
 * while others want to be served too. A server works them off one after the other, so what one document
 * has there is what all the others wait for.
 */

const ALONE = 32;
const AMONG_OTHERS = 8;
/** Milliseconds after its last request for which a document counts. */
const LATELY = 1_000;

export class Turns {
  readonly #last = new Map<object, number>();

  /** @param document who asks, and so wants to be served now */
  atOnce(document: object, now = performance.now()): number {
    this.#last.set(document, now);
    for (const [other, at] of this.#last) if (now - at > LATELY) this.#last.delete(other);
    return this.#last.size > 1 ? AMONG_OTHERS : ALONE;
  }

  left(document: object): void {
    this.#last.delete(document);
  }
}
