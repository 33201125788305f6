/**
 * When a routed document may send its next request to the server: many at a time while it is alone, few
 * while others want to be served too, and only so many a second where others are being served right
 * now. A server works requests off one after the other, and a browser carries them on the same few cores,
 * so what one document has on the way is what all the others wait for.
 *
 * Few at a time are no limit to how much where the server is near; there a document that never pauses
 * keeps every core busy, however few they are. So its rate counts, too, beyond what pages ask.
 */

const ALONE = 32;
const AMONG_OTHERS = 8;
/** Milliseconds after its last request for which a document counts. */
const LATELY = 1_000;
/** The same, for which one that sends faster than `PER_SECOND`, after so many at once, has to wait. */
const JUST_NOW = 100;
const PER_SECOND = 500;
const BURST = 64;
/** Milliseconds: turns come with answers, and with time where answers are slow or none. */
const PATIENCE = 100;

interface Share {
  /** When it asked last. */
  asked: number;
  /** Requests that it could send at once, as of `counted`. */
  left: number;
  counted: number;
}

export class Turns {
  readonly #shares = new Map<object, Share>();

  /** @param document that has a new request, and so wants to be served now */
  asked(document: object, now = performance.now()): void {
    this.#shareOf(document, now).asked = now;
  }

  /**
   * Whether it is this document's turn.
   * @param running requests of its that wait for their answers
   * @returns 0: it sends its next request, which then counts; else the milliseconds after which to come again
   *   if no answer does
   */
  wait(document: object, running: number, now = performance.now()): number {
    const share = this.#shareOf(document, now);
    const earned = ((now - share.counted) / 1_000) * PER_SECOND;
    share.left = Math.min(BURST, share.left + earned);
    share.counted = now;
    const others = [...this.#shares.values()].filter((other) => other !== share);
    const isAlone = !others.some(({ asked }) => now - asked <= LATELY);
    if (running >= (isAlone ? ALONE : AMONG_OTHERS)) return PATIENCE;
    // One that is too fast itself is nobody to slow down for.
    const isHeard = ({ asked, left }: Share) => now - asked <= JUST_NOW && left >= 1;
    if (share.left < 1 && others.some(isHeard)) return ((1 - share.left) / PER_SECOND) * 1_000;
    share.left = Math.max(0, share.left - 1);
    return 0;
  }

  left(document: object): void {
    this.#shares.delete(document);
  }

  #shareOf(document: object, now: number): Share {
    const known = this.#shares.get(document);
    if (known) return known;
    const share = { asked: now, left: BURST, counted: now };
    this.#shares.set(document, share);
    return share;
  }
}
