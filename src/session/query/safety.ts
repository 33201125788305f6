/**
 * What a text may do: read, write, or what no transaction takes back.
 *
 * In doubt it writes, and what isn't known here is refused. For "reads" the server answers too: it
 * decides by the same words whether a statement gets a transaction that can write, so that whatever a
 * reading statement sets off (a computed field, a permission) fails where it writes (measured on
 * engine 3.0.2).
 */
import { isSign, type ReadStatement, readStatements, wordOf } from "./statements.ts";
import type { Token } from "./tokens.ts";

export type Safety =
  /** It provably reads only: it may run as written, in any session. */
  | { kind: "reads" }
  /** It may write, and a transaction takes it back: it's run dry. `calls`: `fn::` names it calls. */
  | { kind: "writes"; calls: string[] }
  /** It does what no transaction takes back, or can't be read; `from` to `to` is the place. */
  | { kind: "refused"; word: string; reason: string; from: number; to: number };

/** Words that begin a statement, and can stand nowhere else, which a transaction doesn't undo. */
const NEVER: Record<string, string> = {
  LIVE: "A live query goes on until it is killed; a transaction doesn't end it.",
  KILL: "A live query that was killed can't be brought back.",
  USE: "USE may create a namespace or a database, and would ask somewhere else than the session does.",
  OPTION: "OPTION changes how the rest of the text runs.",
  ACCESS: "What ACCESS grants or revokes can't be taken back.",
  BEGIN: "A dry run is a transaction already; SurrealDB has none inside of another.",
  COMMIT: "A dry run is a transaction that is never committed.",
  CANCEL: "A dry run is a transaction already; CANCEL would end it early.",
};

/** Words that write where they begin an expression. */
const WRITING = new Set("CREATE INSERT UPDATE UPSERT DELETE RELATE".split(" "));

/**
 * What of the schema a cancelled transaction leaves as it was, by kind; measured on engine 3.0.2. Left
 * out: what reaches past the transaction (indexes being built, storage, buckets, modules, the system).
 */
const UNDONE: Record<string, ReadonlySet<string>> = {
  DEFINE: new Set(
    (
      "TABLE FIELD INDEX EVENT ANALYZER FUNCTION PARAM ACCESS USER SEQUENCE API CONFIG NAMESPACE NS " +
      "DATABASE DB"
    ).split(" "),
  ),
  REMOVE: new Set("FIELD EVENT ANALYZER FUNCTION PARAM ACCESS USER SEQUENCE API".split(" ")),
  ALTER: new Set("TABLE FIELD INDEX SEQUENCE".split(" ")),
  REBUILD: new Set(["INDEX"]),
};

/** Why not, for the kinds that are left out. */
const STAYS: Record<string, string> = {
  "REMOVE INDEX": "the server stops building the index at once",
  "REMOVE TABLE": "the server stops building its indexes at once",
  "REMOVE DATABASE": "the server lets go of what it keeps of it at once",
  "REMOVE DB": "the server lets go of what it keeps of it at once",
  "REMOVE NAMESPACE": "the server lets go of what it keeps of it at once",
  "REMOVE NS": "the server lets go of what it keeps of it at once",
  "ALTER SYSTEM": "it changes the whole server",
};

/** Functions of the server itself that compute, or read; by their first name. */
const PURE = new Set(
  (
    "array bytes crypto duration encoding geo math meta ml object parse rand record schema search " +
    "session set string time type value vector"
  ).split(" "),
);

/** Functions that reach further than a transaction does. */
const REACHING: Record<string, string> = {
  http: "A request over the network can't be taken back.",
  api: "An API of the database may do anything, and answers with what it did.",
  sequence: "A sequence counts on: the number that it gave isn't given back.",
  mod: "A module is a program of its own.",
  silo: "A module is a program of its own.",
};

/** What puts, moves or deletes files of a bucket, as `file::put(…)` and as `file.put(…)`. */
const FILE_WRITES = /^(put|copy|rename|delete)(_if_not_exists)?$/i;

/** Words that begin a statement which reads, and whatever else is no table's name. */
const BEGINNINGS = new Set(
  (
    "SELECT RETURN LET INFO SHOW IF FOR SLEEP THROW BREAK CONTINUE EXPLAIN NOT NONE NULL TRUE FALSE " +
    "FUNCTION R U D S B F"
  ).split(" "),
);

/** Words between two values. */
const BETWEEN =
  /^(AND|OR|IS|NOT|IN|INSIDE|NOTINSIDE|ALLINSIDE|ANYINSIDE|NONEINSIDE|OUTSIDE|INTERSECTS|CONTAINS\w*|MATCHES|KNN)$/;

export function safetyOf(text: string): Safety {
  const { statements, fault } = readStatements(text);
  if (fault) {
    const reason = `This text can't be read. ${fault.message}`;
    return { kind: "refused", word: "", reason, from: fault.from, to: fault.to };
  }
  const calls = new Set<string>();
  let writes = false;
  let shows: ReadStatement | undefined;
  for (const statement of statements) {
    if (statement.word === "SHOW") shows ??= statement;
    const refusal = refusedStart(text, statement);
    if (refusal) return refusal;
    const found = new Look(text, statement.tokens, calls).look();
    if (found.refused) return found.refused;
    writes ||= found.writes;
  }
  if (writes && shows) {
    const reason = "SHOW CHANGES can't stand in a transaction. Run it by itself.";
    return { kind: "refused", word: "SHOW", reason, from: shows.from, to: shows.from + 4 };
  }
  return writes ? { kind: "writes", calls: [...calls] } : { kind: "reads" };
}

type Refused = Extract<Safety, { kind: "refused" }>;

function refused(
  word: string,
  reason: string,
  { from, to }: { from: number; to: number },
): Refused {
  return { kind: "refused", word, reason, from, to };
}

function refusedStart(text: string, { word, tokens }: ReadStatement): Refused | undefined {
  const [first, second] = tokens;
  if (!first || word === "") return undefined;
  const never = Object.hasOwn(NEVER, word) ? NEVER[word] : undefined;
  if (never) return refused(word, never, first);
  if (BEGINNINGS.has(word) || WRITING.has(word) || Object.hasOwn(UNDONE, word)) return undefined;
  // `note`, `note:1`, `count()` are values; `grant something` is a statement of a newer server.
  const isValue =
    !second ||
    second.kind === "sign" ||
    second.kind === "regex" ||
    BETWEEN.test(wordOf(text, second));
  if (isValue) return undefined;
  return refused(word, `${word} isn't known here: what it does may not be undone.`, first);
}

/** One look at the tokens of a statement. */
class Look {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #calls: Set<string>;
  #writes = false;

  constructor(text: string, tokens: readonly Token[], calls: Set<string>) {
    this.#text = text;
    this.#tokens = tokens;
    this.#calls = calls;
  }

  look(): { writes: boolean; refused?: Refused } {
    for (let i = 0; i < this.#tokens.length; i++) {
      const refused = this.#at(i);
      if (refused) return { writes: true, refused };
    }
    return { writes: this.#writes };
  }

  #at(i: number): Refused | undefined {
    const token = this.#tokens[i] as Token;
    const before = this.#tokens[i - 1];
    const after = this.#tokens[i + 1];
    // A function that was handed over: what it does stands elsewhere, or can't be seen.
    if (token.kind === "param" && this.#is(after, "(")) this.#writes = true;
    if (token.kind !== "word" && token.kind !== "name") return undefined;
    if (this.#is(after, "::") && !this.#is(before, "::")) return this.#path(i);
    if (token.kind === "name") return undefined;
    if (this.#is(before, ".")) {
      const name = this.#slice(token);
      if (!this.#is(after, "(") || !FILE_WRITES.test(name)) return undefined;
      return refused(`.${name}()`, "What a bucket holds isn't part of a transaction.", token);
    }
    // `{ create: 1 }`, `update:1`: a key or a table.
    if (this.#is(after, ":")) return undefined;
    return this.#word(wordOf(this.#text, token), i);
  }

  #word(word: string, i: number): Refused | undefined {
    const token = this.#tokens[i] as Token;
    const next = wordOf(this.#text, this.#tokens[i + 1]);
    if (WRITING.has(word)) this.#writes = true;
    else if (word === "LIVE" && next === "SELECT")
      return refused(word, NEVER.LIVE as string, token);
    else if (word === "FUNCTION" && this.#is(this.#tokens[i + 1], "(")) {
      return refused("function()", "A script of its own may reach out of the database.", token);
    } else if (Object.hasOwn(UNDONE, word)) return this.#schema(word, next, i);
    return undefined;
  }

  /** DEFINE, REMOVE, ALTER, REBUILD: by the kind of thing, and how. */
  #schema(word: string, kind: string, i: number): Refused | undefined {
    const token = this.#tokens[i] as Token;
    const what = kind === "" ? word : `${word} ${kind}`;
    this.#writes = true;
    if (!UNDONE[word]?.has(kind)) {
      const before = this.#tokens[i - 1];
      const isStatement = !before || [";", "{", "(", "}"].some((sign) => this.#is(before, sign));
      const stays = STAYS[what] ?? "it isn't known to be undone";
      // A field of this name is no statement.
      if (!isStatement && STAYS[what] === undefined) return undefined;
      return refused(what, `${what} can't be tried: ${stays}.`, token);
    }
    const rest = this.#restOfStatement(i + 2);
    if (kind === "INDEX" && word !== "ALTER" && rest.has("CONCURRENTLY")) {
      return refused(what, `${what} CONCURRENTLY goes on outside of the transaction.`, token);
    }
    if (kind === "INDEX" && rest.has("OVERWRITE")) {
      return refused(what, `${what} OVERWRITE stops what builds the old one at once.`, token);
    }
    if (word === "ALTER" && rest.has("COMPACT")) {
      return refused(what, `${what} COMPACT works on the storage itself.`, token);
    }
    return undefined;
  }

  #restOfStatement(from: number): Set<string> {
    const words = new Set<string>();
    for (let i = from; i < this.#tokens.length; i++) {
      if (this.#is(this.#tokens[i], ";")) break;
      words.add(wordOf(this.#text, this.#tokens[i]));
    }
    return words;
  }

  /** `fn::a::b`, `http::get`, `math::pi`. */
  #path(i: number): Refused | undefined {
    const parts: string[] = [];
    let at = i;
    for (;;) {
      const part = this.#tokens[at];
      if (part?.kind !== "word" && part?.kind !== "name") break;
      parts.push(this.#slice(part).replace(/^[`⟨](.*)[`⟩]$/s, "$1"));
      if (!this.#is(this.#tokens[at + 1], "::")) break;
      at += 2;
    }
    const token = this.#tokens[i] as Token;
    const place = { from: token.from, to: (this.#tokens[at] ?? token).to };
    const path = parts.join("::");
    const first = (parts[0] as string).toLowerCase();
    if (first === "fn") {
      this.#writes = true;
      this.#calls.add(path);
      return undefined;
    }
    if (first === "file") {
      if (!FILE_WRITES.test(parts[1] ?? "")) return undefined;
      return refused(path, "What a bucket holds isn't part of a transaction.", place);
    }
    if (PURE.has(first)) return undefined;
    const reason = Object.hasOwn(REACHING, first)
      ? (REACHING[first] as string)
      : `${path} isn't known here: what it does may not be undone.`;
    return refused(path, reason, place);
  }

  #slice(token: Token): string {
    return this.#text.slice(token.from, token.to);
  }

  #is(token: Token | undefined, sign: string): boolean {
    return isSign(this.#text, token, sign);
  }
}
