/**
 * Which rows of very many are in the page: those in sight, a few beyond, and the one that has the focus
 * wherever it is, since a focus that leaves the page is lost. Between them stands empty room, as high as
 * the rows that aren't there; so the scroll bar tells the truth, and the browser's own scroll anchoring
 * keeps still what is read when a row changes its height.
 */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { RowHeights } from "./row-heights.ts";

/** Pixels beyond the edges, so that a fast scroll doesn't show blank ground. */
const BEYOND = 240;
/** The window moves by so many rows at once: not at each pixel of a scroll. */
const STEP = 4;

/** A row to draw, with the room to leave above it. */
export interface Place {
  index: number;
  gap: number;
}

export interface RowWindow {
  places: Place[];
  /** Room below the last of them. */
  below: number;
  /** Rows in sight, for Page Up and Page Down. */
  page: number;
  onScroll(): void;
}

export function useRowWindow(
  frame: RefObject<HTMLElement | null>,
  heights: RowHeights,
  active: number | undefined,
): RowWindow {
  // Measured in the rows' own coordinates; read again when the frame scrolls or changes its size.
  const first = useSignal(0);
  const end = useSignal(Math.min(heights.count, 60));
  const page = useSignal(20);

  function look() {
    const element = frame.current;
    if (!element) return;
    const top = element.scrollTop;
    const from = heights.at(top - BEYOND);
    const to = heights.at(top + element.clientHeight + BEYOND) + 1;
    first.value = Math.floor(from / STEP) * STEP;
    end.value = Math.min(heights.count, Math.ceil(to / STEP) * STEP);
    page.value = Math.max(1, Math.floor(element.clientHeight / heights.base) - 1);
  }

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [heights]);

  return {
    ...placesOf(heights, first.value, Math.min(end.value, heights.count), active),
    page: page.value,
    onScroll: look,
  };
}

/** The rows from `first` up to but not with `end`, and the active one. */
export function placesOf(
  heights: RowHeights,
  first: number,
  end: number,
  active: number | undefined,
): { places: Place[]; below: number } {
  const indexes: number[] = [];
  if (active !== undefined && active < first) indexes.push(active);
  for (let index = first; index < end; index++) indexes.push(index);
  if (active !== undefined && active >= end && active < heights.count) indexes.push(active);
  let above = 0;
  const places = indexes.map((index) => {
    const top = heights.topOf(index);
    const place = { index, gap: top - above };
    above = top + heights.heightOf(index);
    return place;
  });
  return { places, below: heights.topOf(heights.count) - above };
}
