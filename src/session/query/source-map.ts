/**
 * A text that is put together from a person's own and from pieces around it, and what the server says
 * of its places told of the person's text again.
 *
 * The server names a place as `--> [line:column]`, both from 1, columns in characters (not UTF-16
 * units), and shows the line with carets below; it takes LF alone as the end of a line (measured on
 * engine 3.0.2).
 */

interface Piece {
  /** Where it stands in the whole text. */
  at: number;
  /** Where it comes from in the person's text; absent: it's ours. */
  from?: number;
  length: number;
}

/** The characters of a line that are shown of it, as the server does. */
const SHOWN = 70;

const PLACE = /^ *--> \[(\d+):(\d+)\]$/;

export class ComposedText {
  readonly #source: string;
  readonly #pieces: Piece[] = [];
  readonly #parts: string[] = [];
  #length = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Appends text of ours. */
  ours(text: string): this {
    return this.#add(text);
  }

  /** Appends a stretch of the person's text. */
  theirs(from: number, to: number): this {
    return this.#add(this.#source.slice(from, to), from);
  }

  #add(text: string, from?: number): this {
    this.#pieces.push({ at: this.#length, from, length: text.length });
    this.#parts.push(text);
    this.#length += text.length;
    return this;
  }

  toString(): string {
    return this.#parts.join("");
  }

  /** A message of the server's about the whole text, about the person's alone. */
  explain(message: string): string {
    const [head = "", ...snippets] = snippetsOf(message);
    if (snippets.length === 0) return message;
    const whole = this.toString();
    let ended = false;
    let closes = false;
    const told = snippets.flatMap((snippet, i) => {
      const place = this.#placeOf(whole, snippet);
      // The first place is where it showed: in our piece that's the end of what stands before it.
      if (!place.own && i > 0) {
        closes = true;
        return [];
      }
      if (!place.own) ended = true;
      return [excerpt(this.#source, place.offset, snippet)];
    });
    let said = ended ? head.replace(/Unexpected token `[^`]*`/, "Unexpected end") : head;
    // The bracket that it awaits is ours: the statement should have ended here.
    if (closes) said = said.replace(/,? expected delimiter `[^`]*`/, ", expected Eof");
    return [said, ...told].join("\n");
  }

  #placeOf(whole: string, { line, column }: Snippet): { offset: number; own: boolean } {
    const offset = offsetOf(whole, line, column);
    let end = 0;
    for (const piece of this.#pieces) {
      if (piece.at > offset) break;
      if (piece.from === undefined) continue;
      if (offset < piece.at + piece.length) {
        return { offset: piece.from + offset - piece.at, own: true };
      }
      end = piece.from + piece.length;
    }
    return { offset: end, own: false };
  }
}

interface Snippet {
  line: number;
  column: number;
  carets: number;
  label: string;
}

/** The message's own lines, then each place that it names. */
function snippetsOf(message: string): [string, ...Snippet[]] | [] {
  const lines = message.split("\n");
  const first = lines.findIndex((line) => PLACE.test(line));
  if (first < 0) return [];
  const snippets: Snippet[] = [];
  for (const line of lines.slice(first)) {
    const place = PLACE.exec(line);
    if (place) {
      snippets.push({ line: Number(place[1]), column: Number(place[2]), carets: 1, label: "" });
    }
    const mark = /^ *\| *(\^+)(.*)$/.exec(line);
    const last = snippets.at(-1);
    if (mark && last) {
      last.carets = (mark[1] as string).length;
      last.label = mark[2] as string;
    }
  }
  return [lines.slice(0, first).join("\n"), ...snippets];
}

/** UTF-16 offset of a line and a column, both from 1; the text's end where it has no such place. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  let offset = start;
  for (let i = 1; i < column && offset < text.length; i++) {
    offset += (text.codePointAt(offset) as number) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** One place of the person's text, shown as the server shows it. */
function excerpt(source: string, offset: number, { carets, label }: Snippet): string {
  const start = source.lastIndexOf("\n", offset - 1) + 1;
  const end = source.indexOf("\n", offset);
  const line = source.slice(start, end < 0 ? source.length : end).trimEnd();
  const row = source.slice(0, start).split("\n").length;
  const column = Array.from(source.slice(start, offset)).length;

  const characters = Array.from(line);
  const blanks = characters.findIndex((character) => /\S/.test(character));
  const from = Math.max(0, Math.min(blanks, column), column > SHOWN ? column - 10 : 0);
  const to = Math.min(characters.length, from + SHOWN);
  const cut = from > Math.max(0, blanks);
  const shown = `${cut ? "..." : ""}${characters.slice(from, to).join("")}`;
  const pad = " ".repeat(String(row).length);
  const indent = " ".repeat(column - from + (cut ? 3 : 0));
  return [
    `${pad}--> [${row}:${column + 1}]`,
    `${pad} |`,
    `${row} | ${shown}${to < characters.length ? "..." : ""}`,
    `${pad} | ${indent}${"^".repeat(carets)}${label}`,
  ].join("\n");
}
