/**
 * What a page says through the page API, checked field by field before anything is made of it.
 *
 * The rules are those of `page-validation.ts`: a new object of exactly the known fields, texts within
 * their limits, bytes in a buffer of their own, nothing thrown. A request that can't be one is told so
 * under its number; where not even that can be read, it is nonsense.
 */
import { wholeCharacters } from "../session/bounded-text.ts";
import {
  API_ERRORS,
  API_LIMITS,
  API_METHODS,
  type ApiErrorData,
  type ApiField,
  type ApiMethod,
  type ApiRequest,
  type ApiUpMessage,
} from "./api-messages.ts";

/** A message as it was read, a request that is to be refused, or why it is neither. */
export type ReadApiMessage =
  /** `bytes`: what it holds in memory. */
  | { message: ApiUpMessage; bytes: number }
  | { seq: number; refusal: ApiErrorData; bytes: number }
  | { reason: string };

class Unfit extends Error {}

/** Reads what came through a bridge's port. Never throws, whatever it is given. */
export function readApiMessage(given: unknown): ReadApiMessage {
  try {
    if (typeof given !== "object" || given === null) return { reason: "no object" };
    const { type, seq, method, params } = given as Record<string, unknown>;
    if (type === "api-hello") return { message: { type }, bytes: 0 };
    if (type !== "api-request") return { reason: "a message of an unknown type" };
    if (!Number.isSafeInteger(seq) || (seq as number) < 0) return { reason: "no number" };
    return readRequest(seq as number, method, params);
  } catch {
    // A hostile getter can throw anything; ports deliver none, but nothing relies on that here.
    return { reason: "a message that can't be read" };
  }
}

function readRequest(seq: number, method: unknown, params: unknown): ReadApiMessage {
  const size = { bytes: 0 };
  if (!isApiMethod(method)) {
    const message = "The page API has no such method.";
    return { seq, refusal: { code: API_ERRORS.unsupported, message }, bytes: 0 };
  }
  try {
    const read = readParams(method, params, size);
    // Made from the table of this very method.
    const message = { type: "api-request", seq, method, params: read } as ApiRequest;
    return { message, bytes: size.bytes };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const refusal = { code: API_ERRORS.params, message: `${method}: ${error.message}` };
    return { seq, refusal, bytes: size.bytes };
  }
}

export function isApiMethod(method: unknown): method is ApiMethod {
  return typeof method === "string" && Object.hasOwn(API_METHODS, method);
}

function readParams(method: ApiMethod, given: unknown, size: { bytes: number }) {
  if (typeof given !== "object" || given === null) throw new Unfit("params must be an object.");
  const read: Record<string, unknown> = {};
  for (const { name, kind } of API_METHODS[method]) {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined && kind.endsWith("?")) continue;
    read[name] = readField(name, kind, value, size);
  }
  return read;
}

function readField(name: string, kind: ApiField, value: unknown, size: { bytes: number }) {
  if (kind === "flag?") {
    if (typeof value !== "boolean") throw new Unfit(`“${name}” must be true or false.`);
    return value;
  }
  if (kind === "bytes?") {
    if (!(value instanceof Uint8Array)) throw new Unfit(`“${name}” must be bytes (CBOR).`);
    size.bytes += value.buffer.byteLength;
    if (value.byteLength > API_LIMITS.bytes) {
      throw new Unfit(`“${name}” is larger than ${API_LIMITS.bytes / 1024 / 1024} MB.`);
    }
    // Cloning a window clones the whole buffer behind it: only what is looked at is kept.
    return value.byteLength === value.buffer.byteLength ? value : value.slice();
  }
  if (typeof value !== "string") throw new Unfit(`“${name}” must be a text.`);
  size.bytes += value.length;
  if (name === "reason") return wholeCharacters(value, API_LIMITS.reason);
  const limit = name === "query" ? API_LIMITS.query : API_LIMITS.name;
  if (value.length > limit) throw new Unfit(`“${name}” is too long.`);
  return value;
}
