/** Where a row is found again when others have gone. */
import { expect, test } from "vitest";
import type { LogEntry } from "../../../../src/session/log/log-entry.ts";
import type { LogRows } from "../../../../src/session/log/log-source.ts";
import { rowFrom } from "../../../../src/ui/requests/row-window.ts";

function rowsOf(seqs: readonly number[]): LogRows {
  return {
    length: seqs.length,
    at: (index) => {
      const seq = seqs[index];
      return seq === undefined ? undefined : ({ kind: "mark", seq } as LogEntry);
    },
    indexOf: (seq) => seqs.indexOf(seq),
  };
}

test("a row that is there is found at its place", () => {
  expect(rowFrom(rowsOf([3, 5, 8, 13]), 8)).toBe(2);
});

test("in the place of one that left or is hidden, the next one is found", () => {
  expect(rowFrom(rowsOf([3, 5, 8, 13]), 6)).toBe(2);
  expect(rowFrom(rowsOf([3, 5, 8, 13]), 0)).toBe(0);
});

test("behind the last one, and in an empty list, it is the end", () => {
  expect(rowFrom(rowsOf([3, 5]), 9)).toBe(2);
  expect(rowFrom(rowsOf([]), 1)).toBe(0);
});
