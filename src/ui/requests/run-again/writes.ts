/**
 * Whether a request may change something, so that it isn't run again without a question.
 *
 * In doubt it may: a word inside of a string or a column's name costs one question too many, a write
 * that wasn't asked about costs data.
 */

/** Methods that can be run again in another session; those that change the session itself can't. */
const REPEATABLE = new Set(
  "query select create insert insert_relation update upsert merge patch delete relate run info version".split(
    " ",
  ),
);

const READING = new Set(["select", "info", "version"]);

const WRITING_WORDS =
  /\b(create|insert|update|upsert|delete|relate|define|remove|alter|rebuild|live|kill|use|option|access)\b/i;

/** Functions of the person's own, scripts, and what reaches out of the database or counts on. */
const ACTING_FUNCTIONS = /\b(fn|http|api|mod|silo|sequence|file)::|\bfunction\s*\(/i;

/** True for methods that act on data, and can be asked for in any session. */
export function canRunAgain(method: string): boolean {
  return REPEATABLE.has(method);
}

/** @param statement the text of a `query`; whatever else for other methods */
export function mayWrite(method: string, statement: unknown): boolean {
  if (READING.has(method)) return false;
  if (method !== "query" || typeof statement !== "string") return true;
  return WRITING_WORDS.test(statement) || ACTING_FUNCTIONS.test(statement);
}
