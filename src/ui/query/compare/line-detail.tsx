// biome-ignore-all lint/a11y/useSemanticElements: a table would need all of its rows; these are the few in sight
/** A line opened: what each session was told, as trees beside each other. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { decodeValue } from "../../../wire/values.ts";
import { OpenRecordContext } from "../../values/open-record.ts";
import { ValueTree } from "../../values/value-tree.tsx";
import type { Column } from "../column.ts";
import { FailedView } from "../results/failed-view.tsx";
import type { Section } from "./comparing.ts";
import { DETAIL, type Line } from "./grid-layout.ts";
import type { OpenerIn } from "./grid-line.tsx";

export interface LineDetailProps {
  line: Line;
  section: Section;
  columns: readonly Column[];
  names: readonly string[];
  /** Pixels. */
  top: number;
  openerIn: OpenerIn;
}

export function LineDetail(props: LineDetailProps): JSX.Element {
  const { line, section, columns, names, top } = props;
  return (
    <div
      class="sy-cmp-line sy-cmp-detail"
      role="row"
      tabIndex={-1}
      style={{ transform: `translateY(${top}px)`, height: `${DETAIL}px` }}
    >
      <div class="sy-cmp-name" role="gridcell" tabIndex={-1} />
      {columns.map((column, index) => (
        <div
          key={column.session.key}
          class={`sy-cmp-cell${section.outcomes[index] ? "" : " sy-cmp-none"}`}
          role="gridcell"
          tabIndex={-1}
        >
          <Told
            line={line}
            section={section}
            column={index}
            words={`${section.missing} by ${names[index]}`}
            openerIn={props.openerIn}
          />
        </div>
      ))}
    </div>
  );
}

interface ToldProps {
  line: Line;
  section: Section;
  column: number;
  /** Where this column hasn't the row: "not seen by Bob". */
  words: string;
  openerIn: OpenerIn;
}

function Told({ line, section, column, words, openerIn }: ToldProps): JSX.Element | null {
  const outcome = section.outcomes[column];
  const bytes = line.kind === "row" ? section.comparison.bytesAt(column, line.row) : undefined;
  const value = useMemo(
    () => (bytes ? { it: decodeValue(bytes) } : undefined),
    [section, line, column],
  );
  const opener = useMemo(() => bytes && openerIn(column, bytes), [section, line, column, openerIn]);
  if (outcome && !outcome.ok) return <FailedView error={outcome.error} />;
  if (line.kind !== "row" || !outcome) return null;
  if (!value) return <p class="sy-dim">This row is {words}.</p>;
  return (
    <OpenRecordContext.Provider value={opener}>
      <ValueTree value={value.it} initialDepth={1} />
    </OpenRecordContext.Provider>
  );
}
