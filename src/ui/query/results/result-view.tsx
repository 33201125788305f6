/**
 * An answer on screen. Who asked, and where, stands over every result: most wrong results are right
 * ones of another identity.
 */
import "./results.css";
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { writeSurql } from "../../../session/surql.ts";
import { itemUnder } from "../../../wire/item-under.ts";
import type { ItemBytes } from "../../../wire/proven.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { useStore } from "../../store/context.ts";
import type { Covered } from "../../values/forest.tsx";
import type { OpenRecord } from "../../values/open-record.ts";
import { byteSize, plural, timeSpent } from "../../values/sizes.ts";
import { pathKeys } from "../../values/tree-rows.ts";
import type { Answer } from "./answer.ts";
import { type Opened, OpenedPane } from "./opened-pane.tsx";
import { type Format, OutcomeView } from "./outcome-view.tsx";
import type { AskRecord } from "./record.ts";

const FORMATS: readonly { value: Format; text: string }[] = [
  { value: "tree", text: "Tree" },
  { value: "table", text: "Table" },
  { value: "surql", text: "SurrealQL" },
  { value: "json", text: "JSON" },
];

/** Of more statements than this each begins as one line. */
const MANY = 20;

export interface ResultViewProps {
  answer: Answer;
  /** What is covered in the result of the statement at this index. Covered values stand only in trees. */
  coveredIn?: (index: number) => Covered | undefined;
  /** Asks for a record in the session that gave the answer; without it, record ids don't open. */
  ask?: AskRecord;
  /** As high as what it stands in, so that only its parts scroll; otherwise as high as it needs. */
  fills?: boolean;
}

export function ResultView({ answer, coveredIn, ask, fills }: ResultViewProps): JSX.Element {
  const { preferences } = useStore();
  const frame = useRef<HTMLElement>(null);
  const chosen = preferences.get<string>("query.format", "tree").value;
  const format = FORMATS.find((each) => each.value === chosen)?.value ?? "tree";
  const { outcomes } = answer;
  const failed = outcomes.filter((outcome) => !outcome.ok).length;
  // Of one answer: another begins with nothing opened.
  const way = useMemo(() => signal<readonly Opened[]>([]), [answer]);
  const last = way.value.at(-1);

  /** @param keep steps of the way that stay before the new one */
  function openerIn(root: ItemBytes, keep: () => number): OpenRecord | undefined {
    if (!ask) return undefined;
    return (id, path) => {
      const bytes = itemUnder(root, pathKeys(path));
      if (!bytes) return;
      const step: Opened = { kind: "record", name: writeSurql(id, { limit: 200 }).text, id: bytes };
      way.value = [...way.peek().slice(0, keep()), step];
    };
  }

  const openers = useMemo(
    () =>
      outcomes.map((outcome) => (outcome.ok ? openerIn(outcome.result.bytes, () => 0) : undefined)),
    [answer, ask],
  );

  function back(steps: number) {
    const inPane = document.activeElement?.closest(".sy-opened-value");
    way.value = way.peek().slice(0, steps);
    if (steps === 0 && inPane) {
      frame.current?.querySelector<HTMLElement>(".sy-result-outcomes [tabindex='0']")?.focus();
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Escape" || way.peek().length === 0 || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    back(0);
  }

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
          {outcomes.map((outcome, index) => (
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
                way.value = [{ kind: "row", statement: index, index: row, rows }];
              }}
            />
          ))}
        </div>
        {last && (
          <OpenedPane
            way={way.value}
            label={answer.session.label}
            ask={ask}
            fromTransaction={answer.txn !== undefined}
            onBack={back}
            openerIn={(root) => openerIn(root, () => way.peek().length)}
          />
        )}
      </div>
    </section>
  );
}
