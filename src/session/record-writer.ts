/**
 * Writing sessions down, several at a time.
 *
 * A restore changes hundreds of sessions in a moment. Whatever is handed in while a write is under
 * way goes, in one transaction, with the next one; whoever handed it in waits for that.
 */
import type { SessionRecord } from "./store.ts";

export class RecordWriter {
  readonly #write: (records: SessionRecord[]) => Promise<void>;
  readonly #waiting = new Set<SessionRecord>();
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param write stores all of them; never rejects */
  constructor(write: (records: SessionRecord[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the record, as it is at the time of writing, is stored. */
  save(record: SessionRecord): Promise<void> {
    this.#waiting.add(record);
    if (this.#next === undefined) {
      this.#next = this.#last.then(() => {
        this.#next = undefined;
        const records = [...this.#waiting];
        this.#waiting.clear();
        return this.#write(records);
      });
      this.#last = this.#next;
    }
    return this.#next;
  }

  /** Doesn't write this record any more; resolves when no write is under way. */
  async drop(record: SessionRecord): Promise<void> {
    this.#waiting.delete(record);
    await this.#last;
  }

  /** Resolves when all that was handed in is written. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
