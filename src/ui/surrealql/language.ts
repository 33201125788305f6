/**
 * The SurrealQL grammar and what is made with it. It weighs more than the rest of the view, and is
 * needed only when somebody opens a request: `surrealql.tsx` loads this file then.
 */
import type { Tree } from "@lezer/common";
import { highlightTree, tagHighlighter, tags } from "@lezer/highlight";
import { parser } from "@surrealdb/lezer";
import { formatSurrealql, hasHoles } from "./format.ts";

/** A stretch of text of one colour: `tone` names the class `sy-ql-<tone>`; absent: plain. */
export interface Piece {
  text: string;
  tone?: string;
}

const highlighter = tagHighlighter([
  { tag: tags.keyword, class: "keyword" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: "string" },
  { tag: tags.number, class: "number" },
  { tag: [tags.bool, tags.null, tags.literal], class: "constant" },
  { tag: tags.variableName, class: "variable" },
  { tag: tags.propertyName, class: "property" },
  { tag: tags.className, class: "record" },
  { tag: tags.typeName, class: "type" },
  { tag: tags.function(tags.name), class: "function" },
  { tag: tags.operator, class: "operator" },
  { tag: [tags.lineComment, tags.blockComment], class: "comment" },
]);

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
    // AND and CONTAINS are operators to the grammar, and words to the eye.
    pieces.push({ text: part, tone: tone === "operator" && /^\w/.test(part) ? "keyword" : tone });
    done = to;
  });
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** The text laid out for reading; as it was where it is no SurrealQL. */
export function format(text: string): string {
  return formatSurrealql(text, parse(text));
}
