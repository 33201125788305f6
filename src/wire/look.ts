/**
 * A value as far as somebody looks into it: what is small is decoded, what is big and has parts is taken
 * apart one level, as `Rows` or `Fields`, whose parts are looked at in turn. So the cost of showing the
 * first screen of a value is that of the screen, whatever the size of the value and wherever in it the
 * size is.
 */
import { Fields, fieldsOf } from "./fields.ts";
import { Rows, rowsOf } from "./rows.ts";
import { decodeShown } from "./shown-values.ts";
import { messageOf } from "./wire-error.ts";

/** Bytes from which a value with parts isn't decoded at once. Forty such rows are decoded in a frame. */
const BIG = 16_000;

/** Stands for a part that is no value that we know, so that it costs the others nothing. */
export class Unreadable {
  readonly reason: string;
  /** Bytes of its CBOR. */
  readonly size: number;

  constructor(reason: string, size: number) {
    this.reason = reason;
    this.size = size;
  }
}

/**
 * Never throws: what can't be decoded is `Unreadable`.
 * @param bytes exactly one CBOR item.
 * @returns its value as `decodeShown` gives it, or `Rows` or `Fields` in place of a big array or object.
 */
export function look(bytes: Uint8Array): unknown {
  const parts = bytes.length > BIG ? (rowsOf(bytes) ?? fieldsOf(bytes)) : undefined;
  if (parts) return parts;
  try {
    return decodeShown(bytes);
  } catch (thrown) {
    return new Unreadable(messageOf(thrown), bytes.length);
  }
}

/** True for an array or object that is taken apart instead of decoded. */
export function isTakenApart(value: unknown): value is Rows | Fields {
  return value instanceof Rows || value instanceof Fields;
}

/** What was looked at lately stays the same value: whoever remembers what it opened finds it again. */
interface Looked {
  values: Map<number, unknown>;
  bytes: number;
}

const looked = new WeakMap<Rows | Fields, Looked>();
/** Bytes of CBOR whose values are kept for each array or object. */
const KEPT = 4_000_000;
/** Decoded, objects cost many times their bytes; texts and byte strings hardly more than theirs. */
const LIGHT = 1 / 16;

/** A part's value, as `look` gives it. */
export function lookAt(parts: Rows | Fields, index: number): unknown {
  let memory = looked.get(parts);
  if (!memory) {
    memory = { values: new Map(), bytes: 0 };
    looked.set(parts, memory);
  }
  if (memory.values.has(index)) return memory.values.get(index);
  const bytes = parts.bytesAt(index);
  const value = look(bytes);
  const light = typeof value === "string" || value instanceof ArrayBuffer;
  const cost = bytes.length * (light ? LIGHT : 1);
  if (memory.bytes + cost > KEPT) {
    memory.values.clear();
    memory.bytes = 0;
  }
  memory.values.set(index, value);
  memory.bytes += cost;
  return value;
}
