/** One statement's outcome: its number, what came of it and how long it took, and the result or the error. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { lookAt } from "../../../wire/look.ts";
import type { Result } from "../../../wire/result.ts";
import { type Rows, singleRow } from "../../../wire/rows.ts";
import { Boundary } from "../../components/boundary.tsx";
import { Note } from "../../components/error-note.tsx";
import { Icon } from "../../components/icon.tsx";
import type { Covered } from "../../values/forest.tsx";
import { isContainer, sizeOf, typeName } from "../../values/format.ts";
import { type OpenRecord, OpenRecordContext } from "../../values/open-record.ts";
import { Preview } from "../../values/preview.tsx";
import { RowsTree } from "../../values/rows-tree.tsx";
import { count, plural, serverTime } from "../../values/sizes.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import { type Answer, emptyReason, isEmpty, type Outcome } from "./answer.ts";
import { FailedView } from "./failed-view.tsx";
import { ResultTable } from "./result-table.tsx";
import { ResultText, type TextFormat } from "./result-text.tsx";
import { rowObject } from "./table-cells.tsx";
import { CopyAs, useWholeCopy } from "./whole-copy.tsx";

export type Format = "tree" | "table" | TextFormat;

/** Rows that can be scrolled to: browsers end at some ten million pixels. */
const MOST_ROWS = 400_000;

export interface OutcomeViewProps {
  answer: Answer;
  outcome: Outcome;
  /** Its place among several statements, from 1. */
  number: number | undefined;
  format: Format;
  /** One of very many: a line that is opened. */
  folds: boolean;
  covered: Covered | undefined;
  /** How record ids in the result are opened. */
  openRecord: OpenRecord | undefined;
  /** The row of the table that is open beside it. */
  openedRow: number | undefined;
  onOpenRow: (index: number, rows: Rows) => void;
}

export function OutcomeView(props: OutcomeViewProps): JSX.Element {
  const { outcome, number, folds } = props;
  const open = useSignal(!folds);
  const time = outcome.time === undefined ? [] : [serverTime(outcome.time)];
  const words = [outcome.ok ? summary(outcome) : "Failed", ...time].join(" · ");
  const title = (
    <>
      {number !== undefined && <span class="sy-outcome-number">{count(number)}</span>}
      {words}
    </>
  );
  const fold = folds && (
    <button
      type="button"
      class="sy-outcome-fold"
      aria-expanded={open.value}
      onClick={() => {
        open.value = !open.value;
      }}
    >
      <Icon name="chevron" size={12} />
      {title}
      {!open.value && <OutcomePreview outcome={outcome} />}
    </button>
  );
  return (
    <article
      class={`sy-outcome${outcome.ok ? "" : " sy-outcome-failed"}`}
      data-outcome={outcome.ok ? "ok" : "failed"}
    >
      {outcome.ok && open.value ? (
        <OkView {...props} outcome={outcome} title={fold || title} />
      ) : (
        <>
          <div class="sy-outcome-head">
            <h3>{fold || title}</h3>
          </div>
          {!outcome.ok && open.value && <FailedView error={outcome.error} />}
        </>
      )}
    </article>
  );
}

function OutcomePreview({ outcome }: { outcome: Outcome }): JSX.Element {
  if (!outcome.ok) return <span class="sy-preview">{outcome.error.message}</span>;
  const { result } = outcome;
  const value = result.rows?.length === 1 ? lookAt(result.rows, 0) : result.look();
  return <Preview value={value} limit={100} />;
}

type OkProps = OutcomeViewProps & { outcome: Outcome & { ok: true }; title: JSX.Element };

function OkView(props: OkProps): JSX.Element {
  const { answer, outcome, title, format } = props;
  const copy = useWholeCopy(outcome.result);
  const empty = isEmpty(outcome, answer.method);
  const reason = empty ? emptyReason(answer) : undefined;
  return (
    <>
      <div class="sy-outcome-head">
        <h3>{title}</h3>
        {!empty && <CopyAs copy={copy} />}
      </div>
      {copy.note}
      {empty && reason === undefined && <p class="sy-dim sy-result-none">Empty.</p>}
      {empty && reason !== undefined && <Note tone="warn">Empty. {reason}</Note>}
      {outcome.kind === "live" && (
        <Note tone="plain">
          A live query began. Its notifications are in the session, under “Live queries and
          transactions”.
        </Note>
      )}
      {!empty && (
        <Boundary key={format}>
          <OpenRecordContext.Provider value={props.openRecord}>
            {format === "tree" || format === "table" ? (
              <Drawn {...props} format={format} />
            ) : (
              <ResultText result={outcome.result} format={format} copy={copy} />
            )}
          </OpenRecordContext.Provider>
        </Boundary>
      )}
    </>
  );
}

/** As a tree or a table: what has rows by its rows, all else as it is. */
function Drawn(props: OkProps & { format: "tree" | "table" }): JSX.Element {
  const { outcome, number, format, covered } = props;
  const { result } = outcome;
  const rows = useMemo(
    () =>
      result.rows ??
      (format === "table" && rowObject(result.look()) ? singleRow(result.bytes) : undefined),
    [result, format],
  );
  if (!rows) return <ValueTree value={result.look()} initialDepth={2} covered={covered} />;
  const shown = Math.min(rows.length, MOST_ROWS);
  const label = number === undefined ? "Rows" : `Rows of statement ${number}`;
  return (
    <>
      {shown < rows.length && (
        <Note tone="plain">
          The first {count(shown)} rows; a page can't hold more. “Copy as” has all{" "}
          {count(rows.length)}.
        </Note>
      )}
      {format === "table" ? (
        <ResultTable
          rows={rows}
          count={shown}
          label={label}
          opened={props.openedRow}
          onOpenRow={(index) => props.onOpenRow(index, rows)}
        />
      ) : (
        <RowsTree
          rows={rows}
          count={shown}
          label={label}
          // One row is shown whole, of several one line each: nobody should scroll past the first.
          initialDepth={rows.length === 1 ? 2 : 0}
          covered={covered}
        />
      )}
    </>
  );
}

/** "3 rows", "object, 2 keys", "string". */
function summary({ result, kind }: { result: Result; kind: "live" | "kill" | "other" }): string {
  if (kind === "live") return "Live query";
  if (kind === "kill") return "Killed";
  if (result.rows) return plural(result.rows.length, "row");
  const value = result.look();
  if (value instanceof Set) return `set, ${plural(value.size, "item")}`;
  if (isContainer(value)) return `${typeName(value)}, ${plural(sizeOf(value), "key")}`;
  return value === undefined ? "NONE" : value === null ? "NULL" : typeName(value);
}
