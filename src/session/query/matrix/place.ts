/**
 * What is known of one database before anybody tries anything: its schema, and records to try on.
 *
 * Whoever may read the schema reads both (`INFO FOR DB` is for users of the system, and they see all
 * records): of those that the person chose first, then of all that are held at the same place. That
 * session is asked for no more than to read.
 */
import { arrayItems, arrayOf, mapEntries, mapOf } from "../../../wire/cbor-parts.ts";
import type { ItemBytes } from "../../../wire/proven.ts";
import { decodeValue } from "../../../wire/values.ts";
import { identifier } from "../../surql.ts";
import { readTruth, TRUTH_QUERY } from "../../truth.ts";
import { confirmIdentity } from "../identity.ts";
import { SCHEMA_QUERY } from "../schema-reach.ts";
import { isSystem } from "./cell.ts";
import type { MatrixSession } from "./matrix.ts";
import { fieldsQuery, readSchema, readTables, TABLES_QUERY, type TableSchema } from "./schema.ts";
import { MOST_CONTENTS, MOST_RECORDS } from "./trial.ts";

/** @throws whatever keeps a session from answering; then it isn't the one that may read */
export type Ask = (
  session: MatrixSession,
  text: string,
  bindings?: Uint8Array,
) => Promise<Uint8Array>;

/** Records of one table. */
export interface Records {
  /** Ids of the first ones. */
  ids: ItemBytes[];
  /** There are more than those. */
  more: boolean;
  /** Some of them whole, spread over all of the ids. */
  sample: ItemBytes[];
}

export interface Place {
  reader: MatrixSession;
  tables: readonly TableSchema[];
  /** Those of a table, read once; rejects where they can't be read. */
  records(table: string): Promise<Records>;
  /** These records whole. */
  whole(ids: readonly ItemBytes[]): Promise<ItemBytes[]>;
}

/** "server, namespace, database": sessions with the same one look at the same tables. */
export function placeKey({ server, namespace, database }: MatrixSession): string {
  return JSON.stringify([server, namespace, database]);
}

/** Those that may be asked for the schema, in this order. */
export function readersFor(
  chosen: readonly MatrixSession[],
  others: readonly MatrixSession[],
  key: string,
): MatrixSession[] {
  const here = (each: MatrixSession) => placeKey(each) === key;
  const system = (each: MatrixSession) => isSystem(each.auth.level);
  const first = chosen.filter(here);
  const known = new Set(first.map((each) => each.key));
  return [
    ...first.filter(system),
    ...first.filter((each) => !system(each)),
    ...others.filter((each) => here(each) && system(each) && !known.has(each.key)),
  ];
}

/** The first of these sessions that may read the schema; undefined: none may. */
export async function openPlace(
  candidates: readonly MatrixSession[],
  ask: Ask,
): Promise<Place | undefined> {
  for (const reader of candidates) {
    const tables = await tablesFor(reader, ask);
    if (tables) return placeOf(reader, tables, ask);
  }
  return undefined;
}

/** The schema as this session reads it; undefined: it can't, or it isn't who it is said to be. */
async function tablesFor(reader: MatrixSession, ask: Ask): Promise<TableSchema[] | undefined> {
  // Whatever keeps it from answering, another one is asked.
  const answer = (text: string) => ask(reader, text).then(resultsOf, () => undefined);

  const first = await answer(`${TRUTH_QUERY};\n${TABLES_QUERY}`);
  const info = first && valueAt(first, 1);
  const names = readTables(info);
  if (!first || !names || !confirmIdentity(reader, readTruth(first)).confirmed) return undefined;
  if (names.length === 0) return [];

  const answers = await answer(`${fieldsQuery(names)}\n${SCHEMA_QUERY}`);
  const details = names.map((_, index) => answers && valueAt(answers, index));
  return answers && readSchema(info, details, valueAt(answers, answers.length - 1));
}

function placeOf(reader: MatrixSession, tables: readonly TableSchema[], ask: Ask): Place {
  const read = new Map<string, Promise<Records>>();

  async function rows(text: string, bindings?: Uint8Array): Promise<ItemBytes[]> {
    const [first] = arrayItems(await ask(reader, text, bindings));
    const entry = first && mapEntries(first);
    const result = entry?.get("result");
    const status = entry?.get("status");
    if (!result || !status || decodeValue(status) !== "OK") {
      throw new Error(result ? String(decodeValue(result)) : "The server answered nothing.");
    }
    return arrayItems(result);
  }

  const whole = async (ids: readonly ItemBytes[]) => {
    if (ids.length === 0) return [];
    return rows("SELECT * FROM $switchyard_ids", bindIds(ids));
  };

  async function readRecords(table: string): Promise<Records> {
    const limit = MOST_RECORDS + 1;
    const found = await rows(`SELECT VALUE id FROM ${identifier(table)} LIMIT ${limit}`);
    const ids = found.slice(0, MOST_RECORDS);
    return {
      ids,
      more: found.length > ids.length,
      sample: await whole(spread(ids, MOST_CONTENTS)),
    };
  }

  return {
    reader,
    tables,
    whole,
    records(table) {
      const known = read.get(table) ?? readRecords(table);
      read.set(table, known);
      return known;
    },
  };
}

function bindIds(ids: readonly ItemBytes[]): Uint8Array {
  return mapOf(new Map([["switchyard_ids", arrayOf(ids)]]));
}

/** As many of them as wanted, from the first to the last. */
export function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => items[Math.round(index * step)] as T);
}

type Entry = { status?: unknown; result?: unknown } | undefined;

function resultsOf(result: Uint8Array): Entry[] {
  const decoded = decodeValue(result);
  return Array.isArray(decoded) ? decoded : [];
}

function valueAt(results: readonly Entry[], index: number): unknown {
  const entry = results[index];
  return entry?.status === "OK" ? entry.result : undefined;
}
