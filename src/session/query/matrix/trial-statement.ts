/** The statement with which a person tries what a cell says: written to be read, and to be changed. */
import { mapEntries } from "../../../wire/cbor-parts.ts";
import type { ItemBytes } from "../../../wire/proven.ts";
import { decodeValue } from "../../../wire/values.ts";
import { identifier, writeSurql } from "../../surql.ts";
import type { Operation } from "./matrix.ts";

/** Characters of the contents of a record; longer ones are left for the person to write. */
const MOST_TEXT = 4_000;

export interface Example {
  /** "CREATE note", "RELATE user:a->likes->user:b" */
  target: string;
  content: string;
}

/** @param record as the reader sees it, whole */
export function exampleOf(
  table: string,
  relation: boolean,
  record: ItemBytes | undefined,
): Example {
  const name = identifier(table);
  const parts = new Map(record && mapEntries(record));
  const text = (key: string) => {
    const bytes = parts.get(key);
    return bytes ? writeSurql(decodeValue(bytes)).text : "NONE";
  };
  const target = relation ? `RELATE ${text("in")}->${name}->${text("out")}` : `CREATE ${name}`;
  for (const key of relation ? ["id", "in", "out"] : ["id"]) parts.delete(key);
  const content: Record<string, unknown> = {};
  for (const [key, bytes] of parts) content[key] = decodeValue(bytes);
  const { text: written, cut } = writeSurql(content, { limit: MOST_TEXT, lineWidth: 80 });
  return { target, content: cut ? "{}" : written };
}

export function trialStatement(table: string, operation: Operation, example: Example): string {
  const name = identifier(table);
  switch (operation) {
    case "select":
      return `SELECT * FROM ${name}`;
    case "create":
      return `${example.target} CONTENT ${example.content}`;
    case "update":
      return `UPDATE ${name} RETURN AFTER`;
    case "delete":
      return `DELETE ${name} RETURN BEFORE`;
  }
}
