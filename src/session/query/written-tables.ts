/**
 * Which tables a text may write to, by name; "any" where that isn't told by names: a variable, a link,
 * a text made into a record, or a deletion, which takes edges and what refers to it along.
 */
import { isSign } from "./statements.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** Words behind which stands what is written to. */
const VERBS = new Set("CREATE UPDATE UPSERT INSERT".split(" "));

/** Words in between. */
const PASSED = new Set("ONLY INTO RELATION IGNORE".split(" "));

/** @returns names in lower case */
export function writtenTables(text: string): ReadonlySet<string> | "any" {
  const { tokens } = tokensOf(text);
  const tables = new Set<string>();
  for (let i = 0; i < tokens.length; i++) {
    const word = wordAt(text, tokens[i]);
    if (isPermission(text, tokens, i)) continue;
    if (word === "DELETE") return "any";
    const found = VERBS.has(word)
      ? targets(text, tokens, i + 1)
      : word === "RELATE"
        ? edge(text, tokens, i + 1)
        : undefined;
    if (found === "any") return "any";
    for (const name of found ?? []) tables.add(name);
  }
  return tables;
}

/** `note`, `note:1, user`, `|note:5|`: names, their ids, commas. Anything else may be anywhere. */
function targets(text: string, tokens: readonly Token[], start: number): string[] | "any" {
  const names: string[] = [];
  let i = start;
  while (PASSED.has(wordAt(text, tokens[i]))) i++;
  for (;;) {
    if (isSign(text, tokens[i], "|")) i++;
    const name = nameAt(text, tokens[i]);
    // A field of this name, and no verb.
    if (i === start && name === undefined && !isTarget(text, tokens[i])) return names;
    if (name === undefined || tokens[i + 1]?.kind === "string") return "any";
    names.push(name);
    i++;
    if (isSign(text, tokens[i], ":")) i = behindId(text, tokens, i + 1);
    if (isSign(text, tokens[i], "|")) i++;
    // A link from there (`note:1.owner`) leads elsewhere, and so does a call (`type::table($x)`).
    const next = tokens[i];
    if ([".", "->", "::", "(", "["].some((sign) => isSign(text, next, sign))) return "any";
    if (!isSign(text, next, ",")) return names;
    i++;
  }
}

/** Whether something that is no name can be what a verb writes to. */
function isTarget(text: string, token: Token | undefined): boolean {
  if (!token) return false;
  return (
    token.kind !== "sign" || ["(", "[", "{", "<", "|"].some((sign) => isSign(text, token, sign))
  );
}

/** `FOR select, create, update`: the words of a permission. */
function isPermission(text: string, tokens: readonly Token[], i: number): boolean {
  let at = i - 1;
  while (
    isSign(text, tokens[at], ",") &&
    /^(SELECT|CREATE|UPDATE)$/.test(wordAt(text, tokens[at - 1]))
  ) {
    at -= 2;
  }
  return wordAt(text, tokens[at]) === "FOR";
}

/** Behind the id of a record or a range of ids. */
function behindId(text: string, tokens: readonly Token[], start: number): number {
  const first = tokens[start];
  let i = start;
  if (first && ["[", "{"].some((sign) => isSign(text, first, sign))) {
    do i++;
    while (i < tokens.length && (tokens[i] as Token).depth > first.depth);
    return i + 1;
  }
  // Of one piece: `1`, `2024abc`, `1..5`, `a..=b`.
  while (
    tokens[i] &&
    (i === start || tokens[i]?.from === tokens[i - 1]?.to) &&
    isIdPart(text, tokens, i)
  ) {
    i++;
  }
  return i;
}

function isIdPart(text: string, tokens: readonly Token[], i: number): boolean {
  const token = tokens[i] as Token;
  if (token.kind === "word" || token.kind === "number" || token.kind === "name") return true;
  return ["..", "=", ">"].some((sign) => isSign(text, token, sign));
}

/** RELATE writes to the edge, the middle of `a->edge->b`. */
function edge(text: string, tokens: readonly Token[], start: number): string[] | "any" {
  const depth = tokens[start]?.depth ?? 0;
  for (let i = start; i < tokens.length; i++) {
    const arrow = tokens[i] as Token;
    if (arrow.depth < depth) break;
    const isArrow =
      isSign(text, arrow, "->") || (isSign(text, arrow, "<") && isSign(text, tokens[i + 1], "-"));
    if (arrow.depth !== depth || !isArrow) continue;
    const name = nameAt(text, tokens[isSign(text, arrow, "->") ? i + 1 : i + 2]);
    return name === undefined ? "any" : [name];
  }
  return "any";
}

function wordAt(text: string, token: Token | undefined): string {
  return token?.kind === "word" ? text.slice(token.from, token.to).toUpperCase() : "";
}

function nameAt(text: string, token: Token | undefined): string | undefined {
  if (token?.kind === "word") return text.slice(token.from, token.to).toLowerCase();
  if (token?.kind !== "name") return undefined;
  return text
    .slice(token.from + 1, token.to - 1)
    .replace(/\\(.)/gs, "$1")
    .toLowerCase();
}
