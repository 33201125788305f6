/**
 * What was opened in a result: a row of a table, a record that an id names, and what was opened from
 * there. It stands beside the result, with the way back to each step.
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { lookAt } from "../../../wire/look.ts";
import type { ItemBytes } from "../../../wire/proven.ts";
import type { Rows } from "../../../wire/rows.ts";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import { Loaded } from "../../components/loaded.tsx";
import { type OpenRecord, OpenRecordContext } from "../../values/open-record.ts";
import { count, timeSpent } from "../../values/sizes.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { FailedView } from "./failed-view.tsx";
import { type AskRecord, isAbsent, type OpenedRecord } from "./record.ts";

export type Opened =
  /** A row of the result of the statement at `statement`. */
  | { kind: "row"; statement: number; index: number; rows: Rows }
  /** `name`: as SurrealQL writes it. */
  | { kind: "record"; name: string; id: ItemBytes };

export interface OpenedPaneProps {
  /** The way that led here; the last is what is shown. */
  way: readonly Opened[];
  /** Whom records are asked as. */
  label: string;
  ask: AskRecord | undefined;
  /** The result came from a transaction; records are asked for outside of it. */
  fromTransaction: boolean;
  /** Keeps so many steps of the way; none closes the pane. */
  onBack: (steps: number) => void;
  /** How record ids within `root` are opened. */
  openerIn: (root: ItemBytes) => OpenRecord | undefined;
}

export function OpenedPane(props: OpenedPaneProps): JSX.Element | null {
  const { way, label, ask, onBack } = props;
  const here = way.at(-1);
  if (!here) return null;
  const title =
    here.kind === "row" ? `Row ${count(here.index)}` : `Record ${here.name} as ${label}`;
  return (
    <section class="sy-opened-value" aria-label={title} data-opened={here.kind}>
      <header class="sy-opened-value-head">
        {way.length > 1 && (
          <Button icon="back" label="Back" onClick={() => onBack(way.length - 1)} />
        )}
        <h4 title={title}>{title}</h4>
        <Button icon="close" label="Close" onClick={() => onBack(0)} />
      </header>
      {way.length > 1 && (
        <nav class="sy-opened-value-way" aria-label="The way here">
          {way.slice(0, -1).map((step, index) => (
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
          <RowValue key={here.index} opened={here} openerIn={props.openerIn} />
        ) : (
          ask && (
            <Loaded
              what={`Asking as ${label}…`}
              version={`${way.length} ${here.name}`}
              load={() => ask(here.id)}
            >
              {(record) => <RecordValue {...props} record={record} />}
            </Loaded>
          )
        )}
      </div>
    </section>
  );
}

function nameOf(step: Opened): string {
  return step.kind === "row" ? `Row ${count(step.index)}` : step.name;
}

function RowValue(props: {
  opened: Opened & { kind: "row" };
  openerIn: OpenedPaneProps["openerIn"];
}): JSX.Element {
  const { rows, index } = props.opened;
  const opener = useMemo(() => props.openerIn(rows.bytesAt(index)), [rows, index]);
  return (
    <OpenRecordContext.Provider value={opener}>
      <ValueTree value={lookAt(rows, index)} initialDepth={2} />
    </OpenRecordContext.Provider>
  );
}

function RecordValue({
  record,
  label,
  fromTransaction,
  openerIn,
}: OpenedPaneProps & { record: OpenedRecord }): JSX.Element {
  const { outcome, identity, target, duration } = record;
  const opener = useMemo(
    () => (outcome.ok ? openerIn(outcome.result.bytes) : undefined),
    [outcome],
  );
  return (
    <>
      <p class="sy-dim sy-opened-value-who">
        Ran as <b>{identity}</b> in <b>{target}</b>
        {fromTransaction && ", outside of the transaction"} · {timeSpent(duration)}
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
