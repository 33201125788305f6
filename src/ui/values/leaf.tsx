/**
 * A value without parts, as SurrealQL in the colour of its type, cut where it is long.
 *
 * A text of megabytes is shown in steps: the browser lays out only what was asked for. Beside the value
 * stands, dim, what it doesn't say by itself: how long ago a time was, how large bytes are.
 */

import type { JSX } from "preact";
import { DateTime, RecordId } from "surrealdb";
import { bytesOf, writeSurql } from "../../session/surql.ts";
import { now } from "../store/clock.ts";
import { moment, until } from "../words/time.ts";
import { typeName } from "./format.ts";
import { byteSize } from "./sizes.ts";
import { toneOf } from "./tones.ts";

/** Characters of a long value shown at first. */
export const FIRST_CHARACTERS = 240;
/** Of bytes less: nobody reads hexadecimal digits by the line. */
const FIRST_OF_BYTES = 66;
/** Characters that each "show" adds. */
export const MORE_CHARACTERS = 20_000;

export interface LeafProps {
  value: unknown;
  /** Characters to show. */
  limit: number;
  onMore: () => void;
  /** There where a record id can be opened. */
  onOpen?: (() => void) | undefined;
}

export function Leaf({ value, limit: asked, onMore, onOpen }: LeafProps): JSX.Element {
  const limit = asked === FIRST_CHARACTERS && bytesOf(value) ? FIRST_OF_BYTES : asked;
  const { text, cut } = writeSurql(value, { limit });
  const type = typeName(value);
  const look = `sy-value ${toneOf(type)}`;
  const beside = wordBeside(value);
  return (
    <>
      {onOpen && value instanceof RecordId ? (
        <button
          type="button"
          class={`${look} sy-value-link`}
          title="Open this record"
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          {text}
        </button>
      ) : (
        <span class={look} title={tooltip(value, type)}>
          {text}
        </span>
      )}
      {beside !== undefined && <span class="sy-value-beside">{beside}</span>}
      {cut && (
        <button
          type="button"
          class="sy-value-more"
          tabIndex={-1}
          data-more
          onClick={(event) => {
            event.stopPropagation();
            onMore();
          }}
        >
          {moreWords(value, limit)}
        </button>
      )}
    </>
  );
}

/** "3 min ago", "12 KB". As of when it is painted: thousands of clocks needn't tick. */
export function wordBeside(value: unknown): string | undefined {
  if (value instanceof DateTime) {
    const at = value.toDate().getTime();
    return Number.isNaN(at) ? undefined : until(at, Date.now());
  }
  const bytes = bytesOf(value);
  return bytes && byteSize(bytes.length);
}

function tooltip(value: unknown, type: string): string {
  if (value instanceof DateTime) {
    const at = value.toDate().getTime();
    // The clock isn't subscribed to: a tooltip is read when it opens, not kept up to date.
    return Number.isNaN(at) ? type : `${type} · ${moment(at, now.peek())} here`;
  }
  const size = sizeOfLeaf(value);
  return size === undefined ? type : `${type} · ${size}`;
}

function moreWords(value: unknown, limit: number): string {
  const length = typeof value === "string" ? value.length : (bytesOf(value)?.length ?? 0) * 2;
  if (length === 0) return "show more";
  const size = sizeOfLeaf(value);
  if (length <= MORE_CHARACTERS) return `show all ${size}`;
  return `show ${byteSize(MORE_CHARACTERS)} more (${byteSize(Math.min(limit, length))} of ${size})`;
}

/** Size of texts and bytes; counting a text's characters as one byte each is near enough here. */
function sizeOfLeaf(value: unknown): string | undefined {
  if (typeof value === "string") {
    return value.length < 100 ? undefined : byteSize(value.length);
  }
  const bytes = bytesOf(value);
  return bytes && byteSize(bytes.length);
}
