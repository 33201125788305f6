/**
 * Where each line of the comparison stands: statements beneath each other, rows of a fixed height, and one
 * of them open. All sums, so that a million lines cost as much as ten.
 */
import type { Section } from "./comparing.ts";

export const ROW = 24;
export const HEADING = 28;
/** Of the line beneath the open one. */
export const DETAIL = 220;
/** Taller elements than this no browser lays out rightly: beyond it scrolling goes in longer steps. */
const TALLEST = 12_000_000;

export type Line =
  /** Which statement it is, and what differs in it. */
  | { kind: "heading"; section: number }
  /** What came of the statement in each column, where some of them failed. */
  | { kind: "outcome"; section: number }
  /** `row`: of the comparison. */
  | { kind: "row"; section: number; row: number };

interface Block {
  /** Index of its first line. */
  first: number;
  top: number;
  heading: boolean;
  outcome: boolean;
  rows: number;
  /** Rows of the comparison by their place; undefined: all. */
  chosen: Int32Array | undefined;
}

export class GridLayout {
  readonly length: number;
  readonly height: number;
  readonly #blocks: Block[] = [];
  readonly #open: number;

  /**
   * @param onlyDifferences leaves out rows that are the same in all columns
   * @param open index of the line that is open; -1: none
   */
  constructor(sections: readonly Section[], onlyDifferences: boolean, open: number) {
    let first = 0;
    let top = 0;
    const several = sections.length > 1;
    for (const { comparison, outcomes } of sections) {
      const chosen = onlyDifferences ? comparison.differing : undefined;
      const rows = chosen?.length ?? comparison.length;
      const outcome = several && outcomes.some((each) => each && !each.ok);
      this.#blocks.push({ first, top, heading: several, outcome, rows, chosen });
      first += rows + (several ? 1 : 0) + (outcome ? 1 : 0);
      top += (rows + (outcome ? 1 : 0)) * ROW + (several ? HEADING : 0);
    }
    this.length = first;
    this.#open = open < first ? open : -1;
    this.height = top + (this.#open < 0 ? 0 : DETAIL);
  }

  /** @throws RangeError */
  lineAt(index: number): Line {
    const section = this.#blockOf(index, "first");
    const block = this.#block(section);
    let within = index - block.first;
    if (block.heading && within-- === 0) return { kind: "heading", section };
    if (block.outcome && within-- === 0) return { kind: "outcome", section };
    return { kind: "row", section, row: block.chosen?.[within] ?? within };
  }

  topOf(index: number): number {
    const block = this.#block(this.#blockOf(index, "first"));
    const within = index - block.first;
    const heading = block.heading && within > 0 ? HEADING : 0;
    const rows = block.heading && within > 0 ? within - 1 : within;
    const opened = this.#open >= 0 && index > this.#open ? DETAIL : 0;
    return block.top + heading + rows * ROW + opened;
  }

  heightOf(index: number): number {
    return this.lineAt(index).kind === "heading" ? HEADING : ROW;
  }

  /** The line at this height, or the last one above it. */
  indexAt(y: number): number {
    if (this.length === 0) return 0;
    if (this.#open >= 0) {
      const end = this.topOf(this.#open) + this.heightOf(this.#open);
      if (y >= end) {
        if (y < end + DETAIL) return this.#open;
        return this.#indexWithout(y - DETAIL);
      }
    }
    return this.#indexWithout(y);
  }

  #indexWithout(y: number): number {
    const block = this.#block(this.#blockOf(y, "top"));
    let within = Math.max(0, y - block.top);
    let lines = 0;
    if (block.heading) {
      if (within < HEADING) return block.first;
      within -= HEADING;
      lines = 1;
    }
    const all = lines + (block.outcome ? 1 : 0) + block.rows;
    return block.first + Math.min(Math.max(0, all - 1), lines + Math.floor(within / ROW));
  }

  /** The last block that begins at or before. Blocks without lines begin where the next one does. */
  #blockOf(value: number, by: "first" | "top"): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#block(middle)[by] <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #block(index: number): Block {
    const block = this.#blocks[index];
    if (!block) throw new RangeError("No such line");
    return block;
  }
}

/** Turns a place in a scrolled element into one of lines that may be taller than any element. */
export class Scroll {
  /** Of the element that is scrolled through. */
  readonly height: number;
  readonly #factor: number;

  /** @param view height of what is seen at once */
  constructor(whole: number, view: number) {
    this.height = Math.min(whole, TALLEST);
    this.#factor = whole > TALLEST && TALLEST > view ? (whole - view) / (TALLEST - view) : 1;
  }

  /** The height in the lines that stands at the top of the view. */
  toLines(scrollTop: number): number {
    return scrollTop * this.#factor;
  }

  toScroll(lines: number): number {
    return lines / this.#factor;
  }
}
