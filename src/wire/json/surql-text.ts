/**
 * Values as the SurrealQL that a server writes into JSON where JSON has no form of its own: record ids,
 * ranges and files, and whatever these hold. Read straight from CBOR, so that an integer isn't mistaken
 * for a whole float.
 *
 * It is the server's text letter by letter (checked against the engine's `<string>`), which is not the
 * SDK's: keys and names stand in backticks, strings in single quotes.
 */
import { TAG_UUID_BYTES } from "../frame-reader.ts";
import { uuidFromBytes } from "../uuid.ts";
import { datetimeText, durationText, plainDigits, surqlFloat } from "./scalar-text.ts";
import * as tags from "./tags.ts";
import { FALSE, NULL, TRUE, UNDEFINED, unreadable, type ValueReader } from "./value-reader.ts";

/** Reads the content of a record id's tag. */
export function recordIdText(reader: ValueReader): string {
  if (reader.peek() >> 5 === 3) return reader.text();
  reader.pair();
  const table = nameText(reader.text());
  return `${table}:${keyText(reader)}`;
}

/** Reads the content of a range's tag. */
export function rangeText(reader: ValueReader, bound = valueText): string {
  reader.pair();
  const from = boundText(reader, bound);
  const to = boundText(reader, bound);
  const start = from === undefined ? "" : from.text + (from.excluded ? ">" : "");
  const end = to === undefined ? "" : (to.excluded ? "" : "=") + to.text;
  return `${start}..${end}`;
}

/** Reads the content of a file's tag. */
export function fileText(reader: ValueReader): string {
  reader.pair();
  const bucket = reader.text().replace(/[^A-Za-z0-9\-_.]/gu, "\\$&");
  const key = reader.text().replace(/[^A-Za-z0-9\-_./]/gu, "\\$&");
  return `f"${bucket}:${key}"`;
}

/** Reads the content of a duration's tag: seconds and nanoseconds, as far as they aren't nothing. */
export function readDuration(reader: ValueReader): string {
  const count = reader.arrayHead();
  if (count > 2) throw unreadable();
  const seconds = count > 0 ? reader.integer() : 0;
  return durationText(seconds, count > 1 ? Number(reader.integer()) : 0);
}

/** Reads the content of a datetime's tag: seconds since 1970 and nanoseconds. */
export function readDatetime(reader: ValueReader): string {
  reader.pair();
  const seconds = reader.integer();
  return datetimeText(seconds, Number(reader.integer()));
}

/** Reads the content of the tag of a UUID in bytes. */
export function readUuid(reader: ValueReader): string {
  const bytes = reader.byteString();
  if (bytes.length !== 16) throw unreadable();
  return uuidFromBytes(bytes, 0);
}

function boundText(reader: ValueReader, write: (reader: ValueReader) => string) {
  if (reader.nothing()) return undefined;
  if (reader.head() !== 6) throw unreadable();
  const excluded = reader.argument === tags.BOUND_EXCLUDED;
  if (!excluded && reader.argument !== tags.BOUND_INCLUDED) throw unreadable();
  return { text: write(reader), excluded };
}

/** A record's key: like any value, but that texts are names. */
function keyText(reader: ValueReader): string {
  const major = reader.peek() >> 5;
  if (major === 3) return nameText(reader.text());
  if (major !== 6) return valueText(reader);
  const start = reader.pos;
  reader.head();
  if (reader.argument === tags.RANGE) return rangeText(reader, keyText);
  reader.pos = start;
  return valueText(reader);
}

function valueText(reader: ValueReader): string {
  const head = reader.peek();
  switch (head >> 5) {
    case 0:
    case 1:
      return String(reader.integer());
    case 2:
      return bytesText(reader.byteString());
    case 3:
      return quoted(reader.text());
    case 4:
      return `[${listText(reader).join(", ")}]`;
    case 5:
      return objectText(reader);
    case 6:
      reader.head();
      return taggedText(reader, reader.argument);
    default:
      return simpleText(reader, head);
  }
}

function simpleText(reader: ValueReader, head: number): string {
  if (head < FALSE || head > UNDEFINED) return surqlFloat(reader.float());
  reader.byte();
  if (head === NULL) return "NULL";
  return head === UNDEFINED ? "NONE" : String(head === TRUE);
}

function listText(reader: ValueReader): string[] {
  const count = reader.arrayHead();
  const items: string[] = [];
  for (let i = 0; i < count; i++) items.push(valueText(reader));
  return items;
}

function objectText(reader: ValueReader): string {
  const count = reader.mapHead();
  const fields: string[] = [];
  for (let i = 0; i < count; i++) {
    const key = reader.text();
    const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : `"${escaped(key, '"')}"`;
    fields.push(`${name}: ${valueText(reader)}`);
  }
  return `{ ${fields.join(", ")} }`;
}

function taggedText(reader: ValueReader, tag: number): string {
  switch (tag) {
    case tags.NONE:
      reader.item();
      return "NONE";
    case tags.TABLE:
      return tableText(reader.text());
    case tags.RECORD_ID:
      return recordIdText(reader);
    case tags.RANGE:
      return rangeText(reader);
    case tags.FILE:
      return fileText(reader);
    case tags.DECIMAL:
      return `${reader.text()}dec`;
    case tags.DURATION_TEXT:
      return reader.text();
    case tags.DURATION:
      return readDuration(reader);
    case tags.DATETIME_TEXT:
      return `d'${reader.text()}'`;
    case tags.DATETIME:
      return `d'${readDatetime(reader)}'`;
    case tags.UUID_TEXT:
      return `u'${reader.text()}'`;
    case TAG_UUID_BYTES:
      return `u'${readUuid(reader)}'`;
    case tags.SET: {
      const items = listText(reader);
      return items.length < 2 ? `{${items.join("")},}` : `{${items.join(", ")}}`;
    }
    default:
      return geometryText(reader, tag);
  }
}

function geometryText(reader: ValueReader, tag: number): string {
  const type = tags.GEOMETRIES.get(tag);
  if (type === undefined) throw unreadable();
  if (type === "Point") return `(${pointText(reader)})`;
  if (type === "GeometryCollection") {
    const parts = listText(reader).join(", ");
    return `{ type: 'GeometryCollection', geometries: [${parts}] }`;
  }
  return `{ type: '${type}', coordinates: ${coordinatesText(reader, tag)} }`;
}

function coordinatesText(reader: ValueReader, tag: number): string {
  if (tag === tags.POINT) return `[${pointText(reader)}]`;
  const count = reader.arrayHead();
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    if (reader.head() !== 6) throw unreadable();
    parts.push(coordinatesText(reader, reader.argument));
  }
  return `[${parts.join(", ")}]`;
}

function pointText(reader: ValueReader): string {
  reader.pair();
  const x = plainDigits(reader.number());
  return `${x}, ${plainDigits(reader.number())}`;
}

function bytesText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `b"${hex.toUpperCase()}"`;
}

/** A table in a record id, or a key that is text: bare where it can't be taken for a number. */
function nameText(name: string): string {
  const bare = /^\w+$/.test(name) && /[A-Za-z]/.test(name);
  return bare ? name : `\`${escaped(name, "`")}\``;
}

/** A table as a value of its own. */
function tableText(name: string): string {
  const bare = /^[A-Za-z_]\w*$/.test(name) && !/^(?:none|null)$/i.test(name);
  return bare ? name : `\`${escaped(name, "`")}\``;
}

function quoted(text: string): string {
  const quote = text.includes("'") ? '"' : "'";
  return quote + escaped(text, quote) + quote;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\r": "\\r",
  "\t": "\\t",
  "\n": "\\n",
  "\b": "\\u{8}",
  "\f": "\\f",
};

function escaped(text: string, quote: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are escaped.
  return text.replace(/[\0\r\t\n\u0008\f\\'"`]/g, (character) => {
    if (character === "\\" || character === quote) return `\\${character}`;
    return ESCAPES[character] ?? character;
  });
}
