/** A SurrealQL text, taken apart into its statements. */
import { type Fault, type Token, tokensOf } from "./tokens.ts";

/** One statement of a text, without the semicolon behind it and the comments around it. */
export interface Statement {
  text: string;
  /** Where it stands in the whole text: UTF-16 offsets. */
  from: number;
  to: number;
  /** Its first word, in upper case: "SELECT"; "" where it begins with something else. */
  word: string;
}

/** A statement with what it is made of. */
export interface ReadStatement extends Statement {
  /** With their places in the whole text. */
  tokens: readonly Token[];
  /** The word that each token is, as `wordOf` says. */
  words: readonly string[];
}

/** The statements of a text, in order; empty ones are left out. */
export function splitStatements(text: string): Statement[] {
  return readStatements(text).statements.map(({ text, from, to, word }) => ({
    text,
    from,
    to,
    word,
  }));
}

/**
 * The same with their tokens, and the place from which on the text can't be read, if there is one.
 * What follows that place belongs to the last statement, as far as can be told.
 */
export function readStatements(text: string): { statements: ReadStatement[]; fault?: Fault } {
  const { tokens, fault } = tokensOf(text);
  const statements: ReadStatement[] = [];
  let begin = 0;
  for (let i = 0; i <= tokens.length; i++) {
    const token = tokens[i];
    const ends = !token || (token.depth === 0 && isSign(text, token, ";"));
    if (!ends) continue;
    if (i > begin) statements.push(statementOf(text, tokens.slice(begin, i)));
    begin = i + 1;
  }
  return { statements, ...(fault && { fault }) };
}

function statementOf(text: string, tokens: readonly Token[]): ReadStatement {
  const first = tokens[0] as Token;
  const from = first.from;
  const to = (tokens.at(-1) as Token).to;
  const words = tokens.map((token) => wordOf(text, token));
  return { text: text.slice(from, to), from, to, word: words[0] as string, tokens, words };
}

/** A bare word in upper case; "" for every other token, and for none. */
export function wordOf(text: string, token: Token | undefined): string {
  return token?.kind === "word" ? text.slice(token.from, token.to).toUpperCase() : "";
}

export function isSign(text: string, token: Token | undefined, sign: string): boolean {
  return token?.kind === "sign" && text.slice(token.from, token.to) === sign;
}
