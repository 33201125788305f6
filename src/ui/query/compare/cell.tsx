/** One row in one column: what it holds, what of it differs, or that this session doesn't see it. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Comparison, RowDifference } from "../../../session/query/differences.ts";
import { decodeValue } from "../../../wire/values.ts";
import { previewValue } from "../../values/format.ts";
import { byteSize } from "../../values/sizes.ts";
import { cellParts } from "./cell-text.ts";

/** Rows of more bytes aren't decoded for one line of text. */
const BIG = 20_000;

export interface CellProps {
  comparison: Comparison;
  row: number;
  column: number;
  difference: RowDifference | undefined;
  /** Whose column it is, as a sentence says it. */
  name: string;
  /** What rows are that a column hasn't: "not seen", or "not changed" of what was written. */
  missing: string;
}

export function Cell(props: CellProps): JSX.Element {
  const { comparison, row, column, difference, name, missing } = props;
  const bytes = comparison.bytesAt(column, row);
  const parts = useMemo(() => {
    if (!bytes || bytes.length > BIG) return undefined;
    return cellParts(decodeValue(bytes), difference?.places ?? []);
  }, [comparison, row, column]);
  if (!bytes) {
    return (
      <span class="sy-cmp-missing-word">
        {missing}
        <span class="sy-unseen"> by {name}</span>
      </span>
    );
  }
  if (!parts) return <span class="sy-dim">{byteSize(bytes.length)}; Enter opens it</span>;
  return (
    <span class="sy-cmp-text">
      {parts.map(({ text, kind }, index) => {
        const comma = index > 0 && ", ";
        // A cell is painted whole or not at all, so its parts never change places.
        if (kind === "same") return <span key={index}>{[comma, text]}</span>;
        return (
          <span key={index}>
            {comma}
            <mark class={`sy-cmp-${kind}`}>
              <span aria-hidden="true">{kind === "differs" ? "≠ " : "− "}</span>
              {kind === "differs" && <span class="sy-unseen">differs: </span>}
              {text}
            </mark>
          </span>
        );
      })}
    </span>
  );
}

/** What stands before a row: its record id, or its place among the rows. */
export function rowName(comparison: Comparison, row: number): string {
  if (comparison.kind === "value") return "Result";
  const id = comparison.idAt(row);
  return id ? previewValue(decodeValue(id), { limit: 60 }) : `#${row + 1}`;
}
