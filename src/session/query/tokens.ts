/**
 * SurrealQL as the server's own lexer cuts it: words, names, strings, numbers, signs; comments and
 * blanks are left out.
 *
 * What is run dry is put between brackets of ours, so where a string, a comment or a bracket ends must
 * be seen exactly as the server sees it (surrealdb/core/src/syn/lexer: byte.rs, ident.rs,
 * compound/regex.rs). One thing can't be told without its parser: whether `/` divides or begins a
 * regular expression. Where the two readings would come apart, the text counts as unreadable.
 */

export type TokenKind = "word" | "name" | "param" | "string" | "number" | "regex" | "sign";

export interface Token {
  kind: TokenKind;
  /** UTF-16 offsets. */
  from: number;
  to: number;
  /** Brackets that are open around it; an opening or closing one counts itself out. */
  depth: number;
}

/** Why a text can't be read, and where that shows. */
export interface Fault {
  from: number;
  to: number;
  message: string;
}

export interface Tokens {
  tokens: Token[];
  /** The first place from which on the tokens are a guess. */
  fault?: Fault;
}

const CLOSING: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** Signs of more than one character, of which the parts would mean something else. */
const LONG_SIGNS = ["::", "->", "...", ".."];

/** What ends a comment to the end of the line (LF, CR, NEL, LS, PS). */
const LINE_END = /[\n\r\u0085\u2028\u2029]/g;

/** What may mean one thing inside of a regular expression and another outside of it. */
const TELLING = /["'`⟨⟩()[\]{};#\\]|--|\/\*/;

export function tokensOf(text: string): Tokens {
  return new Scanner(text).scan();
}

class Scanner {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  readonly #open: Token[] = [];
  #at = 0;
  #fault: Fault | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): Tokens {
    while (this.#at < this.#text.length) this.#next();
    const open = this.#open.at(-1);
    if (open) this.#blame(open.from, open.to, "This bracket is not closed.");
    return { tokens: this.#tokens, ...(this.#fault && { fault: this.#fault }) };
  }

  #next(): void {
    const text = this.#text;
    const from = this.#at;
    const character = text.charAt(from);
    const pair = text.slice(from, from + 2);
    if (/\s/.test(character)) this.#at++;
    else if (character === "#" || pair === "--" || pair === "//") this.#skipLine();
    else if (pair === "/*") this.#skipComment();
    else if (character === "'" || character === '"') this.#quoted("string", character, from + 1);
    else if (character === "`") this.#quoted("name", "`", from + 1);
    else if (character === "⟨") this.#quoted("name", "⟩", from + 1);
    else if (pair === "$`") this.#quoted("param", "`", from + 2);
    else if (pair === "$⟨") this.#quoted("param", "⟩", from + 2);
    else if (/\$[A-Za-z_]/.test(pair)) this.#run("param", /[A-Za-z0-9_]/, from + 1);
    else if (/[0-9]/.test(character)) this.#run("number", /[0-9_]/, from + 1);
    // Prefixes of strings (r, u, d, s, b, f) read as words here: where the string ends is the same.
    else if (/[A-Za-z_]/.test(character)) this.#run("word", /[A-Za-z0-9_]/, from + 1);
    else if (character === "/") this.#slash();
    else if (CLOSING[character]) {
      this.#push("sign", from + 1);
      this.#open.push(this.#tokens.at(-1) as Token);
    } else if (/[)\]}]/.test(character)) this.#close(character);
    else this.#push("sign", from + (LONG_SIGNS.find((s) => text.startsWith(s, from))?.length ?? 1));
  }

  #push(kind: TokenKind, to: number): void {
    this.#tokens.push({ kind, from: this.#at, to, depth: this.#open.length });
    this.#at = to;
  }

  #run(kind: TokenKind, part: RegExp, from: number): void {
    let to = from;
    while (to < this.#text.length && part.test(this.#text.charAt(to))) to++;
    this.#push(kind, to);
  }

  /** The server skips whatever follows a backslash, and looks into escapes later. */
  #quoted(kind: TokenKind, end: string, from: number): void {
    const start = this.#at;
    let to = from;
    for (; to < this.#text.length; to++) {
      const character = this.#text.charAt(to);
      if (character === end) {
        this.#push(kind, to + 1);
        return;
      }
      if (character === "\\") to++;
    }
    this.#push(kind, this.#text.length);
    const what = kind === "string" ? "string" : "name";
    this.#blame(start, from, `The ${what} that begins here does not end.`);
  }

  #skipLine(): void {
    LINE_END.lastIndex = this.#at;
    this.#at = (LINE_END.exec(this.#text)?.index ?? this.#text.length - 1) + 1;
  }

  #skipComment(): void {
    const end = this.#text.indexOf("*/", this.#at + 2);
    if (end < 0) this.#blame(this.#at, this.#at + 2, "The comment that begins here does not end.");
    this.#at = end < 0 ? this.#text.length : end + 2;
  }

  #close(character: string): void {
    const open = this.#open.pop();
    this.#push("sign", this.#at + 1);
    if (!open) this.#blame(this.#at - 1, this.#at, "This bracket closes nothing.");
    else if (CLOSING[this.#text.charAt(open.from)] !== character) {
      this.#blame(this.#at - 1, this.#at, "This bracket closes one of another kind.");
    }
  }

  #slash(): void {
    const from = this.#at;
    const end = this.#regexEnd(from + 1);
    const before = this.#slashBehind();
    // Without an end the server would refuse a regular expression: so it divides, or is refused.
    if (before === "value" || end === undefined) {
      this.#push("sign", from + 1);
      return;
    }
    if (before === "either") {
      const inside = this.#text.slice(from + 1, end - 1);
      if (TELLING.test(inside) || /[/*]/.test(this.#text.charAt(end))) {
        this.#blame(
          from,
          from + 1,
          "Whether this divides or begins a regular expression is unclear.",
        );
      }
      // As a division: what stands in between may be words that count.
      this.#push("sign", from + 1);
      return;
    }
    this.#push("regex", end);
  }

  #regexEnd(from: number): number | undefined {
    for (let at = from; at < this.#text.length; at++) {
      const character = this.#text.charAt(at);
      if (character === "/") return at + 1;
      if (character === "\\") at++;
    }
    return undefined;
  }

  /** What stands before a slash: a value that is divided, something that awaits one, or either. */
  #slashBehind(): "value" | "nothing" | "either" {
    const last = this.#tokens.at(-1);
    if (!last) return "nothing";
    if (last.kind === "word") return "either";
    if (last.kind !== "sign") return "value";
    const sign = this.#text.slice(last.from, last.to);
    if (sign === ")" || sign === "]") return "value";
    return /^[=(,;:[+\-%!&|<>~]$/.test(sign) ? "nothing" : "either";
  }

  #blame(from: number, to: number, message: string): void {
    this.#fault ??= { from, to, message };
  }
}
