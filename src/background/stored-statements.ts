/**
 * Statements as they are read back, or come from a view: each that isn't whole is left out or refused.
 */
import {
  type AskedSession,
  type Ending,
  PAST_SIZE,
  type PastStatement,
  SAVED_SIZE,
  type SavedStatement,
  type Statement,
  savedName,
  sizeOfStatement,
} from "../session/query/kept-statements.ts";
import { RPC_METHODS } from "../session/rpc-methods.ts";
import { type Check, number, oneOf, optional, shape, text } from "./stored-data.ts";

/** Sessions of one run, and characters of what is shown of each. */
const SESSIONS = 8;
const SHOWN = 2_000;

const shown: Check = (value) => typeof value === "string" && value.length <= SHOWN;

export const isEnding = shape<Ending>({
  kind: oneOf("answered", "failed", "let-go"),
  text: shown,
  duration: optional(number),
});

const isAsked = shape<AskedSession>({
  key: shown,
  place: optional(shown),
  label: shown,
  colour: (value) => typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value),
  identity: shown,
  target: shown,
  ended: optional(isEnding),
});

const STATEMENT = { method: oneOf(...RPC_METHODS), text, bindings: text };

export const isStatement = shape<Statement>(STATEMENT);

const hasPastShape = shape<PastStatement>({
  ...STATEMENT,
  id: (value) => shown(value) && value !== "",
  at: number,
  sessions: (value) =>
    Array.isArray(value) && value.length <= SESSIONS && Array.from(value).every(isAsked),
});

export function isPastStatement(value: unknown): value is PastStatement {
  return hasPastShape(value) && sizeOfStatement(value) <= PAST_SIZE;
}

const hasSavedShape = shape<SavedStatement>({
  ...STATEMENT,
  id: (value) => shown(value) && value !== "",
  name: (value) => typeof value === "string" && savedName(value) === value,
  savedAt: number,
});

export function isSavedStatement(value: unknown): value is SavedStatement {
  return hasSavedShape(value) && sizeOfStatement(value) <= SAVED_SIZE;
}
