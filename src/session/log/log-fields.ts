/** The fields of an object in an imported file, each asked for by its type, refused with its place. */
import { fromBase64 } from "../../wire/base64.ts";
import { type ItemBytes, proveItem } from "../../wire/proven.ts";
import { canonicalUuid } from "../../wire/uuid.ts";
import { SessionError } from "../errors.ts";

/** The file isn't a log, or not a whole one; the message is a sentence. */
export class LogFileError extends SessionError {
  constructor(message: string) {
    super("LogFileError", message, "Choose a file that Switchyard exported.");
  }
}

interface Types {
  string: string;
  number: number;
  boolean: boolean;
}

/** Methods throw LogFileError. */
export class Fields {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly place: string;

  /** `place` begins the sentence of a refusal: "Entry 17". */
  constructor(raw: unknown, place: string) {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
      throw new LogFileError(`${place} of this log is no object.`);
    }
    this.raw = raw as Record<string, unknown>;
    this.place = place;
  }

  refusal(what: string): LogFileError {
    return new LogFileError(`${this.place} of this log can't be read: ${what}.`);
  }

  text(name: string): string {
    return this.#required(name, "string");
  }

  number(name: string): number {
    return this.#required(name, "number");
  }

  flag(name: string): boolean {
    return this.#required(name, "boolean");
  }

  optional<Type extends keyof Types>(name: string, type: Type): Types[Type] | undefined {
    const value = this.raw[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== type) throw this.refusal(`${name} is no ${type}`);
    return value as Types[Type];
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const word = words.find((each) => each === this.raw[name]);
    if (word === undefined) throw this.refusal(`${name} is none of ${words.join(", ")}`);
    return word;
  }

  list(name: string): unknown[] {
    const list = this.maybeList(name);
    if (!list) throw this.refusal(`${name} is missing`);
    return list;
  }

  maybeList(name: string): unknown[] | undefined {
    const value = this.raw[name];
    if (value !== undefined && !Array.isArray(value)) throw this.refusal(`${name} is no list`);
    return value;
  }

  fields(name: string): Fields {
    if (this.raw[name] === undefined) throw this.refusal(`${name} is missing`);
    return new Fields(this.raw[name], `${this.place}, ${name},`);
  }

  uuid(name: string): string | undefined {
    const text = this.optional(name, "string");
    if (text === undefined) return undefined;
    const uuid = canonicalUuid(text);
    if (uuid === undefined) throw this.refusal(`${name} is no UUID`);
    return uuid;
  }

  /** A value of SurrealDB: one well-formed CBOR item. */
  value(name: string): ItemBytes | undefined {
    if (this.raw[name] === undefined) return undefined;
    const cbor = this.fields(name).text("cbor");
    try {
      return proveItem(fromBase64(cbor));
    } catch {
      // Base64 or CBOR: whoever has the file can't mend either.
      throw this.refusal(`${name} is no value of SurrealDB`);
    }
  }

  #required<Type extends keyof Types>(name: string, type: Type): Types[Type] {
    const value = this.optional(name, type);
    if (value === undefined) throw this.refusal(`${name} is missing`);
    return value;
  }
}
