/**
 * RPC envelopes, read and written without decoding what they carry. A frame is a CBOR map of a
 * few known keys; reading gives the small ones as values and the payload as the bytes it spans,
 * writing makes a new map from exactly the parts given. Nothing of a frame that was read is ever
 * patched or passed on as it stood, so what a sender hid in it (a key twice, a key nobody knows,
 * bytes behind the end) can't reach the server.
 *
 * Requests are read strictly: they may come from a hostile page. Answers come from the server
 * that the person chose; keys that a newer server may add to them are proved well-formed and
 * left out, all else is as strict.
 */
import { FrameReader, MAP, type ReadId, type RpcId, TAG, TEXT } from "./frame-reader.ts";
import {
  headSize,
  idBytes,
  UUID_SIZE,
  utf8,
  writeHead,
  writeKey,
  writeUuid,
} from "./frame-writer.ts";
import { type ArrayBytes, asArray, type ItemBytes } from "./proven.ts";
import { EnvelopeError } from "./wire-error.ts";

export type { ReadId, RpcId };

/** `session` and `txn` are canonical UUIDs; `params` a window on the frame. */
export interface RequestEnvelope {
  id: ReadId;
  method: string;
  params?: ArrayBytes;
  session?: string;
  txn?: string;
}

/**
 * An answer; `id` is absent where the server could not read the request's. `result` and `error`
 * are windows on the frame; both absent is the result NONE.
 */
export interface AnswerEnvelope {
  kind: "answer";
  id?: ReadId;
  session?: string;
  result?: ItemBytes;
  error?: ItemBytes;
}

export type LiveAction = "CREATE" | "UPDATE" | "DELETE" | "KILLED";

/** A live notification; `record` and `result` are windows on the frame. */
export interface LiveEnvelope {
  kind: "live";
  liveId: string;
  session?: string;
  action: LiveAction;
  record?: ItemBytes;
  result?: ItemBytes;
}

const ID = ascii("id");
const TXN = ascii("txn");
const ERROR = ascii("error");
const METHOD = ascii("method");
const PARAMS = ascii("params");
const RESULT = ascii("result");
const RECORD = ascii("record");
const ACTION = ascii("action");
const SESSION = ascii("session");

const REQUEST_KEYS = [ID, METHOD, PARAMS, SESSION, TXN];

/**
 * Reads a request as a client sends it: `{ id, method, params?, session?, txn? }` in any order.
 * @throws EnvelopeError
 */
export function readRequest(bytes: Uint8Array): RequestEnvelope {
  const reader = new FrameReader(bytes);
  const count = reader.mapHead();
  let seen = 0;
  let id: ReadId | undefined;
  let method: string | undefined;
  let params: ArrayBytes | undefined;
  let session: string | undefined;
  let txn: string | undefined;
  for (let i = 0; i < count; i++) {
    const key = reader.key(REQUEST_KEYS);
    if (key < 0) throw fault("unknown-key", "A key that no RPC request has");
    seen = once(seen, key);
    if (key === 0) id = reader.id();
    else if (key === 1) method = reader.text("bad-method");
    else if (reader.nothing()) continue;
    else if (key === 2) params = asArray(reader.item());
    else if (key === 3) session = reader.uuid();
    else txn = reader.uuid();
  }
  reader.end();
  if (id === undefined) throw fault("missing-key", "A request without an id");
  if (method === undefined) throw fault("missing-key", "A request without a method");
  const request: RequestEnvelope = { id, method };
  if (params !== undefined) request.params = params;
  if (session !== undefined) request.session = session;
  if (txn !== undefined) request.txn = txn;
  return request;
}

const RESPONSE_KEYS = [ID, RESULT, ERROR, SESSION];
const LIVE_KEYS = [ID, ACTION, RECORD, RESULT, SESSION];

/**
 * Reads what a server sends: an answer, or a live notification (no id, a result with an action).
 * @throws EnvelopeError
 */
export function readResponse(bytes: Uint8Array): AnswerEnvelope | LiveEnvelope {
  const reader = new FrameReader(bytes);
  const count = reader.mapHead();
  const answer: AnswerEnvelope = { kind: "answer" };
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const key = reader.key(RESPONSE_KEYS);
    if (key < 0) {
      reader.item();
      continue;
    }
    seen = once(seen, key);
    if (key === 1) answer.result = reader.item();
    else if (reader.nothing()) continue;
    else if (key === 0) answer.id = reader.id();
    else if (key === 2) answer.error = reader.item();
    else answer.session = reader.uuid();
  }
  reader.end();
  if (answer.result !== undefined && answer.error !== undefined) {
    throw fault("result-and-error", "An answer with both a result and an error");
  }
  if (answer.id !== undefined || answer.error !== undefined) return answer;
  if (answer.result === undefined)
    throw fault("missing-key", "Neither an answer nor a notification");
  return readLive(answer.result, answer.session);
}

/**
 * The id of an answer that `readResponse` refuses, where it can still be read: servers write it
 * first.
 */
export function answeredId(bytes: Uint8Array): ReadId | undefined {
  const reader = new FrameReader(bytes);
  try {
    return reader.mapHead() > 0 && reader.key(RESPONSE_KEYS) === 0 ? reader.id() : undefined;
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

/**
 * The id of an answer whose result stands right behind it (and behind its session, if it has one), as
 * servers write it. Nothing behind that is read: the frame may be damaged there.
 */
export function resultId(bytes: Uint8Array): ReadId | undefined {
  const reader = new FrameReader(bytes);
  try {
    if (reader.mapHead() < 2 || reader.key(RESPONSE_KEYS) !== 0 || reader.nothing())
      return undefined;
    const id = reader.id();
    let key = reader.key(RESPONSE_KEYS);
    if (key === 3) {
      if (!reader.nothing()) reader.uuid();
      key = reader.key(RESPONSE_KEYS);
    }
    return key === 1 ? id : undefined;
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

function readLive(bytes: ItemBytes, outerSession: string | undefined): LiveEnvelope {
  if ((bytes[0] as number) >> 5 !== MAP) {
    throw fault("bad-notification", "A frame without an id that is no live notification");
  }
  const reader = new FrameReader(bytes);
  const count = reader.mapHead();
  let seen = 0;
  let liveId: string | undefined;
  let action: string | undefined;
  let record: ItemBytes | undefined;
  let result: ItemBytes | undefined;
  let session = outerSession;
  for (let i = 0; i < count; i++) {
    const key = reader.key(LIVE_KEYS);
    if (key < 0) {
      reader.item(2);
      continue;
    }
    seen = once(seen, key);
    if (key === 0) liveId = reader.uuid();
    else if (key === 1) action = reader.text("bad-notification");
    else if (key === 2) record = reader.item(2);
    else if (key === 3) result = reader.item(2);
    else if (!reader.nothing()) session = reader.uuid();
  }
  reader.end();
  if (liveId === undefined || !isAction(action)) {
    throw fault("bad-notification", "A live notification without its live id or action");
  }
  const live: LiveEnvelope = { kind: "live", liveId, action };
  if (session !== undefined) live.session = session;
  if (record !== undefined) live.record = record;
  if (result !== undefined) live.result = result;
  return live;
}

/** What a new request is made from; `session` and `txn` are UUIDs in any spelling. */
export interface RequestParts {
  /** An id of one's own, or the bytes of one that was read. */
  id: RpcId | ReadId;
  method: string;
  params?: ArrayBytes | undefined;
  session?: string | undefined;
  txn?: string | undefined;
}

/**
 * @returns a frame of its own, made from exactly these parts.
 * @throws EnvelopeError where `session` or `txn` is no UUID.
 */
export function writeRequest(parts: RequestParts): Uint8Array<ArrayBuffer> {
  const id = idBytes(parts.id);
  const method = utf8(parts.method);
  const { params, session, txn } = parts;
  let size = 1 + 3 + id.length + 7 + headSize(method.length) + method.length;
  let entries = 2;
  if (params !== undefined) {
    size += 7 + params.length;
    entries++;
  }
  if (session !== undefined) {
    size += 8 + UUID_SIZE;
    entries++;
  }
  if (txn !== undefined) {
    size += 4 + UUID_SIZE;
    entries++;
  }
  const frame = new Uint8Array(size);
  frame[0] = (MAP << 5) | entries;
  let pos = writeKey(frame, 1, ID);
  frame.set(id, pos);
  pos = writeKey(frame, pos + id.length, METHOD);
  pos = writeHead(frame, pos, TEXT, method.length);
  frame.set(method, pos);
  pos += method.length;
  if (params !== undefined) {
    pos = writeKey(frame, pos, PARAMS);
    frame.set(params, pos);
    pos += params.length;
  }
  if (session !== undefined) pos = writeUuid(frame, writeKey(frame, pos, SESSION), session);
  if (txn !== undefined) writeUuid(frame, writeKey(frame, pos, TXN), txn);
  return frame;
}

/** What a new answer is made from: a result or an error. */
export type ResponseParts = {
  id: RpcId | ReadId;
  session?: string | undefined;
} & ({ result: ItemBytes } | { error: ItemBytes });

/**
 * @returns a frame of its own, made from exactly these parts.
 * @throws EnvelopeError where `session` is no UUID.
 */
export function writeResponse(parts: ResponseParts): Uint8Array<ArrayBuffer> {
  const id = idBytes(parts.id);
  const failed = "error" in parts;
  const payload = failed ? parts.error : parts.result;
  const key = failed ? ERROR : RESULT;
  const { session } = parts;
  const size =
    1 +
    3 +
    id.length +
    1 +
    key.length +
    payload.length +
    (session === undefined ? 0 : 8 + UUID_SIZE);
  const frame = new Uint8Array(size);
  frame[0] = (MAP << 5) | (session === undefined ? 2 : 3);
  let pos = writeKey(frame, 1, ID);
  frame.set(id, pos);
  pos += id.length;
  if (session !== undefined) pos = writeUuid(frame, writeKey(frame, pos, SESSION), session);
  pos = writeKey(frame, pos, key);
  frame.set(payload, pos);
  return frame;
}

/** What a new notification is made from; `record` and `result` are absent for NONE. */
export interface LiveParts {
  liveId: string;
  /** Absent for the default session of a socket. */
  session?: string | undefined;
  action: LiveAction;
  record?: ItemBytes | undefined;
  result?: ItemBytes | undefined;
}

/** SurrealDB's NONE: tag 6 around null. */
const NONE = Uint8Array.of((TAG << 5) | 6, 0xf6);

/**
 * Writes `{ result: { action, id, record, result, session? }, session? }`, as servers do.
 * @returns a frame of its own, made from exactly these parts.
 * @throws EnvelopeError where `liveId` or `session` is no UUID.
 */
export function writeLive(parts: LiveParts): Uint8Array<ArrayBuffer> {
  const { liveId, session, record = NONE, result = NONE } = parts;
  const action = utf8(parts.action);
  const sessionSize = session === undefined ? 0 : 8 + UUID_SIZE;
  const size =
    1 +
    7 +
    sessionSize +
    (1 + 7 + 1 + action.length) +
    (3 + UUID_SIZE) +
    (7 + record.length) +
    (7 + result.length) +
    sessionSize;
  const frame = new Uint8Array(size);
  frame[0] = (MAP << 5) | (session === undefined ? 1 : 2);
  let pos = writeKey(frame, 1, RESULT);
  frame[pos++] = (MAP << 5) | (session === undefined ? 4 : 5);
  pos = writeHead(frame, writeKey(frame, pos, ACTION), TEXT, action.length);
  frame.set(action, pos);
  pos = writeUuid(frame, writeKey(frame, pos + action.length, ID), liveId);
  pos = writeKey(frame, pos, RECORD);
  frame.set(record, pos);
  pos = writeKey(frame, pos + record.length, RESULT);
  frame.set(result, pos);
  pos += result.length;
  if (session !== undefined) {
    pos = writeUuid(frame, writeKey(frame, pos, SESSION), session);
    writeUuid(frame, writeKey(frame, pos, SESSION), session);
  }
  return frame;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function once(seen: number, key: number): number {
  const bit = 1 << key;
  if (seen & bit) throw fault("duplicate-key", "A key that comes twice");
  return seen | bit;
}

function isAction(action: string | undefined): action is LiveAction {
  return action === "CREATE" || action === "UPDATE" || action === "DELETE" || action === "KILLED";
}

function fault(
  reason: EnvelopeError["reason"],
  message: string,
  options?: ErrorOptions,
): EnvelopeError {
  return new EnvelopeError(reason, message, options);
}
