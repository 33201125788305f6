/**
 * Which origins may use the page API, and which held sessions are granted to each.
 *
 * What is taken back is gone at once, here and for every page; storing follows. A grant has an id of its
 * own, by which its origin names the session: the session's key stays ours, and two origins can't tell
 * that they were given the same one.
 */
import { InvalidRequestError } from "../session/errors.ts";
import type { SessionKey } from "../session/model.ts";
import type { ApiOriginView } from "../session/relay/route-model.ts";

export interface Grant {
  id: string;
  session: SessionKey;
  at: number;
}

/** An origin on which the page API is enabled, as it is stored. */
export interface AccessRecord {
  origin: string;
  grants: Grant[];
  /** The person said no to it: it isn't asked for again before they let it. */
  rejectedAt?: number;
}

/** Where the records are kept. */
export interface AccessStore {
  load(): Promise<AccessRecord[]>;
  save(record: AccessRecord): Promise<void>;
  remove(origin: string): Promise<void>;
}

/** Origins that may be enabled, and sessions granted to each. */
const ORIGINS = 200;
const GRANTS = 100;

export class Grants {
  readonly #store: AccessStore;
  readonly #records = new Map<string, AccessRecord>();

  constructor(store: AccessStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const record of await this.#store.load()) this.#records.set(record.origin, record);
  }

  get origins(): string[] {
    return [...this.#records.keys()];
  }

  get views(): ApiOriginView[] {
    return [...this.#records.values()].map(({ origin, grants, rejectedAt }) => ({
      origin,
      granted: grants.map(({ session }) => session),
      ...(rejectedAt === undefined ? {} : { rejectedAt }),
    }));
  }

  isEnabled(origin: string): boolean {
    return this.#records.has(origin);
  }

  isRejected(origin: string): boolean {
    return this.#records.get(origin)?.rejectedAt !== undefined;
  }

  of(origin: string): readonly Grant[] {
    return this.#records.get(origin)?.grants ?? [];
  }

  /** The grant that this origin knows by this id. */
  find(origin: string, id: string): Grant | undefined {
    return this.of(origin).find((grant) => grant.id === id);
  }

  /** Enables it, or, where it is, lets it ask again. @throws InvalidRequestError */
  async enable(origin: string): Promise<void> {
    if (!isWebOrigin(origin)) {
      throw new InvalidRequestError(
        `“${origin.slice(0, 100)}” is no origin of a page.`,
        "It looks like http://localhost:5173.",
      );
    }
    const known = this.#records.get(origin);
    if (!known && this.#records.size >= ORIGINS) {
      throw new InvalidRequestError(
        `The page API is enabled on ${ORIGINS} origins, which is as many as may be.`,
        "Take it back from one of them first.",
      );
    }
    const { rejectedAt: _, ...record } = known ?? { origin, grants: [] };
    await this.#set(record);
  }

  /** Takes the page API back, and all that was granted with it. */
  async disable(origin: string): Promise<void> {
    if (this.#records.delete(origin)) await this.#store.remove(origin);
  }

  /** @throws InvalidRequestError where the origin isn't enabled */
  async grant(origin: string, sessions: readonly SessionKey[]): Promise<void> {
    const record = this.#enabled(origin);
    const grants = [...record.grants];
    for (const session of sessions) {
      if (grants.some((grant) => grant.session === session)) continue;
      if (grants.length >= GRANTS) {
        throw new InvalidRequestError(
          `${origin} has ${GRANTS} sessions, which is as many as may be.`,
        );
      }
      grants.push({ id: crypto.randomUUID(), session, at: Date.now() });
    }
    await this.#set({ origin, grants });
  }

  async reject(origin: string): Promise<void> {
    await this.#set({ ...this.#enabled(origin), rejectedAt: Date.now() });
  }

  /** Takes back one session, or every one. */
  async revoke(origin: string, session?: SessionKey): Promise<void> {
    const record = this.#records.get(origin);
    if (!record) return;
    const stays = (grant: Grant) => session !== undefined && grant.session !== session;
    await this.#set({ ...record, grants: record.grants.filter(stays) });
  }

  /** These sessions are closed for good. @returns whose grants went with them */
  forget(sessions: ReadonlySet<SessionKey>): { origins: string[]; stored: Promise<unknown> } {
    const changed = [...this.#records.values()].filter(({ grants }) =>
      grants.some(({ session }) => sessions.has(session)),
    );
    const stored = changed.map((record) => {
      const grants = record.grants.filter(({ session }) => !sessions.has(session));
      return this.#set({ ...record, grants });
    });
    return { origins: changed.map(({ origin }) => origin), stored: Promise.all(stored) };
  }

  #enabled(origin: string): AccessRecord {
    const record = this.#records.get(origin);
    if (!record) throw new InvalidRequestError(`The page API is not enabled on ${origin}.`);
    return record;
  }

  async #set(record: AccessRecord): Promise<void> {
    this.#records.set(record.origin, record);
    await this.#store.save(record);
  }
}

/** As browsers write the origin of a page of http or https: never "null". */
export function isWebOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.origin === origin && /^https?:$/.test(url.protocol);
}
