/**
 * The rows of a result, each a tree of its own: all of them can be scrolled to, and only those in sight
 * are decoded and drawn.
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { lookAt } from "../../wire/look.ts";
import type { Rows } from "../../wire/rows.ts";
import { type Covered, Forest, type Trees } from "./forest.tsx";
import { RowHeights } from "./row-heights.ts";
import { treeRows } from "./tree-rows.ts";

/** Height of a row that is closed; as in values.css. */
const ROW = 20;

export interface RowsTreeProps {
  rows: Rows;
  /** How many of them are shown. */
  count: number;
  label: string;
  /** Levels of each row that are open at first. */
  initialDepth: number;
  covered?: Covered | undefined;
}

export function RowsTree({
  rows,
  count,
  label,
  initialDepth,
  covered,
}: RowsTreeProps): JSX.Element {
  const trees = useMemo<Trees>(
    () => ({
      length: count,
      rowsOf: (index, state) =>
        treeRows(lookAt(rows, index), undefined, initialDepth, state, {
          index,
          siblings: rows.length,
        }),
    }),
    [rows, count, initialDepth],
  );
  const heights = useMemo(() => new RowHeights(count, ROW), [trees]);
  return <Forest trees={trees} heights={heights} label={label} scrolls covered={covered} />;
}
