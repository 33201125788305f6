/**
 * What may stand where the cursor is: words of SurrealQL, and names that the session may know.
 *
 * It reads the text around the cursor as words, not as a tree: a statement that is being written has no
 * tree yet. So it may offer too much, never too little; what fits the place comes first. Names come
 * from a database that may be hostile: they are offered as they must be written, in backticks where
 * the parser needs them, and with nothing in them that can't be seen.
 */
import type { Schema } from "../../../session/schema.ts";
import { identifier } from "../../../session/surql.ts";
import {
  BEFORE_FIELDS,
  BEFORE_TABLES,
  BEGINNINGS,
  KEYWORDS,
  OWN_PARAMS,
  VALUE_WORDS,
} from "./keywords.ts";

export interface Offer {
  /** As it is shown, and as it is written into the text. */
  text: string;
  kind: "keyword" | "table" | "field" | "function" | "param" | "word";
  /** Whose field it is. */
  of?: string;
}

export interface Offers {
  /** How many characters before the cursor it replaces. */
  typed: number;
  /** Best first. */
  offers: Offer[];
}

export type Language = "statement" | "value";

/** Characters around the cursor that are looked at: enough for any statement written by hand. */
const NEAR = 4_000;
const MOST = 200;

/**
 * @param before the text before the cursor; only its end counts
 * @param after the text behind it; only its beginning counts
 * @param schema absent: not known (yet)
 */
export function offersAt(
  before: string,
  after: string,
  schema: Schema | undefined,
  language: Language,
): Offers {
  const near = before.slice(-NEAR);
  const typed = /(?:\$[\p{L}\p{N}_]*|`[^`\n]*|[\p{L}_][\p{L}\p{N}_]*(?:::[\p{L}\p{N}_]*)*)$/u.exec(
    near,
  )?.[0];
  const word = typed ?? "";
  const statement = statementAround(near, after.slice(0, NEAR));
  const ahead = near.slice(0, near.length - word.length);
  const wanted = word.replace(/^`/, "").toLowerCase();
  const fits = ({ text }: Offer) => {
    const lower = text.replace(/^`/, "").toLowerCase();
    // What is written out already needs no help, and Enter behind it is for a new line.
    return lower.startsWith(wanted) && lower !== wanted;
  };
  const offers = word.startsWith("$")
    ? params(near, schema)
    : ordered(ahead, word, statement, schema, language);
  const seen = new Set<string>();
  const best = offers.filter((each) => {
    if (!fits(each) || seen.has(each.text)) return false;
    seen.add(each.text);
    return true;
  });
  return { typed: word.length, offers: best.slice(0, MOST) };
}

function ordered(
  ahead: string,
  word: string,
  statement: string,
  schema: Schema | undefined,
  language: Language,
): Offer[] {
  const functions = (schema?.functions ?? []).map(
    (name): Offer => ({ text: `fn::${path(name, "::")}`, kind: "function" }),
  );
  if (word.includes("::")) return functions;
  const tables = (schema?.tables ?? []).map(
    ({ name }): Offer => ({ text: identifier(name), kind: "table" }),
  );
  const fields = fieldsFor(statement, schema);
  // `note.te` is a part of something, `->li` a table that relates.
  if (/\.$/.test(ahead)) return [...fields, ...wordsOf(statement, word)];
  if (/(?:->|<-)$/.test(ahead)) return [...tables, ...wordsOf(statement, word)];
  const begins = /(?:^|[;{(])\s*$/.test(ahead);
  const known =
    language === "value" ? VALUE_WORDS : begins ? [...BEGINNINGS, ...KEYWORDS] : KEYWORDS;
  const keywords = known.map((text): Offer => ({ text, kind: "keyword" }));
  const place = begins ? undefined : clauseBefore(ahead);
  const rest = [...functions, ...wordsOf(statement, word)];
  if (place !== undefined && BEFORE_TABLES.has(place)) {
    return [...tables, ...keywords, ...fields, ...rest];
  }
  if (place !== undefined) return [...fields, ...keywords, ...tables, ...rest];
  return [...keywords, ...tables, ...fields, ...rest];
}

/** Fields of the tables that the statement names; where it names none that is known, of all. */
function fieldsFor(statement: string, schema: Schema | undefined): Offer[] {
  const tables = schema?.tables ?? [];
  const named = tables.filter(({ name }) => {
    const at = statement.indexOf(name);
    return at >= 0 && !/[\p{L}\p{N}_]/u.test(statement.charAt(at - 1));
  });
  const found = (named.length > 0 ? named : tables).flatMap(({ name, fields = [] }) =>
    fields
      .filter((field) => !field.includes("*"))
      .map((field): Offer => ({ text: path(field, "."), kind: "field", of: name })),
  );
  return named.length > 0 || found.length <= MOST ? found : [];
}

/** Parameters of the server, of the database, and those that a LET or a FOR before the cursor makes. */
function params(near: string, schema: Schema | undefined): Offer[] {
  const made = [...near.matchAll(/\b(?:LET|FOR)\s+\$([\p{L}\p{N}_]+)/giu)].map(([, name]) => name);
  return [...made, ...(schema?.params ?? []), ...OWN_PARAMS].map((name) => ({
    text: `$${name}`,
    kind: "param",
  }));
}

/** Names that the text has already, where the schema doesn't say which there are. */
function wordsOf(statement: string, word: string): Offer[] {
  const known = new Set([...KEYWORDS, ...VALUE_WORDS].map((each) => each.toLowerCase()));
  const found = new Set<string>();
  for (const [name] of statement.matchAll(/(?<![$\p{L}\p{N}_])[\p{L}_][\p{L}\p{N}_]{2,60}/gu)) {
    if (name !== word && !known.has(name.toLowerCase())) found.add(name);
  }
  return [...found].map((text) => ({ text, kind: "word" }));
}

/** The last word before the cursor that says what comes next. */
function clauseBefore(ahead: string): string | undefined {
  const words = ahead.slice(ahead.lastIndexOf(";") + 1).match(/[A-Za-z]+/g) ?? [];
  for (let at = words.length - 1; at >= 0; at--) {
    const word = words[at]?.toUpperCase() ?? "";
    if (BEFORE_TABLES.has(word) || BEFORE_FIELDS.has(word)) return word;
  }
  return undefined;
}

function statementAround(near: string, after: string): string {
  const end = after.indexOf(";");
  return near.slice(near.lastIndexOf(";") + 1) + (end < 0 ? after : after.slice(0, end));
}

/** A name of several parts, each written as the parser needs it. */
function path(name: string, by: string): string {
  return name.split(by).map(identifier).join(by);
}
