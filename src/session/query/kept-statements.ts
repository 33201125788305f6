/**
 * Statements that are kept: what was run lately, and what a person saved under a name.
 *
 * The two have two promises. What was run is kept in the memory of the browser until that closes, since
 * a statement may hold secrets; what was saved is there because somebody saved it, and outlives the
 * browser. Both are bounded, and what is over the bounds is said.
 */
import type { SessionKey } from "../model.ts";

/** What can be run: a query, or another RPC method with its arguments as SurrealQL. */
export interface Statement {
  /** RPC method. */
  method: string;
  /** The statement of `query`, or the arguments of another method. */
  text: string;
  /** A SurrealQL object, or nothing. */
  bindings: string;
}

/** How a statement ended in one session. */
export interface Ending {
  kind: "answered" | "failed" | "let-go";
  /** "3 rows", "NotAllowed", "dry: 3 would change". */
  text: string;
  /** Milliseconds from the question to the answer; absent where none came. */
  duration?: number;
}

/** A session that was asked, as it was then. */
export interface AskedSession {
  key: SessionKey;
  /** Of a page's session: by it the session is found again after a reload, under another key. */
  place?: string;
  label: string;
  /** `#rrggbb` */
  colour: string;
  /** "user:bob" */
  identity: string;
  /** "app/tenant_b" */
  target: string;
  /** Absent while it runs, and for ever where nobody was there to hear the end. */
  ended?: Ending;
}

/** A statement that was run, in one session or several at the same time. */
export interface PastStatement extends Statement {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  sessions: AskedSession[];
}

export interface SavedStatement extends Statement {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  savedAt: number;
}

/** A saved statement in a list: the rest of a long one is asked for when it is wanted. */
export interface SavedHead extends Pick<SavedStatement, "id" | "name" | "method" | "savedAt"> {
  /** The text as far as `HEAD_LENGTH`. */
  head: string;
  /** Bytes of text and bindings. */
  size: number;
}

/** What changed in either; whole entries by id. */
export interface StatementsDelta {
  past?: PastStatement[];
  forgotten?: string[];
  saved?: SavedHead[];
  removed?: string[];
}

/** Entries of what was run, and bytes of one and of all. */
export const PAST_ENTRIES = 100;
export const PAST_SIZE = 64_000;
export const PAST_TOTAL = 2_000_000;

/** Saved statements, and bytes of one and of all: all go into one file, and through one port. */
export const SAVED_ENTRIES = 200;
export const SAVED_SIZE = 1_000_000;
export const SAVED_TOTAL = 20_000_000;
/** Characters of a name. */
export const NAME_LENGTH = 80;

/** Characters of a saved statement that a list has. */
export const HEAD_LENGTH = 4_000;

/** Bytes of what was written. */
export function sizeOfStatement({ text, bindings }: Pick<Statement, "text" | "bindings">): number {
  return utf8Length(text) + utf8Length(bindings);
}

/** Whether running one is running the other once more: the same, asked of the same sessions. */
export function isSameRun(one: PastStatement, other: PastStatement): boolean {
  return (
    one.method === other.method &&
    one.text === other.text &&
    one.bindings === other.bindings &&
    one.sessions.length === other.sessions.length &&
    one.sessions.every(({ key }, index) => key === other.sessions[index]?.key)
  );
}

/** A name as it is kept: on one line, without blanks around it. Undefined for none, and for too long a one. */
export function savedName(written: string): string | undefined {
  const name = written.replace(/\s+/g, " ").trim();
  return name === "" || name.length > NAME_LENGTH ? undefined : name;
}

export function headOf(statement: SavedStatement): SavedHead {
  const { id, name, method, savedAt, text } = statement;
  return {
    id,
    name,
    method,
    savedAt,
    head: text.slice(0, HEAD_LENGTH),
    size: sizeOfStatement(statement),
  };
}

/** Without a copy of the text, which may be long. Half a surrogate pair counts as the mark it becomes. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else {
      bytes += 2;
      const next = text.charCodeAt(index + 1);
      if (unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000) index++;
    }
  }
  return bytes;
}
