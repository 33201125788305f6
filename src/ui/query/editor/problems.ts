/**
 * Where in a text the server found what it couldn't read.
 *
 * Its message names line and column, and draws the place beneath:
 *
 *     Parse error: Unexpected token `an identifier`, expected Eof
 *      --> [1:7]
 *       |
 *     1 | SELEC nonsense
 *       |       ^^^^^^^^
 *
 * Both count from 1, lines by their "\n", columns by characters, not by UTF-16 units (measured on
 * engine 3.0.2).
 */

/** As the server counts: from 1. */
export interface ErrorPlace {
  line: number;
  column: number;
  /** Characters that it underlined. */
  length?: number;
}

/** A place in a text that was sent. */
export interface SentPlace {
  /** The text in which `from` and `to` count. An editor that holds another one shows nothing of it. */
  text: string;
  from: number;
  to: number;
}

/** Something wrong with a text, at its place. */
export interface Problem extends SentPlace {
  message: string;
}

/** What was marked when it was last taken to be run. */
export interface Taken {
  text: string;
  from: number;
}

const PLACE = /^ *--> \[(\d{1,9}):(\d{1,9})\]\n[^\n]*\n[^\n]*\n[^\n|]*\|[^\n^]*(\^+)/m;
const ONLY_PLACE = /^ *--> \[(\d{1,9}):(\d{1,9})\]/m;

/** Undefined where the message names no place: it is no parse error. */
export function errorPlace(message: string): ErrorPlace | undefined {
  const found = PLACE.exec(message) ?? ONLY_PLACE.exec(message);
  const line = Number(found?.[1]);
  const column = Number(found?.[2]);
  if (!found || line < 1 || column < 1) return undefined;
  return { line, column, ...(found[3] && { length: found[3].length }) };
}

/**
 * @param message the server's
 * @param text what the person wrote
 * @param behind what was sent behind it; a place in there is the text's end
 * @returns undefined where no place is named, or one that the text hasn't
 */
export function problemOf(message: string, text: string, behind = ""): Problem | undefined {
  const place = errorPlace(message);
  const start = place && offsetOf(text + behind, place.line, place.column);
  if (start === undefined || text === "") return undefined;
  const from = Math.min(start, text.length);
  let to = from;
  for (let left = place?.length ?? 1; left > 0 && to < text.length && text[to] !== "\n"; left--) {
    to += (text.codePointAt(to) ?? 0) > 0xffff ? 2 : 1;
  }
  return { text, ...visible(text, from, to), message: headline(message) };
}

/** Something must be underlined: at the end of a line, the character before it. */
export function visible(text: string, from: number, to: number): { from: number; to: number } {
  if (to > from) return { from, to };
  if (from < text.length && text[from] !== "\n") return { from, to: from + 1 };
  return { from: Math.max(0, from - 1), to: from };
}

/** The message as if the lines that were sent before the person's own weren't there. */
export function movedUp(message: string, lines: number): string {
  const up = (_: string, before: string, line: string, after: string) =>
    `${before}${Math.max(1, Number(line) - lines)}${after}`;
  return message.replace(/^( *--> \[)(\d+)(:)/gm, up).replace(/^( *)(\d+)( \|)/gm, up);
}

/** What is wrong, without where: the place shows it. */
export function headline(message: string): string {
  return message
    .replace(/\n *--> \[[\s\S]*/, "")
    .replace(/^.*?Parse error: /, "")
    .trim();
}

/** Line and column of a place in a text, from 1. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}

/** The same place in what is written now, which is all that was sent, or what it was taken from. */
export function placeIn(
  written: string,
  { text, from, to }: SentPlace,
  taken: Taken | undefined,
): { from: number; to: number } | undefined {
  if (text === written) return { from, to };
  if (text !== taken?.text || !written.startsWith(text, taken.from)) return undefined;
  return { from: from + taken.from, to: to + taken.from };
}

function offsetOf(text: string, line: number, column: number): number | undefined {
  let start = 0;
  for (let left = line - 1; left > 0; left--) {
    const end = text.indexOf("\n", start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  let at = start;
  for (let left = column - 1; left > 0; left--) {
    if (at >= text.length || text[at] === "\n") return at;
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}
