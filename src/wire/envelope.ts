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
import { CborError, skipItem } from "./cbor-skip.ts";
import { EnvelopeError } from "./errors.ts";
import { canonicalUuid, uuidFromBytes, writeUuidBytes } from "./uuid.ts";
import type { ArrayBytes } from "./values.ts";

/** What a client may name a request by. Integers beyond 2^53 are bigint. */
export type RpcId = string | number | bigint;

/** An id as read: its value to compare by, and its own bytes for the way back, unchanged. */
export interface ReadId {
  value: RpcId;
  bytes: Uint8Array;
}

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
  result?: Uint8Array;
  error?: Uint8Array;
}

export type LiveAction = "CREATE" | "UPDATE" | "DELETE" | "KILLED";

/** A live notification; `record` and `result` are windows on the frame. */
export interface LiveEnvelope {
  kind: "live";
  liveId: string;
  session?: string;
  action: LiveAction;
  record?: Uint8Array;
  result?: Uint8Array;
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

const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;
const TAG_NONE = 6;
const TAG_UUID_TEXT = 9;
const TAG_UUID_BYTES = 37;

/** Walks over one frame; each method reads one thing at `pos` and moves behind it. */
class Cursor {
  readonly bytes: Uint8Array;
  pos: number;
  /** Argument of the head that was read last. */
  argument = 0;

  constructor(bytes: Uint8Array, pos = 0) {
    this.bytes = bytes;
    this.pos = pos;
  }

  /** Reads the head of a text, array, map or tag; its major type is the answer. */
  head(): number {
    const { bytes } = this;
    const head = this.byte();
    const info = head & 0x1f;
    if (info < 24) this.argument = info;
    else if (info < 28) {
      const length = 1 << (info - 24);
      if (this.pos + length > bytes.length) throw fault("truncated", "The frame ends in a head");
      let argument = 0;
      for (let i = 0; i < length; i++) argument = argument * 256 + (bytes[this.pos + i] as number);
      this.argument = argument;
      this.pos += length;
    } else if (info === 31) {
      throw fault("indefinite-length", "Indefinite lengths aren't allowed in the envelope");
    } else throw fault("malformed", "A head with a reserved length");
    return head >> 5;
  }

  byte(): number {
    const byte = this.bytes[this.pos++];
    if (byte === undefined) throw fault("truncated", "The frame ends too early");
    return byte;
  }

  /** Reads a map's head and gives the number of its entries. */
  mapHead(): number {
    if (this.head() !== MAP) throw fault("not-a-map", "An RPC frame must be a map");
    return this.argument;
  }

  /** Reads a key and gives which of `keys` it is, or -1. */
  key(keys: readonly Uint8Array[]): number {
    const { bytes } = this;
    if (this.head() !== TEXT) throw fault("unknown-key", "A key that is no text");
    const length = this.argument;
    const start = this.pos;
    if (length > bytes.length - start) throw fault("truncated", "The frame ends in a key");
    this.pos = start + length;
    for (let k = 0; k < keys.length; k++) {
      const key = keys[k] as Uint8Array;
      if (key.length !== length) continue;
      let i = 0;
      while (i < length && key[i] === bytes[start + i]) i++;
      if (i === length) return k;
    }
    return -1;
  }

  text(): string {
    if (this.head() !== TEXT) throw fault("malformed", "A text was expected");
    const start = this.pos;
    const end = start + this.argument;
    if (end > this.bytes.length) throw fault("truncated", "The frame ends in a text");
    this.pos = end;
    return readText(this.bytes, start, end);
  }

  /** Proves the item at `pos` and gives the bytes it spans. */
  item(depth = 1): Uint8Array {
    const start = this.pos;
    this.pos = skip(this.bytes, start, depth);
    return this.bytes.subarray(start, this.pos);
  }

  /** Reads null, undefined or NONE, if it is one: all three mean "absent" here. */
  nothing(): boolean {
    const { bytes, pos } = this;
    const head = bytes[pos];
    if (head === 0xf6 || head === 0xf7) this.pos = pos + 1;
    else if (head === ((TAG << 5) | TAG_NONE)) this.item();
    else return false;
    return true;
  }

  uuid(): string {
    const isTag = this.head() === TAG;
    const tag = this.argument;
    if (isTag && tag === TAG_UUID_BYTES) {
      if (this.byte() !== 0x50) throw fault("bad-uuid", "A UUID that isn't 16 bytes");
      const start = this.pos;
      if (start + 16 > this.bytes.length) throw fault("truncated", "The frame ends in a UUID");
      this.pos = start + 16;
      return uuidFromBytes(this.bytes, start);
    }
    if (isTag && tag === TAG_UUID_TEXT) {
      const uuid = canonicalUuid(this.text());
      if (uuid !== undefined) return uuid;
    }
    throw fault("bad-uuid", "A session, transaction or live query is named by a UUID");
  }

  id(): ReadId {
    const bytes = this.item();
    const value = readId(bytes);
    if (value === undefined) throw fault("bad-id", "An id must be a string or a number");
    return { value, bytes };
  }

  end(): void {
    if (this.pos !== this.bytes.length) {
      throw fault("trailing-bytes", "Bytes follow behind the envelope");
    }
  }
}

const REQUEST_KEYS = [ID, METHOD, PARAMS, SESSION, TXN];

/**
 * Reads a request as a client sends it: `{ id, method, params?, session?, txn? }` in any order.
 * @throws EnvelopeError
 */
export function readRequest(bytes: Uint8Array): RequestEnvelope {
  const cursor = new Cursor(bytes);
  const count = cursor.mapHead();
  let seen = 0;
  let id: ReadId | undefined;
  let method: string | undefined;
  let params: ArrayBytes | undefined;
  let session: string | undefined;
  let txn: string | undefined;
  for (let i = 0; i < count; i++) {
    const key = cursor.key(REQUEST_KEYS);
    if (key < 0) throw fault("unknown-key", "A key that no RPC request has");
    seen = once(seen, key);
    if (key === 0) id = cursor.id();
    else if (key === 1) method = cursor.text();
    else if (cursor.nothing()) continue;
    else if (key === 2) params = proveArray(cursor.item());
    else if (key === 3) session = cursor.uuid();
    else txn = cursor.uuid();
  }
  cursor.end();
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
  const cursor = new Cursor(bytes);
  const count = cursor.mapHead();
  const answer: AnswerEnvelope = { kind: "answer" };
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const key = cursor.key(RESPONSE_KEYS);
    if (key < 0) {
      cursor.item();
      continue;
    }
    seen = once(seen, key);
    if (key === 1) answer.result = cursor.item();
    else if (cursor.nothing()) continue;
    else if (key === 0) answer.id = cursor.id();
    else if (key === 2) answer.error = cursor.item();
    else answer.session = cursor.uuid();
  }
  cursor.end();
  if (answer.result !== undefined && answer.error !== undefined) {
    throw fault("result-and-error", "An answer with both a result and an error");
  }
  if (answer.id !== undefined || answer.error !== undefined) return answer;
  if (answer.result === undefined)
    throw fault("missing-key", "Neither an answer nor a notification");
  return readLive(answer.result, answer.session);
}

function readLive(bytes: Uint8Array, outerSession: string | undefined): LiveEnvelope {
  if ((bytes[0] as number) >> 5 !== MAP) {
    throw fault("bad-notification", "A frame without an id that is no live notification");
  }
  const cursor = new Cursor(bytes);
  const count = cursor.mapHead();
  let seen = 0;
  let liveId: string | undefined;
  let action: string | undefined;
  let record: Uint8Array | undefined;
  let result: Uint8Array | undefined;
  let session = outerSession;
  for (let i = 0; i < count; i++) {
    const key = cursor.key(LIVE_KEYS);
    if (key < 0) {
      cursor.item(2);
      continue;
    }
    seen = once(seen, key);
    if (key === 0) liveId = cursor.uuid();
    else if (key === 1) action = cursor.text();
    else if (key === 2) record = cursor.item(2);
    else if (key === 3) result = cursor.item(2);
    else if (!cursor.nothing()) session = cursor.uuid();
  }
  cursor.end();
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
  const method = encoder.encode(parts.method);
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

/** What a new answer is made from: a result or an error, each one proved CBOR item. */
export type ResponseParts = {
  id: RpcId | ReadId;
  session?: string | undefined;
} & ({ result: Uint8Array } | { error: Uint8Array });

/**
 * @returns a frame of its own, made from exactly these parts.
 * @throws EnvelopeError if the payload isn't one well-formed item.
 */
export function writeResponse(parts: ResponseParts): Uint8Array<ArrayBuffer> {
  const id = idBytes(parts.id);
  const failed = "error" in parts;
  const payload = failed ? parts.error : parts.result;
  if (skip(payload, 0, 1) !== payload.length) {
    throw fault("trailing-bytes", "Bytes follow behind the payload");
  }
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

/**
 * Proves that `bytes` are exactly one well-formed array, fit as the `params` of a request.
 * @throws EnvelopeError
 */
export function proveArray(bytes: Uint8Array): ArrayBytes {
  if ((bytes[0] ?? 0) >> 5 !== ARRAY) throw fault("bad-params", "Params must be an array");
  if (skip(bytes, 0, 1) !== bytes.length) {
    throw fault("trailing-bytes", "Bytes follow behind the params");
  }
  return bytes as ArrayBytes;
}

// A UUID on the wire: tag 37 in two bytes, the head of 16 bytes, the bytes.
const UUID_SIZE = 2 + 1 + 16;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function skip(bytes: Uint8Array, start: number, depth: number): number {
  try {
    return skipItem(bytes, start, depth);
  } catch (cause) {
    if (cause instanceof CborError) throw new EnvelopeError(cause.reason, cause.message, { cause });
    throw cause;
  }
}

function once(seen: number, key: number): number {
  const bit = 1 << key;
  if (seen & bit) throw fault("duplicate-key", "A key that comes twice");
  return seen | bit;
}

function isAction(action: string | undefined): action is LiveAction {
  return action === "CREATE" || action === "UPDATE" || action === "DELETE" || action === "KILLED";
}

// Names and ids are short and ASCII: TextDecoder costs several times as much for those.
function readText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 40) {
    let text = "";
    let pos = start;
    for (; pos < end; pos++) {
      const byte = bytes[pos] as number;
      if (byte > 0x7f) break;
      text += String.fromCharCode(byte);
    }
    if (pos === end) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch (cause) {
    throw fault("malformed", "A text that isn't UTF-8", { cause });
  }
}

/** The id in `bytes`, which are one well-formed item; undefined where it is none. */
function readId(bytes: Uint8Array): RpcId | undefined {
  const head = bytes[0] as number;
  const major = head >> 5;
  if (head === 0x7f) throw fault("indefinite-length", "An id in chunks");
  if (major === TEXT) {
    const cursor = new Cursor(bytes);
    return cursor.text();
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (major <= 1) {
    const info = head & 0x1f;
    let argument: number | bigint = info;
    if (info === 24) argument = view.getUint8(1);
    else if (info === 25) argument = view.getUint16(1);
    else if (info === 26) argument = view.getUint32(1);
    else if (info === 27) {
      argument = view.getBigUint64(1);
      if (argument <= Number.MAX_SAFE_INTEGER) argument = Number(argument);
    }
    if (major === 0) return argument;
    return typeof argument === "bigint" ? -1n - argument : -1 - argument;
  }
  if (head === 0xfa) return view.getFloat32(1);
  if (head === 0xfb) return view.getFloat64(1);
  return undefined;
}

function idBytes(id: RpcId | ReadId): Uint8Array {
  if (typeof id === "object") return id.bytes;
  if (typeof id === "string") {
    const text = encoder.encode(id);
    const bytes = new Uint8Array(headSize(text.length) + text.length);
    bytes.set(text, writeHead(bytes, 0, TEXT, text.length));
    return bytes;
  }
  if (typeof id === "number" && !Number.isSafeInteger(id)) {
    const bytes = new Uint8Array(9);
    bytes[0] = 0xfb;
    new DataView(bytes.buffer).setFloat64(1, id);
    return bytes;
  }
  const major = id < 0 ? 1 : 0;
  const argument = typeof id === "bigint" ? (id < 0n ? -1n - id : id) : id < 0 ? -1 - id : id;
  if (argument <= Number.MAX_SAFE_INTEGER) {
    const bytes = new Uint8Array(headSize(Number(argument)));
    writeHead(bytes, 0, major, Number(argument));
    return bytes;
  }
  const bytes = new Uint8Array(9);
  bytes[0] = (major << 5) | 27;
  new DataView(bytes.buffer).setBigUint64(1, BigInt(argument));
  return bytes;
}

function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x10000) return 3;
  return argument < 0x100000000 ? 5 : 9;
}

function writeHead(target: Uint8Array, pos: number, major: number, argument: number): number {
  const size = headSize(argument);
  if (size === 1) {
    target[pos] = (major << 5) | argument;
    return pos + 1;
  }
  target[pos] = (major << 5) | (size === 2 ? 24 : size === 3 ? 25 : size === 5 ? 26 : 27);
  let rest = argument;
  for (let i = size - 1; i > 0; i--) {
    target[pos + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return pos + size;
}

function writeKey(target: Uint8Array, pos: number, key: Uint8Array): number {
  target[pos] = (TEXT << 5) | key.length;
  target.set(key, pos + 1);
  return pos + 1 + key.length;
}

function writeUuid(target: Uint8Array, pos: number, uuid: string): number {
  const canonical = canonicalUuid(uuid);
  if (canonical === undefined) throw fault("bad-uuid", `“${uuid}” is not a UUID`);
  target[pos] = (TAG << 5) | 24;
  target[pos + 1] = TAG_UUID_BYTES;
  target[pos + 2] = 0x50;
  writeUuidBytes(canonical, target, pos + 3);
  return pos + UUID_SIZE;
}

function fault(
  reason: EnvelopeError["reason"],
  message: string,
  options?: ErrorOptions,
): EnvelopeError {
  return new EnvelopeError(reason, message, options);
}
