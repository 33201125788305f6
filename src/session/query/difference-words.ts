/**
 * What differs between the columns, in one sentence: "Bob sees 3 of Alice's 7 rows; anonymous is refused."
 *
 * Columns that were told the same speak as one, so that eight sessions make no longer sentence than the
 * number of things they were told.
 */
import { decodeValue } from "../../wire/values.ts";
import type { ErrorView } from "../model.ts";
import { writeSurql } from "../surql.ts";
import type { Against } from "./against.ts";
import type { Comparison } from "./differences.ts";
import { joined } from "./list-words.ts";
import { NOT_RUN, RESULT_LOST } from "./lost-results.ts";

/** What became of one column. */
export type Fate =
  | { kind: "result" }
  | { kind: "error"; error: ErrorView }
  | { kind: "running" }
  | { kind: "let-go" }
  | { kind: "barred" }
  | { kind: "unconfirmed" };

export interface Told {
  /** As it stands in a sentence: "Alice", "anonymous". */
  name: string;
  fate: Fate;
  /** Records that were changed; absent: nothing was written, or the answer doesn't tell. */
  changed?: number;
}

const FIELDS = 3;
const EXAMPLE_LENGTH = 40;

/**
 * @param told one for each column of the comparison
 * @param dry whether what was changed was taken back
 */
export function differenceSentence(
  told: readonly Told[],
  comparison: Comparison,
  dry = false,
): string {
  const writes = told.some(({ changed }) => changed !== undefined);
  const clauses = [
    ...(writes ? changeClauses(told, dry) : resultClauses(told, comparison)),
    ...errorClauses(told),
    ...otherClauses(told),
  ];
  return sentence(clauses);
}

/** Of several statements: how many of them differ. `differing`: by their numbers, from 1. */
export function statementsSentence(
  told: readonly Told[],
  statements: number,
  differing: readonly number[],
  dry: boolean,
): string {
  const heard = told.filter(({ fate }) => fate.kind === "result");
  const names = heard.map(({ name }) => name);
  const subject = heard.length === told.length ? everybody(names) : joined(names);
  const which =
    differing.length === 0
      ? [
          `${subject} ${plain(heard.length, "gets", "get")} the same from all ${statements} statements`,
        ]
      : differing.length <= 3
        ? [
            `${differing.length === 1 ? "statement" : "statements"} ${joined(differing.map(String))} of ${statements} ${plain(differing.length, "differs", "differ")}`,
          ]
        : [`${differing.length} of ${statements} statements differ`];
  const writes = told.some(({ changed }) => changed !== undefined);
  return sentence([
    ...(writes ? changeClauses(told, dry) : []),
    ...which,
    ...errorClauses(told),
    ...otherClauses(told),
  ]);
}

function sentence(clauses: readonly string[]): string {
  const text = clauses.join("; ");
  if (text === "") return "";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith("…") ? "" : "."}`;
}

const NUMBERS = [
  "",
  "",
  "both",
  "all three",
  "all four",
  "all five",
  "all six",
  "all seven",
  "all eight",
];

/** All that there are, in one word from three on. */
function everybody(names: readonly string[]): string {
  return names.length > 2 ? (NUMBERS[names.length] ?? `all ${names.length}`) : joined(names);
}

function plain(many: number, one: string, several: string): string {
  return many === 1 ? one : several;
}

function rows(count: number): string {
  return count === 0
    ? "no rows"
    : `${count.toLocaleString("en-US")} ${plain(count, "row", "rows")}`;
}

/** "the same 7 rows" */
function sameRows(count: number): string {
  return count === 1 ? "the same row" : `the same ${rows(count)}`;
}

/** "Alice's 7 rows" */
function rowsOf(name: string, count: number): string {
  return name === "anonymous" ? `the ${rows(count)} of anonymous` : `${name}'s ${rows(count)}`;
}

function possessive(names: readonly string[], thing: string): string {
  const name = joined(names);
  return name.endsWith("anonymous") ? `the ${thing} of ${name}` : `${name}'s ${thing}`;
}

// ── What was read ──────────────────────────────────────────────────────────────────────────────

interface Group {
  columns: number[];
  names: string[];
}

/** Columns of equal results, the reference's first. */
function groupsOf(told: readonly Told[], { group, reference }: Comparison): Group[] {
  const found = new Map<number, Group>();
  const order = [reference, ...told.keys()];
  for (const column of order) {
    const key = group[column];
    const name = told[column]?.name;
    if (key === undefined || name === undefined || found.get(key)?.columns.includes(column))
      continue;
    const entry = found.get(key) ?? { columns: [], names: [] };
    entry.columns.push(column);
    found.set(key, entry);
  }
  for (const entry of found.values()) {
    entry.columns.sort((a, b) => a - b);
    entry.names = entry.columns.map((column) => told[column]?.name ?? "");
  }
  return [...found.values()];
}

function resultClauses(told: readonly Told[], comparison: Comparison): string[] {
  const [first, ...others] = groupsOf(told, comparison);
  if (!first) return [];
  const all = others.length === 0 && first.columns.length === told.length;
  const names = all ? everybody(first.names) : joined(first.names);
  const many = first.names.length;
  if (comparison.kind === "value") return valueClauses(comparison, first, others, names);
  const size = comparison.sizes[comparison.reference] ?? 0;
  if (others.length === 0) {
    if (many === 1) return [`${names} sees ${rows(size)}`];
    return [`${names} see ${size === 0 ? "no rows" : sameRows(size)}${orderNote(comparison)}`];
  }
  const told1 = many > 1 ? [`${names} see ${sameRows(size)}`] : [];
  return [
    ...told1,
    ...others.map((group) => rowsClause(comparison, first, group, others.length === 1)),
  ];
}

/** Rows in another order are the same rows; that they come so is worth a word. */
function orderNote({ against }: Comparison): string {
  return against.some((each) => each?.reordered) ? ", in another order" : "";
}

/** @param only whether it is the only group beside the first */
function rowsClause(comparison: Comparison, first: Group, group: Group, only: boolean): string {
  const column = group.columns[0] ?? 0;
  const stats = comparison.against[column];
  const size = comparison.sizes[column] ?? 0;
  const whole = comparison.sizes[comparison.reference] ?? 0;
  const who = joined(group.names);
  if (!stats) return `${who} sees ${rows(size)}`;
  const sees = plain(group.names.length, "sees", "see");
  const theirs = first.names.length > 1 ? "them" : rowsOf(joined(first.names), whole);
  const details = detailsOf(comparison, stats);
  if (size === 0 && whole === 1 && first.names.length > 1) {
    return `${who} ${plain(group.names.length, "doesn't", "don't")} see it`;
  }
  if (size === 0) return `${who} ${sees} none of ${theirs}`;
  if (stats.shared === 0) return `${who} ${sees} ${rows(stats.more)} that ${notSeen(first)}`;
  if (stats.shared === whole && stats.more === 0) {
    if (stats.changedValues === 0 && stats.added.size === 0) {
      return `${possessive(group.names, plain(whole, "row", "rows"))} ${plain(whole, "lacks", "lack")} ${fields(stats.lacking, stats.shared)}`;
    }
    if (stats.changedValues === 0 && stats.lacking.size === 0) {
      return `${possessive(group.names, plain(whole, "row", "rows"))} also ${plain(whole, "has", "have")} ${fields(stats.added, stats.shared)}`;
    }
    if (only && first.names.length === 1) {
      return `${joined([...first.names, ...group.names])} see ${sameRows(whole)}, ${details}`;
    }
    return `${who} ${sees} ${sameRows(whole)}, ${details}`;
  }
  const some =
    stats.shared === whole
      ? `${theirs === "them" ? "all of them" : theirs}`
      : `${stats.shared.toLocaleString("en-US")} of ${theirs}`;
  const more =
    stats.more > 0
      ? ` and ${stats.more.toLocaleString("en-US")} ${plain(stats.more, "other", "others")}`
      : "";
  return `${who} ${sees} ${some}${more}${details && `, ${details}`}`;
}

function notSeen(first: Group): string {
  return `${joined(first.names)} ${plain(first.names.length, "doesn't", "don't")} see`;
}

/** "without `secret`, with 2 values changed: note:1 text" */
function detailsOf(comparison: Comparison, stats: Against): string {
  const parts: string[] = [];
  if (stats.lacking.size > 0) parts.push(`without ${fields(stats.lacking, stats.shared)}`);
  if (stats.added.size > 0) parts.push(`with ${fields(stats.added, stats.shared)} besides`);
  if (stats.changedValues > 0) {
    const count = stats.changedValues.toLocaleString("en-US");
    const named = stats.examples.map(({ row, path }) => place(comparison, row, path));
    const rest = stats.changedValues > named.length ? ", …" : "";
    parts.push(
      `with ${count} ${plain(stats.changedValues, "value", "values")} changed: ${named.join(", ")}${rest}`,
    );
  }
  return parts.join(", ");
}

function place(comparison: Comparison, row: number, path: string): string {
  const id = comparison.idAt(row);
  const name = id ? writeSurql(decodeValue(id), { limit: EXAMPLE_LENGTH }).text : `row ${row + 1}`;
  return path === "" ? name : `${name} ${path}`;
}

/** "`secret` and `email`", with the number of rows where it isn't all. */
function fields(counts: ReadonlyMap<string, number>, all: number): string {
  const named = [...counts].slice(0, FIELDS).map(([path, count]) => {
    const some =
      count < all ? ` (in ${count.toLocaleString("en-US")} of ${all.toLocaleString("en-US")})` : "";
    return `\`${path.replaceAll("`", "")}\`${some}`;
  });
  const rest = counts.size - named.length;
  return joined(rest > 0 ? [...named, `${rest} more`] : named);
}

function valueClauses(
  comparison: Comparison,
  first: Group,
  others: readonly Group[],
  names: string,
): string[] {
  if (others.length === 0) {
    return [first.names.length === 1 ? `${names} gets a result` : `${names} get the same result`];
  }
  const same = first.names.length > 1 ? [`${names} get the same result`] : [];
  return [...same, ...others.map((group) => valueClause(comparison, first, group))];
}

function valueClause(comparison: Comparison, first: Group, group: Group): string {
  const stats = comparison.against[group.columns[0] ?? 0];
  const who = possessive(group.names, "result");
  const whole = stats?.examples.some(({ path }) => path === "") ?? true;
  if (!stats || whole) {
    return `${joined(group.names)} ${plain(group.names.length, "gets", "get")} another result than ${joined(first.names)}`;
  }
  const parts: string[] = [];
  if (stats.lacking.size > 0) parts.push(`lacks ${fields(stats.lacking, 1)}`);
  if (stats.added.size > 0) parts.push(`also has ${fields(stats.added, 1)}`);
  if (stats.changedValues > 0) {
    const named = stats.examples.map(({ path }) => `\`${path.replaceAll("`", "")}\``);
    const rest = stats.changedValues - named.length;
    parts.push(`differs in ${joined(rest > 0 ? [...named, `${rest} more`] : named)}`);
  }
  return `${who} ${joined(parts)}`;
}

// ── What was written ───────────────────────────────────────────────────────────────────────────

function changeClauses(told: readonly Told[], dry: boolean): string[] {
  const counts = new Map<number, string[]>();
  for (const { name, fate, changed } of told) {
    if (fate.kind !== "result" || changed === undefined) continue;
    counts.set(changed, [...(counts.get(changed) ?? []), name]);
  }
  const sorted = [...counts].sort(([a], [b]) => b - a);
  const [[most, names] = [0, []], ...others] = sorted;
  if (names.length === 0) return [];
  const all = others.length === 0 && names.length === told.length;
  const who = all ? everybody(names) : joined(names);
  const verb = dry ? "would change" : "changed";
  // Not "nothing": of the schema it may change much.
  const records = (count: number) =>
    count === 0
      ? "no records"
      : `${count.toLocaleString("en-US")} ${plain(count, "record", "records")}`;
  const rest = others.map(
    ([count, each]) => `${joined(each)} ${count === 0 ? "none" : count.toLocaleString("en-US")}`,
  );
  const each = names.length > 1 && most > 0 ? " each" : "";
  return [[`${who} ${verb} ${records(most)}${each}`, ...rest].join(", ")];
}

// ── What went wrong ────────────────────────────────────────────────────────────────────────────

const LOST = "lost";
const NEVER_RUN = "not run";

/** What is said in words of our own errors, by their names. */
const FATES: Readonly<Record<string, string>> = {
  RefusedError: "not asked",
  [RESULT_LOST]: LOST,
  [NOT_RUN]: NEVER_RUN,
};

function errorClauses(told: readonly Told[]): string[] {
  const byWords = new Map<string, { names: string[]; messages: Set<string> }>();
  for (const { name, fate } of told) {
    if (fate.kind !== "error") continue;
    const { error } = fate;
    const refused = error.kind === "NotAllowed" ? "refused" : undefined;
    const words = refused ?? FATES[error.name] ?? error.kind ?? error.name;
    const entry = byWords.get(words) ?? { names: [], messages: new Set() };
    entry.names.push(name);
    entry.messages.add(error.message);
    byWords.set(words, entry);
  }
  return [...byWords].map(([words, { names, messages }]) => {
    const all = names.length === told.length;
    const who = all ? everybody(names) : joined(names);
    if (words === "refused" || words === "not asked") {
      return `${who} ${plain(names.length, "is", "are")} ${words}`;
    }
    if (words === LOST) return `the result is lost for ${who}`;
    if (words === NEVER_RUN) return `not run as ${who}`;
    if (names.length === 1) return `${who} gets an error (${words})`;
    return messages.size === 1
      ? `${who} get the same error (${words})`
      : `${who} get errors (${words})`;
  });
}

function otherClauses(told: readonly Told[]): string[] {
  const of = (kind: Fate["kind"]) =>
    told.filter(({ fate }) => fate.kind === kind).map(({ name }) => name);
  const clause = (names: string[], words: (who: string, many: number) => string) =>
    names.length > 0 ? [words(joined(names), names.length)] : [];
  return [
    ...clause(
      of("unconfirmed"),
      (who, many) => `${who} ${plain(many, "isn't", "aren't")} counted: identity not confirmed`,
    ),
    ...clause(of("barred"), (who) => `${who} can't run`),
    ...clause(of("let-go"), (who) => `nobody waits for ${who} any more`),
    ...clause(of("running"), (who) => `waiting for ${who}`),
  ];
}
