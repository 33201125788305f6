/**
 * The permission matrix: tables against sessions, four marks each, and below it what stands behind the
 * mark that is looked at.
 */
import "./matrix.css";
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { type Column, cellOf, type Matrix } from "../../../session/query/matrix/matrix.ts";
import { Note } from "../../components/error-note.tsx";
import type { AnySession } from "../../store/any-session.ts";
import type { PanelStore } from "../../store/store.ts";
import { CellDetail } from "./cell-detail.tsx";
import { Mark } from "./mark.tsx";
import { MatrixBar } from "./matrix-bar.tsx";
import { MatrixGrid } from "./matrix-grid.tsx";
import { type MatrixState, matrixState } from "./matrix-state.ts";
import { UnreadSchema } from "./unread-schema.tsx";

export interface MatrixViewProps {
  store: PanelStore;
  /** The columns. */
  sessions: readonly AnySession[];
  /** Opens a statement in the editor, to be run dry as this session alone. */
  onTrial: (statement: string, key: string) => void;
}

export function MatrixView({ store, sessions, onTrial }: MatrixViewProps): JSX.Element {
  const state = matrixState(store);
  const matrix = state.matrix.value;
  if (sessions.length === 0 && !matrix) {
    return (
      <p class="sy-matrix-idle sy-dim">Choose sessions above: each of them becomes a column.</p>
    );
  }
  return (
    <div class="sy-matrix">
      <MatrixBar store={store} state={state} sessions={sessions} />
      {matrix ? (
        <Found store={store} state={state} matrix={matrix} sessions={sessions} onTrial={onTrial} />
      ) : (
        <p class="sy-matrix-idle sy-dim">
          Nothing was asked yet. “Find out” lets {names(sessions)} read each table, and try to
          create, update and delete in transactions that never commit.
        </p>
      )}
    </div>
  );
}

function names(sessions: readonly AnySession[]): string {
  const labels = sessions.map(({ label }) => label);
  if (labels.length < 2) return labels.join("");
  return `${labels.slice(0, -1).join(", ")} and ${labels.at(-1)}`;
}

interface FoundProps extends MatrixViewProps {
  state: MatrixState;
  matrix: Matrix;
}

function Found({ store, state, matrix, sessions, onTrial }: FoundProps): JSX.Element {
  const at = state.at.value;
  const column = at && matrix.columns.find(({ session }) => session.key === at.key);
  const cell = at && cellOf(matrix, at.key, at.table, at.operation);
  const unread = useComputed(() => (state.matrix.value?.columns ?? []).filter(isUnread)).value;
  return (
    <>
      <Troubles matrix={matrix} />
      {unread.length > 0 && (
        <UnreadSchema state={state} columns={unread} again={() => state.find(sessions)} />
      )}
      {matrix.tables.length > 0 ? (
        <MatrixGrid store={store} state={state} matrix={matrix} />
      ) : (
        <p class="sy-matrix-idle sy-dim">{emptyWords(matrix)}</p>
      )}
      {at && column && matrix.tables.includes(at.table) ? (
        <CellDetail
          at={at}
          column={column}
          cell={cell}
          colour={store.session(at.key)?.colour}
          onTrial={() => cell && onTrial(cell.trial, at.key)}
          onClose={() => {
            state.at.value = undefined;
          }}
        />
      ) : (
        matrix.tables.length > 0 && <Legend />
      )}
    </>
  );
}

/** What letters and marks mean, for as long as no cell says more. */
function Legend(): JSX.Element {
  return (
    <p class="sy-matrix-legend sy-dim">
      <span>S select, C create, U update, D delete</span>
      {MARKS.map(([verdict, words]) => (
        <span key={verdict}>
          <Mark verdict={verdict} /> {words}
        </span>
      ))}
      <span>Choose a cell to see how it was found.</span>
    </p>
  );
}

const MARKS = [
  ["all", "all records"],
  ["some", "some: 3/7 is 3 of 7 records"],
  ["none", "none"],
  ["unknown", "not found out"],
] as const;

function Troubles({ matrix }: { matrix: Matrix }): JSX.Element | null {
  const failed = matrix.columns.flatMap(({ session, state }) =>
    state.kind === "failed" ? [{ session, reason: state.reason }] : [],
  );
  if (failed.length === 0) return null;
  return (
    <>
      {failed.map(({ session, reason }) => (
        <Note key={session.key} tone="warn">
          <b>{session.label}</b>: {reason}
        </Note>
      ))}
    </>
  );
}

/** It was asked, and nobody could tell it the schema. */
function isUnread({ state, reader, session }: Column): boolean {
  const selected = session.namespace !== undefined && session.database !== undefined;
  return selected && reader === undefined && (state.kind === "done" || state.kind === "asking");
}

function emptyWords(matrix: Matrix): string {
  if (matrix.running) return "Looking for tables…";
  const places = new Set(
    matrix.columns
      .filter(({ state, reader }) => state.kind === "done" && reader !== undefined)
      .map(({ session }) => `${session.namespace}/${session.database}`),
  );
  return places.size > 0
    ? `There are no tables in ${[...places].join(" and ")}.`
    : "No table is known.";
}
