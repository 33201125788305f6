/**
 * Where each of very many rows stands, when nearly all have one height and a few, those that were
 * opened, have another: the few are listed, everything else is multiplied.
 */
export class RowHeights {
  readonly base: number;
  readonly count: number;
  /** Rows that differ, and by how much. */
  readonly #extra = new Map<number, number>();
  /** The same in order, with the sum of the extras up to and with each; made when it is needed. */
  #sums: { index: number; sum: number }[] | undefined = [];

  /** @param base CSS pixels */
  constructor(count: number, base: number) {
    this.count = count;
    this.base = base;
  }

  heightOf(index: number): number {
    return this.base + (this.#extra.get(index) ?? 0);
  }

  /** True where that is news. */
  set(index: number, height: number): boolean {
    if (this.heightOf(index) === height) return false;
    if (height === this.base) this.#extra.delete(index);
    else this.#extra.set(index, height - this.base);
    this.#sums = undefined;
    return true;
  }

  /** The top of a row; of `count`, the height of all. */
  topOf(index: number): number {
    const sums = this.#inOrder();
    let low = 0;
    let high = sums.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle]?.index ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return index * this.base + (sums[low - 1]?.sum ?? 0);
  }

  /** The row at `y`; the first or last one beyond the ends. */
  at(y: number): number {
    let low = 0;
    let high = Math.max(0, this.count - 1);
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.topOf(middle + 1) > y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #inOrder(): { index: number; sum: number }[] {
    if (!this.#sums) {
      let sum = 0;
      this.#sums = [...this.#extra]
        .sort(([one], [other]) => one - other)
        .map(([index, extra]) => {
          sum += extra;
          return { index, sum };
        });
    }
    return this.#sums;
  }
}
