/**
 * The comparison of a run, made anew as each column ends: those that have answered are compared, whatever
 * the others do. It belongs to the run, so that a look at another view loses nothing.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import {
  differenceSentence,
  type Fate,
  statementsSentence,
  type Told,
} from "../../../session/query/difference-words.ts";
import { type Comparison, compareResults } from "../../../session/query/differences.ts";
import { toErrorView } from "../../components/action.ts";
import type { Progress } from "../column.ts";
import type { Run } from "../query-state.ts";
import type { Outcome } from "../results/answer.ts";
import { sentenceNames } from "./names.ts";

/** One statement of the run in all columns. */
export interface Section {
  /** By column; undefined where it has no answer to this statement. */
  outcomes: readonly (Outcome | undefined)[];
  comparison: Comparison;
  /** What differs; "" while nobody has answered. */
  sentence: string;
  /** What rows are that a column hasn't: "not seen", or "not changed" of what was written. */
  missing: string;
}

export interface Compared {
  sections: readonly Section[];
  sentence: string;
}

const known = new WeakMap<Run, ReadonlySignal<Compared | undefined>>();

/** Undefined until the first comparison is made. */
export function comparisonOf(run: Run): ReadonlySignal<Compared | undefined> {
  const before = known.get(run);
  if (before) return before;
  const compared = signal<Compared | undefined>(undefined);
  let stop = new AbortController();
  // It ends with the run: nobody but the run's own columns holds it.
  effect(() => {
    const progress = run.columns.map((column) => column.progress.value);
    stop.abort();
    stop = new AbortController();
    const { signal: stopped } = stop;
    compareAll(run, progress, stopped).then(
      (result) => {
        if (!stopped.aborted) compared.value = result;
      },
      (error: unknown) => {
        // Aborted: another comparison is under way.
        if (stopped.aborted) return;
        const sentence = `The results can't be compared: ${toErrorView(error).message}`;
        compared.value = { sections: [], sentence };
      },
    );
  });
  known.set(run, compared);
  return compared;
}

async function compareAll(
  run: Run,
  progress: readonly Progress[],
  stopped: AbortSignal,
): Promise<Compared> {
  // Those that answer in the same breath are compared once.
  await Promise.resolve();
  stopped.throwIfAborted();
  const names = sentenceNames(run.columns.map(({ session }) => session));
  const answers = progress.map((each) => (each.kind === "answered" ? each : undefined));
  const dry = answers.some((each) => each?.dry === true);
  const statements = Math.max(1, ...answers.map((each) => each?.answer.outcomes.length ?? 0));
  const writes = answers.some((each) => each?.dry === true || each?.changed !== undefined);
  const beside = progress.flatMap((each, column) => (isUnconfirmed(each) ? [column] : []));
  const sections: Section[] = [];
  for (let index = 0; index < statements; index++) {
    const outcomes = answers.map((each) => each?.answer.outcomes[index]);
    const comparison = await compareResults(
      outcomes.map((outcome) => (outcome?.ok ? outcome.result : undefined)),
      { signal: stopped, beside },
    );
    const sole = statements === 1;
    const told = toldOf(names, progress, outcomes, sole);
    const sentence = differenceSentence(told, comparison, dry);
    const wrote = sole ? writes : outcomes.some((each) => each?.ok && each.changed !== undefined);
    sections.push({ outcomes, comparison, sentence, missing: wrote ? "not changed" : "not seen" });
  }
  const [only] = sections;
  if (sections.length === 1 && only) return { sections, sentence: only.sentence };
  const differing = sections.flatMap((section, index) => (differs(section) ? [index + 1] : []));
  const told = toldOf(names, progress, [], true);
  const sentence = statementsSentence(told, sections.length, differing, dry);
  return { sections, sentence };
}

/** True where the columns that count were told different things. */
export function differs({ comparison, outcomes }: Section): boolean {
  const failed = outcomes.filter((outcome) => outcome && !outcome.ok).length;
  const mixed = failed > 0 && failed < outcomes.filter(Boolean).length;
  return mixed || comparison.differing.length > 0;
}

export function isUnconfirmed(progress: Progress): boolean {
  return progress.kind === "answered" && progress.confirmation?.confirmed === false;
}

/**
 * @param outcomes of one statement, by column; empty: what became of the run as a whole
 * @param all whether what the run changed is told, rather than the one statement
 */
function toldOf(
  names: readonly string[],
  progress: readonly Progress[],
  outcomes: readonly (Outcome | undefined)[],
  all: boolean,
): Told[] {
  // A number that may be larger is no number to compare.
  const exact = progress.every((each) => each.kind !== "answered" || !each.changed?.atLeast);
  return progress.map((each, column) => {
    const outcome = outcomes[column];
    const ofRun = each.kind === "answered" ? each.changed?.records : undefined;
    const changed = all ? ofRun : outcome?.ok ? outcome.changed : undefined;
    return {
      name: names[column] ?? "",
      fate: fateOf(each, outcome),
      ...(changed !== undefined && exact && { changed }),
    };
  });
}

function fateOf(progress: Progress, outcome: Outcome | undefined): Fate {
  if (isUnconfirmed(progress)) return { kind: "unconfirmed" };
  if (outcome && !outcome.ok) return { kind: "error", error: outcome.error };
  if (progress.kind === "answered") return { kind: "result" };
  return progress.kind === "failed" ? { kind: "error", error: progress.error } : progress;
}
