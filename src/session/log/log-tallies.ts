/**
 * Marks that count: "3 frames that can't be read". One mark per reason, where it was first met, so
 * that a page can't flood the log with what isn't worth a row each.
 */
import type { LogBook } from "./log-book.ts";
import { type KeptEntry, KeptMark } from "./log-kept.ts";

export interface TallyMark {
  at: number;
  mark: KeptMark["mark"];
  socketKey: string;
  text: (count: number) => string;
}

export class LogTallies {
  readonly #book: LogBook;
  readonly #byReason = new Map<string, { mark: KeptMark; count: number }>();
  readonly #reasons = new Map<KeptEntry, string>();

  constructor(book: LogBook) {
    this.#book = book;
  }

  /** Counts some more for this reason, in the mark that stands for it or in a new one. */
  add(reason: string, count: number, { at, mark, socketKey, text }: TallyMark): void {
    const tally = this.#byReason.get(reason);
    if (tally) {
      tally.count += count;
      this.#book.change(tally.mark, (entry) => {
        entry.text = text(tally.count);
      });
      return;
    }
    const entry = new KeptMark(at, mark, text(count), socketKey);
    this.#byReason.set(reason, { mark: entry, count });
    this.#reasons.set(entry, reason);
    this.#book.append(entry);
  }

  has(reason: string): boolean {
    return this.#byReason.has(reason);
  }

  /** The mark has left the log: the next of its kind gets a new one. */
  forget(entry: KeptEntry): void {
    const reason = this.#reasons.get(entry);
    if (reason === undefined) return;
    this.#reasons.delete(entry);
    this.#byReason.delete(reason);
  }

  clear(): void {
    this.#byReason.clear();
    this.#reasons.clear();
  }
}
