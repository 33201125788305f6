/** The outcome of a request that was run again, beside the recorded one, in a sentence. */
import { writeSurql } from "../../../session/surql.ts";
import type { Answer } from "../../query/results/answer.ts";
import { plural } from "../../values/sizes.ts";

/** Characters of a result that are compared: more would hold the panel up. */
const COMPARED = 1_000_000;

export interface Comparison {
  same: boolean;
  sentence: string;
}

export function compareAnswers(recorded: Answer, again: Answer): Comparison {
  const failed = (answer: Answer) => answer.outcomes.filter((outcome) => !outcome.ok).length;
  const [before, now] = [failed(recorded), failed(again)];
  if (before !== now) {
    const sentence =
      now > before
        ? "Refused now; it was answered when it was recorded."
        : "Answered now; it was refused when it was recorded.";
    return { same: false, sentence };
  }
  const [one, other] = [textOf(recorded), textOf(again)];
  if (one.text === other.text) {
    const sentence = one.cut
      ? "The same as recorded, as far as compared."
      : "The same as recorded.";
    return { same: true, sentence };
  }
  const [rowsThen, rowsNow] = [rowsOf(recorded), rowsOf(again)];
  if (rowsThen === undefined || rowsNow === undefined) {
    return { same: false, sentence: "Not the same as recorded." };
  }
  if (rowsThen === rowsNow) {
    return { same: false, sentence: `${plural(rowsNow, "row")} as recorded, but not the same.` };
  }
  return { same: false, sentence: `${plural(rowsNow, "row")} now, ${rowsThen} when recorded.` };
}

function textOf({ outcomes }: Answer) {
  const values = outcomes.map((outcome) =>
    outcome.ok ? outcome.result.value() : outcome.error.message,
  );
  return writeSurql(values, { limit: COMPARED });
}

/** Rows of all statements that answered lists; undefined where none did. */
function rowsOf({ outcomes }: Answer): number | undefined {
  const lists = outcomes.flatMap((outcome) =>
    outcome.ok && outcome.result.rows ? [outcome.result.rows.length] : [],
  );
  return lists.length === 0 ? undefined : lists.reduce((sum, rows) => sum + rows, 0);
}
