/**
 * Routed requests take turns: so many of a document are on their way at a time, the others wait here.
 *
 * A page may send as fast as it likes, as to its own server; what it sends faster than it is answered
 * waits in the page that sends it, and not in the worker that serves all of them.
 */
import type { RelayUp } from "../session/relay/relay-messages.ts";

export type Routed = Extract<RelayUp, { type: "relay" }>;

/** On their way to the worker. */
const AT_ONCE = 64;
/** Waiting for their turn: so many, of so many bytes. */
const MOST_WAITING = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;

export class Turns {
  readonly #send: (message: Routed) => void;
  readonly #underWay = new Set<number>();
  /** In order; what was before `first` has left. */
  #waiting: Routed[] = [];
  #first = 0;
  #bytes = 0;
  #isLetting = false;

  constructor(send: (message: Routed) => void) {
    this.#send = send;
  }

  /** The next one has to wait. */
  get isFull(): boolean {
    return this.#underWay.size >= AT_ONCE;
  }

  /** The one that has waited longest; undefined: none waits. */
  get oldest(): number | undefined {
    return this.#waiting[this.#first]?.seq;
  }

  /** Why no more can wait, one sentence; undefined: this one can. */
  tooMuch(size: number): string | undefined {
    if (!this.isFull) return undefined;
    const count = this.#waiting.length - this.#first;
    if (count < MOST_WAITING && this.#bytes + size <= MOST_BYTES) return undefined;
    return `${count} requests wait for their turn already. Nothing was sent.`;
  }

  /** @param message whose frame is its own where it has to wait: see `isFull` */
  add(message: Routed): void {
    if (!this.isFull) {
      this.#leave(message);
      return;
    }
    this.#waiting.push(message);
    this.#bytes += message.frame.length;
  }

  /** It is answered, or nobody waits for it any more. */
  done(seq: number): void {
    this.#underWay.delete(seq);
    // Who leaves may be done at once, where there is no way to go.
    if (this.#isLetting) return;
    this.#isLetting = true;
    while (!this.isFull && this.#first < this.#waiting.length) {
      const next = this.#waiting[this.#first] as Routed;
      this.#first += 1;
      this.#bytes -= next.frame.length;
      this.#leave(next);
    }
    this.#isLetting = false;
    // What has left is let go of now and then: moving the others up each time would cost more.
    if (this.#first > 1_000 || this.#first === this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
  }

  /** These are for nobody any more, whether they left or not. */
  drop(seqs: ReadonlySet<number>): void {
    this.#waiting = this.#waiting.slice(this.#first).filter(({ seq }) => !seqs.has(seq));
    this.#first = 0;
    this.#bytes = 0;
    for (const { frame } of this.#waiting) this.#bytes += frame.length;
    for (const seq of seqs) this.done(seq);
  }

  /** Nothing that is under way will be answered. @returns those that never left */
  lost(): ReadonlySet<number> {
    const never = new Set(this.#waiting.slice(this.#first).map(({ seq }) => seq));
    this.#underWay.clear();
    this.#waiting = [];
    this.#first = 0;
    this.#bytes = 0;
    return never;
  }

  #leave(message: Routed): void {
    this.#underWay.add(message.seq);
    this.#send(message);
  }
}
