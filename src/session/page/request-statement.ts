/**
 * The statement that does what an RPC method does: what a person runs to try the same by hand.
 *
 * The data methods are older than query texts and the server turns each into a statement; these are
 * those statements, with the values written into them. State methods other than `use`, `let` and
 * transactions have none.
 */
import { RecordId, StringRecordId, Table } from "surrealdb";
import { uuidText } from "../set-up.ts";
import { identifier, writeSurql } from "../surql.ts";

/** Characters on a line, about. */
const LINE = 88;

/**
 * One or more statements, each ended by a semicolon; bindings of a query come before it as LET.
 * Undefined where SurrealQL has no statement for the method.
 */
export function requestStatement(method: string, params: readonly unknown[]): string | undefined {
  const write = Object.hasOwn(STATEMENTS, method) ? STATEMENTS[method] : undefined;
  return write?.(params);
}

type Writer = (params: readonly unknown[]) => string | undefined;

const STATEMENTS: Record<string, Writer> = {
  query: ([text, bindings]) => {
    const lets = isObject(bindings) ? Object.entries(bindings).map(letStatement) : [];
    const query = String(text).trim();
    return [...lets, query.endsWith(";") ? query : `${query};`].join("\n");
  },
  select: ([what]) => `SELECT * FROM ${one(what)};`,
  create: ([what, data]) => `CREATE ${one(what)}${clause("CONTENT", data)};`,
  insert: ([into, data]) => `INSERT ${intoTable(into)}${value(data)};`,
  insert_relation: ([into, data]) => `INSERT RELATION ${intoTable(into)}${value(data)};`,
  update: ([what, data]) => `UPDATE ${one(what)}${clause("CONTENT", data)};`,
  upsert: ([what, data]) => `UPSERT ${one(what)}${clause("CONTENT", data)};`,
  merge: ([what, data]) => `UPDATE ${one(what)}${clause("MERGE", data)};`,
  patch: ([what, patches, diff]) =>
    `UPDATE ${one(what)}${clause("PATCH", patches)}${diff === true ? " RETURN DIFF" : ""};`,
  delete: ([what]) => `DELETE ${one(what)} RETURN BEFORE;`,
  relate: ([from, kind, to, data]) =>
    `RELATE ${[from, to].some(Array.isArray) ? "" : "ONLY "}${target(from)}->${target(kind)}->${target(to)}${clause("CONTENT", data)};`,
  run: ([name, version, args]) => {
    const list = Array.isArray(args) ? args.map((arg) => value(arg)).join(", ") : "";
    return `RETURN ${String(name)}${version == null ? "" : `<${String(version)}>`}(${list});`;
  },
  live: ([table, diff]) => `LIVE SELECT ${diff === true ? "DIFF" : "*"} FROM ${target(table)};`,
  kill: ([id]) => `KILL u'${uuidText(id) ?? String(id)}';`,
  info: () => "SELECT * FROM ONLY $auth;",
  use: ([namespace, database]) => {
    const parts = [
      typeof namespace === "string" ? ` NS ${identifier(namespace)}` : "",
      typeof database === "string" ? ` DB ${identifier(database)}` : "",
    ].join("");
    return parts === "" ? undefined : `USE${parts};`;
  },
  let: ([name, bound]) => letStatement([String(name), bound]),
  set: ([name, bound]) => letStatement([String(name), bound]),
  begin: () => "BEGIN;",
  commit: () => "COMMIT;",
  cancel: () => "CANCEL;",
};

function letStatement([name, bound]: [string, unknown]): string {
  return `LET $${identifier(name)} = ${value(bound)};`;
}

function value(given: unknown): string {
  return writeSurql(given, { lineWidth: LINE }).text;
}

function clause(word: string, data: unknown): string {
  return data === undefined || data === null ? "" : ` ${word} ${value(data)}`;
}

function intoTable(into: unknown): string {
  return into === undefined || into === null ? "" : `INTO ${target(into)} `;
}

/** What a statement works on. Methods answer one record, not a list, where one is named. */
function one(what: unknown): string {
  const isRecord = what instanceof RecordId || (typeof what === "string" && what.includes(":"));
  return isRecord ? `ONLY ${target(what)}` : target(what);
}

function target(what: unknown): string {
  if (what instanceof Table) return identifier(what.name);
  if (Array.isArray(what)) return `[${what.map(target).join(", ")}]`;
  if (typeof what !== "string") return value(what);
  return what.includes(":") ? value(new StringRecordId(what)) : identifier(what);
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
