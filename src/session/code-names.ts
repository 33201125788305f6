/**
 * What code that is made for copying takes from people's data: names in comments, and placeholders
 * where a secret belongs. Both are data, so neither may end a comment or leave its string.
 */
import { quote } from "./surql.ts";

/** A name for a comment: on one line, without characters that can't be seen. */
export function commentText(text: string): string {
  return quote(text).slice(1, -1);
}

/** "<password of user:bob>": says what to put in, and never is it. */
export function placeholder(what: string, who: string): string {
  return `<${what} of ${who}>`;
}
