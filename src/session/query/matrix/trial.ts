/**
 * What a session may do with one table, found by letting it try.
 *
 * What makes this more than counting rows: a session that may change records which it may not see gets
 * no rows back, though it changes them. So each record that it doesn't see is tried by what happens,
 * not by what is answered (measured on engine 3.0.2):
 *
 * - update: a JSON patch whose test can't hold fails only where the session may update the record,
 *   and never changes anything.
 * - delete: after DELETE, a second one whose WHERE throws meets those records that are still there.
 * - create: a second CREATE of the same id fails with "already exists" where the first one went through.
 *   A relation can be related twice, so there a DELETE that throws looks for it.
 *
 * Everything runs in transactions that can't commit (`trial-text.ts`).
 */
import { arrayItems, arrayOf, mapEntries, mapOf } from "../../../wire/cbor-parts.ts";
import type { ItemBytes } from "../../../wire/proven.ts";
import { decodeValue, encodeValue } from "../../../wire/values.ts";
import type { ErrorView } from "../../model.ts";
import { identifier } from "../../surql.ts";
import { saidBytes, type TrialEnd, TrialText } from "./trial-text.ts";

/** Records of one table that are tried at most. */
export const MOST_RECORDS = 1_000;
/** Records that a session doesn't see, each of which needs a transaction of its own. */
export const MOST_UNSEEN = 250;
/** Contents with which CREATE is tried. */
export const MOST_CONTENTS = 20;

/** How often a row by row trial said yes and no, and one of the reasons why it said neither. */
export interface Tally {
  yes: number;
  no: number;
  why?: string;
}

/** The first of the two texts, and its bindings: what the session sees, and does to what it sees. */
export function firstText(
  table: string,
  known: { ids: readonly ItemBytes[]; sample: readonly ItemBytes[] } | undefined,
  writes: { update: boolean; delete: boolean },
) {
  const text = new TrialText();
  const all = known
    ? "$switchyard_ids"
    : `(SELECT VALUE id FROM ${identifier(table)} LIMIT ${MOST_RECORDS + 1})`;
  const begin = `LET $all = ${all};`;
  const seen = `${begin}\nLET $seen = (SELECT VALUE id FROM $all)[WHERE $this != NONE];`;
  const unseen = `${seen}\nLET $unseen = array::complement($all, $seen);`;
  text.add("select", `${unseen}\n${text.sayValue("{ seen: $seen, unseen: $unseen }")}`);
  if (known) {
    const rows = "LET $rows = (SELECT * FROM $switchyard_sample);";
    text.add("rows", `${rows}\n${text.sayValue("$rows")}`);
  }
  if (writes.update) {
    const update = `LET $done = (UPDATE $all RETURN NULL);\n${text.sayValue("array::len($done)")}`;
    text.add("update", `${begin}\n${update}`);
  }
  if (writes.update && known) {
    text.add(
      "update unseen",
      `${unseen}\nUPDATE $unseen ${impossible(text)};\n${text.say("none")}`,
    );
  }
  if (writes.delete) {
    const remove = `LET $done = (DELETE $all RETURN NULL);\n${text.sayValue("array::len($done)")}`;
    text.add("delete", `${begin}\n${remove}`);
  }
  if (writes.delete && known) {
    text.add("delete unseen", `${unseen}\n${meets(text, "$unseen", "met")}\n${text.say("none")}`);
    text.add(
      "delete all unseen",
      `${unseen}\nDELETE $unseen;\n${meets(text, "$unseen", "left")}\n${text.say("all")}`,
    );
  }
  const bindings =
    known &&
    mapOf(
      new Map([
        ["switchyard_ids", arrayOf(known.ids)],
        [
          "switchyard_sample",
          arrayOf(known.sample.flatMap((row) => mapEntries(row).get("id") ?? [])),
        ],
      ]),
    );
  return { text, bindings };
}

export interface First {
  /** Of the sample, those that it sees, as it sees them; decoded. */
  rows: readonly unknown[];
  select: { seen: ItemBytes[]; unseen: ItemBytes[] } | { why: string };
  update: { done: number } | { why: string };
  delete: { done: number } | { why: string };
  /** `none`, `some` or `all` of the records that it doesn't see; undefined: must be tried singly. */
  updateUnseen: "none" | "some" | undefined;
  deleteUnseen: "none" | "some" | "all" | undefined;
}

export function readFirst(ends: ReadonlyMap<string, TrialEnd>): First {
  const select = ends.get("select");
  const updateUnseen = ends.get("update unseen");
  const deleteUnseen = ends.get("delete unseen");
  const gone = ends.get("delete all unseen");
  const rows = ends.get("rows");
  return {
    rows: rows?.kind === "said" ? (decodeValue(saidBytes(rows.text)) as unknown[]) : [],
    select: select?.kind === "said" ? readSeen(saidBytes(select.text)) : { why: whyNot(select) },
    update: readDone(ends.get("update")),
    delete: readDone(ends.get("delete")),
    updateUnseen: said(updateUnseen, "none") ? "none" : updateUnseen && "some",
    deleteUnseen: said(deleteUnseen, "none")
      ? "none"
      : said(gone, "all")
        ? "all"
        : deleteUnseen && "some",
  };
}

function readSeen(bytes: Uint8Array): { seen: ItemBytes[]; unseen: ItemBytes[] } {
  const parts = mapEntries(bytes);
  const items = (name: string) => arrayItems(parts.get(name) ?? encodeValue([]));
  return { seen: items("seen"), unseen: items("unseen") };
}

function readDone(end: TrialEnd | undefined): { done: number } | { why: string } {
  if (end?.kind !== "said") return { why: whyNot(end) };
  return { done: Number(decodeValue(saidBytes(end.text))) };
}

export interface SecondParts {
  table: string;
  relation: boolean;
  /** Of the key of a new record; of what type the table's keys are. */
  key: string | number;
  /** Records to try one by one. */
  update: readonly ItemBytes[];
  delete: readonly ItemBytes[];
  /** Contents of records, as CBOR maps without id. Of a relation `in` and `out` are in them. */
  contents: readonly ItemBytes[];
}

/** The second text: what must be tried singly. */
export function secondText(parts: SecondParts) {
  const text = new TrialText();
  parts.update.forEach((_, index) => {
    const record = `$switchyard_update[${index}]`;
    text.add(`update ${index}`, `UPDATE ${record} ${impossible(text)};\n${text.say("refused")}`);
  });
  parts.delete.forEach((_, index) => {
    const record = `$switchyard_delete[${index}]`;
    text.add(
      `delete ${index}`,
      `DELETE ${record};\n${meets(text, record, "left")}\n${text.say("gone")}`,
    );
  });
  parts.contents.forEach((_, index) => {
    text.add(
      `create ${index}`,
      createTrial(text, parts.relation, `$switchyard_contents[${index}]`),
    );
  });
  const bindings = mapOf(
    new Map([
      ["switchyard_update", arrayOf(parts.update)],
      ["switchyard_delete", arrayOf(parts.delete)],
      ["switchyard_contents", arrayOf(parts.contents)],
      ["switchyard_table", encodeValue(parts.table)],
      ["switchyard_key", encodeValue(parts.key)],
    ]),
  );
  return { text, bindings };
}

function createTrial(text: TrialText, relation: boolean, content: string): string {
  const begin = "LET $new = type::record($switchyard_table, $switchyard_key);";
  const made = `IF array::len($made) > 0 { ${text.say("made")} };`;
  if (!relation) {
    const create = `CREATE $new CONTENT ${content} RETURN NULL`;
    return `${begin}\nLET $made = (${create});\n${made}\n${create};\n${text.say("refused")}`;
  }
  const from = `LET $from = ${content}.in; LET $to = ${content}.out;`;
  const relate = `LET $made = (RELATE $from->$new->$to CONTENT object::remove(${content}, ["in", "out"]) RETURN NULL);`;
  return `${begin}\n${from}\n${relate}\n${made}\n${meets(text, "$new", "made")}\n${text.say("refused")}`;
}

export interface Second {
  update: Tally;
  delete: Tally;
  create: Tally;
}

export function readSecond(
  text: TrialText,
  parts: SecondParts,
  ends: ReadonlyMap<string, TrialEnd>,
): Second {
  const tally = (name: string, count: number, judge: (end: TrialEnd) => boolean | undefined) => {
    const result: Tally = { yes: 0, no: 0 };
    for (let index = 0; index < count; index++) {
      const end = ends.get(`${name} ${index}`);
      const answer = end && judge(end);
      if (answer === undefined) result.why ??= whyNot(end);
      else if (answer) result.yes++;
      else result.no++;
    }
    return result;
  };
  return {
    update: tally("update", parts.update.length, (end) => {
      if (said(end, "refused")) return false;
      return isImpossible(end, text) ? true : undefined;
    }),
    delete: tally("delete", parts.delete.length, (end) => {
      if (said(end, "gone")) return true;
      return said(end, "left") ? false : undefined;
    }),
    create: tally("create", parts.contents.length, (end) => {
      if (said(end, "refused")) return false;
      return said(end, "made") || existsAlready(end, parts.key) ? true : undefined;
    }),
  };
}

/** Fails for every record that the session may update, and changes none. */
function impossible(text: TrialText): string {
  return `PATCH [{ op: 'test', path: '/switchyard', value: '${text.secret}' }]`;
}

function isImpossible(end: TrialEnd, text: TrialText): boolean {
  return end.kind === "failed" && end.error.message.includes(text.secret);
}

/** Says `word` where any of the records is there, if the session may delete anything in the table. */
function meets(text: TrialText, records: string, word: string): string {
  return `DELETE ${records} WHERE { ${text.say(word)} };`;
}

/**
 * The record was made; or all that kept it from being made is that one like it is there, which is
 * looked for once the session was found to be allowed.
 */
function existsAlready(end: TrialEnd, key: string | number): boolean {
  if (end.kind !== "failed") return false;
  const { kind, message } = end.error;
  if (kind === "AlreadyExists") return message.includes(String(key));
  return /^Database index .+ already contains/.test(message);
}

function said(end: TrialEnd | undefined, word: string): boolean {
  return end?.kind === "said" && end.text === word;
}

function whyNot(end: TrialEnd | undefined): string {
  if (!end) return "The server did not answer.";
  return end.kind === "failed" ? firstLine(end.error) : `It ended with “${end.text}”.`;
}

function firstLine({ message }: ErrorView): string {
  return message.split("\n", 1)[0] ?? message;
}
