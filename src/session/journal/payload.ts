/**
 * A value inside a request or an answer, of which only what is asked for is read.
 *
 * The journal follows sockets that speak CBOR and sockets that speak JSON; what it wants to know of a
 * value is the same few things in both: is it a text, a UUID, nothing, a list, a map. Anything that a
 * value isn't is answered with undefined, so that whoever asks needs no knowledge of formats.
 */
import { arrayItems, mapEntries } from "../../wire/cbor-parts.ts";
import { ARRAY, FrameReader, MAP, TAG, TAG_UUID_BYTES, TEXT } from "../../wire/frame-reader.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { canonicalUuid } from "../../wire/uuid.ts";

/** A value as its socket carried it. */
export interface KeptValue {
  /** Bytes on the wire. */
  size: number;
  cbor?: Uint8Array;
  json?: string;
}

export interface Payload {
  text(): string | undefined;
  /** The name of a table; older SDKs, and JSON, name it by text. */
  table(): string | undefined;
  /** Canonical spelling. */
  uuid(): string | undefined;
  /** SurrealDB tells NULL and NONE apart; both are nothing. */
  nothing(): "null" | "none" | undefined;
  items(): Payload[] | undefined;
  /** The value under this key, where it is a map that has it. */
  field(name: string): Payload | undefined;
  /** The values of a map. */
  values(): Payload[];
  /** A copy of its own; without the value where that is larger than `limit` bytes. */
  kept(limit: number): KeptValue;
}

const NULL = 0xf6;
const UNDEFINED = 0xf7;
/** Tag 6, SurrealDB's NONE, around null. */
const NONE_TAG = (TAG << 5) | 6;
const CHUNKED_TEXT = 0x7f;
/** Tag 9 around a UUID as text; tag 37, whose number takes a byte of its own, around its bytes. */
const UUID_TEXT_TAG = (TAG << 5) | 9;
const LONG_TAG = (TAG << 5) | 24;
/** Tag 7, SurrealDB's table, around its name. */
const TABLE_TAG = (TAG << 5) | 7;

/** @throws EnvelopeError from its methods, where a text isn't UTF-8 or a map has a key twice. */
export class CborPayload implements Payload {
  readonly #bytes: ItemBytes;

  constructor(bytes: ItemBytes) {
    this.#bytes = bytes;
  }

  text(): string | undefined {
    if (!this.#is(TEXT) || this.#bytes[0] === CHUNKED_TEXT) return undefined;
    return new FrameReader(this.#bytes).text();
  }

  table(): string | undefined {
    if (this.#bytes[0] !== TABLE_TAG) return this.text();
    return new FrameReader(this.#bytes.subarray(1)).text();
  }

  uuid(): string | undefined {
    if (this.#is(TAG)) return this.#isUuid ? new FrameReader(this.#bytes).uuid() : undefined;
    // Older SDKs name live queries by text.
    const text = this.text();
    return text === undefined ? undefined : canonicalUuid(text);
  }

  /** By its tag alone: SDKs bind tables, record ids and dates as well. */
  get #isUuid(): boolean {
    const [head, tag] = this.#bytes;
    return head === UUID_TEXT_TAG || (head === LONG_TAG && tag === TAG_UUID_BYTES);
  }

  nothing(): "null" | "none" | undefined {
    const head = this.#bytes[0];
    if (head === NULL) return "null";
    return head === UNDEFINED || (head === NONE_TAG && this.#bytes[1] === NULL)
      ? "none"
      : undefined;
  }

  items(): Payload[] | undefined {
    return this.#is(ARRAY) ? arrayItems(this.#bytes).map(asPayload) : undefined;
  }

  field(name: string): Payload | undefined {
    if (!this.#is(MAP)) return undefined;
    const value = mapEntries(this.#bytes).get(name);
    return value === undefined ? undefined : asPayload(value);
  }

  values(): Payload[] {
    return this.#is(MAP) ? [...mapEntries(this.#bytes).values()].map(asPayload) : [];
  }

  kept(limit: number): KeptValue {
    const size = this.#bytes.length;
    return size > limit ? { size } : { size, cbor: this.#bytes.slice() };
  }

  #is(major: number): boolean {
    return (this.#bytes[0] as number) >> 5 === major;
  }
}

function asPayload(bytes: ItemBytes): Payload {
  return new CborPayload(bytes);
}

export class JsonPayload implements Payload {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  text(): string | undefined {
    return typeof this.#value === "string" ? this.#value : undefined;
  }

  table(): string | undefined {
    return this.text();
  }

  uuid(): string | undefined {
    return typeof this.#value === "string" ? canonicalUuid(this.#value) : undefined;
  }

  nothing(): "null" | "none" | undefined {
    if (this.#value === null) return "null";
    return this.#value === undefined ? "none" : undefined;
  }

  items(): Payload[] | undefined {
    return Array.isArray(this.#value)
      ? this.#value.map((item: unknown) => new JsonPayload(item))
      : undefined;
  }

  field(name: string): Payload | undefined {
    const { value } = ownField(this.#value, name);
    return value === undefined ? undefined : new JsonPayload(value);
  }

  values(): Payload[] {
    const map = this.#value;
    if (typeof map !== "object" || map === null || Array.isArray(map)) return [];
    return Object.values(map).map((value: unknown) => new JsonPayload(value));
  }

  kept(limit: number): KeptValue {
    const json = JSON.stringify(this.#value) ?? "null";
    const size = utf8Length(json);
    return size > limit ? { size } : { size, json };
  }
}

/** An own field of parsed JSON: `__proto__` and the like are no fields. */
function ownField(map: unknown, name: string): { value?: unknown } {
  if (typeof map !== "object" || map === null || !Object.hasOwn(map, name)) return {};
  return { value: (map as Record<string, unknown>)[name] };
}

/** Bytes of a text as UTF-8, which is how it travels. */
export function utf8Length(text: string): number {
  // A loop is the fastest for short texts only.
  if (text.length > 100_000) return new Blob([text]).size;
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    // Each half of a pair counts two of its four bytes.
    length += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return length;
}
