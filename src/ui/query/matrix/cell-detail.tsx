/** What stands behind one mark: what was found, what is declared, and the way to try it by hand. */
import type { JSX } from "preact";
import { type Cell, type Column, declaredText } from "../../../session/query/matrix/matrix.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Note } from "../../components/error-note.tsx";
import { Mark } from "./mark.tsx";
import { capital } from "./matrix-grid.tsx";
import type { CellPlace } from "./matrix-state.ts";

export interface CellDetailProps {
  at: CellPlace;
  column: Column;
  cell: Cell | undefined;
  colour: string | undefined;
  onTrial: () => void;
  onClose: () => void;
}

export function CellDetail(props: CellDetailProps): JSX.Element {
  const { at, column, cell, colour = "#5f6670", onTrial, onClose } = props;
  const { label } = column.session;
  return (
    <section class="sy-matrix-detail" aria-label="The cell that is looked at">
      <div class="sy-matrix-detail-head">
        <Badge label={label} colour={colour} />
        <b class="sy-ellipsis">{label}</b>
        <span>{at.operation}</span>
        <span class="sy-mono sy-ellipsis" title={at.table}>
          {at.table}
        </span>
        <span class="sy-matrix-end">
          {cell && (
            <Button
              title="Opens the statement in the editor, with this session alone, to be run dry."
              onClick={onTrial}
            >
              Open the trial
            </Button>
          )}
          <Button icon="close" label="Close" onClick={onClose} />
        </span>
      </div>
      {cell ? (
        <>
          <p class="sy-matrix-words">
            <Mark verdict={cell.verdict} /> {cell.words}
          </p>
          <dl class="sy-matrix-facts">
            <dt>Declared</dt>
            <dd>
              {cell.declared ? (
                <>
                  <code class="sy-mono">{declaredText(cell.declared)}</code>{" "}
                  <span class="sy-dim">as {cell.declared.by} reads it</span>
                </>
              ) : (
                <span class="sy-dim">nobody here may read the schema</span>
              )}
            </dd>
            <dt>Found</dt>
            <dd>{HOW[cell.how]}</dd>
          </dl>
          {cell.contradiction !== undefined && (
            <Note tone="warn">{capital(cell.contradiction)}</Note>
          )}
        </>
      ) : (
        <p class="sy-matrix-words sy-dim">
          {column.state.kind === "done"
            ? `There is no such table in ${column.session.namespace}/${column.session.database}.`
            : "Not known yet."}
        </p>
      )}
    </section>
  );
}

const HOW: Record<Cell["how"], string> = {
  "declared and tried": "by trying, in a transaction that never committed; and as declared",
  tried: "by trying, in a transaction that never committed",
  declared: "as declared; a trial could not tell",
  "not found out": "neither by trying nor from what is declared",
};
