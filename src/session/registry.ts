/**
 * The registry: every connection and every held session, and the one place where they are made and
 * ended.
 *
 * It keeps a promise of order: first the server answers, then the change is stored, then the views
 * are told. If the store is broken the session goes on in memory and the person is told that.
 */
import { Agenda } from "./agenda.ts";
import { ChangeFeed, type RegistryDelta } from "./change-feed.ts";
import type { Connection, ConnectionSurroundings } from "./connection.ts";
import { ConnectionBook, type ProfileInput } from "./connection-book.ts";
import {
  InvalidRequestError,
  SessionError,
  SessionsNotSupportedError,
  UnknownSessionError,
} from "./errors.ts";
import { Families } from "./families.ts";
import { HeldSession } from "./held-session.ts";
import type { ImportedSession } from "./kept-import.ts";
import { isFinal } from "./life-cycle.ts";
import type { LiveEvent } from "./live-queries.ts";
import type { ConnectionView, HistoryEntry, SessionKey, SessionView, Settings } from "./model.ts";
import { nextColour } from "./palette.ts";
import { RecordWriter } from "./record-writer.ts";
import type { SessionOwner } from "./session-owner.ts";
import {
  type AdoptedSession,
  copyOf,
  defaultKey,
  type NewSession,
  newRecord,
} from "./session-record.ts";
import { viewOf } from "./session-view.ts";
import { formOfToken } from "./sign-in.ts";
import type { DurableStore, FamilySecrets, Profile, SecretStore, SessionRecord } from "./store.ts";
import { authOf, readToken } from "./token.ts";
import type { TokenFamily } from "./token-family.ts";
import { Troubles } from "./troubles.ts";

export interface RegistryListener {
  changed(delta: RegistryDelta): void;
  history(key: SessionKey, entry: HistoryEntry): void;
  notified(key: SessionKey, liveId: string, event: LiveEvent): void;
}

export interface RegistryOptions {
  durable: DurableStore;
  secret: SecretStore;
  surroundings: ConnectionSurroundings;
  listener: RegistryListener;
}

export const DEFAULT_SETTINGS: Settings = { abandonAfter: 7 * 24 * 60 * 60 * 1000 };
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Closed sessions are kept folded under "Closed"; the oldest beyond these are forgotten. */
const CLOSED_LIMIT = 50;
/** lastActiveAt is stored in batches of this many milliseconds (design §9). */
const ACTIVITY_PAUSE = 10_000;

export class Registry implements SessionOwner {
  readonly #durable: DurableStore;
  readonly #listener: RegistryListener;
  readonly #families: Families;
  readonly #agenda: Agenda;
  readonly #book: ConnectionBook;
  readonly #sessions = new Map<SessionKey, HeldSession>();
  #settings = DEFAULT_SETTINGS;
  readonly #troubles = new Troubles(() => this.#feed.problems());
  #lastOrder = 0;

  readonly #feed: ChangeFeed;
  readonly #writer = new RecordWriter(async (records) => {
    const written = records.map(copyOf);
    await this.#troubles.store("store a session", () => this.#durable.saveSessions(written));
    for (const record of written) {
      const session = this.#sessions.get(record.key);
      if (session) session.stored = record;
    }
  });
  #used = new Set<HeldSession>();
  #usedTimer: ReturnType<typeof setTimeout> | undefined;

  /** Reads what is stored. Connections are opened by `wake`. */
  static async load(options: RegistryOptions): Promise<Registry> {
    const registry = new Registry(options);
    await registry.#load(options);
    return registry;
  }

  private constructor({ durable, secret, surroundings, listener }: RegistryOptions) {
    this.#durable = durable;
    this.#listener = listener;
    this.#families = new Families(durable, secret, {
      tokensChanged: (session) => {
        session.showTokens();
        void this.commit(session);
      },
      storeFailed: (what, error) => this.#troubles.failed(what, error),
    });
    this.#book = new ConnectionBook({
      durable,
      surroundings,
      troubles: this.#troubles,
      owner: {
        sessionsOf: (id) => this.sessionsOf(id),
        openSessionsOf: (id) => this.openSessionsOf(id),
        sessionFor: (id, uuid) => {
          const session = this.#sessions.get(uuid ?? defaultKey(id));
          return session?.record.connectionId === id ? session : undefined;
        },
        changed: ({ profile }) => this.#feed.connection(profile.id),
        ready: (connection) => this.#listDefaultSession(connection),
      },
      leaveTokens: (id) => this.#leaveTokens(id),
    });
    this.#feed = new ChangeFeed({
      connectionView: (id) => this.#book.view(id),
      sessionView: (key) => this.#viewOf(this.#sessions.get(key)),
      settings: () => this.#settings,
      problems: () => this.problems,
      tell: (delta) => {
        this.#agenda.arm();
        this.#listener.changed(delta);
      },
    });
    this.#agenda = new Agenda({
      sessions: () => this.#sessions.values(),
      families: this.#families,
      abandonAfter: () => this.#settings.abandonAfter,
      changed: (session) => this.changed(session),
    });
  }

  async #load({ durable, secret }: RegistryOptions): Promise<void> {
    let isRead = true;
    const stored = await durable.load().catch((error: unknown) => {
      isRead = false;
      this.#troubles.failed("read what was stored", error);
      return { profiles: [], sessions: [], settings: undefined, remembered: new Map() };
    });
    const secrets = await secret.load().catch((error: unknown) => {
      this.#troubles.failed("read the sign-ins", error);
      return new Map<string, FamilySecrets>();
    });
    this.#settings = { ...DEFAULT_SETTINGS, ...stored.settings };
    for (const profile of stored.profiles) this.#book.take(profile);
    for (const record of stored.sessions) {
      if (!this.#book.has(record.connectionId)) continue;
      this.#lastOrder = Math.max(this.#lastOrder, record.order);
      const session = this.#addSession(record);
      session.stored = copyOf(record);
      session.live.lost(record.lastActiveAt);
      const { familyId } = record;
      if (!familyId) continue;
      const kept = secrets.get(familyId) ?? stored.remembered.get(familyId);
      const family = this.#families.get(familyId) ?? (kept && this.#restoreFamily(familyId, kept));
      if (family) {
        session.family = family;
        family.members.add(session);
        if (!secrets.has(familyId)) await family.save();
      } else if (!isFinal(record.status)) this.#signInNotKept(session);
    }
    // What a worker that died left behind. Not after a failed read: then nothing is known.
    if (isRead)
      await this.#families.forgetOrphans([...secrets.keys(), ...stored.remembered.keys()]);
    this.#agenda.arm();
  }

  #restoreFamily(id: string, kept: FamilySecrets): TokenFamily<HeldSession> | undefined {
    try {
      return this.#families.restore(id, kept);
    } catch (error) {
      this.#troubles.failed("read a sign-in", error);
      return undefined;
    }
  }

  /** After a browser start or an update of the extension, without "Remember on this computer". */
  #signInNotKept(session: HeldSession): void {
    session.record.familyId = undefined;
    session.record.auth.renewable = false;
    if (session.record.status === "active") void session.expireWithoutSignIn();
    else void this.commit(session);
  }

  // ── What views are shown ────────────────────────────────────────────────────────────────────

  get connections(): ConnectionView[] {
    return this.#book.views;
  }

  get sessions(): SessionView[] {
    return [...this.#sessions.values()]
      .sort((a, b) => a.record.order - b.record.order)
      .map((session) => this.#viewOf(session))
      .filter((view) => view !== undefined);
  }

  #viewOf(session: HeldSession | undefined): SessionView | undefined {
    return session && viewOf(session, this.#settings.abandonAfter, Date.now());
  }

  get settings(): Settings {
    return this.#settings;
  }

  get problems(): string[] {
    return this.#troubles.all;
  }

  /** A trouble of the extension itself that isn't the registry's own, as a person reads it. */
  report(trouble: string): void {
    this.#troubles.add(trouble);
  }

  /** True while something here would suffer if the worker fell asleep. */
  get inUse(): boolean {
    for (const { record, requests, live } of this.#sessions.values()) {
      if (requests.running > 0 || requests.transactions.size > 0) return true;
      const listens = live.all.some((query) => query.state === "watching");
      // One that is expired hears nothing, however long the worker stays awake.
      if (listens && record.status === "active") return true;
    }
    return false;
  }

  history(session: HeldSession, entry: HistoryEntry): void {
    const { key } = session.record;
    void this.#troubles
      .store("store the history", () => this.#durable.addHistory(key, entry))
      .then(() => this.#listener.history(key, entry));
  }

  historyOf(key: SessionKey): Promise<HistoryEntry[]> {
    return this.#durable.history(this.session(key).record.key);
  }

  notified(session: HeldSession, liveId: string, event: LiveEvent): void {
    this.#listener.notified(session.record.key, liveId, event);
  }

  // ── Connections ─────────────────────────────────────────────────────────────────────────────

  wake(): void {
    this.#book.wake();
  }

  networkChanged(): void {
    this.#book.networkChanged();
  }

  /** @throws InvalidRequestError */
  connection(id: string): Connection {
    return this.#book.get(id);
  }

  /** @throws InvalidUrlError, InvalidRequestError for a URL that has a profile already */
  addConnection(input: ProfileInput) {
    return this.#book.add(input);
  }

  editConnection(id: string, input: ProfileInput) {
    return this.#book.edit(id, input);
  }

  /** A closed session, opened again, would take its token to the other server. */
  async #leaveTokens(connectionId: string): Promise<void> {
    for (const session of this.#sessions.values()) {
      if (session.record.connectionId !== connectionId || !session.family) continue;
      await this.join(session, undefined);
      await this.commit(session);
    }
  }

  /** Takes the connection and all its sessions away. */
  async removeConnection(id: string): Promise<void> {
    this.connection(id);
    for (const session of [...this.#sessions.values()]) {
      if (session.record.connectionId !== id) continue;
      if (!isFinal(session.record.status)) await session.close();
      await this.forget(session.record.key);
    }
    await this.#book.remove(id);
  }

  retryConnection(id: string): Promise<void> {
    return this.#book.retry(id);
  }

  disconnect(id: string): Promise<void> {
    return this.#book.disconnect(id);
  }

  /** Below 3.0 the socket's default session is all there is: it stands in the list. */
  async #listDefaultSession(connection: Connection): Promise<void> {
    const { id, namespace, database } = connection.profile;
    const key = defaultKey(id);
    if (connection.sessionsSupported || this.#sessions.has(key)) return;
    const session = this.#addSession(
      this.#newRecord({ connectionId: id, label: "Default session", namespace, database }, key),
    );
    await this.commit(session);
  }

  // ── Sessions ────────────────────────────────────────────────────────────────────────────────

  /** Closed sessions too, until they are forgotten. */
  has(key: SessionKey): boolean {
    return this.#sessions.has(key);
  }

  /** @throws UnknownSessionError */
  session(key: SessionKey): HeldSession {
    const session = this.#sessions.get(key);
    if (!session) throw new UnknownSessionError(key);
    return session;
  }

  /** The sessions of a connection that are to be set up at the server. */
  sessionsOf(connectionId: string): HeldSession[] {
    return this.openSessionsOf(connectionId).filter(
      ({ record }) => record.status === "active" || record.status === "ended",
    );
  }

  /** All that aren't closed. */
  get open(): HeldSession[] {
    return [...this.#sessions.values()].filter(({ record }) => !isFinal(record.status));
  }

  openSessionsOf(connectionId: string): HeldSession[] {
    return [...this.#sessions.values()].filter(
      ({ record }) => record.connectionId === connectionId && !isFinal(record.status),
    );
  }

  link(session: HeldSession): Connection {
    return this.connection(session.record.connectionId);
  }

  /**
   * newSession / Attach, signed in if asked. If the sign-in fails, no session is left behind.
   * @throws SessionsNotSupportedError, NotConnectedError, and what the sign-in throws
   */
  async create(wanted: NewSession): Promise<SessionKey> {
    if (wanted.remember) this.assertMayRemember(wanted.connectionId);
    await this.#connectedWithSessions(wanted.connectionId);
    const { namespace, database } = this.connection(wanted.connectionId).profile;
    const record = this.#newRecord({ namespace, database, ...wanted }, crypto.randomUUID());
    const session = this.#addSession(record);
    const by = { at: Date.now(), event: "created", by: "you", text: "New session." } as const;
    this.history(session, by);
    await session.restore();
    const signIn = wanted.signIn;
    try {
      if (session.truth.state === "failed") throw failureOf(session);
      if (signIn && signIn.way !== "anonymous") {
        await session.signIn(signIn, { signUp: wanted.signUp, refresh: wanted.refresh });
        // The place that was asked for outranks the one that the sign-in selects.
        if (wanted.namespace !== undefined && placeDiffers(record, wanted)) {
          await session.use(wanted.namespace, wanted.database ?? null);
        }
      }
    } catch (error) {
      await session.close();
      await this.forget(record.key);
      throw error;
    }
    if (wanted.remember) await this.remember(record.key, true);
    return record.key;
  }

  /** forkSession: the same place, variables and sign-in; independent from then on. */
  async fork(key: SessionKey, label?: string, viewId?: string): Promise<SessionKey> {
    const parent = this.session(key);
    parent.assertOpen();
    const fork = await this.#copy(parent, label ?? `${parent.record.label} copy`, viewId);
    const text = `Copy of “${parent.record.label}”.`;
    this.history(fork, { at: Date.now(), event: "created", by: "you", text });
    return fork.record.key;
  }

  /** "Open again": a closed session set up the same way, under a new UUID. */
  async reopen(key: SessionKey): Promise<SessionKey> {
    const closed = this.session(key);
    if (!isFinal(closed.record.status)) {
      throw new InvalidRequestError(`“${closed.record.label}” is not closed.`);
    }
    const session = await this.#copy(closed, closed.record.label);
    session.record.colour = closed.record.colour;
    session.record.remembered = closed.record.remembered;
    await this.commit(session);
    this.history(session, { at: Date.now(), event: "created", by: "you", text: "Opened again." });
    await this.forget(key);
    return session.record.key;
  }

  async #copy(parent: HeldSession, label: string, viewId?: string): Promise<HeldSession> {
    const from = parent.record;
    await this.#connectedWithSessions(from.connectionId);
    const record: SessionRecord = {
      ...this.#newRecord({ ...from, label, colour: undefined, viewId }, crypto.randomUUID()),
      namespace: from.namespace,
      database: from.database,
      variables: from.variables.map((variable) => ({ ...variable })),
      auth: { ...from.auth },
      tokenExpireAt: from.tokenExpireAt,
      signInForm: from.signInForm,
    };
    return this.#setUpNew(record, parent.family);
  }

  /**
   * A session of our own with all that is known of one held elsewhere, set up and compared with the
   * server. Of tokens it takes the access token only.
   * @throws SessionsNotSupportedError, NotConnectedError, and where the server doesn't take it:
   *   no session is left behind then
   */
  async adopt({ access, from, variables, ...wanted }: AdoptedSession): Promise<SessionKey> {
    await this.#connectedWithSessions(wanted.connectionId);
    const { auth, signInForm, ...made } = this.#newRecord(wanted, crypto.randomUUID());
    const token = access === undefined ? undefined : readToken(access);
    const record: SessionRecord = {
      ...made,
      variables: variables.map((variable) => ({ ...variable })),
      auth: token ? authOf(token.claims, false) : auth,
      tokenExpireAt: token?.expireAt,
      signInForm: token ? formOfToken(token.claims) : signInForm,
    };
    const family = access === undefined ? undefined : await this.newFamily({ tokens: { access } });
    const session = await this.#setUpNew(record, family);
    if (record.status !== "active") {
      const { cause } = record;
      await session.close();
      await this.forget(record.key);
      throw new SessionError("SignInRefusedError", cause, "Sign in in a new session.");
    }
    this.history(session, { at: Date.now(), event: "created", by: "you", text: from });
    return record.key;
  }

  /** Out of a file: listed, and not opened before the person says so. Answers its id. */
  importConnection(profile: Profile): Promise<string> {
    return this.#book.import(profile);
  }

  /** Out of a file, under a key that isn't taken: without its secrets it waits for a sign-in. */
  async importSession({ secrets, auth, ...wanted }: ImportedSession): Promise<void> {
    const record: SessionRecord = {
      ...this.#newRecord(wanted, wanted.key),
      ...wanted,
      auth: { ...auth, renewable: false },
      cause: "Imported.",
    };
    record.number = this.#isFree(wanted.number) ? wanted.number : this.#freeNumber();
    const isSignedIn = auth.level !== "anonymous";
    if (isSignedIn && !secrets) {
      record.status = "expired";
      record.cause = "Imported without its sign-in.";
    }
    const session = this.#addSession(record);
    if (isSignedIn && secrets) {
      await this.join(session, await this.newFamily(secrets));
      session.showTokens();
    }
    await this.commit(session);
    this.history(session, { at: Date.now(), event: "created", by: "you", text: "Imported." });
    if (record.status === "active" && this.link(session).isUp) void session.restore();
  }

  /** Everything: all connections and sessions with their sign-ins, and the settings. */
  async forgetAll(): Promise<void> {
    for (const { id } of this.connections) await this.removeConnection(id);
    await this.changeSettings(DEFAULT_SETTINGS);
  }

  /** @throws NotConnectedError, SessionsNotSupportedError */
  async #connectedWithSessions(connectionId: string): Promise<void> {
    const connection = await this.#book.connected(connectionId);
    if (!connection.sessionsSupported) throw new SessionsNotSupportedError(connection.version);
  }

  /** Where setting it up fails, no session is left behind. */
  async #setUpNew(
    record: SessionRecord,
    family: TokenFamily<HeldSession> | undefined,
  ): Promise<HeldSession> {
    const session = this.#addSession(record);
    if (family) await this.join(session, family);
    await session.restore();
    if (session.truth.state === "failed") {
      const failure = failureOf(session);
      await session.close();
      await this.forget(record.key);
      throw failure;
    }
    return session;
  }

  /** replace(by): another session takes the place and the number of this one. */
  async replace(key: SessionKey, by: SessionKey): Promise<void> {
    const session = this.session(key);
    const other = this.session(by);
    if (key === by) throw new InvalidRequestError("A session can't replace itself.");
    other.assertOpen();
    const { number } = session.record;
    await session.close("replaced", `Replaced by “${other.record.label}”.`);
    session.record.replacedBy = by;
    session.record.number = undefined;
    other.record.number ??= number;
    await Promise.all([this.commit(session), this.commit(other)]);
  }

  async edit(
    key: SessionKey,
    changes: { label?: string; colour?: string; number?: number | null },
  ): Promise<void> {
    const { record } = this.session(key);
    const label = changes.label?.trim();
    if (label) record.label = label.slice(0, 80);
    if (changes.colour && /^#[0-9a-f]{6}$/i.test(changes.colour)) record.colour = changes.colour;
    if (changes.number === null) record.number = undefined;
    else if (changes.number !== undefined && NUMBERS.includes(changes.number)) {
      for (const other of this.#sessions.values()) {
        if (other.record.number !== changes.number || other.record.key === key) continue;
        other.record.number = undefined;
        await this.commit(other);
      }
      record.number = changes.number;
    }
    await this.commit(this.session(key));
  }

  /** Off the list for good; only of a session that is closed. */
  async forget(key: SessionKey): Promise<void> {
    const session = this.session(key);
    if (!isFinal(session.record.status)) {
      throw new InvalidRequestError(`“${session.record.label}” is open: close it first.`);
    }
    await this.join(session, undefined);
    this.#sessions.delete(key);
    this.#used.delete(session);
    await this.#writer.drop(session.record);
    await this.#troubles.store("forget a session", () => this.#durable.removeSession(key));
    this.#feed.session(key);
  }

  /** @throws InvalidRequestError, see `assertMayRemember` */
  async remember(key: SessionKey, on: boolean): Promise<void> {
    const session = this.session(key);
    if (on) this.assertMayRemember(session.record.connectionId);
    await this.#families.remember(session, on);
    await this.commit(session);
  }

  /** @throws InvalidRequestError for servers elsewhere: sign-ins are remembered for local ones only */
  assertMayRemember(connectionId: string): void {
    if (this.connection(connectionId).view.local) return;
    throw new InvalidRequestError(
      "Only sign-ins on this computer's own servers can be remembered.",
    );
  }

  /** The views that are gone for good take with them what they made. */
  async viewGone(viewId: string): Promise<void> {
    for (const session of [...this.#sessions.values()]) {
      if (isFinal(session.record.status)) continue;
      if (session.record.viewId === viewId) {
        await session.close("removed", "Closed with the view that made it.");
        continue;
      }
      for (const live of session.live.all.filter((query) => query.viewId === viewId)) {
        const by = live.pageSession === undefined ? "you" : "page";
        await session.requests.kill(live.id, by).catch(() => session.live.end(live));
        session.live.remove(live.id);
        await this.commit(session);
      }
    }
  }

  /** Every view that something here still belongs to. */
  viewIds(): Set<string> {
    const found = new Set<string>();
    for (const { record } of this.#sessions.values()) {
      if (isFinal(record.status)) continue;
      if (record.viewId) found.add(record.viewId);
      for (const { viewId } of record.liveQueries) if (viewId) found.add(viewId);
    }
    return found;
  }

  async changeSettings(changes: Partial<Settings>): Promise<void> {
    const { abandonAfter } = changes;
    if (abandonAfter !== undefined && !(abandonAfter >= 60_000)) {
      throw new InvalidRequestError("A session is abandoned after one minute at the earliest.");
    }
    this.#settings = { ...this.#settings, ...changes };
    await this.#troubles.store("store the settings", () =>
      this.#durable.saveSettings(this.#settings),
    );
    this.#feed.settings();
    for (const session of this.#sessions.values()) this.changed(session);
    this.#agenda.arm();
  }

  #addSession(record: SessionRecord): HeldSession {
    const session = new HeldSession(record, this);
    this.#sessions.set(record.key, session);
    return session;
  }

  #newRecord(wanted: NewSession, key: SessionKey): SessionRecord {
    this.#lastOrder += 1;
    const taken = [...this.#sessions.values()].map(({ record }) => record.colour);
    const colour = wanted.colour ?? nextColour(taken);
    return newRecord({ ...wanted, colour }, key, this.#lastOrder, this.#freeNumber());
  }

  #freeNumber(): number | undefined {
    return NUMBERS.find((number) => this.#isFree(number));
  }

  #isFree(number: number | undefined): boolean {
    if (number === undefined) return false;
    return ![...this.#sessions.values()].some(
      ({ record }) => !isFinal(record.status) && record.number === number,
    );
  }

  // ── What sessions ask of their owner ────────────────────────────────────────────────────────

  newFamily(secrets: FamilySecrets): Promise<TokenFamily<HeldSession>> {
    return this.#families.create(secrets);
  }

  join(session: HeldSession, family: TokenFamily<HeldSession> | undefined): Promise<void> {
    return this.#families.join(session, family);
  }

  changed(session: HeldSession): void {
    // One that was never stored is told when it is.
    if (!session.stored || !this.#sessions.has(session.record.key)) return;
    this.#feed.session(session.record.key);
  }

  used(session: HeldSession): void {
    this.#used.add(session);
    this.#usedTimer ??= setTimeout(() => {
      this.#usedTimer = undefined;
      for (const used of this.#used) void this.commit(used);
      this.#used.clear();
    }, ACTIVITY_PAUSE);
  }

  /** Stores, then tells. */
  async commit(session: HeldSession): Promise<void> {
    if (!this.#sessions.has(session.record.key)) return;
    await this.#writer.save(session.record);
    this.changed(session);
    if (isFinal(session.record.status)) this.#forgetOldest();
  }

  /** Only the last closed sessions are kept. */
  #forgetOldest(): void {
    const closed = [...this.#sessions.values()]
      .filter(({ record }) => isFinal(record.status))
      .sort((a, b) => b.record.statusSince - a.record.statusSince);
    for (const session of closed.slice(CLOSED_LIMIT)) void this.forget(session.record.key);
  }

  /** Tells the views at once what changed, so that an answer never comes before its effect. */
  tellChanges(): void {
    this.#feed.flush();
  }

  /** Ends timers and sockets: for tests and benchmarks that run in one process. */
  async dispose(): Promise<void> {
    clearTimeout(this.#usedTimer);
    this.#book.close();
    await this.#writer.settled();
    this.#feed.stop();
    this.#agenda.stop();
  }
}

function placeDiffers(record: SessionRecord, wanted: NewSession): boolean {
  return record.namespace !== wanted.namespace || record.database !== wanted.database;
}

function failureOf(session: HeldSession): SessionError {
  const error = session.truth.error;
  return new SessionError(
    error?.name ?? "SetUpError",
    error?.message ?? "The session could not be set up.",
    error?.advice,
  );
}
