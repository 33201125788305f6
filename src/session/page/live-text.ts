/**
 * Whether a text begins a live query.
 *
 * On a page's socket notifications go to the page, whose SDK doesn't know of a query that was begun
 * from here; so such a text isn't sent. Strings and comments are looked past, since data may well
 * contain the words.
 */

const SKIPPED =
  /'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|`(?:\\[\s\S]|[^`\\])*`|\/\*[\s\S]*?\*\/|(?:--|\/\/|#)[^\n]*/g;

/** True where a LIVE SELECT stands outside of strings and comments. */
export function beginsLive(text: string): boolean {
  return /\blive\s+select\b/i.test(text.replace(SKIPPED, " "));
}
