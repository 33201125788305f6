/**
 * A token family: all that renews one sign-in.
 *
 * A refresh token is single-use: whoever uses it burns it for everybody else. So it has exactly one
 * owner, this family, which a session shares with its forks. One renewal runs at a time and its
 * result is everybody's. Before a renewal is sent the family notes that the token may be burnt, and
 * the new pair is stored before anything else happens: a crash in between costs the renewal, never
 * the session.
 */
import { isRetryableConflict, type ServerError } from "surrealdb";
import { SocketClosedError } from "../wire/errors.ts";
import { NotConnectedError } from "./errors.ts";
import type { Credentials, Tokens } from "./sign-in.ts";
import type { FamilySecrets } from "./store.ts";
import { type AccessToken, readToken } from "./token.ts";

/** Never renewed more often than this, in milliseconds. */
export const RENEWAL_PAUSE = 5_000;
const LATEST_RENEWAL = 60_000;

export interface FamilyStore {
  save(familyId: string, secrets: FamilySecrets): Promise<void>;
}

export class TokenFamily<Member = unknown> {
  readonly id: string;
  readonly members = new Set<Member>();
  /** Told after every change of the tokens, so that members show and arm their timers anew. */
  onTokens: () => void = () => undefined;
  readonly #store: FamilyStore;
  #secrets: FamilySecrets;
  #token: AccessToken;
  #renewal: Promise<Member> | undefined;
  #asked: Promise<void> | undefined;
  #lastRenewal = 0;

  /** @throws MalformedTokenError */
  constructor(id: string, secrets: FamilySecrets, store: FamilyStore) {
    this.id = id;
    this.#store = store;
    this.#secrets = secrets;
    this.#token = readToken(secrets.tokens.access);
  }

  get tokens(): Tokens {
    return this.#secrets.tokens;
  }

  get credentials(): Credentials | undefined {
    return this.#secrets.credentials;
  }

  get token(): AccessToken {
    return this.#token;
  }

  get secrets(): FamilySecrets {
    return this.#secrets;
  }

  /** True when a new access token can be had without the person. */
  get renewable(): boolean {
    return this.tokens.refresh !== undefined || this.credentials !== undefined;
  }

  /** True while a renewal is under way, or waits for its turn. */
  get isRenewing(): boolean {
    return this.#asked !== undefined;
  }

  /**
   * Renews because it is due: by the clock, or because a request is about to be sent. Whoever asks
   * meanwhile waits for the same. One that fails before it was sent is put off like any other.
   * @param run renews through one member; its failure is told by the member's status
   */
  renewWhenDue(run: () => Promise<void>): Promise<void> {
    this.#asked ??= run()
      .catch(() => undefined)
      .finally(() => {
        this.#asked = undefined;
        this.#lastRenewal = Date.now();
      });
    return this.#asked;
  }

  isExpired(now: number): boolean {
    return this.#token.expireAt !== undefined && this.#token.expireAt <= now;
  }

  /**
   * When to renew, in milliseconds since 1970: min(60 s, a quarter of the token's life) before its
   * end, and not within RENEWAL_PAUSE of the last time. Undefined: not to be renewed by itself.
   */
  get renewAt(): number | undefined {
    const { issuedAt, expireAt } = this.#token;
    if (this.tokens.refresh === undefined || expireAt === undefined) return undefined;
    const life = expireAt - (issuedAt ?? expireAt - 4 * LATEST_RENEWAL);
    const due = expireAt - Math.min(LATEST_RENEWAL, life / 4);
    return Math.max(due, this.#lastRenewal + RENEWAL_PAUSE);
  }

  async save(): Promise<void> {
    await this.#store.save(this.id, this.#secrets);
  }

  /** Takes up new tokens, stores them first, then tells the members. */
  async adopt(tokens: Tokens): Promise<void> {
    this.#token = readToken(tokens.access);
    const kept = this.#secrets.withoutRefresh ? { access: tokens.access } : tokens;
    this.#secrets = { ...this.#secrets, tokens: kept, refreshUncertain: false };
    await this.save();
    this.onTokens();
  }

  /** Forgets the refresh token, because it was revoked or burnt. */
  async dropRefresh(): Promise<void> {
    this.#secrets = {
      ...this.#secrets,
      tokens: { access: this.tokens.access },
      refreshUncertain: false,
    };
    await this.save();
    this.onTokens();
  }

  /**
   * Renews through one member's session, unless a renewal is under way: then that one's result
   * counts. Answers the member whose session the server renewed; every other one has to
   * authenticate with the new token if its own session needs it.
   * @param send the RPC `refresh` on the member's session
   * @throws whatever `send` throws; see `refusedAfterInterruption` for a burnt token
   */
  renew(member: Member, send: (tokens: Tokens) => Promise<Tokens>): Promise<Member> {
    this.#renewal ??= this.#renew(member, send).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /**
   * True when a refusal may only mean that an earlier renewal, whose answer was lost, burnt the
   * token. Then the sign-in isn't revoked, it just can't be renewed.
   */
  get wasInterrupted(): boolean {
    return this.#secrets.refreshUncertain === true;
  }

  async #renew(member: Member, send: (tokens: Tokens) => Promise<Tokens>): Promise<Member> {
    const interrupted = this.wasInterrupted;
    this.#lastRenewal = Date.now();
    this.#secrets = { ...this.#secrets, refreshUncertain: true };
    await this.save();
    try {
      const tokens = await send(this.tokens).catch((error: unknown) => {
        if (isRetryable(error)) return send(this.tokens);
        throw error;
      });
      await this.adopt(tokens);
      return member;
    } catch (error) {
      // Answered, or never sent: the uncertainty that this attempt brought is over.
      if (isServerAnswer(error) || wasNotSent(error)) {
        this.#secrets = { ...this.#secrets, refreshUncertain: interrupted };
        await this.save();
      }
      throw error;
    }
  }
}

function wasNotSent(error: unknown): boolean {
  return error instanceof NotConnectedError || error instanceof SocketClosedError;
}

function isServerAnswer(error: unknown): error is ServerError {
  return error instanceof Error && "kind" in error && "code" in error;
}

/** "Transaction conflict … can be retried": two renewals met at the server. */
export function isRetryable(error: unknown): boolean {
  return isRetryableConflict(error) || /can be retried/i.test(String(error));
}
