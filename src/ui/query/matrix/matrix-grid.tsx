/**
 * The grid itself: one row for each table, four cells for each session.
 *
 * One cell takes part in the tab order, arrows lead from there: hundreds of cells are one stop for
 * whoever works by keyboard. The cell with the focus is the one whose detail stands below.
 */
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { countOf } from "../../../session/query/matrix/export.ts";
import {
  type Cell,
  type Column,
  cellOf,
  declaredText,
  type Matrix,
  OPERATIONS,
  type Operation,
} from "../../../session/query/matrix/matrix.ts";
import { Badge } from "../../components/badge.tsx";
import type { PanelStore } from "../../store/store.ts";
import { userWord } from "../../words/identity.ts";
import { Mark } from "./mark.tsx";
import type { MatrixState } from "./matrix-state.ts";

/** Rows in the page at a time; more make it slow, and a filter finds the others. */
const MOST_ROWS = 200;

const LETTERS: Record<Operation, string> = { select: "S", create: "C", update: "U", delete: "D" };

export interface MatrixGridProps {
  store: PanelStore;
  state: MatrixState;
  matrix: Matrix;
}

export function MatrixGrid({ store, state, matrix }: MatrixGridProps): JSX.Element {
  const grid = useRef<HTMLTableElement>(null);
  const filter = state.filter.value.trim().toLowerCase();
  const found = useMemo(
    () => matrix.tables.filter((name) => name.toLowerCase().includes(filter)),
    [matrix.tables, filter],
  );
  const shown = found.slice(0, MOST_ROWS);
  const at = state.at.value;
  const stop = at && shown.includes(at.table) ? at : undefined;

  function onKeyDown(event: KeyboardEvent) {
    const button = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (!button || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = Number(button.dataset.row);
    const column = Number(button.dataset.column);
    const last = matrix.columns.length * OPERATIONS.length - 1;
    const to: Record<string, [number, number]> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, last],
      PageUp: [0, column],
      PageDown: [shown.length - 1, column],
    };
    const target = to[event.key];
    if (!target) return;
    event.preventDefault();
    const place = `[data-row="${target[0]}"][data-column="${target[1]}"]`;
    grid.current?.querySelector<HTMLElement>(place)?.focus();
  }

  return (
    <div class="sy-matrix-frame">
      <table
        ref={grid}
        class="sy-matrix-grid"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its cells are buttons that arrows lead between
        role="grid"
        aria-label="What each session may do with each table"
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr>
            <th class="sy-matrix-corner" rowSpan={2} scope="col">
              Table
            </th>
            {matrix.columns.map((column) => (
              <SessionHead key={column.session.key} store={store} column={column} />
            ))}
          </tr>
          <tr>
            {matrix.columns.map(({ session }) =>
              OPERATIONS.map((operation) => (
                <th
                  key={`${session.key} ${operation}`}
                  class={`sy-matrix-letter${operation === "select" ? " sy-matrix-first" : ""}`}
                  scope="col"
                  title={operation}
                >
                  <abbr title={operation}>{LETTERS[operation]}</abbr>
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {shown.map((table, row) => (
            <tr key={table} class={stop?.table === table ? "sy-matrix-at" : undefined}>
              <th class="sy-matrix-table sy-mono" scope="row" title={table}>
                {table}
              </th>
              {matrix.columns.flatMap((column, group) =>
                OPERATIONS.map((operation, index) => {
                  const { key } = column.session;
                  const here =
                    stop?.table === table && stop.key === key && stop.operation === operation;
                  return (
                    <CellButton
                      key={`${key} ${operation}`}
                      column={column}
                      table={table}
                      operation={operation}
                      cell={cellOf(matrix, key, table, operation)}
                      row={row}
                      index={group * OPERATIONS.length + index}
                      here={here}
                      stop={here || (stop === undefined && row === 0 && group + index === 0)}
                      onLook={() => {
                        state.at.value = { key, table, operation };
                      }}
                    />
                  );
                }),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {found.length > shown.length && (
        <p class="sy-matrix-more sy-dim">
          {shown.length} of {found.length.toLocaleString("en")} tables are shown. Filter for the
          others; a copy has them all.
        </p>
      )}
      {found.length === 0 && <p class="sy-matrix-more sy-dim">No table is called like that.</p>}
    </div>
  );
}

function SessionHead({ store, column }: { store: PanelStore; column: Column }): JSX.Element {
  const { session, state } = column;
  const { label } = session;
  return (
    <th class="sy-matrix-session sy-matrix-first" colSpan={OPERATIONS.length} scope="colgroup">
      <span class="sy-matrix-who" title={`${label}, ${userWord(session)}`}>
        <Badge label={label} colour={store.session(session.key)?.colour ?? "#5f6670"} />
        <span class="sy-ellipsis">{label}</span>
      </span>
      <span class="sy-matrix-state sy-dim sy-ellipsis">
        {state.kind === "asking" && `${state.done} of ${state.of}…`}
        {state.kind === "waiting" && "waiting…"}
        {state.kind === "stopped" && "stopped"}
        {state.kind === "failed" && <b class="sy-matrix-failed">failed</b>}
        {state.kind === "done" && userWord(session)}
      </span>
    </th>
  );
}

interface CellButtonProps {
  column: Column;
  table: string;
  operation: Operation;
  cell: Cell | undefined;
  row: number;
  index: number;
  here: boolean;
  /** The one cell that Tab reaches. */
  stop: boolean;
  onLook: () => void;
}

function CellButton(props: CellButtonProps): JSX.Element {
  const { column, table, operation, cell, row, index, here, stop, onLook } = props;
  const words = cellWords(column, cell);
  const classes = [
    "sy-matrix-cell",
    operation === "select" && "sy-matrix-first",
    here && "sy-matrix-here",
    cell?.contradiction !== undefined && "sy-matrix-contradiction",
  ];
  return (
    <td class={classes.filter(Boolean).join(" ")}>
      <button
        type="button"
        class="sy-matrix-button"
        data-row={row}
        data-column={index}
        data-verdict={cell?.verdict}
        tabIndex={stop ? 0 : -1}
        title={words}
        aria-label={`${table}, ${column.session.label}, ${operation}: ${words}`}
        aria-pressed={here}
        onFocus={onLook}
        onClick={onLook}
      >
        <Mark verdict={cell?.verdict ?? (column.state.kind === "done" ? "absent" : "waiting")} />
        {countOf(cell) !== "" && <span class="sy-matrix-count">{countOf(cell)}</span>}
        {cell?.contradiction !== undefined && <b class="sy-matrix-bang">!</b>}
      </button>
    </td>
  );
}

/** All that the cell says, for a tooltip and for screen readers. */
export function cellWords(column: Column, cell: Cell | undefined): string {
  if (!cell) {
    return column.state.kind === "done" ? "There is no such table there." : "Not known yet.";
  }
  const declared = cell.declared
    ? ` Declared ${declaredText(cell.declared)}, as ${cell.declared.by} reads it.`
    : "";
  return `${cell.verdict}. ${cell.words}${declared} ${capital(cell.how)}.${
    cell.contradiction === undefined ? "" : ` ${cell.contradiction}`
  }`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
