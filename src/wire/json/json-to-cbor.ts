/**
 * JSON values as CBOR, the way a SurrealDB server takes JSON: a number without fraction and exponent is
 * an integer, any other a float; null is NULL; all else is what its name says. A key twice is refused at
 * every level, and so is an integer beyond 64 bits, for which a server has no type.
 */
import { MAX_DEPTH } from "../cbor-skip.ts";
import { ARRAY, MAP, TEXT } from "../frame-reader.ts";
import type { ByteSink } from "./byte-sink.ts";
import type { JsonReader } from "./json-reader.ts";
import { writeStrand } from "./strands.ts";

/**
 * What strings become: texts, all of them (`plain`), or whatever a server takes them for on a json socket
 * (`as-server`, see strands.ts).
 */
export type JsonStrings = "plain" | "as-server";

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;
const FLOAT64 = 0xfb;
/** Longer than any integer of 64 bits; BigInt takes long over longer ones. */
const MOST_DIGITS = 20;
const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/**
 * Reads one value and writes it.
 * @param depth containers that enclose the value
 * @throws EnvelopeError
 */
export function writeCbor(
  reader: JsonReader,
  out: ByteSink,
  strings: JsonStrings,
  depth: number,
): void {
  switch (reader.peek()) {
    case '"':
      writeString(reader.string(), out, strings);
      break;
    case "{":
      writeObject(reader, out, strings, depth + 1);
      break;
    case "[":
      writeArray(reader, out, strings, depth + 1);
      break;
    case "t":
      reader.word("true");
      out.byte(TRUE);
      break;
    case "f":
      reader.word("false");
      out.byte(FALSE);
      break;
    case "n":
      reader.word("null");
      out.byte(NULL);
      break;
    default:
      writeNumber(reader, out);
  }
}

function writeString(value: string, out: ByteSink, strings: JsonStrings): void {
  if (strings === "plain" || !writeStrand(value, out)) out.cborText(TEXT, value);
}

function writeObject(reader: JsonReader, out: ByteSink, strings: JsonStrings, depth: number): void {
  enter(reader, depth);
  const at = out.openContainer();
  const keys = new Set<string>();
  if (!reader.eat("}")) {
    do {
      const key = reader.string();
      if (keys.has(key)) throw reader.fault("A key that comes twice", "duplicate-key");
      keys.add(key);
      reader.expect(":");
      out.cborText(TEXT, key);
      writeCbor(reader, out, strings, depth);
    } while (reader.eat(","));
    reader.expect("}");
  }
  out.closeContainer(at, MAP, keys.size);
}

function writeArray(reader: JsonReader, out: ByteSink, strings: JsonStrings, depth: number): void {
  enter(reader, depth);
  const at = out.openContainer();
  let count = 0;
  if (!reader.eat("]")) {
    do {
      writeCbor(reader, out, strings, depth);
      count++;
    } while (reader.eat(","));
    reader.expect("]");
  }
  out.closeContainer(at, ARRAY, count);
}

/** Moves behind the bracket of a container that is the `depth`th. */
function enter(reader: JsonReader, depth: number): void {
  if (depth > MAX_DEPTH) throw reader.fault(`Nested deeper than ${MAX_DEPTH}`, "too-deep");
  reader.pos++;
}

function writeNumber(reader: JsonReader, out: ByteSink): void {
  const { text, whole } = reader.number();
  const value = Number(text);
  if (!whole) {
    out.reserve(9);
    out.byte(FLOAT64);
    new DataView(out.bytes.buffer).setFloat64(out.length, value);
    out.length += 8;
  } else if (Number.isSafeInteger(value)) {
    if (value < 0) out.head(1, -1 - value);
    else out.head(0, Math.abs(value));
  } else {
    writeLargeInteger(wholeNumber(text, reader), out);
  }
}

/** @throws EnvelopeError where it has more than 64 bits */
export function wholeNumber(text: string, reader: JsonReader): bigint {
  const value = text.length > MOST_DIGITS ? undefined : BigInt(text);
  if (value === undefined || value < MIN_INTEGER || value > MAX_INTEGER) {
    throw reader.fault("An integer of more than 64 bits");
  }
  return value;
}

function writeLargeInteger(value: bigint, out: ByteSink): void {
  out.reserve(9);
  out.byte(value < 0n ? 0x3b : 0x1b);
  new DataView(out.bytes.buffer).setBigUint64(out.length, value < 0n ? -1n - value : value);
  out.length += 8;
}
