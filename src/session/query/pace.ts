/** Long work in slices, between which the panel stays awake. */
import { inNextTask } from "../next-task.ts";

/** Milliseconds of work between two looks at what else there is to do. */
const SLICE = 8;
/** Rows between two looks at the clock. */
const STRIDE = 64;

/** Lets others work in between. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  #until = performance.now() + SLICE;
  #steps = 0;

  /** @param signal nobody waits for the work any more */
  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** True where it's time for a rest. Cheap: to be asked at each row. */
  get due(): boolean {
    return ++this.#steps % STRIDE === 0 && performance.now() > this.#until;
  }

  /** @throws the signal's reason, once it is aborted */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => inNextTask(resolve));
    this.#signal?.throwIfAborted();
    this.#until = performance.now() + SLICE;
  }
}
