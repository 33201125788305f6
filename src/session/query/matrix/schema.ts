/**
 * What a database declares: its tables, who may do what with them, and which of them reach beyond it.
 *
 * Read from `INFO … STRUCTURE`: the text form of engine 3.0.2 leaves `FOR delete FULL` out of what it
 * prints, so that nobody could tell it from NONE.
 */
import { identifier } from "../../surql.ts";
import {
  type Schema as Definitions,
  reachOf,
  readSchema as readDefinitions,
} from "../schema-reach.ts";
import { type FieldRule, OPERATIONS, type Operation, type Rule } from "./matrix.ts";

export interface TableSchema {
  name: string;
  rules: Record<Operation, Rule>;
  /** Fields that don't go along with every record. */
  fields: Record<Operation, readonly FieldRule[]>;
  relation: boolean;
  /** Records are thrown away as they are written. */
  drop: boolean;
  /**
   * What an operation sets off that no transaction takes back: "event mail on note uses http::post".
   * Absent: nothing.
   */
  reaches: Partial<Record<Operation, string>>;
}

type Facts = Record<string, unknown>;

/** The statement whose answer `readTables` reads. */
export const TABLES_QUERY = "INFO FOR DB STRUCTURE;";

/** One statement for each table, whose answers `readSchema` reads. */
export function fieldsQuery(tables: readonly string[]): string {
  return tables.map((name) => `INFO FOR TABLE ${identifier(name)} STRUCTURE;`).join("\n");
}

/** The tables' names in the decoded answer to TABLES_QUERY; undefined: that isn't one. */
export function readTables(info: unknown): string[] | undefined {
  return list(facts(info)?.tables)?.map((each) => String(each.name));
}

/**
 * @param info the decoded answer to TABLES_QUERY
 * @param details those to `fieldsQuery`, in order; one that isn't there is a table that went away
 * @param definitions that to SCHEMA_QUERY
 */
export function readSchema(
  info: unknown,
  details: readonly unknown[],
  definitions: unknown,
): TableSchema[] {
  const schema = readDefinitions(definitions);
  const tables = list(facts(info)?.tables) ?? [];
  const fieldsOf = details.map((detail) => list(facts(detail)?.fields) ?? []);
  const follow = tables.filter((table, at) => mayFollow(table, fieldsOf[at] ?? [])).map(nameOf);
  return tables.map((table, at): TableSchema => {
    const name = nameOf(table);
    return {
      name,
      rules: rulesOf(table.permissions),
      fields: fieldRulesOf(fieldsOf[at] ?? []),
      relation: facts(table.kind)?.kind === "RELATION",
      drop: table.drop === true,
      reaches: reachesOf(schema, name, follow),
    };
  });
}

function nameOf({ name }: Facts): string {
  return String(name);
}

/** Records of such a table may go, or change, when one that they link to is deleted. */
function mayFollow(table: Facts, fields: readonly Facts[]): boolean {
  const kind = facts(table.kind)?.kind;
  return kind !== "NORMAL" || fields.some(({ reference }) => reference !== undefined);
}

function reachesOf(
  schema: Definitions,
  table: string,
  follow: readonly string[],
): TableSchema["reaches"] {
  const name = identifier(table);
  // Of DELETE nobody knows beforehand what goes along, so what may follow is named instead of it.
  const along = [...new Set([table, ...follow])].map((each) => `UPDATE ${identifier(each)};`);
  const texts: Record<Operation, string> = {
    select: `SELECT * FROM ${name}`,
    create: `CREATE ${name}`,
    update: `UPDATE ${name}`,
    delete: along.join(" "),
  };
  const found: TableSchema["reaches"] = {};
  for (const operation of OPERATIONS) {
    const { reach, warning } = reachOf(schema, texts[operation]);
    const [first] = reach;
    const words = first ? `${first.what} uses ${first.uses}` : warning;
    if (words !== undefined) found[operation] = words;
  }
  return found;
}

function rulesOf(permissions: unknown): Record<Operation, Rule> {
  const all = facts(permissions) ?? {};
  const [select, create, update, remove] = OPERATIONS.map((each) => ruleOf(all[each])) as [
    Rule,
    Rule,
    Rule,
    Rule,
  ];
  return { select, create, update, delete: remove };
}

/** A field has no say in whether its record is deleted: INFO shows none, which isn't a rule. */
function fieldRulesOf(fields: readonly Facts[]): Record<Operation, readonly FieldRule[]> {
  const all = fields.map((each) => ({ field: nameOf(each), rules: rulesOf(each.permissions) }));
  const of = (operation: Operation) =>
    all
      .map(({ field, rules }): FieldRule => ({ field, rule: rules[operation] }))
      .filter(({ rule }) => rule.kind !== "full");
  return { select: of("select"), create: of("create"), update: of("update"), delete: of("delete") };
}

/** `true`, `false`, or the condition. */
function ruleOf(permission: unknown): Rule {
  if (typeof permission === "string") return { kind: "where", text: permission };
  return { kind: permission === false ? "none" : "full" };
}

function facts(value: unknown): Facts | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Facts)
    : undefined;
}

function list(value: unknown): Facts[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((each) => facts(each) !== undefined) as Facts[];
}
