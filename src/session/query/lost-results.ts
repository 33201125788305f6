/**
 * What a failing statement takes along: the statements of one transaction fall together. Those before it
 * ran, and what they gave is lost; those behind it were not run. A dry run is such a transaction, and so is
 * what a person writes between BEGIN and COMMIT.
 */
import type { ErrorView } from "../model.ts";

/** Names of the errors that a dry run gives to what fell with another statement. */
export const RESULT_LOST = "ResultLostError";
export const NOT_RUN = "NotRunError";

/** What came of one statement, so far as it matters here. */
export type Told = { ok: true } | { ok: false; error: ErrorView };

/** A statement that failed, and those that fell with it: by their place in the text, from 0. */
export interface Fall {
  reason: number;
  /** They ran. */
  lost: number[];
  notRun: number[];
}

/** True for the error of a statement that was only in the same transaction as the one that failed. */
export function isConsequence({ name, kind, details }: ErrorView): boolean {
  if (name === RESULT_LOST || name === NOT_RUN) return true;
  const detail = (details as { kind?: unknown } | null | undefined)?.kind;
  return kind === "Query" && (detail === "NotExecuted" || detail === "Cancelled");
}

/**
 * The falls of a text, in order. Of a transaction that nothing but its CANCEL ended there is none.
 * @param outcomes one for each statement; a BEGIN answers too, so what stands before it is apart
 */
export function fallsOf(outcomes: readonly Told[]): Fall[] {
  const falls: Fall[] = [];
  let end = 0;
  for (let start = 0; start < outcomes.length; start = end + 1) {
    for (end = start; outcomes[end]?.ok === false; ) end++;
    const fall = fallWithin(outcomes, start, end);
    if (fall) falls.push(fall);
  }
  return falls;
}

/** @param end behind the last of statements that all failed */
function fallWithin(outcomes: readonly Told[], start: number, end: number): Fall | undefined {
  const fell = (index: number) => {
    const told = outcomes[index];
    return told?.ok === false && isConsequence(told.error);
  };
  const places = Array.from({ length: end - start }, (_, i) => start + i);
  const reason = places.find((index) => !fell(index));
  const fallen = places.filter(fell);
  if (reason === undefined || fallen.length === 0) return undefined;
  return {
    reason,
    lost: fallen.filter((index) => index < reason),
    notRun: fallen.filter((index) => index > reason),
  };
}
