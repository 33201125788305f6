/**
 * One clock for all that counts down or says "2 s ago".
 *
 * It ticks once a second, and only while something on screen reads it: signals tell when the first
 * reader comes and the last one goes.
 */
import { type ReadonlySignal, signal } from "@preact/signals";

let timer: ReturnType<typeof setInterval> | undefined;

const ticking = signal(Date.now(), {
  watched() {
    ticking.value = Date.now();
    timer = setInterval(() => {
      ticking.value = Date.now();
    }, 1_000);
  },
  unwatched() {
    clearInterval(timer);
  },
});

/** Milliseconds since 1970, renewed every second while it is read. */
export const now: ReadonlySignal<number> = ticking;
