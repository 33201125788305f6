/**
 * The mirror of one document: its sockets and sessions, as its hook tells them.
 *
 * A fact is a whole state, so the mirror only ever replaces; what changed between two of them becomes
 * the session's history and, on the way, the traffic that recording views are told. What a page can
 * make it keep is bounded: in number here, in bytes by an allowance that all documents share.
 */
import type { HistoryEntry, SessionKey } from "../model.ts";
import { requestedSession } from "./frame-session.ts";
import { pageAuthOf } from "./page-auth.ts";
import {
  type FrameFact,
  LIMITS,
  type PageFact,
  type SessionFact,
  type SocketFact,
} from "./page-facts.ts";
import { changesBetween, PageHistory } from "./page-history.ts";
import {
  type FrameRecord,
  type IdentityThen,
  type PageSessionView,
  type PageSocketView,
  pageSessionKey,
  type TrafficRecord,
} from "./page-model.ts";
import {
  type DocumentPlace,
  type KnownSession,
  nextChangeOf,
  sessionViewOf,
  socketKeyOf,
  socketViewOf,
  variablesOf,
} from "./page-session-view.ts";
import { Tellings } from "./tellings.ts";

/** Bytes that all mirrors together may keep of values; what is beyond is left out. */
export class Allowance {
  left: number;
  constructor(bytes: number) {
    this.left = bytes;
  }
}

/** Who is told. Keys of what is gone are told too: asking for their views then answers nothing. */
export interface MirrorListener {
  socketChanged(key: string): void;
  sessionChanged(key: SessionKey): void;
  /** What is known of the document itself. */
  documentChanged(): void;
  history(key: SessionKey, entry: HistoryEntry): void;
  /** In the order in which it happened. */
  traffic(records: TrafficRecord[]): void;
}

/** Bytes of values that one document may have kept. */
const DOCUMENT_ALLOWANCE = 16 * 1024 * 1024;

export class PageMirror {
  readonly place: DocumentPlace;
  readonly #since = Date.now();
  readonly #listener: MirrorListener;
  readonly #shared: Allowance;
  #own = DOCUMENT_ALLOWANCE;
  readonly #sockets = new Map<number, SocketFact>();
  readonly #sessions = new Map<SessionKey, KnownSession>();
  readonly #history = new PageHistory();
  readonly tellings = new Tellings();
  usesHttp = false;
  usesWorkers = false;
  #versionAsked: string[] = [];
  #overLimit = 0;

  constructor(place: DocumentPlace, listener: MirrorListener, allowance: Allowance) {
    this.place = place;
    this.#listener = listener;
    this.#shared = allowance;
  }

  // ── What is shown ───────────────────────────────────────────────────────────────────────────

  get socketKeys(): string[] {
    return [...this.#sockets.keys()].map((client) => socketKeyOf(this.place.documentId, client));
  }

  get sessionKeys(): SessionKey[] {
    return [...this.#sessions.keys()];
  }

  socketView(key: string): PageSocketView | undefined {
    const prefix = socketKeyOf(this.place.documentId, "");
    if (!key.startsWith(prefix)) return undefined;
    const socket = this.#sockets.get(Number(key.slice(prefix.length)));
    return socket && socketViewOf(this.place, socket);
  }

  sessionView(key: SessionKey, now = Date.now()): PageSessionView | undefined {
    const known = this.#sessions.get(key);
    const socket = known && this.#sockets.get(known.fact.client);
    return socket && sessionViewOf(this.place, socket, known, now);
  }

  session(key: SessionKey): { known: KnownSession; socket: SocketFact } | undefined {
    const known = this.#sessions.get(key);
    const socket = known && this.#sockets.get(known.fact.client);
    return socket && { known, socket };
  }

  historyOf(key: SessionKey): HistoryEntry[] {
    return this.#history.of(key);
  }

  /** What a person should know of this document, one sentence each. */
  get troubles(): string[] {
    const found: string[] = [];
    if (this.#overLimit > 0) {
      found.push("It has more sockets or sessions than can be shown.");
    }
    const connected = new Set([...this.#sockets.values()].map(({ url }) => hostOf(url)));
    for (const url of this.#versionAsked) {
      const host = hostOf(url);
      if (host === undefined || connected.has(host)) continue;
      found.push(
        `It asked ${host} for its version and opened no socket: SDK 1.3.x refuses servers from 3.0 on, unless it is told versionCheck: false.`,
      );
    }
    return found;
  }

  /** The next moment at which something shown changes by itself; Infinity: none. */
  nextChange(now: number): { at: number; keys: SessionKey[] } {
    let at = Number.POSITIVE_INFINITY;
    let keys: SessionKey[] = [];
    for (const [key, known] of this.#sessions) {
      const next = nextChangeOf(known, now);
      if (next > at || next === Number.POSITIVE_INFINITY) continue;
      if (next < at) keys = [];
      at = next;
      keys.push(key);
    }
    return { at, keys };
  }

  // ── What the hook tells ─────────────────────────────────────────────────────────────────────

  take(facts: readonly PageFact[]): void {
    const traffic: TrafficRecord[] = [];
    for (const fact of facts) {
      switch (fact.fact) {
        case "whole":
          this.#replace(fact, traffic);
          break;
        case "socket":
          this.#takeSocket(fact.socket, traffic);
          break;
        case "session":
          this.#takeSession(fact.session);
          break;
        case "socket-gone":
          this.#dropSocket(fact.client);
          break;
        case "unfollowed":
          this.#tooMany();
          break;
        case "session-gone":
          this.#dropSession(this.#keyOf(fact.client, fact.id));
          break;
        case "frame": {
          const record = this.#recordOf(fact);
          if (record) traffic.push(record);
          break;
        }
        case "dropped":
          traffic.push({ kind: "dropped", at: fact.at, frames: fact.frames, bytes: fact.bytes });
      }
    }
    if (traffic.length > 0) this.#listener.traffic(traffic);
  }

  #replace(whole: Extract<PageFact, { fact: "whole" }>, traffic: TrafficRecord[]): void {
    const clients = new Set(whole.sockets.map(({ client }) => client));
    const keys = new Set(whole.sessions.map(({ client, id }) => this.#keyOf(client, id)));
    for (const key of this.sessionKeys) if (!keys.has(key)) this.#dropSession(key);
    for (const client of [...this.#sockets.keys()]) {
      if (!clients.has(client)) this.#dropSocket(client);
    }
    this.usesHttp = whole.usesHttp;
    this.usesWorkers = whole.usesWorkers === true;
    this.#versionAsked = whole.versionAsked ?? [];
    for (const socket of whole.sockets) this.#takeSocket(socket, traffic);
    for (const session of whole.sessions) this.#takeSession(session);
    if (whole.unfollowed) this.#tooMany();
    this.#listener.documentChanged();
  }

  #takeSocket(socket: SocketFact, traffic: TrafficRecord[]): void {
    const before = this.#sockets.get(socket.client);
    if (!before && this.#sockets.size >= LIMITS.sockets) {
      this.#tooMany();
      return;
    }
    this.#sockets.set(socket.client, socket);
    const socketKey = socketKeyOf(this.place.documentId, socket.client);
    const { openedAt, closedAt, closeCode, state } = socket;
    // What was before anybody listened is no news.
    const isNews = (at: number) => before !== undefined || at > this.#since;
    if (openedAt !== undefined && openedAt !== before?.openedAt && isNews(openedAt)) {
      const what = socket.reconnects > 0 ? "reconnected" : "opened";
      traffic.push({ kind: "socket", at: openedAt, socketKey, what });
    }
    const at = closedAt ?? Date.now();
    if (state === "closed" && before?.state !== "closed" && isNews(at)) {
      const code = closeCode === undefined ? {} : { code: closeCode };
      traffic.push({ kind: "socket", at, socketKey, what: "closed", ...code });
    }
    this.#listener.socketChanged(socketKey);
    // What is troubling about a document may be that it has no socket.
    if (!before && this.#versionAsked.length > 0) this.#listener.documentChanged();
  }

  #takeSession(fact: SessionFact): void {
    const key = this.#keyOf(fact.client, fact.id);
    const before = this.#sessions.get(key);
    if (!before && this.#sessions.size >= LIMITS.sessions) {
      this.#tooMany();
      return;
    }
    const was = before?.fact;
    const sameToken =
      was !== undefined &&
      was.auth === fact.auth &&
      was.access === fact.access &&
      was.renewable === fact.renewable;
    const sameSignIn = sameToken && was.authAt === fact.authAt;
    const samePlace = was?.namespace === fact.namespace && was?.database === fact.database;
    const isAsBefore = sameSignIn && samePlace && fact.over === undefined;
    if (was) this.#own += weightOf(was);
    if (was) this.#shared.left += weightOf(was);
    this.#fit(fact);
    this.#sessions.set(key, {
      fact,
      signedIn: sameToken && before ? before.signedIn : pageAuthOf(fact),
      variables: variablesOf(fact.variables),
      // What the server said of another state says nothing of this one.
      truth: before && isAsBefore ? before.truth : { state: "unchecked" },
      expireAt: sameSignIn ? before?.expireAt : undefined,
      explained: before?.explained,
      accepted: isAsBefore ? before?.accepted : undefined,
    });
    if (was) {
      const by = this.tellings.isActing(key) ? "you" : "page";
      for (const entry of changesBetween(was, fact, by)) this.note(key, entry);
    } else {
      this.note(key, { at: fact.createdAt, event: "created", by: "page", text: "First seen." });
    }
    this.#listener.sessionChanged(key);
    // Counts and times of use are news too, but not of a change.
    if (was?.updatedAt !== fact.updatedAt) this.tellings.told(key);
  }

  /** Takes the values of a fact into the allowance; those that don't fit are left out of it. */
  #fit(fact: SessionFact): void {
    for (const variable of fact.variables) {
      const size = sizeOf(variable);
      if (size > Math.min(this.#own, this.#shared.left)) {
        delete variable.cbor;
        delete variable.json;
        continue;
      }
      this.#own -= size;
      this.#shared.left -= size;
    }
  }

  #tooMany(): void {
    this.#overLimit += 1;
    if (this.#overLimit === 1) this.#listener.documentChanged();
  }

  #dropSocket(client: number): void {
    if (!this.#sockets.has(client)) return;
    for (const [key, { fact }] of [...this.#sessions]) {
      if (fact.client === client) this.#dropSession(key);
    }
    this.#sockets.delete(client);
    this.#listener.socketChanged(socketKeyOf(this.place.documentId, client));
  }

  #dropSession(key: SessionKey): void {
    const known = this.#sessions.get(key);
    if (!known) return;
    this.#own += weightOf(known.fact);
    this.#shared.left += weightOf(known.fact);
    this.#sessions.delete(key);
    this.#history.forget(key);
    this.#listener.sessionChanged(key);
    this.tellings.told(key);
  }

  /** The document went without a word: nothing on its sockets is answered any more. */
  closeSockets(): void {
    const at = Date.now();
    const open = [...this.#sockets.values()].filter(({ state }) => state !== "closed");
    const closed = open.map(({ client }): TrafficRecord => {
      const socketKey = socketKeyOf(this.place.documentId, client);
      return { kind: "socket", at, socketKey, what: "closed" };
    });
    if (closed.length > 0) this.#listener.traffic(closed);
  }

  /** The document is gone: all that was kept of it is given back. */
  clear(): void {
    for (const client of [...this.#sockets.keys()]) this.#dropSocket(client);
    for (const key of this.sessionKeys) this.#dropSession(key);
  }

  #recordOf(fact: FrameFact): FrameRecord | undefined {
    const socket = this.#sockets.get(fact.client);
    if (!socket) return undefined;
    const { fact: _kind, client, ...rest } = fact;
    const socketKey = socketKeyOf(this.place.documentId, client);
    const record: FrameRecord = { ...rest, kind: "frame", socketKey, format: socket.format };
    if (fact.direction === "sent") {
      const session = requestedSession(socket.format, fact);
      if (session !== undefined) record.as = this.#identityThen(client, session ?? undefined);
    }
    return record;
  }

  #identityThen(client: number, id: string | undefined): IdentityThen {
    const sessionKey = this.#keyOf(client, id);
    const known = this.#sessions.get(sessionKey);
    const then: IdentityThen = { sessionKey };
    if (id !== undefined) then.sessionId = id;
    const { user } = known?.signedIn.auth ?? {};
    if (user !== undefined) then.user = user;
    if (known?.fact.namespace !== undefined) then.namespace = known.fact.namespace;
    if (known?.fact.database !== undefined) then.database = known.fact.database;
    return then;
  }

  #keyOf(client: number, id: string | undefined): SessionKey {
    return pageSessionKey(socketKeyOf(this.place.documentId, client), id);
  }

  // ── What is done from here ──────────────────────────────────────────────────────────────────

  /** A line of a session's history, told at once. */
  note(key: SessionKey, entry: HistoryEntry): void {
    this.#history.add(key, entry);
    this.#listener.history(key, entry);
  }

  /** What the server said, or a person decided, of a session. */
  learn(
    key: SessionKey,
    what: Partial<Omit<KnownSession, "fact" | "signedIn" | "variables">>,
  ): void {
    const known = this.#sessions.get(key);
    if (!known) return;
    Object.assign(known, what);
    this.#listener.sessionChanged(key);
  }
}

function sizeOf({ cbor, json }: SessionFact["variables"][number]): number {
  return cbor?.length ?? json?.length ?? 0;
}

function weightOf(fact: SessionFact): number {
  return fact.variables.reduce((sum, variable) => sum + sizeOf(variable), 0);
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
