/**
 * Troubles of the extension itself, told to the person: a store that is full or broken.
 *
 * What can't be stored goes on in memory. Each kind of trouble is told once.
 */
export class Troubles {
  readonly #told = new Set<string>();
  readonly #changed: () => void;

  /** @param changed called when there is a new one to tell */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get all(): string[] {
    return [...this.#told];
  }

  /** Never rejects: a write that fails is told. */
  async store(what: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.failed(what, error);
    }
  }

  /** @param what "store a session": it follows "Could not" */
  failed(what: string, error: unknown): void {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.add(`Could not ${what} (${reason}). It goes on in memory, until the browser closes.`);
  }

  /** @param trouble one sentence or two, as a person reads it */
  add(trouble: string): void {
    if (this.#told.has(trouble)) return;
    this.#told.add(trouble);
    this.#changed();
  }
}
