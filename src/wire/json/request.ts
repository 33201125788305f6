/**
 * A request as a page sends it on a json socket, with its params as CBOR: as strict as `readRequest`,
 * with which it shares what it refuses and by which words.
 */
import type { RequestEnvelope, RpcId } from "../envelope.ts";
import { type ArrayBytes, proveArray } from "../proven.ts";
import { canonicalUuid } from "../uuid.ts";
import { EnvelopeError } from "../wire-error.ts";
import { ByteSink } from "./byte-sink.ts";
import { JsonReader } from "./json-reader.ts";
import { type JsonStrings, wholeNumber, writeCbor } from "./json-to-cbor.ts";

/** An id as read: its value to compare by, and its own text for the way back, unchanged. */
export interface JsonId {
  /** Integers beyond 2^53 are bigint. */
  value: RpcId | bigint;
  text: string;
}

/** `session` and `txn` are canonical UUIDs. */
export type JsonRequestEnvelope = Omit<RequestEnvelope, "id"> & { id: JsonId };

/** The frame's own object, around the params. */
const ENVELOPE_DEPTH = 1;

/**
 * Reads `{ id, method, params?, session?, txn? }` in any order.
 * @throws EnvelopeError
 */
export function readJsonRequest(text: string, strings: JsonStrings = "plain"): JsonRequestEnvelope {
  const reader = new JsonReader(text);
  if (!reader.eat("{")) {
    throw new EnvelopeError("not-a-map", "An RPC frame must be an object");
  }
  const read: Partial<JsonRequestEnvelope> = {};
  const seen = new Set<string>();
  if (!reader.eat("}")) {
    do {
      const key = reader.string();
      if (seen.has(key)) throw reader.fault("A key that comes twice", "duplicate-key");
      seen.add(key);
      reader.expect(":");
      readField(reader, key, read, strings);
    } while (reader.eat(","));
    reader.expect("}");
  }
  reader.end();
  const { id, method, ...rest } = read;
  if (id === undefined) throw new EnvelopeError("missing-key", "A request without an id");
  if (method === undefined) throw new EnvelopeError("missing-key", "A request without a method");
  return { id, method, ...rest };
}

function readField(
  reader: JsonReader,
  key: string,
  read: Partial<JsonRequestEnvelope>,
  strings: JsonStrings,
): void {
  const next = reader.peek();
  if (key === "id") read.id = readId(reader);
  else if (key === "method") {
    if (next !== '"') throw reader.fault("A text was expected", "bad-method");
    read.method = reader.string();
  } else if (key !== "params" && key !== "session" && key !== "txn") {
    throw reader.fault("A key that no RPC request has", "unknown-key");
  } else if (next === "n") reader.word("null");
  else if (key === "params") read.params = readParams(reader, strings);
  else read[key] = readUuid(reader);
}

function readId(reader: JsonReader): JsonId {
  const next = reader.peek();
  const start = reader.pos;
  if (next === '"') {
    const value = reader.string();
    return { value, text: reader.text.slice(start, reader.pos) };
  }
  if (next !== "-" && !(next >= "0" && next <= "9")) {
    throw reader.fault("An id must be a string or a number", "bad-id");
  }
  const { text, whole } = reader.number();
  const value = Number(text);
  if (!whole || Number.isSafeInteger(value)) return { value, text };
  return { value: wholeNumber(text, reader), text };
}

function readParams(reader: JsonReader, strings: JsonStrings): ArrayBytes {
  if (reader.peek() !== "[") throw reader.fault("Params must be an array", "bad-params");
  const out = new ByteSink(64);
  writeCbor(reader, out, strings, ENVELOPE_DEPTH);
  return proveArray(out.take(), ENVELOPE_DEPTH);
}

function readUuid(reader: JsonReader): string {
  const uuid = reader.peek() === '"' ? canonicalUuid(reader.string()) : undefined;
  if (uuid === undefined) {
    throw reader.fault("A session or transaction is named by a UUID", "bad-uuid");
  }
  return uuid;
}
