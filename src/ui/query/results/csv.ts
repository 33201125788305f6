/**
 * One row of a result as CSV (RFC 4180: commas, CRLF, quotes doubled), and the header over it.
 *
 * A cell holds what a spreadsheet can use: texts, times, durations, UUIDs and decimals without SurrealQL's
 * marks; record ids as SurrealQL writes them, and so whatever has parts. NONE, a key that isn't there, is
 * an empty cell; NULL is `null`; the empty text is `""` and the text null is `"null"`, so that they
 * are told apart wherever quotes are.
 *
 * **Formulas.** Spreadsheets run a cell that begins with `=`, `+`, `-`, `@`, a tab or a return, also in
 * quotes, and what stands in a database may have been written by anybody. Such a text gets an apostrophe
 * in front, by which a spreadsheet takes it as text. That changes the text, so it is counted and said
 * where the copy is; texts that are only a number, a date or a telephone number can do nothing and are left
 * as they are. JSON and SurrealQL have the values unchanged.
 */
import { DateTime, Decimal, Duration, Uuid } from "surrealdb";
import { isoTime, writeSurql } from "../../../session/surql.ts";
import { Fields } from "../../../wire/fields.ts";
import { lookAt } from "../../../wire/look.ts";
import { Float } from "../../../wire/shown-values.ts";
import { isContainer, typeName } from "../../values/format.ts";

const END = "\r\n";

export class CsvWriter {
  readonly #keys: readonly string[];
  readonly #hasValues: boolean;
  /** Texts that got an apostrophe. */
  guarded = 0;

  /** @param hasValues some rows aren't objects: they have a last column "value" */
  constructor(keys: readonly string[], hasValues: boolean) {
    this.#keys = keys;
    this.#hasValues = hasValues;
  }

  header(): string {
    const names = this.#hasValues ? [...this.#keys, "value"] : this.#keys;
    return names.map((name) => this.#text(name)).join(",") + END;
  }

  row(value: unknown): string {
    const object = typeName(value) === "object" && isContainer(value) ? value : undefined;
    const cells = this.#keys.map((key) => (object ? this.#cell(fieldOf(object, key)) : ""));
    if (this.#hasValues) cells.push(object ? "" : this.#cell(value));
    return cells.join(",") + END;
  }

  #cell(value: unknown): string {
    if (value === undefined) return "";
    if (value === null) return "null";
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
      return String(value);
    }
    if (value instanceof Float) return String(value.value);
    if (value instanceof DateTime) return isoTime(value);
    if (value instanceof Decimal || value instanceof Duration || value instanceof Uuid) {
      return value.toString();
    }
    return this.#text(writeSurql(value).text);
  }

  #text(text: string): string {
    const formula = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d\s.,:()/-]*$/.test(text);
    if (formula) this.guarded++;
    const shown = formula ? `'${text}` : text;
    const plain = shown !== "" && shown !== "null" && !/[",\r\n]/.test(shown);
    return plain ? shown : `"${shown.replaceAll('"', '""')}"`;
  }
}

/** A key's value in an object, whichever way that is held; NONE where it hasn't the key. */
export function fieldOf(object: object, key: string): unknown {
  if (object instanceof Fields) {
    const index = object.indexOf(key);
    return index < 0 ? undefined : lookAt(object, index);
  }
  if (object instanceof Map) return object.get(key);
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
}
