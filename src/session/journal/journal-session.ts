/**
 * The state of one of a page's sessions, as its requests and the server's answers made it.
 *
 * Only what the server confirmed is kept here, each change at the time of its answer. What can't be
 * kept, for its size or number, is counted or named in `incomplete`, so that nobody takes a part for
 * the whole.
 */

import { type AuthFact, LIMITS, type SessionFact, type VariableFact } from "../page/page-facts.ts";
import { claim, MalformedTokenError, readToken } from "../token.ts";

/** At most so many sentences about what was missed. */
const MISSED = 8;

/** What the parts of one document's journal share. */
export interface Shared {
  /** Bytes of variables' values that may still be kept. */
  room: number;
  /** Requests that wait for an answer which changes a session. */
  waiting: number;
  /** Something other than counts has changed somewhere. */
  changed: boolean;
}

export class JournalSession {
  /** Told as it stands: whoever passes it on to somebody who keeps it copies it (`toFact`). */
  readonly #fact: SessionFact;
  readonly #shared: Shared;
  /** Something other than counts has changed since `told` was called. */
  changed = true;
  /** Anything at all has. */
  touched = true;
  /** Another number each time the variables change. */
  variablesVersion = 0;

  constructor(
    client: number,
    id: string | undefined,
    order: number,
    at: number,
    shared: Shared,
    createdAt = at,
  ) {
    this.#shared = shared;
    shared.changed = true;
    this.#fact = {
      client,
      order,
      createdAt,
      updatedAt: at,
      lastActiveAt: at,
      variables: [],
      auth: "never",
      authAt: at,
      renewable: false,
      live: [],
      transactions: [],
      requests: 0,
      incomplete: [],
    };
    if (id !== undefined) this.#fact.id = id;
  }

  get id(): string | undefined {
    return this.#fact.id;
  }

  get order(): number {
    return this.#fact.order;
  }

  get createdAt(): number {
    return this.#fact.createdAt;
  }

  get updatedAt(): number {
    return this.#fact.updatedAt;
  }

  get over(): SessionFact["over"] {
    return this.#fact.over;
  }

  /** A copy that later changes leave as it is. */
  get variables(): VariableFact[] {
    return this.#fact.variables.map((variable) => ({ ...variable }));
  }

  /** Whether it began this live query, or transaction, and it goes on. */
  owns(id: string): boolean {
    return (
      this.#fact.live.some((live) => live.id === id) ||
      this.#fact.transactions.some((transaction) => transaction.id === id)
    );
  }

  /** A copy that later changes leave as it is. */
  toFact(): SessionFact {
    const fact = this.#fact;
    return {
      ...fact,
      variables: fact.variables.map((variable) => ({ ...variable })),
      live: fact.live.map((live) => ({ ...live })),
      transactions: fact.transactions.map((transaction) => ({ ...transaction })),
      incomplete: [...fact.incomplete],
    };
  }

  told(): void {
    this.changed = false;
    this.touched = false;
  }

  /** The page sent a request in this session. */
  requested(at: number, txn: string | undefined): void {
    this.touched = true;
    this.#fact.lastActiveAt = at;
    this.#fact.requests++;
    if (txn === undefined) return;
    const transaction = this.#fact.transactions.find(({ id }) => id === txn);
    if (transaction) transaction.requests++;
  }

  /** It was attached: new at the server, whatever it was before. */
  attached(at: number): void {
    this.#fact.auth = "never";
    this.#fact.authAt = at;
    delete this.#fact.over;
    this.#forget();
    this.#update(at);
  }

  reset(at: number): void {
    this.#forget();
    this.#identity("reset", at);
  }

  ended(how: NonNullable<SessionFact["over"]>, at: number): void {
    if (this.#fact.over !== undefined) return;
    this.#fact.over = how;
    this.#fact.live = [];
    this.#fact.transactions = [];
    this.#update(at);
  }

  /** Undefined leaves a part as it is, null unsets it. */
  used(
    namespace: string | null | undefined,
    database: string | null | undefined,
    at: number,
  ): void {
    if (namespace === null) delete this.#fact.namespace;
    else if (namespace !== undefined) this.#fact.namespace = bounded(namespace);
    if (database === null) delete this.#fact.database;
    else if (database !== undefined) this.#fact.database = bounded(database);
    this.#update(at);
  }

  set(variable: VariableFact, at: number): void {
    this.unset(variable.name, at);
    const { variables } = this.#fact;
    if (variables.length >= LIMITS.variablesPerSession) {
      this.missed("It has more variables than are shown.", at);
      return;
    }
    const size = valueSize(variable);
    const used = variables.reduce((sum, other) => sum + valueSize(other), 0);
    if (size > LIMITS.variable || used + size > LIMITS.variables || size > this.#shared.room) {
      variables.push({ name: variable.name, size: variable.size });
      return;
    }
    this.#shared.room -= size;
    variables.push(variable);
  }

  unset(name: string, at: number): void {
    this.variablesVersion++;
    const { variables } = this.#fact;
    const index = variables.findIndex((variable) => variable.name === name);
    if (index >= 0) {
      for (const variable of variables.splice(index, 1)) this.#shared.room += valueSize(variable);
    }
    this.#update(at);
  }

  /**
   * It is somebody now. The server selects the namespace and the database that the token is for, and
   * leaves a part that the token doesn't name.
   *
   * @param access absent: not seen
   */
  signedIn(how: AuthFact, access: string | undefined, renewable: boolean, at: number): void {
    if (access !== undefined && access.length <= LIMITS.token) {
      this.#fact.access = access;
      const { namespace, database } = placeOf(access);
      this.used(namespace, database, at);
    } else {
      delete this.#fact.access;
      this.missed("Its access token wasn't seen.", at);
    }
    this.#fact.renewable = renewable;
    this.#fact.incomplete = this.#fact.incomplete.filter((sentence) => sentence !== REFUSED);
    this.#identity(how, at);
  }

  /** Auth alone is cleared. */
  invalidated(at: number): void {
    this.#anonymous();
    this.#identity("invalidated", at);
  }

  /** An `authenticate` was refused, after which a server may serve it as nobody. */
  refused(at: number): void {
    this.#anonymous();
    this.#identity("refused", at);
    this.missed(REFUSED, at);
  }

  /** The server says that the session's time is over. */
  expired(at: number): void {
    if (this.#fact.auth !== "expired") this.#identity("expired", at);
  }

  revoked(at: number): void {
    this.#fact.renewable = false;
    this.#update(at);
  }

  liveBegan(id: string, statement: string, at: number): void {
    const { live } = this.#fact;
    if (live.some((known) => known.id === id)) return;
    if (live.length >= LIMITS.livePerSession) {
      this.missed("It has more live queries than are shown.", at);
      return;
    }
    live.push({ id, statement: bounded(statement), begunAt: at, events: 0 });
    this.#update(at);
  }

  /** @returns false where the live query isn't this session's. */
  liveEnded(id: string, at: number): boolean {
    const { live } = this.#fact;
    const index = live.findIndex((known) => known.id === id);
    if (index < 0) return false;
    live.splice(index, 1);
    this.#update(at);
    return true;
  }

  /** @returns false where the live query isn't this session's. */
  notified(liveId: string): boolean {
    const live = this.#fact.live.find(({ id }) => id === liveId);
    if (!live) return false;
    live.events++;
    this.touched = true;
    return true;
  }

  transactionBegan(id: string, at: number): void {
    if (this.#fact.transactions.length >= LIMITS.transactionsPerSession) {
      this.missed("It has more transactions than are shown.", at);
      return;
    }
    this.#fact.transactions.push({ id, begunAt: at, requests: 0 });
    this.#update(at);
  }

  /** @returns false where the transaction isn't this session's. */
  transactionEnded(id: string, at: number): boolean {
    const { transactions } = this.#fact;
    const index = transactions.findIndex((known) => known.id === id);
    if (index < 0) return false;
    transactions.splice(index, 1);
    this.#update(at);
    return true;
  }

  /** Notes, once, that the state shown may not be all of it. One sentence. */
  missed(sentence: string, at: number): void {
    const { incomplete } = this.#fact;
    if (incomplete.includes(sentence) || incomplete.length >= MISSED) return;
    incomplete.push(sentence);
    this.#update(at);
  }

  /** It turned out to be another client's. */
  moveTo(client: number): void {
    this.#fact.client = client;
    this.#change();
  }

  /** Gives back what it holds of the document's budget: it is let go. */
  release(): void {
    this.variablesVersion++;
    for (const variable of this.#fact.variables) this.#shared.room += valueSize(variable);
    this.#fact.variables = [];
  }

  #forget(): void {
    delete this.#fact.namespace;
    delete this.#fact.database;
    this.release();
    this.#fact.live = [];
    this.#fact.transactions = [];
    this.#fact.incomplete = [];
    this.#anonymous();
  }

  #anonymous(): void {
    delete this.#fact.access;
    this.#fact.renewable = false;
  }

  #identity(auth: AuthFact, at: number): void {
    this.#fact.auth = auth;
    this.#fact.authAt = at;
    this.#update(at);
  }

  #update(at: number): void {
    this.#fact.updatedAt = at;
    this.#change();
  }

  #change(): void {
    this.changed = true;
    this.touched = true;
    this.#shared.changed = true;
  }
}

const REFUSED = "A sign-in was refused: the server may serve this session as anonymous since.";

/** Bytes that the journal holds for a variable's value. */
function valueSize({ cbor, json }: VariableFact): number {
  return cbor?.length ?? (json === undefined ? 0 : json.length * 2);
}

function bounded(text: string): string {
  return text.length > LIMITS.text ? text.slice(0, LIMITS.text) : text;
}

function placeOf(access: string): {
  namespace?: string | undefined;
  database?: string | undefined;
} {
  try {
    const { claims } = readToken(access);
    return { namespace: claim(claims, "NS"), database: claim(claims, "DB") };
  } catch (error) {
    // A key of a bearer access is no JWT: it says nothing of a place.
    if (error instanceof MalformedTokenError) return {};
    throw error;
  }
}
