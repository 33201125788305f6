/**
 * A held session: one identity, namespace, database and variables on a connection of ours.
 *
 * The one idea: what is recorded is what the server confirmed. Everything that changes who the
 * session is runs alone, in order, behind a closed gate, and ends with the server being asked who it
 * thinks the session is. Only when the answer equals the record does the gate open for requests.
 */
import { arrayOf } from "../wire/cbor-parts.ts";
import { ServerError } from "../wire/errors.ts";
import { proveItem } from "../wire/proven.ts";
import type { LiveNotification } from "../wire/rpc-socket.ts";
import { encodeValue } from "../wire/values.ts";
import {
  InvalidRequestError,
  messageOf,
  SessionClosedError,
  SessionError,
  SessionsNotSupportedError,
  toErrorView,
} from "./errors.ts";
import { Gate } from "./gate.ts";
import { isFinal, transition } from "./life-cycle.ts";
import { LiveQueries } from "./live-queries.ts";
import type {
  Actor,
  HistoryEntry,
  ServerTruth,
  SessionStatus,
  SessionVariable,
  SignIn,
} from "./model.ts";
import type { SessionLink, SessionOwner } from "./session-owner.ts";
import { SessionRequests } from "./session-requests.ts";
import {
  attach,
  authenticateAgain,
  isPassing,
  isSessionExpired,
  isSessionUnknown,
  refresh,
  SetUpRefused,
  useAndLet,
} from "./set-up.ts";
import { formOf } from "./sign-in.ts";
import { type SignInOptions, signInAtServer } from "./sign-in-steps.ts";
import type { SessionRecord } from "./store.ts";
import { authOf } from "./token.ts";
import type { TokenFamily } from "./token-family.ts";
import { askTruth, compared, identityText, placeText, type Truth } from "./truth.ts";
import { placeAfterUse, useParams } from "./using.ts";
import { checkVariableName, variableValue } from "./variables.ts";

/** How long a change waits for requests that run in the old identity, in milliseconds. */
const DRAIN_PATIENCE = 5_000;

export class HeldSession {
  readonly record: SessionRecord;
  readonly gate: Gate;
  readonly live: LiveQueries;
  readonly requests: SessionRequests;
  /** The record as it was last stored, which is what views are shown; before that they see nothing. */
  stored: SessionRecord | undefined;
  truth: ServerTruth = { state: "unchecked" };
  family: TokenFamily<HeldSession> | undefined;
  /** True while the server knows this session on the present socket. */
  attached = false;
  readonly #owner: SessionOwner;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(record: SessionRecord, owner: SessionOwner) {
    this.record = record;
    this.#owner = owner;
    this.gate = new Gate(() => record.label);
    this.live = new LiveQueries(record.liveQueries);
    this.requests = new SessionRequests(this, owner);
    if (record.status !== "active") this.#barByStatus();
  }

  get isDefault(): boolean {
    return this.record.id === undefined;
  }

  get isAnonymous(): boolean {
    return this.record.auth.level === "anonymous";
  }

  /** "user:bob, app/tenant_b" */
  get identity(): string {
    const { auth, namespace, database } = this.record;
    return identityText(auth.user, placeText(namespace, database));
  }

  /** To be compared: as whom and where a request runs that leaves now. */
  get runsAs(): string {
    const { namespace, database } = this.record;
    return JSON.stringify([this.#whom, namespace ?? "", database ?? ""]);
  }

  /** A root user and a namespace's may have one name. */
  get #whom(): string {
    const { level, user, access } = this.record.auth;
    return JSON.stringify([level, user ?? "", access ?? ""]);
  }

  // ── Set-up and restore ──────────────────────────────────────────────────────────────────────

  /** Makes the session at the server, or makes it again on a fresh socket. Never rejects. */
  async restore(): Promise<void> {
    try {
      await this.#alone(async () => {
        // It may have been closed or abandoned while this waited its turn.
        const { status } = this.record;
        if (status === "active" || status === "ended") await this.#setUp();
      });
      await this.#beginLiveQueriesAgain();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #setUp(): Promise<void> {
    this.assertOpen();
    this.gate.close("it is being set up at the server.");
    this.attached = false;
    try {
      await this.#attach();
      await this.#setUpAttached();
      await this.#verify(true);
    } finally {
      if (this.record.status !== "active") this.#barByStatus();
    }
  }

  async #attach(): Promise<void> {
    if (!this.isDefault) {
      const { sessionsSupported, version } = this.#link;
      if (!sessionsSupported) throw new SessionsNotSupportedError(version);
      await attach(this.#send);
    }
    // The end that the session had on its last socket isn't the end of this one: #verify learns that.
    this.record.expireAt = undefined;
    this.attached = true;
  }

  /** authenticate → use → let. A refused sign-in ends it: detached, expired or revoked. */
  async #setUpAttached(): Promise<void> {
    const { record } = this;
    if (!this.isAnonymous) {
      try {
        await authenticateAgain(this.#send, this.family, this);
      } catch (error) {
        // Whatever the reason: what stays attached now would answer as anonymous.
        await this.#detach();
        if (!(error instanceof SetUpRefused)) throw error;
        await this.#become(error.status, "server", error.message);
        return;
      }
    }
    await useAndLet(this.#send, this.#sendLet, record);
    if (record.status !== "ended") await this.#become("active", "server", "Set up at the server.");
  }

  /** Outside of `#alone`: these pass the gate like any request. */
  async #beginLiveQueriesAgain(): Promise<void> {
    if (!this.gate.isOpen) return;
    const lost = this.live.takeLost();
    if (lost.length === 0) return;
    await Promise.all(lost.map((live) => this.requests.beginLiveAgain(live)));
    await this.#owner.commit(this);
  }

  /**
   * The socket that this session was attached to is gone.
   * @param forGood why nobody needs to wait for it to come back; a sentence
   */
  socketLost(now: number, forGood?: string): void {
    this.attached = false;
    this.requests.socketLost();
    this.live.lost(now);
    this.truth = { state: "unchecked" };
    if (this.record.status === "active") {
      if (forGood === undefined) this.gate.close("the connection is lost.");
      else this.gate.bar(`the connection is closed. ${forGood}`, "Connect again.");
    }
    this.#owner.changed(this);
  }

  #failed(error: unknown): void {
    this.truth = { state: "failed", checkedAt: Date.now(), error: toErrorView(error) };
    if (this.record.status === "active") {
      const text = messageOf(error);
      this.gate.close(`setting it up failed: ${text}`);
    }
    this.#owner.changed(this);
  }

  async #detach(): Promise<void> {
    if (!this.attached) return;
    await this.requests.cancelTransactions();
    this.attached = false;
    this.live.lost(Date.now());
    if (this.isDefault || !this.#link.isUp) return;
    try {
      await this.#send("detach");
    } catch (error) {
      // Where the socket was lost meanwhile it has happened anyway: sessions end with their socket.
      if (!this.#link.isUp) return;
      const reason = messageOf(error);
      const text = `The server refused to detach it: ${reason}. It ends with the connection.`;
      this.#log({ event: "note", by: "server", text });
    }
  }

  // ── Identity ────────────────────────────────────────────────────────────────────────────────

  /** RPC `signin` or `signup`, `authenticate` for tokens, `invalidate` for anonymous. */
  signIn(signIn: SignIn, options: SignInOptions = {}): Promise<void> {
    if (signIn.way === "anonymous") return this.signInAnonymously();
    return this.#changeAndListen("its sign-in is being changed.", async () => {
      await this.#attachAnew();
      const secrets = await signInAtServer(this.#send, signIn, options, this.record.auth.user);
      const family = await this.#owner.newFamily(secrets);
      const cause = options.signUp ? "Signed up." : "Signed in.";
      await this.#adoptFamily(family, options.by ?? "you", cause);
      this.record.signInForm = formOf(signIn);
    });
  }

  async #adoptFamily(family: TokenFamily<HeldSession>, by: Actor, cause: string): Promise<void> {
    const { record } = this;
    const before = record.auth.user ?? "anonymous";
    const whom = this.#whom;
    await this.#owner.join(this, family);
    this.showTokens();
    // Live queries would go on as whoever it was, transactions as whoever it is now.
    if (this.#whom !== whom) await this.requests.endAll();
    // The end of the former sign-in: with it the clock would end the new one at once.
    record.expireAt = undefined;
    const { namespace, database } = record.auth;
    // The server selects where the user is defined; what the person had selected elsewhere is gone.
    if (namespace !== undefined) {
      record.database = database ?? (record.namespace === namespace ? record.database : undefined);
      record.namespace = namespace;
    }
    this.#log({ event: "auth", by, before, after: record.auth.user ?? "signed in", text: cause });
    await this.#become("active", by, cause);
    await useAndLet(this.#send, this.#sendLet, record);
  }

  /** Brings what is shown of the tokens up to the family's. */
  showTokens(): void {
    const { record, family } = this;
    if (!family) return;
    const signedInBy = record.auth.level === "bearer" || family.credentials?.way === "bearer";
    record.auth = authOf(family.token.claims, family.renewable);
    if (signedInBy) record.auth.level = "bearer";
    record.tokenExpireAt = family.token.expireAt;
    record.updatedAt = Date.now();
  }

  async signInAnonymously(): Promise<void> {
    await this.#change("it is being signed out.", async () => {
      await this.#attachAnew();
      await this.requests.endAll();
      await this.#send("invalidate");
      await this.#forgetSignIn("Anonymous by choice.");
      await this.#become("active", "you", "Anonymous by choice.");
      await useAndLet(this.#send, this.#sendLet, this.record);
    });
  }

  /**
   * After a status in which the server has no, or a dead, session under this UUID.
   * @returns true when the server's session is a new one, with nothing in it
   */
  async #attachAnew(): Promise<boolean> {
    const { status } = this.record;
    if (this.attached && (status === "active" || status === "ended")) return false;
    await this.#detach();
    await this.#attach();
    return true;
  }

  async #forgetSignIn(text: string): Promise<void> {
    const { record } = this;
    const before = record.auth.user ?? "anonymous";
    record.auth = { level: "anonymous", renewable: false };
    record.tokenExpireAt = undefined;
    record.expireAt = undefined;
    await this.#owner.join(this, undefined);
    if (before !== "anonymous") {
      this.#log({ event: "auth", by: "you", before, after: "anonymous", text });
    }
  }

  /**
   * Renews the access token; at the person's wish, where only the sign-in itself was kept, by signing
   * in again. Fails with the server's words.
   */
  renew(by: Actor): Promise<void> {
    const secrets = this.family?.secrets;
    if (by === "you" && secrets?.credentials && !secrets.tokens.refresh) {
      return this.signIn(secrets.credentials, { refresh: !secrets.withoutRefresh });
    }
    const before = secrets?.tokens.access;
    const run = async () => {
      const { family } = this;
      // What the clock asked for may be out of date when its turn comes.
      if (by === "clock" && (this.record.status !== "active" || !this.attached)) return;
      if (!family?.tokens.refresh) {
        throw new InvalidRequestError("This sign-in has no refresh token.", "Sign in again.");
      }
      const anew = await this.#attachAnew();
      try {
        // A renewal of this session or of another member may have come first: it counts for this one.
        const isDue = family.tokens.access === before;
        const renewed =
          isDue && (await family.renew(this, (tokens) => refresh(this.#send, tokens)));
        if (renewed !== this) await this.#send("authenticate", [family.tokens.access]);
      } catch (error) {
        await this.#renewalRefused(family, error);
        throw error;
      }
      if (family.tokens.access !== before) {
        this.#log({ event: "auth", by, after: this.record.auth.user, text: "Token renewed." });
      }
      if (anew) {
        await this.#become("active", by, "Token renewed.");
        await useAndLet(this.#send, this.#sendLet, this.record);
      }
    };
    const reason = "its sign-in is being renewed.";
    return this.#changeAndListen(reason, run, { sameIdentity: true });
  }

  async #renewalRefused(family: TokenFamily<HeldSession>, error: unknown): Promise<void> {
    if (!(error instanceof ServerError) || isPassing(error)) return;
    if (family.wasInterrupted) {
      await family.dropRefresh();
      this.#log({ event: "note", by: "server", text: "An interrupted renewal used the token up." });
      return;
    }
    await this.#detach();
    await this.#become("revoked", "server", `The server refused the renewal: ${error.message}`);
  }

  /** RPC `revoke`: kills the grant of the refresh token; the session goes on. */
  revoke(): Promise<void> {
    return this.#change(
      "its tokens are being revoked.",
      async () => {
        this.#assertAttached();
        const tokens = this.family?.tokens;
        if (!this.family || !tokens?.refresh) {
          throw new InvalidRequestError("This sign-in has no refresh token to revoke.");
        }
        await this.#send("revoke", [{ access: tokens.access, refresh: tokens.refresh }]);
        await this.family.dropRefresh();
        this.#log({ event: "auth", by: "you", text: "Refresh token revoked." });
      },
      { sameIdentity: true },
    );
  }

  /** end() = RPC `invalidate`: signed out, still listed and attached. */
  end(by: Actor = "you"): Promise<void> {
    return this.#change("it is being signed out.", async () => {
      if (this.attached) {
        await this.requests.endAll();
        await this.#send("invalidate");
      }
      await this.#forgetSignIn("Signed out.");
      await this.#become("ended", by, "Signed out.");
    });
  }

  /** RPC `reset`: no auth, namespace, database, variables or live queries; still attached. */
  reset(): Promise<void> {
    return this.#change("it is being reset.", async () => {
      await this.#attachAnew();
      await this.requests.cancelTransactions();
      await this.#send("reset");
      const { record } = this;
      const before = placeText(record.namespace, record.database);
      await this.#forgetSignIn("Reset.");
      record.namespace = undefined;
      record.database = undefined;
      record.variables = [];
      record.signInForm = undefined;
      this.requests.clearLive();
      this.#log({ event: "using", by: "you", before, after: "no namespace", text: "Reset." });
      await this.#become("active", "you", "Reset.");
    });
  }

  // ── Place and variables ─────────────────────────────────────────────────────────────────────

  /** RPC `use`: a string selects, null unsets, undefined leaves as it is. */
  use(namespace: string | null | undefined, database: string | null | undefined): Promise<void> {
    return this.#change("another namespace or database is being selected.", async () => {
      this.#assertAttached();
      const { record } = this;
      const before = placeText(record.namespace, record.database);
      const params = useParams(record, namespace, database);
      const place = placeAfterUse(await this.#send("use", params), record, params);
      record.namespace = place.namespace;
      record.database = place.database;
      record.updatedAt = Date.now();
      const after = placeText(record.namespace, record.database);
      this.#log({ event: "using", by: "you", before, after });
    });
  }

  /** RPC `let`. The value is CBOR; NONE is refused, since unset is the word for it. */
  async set(name: string, value: Uint8Array): Promise<void> {
    checkVariableName(name);
    const bytes = variableValue(value);
    await this.#inOrder(async () => {
      this.#assertAttached();
      await this.#sendLet({ name, value: bytes });
      const { record } = this;
      const known = record.variables.find((variable) => variable.name === name);
      if (known) known.value = bytes;
      else record.variables.push({ name, value: bytes });
      record.updatedAt = Date.now();
      this.#log({ event: "variable", by: "you", text: `$${name} ${known ? "changed" : "set"}.` });
      await this.#owner.commit(this);
    });
  }

  /** RPC `unset`. */
  unset(name: string): Promise<void> {
    return this.#inOrder(async () => {
      this.#assertAttached();
      await this.#send("unset", [name]);
      const { record } = this;
      record.variables = record.variables.filter((variable) => variable.name !== name);
      record.updatedAt = Date.now();
      this.#log({ event: "variable", by: "you", text: `$${name} removed.` });
      await this.#owner.commit(this);
    });
  }

  // ── Server truth ────────────────────────────────────────────────────────────────────────────

  /** Asks the server who this session is, and compares. Never rejects: the answer is in `truth`. */
  check(): Promise<void> {
    return this.#alone(() => this.#verify()).catch((error: unknown) => this.#failed(error));
  }

  /** After a difference: what the server says becomes what is shown. */
  acceptTruth(): Promise<void> {
    return this.#change("it is being compared with the server.", async () => {
      const truth = await this.#askTruth();
      const { record } = this;
      if (truth.anonymous && !this.isAnonymous) {
        await this.#forgetSignIn("The server held it to be anonymous.");
      } else if (truth.auth) {
        record.auth = { ...truth.auth, renewable: this.family?.renewable ?? false };
      }
      if (truth.placeKnown) {
        record.namespace = truth.namespace;
        record.database = truth.database;
      }
      this.#log({
        event: "note",
        by: "you",
        text: `Took over what the server says: ${this.identity}`,
      });
    });
  }

  /** After a difference: the server's session is set up again as it is shown. */
  restoreTruth(): Promise<void> {
    return this.#changeAndListen("it is being set up again.", async () => {
      // Begun anew, so that nothing is left of what the server's session has and ours has not.
      await this.#detach();
      await this.#attach();
      if (this.isDefault) await this.#send("reset");
      await this.#setUpAttached();
    });
  }

  #askTruth(): Promise<Truth> {
    return askTruth((text) => this.#send("query", [text]));
  }

  /**
   * Compares with the server, opens the gate if all is as shown, stores, tells.
   * @param isFresh it has just been set up: if the server doesn't know it even so, that is that
   */
  async #verify(isFresh = false): Promise<void> {
    const { record } = this;
    if (!this.attached) return this.#owner.commit(this);
    this.truth = { ...this.truth, state: "checking" };
    this.#owner.changed(this);
    let truth: Truth;
    try {
      truth = await this.#askTruth();
    } catch (error) {
      if (isSessionExpired(error)) await this.expire("server");
      else this.#failed(error);
      if (!isFresh) this.observe(error);
      return this.#owner.commit(this);
    }
    record.expireAt = truth.expireAt;
    this.truth = compared(record, truth, Date.now());
    if (record.status === "active") {
      if (this.truth.state === "agrees") this.gate.open();
      else {
        const first = this.truth.differences?.[0];
        const reason = `the server says ${first?.server}, not ${first?.shown}.`;
        this.gate.bar(reason, "Show the server's, or restore it, under Sessions.");
      }
    }
    await this.#owner.commit(this);
  }

  // ── Life cycle ──────────────────────────────────────────────────────────────────────────────

  /** touch(): activity; brings an abandoned, expired or revoked session back, or says why not. */
  async touch(): Promise<void> {
    this.assertOpen();
    const { record } = this;
    record.lastActiveAt = Date.now();
    if (record.status === "ended") {
      throw new SessionError("SessionEndedError", `“${record.label}” is signed out.`, "Sign in.");
    }
    const isSetUp = record.status === "active" && this.attached && this.truth.state !== "failed";
    if (isSetUp) return this.check();
    await this.#alone(() => this.#setUp());
    await this.#beginLiveQueriesAgain();
    if (this.record.status !== "active") {
      throw new SessionError("SessionNotRestoredError", record.cause, "Sign in again.");
    }
  }

  /** Its time is over: by the clock, or as the server says. */
  async expire(by: Actor): Promise<void> {
    if (this.record.status !== "active") return;
    await this.#become("expired", by, "The session's time at the server is over.");
  }

  /** After a browser start: the sign-in was not kept. */
  async expireWithoutSignIn(): Promise<void> {
    await this.#become("expired", "clock", "Sign-in not kept.");
  }

  /** Nobody used it for as long as the setting says. */
  abandon(): Promise<void> {
    return this.#alone(async () => {
      if (this.record.status !== "active") return;
      await this.#detach();
      await this.#become("abandoned", "clock", "Not used for as long as the settings allow.");
    });
  }

  /** remove() = close = detach; or `replaced`, when another takes its place. */
  async close(status: "removed" | "replaced" = "removed", cause = "Closed."): Promise<void> {
    this.assertOpen();
    await this.#alone(async () => {
      this.assertOpen();
      await this.#detach();
      this.requests.clearLive();
      await this.#become(status, "you", cause);
    });
  }

  async #become(status: SessionStatus, by: Actor, cause: string): Promise<void> {
    const entry = transition(this.record, { to: status, by, cause, at: Date.now() });
    if (entry) this.#owner.history(this, entry);
    // Active it may have been before, but for another reason: the latest one is worth reading.
    else if (by === "you" && status === "active") this.record.cause = cause;
    if (status !== "active") this.#barByStatus();
    await this.#owner.commit(this);
  }

  #barByStatus(): void {
    const { status, cause } = this.record;
    const advice =
      status === "removed" || status === "replaced" ? "Open it again." : "Sign in again.";
    this.gate.bar(`it is ${status}: ${cause}`, advice);
  }

  // ── What comes from the server ──────────────────────────────────────────────────────────────

  notified(notification: LiveNotification): void {
    const found = this.live.receive(notification, Date.now());
    if (!found) return;
    this.#owner.notified(this, found.live.id, found.event);
    this.#owner.changed(this);
  }

  /** Looks at the error of a request for what it says of the session's state. */
  observe(error: unknown): void {
    if (isSessionExpired(error)) void this.expire("server");
    else if (isSessionUnknown(error) && this.attached) {
      this.attached = false;
      this.requests.socketLost();
      this.live.lost(Date.now());
      this.gate.close("the server doesn't know it any more; it is being restored.");
      void this.restore();
    }
  }

  // ── One change at a time ────────────────────────────────────────────────────────────────────

  get #link(): SessionLink {
    return this.#owner.link(this);
  }

  readonly #send = (method: string, params?: readonly unknown[]): Promise<unknown> =>
    this.#link.request(method, params, this.record.id);

  readonly #sendLet = ({ name, value }: SessionVariable): Promise<unknown> =>
    this.#link.requestBytes("let", arrayOf([encodeValue(name), proveItem(value)]), this.record.id);

  /** @throws SessionClosedError */
  assertOpen(): void {
    if (isFinal(this.record.status)) throw new SessionClosedError(this.record.label);
  }

  /** The server has a session to change. */
  #assertAttached(): void {
    if (this.attached || !this.#link.isUp) return;
    const { label, status, cause } = this.record;
    throw new SessionError(
      "SessionNotAttachedError",
      `“${label}” is ${status}: ${cause}`,
      "Sign in again.",
    );
  }

  #alone<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(run);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  /** A change that leaves the identity alone. */
  async #inOrder<T>(run: () => Promise<T>): Promise<T> {
    this.assertOpen();
    return this.#alone(() => {
      this.assertOpen();
      return run();
    });
  }

  /**
   * A change of identity, namespace or database: alone, behind the closed gate, after the requests
   * that run in the old identity, and followed by the check. If it fails, the session is set up as
   * it was where the server no longer holds it so.
   */
  async #change(
    reason: string,
    run: () => Promise<void>,
    { sameIdentity = false } = {},
  ): Promise<void> {
    this.assertOpen();
    await this.#alone(async () => {
      this.assertOpen();
      const wasActive = this.record.status === "active";
      const before = this.gate.standing;
      this.gate.close(reason);
      try {
        // What runs already may end in the same identity: a long query needn't hold a renewal up.
        if (!sameIdentity) await this.requests.drained(DRAIN_PATIENCE);
        await run();
      } catch (error) {
        const { status } = this.record;
        // One that was attached for a sign-in which then failed would answer as anonymous.
        if (status !== "active" && status !== "ended") await this.#detach();
        await this.#verify();
        if (wasActive && this.record.status === "active" && this.truth.state === "differs") {
          if (this.isAnonymous) await this.#send("invalidate");
          await this.#setUpAttached();
          await this.#verify();
        } else if (this.record.status !== "active") this.#barByStatus();
        else if (!this.attached) this.gate.reinstate(before);
        throw error;
      }
      await this.#verify();
      if (this.record.status !== "active") this.#barByStatus();
    });
  }

  /** A change after which the session may be attached anew: what was watched is watched again. */
  async #changeAndListen(
    reason: string,
    run: () => Promise<void>,
    options?: { sameIdentity: boolean },
  ): Promise<void> {
    await this.#change(reason, run, options);
    await this.#beginLiveQueriesAgain();
  }

  #log(entry: Omit<HistoryEntry, "at">): void {
    this.#owner.history(this, { at: Date.now(), ...entry });
  }
}
