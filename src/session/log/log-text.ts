/**
 * What a row of the log says of a request and of its answer, on one line and without secrets.
 *
 * It is made when a frame comes, for every frame, so it reads as little as it can: the head of a
 * statement, the length of a list, small values; of what is large it says the size.
 */
import { RecordId, Table } from "surrealdb";
import { serverErrorFrom } from "../../wire/errors.ts";
import { wholeCharacters } from "../bounded-text.ts";
import { toErrorView } from "../errors.ts";
import type { Payload } from "../journal/payload.ts";
import type { ErrorView } from "../model.ts";
import { DATA_METHODS } from "../rpc-methods.ts";
import { statementError } from "../statement-error.ts";
import { identifier, writeSurql } from "../surql.ts";
import type { Outcome } from "./log-entry.ts";
import { readSmall } from "./log-value.ts";
import { Redaction } from "./redaction.ts";
import { coverSpans, secretsInStatement } from "./secret-text.ts";

/** Characters of a row's text. */
const ROW = 300;
/** Characters of a statement that a search looks through. */
const SEARCHED = 1_000;
/** Characters of a statement that are looked through for secrets. */
const HEAD = 4_000;
/** Bytes of a value that is decoded for a row. */
const SMALL = 1_024;
/** Characters of a result in a row. */
const RESULT = 80;

/** `row` is what is shown; `search` may be longer. */
export interface RequestText {
  row: string;
  search: string;
}

/** @param params of the request, in their order */
export function requestText(method: string, params: readonly Payload[]): RequestText {
  const statement = method === "query" ? params[0]?.text() : undefined;
  return statement === undefined ? texts(argumentsText(method, params)) : statementText(statement);
}

/** @param head a statement, or its beginning */
export function statementText(head: string): RequestText {
  const start = head.slice(0, HEAD);
  return texts(coverSpans(start, secretsInStatement(start)));
}

function texts(text: string): RequestText {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= ROW) {
    const row = ownCopy(line);
    return { row, search: row };
  }
  return {
    row: ownCopy(`${wholeCharacters(line, ROW - 1)}…`),
    search: ownCopy(line.slice(0, SEARCHED)),
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A part of a text keeps all of that text in memory; a row must not keep a statement of a megabyte. */
function ownCopy(text: string): string {
  return text.length < 100 ? text : decoder.decode(encoder.encode(text));
}

function argumentsText(method: string, params: readonly Payload[]): string {
  const small = params.map((param) => readSmall(param, SMALL));
  const { value: values } = new Redaction().params(
    method,
    small.map(({ value }) => value),
  );
  // Older SDKs fill what a caller left out with NONE.
  const isGiven = (value: unknown, index: number) => value !== undefined || isLarge(small[index]);
  return values
    .slice(0, values.findLastIndex(isGiven) + 1)
    .map((value, index) => {
      const part = small[index];
      if (isLarge(part)) return sizeText(part.size);
      const isTarget = DATA_METHODS.has(method) || method === "live";
      return isTarget && index === 0 ? targetText(value) : writeSurql(value, { limit: ROW }).text;
    })
    .join(", ");
}

type Small = ReturnType<typeof readSmall>;

function isLarge(part: Small | undefined): part is Extract<Small, { size: number }> {
  return part !== undefined && "size" in part;
}

/** What a data method works on, as its statement would name it. */
function targetText(value: unknown): string {
  if (value instanceof Table) return identifier(value.name);
  return typeof value === "string" ? value : writeSurql(value, { limit: ROW }).text;
}

function sizeText(bytes: number): string {
  return `(${bytes.toLocaleString("en-US")} bytes)`;
}

/** What an answer says in a row, and the live queries that it began. */
export interface AnswerText {
  outcome: Outcome;
  liveIds: string[];
}

export interface AnswerParts {
  result?: Payload;
  error?: Payload;
}

/** @throws ValueError, EnvelopeError where what the server sent isn't what SurrealDB sends */
export function answerText(method: string, { result, error }: AnswerParts): AnswerText {
  if (error) {
    const small = readSmall(error, SMALL * 16);
    const view = toErrorView(serverErrorFrom(small.value));
    return { outcome: { kind: "error", error: new Redaction().error(view) }, liveIds: [] };
  }
  const statements = method === "query" ? result?.items() : undefined;
  if (statements) return statementsText(statements);
  const liveId = method === "live" ? result?.uuid() : undefined;
  return { outcome: resultOf(method, result), liveIds: liveId === undefined ? [] : [liveId] };
}

function statementsText(statements: readonly Payload[]): AnswerText {
  const liveIds: string[] = [];
  const failed: Payload[] = [];
  let rows: number | undefined;
  for (const statement of statements) {
    if (statement.field("status")?.text() === "ERR") {
      failed.push(statement);
      continue;
    }
    const result = statement.field("result");
    if (statement.field("type")?.text() === "live") {
      const id = result?.uuid();
      if (id !== undefined) liveIds.push(id);
    }
    const count = result?.items()?.length;
    if (count !== undefined) rows = (rows ?? 0) + count;
  }
  if (failed.length > 0) return { outcome: { kind: "error", error: firstCause(failed) }, liveIds };
  const [only] = statements;
  if (only && statements.length === 1) {
    return { outcome: resultOf("query", only.field("result")), liveIds };
  }
  const text = countText(statements.length, "result");
  return {
    outcome:
      rows === undefined
        ? { kind: "ok", text }
        : { kind: "ok", rows, text: `${text}, ${countText(rows, "row")}` },
    liveIds,
  };
}

/** Where one statement of a transaction fails, the server says of the others that they weren't run. */
const NOT_RUN = /^The query was not executed/;

function firstCause(failed: readonly Payload[]): ErrorView {
  const errors = failed.map((statement) => {
    const { value } = readSmall(statement, SMALL * 16);
    const entry = typeof value === "object" && value !== null ? value : { result: TOO_LARGE };
    return statementError(entry as Record<string, unknown>);
  });
  const cause = errors.find(({ message }) => !NOT_RUN.test(message)) ?? (errors[0] as ErrorView);
  return new Redaction().error(cause);
}

const TOO_LARGE = "The error is too large to be shown here.";

function resultOf(method: string, result: Payload | undefined): Outcome {
  const rows = result?.items()?.length;
  if (rows !== undefined) return { kind: "ok", rows, text: countText(rows, "row") };
  const id = result?.field("id");
  const shown = id ?? result;
  const small = shown && readSmall(shown, SMALL);
  if (isLarge(small)) return { kind: "ok", text: sizeText(small.size) };
  const { value } = new Redaction().result(method, small?.value);
  // Of a record its id is enough.
  const isRecord = id !== undefined && (value instanceof RecordId || typeof value === "string");
  if (isRecord) return { kind: "ok", rows: 1, text: targetText(value) };
  return { kind: "ok", text: writeSurql(value, { limit: RESULT }).text };
}

function countText(count: number, word: string): string {
  return `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
}
