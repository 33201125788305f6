// biome-ignore-all lint/a11y/useSemanticElements: a table would need all of its rows; these are the few in sight
/** One line of the comparison: a statement's heading, what came of it, or one record in all columns. */
import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ItemBytes } from "../../../wire/proven.ts";
import type { OpenRecord } from "../../values/open-record.ts";
import { plural } from "../../values/sizes.ts";
import type { Outcome } from "../results/answer.ts";
import { Cell, cellContents, rowName } from "./cell.tsx";
import type { Section } from "./comparing.ts";
import type { Line } from "./grid-layout.ts";

/** How record ids are opened that stand in `root`, a row or a value of this column. */
export type OpenerIn = (column: number, root: ItemBytes) => OpenRecord | undefined;

export interface GridLineProps {
  /** What ids of cells begin with. */
  id: string;
  index: number;
  line: Line;
  section: Section;
  names: readonly string[];
  unconfirmed: readonly boolean[];
  /** Pixels. */
  top: number;
  open: boolean;
  /** The cell in focus, where it is in this line. */
  activeCell: number | undefined;
  openerIn: OpenerIn;
}

export function GridLine(props: GridLineProps): JSX.Element {
  const { index, line, section, names, open, activeCell } = props;
  const kind = line.kind === "heading" ? " sy-cmp-heading" : open ? " sy-cmp-open" : "";
  // What is equal isn't painted again while others scroll by.
  const cells = useMemo(() => {
    if (line.kind === "heading") return <Heading {...props} />;
    return line.kind === "outcome" ? (
      <Outcomes {...props} />
    ) : (
      <RowCells {...props} row={line.row} />
    );
  }, [
    section,
    names,
    props.unconfirmed,
    index,
    line.kind,
    line.kind === "row" && line.row,
    activeCell,
    props.openerIn,
  ]);
  return (
    <div
      class={`sy-cmp-line${kind}`}
      role="row"
      aria-rowindex={index + 2}
      aria-expanded={line.kind === "heading" ? undefined : open}
      data-row={line.kind === "row" ? line.row : undefined}
      tabIndex={-1}
      style={{ transform: `translateY(${props.top}px)` }}
    >
      {cells}
    </div>
  );
}

interface GridCellProps {
  of: GridLineProps;
  /** From 0, the row's name, to the number of columns. */
  cell: number;
  class: string;
  /** How many columns it takes; absent: one. */
  span?: number;
  children: ComponentChildren;
}

function GridCell({ of, cell, class: name, span, children }: GridCellProps): JSX.Element {
  const active = of.activeCell === cell ? " sy-cmp-active" : "";
  const unconfirmed = of.unconfirmed[cell - 1] ? " sy-cmp-unconfirmed" : "";
  const role =
    cell === 0 && span === undefined
      ? ({ role: "rowheader" } as const)
      : ({ role: "gridcell", "aria-colindex": cell + 1, "aria-colspan": span } as const);
  return (
    <div
      {...role}
      id={`${of.id}-${of.index}-${cell}`}
      class={`${name}${active}${unconfirmed}`}
      data-line={of.index}
      data-cell={cell}
      tabIndex={-1}
    >
      {children}
    </div>
  );
}

function Heading(props: GridLineProps): JSX.Element {
  const { line, section, names } = props;
  return (
    <GridCell of={props} cell={0} class="sy-cmp-heading-text" span={names.length + 1}>
      <span class="sy-outcome-number">{line.section + 1}</span>
      <span class="sy-ellipsis" title={section.sentence}>
        {section.sentence}
      </span>
    </GridCell>
  );
}

function Outcomes(props: GridLineProps): JSX.Element {
  return (
    <>
      <GridCell of={props} cell={0} class="sy-cmp-name">
        Outcome
      </GridCell>
      {props.names.map((name, column) => {
        const outcome = props.section.outcomes[column];
        const kind = outcome ? "" : " sy-cmp-none";
        return (
          <GridCell key={name} of={props} cell={column + 1} class={`sy-cmp-cell${kind}`}>
            {outcome && <OutcomeWord outcome={outcome} />}
          </GridCell>
        );
      })}
    </>
  );
}

function OutcomeWord({ outcome }: { outcome: Outcome }): JSX.Element {
  if (outcome.ok) {
    const { rows } = outcome.result;
    return <span class="sy-dim">{rows ? plural(rows.length, "row") : "answered"}</span>;
  }
  const { kind, message } = outcome.error;
  return (
    <span class="sy-cmp-failed" data-outcome="failed">
      {kind === undefined ? message : `${kind}: ${message}`}
    </span>
  );
}

function RowCells(props: GridLineProps & { row: number }): JSX.Element {
  const { section, names, unconfirmed, row } = props;
  const { comparison } = section;
  const difference = comparison.differenceAt(row);
  const contents = cellContents(comparison, row, difference);
  const differs = difference.places.length > 0;
  // A row that only an unconfirmed column has is missing from nobody's.
  const counts = contents.some((content, column) => content && !unconfirmed[column]);
  const mark = differs ? "≠" : counts && difference.missing.length > 0 ? "−" : "";
  return (
    <>
      <GridCell of={props} cell={0} class="sy-cmp-name">
        <span class="sy-cmp-mark" aria-hidden="true">
          {mark}
        </span>
        <span class="sy-ellipsis sy-mono">{rowName(comparison, row)}</span>
        {differs && <span class="sy-unseen">, differs</span>}
      </GridCell>
      {names.map((name, column) => {
        const bytes = comparison.bytesAt(column, row);
        const answered = comparison.sizes[column] !== undefined;
        const seen = contents[column] !== undefined;
        // What an unconfirmed column hasn't says nothing of the session.
        const told = answered && (seen || (counts && !unconfirmed[column]));
        const kind = told ? (seen ? "" : " sy-cmp-missing") : " sy-cmp-none";
        return (
          <GridCell key={name} of={props} cell={column + 1} class={`sy-cmp-cell${kind}`}>
            {told && (
              <Cell
                content={contents[column]}
                name={name}
                missing={section.missing}
                openRecord={bytes && props.openerIn(column, bytes)}
              />
            )}
          </GridCell>
        );
      })}
    </>
  );
}
