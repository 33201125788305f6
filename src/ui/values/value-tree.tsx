/** A value as a tree that is looked into step by step. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { type Covered, Forest, type Trees } from "./forest.tsx";
import { RowHeights } from "./row-heights.ts";
import { treeRows } from "./tree-rows.ts";

export interface ValueTreeProps {
  /** A SurrealDB value, as `decodeValue`, `decodeShown` or `look` gives it. */
  value: unknown;
  /** Shown before the root, and the tree's accessible name ("Value" without). */
  label?: string;
  /** Levels that are open at first; 0 shows the root folded. Default 1. */
  initialDepth?: number;
  /** How to copy; without it the panel's store does. `what`: what was copied, for the word about it. */
  copy?: (text: string, what: string) => Promise<void>;
  /** Values that are covered, by their rows' paths (`treePath`), each with the way to show it. */
  covered?: Covered | undefined;
}

export function ValueTree(props: ValueTreeProps): JSX.Element {
  const { value, label, initialDepth = 1 } = props;
  const trees = useMemo<Trees>(
    () => ({
      length: 1,
      rowsOf: (_, state) => treeRows(value, label, initialDepth, state),
    }),
    [value, label, initialDepth],
  );
  const heights = useMemo(() => new RowHeights(1, 20), [trees]);
  return (
    <Forest
      trees={trees}
      heights={heights}
      label={label ?? "Value"}
      scrolls={false}
      copy={props.copy}
      covered={props.covered}
    />
  );
}
