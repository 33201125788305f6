/**
 * RPC on a `json` socket: requests as text, answers read back into values.
 *
 * JSON has fewer types than SurrealQL: a record id goes out as the string that the server takes for
 * one, and what comes back is a string and stays one. So a value that made the way is shown as what the
 * socket carried, never as what it may have been.
 */
import { Decimal, jsonify } from "surrealdb";
import { type ServerError, serverErrorFrom, ValueError } from "./errors.ts";
import type { ItemBytes } from "./proven.ts";
import { decodeValue, encodeValue } from "./values.ts";
import { EnvelopeError } from "./wire-error.ts";

/** What a request on a json socket is made from; `params` are CBOR, as everywhere in this code. */
export interface JsonRequestParts {
  id: string;
  method: string;
  params?: Uint8Array | undefined;
  session?: string | undefined;
  txn?: string | undefined;
}

/** @throws ValueError where `params` are no values of SurrealDB */
export function writeJsonRequest({ id, method, params, session, txn }: JsonRequestParts): string {
  const values = params === undefined ? undefined : jsonify(decodeValue(params));
  return JSON.stringify({ id, method, params: values, session, txn });
}

/** An answer as a json socket gave it: the result as CBOR, or the server's refusal. */
export type JsonAnswer = { id: unknown } & ({ result: ItemBytes } | { error: ServerError });

/** @throws EnvelopeError where the text is no answer; ValueError where its result is no value */
export function readJsonAnswer(text: string): JsonAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new EnvelopeError("malformed", "An answer that is no JSON", { cause });
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
    throw new EnvelopeError("not-a-map", "An RPC frame must be an object");
  }
  const { id, result, error } = answer as Record<string, unknown>;
  if (error !== undefined && error !== null) return { id, error: serverErrorFrom(error) };
  return { id, result: jsonValue(result) };
}

/** A value that JSON carried, as CBOR. @throws ValueError */
export function jsonValue(value: unknown): ItemBytes {
  try {
    return encodeValue(value ?? null);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return encodeValue(withWholeNumbers(value, 0));
  }
}

/** Deeper than anything that SurrealDB takes. */
const MAX_DEPTH = 256;

/**
 * The codec refuses whole numbers beyond 2^53, where JavaScript's own have lost digits. Whoever reads
 * JSON in JavaScript has lost the same ones, the page too: such a number is kept as it was read.
 */
function withWholeNumbers(value: unknown, depth: number): unknown {
  if (typeof value === "number" && Number.isInteger(value)) {
    return Math.abs(value) < 2 ** 63 ? BigInt(value) : new Decimal(String(value));
  }
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => withWholeNumbers(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withWholeNumbers(part, depth + 1)]),
  );
}
