/**
 * All token families, and where their secrets are kept.
 *
 * A family lives as long as a session belongs to it. Its secrets stand in the secret store, and in
 * the durable one too while a member is marked "Remember on this computer".
 */
import type { HeldSession } from "./held-session.ts";
import type { DurableStore, FamilySecrets, SecretStore } from "./store.ts";
import { TokenFamily } from "./token-family.ts";

export interface FamiliesOwner {
  /** The tokens of this session's family changed: show it, store it. */
  tokensChanged(session: HeldSession): void;
  /** A store refused; the person is told, and the secrets go on in memory. */
  storeFailed(what: string, error: unknown): void;
}

export class Families {
  readonly #families = new Map<string, TokenFamily<HeldSession>>();
  readonly #durable: DurableStore;
  readonly #secret: SecretStore;
  readonly #owner: FamiliesOwner;

  constructor(durable: DurableStore, secret: SecretStore, owner: FamiliesOwner) {
    this.#durable = durable;
    this.#secret = secret;
    this.#owner = owner;
  }

  get all(): Iterable<TokenFamily<HeldSession>> {
    return this.#families.values();
  }

  get(id: string): TokenFamily<HeldSession> | undefined {
    return this.#families.get(id);
  }

  /** Takes up stored secrets. @throws MalformedTokenError */
  restore(id: string, secrets: FamilySecrets): TokenFamily<HeldSession> {
    const family = new TokenFamily<HeldSession>(id, secrets, {
      save: (familyId, latest) => this.#save(familyId, latest),
    });
    family.onTokens = () => {
      for (const member of family.members) this.#owner.tokensChanged(member);
    };
    this.#families.set(id, family);
    return family;
  }

  async create(secrets: FamilySecrets): Promise<TokenFamily<HeldSession>> {
    const family = this.restore(crypto.randomUUID(), secrets);
    await family.save();
    return family;
  }

  /** Moves a session from its family to another, or to none. A family without members ends. */
  async join(session: HeldSession, family: TokenFamily<HeldSession> | undefined): Promise<void> {
    const former = session.family;
    session.family = family;
    session.record.familyId = family?.id;
    if (family) {
      family.members.add(session);
      if (session.record.remembered) await family.save();
    }
    if (former && former !== family) {
      former.members.delete(session);
      if (former.members.size === 0) await this.#end(former.id);
      else if (session.record.remembered && !this.#isRemembered(former)) {
        await this.#try("forget a sign-in", () => this.#durable.removeRemembered(former.id));
      }
    }
  }

  /** "Remember on this computer", on or off. */
  async remember(session: HeldSession, on: boolean): Promise<void> {
    session.record.remembered = on;
    const { family } = session;
    if (!family) return;
    if (this.#isRemembered(family)) await family.save();
    else await this.#try("forget a sign-in", () => this.#durable.removeRemembered(family.id));
  }

  /** Forgets the secrets under these ids that no family here has. */
  async forgetOrphans(storedIds: Iterable<string>): Promise<void> {
    const orphans = [...new Set(storedIds)].filter((id) => !this.#families.has(id));
    await Promise.all(orphans.map((id) => this.#end(id)));
  }

  #isRemembered(family: TokenFamily<HeldSession>): boolean {
    return [...family.members].some((member) => member.record.remembered);
  }

  async #save(id: string, secrets: FamilySecrets): Promise<void> {
    await this.#try("keep a sign-in", () => this.#secret.save(id, secrets));
    const family = this.#families.get(id);
    if (family && this.#isRemembered(family)) {
      await this.#try("remember a sign-in", () => this.#durable.saveRemembered(id, secrets));
    }
  }

  async #end(id: string): Promise<void> {
    this.#families.delete(id);
    await this.#try("forget a sign-in", () => this.#secret.remove(id));
    await this.#try("forget a sign-in", () => this.#durable.removeRemembered(id));
  }

  async #try(what: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#owner.storeFailed(what, error);
    }
  }
}
