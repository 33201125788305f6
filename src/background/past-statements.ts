/**
 * What was run lately, from any panel, in the memory of the browser: gone when that closes, since a
 * statement may hold secrets.
 *
 * Written before it is told, as everything is: so what a panel lists is there after the worker's death.
 * As the sign-ins, statements of a private window of Chrome share their memory with those of the others,
 * and carry in their key whose they are.
 */
import { InvalidRequestError } from "../session/errors.ts";
import {
  type Ending,
  isSameRun,
  PAST_ENTRIES,
  PAST_TOTAL,
  type PastStatement,
  type StatementsDelta,
  sizeOfStatement,
} from "../session/query/kept-statements.ts";
import { isEnding, isPastStatement } from "./stored-statements.ts";

/** `storage.session` of the browser, as far as it is needed; tests give their own. */
export interface PastArea {
  get(keys: null): Promise<Record<string, unknown>>;
  set(items: Record<string, unknown>): Promise<void>;
  remove(keys: string[]): Promise<void>;
}

/** Bytes of an entry beside its text and bindings, roughly. */
const BESIDE = 1_000;

export class PastStatements {
  readonly #area: PastArea;
  readonly #prefix: string;
  readonly #told: (delta: StatementsDelta) => void;
  /** Newest first. */
  #entries: PastStatement[] = [];
  #loading: Promise<void> | undefined;

  /** @param isPrivate of a private window's own worker */
  constructor(area: PastArea, isPrivate: boolean, told: (delta: StatementsDelta) => void) {
    this.#area = area;
    this.#prefix = isPrivate ? "private-statement:" : "statement:";
    this.#told = told;
  }

  /** Newest first. */
  async all(): Promise<readonly PastStatement[]> {
    await this.#loaded();
    return this.#entries;
  }

  /**
   * Takes the place of the same statement run by the same sessions before.
   * @throws InvalidRequestError for what is no entry, or a longer one than is kept
   * @throws where the browser has no room for it
   */
  async add(entry: PastStatement): Promise<void> {
    if (!isPastStatement(entry)) {
      throw new InvalidRequestError(
        "This can't be kept in the history: it is too long, or no run.",
      );
    }
    await this.#loaded();
    const others = this.#entries.filter(({ id }) => id !== entry.id);
    const kept = bounded([entry, ...others.filter((other) => !isSameRun(entry, other))]);
    const forgotten = others.filter((other) => !kept.includes(other)).map(({ id }) => id);
    this.#entries = kept;
    try {
      await this.#write(entry);
    } catch (error) {
      this.#entries = this.#entries.filter((each) => each !== entry);
      throw error;
    }
    await this.#drop(forgotten);
    this.#told({ past: [entry], forgotten });
  }

  /** How it ended in one of its sessions. Nothing where it is forgotten meanwhile. */
  async ended(id: string, index: number, ending: Ending): Promise<void> {
    if (!isEnding(ending)) throw new InvalidRequestError("This is no end of a statement.");
    await this.#loaded();
    const at = this.#entries.findIndex((each) => each.id === id);
    const entry = this.#entries[at];
    if (!entry?.sessions[index]) return;
    const sessions = entry.sessions.map((each, place) =>
      place === index ? { ...each, ended: ending } : each,
    );
    const next = { ...entry, sessions };
    this.#entries = this.#entries.with(at, next);
    await this.#write(next);
    this.#told({ past: [next] });
  }

  /** Without ids: all of them. */
  async forget(ids?: readonly string[]): Promise<void> {
    await this.#loaded();
    const gone = this.#entries.filter(({ id }) => !ids || ids.includes(id)).map(({ id }) => id);
    this.#entries = this.#entries.filter(({ id }) => !gone.includes(id));
    await this.#drop(gone);
    this.#told({ forgotten: gone });
  }

  #loaded(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const found: PastStatement[] = [];
    for (const [key, value] of Object.entries(await this.#area.get(null))) {
      if (key.startsWith(this.#prefix) && isPastStatement(value)) found.push(value);
    }
    this.#entries = bounded(found.sort((one, other) => other.at - one.at));
  }

  #write(entry: PastStatement): Promise<void> {
    return this.#area.set({ [this.#prefix + entry.id]: entry });
  }

  async #drop(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#area.remove(ids.map((id) => this.#prefix + id));
  }
}

/** The newest, as many as are kept. */
function bounded(entries: readonly PastStatement[]): PastStatement[] {
  let size = 0;
  return entries.slice(0, PAST_ENTRIES).filter((entry) => {
    size += sizeOfStatement(entry) + BESIDE;
    return size <= PAST_TOTAL;
  });
}
