/** Which places of what was run the server couldn't read, for the editors that hold it. */

import { type ReadonlySignal, useComputed } from "@preact/signals";
import { BEHIND, isRefusalOf } from "../evaluate.ts";
import type { Run } from "../query-state.ts";
import { type Problem, problemOf } from "./problems.ts";

export type { Problem };

export interface RunProblems {
  /** In the statement, or in the arguments of another method. */
  text: Problem[];
  bindings: Problem[];
}

/** Those of the latest run; the same arrays until its columns end otherwise. */
export function useRunProblems(latest: ReadonlySignal<Run | undefined>): RunProblems {
  return useComputed(() => problemsOfRun(latest.value)).value;
}

export function problemsOfRun(run: Run | undefined): RunProblems {
  const problems: RunProblems = { text: [], bindings: [] };
  if (!run) return problems;
  const { method, text, bindings } = run.asked;
  const refused = run.refusal?.place;
  if (refused) {
    const { word, from, to } = refused;
    problems.text.push({ text, from, to, message: `${word} is what is refused.` });
  }
  for (const { progress } of run.columns) {
    const now = progress.value;
    if (now.kind !== "failed") continue;
    const { message } = now.error;
    if (isRefusalOf("variables", message)) add(problems.bindings, evaluated(message, bindings));
    else if (isRefusalOf("arguments", message)) add(problems.text, evaluated(message, text));
    else if (method === "query") add(problems.text, problemOf(message, text));
  }
  return problems;
}

/** What is evaluated goes without the blanks around it, and with a bracket behind it. */
function evaluated(message: string, text: string): Problem | undefined {
  const found = problemOf(message, text.trim(), BEHIND);
  const blanks = text.length - text.trimStart().length;
  return found && { ...found, text, from: found.from + blanks, to: found.to + blanks };
}

/** Several sessions say the same of one text. */
function add(problems: Problem[], problem: Problem | undefined): void {
  const same = ({ from, message }: Problem) =>
    from === problem?.from && message === problem.message;
  if (problem && !problems.some(same)) problems.push(problem);
}
