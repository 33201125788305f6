/** One row in one column: what it holds, what of it differs, or that this session doesn't see it. */
import type { JSX } from "preact";
import type { Comparison, RowDifference } from "../../../session/query/differences.ts";
import { sameBytes } from "../../../wire/cbor-differences.ts";
import { decodeValue } from "../../../wire/values.ts";
import { previewValue } from "../../values/format.ts";
import type { OpenRecord } from "../../values/open-record.ts";
import { byteSize } from "../../values/sizes.ts";
import { type CellPart, cellParts, inRuns } from "./cell-text.ts";

/** Rows of more bytes aren't decoded for one line of text. */
const BIG = 20_000;

/** What a column has of a row. */
export type CellContent = { kind: "text"; parts: CellPart[] } | { kind: "big"; bytes: number };

/** By column; undefined where it hasn't the row. Equal cells are read once: in most rows most are. */
export function cellContents(
  comparison: Comparison,
  row: number,
  difference: RowDifference,
): (CellContent | undefined)[] {
  const bytes = comparison.sizes.map((_size, column) => comparison.bytesAt(column, row));
  const contents: (CellContent | undefined)[] = [];
  for (const [column, own] of bytes.entries()) {
    const before = bytes.findIndex((other) => own && other && sameBytes(own, other));
    contents.push(before < column ? contents[before] : contentOf(own, difference));
  }
  return contents;
}

function contentOf(
  bytes: Uint8Array | undefined,
  { places }: RowDifference,
): CellContent | undefined {
  if (!bytes) return undefined;
  if (bytes.length > BIG) return { kind: "big", bytes: bytes.length };
  return { kind: "text", parts: cellParts(decodeValue(bytes), places) };
}

export interface CellProps {
  content: CellContent | undefined;
  /** Whose column it is, as a sentence says it. */
  name: string;
  /** What rows are that a column hasn't: "not seen", or "not changed" of what was written. */
  missing: string;
  /** How record ids in the row are opened. */
  openRecord: OpenRecord | undefined;
}

export function Cell({ content, name, missing, openRecord }: CellProps): JSX.Element {
  if (!content) {
    return (
      <span class="sy-cmp-missing-word">
        {missing}
        <span class="sy-unseen"> by {name}</span>
      </span>
    );
  }
  if (content.kind === "big") {
    return <span class="sy-dim">{byteSize(content.bytes)}; Enter opens it</span>;
  }
  return (
    <span class="sy-cmp-text">
      {inRuns(content.parts).map((part, index) =>
        // A cell is painted whole or not at all, so its parts never change places.
        part.kind === "same" ? (
          part.record ? (
            <PartText key={index} part={part} openRecord={openRecord} />
          ) : (
            part.text
          )
        ) : (
          <mark key={index} class={`sy-cmp-${part.kind}`}>
            <span aria-hidden="true">{part.kind === "differs" ? "≠ " : "− "}</span>
            {part.kind === "differs" && <span class="sy-unseen">differs: </span>}
            <PartText part={part} openRecord={openRecord} />
          </mark>
        ),
      )}
    </span>
  );
}

function PartText(props: { part: CellPart } & Pick<CellProps, "openRecord">): JSX.Element {
  const { text, record } = props.part;
  const { openRecord } = props;
  if (!record || !openRecord) return <>{text}</>;
  return (
    <>
      {text.slice(0, record.at)}
      <button
        type="button"
        class="sy-value-link"
        title="Open this record"
        tabIndex={-1}
        onClick={() => openRecord(record.id, record.path)}
      >
        {text.slice(record.at)}
      </button>
    </>
  );
}

/** What stands before a row: its record id, or its place among the rows. */
export function rowName(comparison: Comparison, row: number): string {
  if (comparison.kind === "value") return "Result";
  const id = comparison.idAt(row);
  return id ? previewValue(decodeValue(id), { limit: 60 }) : `#${row + 1}`;
}
