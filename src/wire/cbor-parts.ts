/**
 * Takes an array or a map of payload apart into the bytes of its items, and puts one together
 * from such bytes. This is how a value travels without being decoded: a variable that was read as
 * bytes is put beside a name as the params of `let`, the result of one statement is taken out of
 * a query's answer, and every SurrealDB type comes through unchanged.
 */
import { ARRAY, FrameReader, MAP, TEXT } from "./frame-reader.ts";
import { headSize, utf8, writeHead } from "./frame-writer.ts";
import type { ArrayBytes, ItemBytes } from "./proven.ts";
import { EnvelopeError } from "./wire-error.ts";

/**
 * @param bytes exactly one array of definite length.
 * @returns its items, as windows on `bytes`.
 * @throws EnvelopeError
 */
export function arrayItems(bytes: Uint8Array): ItemBytes[] {
  const reader = new FrameReader(bytes);
  if (reader.head() !== ARRAY) throw new EnvelopeError("malformed", "An array was expected");
  const count = reader.argument;
  const items: ItemBytes[] = [];
  for (let i = 0; i < count; i++) items.push(reader.item());
  reader.end();
  return items;
}

/**
 * @param bytes exactly one map of definite length with texts as keys, each of them once.
 * @returns its values by key, as windows on `bytes`.
 * @throws EnvelopeError
 */
export function mapEntries(bytes: Uint8Array): Map<string, ItemBytes> {
  const reader = new FrameReader(bytes);
  const count = reader.mapHead();
  const entries = new Map<string, ItemBytes>();
  for (let i = 0; i < count; i++) {
    const key = reader.text();
    if (entries.has(key)) throw new EnvelopeError("duplicate-key", `The key “${key}” comes twice`);
    entries.set(key, reader.item());
  }
  reader.end();
  return entries;
}

/** @returns one array of these items, fit as params. */
export function arrayOf(items: readonly ItemBytes[]): ArrayBytes {
  const size = items.reduce((sum, item) => sum + item.length, headSize(items.length));
  const bytes = new Uint8Array(size);
  let pos = writeHead(bytes, 0, ARRAY, items.length);
  for (const item of items) {
    bytes.set(item, pos);
    pos += item.length;
  }
  return bytes as unknown as ArrayBytes;
}

/** @returns one map of these entries. */
export function mapOf(entries: ReadonlyMap<string, ItemBytes>): ItemBytes {
  const keys = Array.from(entries.keys(), utf8);
  let size = headSize(entries.size);
  for (const key of keys) size += headSize(key.length) + key.length;
  for (const value of entries.values()) size += value.length;
  const bytes = new Uint8Array(size);
  let pos = writeHead(bytes, 0, MAP, entries.size);
  let k = 0;
  for (const value of entries.values()) {
    const key = keys[k++] as Uint8Array;
    pos = writeHead(bytes, pos, TEXT, key.length);
    bytes.set(key, pos);
    bytes.set(value, pos + key.length);
    pos += key.length + value.length;
  }
  return bytes as unknown as ItemBytes;
}
