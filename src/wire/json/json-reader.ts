/**
 * Walks over JSON text (RFC 8259), piece by piece and strictly. `JSON.parse` won't do for what a page
 * sends: it keeps the last of two equal keys, takes 1 and 1.0 for the same and drops digits of large
 * integers, and each of these would send another request than the page's.
 */
import { EnvelopeError, type EnvelopeFault } from "../wire-error.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const FOUR_HEX = /^[0-9a-fA-F]{4}$/;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** In Unicode mode a pair is one character, so that only halves alone match. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** A number as it stands there; `whole` without fraction and exponent. */
export interface JsonNumber {
  text: string;
  whole: boolean;
}

/** Each method reads one thing at `pos`, white space before it, and moves behind it. */
export class JsonReader {
  readonly text: string;
  pos = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The character that comes next, behind white space; "" at the end. */
  peek(): string {
    const { text } = this;
    let { pos } = this;
    for (;;) {
      const code = text.charCodeAt(pos);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
      pos++;
    }
    this.pos = pos;
    return text.charAt(pos);
  }

  /** Reads `mark`, if it comes next. */
  eat(mark: string): boolean {
    if (this.peek() !== mark) return false;
    this.pos++;
    return true;
  }

  expect(mark: string): void {
    if (!this.eat(mark)) throw this.fault(`“${mark}” was expected`);
  }

  /** Reads `true`, `false` or `null`. */
  word(word: string): void {
    if (!this.text.startsWith(word, this.pos)) throw this.fault("A value was expected");
    this.pos += word.length;
  }

  number(): JsonNumber {
    NUMBER.lastIndex = this.pos;
    const match = NUMBER.exec(this.text);
    if (match === null) throw this.fault("A value was expected");
    this.pos = NUMBER.lastIndex;
    return { text: match[0], whole: match[1] === undefined && match[2] === undefined };
  }

  string(): string {
    if (this.peek() !== '"') throw this.fault("A string was expected");
    const { text } = this;
    let start = this.pos + 1;
    let pos = start;
    let value = "";
    let seen = 0;
    for (;;) {
      const code = text.charCodeAt(pos);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        value += text.slice(start, pos);
        this.pos = pos;
        value += this.#escape();
        seen = 0xffff;
        pos = this.pos;
        start = pos;
      } else if (code >= 0x20) {
        seen |= code;
        pos++;
      } else {
        // A control character, or no character at all: the text ends.
        this.pos = pos;
        throw this.fault("A string without its end, or with a control character");
      }
    }
    this.pos = pos + 1;
    value += text.slice(start, pos);
    // Half a character has no UTF-8, so nothing of it could reach the server as it was.
    if (seen >= 0xd800 && LONE_SURROGATE.test(value)) throw this.fault("Half a character");
    return value;
  }

  /** Behind the value, only white space may follow. */
  end(): void {
    if (this.peek() !== "") throw this.fault("Text follows behind the envelope", "trailing-bytes");
  }

  fault(message: string, reason: EnvelopeFault = "malformed"): EnvelopeError {
    return new EnvelopeError(reason, `${message} (character ${this.pos})`);
  }

  #escape(): string {
    const letter = this.text.charAt(this.pos + 1);
    if (letter === "u") {
      const digits = this.text.slice(this.pos + 2, this.pos + 6);
      if (!FOUR_HEX.test(digits)) throw this.fault("An escape without its four digits");
      this.pos += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (character === undefined) throw this.fault("An escape that JSON doesn't have");
    this.pos += 2;
    return character;
  }
}
