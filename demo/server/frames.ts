/**
 * Frames: from the bytes of a WebSocket message to a request, and from an answer to bytes.
 *
 * The two formats differ only in how a value is written; what a request must look like is the same in
 * both, and is checked as `surrealdb/core/src/rpc/request.rs` does.
 */
import { CborCodec, DateTime, Uuid } from "surrealdb";
import { decodeJson, encodeJson } from "./json-values.ts";
import { invalidRequest, parseError, type WireError } from "./rpc-error.ts";

/** A request as it came from a client. `id` is whatever the client chose, and is echoed. */
export interface Request {
  id: unknown;
  method: string;
  params: unknown[];
  session?: Uuid | undefined;
  txn?: Uuid | undefined;
}

/** An answer or, without id, a notification or the answer to a frame that wasn't understood. */
export interface Response {
  id?: unknown;
  session?: Uuid;
  result?: unknown;
  error?: WireError;
}

/** How the values of one socket are written. */
export interface FrameFormat {
  readonly name: "cbor" | "json";
  /** Reads one message. Throws `RpcFailure` (parse error, invalid request). */
  readRequest(message: Uint8Array): Request;
  /** Writes one answer: binary for CBOR, text for JSON. */
  write(response: Response): Uint8Array | string;
}

const codec = new CborCodec({});

export const cborFrames: FrameFormat = {
  name: "cbor",
  readRequest: (message) => toRequest(parse(() => codec.decode(message))),
  write: (response) => codec.encode(response),
};

export const jsonFrames: FrameFormat = {
  name: "json",
  readRequest: (message) => toRequest(parse(() => decodeJson(new TextDecoder().decode(message)))),
  write: (response) => encodeJson(response),
};

function parse(decode: () => unknown): Record<string, unknown> {
  let value: unknown;
  try {
    value = decode();
  } catch {
    // Which byte was wrong the real server doesn't tell either.
    throw parseError();
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw parseError();
  return value as Record<string, unknown>;
}

function toRequest(map: Record<string, unknown>): Request {
  const { id, method, params } = map;
  if (!isRequestId(id) || typeof method !== "string") throw invalidRequest();
  return {
    id,
    method,
    params: Array.isArray(params) ? params : [],
    session: toUuid(map.session),
    txn: toUuid(map.txn),
  };
}

function isRequestId(id: unknown): boolean {
  if (id === undefined || id === null) return true;
  if (["string", "number", "bigint"].includes(typeof id)) return true;
  return id instanceof Uuid || id instanceof DateTime;
}

function toUuid(value: unknown): Uuid | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Uuid) return value;
  if (typeof value !== "string") throw invalidRequest();
  try {
    return new Uuid(value);
  } catch {
    throw invalidRequest();
  }
}
