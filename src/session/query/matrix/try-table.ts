/** One session and one table: what is tried, in two texts, and the four cells that come of it. */
import { mapEntries, mapOf } from "../../../wire/cbor-parts.ts";
import type { ItemBytes } from "../../../wire/proven.ts";
import { decodeValue, encodeValue } from "../../../wire/values.ts";
import { cellFor, type Found, isSystem, type Part, type Tried } from "./cell.ts";
import { confirm } from "./confirmed.ts";
import { missingFields } from "./fields.ts";
import { type Cell, type MatrixSession, OPERATIONS, type Operation, type Row } from "./matrix.ts";
import type { Ask, Place, Records } from "./place.ts";
import type { TableSchema } from "./schema.ts";
import {
  type First,
  firstText,
  MOST_CONTENTS,
  MOST_UNSEEN,
  readFirst,
  readSecond,
  type Second,
  type SecondParts,
  secondText,
  type Tally,
} from "./trial.ts";
import { exampleOf, trialStatement } from "./trial-statement.ts";

/** Bytes of one record's content; larger ones aren't sent back to the server to try CREATE. */
const LARGEST_CONTENT = 64 * 1024;

/** What was found. */
export interface TriedTable {
  /**
   * @param editor whether this user of the system is known, by this or another table, to be above
   *   table permissions where it writes
   */
  row(editor: boolean): Row;
  /** This table shows it: it declares NONE, and let the user write. */
  editor: boolean;
}

/**
 * @throws NotConfirmedError, and what `ask` throws: then nothing is known of any cell
 */
export async function tryTable(
  session: MatrixSession,
  table: string,
  place: Place | undefined,
  blindWrites: boolean,
  ask: Ask,
): Promise<TriedTable> {
  const schema = place?.tables.find(({ name }) => name === table);
  const barred = whyNotTried(schema, blindWrites);
  const { select: unread } = barred;
  if (unread !== undefined) return judge({ session, table, schema, place }, () => untold(unread));

  const records = await place?.records(table);
  const opening = firstText(table, records, { update: !barred.update, delete: !barred.delete });
  const answers = opening.text.read(await ask(session, `${opening.text}`, opening.bindings));
  confirm(session, answers.truth);
  const first = readFirst(answers.ends);

  const parts = await secondParts(table, schema, place, records, first, barred);
  const { text, bindings } = secondText(parts);
  const more = text.isEmpty ? undefined : text.read(await ask(session, `${text}`, bindings));
  if (more) confirm(session, more.truth);
  const second = readSecond(text, parts, more?.ends ?? new Map());

  const tried: Record<Operation, Tried> = {
    select: triedSelect(records, first),
    create: triedCreate(schema, second.create),
    update: triedChange(records, first, first.update, first.updateUnseen, second.update),
    delete: triedChange(records, first, first.delete, first.deleteUnseen, second.delete),
  };
  const asked = { session, table, schema, place, records, first, second, empty: parts.empty };
  return judge(asked, (operation) => {
    const why = barred[operation];
    return why === undefined ? tried[operation] : untold(why);
  });
}

/** In words; absent: it is tried. */
type Barred = Partial<Record<Operation, string>>;

/** What a trial would set off for good isn't tried. */
function whyNotTried(schema: TableSchema | undefined, blindWrites: boolean): Barred {
  const barred: Barred = {};
  for (const operation of OPERATIONS) {
    const reaches = schema?.reaches[operation];
    if (reaches !== undefined) {
      barred[operation] = `Not tried: ${reaches}, which no transaction takes back.`;
    } else if (!schema && !blindWrites && operation !== "select") {
      barred[operation] =
        "Not tried: nobody here may read the schema, so what it sets off may not be undone.";
    }
  }
  return barred;
}

/** Of a server that refuses anonymous sessions everything, whatever the schema says. */
export function refusedTable(table: string): TriedTable {
  const example = exampleOf(table, false, undefined);
  const cell = (operation: Operation): Cell => ({
    verdict: "none",
    how: "tried",
    words: "The server refuses anonymous sessions every query.",
    trial: trialStatement(table, operation, example),
  });
  const row = {
    select: cell("select"),
    create: cell("create"),
    update: cell("update"),
    delete: cell("delete"),
  };
  return { row: () => row, editor: false };
}

async function secondParts(
  table: string,
  schema: TableSchema | undefined,
  place: Place | undefined,
  records: Records | undefined,
  first: First,
  barred: Barred,
): Promise<SecondParts & { empty: boolean }> {
  const ids = records?.ids ?? [];
  const { seen, unseen } = "seen" in first.select ? first.select : { seen: [], unseen: [] };
  const few = (list: readonly ItemBytes[]) => list.slice(0, MOST_UNSEEN);
  const update = "why" in first.update ? ids : first.updateUnseen === "some" ? unseen : [];
  const remove = "why" in first.delete ? ids : first.deleteUnseen === "some" ? unseen : [];
  const creates = barred.create === undefined;
  const whole = creates && place && records ? await contentsFor(place, records, seen) : [];
  const contents = whole.map(withoutId).filter((each) => each.length <= LARGEST_CONTENT);
  const empty = creates && contents.length === 0 && schema?.relation !== true;
  return {
    table,
    relation: schema?.relation === true,
    key: newKey(records),
    update: barred.update === undefined ? few(update) : [],
    delete: barred.delete === undefined ? few(remove) : [],
    contents: empty ? [encodeValue({})] : contents,
    empty,
  };
}

/** Records whose contents are tried: of all the table, and of what this session sees. */
async function contentsFor(
  place: Place,
  records: Records,
  seen: readonly ItemBytes[],
): Promise<ItemBytes[]> {
  if (records.ids.length <= records.sample.length) return records.sample;
  const half = MOST_CONTENTS / 2;
  const others = records.sample.filter((_, index) => index % 2 === 0);
  return [...(await place.whole(seen.slice(0, half))), ...others].slice(0, MOST_CONTENTS);
}

function withoutId(record: ItemBytes): ItemBytes {
  const fields = mapEntries(record);
  fields.delete("id");
  return mapOf(fields);
}

/** Of the type that the table's keys have, where that is a number; else a text. */
function newKey(records: Records | undefined): string | number {
  const [id] = records?.ids ?? [];
  const key = id && (decodeValue(id) as { id?: unknown }).id;
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return typeof key === "number" ? 2 ** 48 + random : crypto.randomUUID().replaceAll("-", "");
}

function triedSelect(records: Records | undefined, { select }: First): Tried {
  if ("why" in select) return untold(select.why);
  return {
    kind: "counted",
    may: select.seen.length,
    of: records ? records.ids.length : select.seen.length,
    seenOnly: !records,
    ...partOf(records),
  };
}

/** Update and delete: what it sees by number, what it doesn't see one by one. */
function triedChange(
  records: Records | undefined,
  { select }: First,
  seenDone: { done: number } | { why: string },
  group: "none" | "some" | "all" | undefined,
  single: Tally,
): Tried {
  if ("why" in seenDone) {
    // One record that can't be written keeps all from being written: each was tried by itself.
    if (single.yes + single.no === 0) return untold(seenDone.why);
    return counted(single, 0, 0, singly(records, records?.ids ?? []));
  }
  if ("why" in select) return untold(select.why);
  const seen = select.seen.length;
  if (!records) return { kind: "counted", may: seenDone.done, of: seen, seenOnly: true };
  if (group === "some") {
    return counted(single, seenDone.done, seen, singly(records, select.unseen));
  }
  const unseen = select.unseen.length;
  const may = seenDone.done + (group === "all" ? unseen : 0);
  return { kind: "counted", may, of: seen + unseen, seenOnly: false, ...partOf(records) };
}

function triedCreate(schema: TableSchema | undefined, tally: Tally): Tried {
  if (tally.yes + tally.no === 0) {
    return untold(tally.why ?? "No records whose contents could be tried.");
  }
  // What looks for a relation that the session doesn't see needs the right to delete; and where
  // records are dropped as they are written, there is nothing to look for.
  const rules = schema?.rules;
  const blind = schema?.drop || (schema?.relation && rules?.delete.kind === "none");
  if (tally.yes === 0 && blind && rules?.create.kind !== "none" && rules?.select.kind !== "full") {
    return untold("It saw nothing of what it may have created, and nothing else would tell.");
  }
  return counted(tally, 0, 0, {});
}

/** No more than so many are tried singly. */
function singly(records: Records | undefined, all: readonly ItemBytes[]): { part?: Part } {
  return all.length > MOST_UNSEEN ? { part: "some" } : partOf(records);
}

function counted(tally: Tally, may: number, of: number, part: { part?: Part }): Tried {
  return {
    kind: "counted",
    may: may + tally.yes,
    of: of + tally.yes + tally.no,
    seenOnly: false,
    ...part,
    ...(tally.why !== undefined && { untold: `Of some, nothing can be told: ${tally.why}` }),
  };
}

function untold(why: string): Tried {
  return { kind: "untold", why };
}

function partOf(records: Records | undefined): { part?: Part } {
  return records?.more ? { part: "first" } : {};
}

interface Asked {
  session: MatrixSession;
  table: string;
  schema: TableSchema | undefined;
  place: Place | undefined;
  records?: Records | undefined;
  first?: First;
  second?: Second;
  /** CREATE was tried with an empty record. */
  empty?: boolean;
}

function judge(asked: Asked, tried: (operation: Operation) => Tried): TriedTable {
  const { session, table, schema, place, records, first, second, empty } = asked;
  const { level } = session.auth;
  const example = exampleOf(table, schema?.relation === true, records?.sample[0]);
  const missing = missingFields((records?.sample ?? []).map(decodeValue), first?.rows ?? []);
  const found = (operation: Operation, editor: boolean): Found => {
    const rule = schema?.rules[operation];
    const own = schema?.fields[operation] ?? [];
    const fields = own.length > 0 && { fields: own };
    return {
      operation,
      tried: tried(operation),
      level,
      // Every user of the system may at least look.
      exempt: operation === "select" ? isSystem(level) : editor,
      trial: trialStatement(table, operation, example),
      ...(rule && place && { declared: { rule, ...fields, by: place.reader.label } }),
      ...(operation === "select" && { missing }),
      ...(operation === "create" && empty && { empty }),
    };
  };
  const created = second?.create.yes ?? 0;
  return {
    editor: isSystem(level) && schema?.rules.create.kind === "none" && created > 0,
    row: (editor) => ({
      select: cellFor(found("select", editor)),
      create: cellFor(found("create", editor)),
      update: cellFor(found("update", editor)),
      delete: cellFor(found("delete", editor)),
    }),
  };
}
