/** The colours of SurrealQL by what the grammar calls a token; each is a class `sy-ql-<tone>`. */
import { tags } from "@lezer/highlight";

export const TONES = [
  { tag: tags.keyword, tone: "keyword" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], tone: "string" },
  { tag: tags.number, tone: "number" },
  { tag: [tags.bool, tags.null, tags.literal], tone: "constant" },
  { tag: tags.variableName, tone: "variable" },
  { tag: tags.propertyName, tone: "property" },
  { tag: tags.className, tone: "record" },
  { tag: tags.typeName, tone: "type" },
  { tag: tags.function(tags.name), tone: "function" },
  { tag: tags.operator, tone: "operator" },
  { tag: [tags.lineComment, tags.blockComment], tone: "comment" },
];

/** AND and CONTAINS are operators to the grammar, and words to the eye. */
export function isWord(operator: string): boolean {
  return /^\w/.test(operator);
}
