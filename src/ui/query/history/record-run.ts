/** Writes a run into the history: when it begins, and how it ends in each of its sessions. */

import type { Changed } from "../../../session/query/dry-run.ts";
import type { AskedSession, Ending } from "../../../session/query/kept-statements.ts";
import { type AnySession, isPageSession } from "../../store/any-session.ts";
import type { StatementsStore } from "../../store/statements.ts";
import { count, plural } from "../../values/sizes.ts";
import { placeWord, userWord } from "../../words/identity.ts";
import type { Progress } from "../column.ts";
import type { Run } from "../query-state.ts";
import { type Answer, failures, type Outcome } from "../results/answer.ts";

export function recordRun(run: Run, statements: Pick<StatementsStore, "ran" | "ended">): void {
  const id = crypto.randomUUID();
  const { method, text, bindings } = run.asked;
  const sessions = run.columns.map(({ session }) => askedSession(session));
  statements.ran({ id, at: Date.now(), method, text, bindings, sessions });
  for (const [index, column] of run.columns.entries()) {
    void column.ended.then(() => {
      const ending = endingOf(column.progress.peek());
      if (ending) statements.ended(id, index, ending);
    });
  }
}

function askedSession(session: AnySession): AskedSession {
  return {
    key: session.key,
    ...(isPageSession(session) && { place: session.holder.place }),
    label: session.label,
    colour: session.colour,
    identity: userWord(session),
    target: placeWord(session),
  };
}

/** Undefined while it runs. */
export function endingOf(progress: Progress): Ending | undefined {
  switch (progress.kind) {
    case "running":
      return undefined;
    case "answered": {
      const ending = endingOfAnswer(progress.answer);
      if (!progress.dry || ending.kind === "failed") return ending;
      return { ...ending, text: `dry: ${dryWords(progress.changed) ?? ending.text}` };
    }
    case "barred":
      return { kind: "failed", text: "not asked" };
    case "failed": {
      const { kind, name } = progress.error;
      return { kind: "failed", text: kind ?? name };
    }
    case "let-go":
      return { kind: "let-go", text: "let go", duration: progress.after };
  }
}

/** "3 would change", "at least 3 would change". */
function dryWords(changed: Changed | undefined): string | undefined {
  if (!changed) return undefined;
  const { records, atLeast } = changed;
  return `${atLeast ? "at least " : ""}${count(records)} would change`;
}

function endingOfAnswer({ outcomes, duration }: Answer): Ending {
  const failed = failures(outcomes);
  const [first] = failed;
  if (first) {
    const word = first.kind ?? first.name;
    const text =
      failed.length === outcomes.length && failed.length === 1
        ? word
        : `${count(failed.length)} of ${plural(outcomes.length, "statement")}: ${word}`;
    return { kind: "failed", text, duration };
  }
  const [only] = outcomes;
  const text =
    outcomes.length === 1 && only ? outcomeWord(only) : plural(outcomes.length, "result");
  return { kind: "answered", text, duration };
}

/** "3 rows", "live query", "1 value". */
function outcomeWord(outcome: Outcome): string {
  if (!outcome.ok) return outcome.error.name;
  if (outcome.kind === "live") return "live query";
  if (outcome.kind === "kill") return "killed";
  const { rows } = outcome.result;
  return rows ? plural(rows.length, "row") : "1 value";
}
