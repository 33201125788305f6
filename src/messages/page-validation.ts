/**
 * What a page's hook says, checked field by field before anything is made of it.
 *
 * The page may have forged all of it: so nothing is taken over as it came. Each message is read into a
 * new object of exactly the known fields; texts are cut, lists end at their limit, bytes that are a
 * window on something larger are copied out. A fact that can't be one is left out and counted, the
 * others stand. Nothing is thrown, and nothing believed: a well-formed message may still be a lie.
 */
import { wholeCharacters } from "../session/bounded-text.ts";
import type { FrameSummary } from "../session/page/page-model.ts";
import { LARGEST_BATCH, LARGEST_REQUEST, type RelayUp } from "../session/relay/relay-messages.ts";
import { canonicalUuid } from "../wire/uuid.ts";
import {
  type FrameFact,
  type HookMessage,
  LIMITS,
  type LiveFact,
  type PageFact,
  type SessionFact,
  type SocketFact,
  type TransactionFact,
  type VariableFact,
} from "./page-messages.ts";

/** A message as it was read, or why it is none. */
export type ReadMessage =
  | {
      message: HookMessage;
      /** Bytes of the frames in it, as they lay in memory. */
      bytes: number;
      /** Facts that were left out, and why the first of them was. */
      refused: number;
      why?: string;
    }
  | { reason: string };

/** An answer to a request of ours may be so many bytes; a longer one is as good as lost. */
export const ANSWER_LIMIT = 64 * 1024 * 1024;
const NAME = 256;
const SENTENCES = 20;
const MAX_CLIENT = 1_000_000;
/** The last moment that a Date can name. */
const LAST_TIME = 8.64e15;

class Unfit extends Error {}

type Fields = Record<string, unknown>;

/** Reads what came through a bridge's port. Never throws, whatever it is given. */
export function readHookMessage(given: unknown): ReadMessage {
  try {
    const message = fields(given, "message");
    switch (message.type) {
      case "facts":
        return readFacts(message);
      case "acted": {
        const frame = frameBytes(message.frame, ANSWER_LIMIT);
        if (frame === undefined) throw new Unfit("an answer that is too large");
        return {
          message: { type: "acted", act: name(message, "act"), frame },
          bytes: 0,
          refused: 0,
        };
      }
      case "not-acted": {
        const reason = text(message, "reason");
        const act = name(message, "act");
        return { message: { type: "not-acted", act, reason }, bytes: 0, refused: 0 };
      }
      case "act-lost":
        return {
          message: {
            type: "act-lost",
            act: name(message, "act"),
            ...optional("reason", optionalText(message, "reason")),
          },
          bytes: 0,
          refused: 0,
        };
      default:
        return { message: readRelay(message), bytes: 0, refused: 0 };
    }
  } catch (error) {
    // A hostile getter can throw anything; ports deliver none, but nothing relies on that here.
    return { reason: error instanceof Unfit ? error.message : "a message that can't be read" };
  }
}

function readRelay(raw: Fields): RelayUp {
  switch (raw.type) {
    case "routes-ack":
      return { type: "routes-ack", version: count(raw, "version") };
    case "relay": {
      const frame = frameBytes(raw.frame, LARGEST_REQUEST);
      if (frame === undefined) throw new Unfit("a request that is too large");
      return {
        type: "relay",
        seq: count(raw, "seq"),
        ...optional("route", raw.route === undefined ? undefined : count(raw, "route")),
        ...socketPlace(raw),
        frame,
        ...optional(
          "variables",
          raw.variables === undefined
            ? undefined
            : readVariables(list(raw, "variables", LIMITS.variablesPerSession)),
        ),
      };
    }
    case "relay-batch":
      return {
        type: "relay-batch",
        messages: list(raw, "messages", LARGEST_BATCH).map((each) => {
          const message = readRelay(fields(each, "request"));
          if (message.type !== "relay") throw new Unfit("something else than a request");
          return message;
        }),
      };
    case "relay-session-over":
      return {
        type: "relay-session-over",
        ...socketPlace(raw),
        ...optional("session", optionalUuid(raw, "session")),
      };
    case "relay-closed":
      return { type: "relay-closed", ...socketPlace(raw) };
    case "relay-sockets":
      return {
        type: "relay-sockets",
        sockets: list(raw, "sockets", LIMITS.sockets).map((each) => {
          const socket = fields(each, "socket");
          return { ...socketPlace(socket), json: socket.json === true };
        }),
      };
    default:
      throw new Unfit("a message of an unknown type");
  }
}

function socketPlace(raw: Fields): { client: number; generation: number } {
  return { client: client(raw), generation: count(raw, "generation") };
}

function readFacts(message: Fields): ReadMessage {
  const batch = count(message, "batch");
  const given = list(message, "facts", LIMITS.batch);
  const facts: PageFact[] = [];
  let bytes = 0;
  let refused = Math.max(0, (message.facts as unknown[]).length - LIMITS.batch);
  let why = refused > 0 ? "more facts than one batch may have" : undefined;
  for (const each of given) {
    try {
      const raw = fields(each, "fact");
      if (raw.fact === "frame") bytes += heldBy(raw.frame);
      facts.push(readFact(raw));
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      refused += 1;
      why ??= error.message;
    }
  }
  return { message: { type: "facts", batch, facts }, bytes, refused, why };
}

function readFact(raw: Fields): PageFact {
  switch (raw.fact) {
    case "whole":
      return {
        fact: "whole",
        sockets: list(raw, "sockets", LIMITS.sockets).map(readSocket),
        sessions: list(raw, "sessions", LIMITS.sessions).map(readSession),
        usesHttp: raw.usesHttp === true,
        versionAsked: texts(raw.versionAsked),
        usesWorkers: raw.usesWorkers === true,
        unfollowed: raw.unfollowed === true,
      };
    case "socket":
      return { fact: "socket", socket: readSocket(raw.socket) };
    case "session":
      return { fact: "session", session: readSession(raw.session) };
    case "session-gone":
      return {
        fact: "session-gone",
        client: client(raw),
        ...optional("id", optionalUuid(raw, "id")),
      };
    case "socket-gone":
      return { fact: "socket-gone", client: client(raw) };
    case "unfollowed":
      return { fact: "unfollowed" };
    case "frame":
      return readFrame(raw);
    case "dropped":
      return {
        fact: "dropped",
        at: time(raw, "at"),
        frames: count(raw, "frames"),
        bytes: count(raw, "bytes"),
      };
    default:
      throw new Unfit("a fact of an unknown kind");
  }
}

const FORMATS = ["cbor", "json", "flatbuffers"] as const;
const STATES = ["connecting", "open", "closing", "closed"] as const;
const AUTHS = [
  "never",
  "signed-in",
  "signed-up",
  "authenticated",
  "refreshed",
  "invalidated",
  "reset",
  "refused",
  "expired",
] as const;

function readSocket(given: unknown): SocketFact {
  const raw = fields(given, "socket");
  return {
    client: client(raw),
    url: text(raw, "url"),
    format: oneOf(raw, "format", FORMATS),
    state: oneOf(raw, "state", STATES),
    ...optional("openedAt", optionalTime(raw, "openedAt")),
    ...optional("closedAt", optionalTime(raw, "closedAt")),
    ...optional("closeCode", raw.closeCode === undefined ? undefined : count(raw, "closeCode")),
    reconnects: count(raw, "reconnects"),
    ...optional("reconnectedAt", optionalTime(raw, "reconnectedAt")),
    framesSent: count(raw, "framesSent"),
    framesReceived: count(raw, "framesReceived"),
    bytesSent: count(raw, "bytesSent"),
    bytesReceived: count(raw, "bytesReceived"),
    deliversBlobs: raw.deliversBlobs === true,
    ownSend: raw.ownSend === true,
    unwatched: raw.unwatched === true,
    strayFrames: count(raw, "strayFrames"),
    ...optional("lastStray", optionalText(raw, "lastStray")),
  };
}

function readSession(given: unknown): SessionFact {
  const raw = fields(given, "session");
  const incomplete = texts(raw.incomplete) ?? [];
  const access = optionalText(raw, "access", Number.POSITIVE_INFINITY);
  const isTokenKept = access !== undefined && access.length <= LIMITS.token;
  if (access !== undefined && !isTokenKept)
    incomplete.push("Its access token is too long to be kept.");
  const over =
    raw.over === undefined ? undefined : oneOf(raw, "over", ["detached", "socket-closed"]);
  return {
    client: client(raw),
    ...optional("id", optionalUuid(raw, "id")),
    order: count(raw, "order"),
    createdAt: time(raw, "createdAt"),
    updatedAt: time(raw, "updatedAt"),
    lastActiveAt: time(raw, "lastActiveAt"),
    ...optional("namespace", optionalText(raw, "namespace")),
    ...optional("database", optionalText(raw, "database")),
    variables: readVariables(list(raw, "variables", LIMITS.variablesPerSession)),
    auth: oneOf(raw, "auth", AUTHS),
    authAt: time(raw, "authAt"),
    ...optional("access", isTokenKept ? access : undefined),
    renewable: raw.renewable === true,
    ...optional("over", over),
    live: list(raw, "live", LIMITS.livePerSession).map(readLive),
    transactions: list(raw, "transactions", LIMITS.transactionsPerSession).map(readTransaction),
    requests: count(raw, "requests"),
    incomplete,
  };
}

/** Values beyond the limits, each or together, are left out: their size stays. */
function readVariables(given: unknown[]): VariableFact[] {
  let left: number = LIMITS.variables;
  return given.map((each) => {
    const raw = fields(each, "variable");
    const variable: VariableFact = { name: name(raw, "name"), size: count(raw, "size") };
    const { cbor, json } = raw;
    if (cbor instanceof Uint8Array) {
      if (cbor.byteLength <= Math.min(left, LIMITS.variable)) variable.cbor = ownBytes(cbor);
    } else if (typeof json === "string") {
      if (json.length <= Math.min(left, LIMITS.variable)) variable.json = json;
    }
    left -= variable.cbor?.byteLength ?? variable.json?.length ?? 0;
    return variable;
  });
}

function readLive(given: unknown): LiveFact {
  const raw = fields(given, "live query");
  return {
    id: uuid(raw, "id"),
    statement: text(raw, "statement"),
    begunAt: time(raw, "begunAt"),
    events: count(raw, "events"),
  };
}

function readTransaction(given: unknown): TransactionFact {
  const raw = fields(given, "transaction");
  return {
    id: uuid(raw, "id"),
    begunAt: time(raw, "begunAt"),
    requests: count(raw, "requests"),
  };
}

function readFrame(raw: Fields): FrameFact {
  const frame = raw.frame === undefined ? undefined : frameBytes(raw.frame, LIMITS.frame);
  const isTooLarge = raw.frame !== undefined && frame === undefined;
  const summary = raw.summary === undefined ? undefined : readSummary(raw.summary);
  if (frame === undefined && summary === undefined && !isTooLarge) {
    throw new Unfit("a frame without bytes and without a reason");
  }
  const why: FrameSummary | undefined = isTooLarge ? { why: "too-large" } : undefined;
  return {
    fact: "frame",
    at: time(raw, "at"),
    client: client(raw),
    generation: count(raw, "generation"),
    direction: oneOf(raw, "direction", ["sent", "received"]),
    size: count(raw, "size"),
    ...optional("frame", frame),
    ...optional("summary", frame === undefined ? (summary ?? why) : undefined),
    by: raw.by === "you" ? "you" : "page",
  };
}

function readSummary(given: unknown): FrameSummary {
  const raw = fields(given, "summary");
  return {
    why: oneOf(raw, "why", ["too-large", "overflow", "unreadable"]),
    ...optional("id", optionalText(raw, "id", NAME)),
    ...optional("method", optionalText(raw, "method", NAME)),
    ...optional("session", optionalUuid(raw, "session")),
    ...optional("txn", optionalUuid(raw, "txn")),
    ...optional("head", optionalText(raw, "head")),
  };
}

// ── One field each ────────────────────────────────────────────────────────────────────────────

function fields(given: unknown, what: string): Fields {
  if (typeof given !== "object" || given === null) throw new Unfit(`a ${what} that is no object`);
  return given as Fields;
}

/** The first items of a list. Without holes: `map` would pass over them and leave them in. */
function list(raw: Fields, field: string, limit: number): unknown[] {
  const value = raw[field];
  if (!Array.isArray(value)) throw new Unfit(`${field}: no list`);
  return Array.from(value.slice(0, limit));
}

function text(raw: Fields, field: string, limit: number = LIMITS.text): string {
  const value = raw[field];
  if (typeof value !== "string") throw new Unfit(`${field}: no text`);
  return value.length > limit ? wholeCharacters(value, limit) : value;
}

/** A text by which something is known: cut, it would be another name. */
function name(raw: Fields, field: string): string {
  const value = raw[field];
  if (typeof value !== "string" || value.length > NAME) throw new Unfit(`${field}: no name`);
  return value;
}

function optionalText(raw: Fields, field: string, limit?: number): string | undefined {
  return raw[field] === undefined ? undefined : text(raw, field, limit);
}

function texts(given: unknown): string[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given
    .slice(0, SENTENCES)
    .filter((each) => typeof each === "string")
    .map((each) => (each.length > LIMITS.text ? wholeCharacters(each, LIMITS.text) : each));
}

function count(raw: Fields, field: string): number {
  const value = raw[field];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Unfit(`${field}: no count`);
  return value as number;
}

function client(raw: Fields): number {
  const value = count(raw, "client");
  if (value > MAX_CLIENT) throw new Unfit("client: no number of a client");
  return value;
}

function time(raw: Fields, field: string): number {
  const value = raw[field];
  if (typeof value !== "number" || !(value >= 0 && value <= LAST_TIME)) {
    throw new Unfit(`${field}: no time`);
  }
  return value;
}

function optionalTime(raw: Fields, field: string): number | undefined {
  return raw[field] === undefined ? undefined : time(raw, field);
}

function uuid(raw: Fields, field: string): string {
  const value = raw[field];
  const canonical = typeof value === "string" ? canonicalUuid(value) : undefined;
  if (canonical === undefined) throw new Unfit(`${field}: no UUID`);
  return canonical;
}

function optionalUuid(raw: Fields, field: string): string | undefined {
  return raw[field] === undefined ? undefined : uuid(raw, field);
}

function oneOf<const T extends string>(raw: Fields, field: string, values: readonly T[]): T {
  const value = raw[field];
  const found = values.find((each) => each === value);
  if (found === undefined) throw new Unfit(`${field}: no known word`);
  return found;
}

/** Undefined where it is larger than may be kept. */
function frameBytes(value: unknown, limit: number): Uint8Array | string | undefined {
  if (typeof value === "string") return value.length <= limit ? value : undefined;
  if (!(value instanceof Uint8Array)) throw new Unfit("frame: neither bytes nor text");
  return value.byteLength <= limit ? ownBytes(value) : undefined;
}

/** Cloning a window clones the whole buffer behind it: only what is looked at is kept. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function heldBy(frame: unknown): number {
  if (typeof frame === "string") return frame.length;
  return frame instanceof Uint8Array ? frame.buffer.byteLength : 0;
}

/** A field that is absent where it has no value. */
function optional<K extends string, V>(field: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [field]: value } as { [key in K]?: V });
}
