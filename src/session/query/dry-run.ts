/**
 * A text as it is sent, and its answer read: as written with the question who asks behind it, or dry,
 * so that nothing of it stays.
 *
 * A dry run is one text. The question who asks stands first and outside, so that it's answered whatever
 * fails. Then a transaction, in which each statement's value is kept in a variable, and all of them come
 * back in the error that the THROW at its end makes:
 *
 *     RETURN { session: $session, … }; BEGIN; LET $a = {; UPDATE note SET x = 1
 *     }; THROW encoding::base64::encode(encoding::cbor::encode({ … })); CANCEL;
 *
 * It ends with CANCEL, never with COMMIT: the THROW alone isn't enough. A RETURN that gets out of its
 * statement ends the transaction early, skips the THROW, and a COMMIT behind it would keep what was
 * written (measured on engine 3.0.2). With CANCEL nothing stays, whichever way the transaction ends.
 *
 * A statement that may RETURN stands in the body of a function, which a RETURN doesn't leave. The
 * `;` behind each bracket of ours makes it a block: `{ note:1 }` would be an object. The names of our
 * variables end in random digits, new for each run, so no text can read or set them.
 */

import { fromBase64 } from "../../wire/base64.ts";
import { arrayItems, mapEntries } from "../../wire/cbor-parts.ts";
import type { ItemBytes } from "../../wire/proven.ts";
import { decodeValue, encodeValue } from "../../wire/values.ts";
import { SessionError } from "../errors.ts";
import type { ErrorView } from "../model.ts";
import { statementError } from "../statement-error.ts";
import { isMap, readTruth, TRUTH_QUERY, type Truth } from "../truth.ts";
import { type Counted, countedForm } from "./changed-records.ts";
import { isConsequence, NOT_RUN, RESULT_LOST } from "./lost-results.ts";
import { safetyOf } from "./safety.ts";
import { ComposedText } from "./source-map.ts";
import { type ReadStatement, readStatements } from "./statements.ts";

export interface Prepared {
  /** What is sent as RPC `query`, with the person's own bindings. */
  text: string;
  /**
   * Reads the answer, the CBOR of the RPC `query` result.
   * @throws EnvelopeError, ValueError: no answer to a query
   */
  read(result: Uint8Array): RunAnswer;
  /** An error of the whole request (the text has a mistake), about the person's text alone. */
  explain(error: ErrorView): ErrorView;
}

export interface RunAnswer {
  /** Who the server said this ran as, in the same text; absent: it didn't say. */
  truth?: Truth;
  /** One for each statement of the person's text, in order. */
  statements: StatementRun[];
  /** Dry runs only, where all of it ran: how many records it would have changed. */
  changed?: Changed;
}

/** How many records a text would have changed, so far as it shows. */
export interface Changed {
  records: number;
  /** There may be more: in blocks, functions and loops, which don't tell. */
  atLeast: boolean;
}

export type StatementRun =
  | {
      ok: true;
      /** The result as CBOR, a window on the answer. */
      bytes: Uint8Array;
      kind: "live" | "kill" | "other";
      time?: string;
      /** Records that this statement changed, or would have; absent: it doesn't tell. */
      changed?: number;
    }
  | { ok: false; error: ErrorView; time?: string };

/** A text can't be run dry; `from` to `to` is the place in it. */
export class RefusedError extends SessionError {
  readonly from: number;
  readonly to: number;

  constructor(reason: string, from: number, to: number) {
    super("RefusedError", reason, "Nothing was sent.");
    this.from = from;
    this.to = to;
  }
}

/**
 * @param how "plain": as written, in a session of several that are compared; "dry": nothing of it stays
 * @throws RefusedError where it is to run dry and can't
 */
export function prepareRun(text: string, how: "plain" | "dry"): Prepared {
  return how === "plain" ? plainRun(text) : dryRun(text);
}

/** The question stands behind, on a line of its own: the places of the text stay, a comment ends. */
function plainRun(text: string): Prepared {
  // What can't be read to its end might swallow the question: the server says what is wrong with it.
  const asks = readStatements(text).fault === undefined;
  return {
    text: asks ? `${text}\n;${TRUTH_QUERY}` : text,
    explain: (error) => error,
    read(result) {
      const entries = arrayItems(result).map(readEntry);
      const truth = asks ? truthOf(entries.pop()) : undefined;
      return { ...(truth && { truth }), statements: entries.map(statementRun) };
    },
  };
}

/** What stands before the first statement's entry in the answer: who asks, and BEGIN. */
const BEFORE = 2;

function dryRun(text: string): Prepared {
  const safety = safetyOf(text);
  if (safety.kind === "refused") throw new RefusedError(safety.reason, safety.from, safety.to);
  const { statements } = readStatements(text);
  const name = variableNames();
  const composed = new ComposedText(text).ours(`${TRUTH_QUERY};BEGIN;`);
  let sent = BEFORE;
  const trials = statements.map((statement, i): Trial => {
    const trial = { ...compose(composed, statement, name(i)), entry: sent };
    sent += trial.entries;
    return trial;
  });
  const values = statements.map((_, i) => name(i)).join(",");
  composed.ours(`THROW encoding::base64::encode(encoding::cbor::encode([${values}]));CANCEL;`);
  return {
    text: composed.toString(),
    explain: (error) => ({ ...error, message: composed.explain(error.message) }),
    read(result) {
      const entries = arrayItems(result).map(readEntry);
      const truth = truthOf(entries[0]);
      return { ...(truth && { truth }), ...readTrials(trials, entries, sent) };
    },
  };
}

/** One statement in a dry run. */
interface Trial {
  /** The first of its entries in the answer, and how many. */
  entry: number;
  entries: number;
  counted: Counted;
}

function variableNames(): (i: number) => string {
  const random = crypto.getRandomValues(new Uint32Array(4));
  const run = Array.from(random, (part) => part.toString(36)).join("");
  return (i) => `$dry_${run}_${i}`;
}

/** Appends one statement so that its value is kept as `name`; says how many statements that took. */
function compose(
  text: ComposedText,
  statement: ReadStatement,
  name: string,
): Pick<Trial, "entries" | "counted"> {
  const { from, to, word, tokens, words } = statement;
  const counted = countedForm(statement);
  const returns = words.some((each) => /^(RETURN|BREAK|CONTINUE)$/.test(each));
  if (word === "LET") {
    const variable = tokens[1];
    if (!returns || variable?.kind !== "param") {
      text.theirs(from, to).ours(`\n;LET ${name}=NONE;`);
      return { entries: 2, counted };
    }
    // A RETURN in it is the statement's value, and leaves the variable as it was.
    const theirs = statement.text.slice(variable.from - from, variable.to - from);
    const box = `${name.slice(1)}_set`;
    text.ours(`LET ${name}_box=(||{;`).theirs(from, to);
    text.ours(`\n;RETURN {${box}:[${theirs}]}})();`);
    const done = `type::is_object(${name}_box) AND ${name}_box.${box}!=NONE`;
    text.ours(`LET ${theirs}=IF ${done} {${name}_box.${box}[0]} ELSE {${theirs}};`);
    text.ours(`LET ${name}=IF ${done} {NONE} ELSE {${name}_box};`);
    return { entries: 3, counted };
  }
  text.ours(returns ? `LET ${name}=(||{;` : `LET ${name}={;`);
  let at = from;
  for (const change of counted.changes) {
    text.theirs(at, change.from).ours(change.text);
    at = change.to;
  }
  text.theirs(at, to).ours(returns ? "\n})();" : "\n};");
  return { entries: 1, counted };
}

/** One entry of the answer, its result left as bytes. */
interface Entry {
  ok: boolean;
  result: ItemBytes;
  fields: Record<string, unknown>;
}

function readEntry(bytes: ItemBytes): Entry {
  const parts = mapEntries(bytes);
  const result = parts.get("result") ?? encodeValue(undefined);
  const fields: Record<string, unknown> = {};
  for (const [key, value] of parts) if (key !== "result") fields[key] = decodeValue(value);
  const ok = fields.status === "OK";
  if (!ok) fields.result = decodeValue(result);
  return { ok, result, fields };
}

function statementRun({ ok, result, fields }: Entry): StatementRun {
  const time = timeOf(fields);
  if (!ok) return { ok: false, error: statementError(fields), ...time };
  const kind = fields.type === "live" || fields.type === "kill" ? fields.type : "other";
  return { ok: true, bytes: result, kind, ...time };
}

function timeOf({ time }: Record<string, unknown>): { time?: string } {
  return typeof time === "string" ? { time } : {};
}

/** Absent too where what was said is no answer to the question: then nobody is confirmed. */
function truthOf(entry: Entry | undefined): Truth | undefined {
  if (!entry?.ok) return undefined;
  const result = decodeValue(entry.result);
  return isMap(result) ? readTruth([{ status: "OK", result }]) : undefined;
}

/** @param thrown which entry is our THROW's */
function readTrials(
  trials: readonly Trial[],
  entries: readonly Entry[],
  thrown: number,
): Pick<RunAnswer, "statements" | "changed"> {
  const values = valuesOf(entries[thrown], trials.length);
  if (!values) return { statements: failedTrials(trials, entries, thrown) };
  const changed: Changed = { records: 0, atLeast: false };
  const statements = trials.map((trial, i): StatementRun => {
    const shown = trial.counted.shown(values[i] as ItemBytes);
    if (shown.changed !== undefined) changed.records += shown.changed;
    if (trial.counted.hides) changed.atLeast = true;
    const { entry } = trial;
    return { ok: true, kind: "other", ...shown, ...timeOf(entries[entry]?.fields ?? {}) };
  });
  return { statements, changed };
}

/** The values in the error that our THROW made; undefined where that's another error, or none. */
function valuesOf(entry: Entry | undefined, count: number): ItemBytes[] | undefined {
  if (!entry || entry.ok || entry.fields.kind !== "Thrown") return undefined;
  // "An error occurred: <base64>": base64 has no blanks, whatever the words before it are.
  const base64 = String(entry.fields.result).split(" ").at(-1) ?? "";
  if (!/^[A-Za-z0-9+/]+=*$/.test(base64)) return undefined;
  const values = arrayItems(fromBase64(base64));
  return values.length === count ? values : undefined;
}

/** Name of the error of what was tried, and whose result nobody can tell. */
const NOT_TOLD = "NotTriedError";

/** The transaction failed: one statement has the reason, and of the others nothing came back. */
function failedTrials(
  trials: readonly Trial[],
  entries: readonly Entry[],
  thrown: number,
): StatementRun[] {
  const reason = entries.findIndex(
    ({ ok, fields }, i) => i >= BEFORE && !ok && !isConsequence(statementError(fields)),
  );
  return trials.map(({ entry, entries: count }): StatementRun => {
    const own = entries[entry];
    const time = timeOf(own?.fields ?? {});
    const error = (name: string, message: string) =>
      ({ ok: false, error: { name, message }, ...time }) as const;
    if (reason < 0) return error(NOT_TOLD, "The server did not say what this gives.");
    if (reason === thrown) {
      const said = String(entries[reason]?.fields.result);
      return error(NOT_TOLD, `Tried, but the result can't be told: ${said}`);
    }
    if (reason < entry) return error(NOT_RUN, "Not run: a statement before it failed.");
    if (reason >= entry + count) {
      return error(RESULT_LOST, "Ran, but its result is lost: a statement behind it failed.");
    }
    return { ok: false, error: statementError(entries[reason]?.fields ?? {}), ...time };
  });
}
