/**
 * CBOR decoded for people to look at: the SDK's classes, as `decodeValue` gives them, but a whole float
 * comes as a `Float`. JavaScript's numbers can't tell `5f` from `5`, and the server can: a person who
 * looks for why `5f = "5"` fails must see which of the two stands there.
 *
 * For showing only. What goes to a server goes as the bytes that came from it.
 */
import { RecordId } from "surrealdb";
import { TAG, TEXT } from "./frame-reader.ts";
import { NONE, RECORD_ID, SET } from "./json/tags.ts";
import { FALSE, NULL, TRUE, UNDEFINED, ValueReader } from "./json/value-reader.ts";
import { decodeValue } from "./values.ts";

/** A float without decimals. Those with decimals are numbers: nobody takes them for integers. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/**
 * @param bytes exactly one CBOR item.
 * @throws ValueError where it is no value of SurrealDB's, or is nested too deep to be decoded
 */
export function decodeShown(bytes: Uint8Array): unknown {
  const reader = new ValueReader(bytes);
  let value: unknown;
  try {
    value = read(reader);
    reader.end();
  } catch {
    // Something that servers don't send: the codec knows more forms, and says what is wrong.
    return decodeValue(bytes);
  }
  return value;
}

function read(reader: ValueReader): unknown {
  const head = reader.peek();
  switch (head >> 5) {
    case 0:
    case 1:
      return reader.integer();
    case 2:
      return reader.byteString().slice().buffer;
    case TEXT:
      return reader.text();
    case 4: {
      const count = reader.arrayHead();
      const items: unknown[] = [];
      for (let index = 0; index < count; index++) items.push(read(reader));
      return items;
    }
    case 5:
      return readObject(reader);
    case TAG:
      return readTagged(reader);
    default:
      return readSimple(reader, head);
  }
}

function readObject(reader: ValueReader): object {
  const count = reader.mapHead();
  const object: Record<string, unknown> = {};
  for (let index = 0; index < count; index++) {
    const key = reader.text();
    const value = read(reader);
    // Assigned, this one name would be no field but the object's prototype.
    if (key === "__proto__") {
      Object.defineProperty(object, key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else object[key] = value;
  }
  return object;
}

/** Of what may hold floats the parts are read here; everything else under a tag is the codec's. */
function readTagged(reader: ValueReader): unknown {
  const start = reader.pos;
  reader.head();
  const tag = reader.argument;
  if (tag === NONE && reader.peek() === NULL) {
    reader.byte();
    return undefined;
  }
  if (tag === SET && reader.peek() >> 5 === 4) return new Set(read(reader) as unknown[]);
  if (tag === RECORD_ID) {
    const record = readRecordId(reader);
    if (record) return record;
  }
  reader.pos = start;
  return decodeValue(reader.item(0));
}

/** Undefined for what is no plain record id: one as text, or a range of them. */
function readRecordId(reader: ValueReader): RecordId | undefined {
  if (reader.peek() !== 0x82) return undefined;
  reader.pair();
  const table = reader.peek() >> 5 === TEXT ? reader.text() : undefined;
  const head = reader.peek();
  const id = table === undefined || head >> 5 === TAG ? undefined : read(reader);
  // An id of a kind that the SDK refuses is shown by the codec, or not at all.
  return id === undefined ? undefined : new RecordId(table as string, id as never);
}

function readSimple(reader: ValueReader, head: number): unknown {
  if (head === 0xf9 || head === 0xfa || head === 0xfb) {
    const value = reader.float();
    return Number.isInteger(value) ? new Float(value) : value;
  }
  reader.byte();
  if (head === TRUE || head === FALSE) return head === TRUE;
  if (head === NULL) return null;
  if (head === UNDEFINED) return undefined;
  throw new TypeError("A simple value that SurrealDB doesn't know");
}
