/**
 * A list that grows at its end and is trimmed at its beginning, kept in the order of `seq`.
 *
 * Taking the first of a hundred thousand off an array moves all the others. Here the beginning is an
 * offset, and the room before it is given back when it has become half of the list: each entry is moved
 * once at most, however long the list lives.
 */
export class LogList<Entry extends { readonly seq: number }> {
  #items: Entry[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  at(index: number): Entry | undefined {
    return index < 0 ? undefined : this.#items[this.#head + index];
  }

  first(): Entry | undefined {
    return this.at(0);
  }

  last(): Entry | undefined {
    return this.at(this.length - 1);
  }

  /** Index of the entry of this number; -1 where there is none. */
  indexOf(seq: number): number {
    const index = this.#firstFrom(seq);
    return this.at(index)?.seq === seq ? index : -1;
  }

  /** Puts an entry where its number belongs: at the end, nearly always. */
  insert(entry: Entry): void {
    const last = this.last();
    if (last === undefined || last.seq < entry.seq) this.#items.push(entry);
    else this.#items.splice(this.#head + this.#firstFrom(entry.seq), 0, entry);
  }

  /** Takes the entry of this number out, if it is there. */
  remove(seq: number): void {
    const index = this.indexOf(seq);
    if (index === 0) this.shift();
    else if (index > 0) this.#items.splice(this.#head + index, 1);
  }

  shift(): Entry | undefined {
    const entry = this.first();
    this.#head += 1;
    if (entry === undefined) this.clear();
    else if (this.#head > ROOM && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  replaceAll(entries: Entry[]): void {
    this.#items = entries;
    this.#head = 0;
  }

  /** A copy of its own. */
  toArray(): Entry[] {
    return this.#items.slice(this.#head);
  }

  /** Index of the first entry whose number is at least `seq`. */
  #firstFrom(seq: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle) as Entry).seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Trimmed entries that may lie before the beginning. */
const ROOM = 1_024;
