/**
 * How much one page, or all pages of one origin, may ask for in a while.
 *
 * A bucket that fills at a steady rate: a burst is served at once, a flood is refused, and nobody else
 * has less for it.
 */
export class Bucket {
  readonly #perSecond: number;
  readonly #size: number;
  #left: number;
  #at = performance.now();

  /** @param size of the largest burst */
  constructor(perSecond: number, size: number) {
    this.#perSecond = perSecond;
    this.#size = size;
    this.#left = size;
  }

  /** False, and nothing is taken, where so much isn't there. */
  take(amount: number): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#size, this.#left + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }
}

/** What the documents of one origin share. */
export interface ApiAllowance {
  requests: Bucket;
  bytes: Bucket;
  /** Requests that wait for their answers. */
  running: number;
}

const MEGABYTE = 1024 * 1024;

/** For one document. */
export const DOCUMENT_RATE = { perSecond: 500, burst: 1_000 } as const;

export function originAllowance(): ApiAllowance {
  return {
    requests: new Bucket(1_000, 2_000),
    bytes: new Bucket(32 * MEGABYTE, 64 * MEGABYTE),
    running: 0,
  };
}
