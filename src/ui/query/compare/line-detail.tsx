// biome-ignore-all lint/a11y/useSemanticElements: a table would need all of its rows; these are the few in sight
/** A line opened: what each session was told, as trees beside each other. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { decodeValue } from "../../../wire/values.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import type { Column } from "../column.ts";
import { FailedView } from "../results/result-view.tsx";
import type { Section } from "./comparing.ts";
import { DETAIL, type Line } from "./grid-layout.ts";

export interface LineDetailProps {
  line: Line;
  section: Section;
  columns: readonly Column[];
  names: readonly string[];
  /** Pixels. */
  top: number;
}

export function LineDetail({ line, section, columns, names, top }: LineDetailProps): JSX.Element {
  return (
    <div
      class="sy-cmp-line sy-cmp-detail"
      role="row"
      tabIndex={-1}
      style={{ transform: `translateY(${top}px)`, height: `${DETAIL}px` }}
    >
      <div class="sy-cmp-name" role="gridcell" tabIndex={-1} />
      {columns.map((column, index) => (
        <div key={column.session.key} class="sy-cmp-cell" role="gridcell" tabIndex={-1}>
          <Told line={line} section={section} column={index} name={names[index] ?? ""} />
        </div>
      ))}
    </div>
  );
}

interface ToldProps {
  line: Line;
  section: Section;
  column: number;
  name: string;
}

function Told({ line, section, column, name }: ToldProps): JSX.Element | null {
  const outcome = section.outcomes[column];
  const bytes = line.kind === "row" ? section.comparison.bytesAt(column, line.row) : undefined;
  const value = useMemo(
    () => (bytes ? { it: decodeValue(bytes) } : undefined),
    [section, line, column],
  );
  if (outcome && !outcome.ok) return <FailedView outcome={outcome} />;
  if (line.kind !== "row" || !outcome) return null;
  if (!value) return <p class="sy-dim">Not seen by {name}.</p>;
  return <ValueTree value={value.it} label={name} initialDepth={1} />;
}
