/**
 * What was opened in a result: a row of a table, a record that an id names, and what was opened from
 * there. It stands beside the result, with the way back to each step.
 */
import "./opened-pane.css";
import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { lookAt } from "../../../wire/look.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { OpenRecordContext } from "../../values/open-record.ts";
import { count, timeSpent } from "../../values/sizes.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { FailedView } from "./failed-view.tsx";
import type { Opened, OpenedWay } from "./opened-way.ts";
import { isAbsent, type OpenedRecord, type RecordReader } from "./record.ts";

export interface OpenedPaneProps {
  /** Where nothing is open, nothing is shown. */
  way: OpenedWay;
  /** Keeps so many steps of the way; none closes the pane. */
  onBack: (steps: number) => void;
}

export function OpenedPane(props: OpenedPaneProps): JSX.Element | null {
  const here = props.way.steps.value.at(-1);
  return here ? <Pane {...props} here={here} /> : null;
}

function Pane({ way, onBack, here }: OpenedPaneProps & { here: Opened }): JSX.Element {
  const steps = way.steps.value;
  const pane = useRef<HTMLElement>(null);
  const drawn = useRef(false);
  useLayoutEffect(() => {
    const { activeElement: focused, body } = document;
    const goes = focused === body || focused?.closest(".sy-opened-value-body");
    // What was pressed goes with what it stood in: keys are still this pane's.
    if (drawn.current && goes) pane.current?.focus({ preventScroll: true });
    drawn.current = true;
  }, [steps]);
  const title =
    here.kind === "row"
      ? `Row ${count(here.index)}`
      : `Record ${here.name} as ${here.reader.label}`;
  return (
    <section
      ref={pane}
      class="sy-opened-value"
      aria-label={title}
      data-opened={here.kind}
      tabIndex={-1}
    >
      <header class="sy-opened-value-head">
        {steps.length > 1 && (
          <Button icon="back" label="Back" onClick={() => onBack(steps.length - 1)} />
        )}
        <h4 title={title}>{title}</h4>
        <Button icon="close" label="Close" onClick={() => onBack(0)} />
      </header>
      {steps.length > 1 && (
        <nav class="sy-opened-value-way" aria-label="The way here">
          {steps.slice(0, -1).map((step, index) => (
            // The way only grows and shrinks at its end.
            <span key={index}>
              <button type="button" class="sy-value-link" onClick={() => onBack(index + 1)}>
                {nameOf(step)}
              </button>{" "}
              ›{" "}
            </span>
          ))}
          <span aria-current="page">{nameOf(here)}</span>
        </nav>
      )}
      <div class="sy-opened-value-body">
        {here.kind === "row" ? (
          <RowValue key={here.index} opened={here} way={way} />
        ) : (
          <Loaded
            what={`Asking as ${here.reader.label}…`}
            version={`${steps.length} ${here.name} ${here.reader.key}`}
            load={() => here.reader.ask(here.id)}
          >
            {(record) => <RecordValue record={record} reader={here.reader} way={way} />}
          </Loaded>
        )}
      </div>
    </section>
  );
}

function nameOf(step: Opened): string {
  return step.kind === "row" ? `Row ${count(step.index)}` : step.name;
}

function RowValue(props: { opened: Opened & { kind: "row" }; way: OpenedWay }): JSX.Element {
  const { rows, index, reader } = props.opened;
  const opener = useMemo(() => props.way.openerOn(rows.bytesAt(index), reader), [rows, index]);
  return (
    <OpenRecordContext.Provider value={opener}>
      <ValueTree value={lookAt(rows, index)} initialDepth={2} />
    </OpenRecordContext.Provider>
  );
}

function RecordValue(props: {
  record: OpenedRecord;
  reader: RecordReader;
  way: OpenedWay;
}): JSX.Element {
  const { label, outsideOf } = props.reader;
  const { outcome, identity, target, duration } = props.record;
  const opener = useMemo(
    () => (outcome.ok ? props.way.openerOn(outcome.result.bytes, props.reader) : undefined),
    [outcome],
  );
  return (
    <>
      <p class="sy-dim sy-opened-value-who">
        Ran as <b>{identity}</b> in <b>{target}</b>
        {outsideOf && `, outside of the ${outsideOf}`} · {timeSpent(duration)}
      </p>
      {!outcome.ok ? (
        <FailedView error={outcome.error} />
      ) : isAbsent(outcome) ? (
        <Note tone="warn">
          Empty: {label} may not see it, or there is no such record. The server says the same of
          both.
        </Note>
      ) : (
        <OpenRecordContext.Provider value={opener}>
          <ValueTree value={outcome.result.look()} initialDepth={2} />
        </OpenRecordContext.Provider>
      )}
    </>
  );
}
