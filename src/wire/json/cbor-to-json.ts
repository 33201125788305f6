/**
 * A SurrealDB value as the JSON that a server's json socket carries (`Value::into_json_value` there). It
 * loses types: a record id is the string "user:alice", NONE is null, bytes are numbers, and what isn't
 * finite is null.
 *
 * CBOR's texts are UTF-8, and so is JSON: bytes are copied to bytes, and decoded once at the end. A
 * result of a megabyte costs a few milliseconds.
 */
import { TAG_UUID_BYTES } from "../frame-reader.ts";
import type { ItemBytes } from "../proven.ts";
import { ByteSink } from "./byte-sink.ts";
import { jsonFloat } from "./scalar-text.ts";
import {
  fileText,
  rangeText,
  readDatetime,
  readDuration,
  readUuid,
  recordIdText,
} from "./surql-text.ts";
import * as tags from "./tags.ts";
import { FALSE, NULL, TRUE, UNDEFINED, unreadable, ValueReader } from "./value-reader.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** @throws EnvelopeError where the item is no SurrealDB value. */
export function cborToJson(item: ItemBytes): string {
  // JSON takes a quarter more than CBOR, as a rule.
  const out = new ByteSink(item.length + (item.length >> 2) + 16);
  const reader = new ValueReader(item);
  writeJson(reader, out);
  reader.end();
  return out.text();
}

function writeJson(reader: ValueReader, out: ByteSink): void {
  const head = reader.peek();
  switch (head >> 5) {
    case 0:
    case 1:
      writeInteger(reader, out);
      break;
    case 2:
      writeBytes(reader.byteString(), out);
      break;
    case 3:
      writeText(reader, out);
      break;
    case 4:
      writeArray(reader, out);
      break;
    case 5:
      writeObject(reader, out);
      break;
    case 6:
      reader.head();
      writeTagged(reader, reader.argument, out);
      break;
    default:
      writeSimple(reader, head, out);
  }
}

function writeInteger(reader: ValueReader, out: ByteSink): void {
  const value = reader.integer();
  if (value >= 0 && value < 10) out.byte(0x30 + Number(value));
  else out.ascii(String(value));
}

function writeSimple(reader: ValueReader, head: number, out: ByteSink): void {
  if (head < FALSE || head > UNDEFINED) {
    out.ascii(jsonFloat(reader.float()));
    return;
  }
  reader.byte();
  out.ascii(head === NULL || head === UNDEFINED ? "null" : String(head === TRUE));
}

function writeBytes(bytes: Uint8Array, out: ByteSink): void {
  out.ascii(`[${bytes.join(",")}]`);
}

function writeArray(reader: ValueReader, out: ByteSink): void {
  const count = reader.arrayHead();
  out.ascii("[");
  for (let i = 0; i < count; i++) {
    if (i > 0) out.byte(COMMA);
    writeJson(reader, out);
  }
  out.ascii("]");
}

function writeObject(reader: ValueReader, out: ByteSink): void {
  const count = reader.mapHead();
  out.ascii("{");
  for (let i = 0; i < count; i++) {
    if (i > 0) out.byte(COMMA);
    writeText(reader, out);
    out.byte(COLON);
    writeJson(reader, out);
  }
  out.ascii("}");
}

/** The letters behind the backslash, for those that have one; other control characters have digits. */
const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [QUOTE, '\\"'],
  [BACKSLASH, "\\\\"],
]);

function writeText(reader: ValueReader, out: ByteSink): void {
  const end = reader.textEnd();
  const { bytes } = reader;
  out.byte(QUOTE);
  out.reserve(end - reader.pos + 1);
  // Outside of the object while the loop runs, which is where the time goes.
  let target = out.bytes;
  let length = out.length;
  for (let pos = reader.pos; pos < end; pos++) {
    const byte = bytes[pos] as number;
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) {
      target[length++] = byte;
      continue;
    }
    out.length = length;
    out.ascii(SHORT_ESCAPES.get(byte) ?? `\\u${byte.toString(16).padStart(4, "0")}`);
    out.reserve(end - pos);
    target = out.bytes;
    length = out.length;
  }
  target[length++] = QUOTE;
  out.length = length;
  reader.pos = end;
}

function writeTagged(reader: ValueReader, tag: number, out: ByteSink): void {
  switch (tag) {
    case tags.RECORD_ID:
      if (!writePlainRecordId(reader, out)) writeString(recordIdText(reader), out);
      break;
    case tags.NONE:
      reader.item();
      out.ascii("null");
      break;
    case tags.TABLE:
    case tags.DECIMAL:
    case tags.UUID_TEXT:
    case tags.DATETIME_TEXT:
    case tags.DURATION_TEXT:
      writeText(reader, out);
      break;
    case TAG_UUID_BYTES:
      writeAscii(readUuid(reader), out);
      break;
    case tags.DATETIME:
      writeAscii(readDatetime(reader), out);
      break;
    case tags.DURATION:
      writeString(readDuration(reader), out);
      break;
    case tags.RANGE:
      writeString(rangeText(reader), out);
      break;
    case tags.FILE:
      writeString(fileText(reader), out);
      break;
    case tags.SET:
      writeArray(reader, out);
      break;
    default:
      writeGeometry(reader, tag, out);
  }
}

/** Writes a text that needs no escapes. */
function writeAscii(text: string, out: ByteSink): void {
  out.byte(QUOTE);
  out.ascii(text);
  out.byte(QUOTE);
}

const encoder = /* @__PURE__ */ new TextEncoder();

function writeString(text: string, out: ByteSink): void {
  const bytes = encoder.encode(JSON.stringify(text));
  out.copy(bytes, 0, bytes.length);
}

/**
 * Writes the content of a record id's tag where table and key stand for themselves, as nearly all do:
 * plain names, or an integer. Else it moves nowhere and gives false.
 */
function writePlainRecordId(reader: ValueReader, out: ByteSink): boolean {
  const { bytes, pos: start } = reader;
  const length = out.length;
  if (bytes[start] === 0x82 && (bytes[start + 1] as number) >> 5 === 3) {
    reader.pos = start + 1;
    out.byte(QUOTE);
    if (writePlainName(reader, out)) {
      out.byte(COLON);
      if (writePlainKey(reader, out)) {
        out.byte(QUOTE);
        return true;
      }
    }
  }
  out.length = length;
  reader.pos = start;
  return false;
}

function writePlainKey(reader: ValueReader, out: ByteSink): boolean {
  const major = reader.peek() >> 5;
  if (major === 3) return writePlainName(reader, out);
  if (major > 1) return false;
  writeInteger(reader, out);
  return true;
}

/** Of letters, digits and underscores, one of them a letter: no backticks needed. */
function writePlainName(reader: ValueReader, out: ByteSink): boolean {
  const end = reader.textEnd();
  const { bytes, pos: start } = reader;
  let letters = 0;
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos] as number;
    const lower = byte | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) letters++;
    else if (!(byte >= 0x30 && byte <= 0x39) && byte !== 0x5f) return false;
  }
  if (letters === 0) return false;
  out.copy(bytes, start, end);
  reader.pos = end;
  return true;
}

function writeGeometry(reader: ValueReader, tag: number, out: ByteSink): void {
  const type = tags.GEOMETRIES.get(tag);
  if (type === undefined) throw unreadable();
  const isCollection = type === "GeometryCollection";
  out.ascii(`{"type":"${type}","${isCollection ? "geometries" : "coordinates"}":`);
  if (isCollection) writeArray(reader, out);
  else writeCoordinates(reader, tag, out);
  out.ascii("}");
}

function writeCoordinates(reader: ValueReader, tag: number, out: ByteSink): void {
  const isPoint = tag === tags.POINT;
  const count = reader.arrayHead();
  if (isPoint && count !== 2) throw unreadable();
  out.ascii("[");
  for (let i = 0; i < count; i++) {
    if (i > 0) out.byte(COMMA);
    if (isPoint) out.ascii(jsonFloat(reader.number()));
    else if (reader.head() === 6) writeCoordinates(reader, reader.argument, out);
    else throw unreadable();
  }
  out.ascii("]");
}
