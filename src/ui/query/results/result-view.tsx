/**
 * An answer on screen. Who asked, and where, stands over every result: most wrong results are right
 * ones of another identity.
 */
import "./results.css";
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { useStore } from "../../store/context.ts";
import type { Covered } from "../../values/forest.tsx";
import { byteSize, plural, timeSpent } from "../../values/sizes.ts";
import { type Answer, failures } from "./answer.ts";
import { OpenedPane } from "./opened-pane.tsx";
import { type Format, OutcomeView } from "./outcome-view.tsx";
import type { RecordReader } from "./record.ts";
import { useOpenedWay } from "./use-opened-way.ts";

const FORMATS: readonly { value: Format; text: string }[] = [
  { value: "tree", text: "Tree" },
  { value: "table", text: "Table" },
  { value: "surql", text: "SurrealQL" },
  { value: "json", text: "JSON" },
];

/** Of more statements than this each begins as one line. */
const MANY = 20;
/** Statements drawn at first, and with each "show". */
const CHUNK = 200;

export interface ResultViewProps {
  answer: Answer;
  /** What is covered in the result of the statement at this index. Covered values stand only in trees. */
  coveredIn?: (index: number) => Covered | undefined;
  /** The session that gave the answer; without it, record ids don't open. */
  reader?: RecordReader | undefined;
  /** As high as what it stands in, so that only its parts scroll; otherwise as high as it needs. */
  fills?: boolean;
}

export function ResultView({ answer, coveredIn, reader, fills }: ResultViewProps): JSX.Element {
  const { preferences } = useStore();
  const frame = useRef<HTMLElement>(null);
  const chosen = preferences.get<string>("query.format", "tree").value;
  const format = FORMATS.find((each) => each.value === chosen)?.value ?? "tree";
  const { outcomes } = answer;
  const failed = failures(outcomes).length;
  const { way, back, onKeyDown } = useOpenedWay(answer, () =>
    frame.current?.querySelector<HTMLElement>(".sy-result-outcomes [tabindex='0']"),
  );
  const last = way.steps.value.at(-1);
  const drawn = useMemo(() => signal(CHUNK), [answer]);
  const openers = useMemo(
    () =>
      outcomes.map((outcome) =>
        outcome.ok ? way.openerFrom(outcome.result.bytes, reader) : undefined,
      ),
    [answer, reader],
  );

  return (
    <section
      ref={frame}
      class={`sy-result${fills ? " sy-result-fills" : ""}`}
      aria-label="Result"
      onKeyDown={onKeyDown}
    >
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
      <div class="sy-result-body">
        <div
          class={`sy-result-outcomes${outcomes.length === 1 ? " sy-result-sole" : ""}`}
          data-statements={outcomes.length}
        >
          {outcomes.length === 0 && (
            <p class="sy-dim sy-result-none">The server ran no statement.</p>
          )}
          {outcomes.slice(0, drawn.value).map((outcome, index) => (
            <OutcomeView
              // An answer is shown whole or not at all, so its statements never change places.
              key={index}
              answer={answer}
              outcome={outcome}
              number={outcomes.length > 1 ? index + 1 : undefined}
              format={format}
              folds={outcomes.length > MANY}
              covered={coveredIn?.(index)}
              openRecord={openers[index]}
              openedRow={last?.kind === "row" && last.statement === index ? last.index : undefined}
              onOpenRow={(row, rows) => {
                way.begin({ kind: "row", statement: index, index: row, rows, reader });
              }}
            />
          ))}
          {drawn.value < outcomes.length && (
            <p class="sy-result-more">
              <Button
                onClick={() => {
                  drawn.value += CHUNK;
                }}
              >
                Show {Math.min(CHUNK, outcomes.length - drawn.value)} more of{" "}
                {plural(outcomes.length - drawn.value, "statement")}
              </Button>
            </p>
          )}
        </div>
        <OpenedPane way={way} onBack={back} />
      </div>
    </section>
  );
}
