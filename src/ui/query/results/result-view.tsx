/**
 * An answer on screen. Who asked, and where, stands over every result: most wrong results are right
 * ones of another identity.
 */
import "../query.css";
import type { JSX } from "preact";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import { Icon } from "../../components/icon.tsx";
import { useStore } from "../../store/context.ts";
import { isContainer, sizeOf, typeName } from "../../values/format.ts";
import { byteSize, plural, timeSpent } from "../../values/sizes.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { type Answer, emptyReason, isEmpty, type Outcome } from "./answer.ts";
import { ResultText, type TextFormat } from "./result-text.tsx";

type Format = "tree" | TextFormat;

const FORMATS: readonly { value: Format; text: string }[] = [
  { value: "tree", text: "Tree" },
  { value: "surql", text: "SurrealQL" },
  { value: "json", text: "JSON" },
];

/** Answers beyond this many bytes begin folded: their first lines are asked for, not imposed. */
const BIG = 1_000_000;
/** Results of fewer statements than this begin unfolded. */
const MANY = 20;

/** Values of one statement's result that are covered, as `ValueTree` takes them. */
export type Covered = ReadonlyMap<string, () => void>;

export interface ResultViewProps {
  answer: Answer;
  /** What is covered in the result of the statement at this index. */
  coveredIn?: (index: number) => Covered | undefined;
}

export function ResultView({ answer, coveredIn }: ResultViewProps): JSX.Element {
  const { preferences } = useStore();
  const chosen = preferences.get<string>("query.format", "tree").value;
  const format = FORMATS.find((each) => each.value === chosen)?.value ?? "tree";
  const { outcomes } = answer;
  const failed = outcomes.filter((outcome) => !outcome.ok).length;
  const folded = answer.bytesReceived > BIG || outcomes.length > MANY;
  return (
    <section class="sy-result" aria-label="Result">
      <header class="sy-result-head">
        <Badge label={answer.session.label} colour={answer.session.colour} />
        <span class="sy-result-who">
          Ran as <b>{answer.identity}</b> in <b>{answer.target}</b>
          {answer.txn !== undefined && ", in a transaction"}
          <span class="sy-dim">
            {" "}
            · {timeSpent(answer.duration)} · {byteSize(answer.bytesReceived)}
          </span>
        </span>
        <fieldset class="sy-result-formats" aria-label="Show as">
          {FORMATS.map(({ value, text }) => (
            <Button
              key={value}
              variant="quiet"
              pressed={value === format}
              onClick={() => preferences.set("query.format", value)}
            >
              {text}
            </Button>
          ))}
        </fieldset>
      </header>
      <div class="sy-unseen" role="status">
        {failed > 0
          ? `${plural(failed, "statement")} failed.`
          : `${plural(outcomes.length, "result")}.`}
      </div>
      {outcomes.length === 0 && <p class="sy-dim sy-result-none">The server ran no statement.</p>}
      {outcomes.map((outcome, index) => (
        <OutcomeView
          // An answer is shown whole or not at all, so its statements never change places.
          key={index}
          answer={answer}
          outcome={outcome}
          number={outcomes.length > 1 ? index + 1 : undefined}
          format={format}
          folded={folded}
          covered={coveredIn?.(index)}
        />
      ))}
    </section>
  );
}

interface OutcomeProps {
  answer: Answer;
  outcome: Outcome;
  /** Its place among several statements. */
  number: number | undefined;
  format: Format;
  folded: boolean;
  covered: Covered | undefined;
}

function OutcomeView(props: OutcomeProps): JSX.Element {
  const { answer, outcome, number, format, folded, covered } = props;
  const head = [outcome.ok ? summary(outcome) : "Failed", outcome.time].filter(Boolean).join(" · ");
  return (
    <article
      class={`sy-outcome${outcome.ok ? "" : " sy-outcome-failed"}`}
      data-outcome={outcome.ok ? "ok" : "failed"}
    >
      <h3 class="sy-outcome-head">
        {number !== undefined && <span class="sy-outcome-number">{number}</span>}
        {head}
      </h3>
      {outcome.ok ? (
        <OkView
          answer={answer}
          outcome={outcome}
          format={format}
          folded={folded}
          covered={covered}
        />
      ) : (
        <FailedView outcome={outcome} />
      )}
    </article>
  );
}

function OkView({
  answer,
  outcome,
  format,
  folded,
  covered,
}: Omit<OutcomeProps, "number"> & { outcome: Outcome & { ok: true } }): JSX.Element {
  if (isEmpty(outcome, answer.method)) {
    const reason = emptyReason(answer);
    return reason === undefined ? (
      <p class="sy-dim sy-result-none">Empty.</p>
    ) : (
      <Note tone="warn">Empty. {reason}</Note>
    );
  }
  return (
    <>
      {outcome.kind === "live" && (
        <Note tone="plain">
          A live query began. Its notifications are in the session, under “Live queries and
          transactions”.
        </Note>
      )}
      {format === "tree" ? (
        <ValueTree
          value={outcome.result.value()}
          initialDepth={folded ? 0 : depthFor(outcome.result.value())}
          covered={covered}
        />
      ) : (
        <ResultText value={outcome.result.value()} format={format} />
      )}
    </>
  );
}

/** One row is shown whole, of several one line each: nobody should scroll past the first for the second. */
function depthFor(value: unknown): number {
  return Array.isArray(value) && value.length > 1 ? 1 : 2;
}

/** What a server refused, with all that it said of it. */
export function FailedView({ outcome }: { outcome: Outcome & { ok: false } }): JSX.Element {
  const { error } = outcome;
  return (
    <div class="sy-outcome-error">
      <Icon name="warning" />
      <div class="sy-outcome-error-text">
        {error.kind && <span class="sy-error-kind">{error.kind}</span>}
        <pre class="sy-mono">{error.message}</pre>
        {error.advice && <div class="sy-note-advice">{error.advice}</div>}
        {error.details !== undefined && (
          <ValueTree value={error.details} label="details" initialDepth={2} />
        )}
      </div>
    </div>
  );
}

/** "3 rows", "object, 2 keys", "string". */
function summary({ result, kind }: Outcome & { ok: true }): string {
  const value = result.value();
  if (kind === "live") return "Live query";
  if (kind === "kill") return "Killed";
  if (Array.isArray(value)) return plural(value.length, "row");
  if (value instanceof Set) return `set, ${plural(value.size, "item")}`;
  if (isContainer(value)) return `${typeName(value)}, ${plural(sizeOf(value), "key")}`;
  return value === undefined ? "NONE" : value === null ? "NULL" : typeName(value);
}
