/**
 * Statements that a person saved under a name: in IndexedDB, unencrypted, until they remove them.
 *
 * A name stands for one statement: whoever saves another under it is asked first. Changes come one after
 * the other, each written before it is told.
 */
import { InvalidRequestError, messageOf, SessionError } from "../session/errors.ts";
import {
  headOf,
  NAME_LENGTH,
  SAVED_ENTRIES,
  SAVED_SIZE,
  SAVED_TOTAL,
  type SavedHead,
  type SavedStatement,
  type Statement,
  type StatementsDelta,
  savedName,
  sizeOfStatement,
} from "../session/query/kept-statements.ts";
import { isStatement } from "./stored-statements.ts";

/** Where they are kept. */
export interface SavedStatementStore {
  /** Of each one, what a list shows. */
  loadStatementHeads(): Promise<SavedHead[]>;
  loadStatement(id: string): Promise<SavedStatement | undefined>;
  saveStatement(statement: SavedStatement): Promise<void>;
  removeStatement(id: string): Promise<void>;
}

/** A statement to be saved, and the name that was written for it. */
export interface Naming extends Statement {
  name: string;
  /** The person agreed that the one of this name is overwritten. */
  replace?: boolean;
}

export class SavedStatements {
  readonly #store: SavedStatementStore;
  readonly #told: (delta: StatementsDelta) => void;
  #heads = new Map<string, SavedHead>();
  #loading: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: SavedStatementStore, told: (delta: StatementsDelta) => void) {
    this.#store = store;
    this.#told = told;
  }

  async heads(): Promise<SavedHead[]> {
    await this.#loaded();
    return [...this.#heads.values()];
  }

  /** @throws InvalidRequestError where it is gone */
  async load(id: string): Promise<SavedStatement> {
    const statement = await this.#store.loadStatement(id);
    if (!statement) throw new InvalidRequestError("This statement isn't saved any more.");
    return statement;
  }

  /** Every one, whole. */
  async all(): Promise<SavedStatement[]> {
    const heads = await this.heads();
    const all = await Promise.all(heads.map(({ id }) => this.#store.loadStatement(id)));
    return all.filter((statement) => statement !== undefined);
  }

  /**
   * @returns its id; `taken` where the name is another one's, and the person has to be asked
   * @throws InvalidRequestError; StatementNotSavedError where there is no room
   */
  save(naming: Naming): Promise<{ id: string; taken?: undefined } | { taken: string }> {
    return this.#inTurn(async () => {
      const { replace, ...written } = naming;
      if (!isStatement(written))
        throw new InvalidRequestError("This is nothing that can be saved.");
      const name = nameOf(written.name);
      const known = this.#named(name);
      if (known && !replace) return { taken: name };
      const { method, text, bindings } = written;
      const id = known?.id ?? crypto.randomUUID();
      const statement = { id, name, method, text, bindings, savedAt: Date.now() };
      this.#assertRoom(statement);
      await this.#put(statement);
      return { id };
    });
  }

  /** @throws InvalidRequestError where it is gone, or another one has the name */
  rename(id: string, written: string): Promise<void> {
    return this.#inTurn(async () => {
      const name = nameOf(written);
      const other = this.#named(name);
      if (other && other.id !== id) {
        throw new InvalidRequestError(
          `There is a statement “${name}” already.`,
          "Choose another name.",
        );
      }
      await this.#put({ ...(await this.load(id)), name });
    });
  }

  /** @returns what was removed, so that it can be brought back; undefined where it is gone already */
  remove(id: string): Promise<SavedStatement | undefined> {
    return this.#inTurn(async () => {
      const statement = await this.#store.loadStatement(id);
      await this.#store.removeStatement(id);
      this.#heads.delete(id);
      this.#told({ removed: [id] });
      return statement;
    });
  }

  /**
   * Adds statements of a file. What is there already stays; one of the same name and another content
   * gets a name of its own.
   * @returns how many came in
   * @throws as `save`; those before stay
   */
  import(statements: readonly (Statement & { name: string; savedAt: number })[]): Promise<number> {
    return this.#inTurn(async () => {
      let count = 0;
      for (const { name, method, text, bindings, savedAt } of statements) {
        const known = this.#named(name);
        const same = known && (await this.#store.loadStatement(known.id));
        if (same && same.method === method && same.text === text && same.bindings === bindings) {
          continue;
        }
        const id = crypto.randomUUID();
        const statement = { id, name: this.#freeName(name), method, text, bindings, savedAt };
        this.#assertRoom(statement);
        await this.#put(statement);
        count += 1;
      }
      return count;
    });
  }

  /** After all that is stored was deleted. */
  forgetAll(): void {
    const removed = [...this.#heads.keys()];
    this.#heads = new Map();
    this.#told({ removed });
  }

  #named(name: string): SavedHead | undefined {
    return [...this.#heads.values()].find((head) => head.name === name);
  }

  /** "Notes of Bob", "Notes of Bob 2". */
  #freeName(name: string): string {
    let free = name;
    for (let number = 2; this.#named(free); number++) {
      const suffix = ` ${number}`;
      free = name.slice(0, NAME_LENGTH - suffix.length).trimEnd() + suffix;
    }
    return free;
  }

  /** @throws InvalidRequestError */
  #assertRoom(statement: SavedStatement): void {
    const size = sizeOfStatement(statement);
    if (size > SAVED_SIZE) {
      throw new InvalidRequestError(
        `“${statement.name}” isn't saved: a statement of 1 MB is the longest that can be.`,
        "Keep it in a file.",
      );
    }
    const others = [...this.#heads.values()].filter(({ id }) => id !== statement.id);
    if (others.length >= SAVED_ENTRIES) {
      throw new InvalidRequestError(
        `“${statement.name}” isn't saved: there are ${SAVED_ENTRIES} statements, which is as many as can be.`,
        "Remove one of them first.",
      );
    }
    if (others.reduce((sum, head) => sum + head.size, size) > SAVED_TOTAL) {
      throw new InvalidRequestError(
        `“${statement.name}” isn't saved: all saved statements together take 20 MB at most.`,
        "Remove a long one first.",
      );
    }
  }

  async #put(statement: SavedStatement): Promise<void> {
    try {
      await this.#store.saveStatement(statement);
    } catch (error) {
      throw new StatementNotSavedError(statement.name, error);
    }
    const head = headOf(statement);
    this.#heads.set(head.id, head);
    this.#told({ saved: [head] });
  }

  #loaded(): Promise<void> {
    this.#loading ??= this.#store.loadStatementHeads().then(
      (heads) => {
        this.#heads = new Map(heads.map((head) => [head.id, head]));
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      await this.#loaded();
      return work();
    });
    // Each asks for itself whether the one before failed; here only its end matters.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** The browser had no room, or its storage is broken. */
export class StatementNotSavedError extends SessionError {
  constructor(name: string, cause: unknown) {
    super(
      "StatementNotSavedError",
      `“${name}” isn't saved: the browser's storage is full or broken (${messageOf(cause)}).`,
      "Make room, or keep the statement in a file.",
    );
  }
}

/** @throws InvalidRequestError */
function nameOf(written: string): string {
  const name = typeof written === "string" ? savedName(written) : undefined;
  if (name === undefined) {
    throw new InvalidRequestError(
      `A statement is saved under a name of 1 to ${NAME_LENGTH} characters.`,
    );
  }
  return name;
}
