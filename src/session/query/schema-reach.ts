/**
 * What a text sets off through the schema that no transaction takes back: an event that posts to a web
 * hook, a function that counts a sequence on, a field's value from an API. A dry run would do that for
 * real.
 *
 * What a definition does is told by its own text, as INFO shows it; functions are followed through one
 * another. What runs when a table is written counts where the text may write to that table: it names it,
 * or takes what it writes to from a variable, a link, a text (`writtenTables`). What runs when something
 * is read counts always, since a link leads anywhere.
 */
import { isMap } from "../truth.ts";
import { tokensOf } from "./tokens.ts";
import { writtenTables } from "./written-tables.ts";

/** A part of the schema, and what it calls. */
export interface Reach {
  /** "event e on note", "fn::x", "field f of note", "permissions of note" */
  what: string;
  /** "http::post" */
  uses: string;
}

/** Definitions by name, as INFO answers them; absent: it couldn't be read. */
export interface Schema {
  /** `INFO FOR DB` */
  database?: unknown;
  /** `INFO FOR TABLE` by the table's name. */
  tables?: ReadonlyMap<string, unknown>;
}

/** What is known of the schema's reach. */
export interface SchemaReach {
  reach: Reach[];
  /** What couldn't be looked at, as one sentence; absent: all of it was. */
  warning?: string;
}

/** Answers all of `readSchema` in one value, for a session that may look. */
export const SCHEMA_QUERY =
  "LET $db = (INFO FOR DB); " +
  "RETURN [$db, object::keys($db.tables).map(|$name| [$name, (INFO FOR TABLE $name)])]";

/** Reads the decoded last result of SCHEMA_QUERY; anything else is a schema that couldn't be read. */
export function readSchema(result: unknown): Schema {
  if (!Array.isArray(result)) return {};
  const [database, tables] = result;
  if (!isMap(database) || !Array.isArray(tables)) return {};
  const byName = tables.filter((each): each is [string, unknown] => typeof each?.[0] === "string");
  return { database, tables: new Map(byName.map(([name, info]) => [name, info])) };
}

/** @param text what is to run dry */
export function reachOf(schema: Schema, text: string): SchemaReach {
  if (!schema.database || !schema.tables) {
    const warning =
      "This session may not look at the schema: whether an event or a function reaches out of the " +
      "database isn't known. A dry run can't take that back.";
    return { reach: [], warning };
  }
  return { reach: new Walk(schema.database, schema.tables).from(text) };
}

/** One definition, as text. */
interface Definition {
  what: string;
  text: string;
}

class Walk {
  readonly #functions: ReadonlyMap<string, Definition>;
  readonly #tables: ReadonlyMap<string, Definition[]>;
  readonly #always: Definition[];
  readonly #seen = new Set<Definition>();
  readonly #reach: Reach[] = [];

  constructor(database: unknown, tables: ReadonlyMap<string, unknown>) {
    const functions = definitions(database, "functions", (name) => `fn::${bareName(name)}`);
    this.#functions = new Map(functions.map((each) => [each.what.toLowerCase(), each]));
    const own = definitions(database, "tables", (name) => `permissions of ${name}`);
    const parts = Array.from(tables, ([name, info]): [string, Definition[]] => [
      name.toLowerCase(),
      [
        ...definitions(info, "events", (event) => `event ${event} on ${name}`),
        ...definitions(info, "fields", (field) => `field ${field} of ${name}`),
      ],
    ]);
    this.#tables = new Map(parts);
    const read = parts.flatMap(([, list]) => list.filter(({ text }) => runsOnReading(text)));
    // Analyzers run where indexes are kept, and views where their tables change.
    const analyzers = definitions(database, "analyzers", (name) => `analyzer ${name}`);
    this.#always = [...own, ...read, ...analyzers];
  }

  from(text: string): Reach[] {
    for (const definition of this.#always) this.#definition(definition);
    this.#text(text);
    return this.#reach;
  }

  /** Follows what a text writes to and what it calls. */
  #text(text: string): void {
    const written = writtenTables(text);
    for (const [name, parts] of this.#tables) {
      if (written === "any" || written.has(name)) for (const part of parts) this.#definition(part);
    }
    for (const call of callsOf(text)) {
      const called = this.#functions.get(call.toLowerCase());
      if (called) this.#definition(called);
    }
  }

  #definition(definition: Definition): void {
    if (this.#seen.has(definition)) return;
    this.#seen.add(definition);
    for (const uses of reachingCalls(definition.text)) {
      this.#reach.push({ what: definition.what, uses });
    }
    this.#text(definition.text);
  }
}

function definitions(info: unknown, kind: string, what: (name: string) => string): Definition[] {
  const list = isMap(info) ? info[kind] : undefined;
  if (!isMap(list)) return [];
  return Object.entries(list)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .map(([name, text]) => ({ what: what(name), text }));
}

/** True for what runs when a record is read: computed fields, and permissions that call something. */
function runsOnReading(definition: string): boolean {
  const [, permissions = ""] = definition.split(/\bPERMISSIONS\b/);
  return /\bCOMPUTED\b/i.test(definition) || callsOf(permissions).length > 0;
}

/** Functions are listed as `x`, or as `fn::x()`. */
function bareName(name: string): string {
  return name.replace(/^fn::/, "").replace(/\(.*$/s, "");
}

const WRITES_OF_FILES = /^file::(put|copy|rename|delete)/i;

/** Calls in a definition that reach out of the transaction, each once. */
function reachingCalls(text: string): Set<string> {
  const found = new Set<string>();
  for (const path of callsOf(text)) {
    if (/^(http|api|sequence|mod|silo)::/i.test(path) || WRITES_OF_FILES.test(path))
      found.add(path);
  }
  const { tokens } = tokensOf(text);
  tokens.forEach(({ kind, from, to }, i) => {
    const next = tokens[i + 1];
    const opens = next?.kind === "sign" && text.charAt(next.from) === "(";
    const isScript = kind === "word" && /^function$/i.test(text.slice(from, to));
    if (opens && isScript) found.add("function()");
  });
  return found;
}

/** Paths in a text: `fn::a::b`, `http::post`. */
function callsOf(text: string): string[] {
  const { tokens } = tokensOf(text);
  const paths: string[] = [];
  let path: string | undefined;
  tokens.forEach(({ kind, from, to }, i) => {
    const part = text.slice(from, to);
    const next = tokens[i + 1];
    const goesOn = next?.kind === "sign" && text.slice(next.from, next.to) === "::";
    if (kind === "word" || kind === "name") {
      const name = part.replace(/^[`⟨](.*)[`⟩]$/s, "$1");
      path = path === undefined ? name : `${path}::${name}`;
      if (goesOn) return;
      if (path.includes("::")) paths.push(path);
    } else if (part === "::" && path !== undefined) return;
    path = undefined;
  });
  return paths;
}
