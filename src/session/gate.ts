/**
 * The gate in front of a held session.
 *
 * A session whose sign-in failed still answers at the server: as anonymous, or as whoever it was
 * before. So nothing passes to the server in a session's name before the server itself has confirmed
 * who that is. Requests wait here for a short while, then fail without having been sent.
 */
import { GateClosedError } from "./errors.ts";
import type { GateView } from "./model.ts";

/** How long a request waits at a closed gate, in milliseconds (design: 5 s). */
export const GATE_PATIENCE = 5_000;

/** Why the gate is closed, if it is, and whether anybody may wait. */
export interface GateStanding {
  readonly reason: string | undefined;
  readonly advice: string | undefined;
  readonly barred: boolean;
}

interface Waiter {
  pass: () => void;
  fail: (error: GateClosedError) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Gate {
  #reason: string | undefined = "the server has not confirmed who it is yet.";
  #advice: string | undefined;
  #barred = false;
  #waiters = new Set<Waiter>();
  readonly #label: () => string;

  constructor(label: () => string) {
    this.#label = label;
  }

  get view(): GateView {
    return this.#reason === undefined ? { open: true } : { open: false, reason: this.#reason };
  }

  get isOpen(): boolean {
    return this.#reason === undefined;
  }

  /** Closes for now: requests wait for it to open again. `reason` is a sentence. */
  close(reason: string): void {
    this.#reason = reason;
    this.#advice = undefined;
    this.#barred = false;
  }

  /** Closes for good, as far as waiting goes: requests fail at once, those that wait too. */
  bar(reason: string, advice?: string): void {
    this.#reason = reason;
    this.#advice = advice;
    this.#barred = true;
    for (const waiter of this.#waiters) this.#settle(waiter).fail(this.#error());
  }

  /** How it stands, to be reinstated after something that came to nothing. */
  get standing(): GateStanding {
    return { reason: this.#reason, advice: this.#advice, barred: this.#barred };
  }

  /** @param standing of a gate that was closed */
  reinstate({ reason, advice, barred }: GateStanding): void {
    if (reason === undefined) return;
    if (barred) this.bar(reason, advice);
    else this.close(reason);
  }

  open(): void {
    this.#reason = undefined;
    this.#barred = false;
    for (const waiter of this.#waiters) this.#settle(waiter).pass();
  }

  /**
   * Resolves while the gate is open. What follows must send in the same task: after any `await` the
   * gate may have closed again.
   * @throws GateClosedError after GATE_PATIENCE, or at once when barred
   */
  async pass(): Promise<void> {
    while (this.#reason !== undefined) {
      if (this.#barred) throw this.#error();
      await new Promise<void>((pass, fail) => {
        const waiter: Waiter = {
          pass,
          fail,
          timer: setTimeout(() => this.#settle(waiter).fail(this.#error()), GATE_PATIENCE),
        };
        this.#waiters.add(waiter);
      });
    }
  }

  #settle(waiter: Waiter): Waiter {
    clearTimeout(waiter.timer);
    this.#waiters.delete(waiter);
    return waiter;
  }

  #error(): GateClosedError {
    return new GateClosedError(this.#label(), this.#reason ?? "", this.#advice);
  }
}
