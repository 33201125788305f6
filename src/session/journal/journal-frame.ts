/**
 * One frame on a page's socket, read as far as the journal needs it, CBOR or JSON.
 *
 * Nearly all that a page receives are results of data requests, which change nothing: of those only
 * the id is read (`resultIdOf`), and the frame is let go.
 */

import { arrayItems } from "../../wire/cbor-parts.ts";
import { type ReadId, readRequest, readResponse, resultId } from "../../wire/envelope.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { canonicalUuid } from "../../wire/uuid.ts";
import { EnvelopeError } from "../../wire/wire-error.ts";
import { CborPayload, JsonPayload, type Payload } from "./payload.ts";

/** What requests are named by; 1 and "1" are two ids. */
export type RequestId = ReadId["value"];

/** Bytes of a binary frame, text of a text frame. */
export type Frame = Uint8Array | string;

export interface SentRequest {
  id: RequestId;
  /** The id as its CBOR frame has it: a window on that. */
  idItem?: ItemBytes;
  method: string;
  session?: string;
  txn?: string;
  /** Reads the parameters; [] where there are none. */
  params(): Payload[];
}

export type ReceivedFrame =
  | { kind: "answer"; id?: RequestId; session?: string; result?: Payload; error?: Payload }
  | {
      kind: "live";
      liveId: string;
      session?: string;
      action: string;
      record?: Payload;
      result?: Payload;
    };

/**
 * A request's id as text, for people and for finding its answer. `1` and `"1"` are two requests: so a
 * string that reads as a number keeps its quotes.
 */
export function idText(id: RequestId): string {
  if (typeof id !== "string") return String(id);
  const readsAsNumber = /^-?\d+$/.test(id) || String(Number(id)) === id;
  return readsAsNumber || id.startsWith('"') ? JSON.stringify(id) : id;
}

/** @throws EnvelopeError where the frame is no RPC request. */
export function readSent(frame: Frame): SentRequest {
  if (typeof frame === "string") return readJsonRequest(frame);
  const { id, method, params, session, txn } = readRequest(frame);
  const request: SentRequest = {
    id: id.value,
    idItem: id.bytes,
    method,
    params: () =>
      params === undefined ? [] : arrayItems(params).map((item) => new CborPayload(item)),
  };
  if (session !== undefined) request.session = session;
  if (txn !== undefined) request.txn = txn;
  return request;
}

/** @throws EnvelopeError where the frame is neither an answer nor a notification. */
export function readReceived(frame: Frame): ReceivedFrame {
  if (typeof frame === "string") return readJsonReceived(frame);
  const read = readResponse(frame);
  if (read.kind === "live") {
    const { kind, liveId, action, session, record, result } = read;
    const live: ReceivedFrame = { kind, liveId, action };
    if (session !== undefined) live.session = session;
    if (record !== undefined) live.record = new CborPayload(record);
    if (result !== undefined) live.result = new CborPayload(result);
    return live;
  }
  const answer: ReceivedFrame = { kind: "answer" };
  if (read.id !== undefined) answer.id = read.id.value;
  if (read.session !== undefined) answer.session = read.session;
  if (read.result !== undefined) answer.result = new CborPayload(read.result);
  if (read.error !== undefined) answer.error = new CborPayload(read.error);
  return answer;
}

/** How servers begin the answer to a request that went well: the id, and its result right behind. */
const JSON_RESULT = /^\{"id":("[^"\\]{0,200}"|-?\d{1,15}),"result":/;

/**
 * The id of an answer that went well, where it can be read at a glance; undefined means only that the
 * whole frame has to be read.
 */
export function resultIdOf(frame: Frame): RequestId | undefined {
  if (typeof frame !== "string") return resultId(frame)?.value;
  const id = JSON_RESULT.exec(frame)?.[1];
  if (id === undefined) return undefined;
  return id.startsWith('"') ? id.slice(1, -1) : Number(id);
}

/** The id of any answer; undefined where the frame is none, or none that can be read. */
export function answerIdOf(frame: Frame): RequestId | undefined {
  const id = resultIdOf(frame);
  if (id !== undefined) return id;
  try {
    const read = readReceived(frame);
    return read.kind === "answer" ? read.id : undefined;
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

function readJsonRequest(text: string): SentRequest {
  const map = parseMap(text);
  const { id, method, params, session, txn } = map;
  if (typeof method !== "string") throw fault("missing-key", "A request without a method");
  if (params !== undefined && params !== null && !Array.isArray(params)) {
    throw fault("bad-params", "Params must be an array");
  }
  const list: unknown[] = params ?? [];
  const request: SentRequest = {
    id: jsonId(id),
    method,
    params: () => list.map((item) => new JsonPayload(item)),
  };
  if (session !== undefined && session !== null) request.session = jsonUuid(session);
  if (txn !== undefined && txn !== null) request.txn = jsonUuid(txn);
  return request;
}

function readJsonReceived(text: string): ReceivedFrame {
  const map = parseMap(text);
  if (map.id === undefined || map.id === null) {
    if (map.error !== undefined) return { kind: "answer", error: new JsonPayload(map.error) };
    return readJsonLive(map);
  }
  const answer: ReceivedFrame = { kind: "answer", id: jsonId(map.id) };
  if (typeof map.session === "string") answer.session = jsonUuid(map.session);
  if (map.error !== undefined && map.error !== null) answer.error = new JsonPayload(map.error);
  else answer.result = new JsonPayload(map.result ?? null);
  return answer;
}

function readJsonLive(map: Record<string, unknown>): ReceivedFrame {
  const live = map.result;
  if (typeof live !== "object" || live === null) {
    throw fault("missing-key", "Neither an answer nor a notification");
  }
  const { id, action, session, record, result } = live as Record<string, unknown>;
  if (typeof action !== "string") {
    throw fault("bad-notification", "A live notification without its action");
  }
  const read: ReceivedFrame = { kind: "live", liveId: jsonUuid(id), action };
  if (record !== undefined) read.record = new JsonPayload(record);
  if (result !== undefined) read.result = new JsonPayload(result);
  const own = session ?? map.session;
  if (typeof own === "string") read.session = jsonUuid(own);
  return read;
}

function parseMap(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw fault("malformed", "A text frame that isn't JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw fault("not-a-map", "An RPC frame must be an object");
  }
  return value as Record<string, unknown>;
}

function jsonId(id: unknown): RequestId {
  if (typeof id === "string" || typeof id === "number") return id;
  throw fault("bad-id", "An id must be a string or a number");
}

function jsonUuid(value: unknown): string {
  const uuid = typeof value === "string" ? canonicalUuid(value) : undefined;
  if (uuid !== undefined) return uuid;
  throw fault("bad-uuid", "A session, transaction or live query is named by a UUID");
}

function fault(
  reason: EnvelopeError["reason"],
  message: string,
  options?: ErrorOptions,
): EnvelopeError {
  return new EnvelopeError(reason, message, options);
}
