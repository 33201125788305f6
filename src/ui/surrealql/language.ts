/**
 * The SurrealQL grammar and what is made with it. It weighs more than the rest of the view, and is
 * needed only when somebody opens a request: `surrealql.tsx` loads this file then.
 */
import type { Tree } from "@lezer/common";
import { highlightTree, tagHighlighter } from "@lezer/highlight";
import { parser } from "@surrealdb/lezer";
import { formatSurrealql, hasHoles } from "./format.ts";
import { isWord, TONES } from "./tones.ts";

/** A stretch of text of one colour: `tone` names the class `sy-ql-<tone>`; absent: plain. */
export interface Piece {
  text: string;
  tone?: string;
}

const highlighter = tagHighlighter(TONES.map(({ tag, tone }) => ({ tag, class: tone })));

/**
 * The parser finds its way out of a token it didn't expect by the semicolon behind it, which a single
 * statement hasn't: so it is given one, and what is said of it lies beyond the text's end.
 */
function parse(text: string): Tree {
  const tree = parser.parse(text);
  if (!hasHoles(tree)) return tree;
  const ended = parser.parse(`${text}\n;`);
  return hasHoles(ended) ? tree : ended;
}

/** The text in its colours. Text that is no SurrealQL comes back in as many as could be told. */
export function highlight(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  highlightTree(parse(text), highlighter, (from, to, tone) => {
    if (from > done) pieces.push({ text: text.slice(done, from) });
    const part = text.slice(from, to);
    pieces.push({ text: part, tone: tone === "operator" && isWord(part) ? "keyword" : tone });
    done = to;
  });
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** The text laid out for reading; as it was where it is no SurrealQL. */
export function format(text: string): string {
  return formatSurrealql(text, parse(text));
}

/** False where the grammar can't make sense of the text, so that it can't be laid out. */
export function isReadable(text: string): boolean {
  return !hasHoles(parse(text));
}
