/**
 * One document that uses the page API: its requests, and what it is told.
 *
 * Where it stands is the browser's word; what it asks is a page's, and read field by field. Whatever it
 * begins at a server belongs to its own relay client, so that transactions and live queries of others
 * are nothing to it, and its own end with it. A session is looked up by its grant at each request, and
 * again when the answer has come: what was taken back meanwhile is not told any more.
 */
import { Uuid } from "surrealdb";
import {
  API_LIMITS,
  type ApiDownMessage,
  type ApiErrorData,
  type ApiParams,
  type ApiRequest,
  type ApiResults,
  type ApiRoute,
  type ApiSession,
} from "../messages/api-messages.ts";
import { readApiMessage } from "../messages/api-validation.ts";
import type { HeldSession } from "../session/held-session.ts";
import type { RelayCall, RelayNotification, RelayResult } from "../session/relay/relay-client.ts";
import { methodKind } from "../session/relay/relay-methods.ts";
import type { Leaving } from "../session/session-requests.ts";
import { arrayOf } from "../wire/cbor-parts.ts";
import { proveArray, proveItem } from "../wire/proven.ts";
import { canonicalUuid } from "../wire/uuid.ts";
import { decodeValue, encodeValue } from "../wire/values.ts";
import { ApiBegun } from "./api-begun.ts";
import { ApiRefusal, notEnabled, notGranted, plainDetails, toApiError } from "./api-error.ts";
import { type ApiAllowance, Bucket, DOCUMENT_RATE } from "./api-rate.ts";

/** A document, by the browser's word. */
export interface ApiPlace {
  tabId: number;
  documentId: string;
  /** Absent or `"null"`: an opaque one, which gets nothing. */
  origin?: string | undefined;
  /** It is the tab's page itself, not a frame in it. */
  top: boolean;
  topOrigin?: string | undefined;
}

/** What carries the document's requests: a `RelayClient`. */
export interface ApiClient {
  /** @param leaving called right before it leaves; where it throws nothing is sent */
  call(call: RelayCall, held: HeldSession, leaving: Leaving): Promise<RelayResult>;
  /** Its answer is on the way: from here on the page can know what began with it. */
  delivered(result: RelayResult): void;
  /** What was begun as this session of the client's ends. */
  sessionOver(session: string | undefined): Promise<void>;
  close(): void | Promise<void>;
}

/** What a document needs of the whole. `origin` is never an opaque one. */
export interface ApiHost {
  readonly ready: Promise<unknown>;
  isEnabled(origin: string): boolean;
  sessionsOf(origin: string): ApiSession[];
  /** Somebody is here for whom connections are to be open. */
  wake(): void;
  /** The session that the origin knows by this id; undefined: none that is granted to it. */
  held(origin: string, id: string): HeldSession | undefined;
  routeOf(place: ApiPlace, origin: string): ApiRoute;
  allowance(origin: string): ApiAllowance;
  /** Resolves when the person has granted something. @throws ApiRefusal */
  ask(document: ApiDocument, origin: string, params: AskParams): Promise<void>;
  createClient(notify: (notification: RelayNotification) => void): ApiClient;
  left(document: ApiDocument): void;
}

type AskParams = ApiParams<"switchyard_requestSessions">;
type RpcParams = ApiParams<"switchyard_rpc">;

/** Beside what reads and writes data, a page may send these. */
const PLAIN: ReadonlySet<string> = new Set(["ping", "version"]);
/** Messages that are none: after so many nobody listens to the document any more. */
const NONSENSE_LIMIT = 100;
/** Requests of all documents of an origin that wait for their answers. */
const ORIGIN_PENDING = 512;

export class ApiDocument {
  readonly place: ApiPlace;
  readonly #post: (message: ApiDownMessage) => void;
  readonly #host: ApiHost;
  readonly #origin: string | undefined;
  readonly #requests = new Bucket(DOCUMENT_RATE.perSecond, DOCUMENT_RATE.burst);
  /** Each refusal costs an answer. */
  readonly #refusals = new Bucket(DOCUMENT_RATE.perSecond * 4, DOCUMENT_RATE.burst * 10);
  readonly #begun = new ApiBegun();
  /** Grants through which something was sent. */
  readonly #used = new Set<string>();
  #client: ApiClient | undefined;
  #running = 0;
  #asking = 0;
  #nonsense = 0;
  #gone = false;
  /** What it was told last, as text; undefined: it doesn't listen. */
  #toldSessions: string | undefined;
  #toldRoute: string | undefined;

  constructor(place: ApiPlace, post: (message: ApiDownMessage) => void, host: ApiHost) {
    this.place = place;
    this.#post = post;
    this.#host = host;
    this.#origin = place.origin === "null" ? undefined : place.origin;
  }

  get origin(): string | undefined {
    return this.#origin;
  }

  /** Something of it goes on that the worker must not sleep through. */
  get isInUse(): boolean {
    // Who waits for the person is counted by who asks the person.
    const sending = this.#running - this.#asking;
    return sending > 0 || !this.#begun.isEmpty;
  }

  /** What came up through the document's port, whatever it is. */
  received(given: unknown): void {
    void this.#host.ready.then(() => {
      if (!this.#gone) this.#receive(given);
    });
  }

  /** The document or its port is gone: so is all that it began. */
  left(): void {
    if (this.#gone) return;
    this.#gone = true;
    void this.#client?.close();
    this.#begun.clear();
    this.#host.left(this);
  }

  /** Grants, sessions or routes changed: it is told what of that it may see. */
  changed(): void {
    const origin = this.#origin;
    if (this.#gone || origin === undefined) return;
    this.#endWhatWasTakenBack(origin);
    if (this.#toldSessions === undefined) return;
    if (!this.#host.isEnabled(origin)) {
      this.#toldSessions = undefined;
      this.#tell({ type: "api-enabled", on: false });
      return;
    }
    const sessions = this.#host.sessionsOf(origin);
    const sessionsText = JSON.stringify(sessions);
    if (sessionsText !== this.#toldSessions) {
      this.#toldSessions = sessionsText;
      this.#tell({ type: "api-event", event: "sessionsChanged", payload: sessions });
    }
    const route = this.#host.routeOf(this.place, origin);
    if (JSON.stringify(route) !== this.#toldRoute) {
      this.#toldRoute = JSON.stringify(route);
      this.#tell({ type: "api-event", event: "routeChanged", payload: route });
    }
  }

  #endWhatWasTakenBack(origin: string): void {
    for (const grant of this.#used) {
      if (this.#host.held(origin, grant)) continue;
      this.#used.delete(grant);
      void this.#client?.sessionOver(grant);
      for (const id of this.#begun.over(grant)) this.#killed(grant, id);
    }
  }

  #killed(session: string, id: string): void {
    const none = encodeValue(undefined);
    const payload = { session, id, action: "KILLED", record: none, result: none } as const;
    this.#tell({ type: "api-event", event: "notification", payload });
  }

  // ── One message ─────────────────────────────────────────────────────────────────────────────

  #receive(given: unknown): void {
    const read = readApiMessage(given);
    if ("reason" in read) {
      this.#nonsense += 1;
      if (this.#nonsense >= NONSENSE_LIMIT) this.#sendAway();
      return;
    }
    if ("message" in read && read.message.type === "api-hello") this.#welcome();
    else {
      const seq = "seq" in read ? read.seq : (read.message as ApiRequest).seq;
      const refusal = this.#limit(read.bytes) ?? ("refusal" in read ? read.refusal : undefined);
      if (refusal) this.#refuse(seq, refusal);
      else if ("message" in read) void this.#answer(read.message as ApiRequest);
    }
  }

  #welcome(): void {
    if (!this.#requests.take(1)) return;
    const origin = this.#origin;
    const on = origin !== undefined && this.#host.isEnabled(origin);
    if (on) {
      this.#toldSessions = JSON.stringify(this.#host.sessionsOf(origin));
      this.#toldRoute = JSON.stringify(this.#host.routeOf(this.place, origin));
    }
    this.#tell({ type: "api-enabled", on });
  }

  /** What the document or its origin has asked too much of. */
  #limit(bytes: number): ApiErrorData | undefined {
    const refusal = (why: string) =>
      new ApiRefusal("limit", `${why} Nothing was sent.`, { outcome: "not-sent" }).data;
    if (!this.#requests.take(1)) {
      return refusal(`A page may make ${DOCUMENT_RATE.perSecond} requests a second.`);
    }
    if (this.#running >= API_LIMITS.pending) {
      return refusal(`${API_LIMITS.pending} requests wait for their answers already.`);
    }
    // Another page's origin can't be used up by one that has none.
    if (this.#origin === undefined) return undefined;
    const allowance = this.#host.allowance(this.#origin);
    if (allowance.running >= ORIGIN_PENDING || !allowance.requests.take(1)) {
      return refusal("The pages of this origin ask too much at once.");
    }
    if (!allowance.bytes.take(bytes)) return refusal("The pages of this origin send too much.");
    return undefined;
  }

  #refuse(seq: number, error: ApiErrorData): void {
    if (this.#refusals.take(1)) this.#tell({ type: "api-error", seq, error });
    else this.#sendAway();
  }

  /** Nobody listens to it any more. */
  #sendAway(): void {
    this.#tell({ type: "api-enabled", on: false });
    this.left();
  }

  async #answer(request: ApiRequest): Promise<void> {
    const { seq } = request;
    const allowance = this.#origin === undefined ? undefined : this.#host.allowance(this.#origin);
    this.#running += 1;
    if (allowance) allowance.running += 1;
    try {
      const { result, begun } = await this.#carryOut(request);
      this.#tell({ type: "api-response", seq, result });
      if (begun) this.#client?.delivered(begun);
    } catch (error) {
      this.#refuse(seq, toApiError(error));
    } finally {
      this.#running -= 1;
      if (allowance) allowance.running -= 1;
    }
  }

  async #carryOut(request: ApiRequest): Promise<Outcome> {
    const origin = this.#origin;
    if (origin === undefined || !this.#host.isEnabled(origin)) throw notEnabled();
    switch (request.method) {
      case "switchyard_sessions":
        return { result: this.#host.sessionsOf(origin) };
      case "switchyard_route":
        return { result: this.#host.routeOf(this.place, origin) };
      case "switchyard_requestSessions":
        await this.#requestSessions(origin, request.params);
        return { result: this.#host.sessionsOf(origin) };
      case "switchyard_rpc":
        return this.#rpc(origin, request.params);
      case "switchyard_live":
        return this.#beginLive(origin, request.params);
      case "switchyard_kill": {
        const { session, id } = request.params;
        const params = encodeValue([new Uuid(uuidOf("id", id))]);
        await this.#rpc(origin, { session, method: "kill", params });
        return { result: null };
      }
    }
  }

  async #requestSessions(origin: string, params: AskParams): Promise<void> {
    const { top, topOrigin } = this.place;
    if (this.#host.sessionsOf(origin).length > 0 && params.more !== true) return;
    if (!top && topOrigin !== origin) {
      throw new ApiRefusal(
        "unauthorized",
        "A frame in a page of another origin can't ask for access; a page of its own origin can.",
      );
    }
    this.#asking += 1;
    try {
      await this.#host.ask(this, origin, params);
    } finally {
      this.#asking -= 1;
    }
  }

  // ── Through a session ───────────────────────────────────────────────────────────────────────

  #held(origin: string, session: string): HeldSession {
    const held = this.#host.held(origin, session);
    if (!held) throw notGranted();
    // Where no view is open since the worker started, nobody else does it.
    this.#host.wake();
    return held;
  }

  async #rpc(origin: string, { session, method, params, txn }: RpcParams): Promise<Outcome> {
    const held = this.#held(origin, session);
    const isPlain = PLAIN.has(method);
    if (!isPlain && methodKind(method) !== "data") {
      throw new ApiRefusal(
        "unsupported",
        `A page may not call “${method}”: only what reads and writes data. Nothing was sent.`,
        { outcome: "not-sent" },
      );
    }
    if (isPlain) {
      const { result } = await held.requests.send(method, undefined);
      return { result: { result } };
    }
    const call: RelayCall = { method, session };
    if (params) call.params = proveArray(params);
    if (txn !== undefined) call.txn = uuidOf("txn", txn);
    this.#begun.assertMayBegin(call);
    const begun = await this.#call(origin, call, held);
    const { result } = begun;
    if (result.length > API_LIMITS.result) {
      throw new ApiRefusal("limit", "It ran; its result is too large for a page to be given.", {
        outcome: "ran",
      });
    }
    // Cloning a window clones the whole buffer behind it.
    const isWhole = result.length === result.buffer.byteLength;
    return { result: { result: isWhole ? result : result.slice() }, begun };
  }

  async #beginLive(origin: string, params: ApiParams<"switchyard_live">): Promise<Outcome> {
    const { session, query, bindings } = params;
    const held = this.#held(origin, session);
    if (!/^\s*live\s+select\b/i.test(query)) {
      throw new ApiRefusal("params", "The query must be one LIVE SELECT. Nothing was sent.");
    }
    const items = [encodeValue(query), ...(bindings ? [proveItem(bindings)] : [])];
    const call = { method: "query", session, params: arrayOf(items) };
    this.#begun.assertMayBegin(call);
    const begun = await this.#call(origin, call, held);
    const [id] = begun.begunLive ?? [];
    if (id !== undefined) return { result: { id }, begun };
    const [statement] = decodeValue(begun.result) as Record<string, unknown>[];
    const { kind, details } = { ...statement } as { kind?: unknown; details?: unknown };
    throw new ApiRefusal("server", String(statement?.result ?? "No live query began."), {
      outcome: "ran",
      ...(typeof kind === "string" ? { kind } : {}),
      ...plainDetails(details),
    });
  }

  async #call(origin: string, call: RelayCall, held: HeldSession): Promise<RelayResult> {
    const grant = call.session as string;
    this.#client ??= this.#host.createClient((notification) => this.#notified(notification));
    const client = this.#client;
    this.#used.add(grant);
    const { runsAs } = held;
    const result = await client.call(call, held, () => {
      // It may have waited, while the person took the grant back or signed the session in anew.
      if (this.#gone || this.#host.held(origin, grant) !== held) throw notGranted();
      if (held.runsAs !== runsAs) throw becameAnother();
    });
    if (this.#gone || this.#host.held(origin, grant) !== held) {
      // What it began is nobody's.
      void client.sessionOver(grant);
      throw new ApiRefusal("unauthorized", "It ran; access was taken back meanwhile.", {
        outcome: "ran",
      });
    }
    this.#begun.note(grant, result);
    return result;
  }

  #notified({ liveId, session, action, record, value }: RelayNotification): void {
    const origin = this.#origin as string;
    if (session === undefined || !this.#host.held(origin, session)) return;
    if (action === "KILLED") this.#begun.killed(liveId);
    const payload = { session, id: liveId, action, record, result: value };
    this.#tell({ type: "api-event", event: "notification", payload });
  }

  #tell(message: ApiDownMessage): void {
    if (this.#gone) return;
    try {
      this.#post(message);
    } catch {
      // The port has just closed: `left` follows.
    }
  }
}

function becameAnother(): ApiRefusal {
  return new ApiRefusal(
    "sessionUnavailable",
    "The session became somebody else while this request waited. Nothing was sent.",
    { outcome: "not-sent" },
  );
}

interface Outcome {
  result: ApiResults[keyof ApiResults];
  /** What its answer makes known to the page. */
  begun?: RelayResult;
}

function uuidOf(name: string, text: string): string {
  const uuid = canonicalUuid(text);
  if (uuid === undefined) throw new ApiRefusal("params", `“${name}” must be a UUID.`);
  return uuid;
}
