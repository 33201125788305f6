/**
 * Which rows of a very long list are drawn: those in sight and a few beyond. All rows are of one
 * height, so that nothing is ever summed or measured, whatever the number of rows.
 *
 * It stays where the person looks. At the end it follows what comes; anywhere else the row at the top
 * stays at the top, also when others leave above it or a filter takes some away.
 */
import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { LogRows } from "../../session/log/log-source.ts";

/** Rows drawn beyond each edge, so that a fast scroll doesn't show blank ground. */
const BEYOND = 6;

/** The first row whose number is `seq` or a later one; `rows.length` where all are earlier. */
export function rowFrom(rows: LogRows, seq: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows.at(middle)?.seq ?? Number.POSITIVE_INFINITY) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface RowWindow {
  /** Indexes of the rows to draw: from `first`, up to but not with `end`. */
  readonly first: number;
  readonly end: number;
  /** Rows that fit on screen whole. */
  readonly page: number;
  /** Scrolls as little as it must to show this row whole. */
  show(index: number): void;
  onScroll(): void;
}

export interface RowWindowOptions {
  frame: RefObject<HTMLElement | null>;
  rows: LogRows;
  /** CSS pixels. */
  rowHeight: number;
  /** Changes whenever the rows did. */
  version: unknown;
}

export function useRowWindow({ frame, rows, rowHeight, version }: RowWindowOptions): RowWindow {
  const height = useSignal(600);
  const topRow: Signal<number> = useSignal(0);
  const place = useRef({ top: 0, atEnd: true, seq: 0, rowHeight });
  const count = rows.length;

  function remember() {
    const element = frame.current;
    if (!element) return;
    const { scrollTop, clientHeight, scrollHeight } = element;
    const now = place.current;
    const end = scrollTop + clientHeight >= scrollHeight - 2;
    // Rows that came since are no reason to stop following: only going up is.
    now.atEnd = end || (now.atEnd && scrollTop >= now.top);
    now.top = scrollTop;
    now.rowHeight = rowHeight;
    const index = Math.floor(scrollTop / rowHeight);
    now.seq = rows.at(index)?.seq ?? 0;
    topRow.value = index;
  }

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => {
      height.value = element.clientHeight;
      if (place.current.atEnd) element.scrollTop = element.scrollHeight;
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const { atEnd, top, seq, rowHeight: before } = place.current;
    if (atEnd) element.scrollTop = element.scrollHeight;
    else {
      const wanted = rowFrom(rows, seq) * rowHeight + ((top % before) / before) * rowHeight;
      if (Math.abs(element.scrollTop - wanted) >= 1) element.scrollTop = wanted;
    }
    remember();
  }, [version, rowHeight]);

  const page = Math.max(1, Math.floor(height.value / rowHeight));
  // Rows that have just come are followed to in the same painting, not in the next one.
  const scrolled = topRow.value;
  const top = place.current.atEnd ? count - page - 1 : Math.min(scrolled, count - 1);

  return {
    first: Math.max(0, top - BEYOND),
    end: Math.max(0, Math.min(count, top + page + 2 + BEYOND)),
    page,
    show(index) {
      const element = frame.current;
      if (!element) return;
      const start = index * rowHeight;
      const room = element.clientHeight;
      if (start < element.scrollTop) element.scrollTop = start;
      else if (start + rowHeight > element.scrollTop + room) {
        element.scrollTop = start + rowHeight - room;
      }
      place.current.atEnd = false;
      remember();
    },
    onScroll: remember,
  };
}
