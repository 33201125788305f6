/**
 * A SurrealQL text, taken apart into its statements.
 */

/** One statement of a text, without the semicolon behind it. */
export interface Statement {
  text: string;
  /** Where it stands in the whole text: UTF-16 offsets. */
  from: number;
  to: number;
  /** Its first word, in upper case: "SELECT"; "" where it begins with something else. */
  word: string;
}

/** The statements of a text, in order; empty ones are left out. */
export function splitStatements(text: string): Statement[] {
  const statements: Statement[] = [];
  let from = 0;
  for (const part of text.split(";")) {
    const trimmed = part.trim();
    const start = from + part.indexOf(trimmed);
    if (trimmed !== "") {
      const word = /^[A-Za-z]+/.exec(trimmed)?.[0].toUpperCase() ?? "";
      statements.push({ text: trimmed, from: start, to: start + trimmed.length, word });
    }
    from += part.length + 1;
  }
  return statements;
}
