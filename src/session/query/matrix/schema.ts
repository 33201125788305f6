/**
 * What a database declares: its tables, who may do what with them, and which of them reach beyond it.
 *
 * Read from `INFO … STRUCTURE`: the text form of engine 3.0.2 leaves `FOR delete FULL` out of what it
 * prints, so that nobody could tell it from NONE.
 */
import { identifier } from "../../surql.ts";
import { OPERATIONS, type Operation, type Rule } from "./matrix.ts";

export interface TableSchema {
  name: string;
  rules: Record<Operation, Rule>;
  /** Fields whose `select` isn't FULL. */
  hiddenFields: { name: string; rule: Rule }[];
  relation: boolean;
  /** Records are thrown away as they are written. */
  drop: boolean;
  view: boolean;
  /** What happens with it that no transaction takes back: "event `mail` uses http::post". */
  reaches?: string;
}

export interface Schema {
  tables: TableSchema[];
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
 */
export function readSchema(info: unknown, details: readonly unknown[]): Schema {
  const reaching = reachingFunctions(list(facts(info)?.functions) ?? []);
  const tables = (list(facts(info)?.tables) ?? []).map((table, index): TableSchema => {
    const detail = facts(details[index]) ?? {};
    const fields = list(detail.fields) ?? [];
    return {
      name: String(table.name),
      rules: rulesOf(table.permissions),
      hiddenFields: fields
        .map((field) => ({
          name: String(field.name),
          rule: ruleOf(facts(field.permissions)?.select),
        }))
        .filter(({ rule }) => rule.kind !== "full"),
      relation: facts(table.kind)?.kind === "RELATION",
      drop: table.drop === true,
      view: table.view !== undefined,
      reaches: reachOf(table, detail, reaching),
    };
  });
  return { tables };
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

/** `true`, `false`, or the condition. */
function ruleOf(permission: unknown): Rule {
  if (typeof permission === "string") return { kind: "where", text: permission };
  return { kind: permission === false ? "none" : "full" };
}

/** What isn't taken back: requests to other servers, and numbers drawn from a sequence. */
const BEYOND = /`?\b(http|sequence)`?::\w+/;

/** Functions by name, as far as they reach beyond the database, themselves or by what they call. */
function reachingFunctions(functions: readonly Facts[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const each of functions) {
      const name = String(each.name);
      const uses = found.has(name) ? undefined : beyond(String(each.block), found);
      if (uses !== undefined) found.set(name, uses);
    }
  }
  return found;
}

function beyond(text: string, functions: ReadonlyMap<string, string>): string | undefined {
  const direct = BEYOND.exec(text)?.[0].replaceAll("`", "");
  if (direct !== undefined) return direct;
  for (const [name, uses] of functions) {
    const called = text.includes(`fn::${name}`);
    if (called) return `fn::${name}, which uses ${uses}`;
  }
  return undefined;
}

function reachOf(
  table: Facts,
  detail: Facts,
  functions: ReadonlyMap<string, string>,
): string | undefined {
  const parts: [string, unknown][] = [
    ["its permissions use", table.permissions],
    ...(list(detail.fields) ?? []).map((each): [string, unknown] => [
      `its field ${identifier(String(each.name))} uses`,
      each,
    ]),
    ...(list(detail.events) ?? []).map((each): [string, unknown] => [
      `its event ${identifier(String(each.name))} uses`,
      each,
    ]),
  ];
  for (const [what, part] of parts) {
    const uses = beyond(JSON.stringify(part) ?? "", functions);
    if (uses !== undefined) return `${what} ${uses}`;
  }
  return undefined;
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
