/** The matrix as CSV and Markdown, with the worst names that a database may have. */
import { expect, it } from "vitest";
import { matrixCsv, matrixMarkdown } from "../../../../../src/session/query/matrix/export.ts";
import type { Cell, Matrix, Row } from "../../../../../src/session/query/matrix/matrix.ts";

const cell: Cell = {
  verdict: "some",
  rows: { may: 1, of: 2 },
  declared: {
    rule: { kind: "where", text: 'name = "a, b"\nOR x | y' },
    fields: [{ field: "`a, b`.c", rule: { kind: "none" } }],
    by: "=Admin",
  },
  how: "declared and tried",
  words: "May update 1 of 2 records.",
  trial: "UPDATE x",
};
const none: Cell = {
  verdict: "none",
  how: "tried",
  words: "No.",
  contradiction: "Declared FULL, yet 2 of 2 were refused.",
  trial: "x",
};
const row: Row = { select: cell, create: none, update: cell, delete: { ...cell, verdict: "all" } };
const NAMES = ['=HYPERLINK("http://x")', "a | b `` c\n\n# d", "<img src=x>"];
const matrix: Matrix = {
  columns: [
    {
      session: {
        key: "a",
        label: "Al|ce",
        auth: { level: "record", user: "user:alice", renewable: false },
        namespace: "app",
        database: "d",
        server: "ws://x",
      },
      state: { kind: "done" },
    },
    {
      session: {
        key: "b",
        label: "Bob",
        auth: { level: "anonymous", renewable: false },
        server: "ws://x",
      },
      state: { kind: "failed", reason: "No answer within 30 s." },
    },
  ],
  tables: NAMES,
  cells: new Map([["a", new Map(NAMES.map((name) => [name, row]))]]),
  begunAt: 0,
  running: false,
};

/** As RFC 4180 reads it. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") lines.push([]);
  }
  lines.pop();
  return lines;
}

it("writes one CSV line for each table, session and operation, whatever they are called", () => {
  const [head = [], ...lines] = parseCsv(matrixCsv(matrix));
  expect(lines).toHaveLength(NAMES.length * 2 * 4);
  expect(lines.every((line) => line.length === head.length)).toBe(true);
  const first = Object.fromEntries(head.map((name, index) => [name, lines[2]?.[index]]));
  expect(first).toMatchObject({
    table: `'${NAMES[0]}`,
    session: "Al|ce",
    identity: "user:alice",
    operation: "update",
    verdict: "some",
    may: "1",
    of: "2",
    declared: 'WHERE name = "a, b"\nOR x | y; field `a, b`.c NONE',
    "read by": "'=Admin",
  });
  expect(lines.every((line) => line.every((field) => !/^[=+@-]/.test(field)))).toBe(true);
});

it("writes one Markdown row for each table, which no name can break out of", () => {
  const lines = matrixMarkdown(matrix).split("\n");
  expect(lines.slice(0, 2)).toEqual([
    "| Table | Al\\|ce \\(user:alice\\): S C U D | Bob \\(anonymous\\): S C U D |",
    "| --- | --- | --- |",
  ]);
  expect(lines.slice(2, 5)).toEqual([
    '| `=HYPERLINK("http://x")` | ◐1/2 ○! ◐1/2 ● | ? ? ? ? |',
    "| ``` a \\| b `` c # d ``` | ◐1/2 ○! ◐1/2 ● | ? ? ? ? |",
    "| `<img src=x>` | ◐1/2 ○! ◐1/2 ● | ? ? ? ? |",
  ]);
  expect(lines).toContain("- Bob \\(anonymous\\): No answer within 30 s.");
});
