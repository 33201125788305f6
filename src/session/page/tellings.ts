/**
 * What of a page's changes is ours, and when the hook has told of it.
 *
 * A change made from here is shown when the hook tells what came of it, like every other. So whoever
 * makes one waits for that telling, and what is told meanwhile is put down to the person.
 */
import type { SessionKey } from "../model.ts";

export class Tellings {
  /** How many changes of ours run, by session. */
  readonly #acting = new Map<SessionKey, number>();
  readonly #waiting = new Map<SessionKey, Set<() => void>>();

  isActing(key: SessionKey): boolean {
    return this.#acting.has(key);
  }

  /** From here until the function it answers is called, changes of this session are ours. */
  acting(key: SessionKey): () => void {
    this.#acting.set(key, (this.#acting.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#acting.get(key) ?? 1) - 1;
      if (left > 0) this.#acting.set(key, left);
      else this.#acting.delete(key);
    };
  }

  /** The hook told of a change of this session, or of its end. */
  told(key: SessionKey): void {
    for (const resolve of this.#waiting.get(key) ?? []) resolve();
  }

  /**
   * Waits for the hook to tell of a change of a session, from now on.
   * @returns a function that waits for it, so many milliseconds at most
   */
  next(key: SessionKey): (patience: number) => Promise<void> {
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting);
    let told: () => void = () => undefined;
    const telling = new Promise<void>((resolve) => {
      told = resolve;
    });
    waiting.add(told);
    return async (patience) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience);
      });
      await Promise.race([telling, late]);
      clearTimeout(timer);
      waiting.delete(told);
      if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key);
    };
  }
}
