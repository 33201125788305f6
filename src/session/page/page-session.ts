/**
 * A session of the page, and what can be done to it from here.
 *
 * It stays the page's, and the page's SDK doesn't know what was changed. What is shown is never set
 * here: the hook sees every frame, ours too, and tells what came of it.
 */
import { arrayOf } from "../../wire/cbor-parts.ts";
import { encodeValue } from "../../wire/values.ts";
import { InvalidRequestError, toErrorView } from "../errors.ts";
import type { HistoryEntry, SessionKey, SessionStatus, SignIn } from "../model.ts";
import type { OperableSession } from "../operable-session.ts";
import { type SignInOptions, signInAtServer } from "../sign-in-steps.ts";
import { askTruth, compared, identityText, placeText, type Truth } from "../truth.ts";
import { useParams } from "../using.ts";
import { checkVariableName, variableValue } from "../variables.ts";
import type { PageLine } from "./page-line.ts";
import type { PageMirror } from "./page-mirror.ts";
import type { PageSessionView } from "./page-model.ts";
import { PageRequests } from "./page-requests.ts";
import type { KnownSession } from "./page-session-view.ts";

const ANONYMOUS = { level: "anonymous", renewable: false } as const;

export class PageSession implements OperableSession {
  readonly key: SessionKey;
  readonly requests: PageRequests;
  readonly #mirror: PageMirror;

  constructor(key: SessionKey, mirror: PageMirror, line: PageLine) {
    this.key = key;
    this.#mirror = mirror;
    this.requests = new PageRequests(key, mirror, line);
  }

  /** As views see it now. @throws UnknownSessionError when the page has it no more */
  get record(): PageSessionView {
    return this.requests.view;
  }

  get history(): HistoryEntry[] {
    return this.#mirror.historyOf(this.key);
  }

  /** The access token that the page is signed in with; its refresh token never leaves the page. */
  get accessToken(): string | undefined {
    return this.requests.state.fact.access;
  }

  // ── Place and variables ─────────────────────────────────────────────────────────────────────

  /** RPC `use`: a string selects, null unsets, undefined leaves as it is. */
  use(namespace: string | null | undefined, database: string | null | undefined): Promise<void> {
    return this.#changeAndCheck(async () => {
      const { record } = this;
      const params = useParams(record, namespace, database);
      const isJson = this.requests.state.socket.format === "json";
      // JSON has no NONE, and null unsets: what shall stay as it is is named.
      const now = [record.namespace ?? null, record.database ?? null];
      const spelt = isJson ? params.map((name, i) => (name === undefined ? now[i] : name)) : params;
      await this.requests.ask("use", spelt);
    });
  }

  /** RPC `let`. The value is CBOR; NONE is refused, since unset is the word for it. */
  async set(name: string, value: Uint8Array): Promise<void> {
    checkVariableName(name);
    const params = arrayOf([encodeValue(name), variableValue(value)]);
    await this.requests.change(() => this.requests.send("let", params));
  }

  /** RPC `unset`. */
  async unset(name: string): Promise<void> {
    await this.requests.change(() => this.requests.ask("unset", [name]));
  }

  // ── Identity ────────────────────────────────────────────────────────────────────────────────

  /** RPC `signin` or `signup`, `authenticate` for tokens, `invalidate` for anonymous. */
  signIn(signIn: SignIn, options: SignInOptions = {}): Promise<void> {
    if (signIn.way === "anonymous") return this.end();
    return this.#changeAndCheck(async () => {
      // The tokens that come of it aren't kept: the hook sees the one that the session now has.
      await signInAtServer(this.requests.ask, signIn, options, this.record.auth.user);
    });
  }

  /** RPC `invalidate`: signed out, as far as the server is concerned. */
  end(): Promise<void> {
    return this.#signOut("ended", "Signed out from Switchyard; the page's SDK doesn't know of it.");
  }

  /** The same, to see what the page does when its sign-in has come to its end. */
  expire(): Promise<void> {
    return this.#signOut("expired", "Expired from Switchyard: simulated, by signing out.");
  }

  async #signOut(status: SessionStatus, cause: string): Promise<void> {
    const before = this.record.status;
    await this.#changeAndCheck(() => this.requests.ask("invalidate"));
    const { authAt } = this.requests.state.fact;
    this.#mirror.learn(this.key, { explained: { authAt, status, cause } });
    this.#note({ event: "status", before, after: status, text: cause });
  }

  /** RPC `reset`: no auth, namespace, database, variables or live queries. */
  reset(): Promise<void> {
    return this.#changeAndCheck(() => this.requests.ask("reset"));
  }

  /** RPC `detach`; a socket's default session can't be detached. */
  async close(): Promise<void> {
    if (this.requests.state.fact.id === undefined) {
      throw new InvalidRequestError(
        "A socket's default session can't be closed.",
        "Sign it out, or reset it.",
      );
    }
    await this.requests.change(() => this.requests.ask("detach"));
  }

  async renew(): Promise<never> {
    throw new InvalidRequestError(
      "The refresh token is the page's own: using it here would burn it for the page.",
      "The page renews its sign-in by itself.",
    );
  }

  async revoke(): Promise<never> {
    throw new InvalidRequestError("The refresh token is the page's own, and isn't known here.");
  }

  async touch(): Promise<never> {
    throw new InvalidRequestError("A page's session is in use for as long as its page uses it.");
  }

  // ── Server truth ────────────────────────────────────────────────────────────────────────────

  /** Asks the server who this session is, and compares. The answer is in `truth`. */
  async check(): Promise<void> {
    this.#learn({ truth: { ...this.record.truth, state: "checking" } });
    try {
      this.#compare(await this.#askTruth());
    } catch (error) {
      this.#learn({ truth: { state: "failed", checkedAt: Date.now(), error: toErrorView(error) } });
    }
  }

  /** After a difference: what the server says is shown, until the page changes it. */
  async acceptTruth(): Promise<void> {
    const truth = await this.#askTruth();
    const { record } = this;
    const place = truth.placeKnown ? truth : record;
    const auth = truth.auth ?? (truth.anonymous ? ANONYMOUS : record.auth);
    const accepted: NonNullable<KnownSession["accepted"]> = { auth };
    if (place.namespace !== undefined) accepted.namespace = place.namespace;
    if (place.database !== undefined) accepted.database = place.database;
    this.#learn({ accepted });
    this.#compare(truth);
    const identity = identityText(accepted.auth.user, placeText(place.namespace, place.database));
    this.#note({ event: "note", text: `Took over what the server says: ${identity}` });
  }

  async restoreTruth(): Promise<never> {
    throw new InvalidRequestError(
      "What this session should be is the page's to say: it can't be restored from here.",
      "Show what the server says, or change the session.",
    );
  }

  #askTruth(): Promise<Truth> {
    return askTruth((text) => this.requests.ask("query", [text]));
  }

  #compare(truth: Truth): void {
    const { expireAt } = truth;
    this.#learn({ truth: compared(this.record, truth, Date.now()), expireAt });
  }

  /** A change of identity or place: the server is asked afterwards what came of it. */
  async #changeAndCheck(run: () => Promise<unknown>): Promise<void> {
    await this.requests.change(run);
    await this.check();
  }

  #learn(what: Parameters<PageMirror["learn"]>[1]): void {
    this.#mirror.learn(this.key, what);
  }

  #note(entry: Omit<HistoryEntry, "at" | "by">): void {
    this.#mirror.note(this.key, { at: Date.now(), by: "you", ...entry });
  }
}
