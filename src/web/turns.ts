/**
 * One after the other, by name.
 *
 * Whatever touches the cookies of one host in one cookie store takes its turn: ports and tabs share them,
 * and a look in the middle of a swap would see a session that nobody has.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs when all that came before under this name has ended, however it ended. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const turn = before.then(work, work);
    const ended = turn
      .catch(() => undefined)
      .finally(() => {
        if (this.#last.get(name) === ended) this.#last.delete(name);
      });
    this.#last.set(name, ended);
    return turn;
  }
}
