/**
 * The traffic of a routed page in the order in which it happened.
 *
 * What goes by way of a route is known here at once, what goes to the page's own server is told by its
 * hook in batches. So while anything is routed, both wait long enough for each other.
 */
import type { TrafficRecord } from "../session/page/page-model.ts";

/** Longer than a hook's batch takes, in milliseconds. */
const WAIT = 120;

export class TrafficOrder {
  readonly #tell: (records: TrafficRecord[]) => void;
  #records: TrafficRecord[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (records: TrafficRecord[]) => void) {
    this.#tell = tell;
  }

  /** @param isMixed both ways are in use */
  add(records: TrafficRecord[], isMixed: boolean): void {
    for (const record of records) this.#records.push(record);
    if (isMixed) this.#timer ??= setTimeout(() => this.flush(), WAIT);
    else this.flush();
  }

  /** Tells what has come so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#records.length === 0) return;
    // Stable: what happened in the same moment stays as it came.
    const records = this.#records.sort((a, b) => a.at - b.at);
    this.#records = [];
    this.#tell(records);
  }
}
