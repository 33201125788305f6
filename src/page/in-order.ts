/**
 * Steps that are done in the order in which they came, though some take time: a Blob is read later
 * than it arrives, and what comes behind it must not overtake it.
 */
export class InOrder {
  readonly #steps: (() => void)[] = [];
  #waits = false;

  /** True while a step takes its time; the next ones queue up. */
  get waits(): boolean {
    return this.#waits;
  }

  /** Does it at once, or when all before it is done. */
  step(work: () => void): void {
    if (this.#waits) this.#steps.push(work);
    else work();
  }

  /** The same, for a step that takes time: it calls `done` at its end. */
  slowStep(work: (done: () => void) => void): void {
    this.step(() => {
      this.#waits = true;
      work(() => {
        this.#waits = false;
        while (!this.#waits) {
          const next = this.#steps.shift();
          if (!next) return;
          next();
        }
      });
    });
  }
}
