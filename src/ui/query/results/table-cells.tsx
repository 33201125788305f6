/** What stands in a cell: a value on one line in its type's colour; nothing, where the row hasn't the key. */
import type { JSX } from "preact";
import { RecordId } from "surrealdb";
import { isContainer, typeName } from "../../values/format.ts";
import { wordBeside } from "../../values/leaf.tsx";
import { Preview } from "../../values/preview.tsx";

/** The row, where it is an object. */
export function rowObject(row: unknown): object | undefined {
  return typeName(row) === "object" && isContainer(row) ? row : undefined;
}

export interface CellValueProps {
  value: unknown;
  /** The row has this key at all. */
  there: boolean;
  /** There where a record id can be opened. */
  onOpen: (() => void) | undefined;
}

export function CellValue({ value, there, onOpen }: CellValueProps): JSX.Element {
  if (!there || value === undefined) {
    return (
      <span class="sy-value-nothing sy-table-none" title="The row hasn't this field">
        NONE
      </span>
    );
  }
  if (onOpen && value instanceof RecordId) {
    return (
      <button
        type="button"
        class="sy-value-link"
        title="Open this record"
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation();
          onOpen();
        }}
      >
        <Preview value={value} limit={80} />
      </button>
    );
  }
  const beside = wordBeside(value);
  return (
    <>
      <Preview value={value} limit={80} />
      {beside !== undefined && <span class="sy-value-beside">{beside}</span>}
    </>
  );
}
