/**
 * The saved sessions: their records, which outlive the browser, and their snapshots, which don't.
 *
 * A session is stored whole before anybody relies on it: a worker that dies soon after would forget it. A
 * change that can't be stored goes on in memory, and the person is told.
 */
import { UnknownSessionError } from "../session/errors.ts";
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import { jarName } from "./jar-name.ts";
import { labelling, ownColour, ownLabel } from "./labels.ts";
import { boundedSession } from "./look-limits.ts";
import { WebError } from "./web-error.ts";
import { type SeenSession, savedSessionKey, type WebStatus } from "./web-model.ts";
import {
  SAVED_LIMIT,
  type SavedOwner,
  type SavedRecord,
  type WebSecretStore,
  type WebStore,
} from "./web-store.ts";
import type { Snapshot, Taken } from "./web-system.ts";

/** A status that a session can be used in. */
export function isAlive(status: WebStatus): boolean {
  return status === "active" || status === "pending";
}

/** Why a saved session without its snapshot can't be used. */
export const NOT_KEPT =
  "Its sign-in was not kept: it was in memory only, until the browser closed. Sign in again, or save it again from the page.";

export interface SavedBookOptions {
  store: WebStore;
  secret: WebSecretStore;
  changed(): void;
  history(key: SessionKey, entry: HistoryEntry): void;
  /** A store is broken: what couldn't be done ("store a saved session"), and why. */
  failed(what: string, error: unknown): void;
}

/** No token that is worth its name has fewer characters. */
const TOKEN_LENGTH = 24;

/** Where a session was taken, and how it is to be called. */
export interface Keeping {
  origin: string;
  storeId: string;
  owner: SavedOwner;
  /** First line of its history. */
  text: string;
  label?: string;
  colour?: string;
}

export class SavedBook {
  readonly #options: SavedBookOptions;
  readonly #records = new Map<SessionKey, SavedRecord>();
  #snapshots = new Map<SessionKey, Snapshot>();
  #lastOrder = 0;

  constructor(options: SavedBookOptions) {
    this.#options = options;
  }

  /** @param snapshots as the secret store has them */
  async load(snapshots: Map<SessionKey, Snapshot>): Promise<void> {
    this.#snapshots = snapshots;
    for (const record of await this.#options.store.loadSaved()) {
      this.#records.set(record.key, record);
      this.#lastOrder = Math.max(this.#lastOrder, record.order);
    }
    for (const key of [...snapshots.keys()]) {
      if (!this.#records.has(key)) await this.#forgetSnapshot(key);
    }
    for (const { key, seen } of this.all) {
      if (!snapshots.has(key) && isAlive(seen.status)) {
        await this.setStatus(key, "expired", NOT_KEPT, "clock");
      }
    }
  }

  /** In list order. */
  get all(): SavedRecord[] {
    return [...this.#records.values()].sort((a, b) => a.order - b.order);
  }

  has(key: SessionKey): boolean {
    return this.#records.has(key);
  }

  /** @throws UnknownSessionError */
  get(key: SessionKey): SavedRecord {
    const record = this.#records.get(key);
    if (!record) throw new UnknownSessionError(key);
    return record;
  }

  snapshot(key: SessionKey): Snapshot | undefined {
    return this.#snapshots.get(key);
  }

  /** The saved session that is this one of a page's, also where it was saved from another port of its host. */
  twin(
    { kind, id }: Pick<SeenSession, "kind" | "id">,
    { origin, storeId }: Pick<SavedRecord, "origin" | "storeId">,
  ): SavedRecord | undefined {
    const jar = jarName(storeId, origin);
    for (const record of this.#records.values()) {
      const { seen } = record;
      if (seen.id !== id || seen.kind !== kind) continue;
      if (jarName(record.storeId, record.origin) === jar) return record;
    }
    return undefined;
  }

  /**
   * Saves a session as it was taken; one that is saved already has its snapshot replaced.
   * @throws WebError where it can't be stored, or too many are: then nothing is saved
   */
  async keep({ seen, snapshot }: Taken, keeping: Keeping): Promise<SavedRecord> {
    const known = this.twin(seen, keeping);
    if (known) {
      const isStored = await this.refresh(known.key, { seen, snapshot }, keeping.owner);
      if (!isStored) throw noRoom();
      await this.edit(known.key, keeping);
      return known;
    }
    if (this.#records.size >= SAVED_LIMIT) {
      throw new WebError(
        `${SAVED_LIMIT} sessions are saved, and no more can be. Nothing was changed.`,
        "Remove some under My sessions.",
      );
    }
    const { origin, storeId, owner, text } = keeping;
    this.#lastOrder += 1;
    const key = savedSessionKey(crypto.randomUUID());
    const record: SavedRecord = {
      key,
      order: this.#lastOrder,
      origin,
      storeId,
      label: ownLabel(seen),
      colour: ownColour(seen.id, this.colours),
      ...labelling(keeping),
      statusSince: Date.now(),
      owner,
      seen: kept(seen),
    };
    if (!(await this.#storeSnapshot(key, snapshot))) {
      this.#snapshots.delete(key);
      throw noRoom();
    }
    this.#records.set(key, record);
    if (!(await this.#store(record))) {
      this.#records.delete(key);
      await this.#forgetSnapshot(key);
      throw new WebError(
        "The session could not be stored. Nothing was changed.",
        "Look whether the disk is full, then try again.",
      );
    }
    await this.#note(key, { event: "created", by: "you", text });
    return record;
  }

  /** Out of a file: it waits to be signed in again. */
  async import(record: Omit<SavedRecord, "key" | "order">): Promise<boolean> {
    if (this.#records.size >= SAVED_LIMIT || this.twin(record.seen, record)) return false;
    this.#lastOrder += 1;
    const key = savedSessionKey(crypto.randomUUID());
    const made = { ...record, key, order: this.#lastOrder };
    this.#records.set(key, made);
    await this.#store(made);
    await this.#note(key, { event: "created", by: "you", text: "Imported." });
    return true;
  }

  get colours(): string[] {
    return [...this.#records.values()].map(({ colour }) => colour);
  }

  /**
   * What the page or the server has made of it since. The snapshot is stored before all else: the one
   * before may be worthless by now.
   * @returns false where it couldn't be stored, and goes on in memory
   * @throws WebError where a page may have made it up
   */
  async refresh(key: SessionKey, { seen, snapshot }: Taken, owner: SavedOwner): Promise<boolean> {
    const record = this.get(key);
    this.assertGenuine(key, snapshot);
    const before = record.seen;
    const isStored = await this.#storeSnapshot(key, this.#asOf(record, snapshot));
    record.seen = kept(seen);
    record.owner = owner;
    if (before.status !== seen.status) {
      record.statusSince = Date.now();
      await this.#statusNote(key, before.status, seen.status, seen.cause, "server");
    } else if (before.tokenExpireAt !== seen.tokenExpireAt) {
      await this.#note(key, { event: "auth", by: "server", text: "Renewed." });
    }
    await this.#store(record);
    return isStored;
  }

  /**
   * A page knows the id of each session that it ever had, and scripts can write tokens of that id: those
   * don't take the place of tokens that no script could have written. And a refresh token names nobody:
   * where a swap stopped half-way that of another session stands beside the rest of this one.
   * @throws WebError
   */
  assertGenuine(key: SessionKey, snapshot: Snapshot): void {
    const before = this.snapshot(key);
    const other = this.all.find(
      (each) => each.key !== key && haveOneToken(this.snapshot(each.key), snapshot),
    );
    if (other) {
      throw new WebError(
        `The page has “${this.get(key).label}” with a token of “${other.label}”. What is saved stays as it is.`,
      );
    }
    if (!before || !isHiddenFromScripts(before) || isHiddenFromScripts(snapshot)) return;
    throw new WebError(
      `The page has “${this.get(key).label}” with tokens that any script could have written, and it was saved with others. What is saved stays as it is.`,
    );
  }

  async setOwner(key: SessionKey, owner: SavedOwner): Promise<void> {
    const record = this.get(key);
    if (record.owner === owner) return;
    record.owner = owner;
    await this.#store(record);
  }

  async setStatus(
    key: SessionKey,
    status: WebStatus,
    cause: string,
    by: HistoryEntry["by"],
  ): Promise<void> {
    const record = this.get(key);
    const before = record.seen.status;
    record.seen = { ...record.seen, status, cause };
    if (before !== status) {
      record.statusSince = Date.now();
      await this.#statusNote(key, before, status, cause, by);
    }
    await this.#store(record);
  }

  /** Those whose time is over. */
  async followClock(): Promise<void> {
    for (const { key, seen } of this.all) {
      if (!isAlive(seen.status) || seen.expireAt === undefined) continue;
      if (seen.expireAt <= Date.now()) {
        await this.setStatus(key, "expired", "Its time is over. Sign in again.", "clock");
      }
    }
  }

  async edit(key: SessionKey, changes: { label?: string; colour?: string }): Promise<void> {
    const record = this.get(key);
    Object.assign(record, labelling(changes));
    await this.#store(record);
  }

  /** Its sign-in is worth nothing any more. */
  async dropSnapshot(key: SessionKey): Promise<void> {
    await this.#forgetSnapshot(key);
    this.#options.changed();
  }

  /** Off the list, with all that is kept of it. */
  async remove(key: SessionKey): Promise<void> {
    this.get(key);
    this.#records.delete(key);
    await this.#forgetSnapshot(key);
    await this.#tried("forget a saved session", () => this.#options.store.removeSaved(key));
    this.#options.changed();
  }

  async forgetAll(): Promise<void> {
    for (const { key } of this.all) await this.remove(key);
  }

  async history(key: SessionKey): Promise<HistoryEntry[]> {
    return this.#options.store.history(this.get(key).key);
  }

  /** Taken on another port: it fits where it was saved, and where it is renewed was seen there. */
  #asOf({ key, origin }: SavedRecord, snapshot: Snapshot): Snapshot {
    if (snapshot.origin === origin) return snapshot;
    const { base: _base, ...rest } = snapshot;
    const base = this.snapshot(key)?.base;
    return { ...rest, origin, ...(base !== undefined && { base }) };
  }

  // ── Storing ─────────────────────────────────────────────────────────────────────────────────

  #storeSnapshot(key: SessionKey, snapshot: Snapshot): Promise<boolean> {
    this.#snapshots.set(key, snapshot);
    return this.#tried("store a saved session's sign-in", () =>
      this.#options.secret.saveSnapshot(key, snapshot),
    );
  }

  async #forgetSnapshot(key: SessionKey): Promise<void> {
    this.#snapshots.delete(key);
    await this.#tried("forget a saved session's sign-in", () =>
      this.#options.secret.removeSnapshot(key),
    );
  }

  async #store(record: SavedRecord): Promise<boolean> {
    if (!this.#records.has(record.key)) return false;
    const { store } = this.#options;
    const isStored = await this.#tried("store a saved session", () =>
      store.saveSaved(structuredClone(record)),
    );
    this.#options.changed();
    return isStored;
  }

  #statusNote(
    key: SessionKey,
    before: WebStatus,
    after: WebStatus,
    text: string,
    by: HistoryEntry["by"],
  ): Promise<void> {
    return this.#note(key, { event: "status", by, before, after, text });
  }

  async #note(key: SessionKey, line: Omit<HistoryEntry, "at">): Promise<void> {
    const entry: HistoryEntry = { at: Date.now(), ...line };
    await this.#tried("store the history", () => this.#options.store.addHistory(key, entry));
    this.#options.history(key, entry);
  }

  /** @returns false where the store is broken */
  async #tried(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#options.failed(what, error);
      return false;
    }
  }
}

/** A swap relies on what was saved, so it mustn't be saved in memory alone. */
function noRoom(): WebError {
  return new WebError(
    "The session's sign-in could not be stored. Nothing was changed.",
    "Close what fills the browser's memory, then try again.",
  );
}

function haveOneToken(one: Snapshot | undefined, other: Snapshot): boolean {
  const tokens = new Set(one?.cookies.map(({ value }) => value).filter(isTokenLong));
  return other.cookies.some(({ value }) => tokens.has(value));
}

/** Marks of time and the like may well be the same in two sessions. */
function isTokenLong({ length }: string): boolean {
  return length >= TOKEN_LENGTH;
}

function isHiddenFromScripts({ cookies }: Snapshot): boolean {
  return cookies.some(({ httpOnly }) => httpOnly);
}

function kept(seen: SeenSession): SavedRecord["seen"] {
  const { current: _current, ...rest } = boundedSession(seen);
  return rest;
}
