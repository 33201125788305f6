/**
 * The matrix as text for others: CSV for sheets, Markdown for issues and documents.
 *
 * Names of tables and texts of rules come from a database that may be hostile: they are quoted, they
 * can't end a row, and no sheet takes them for a formula.
 */
import { type Cell, type Column, cellOf, declaredText, type Matrix, OPERATIONS } from "./matrix.ts";

const NEVER_ASKED = "not asked";

/** One line for each table, session and operation; lines end as RFC 4180 has it. */
export function matrixCsv(matrix: Matrix): string {
  const head = [
    ...["table", "session", "identity", "namespace", "database", "operation", "verdict"],
    ...["may", "of", "how", "declared", "read by", "words", "contradiction"],
  ];
  const lines = matrix.tables.flatMap((table) =>
    matrix.columns.flatMap((column) =>
      OPERATIONS.map((operation) => {
        const { session } = column;
        const cell = cellOf(matrix, session.key, table, operation);
        return [
          ...[table, session.label, identityOf(column), session.namespace, session.database],
          ...[operation, cell?.verdict ?? "unknown", cell?.rows?.may, cell?.rows?.of],
          ...[cell?.how ?? NEVER_ASKED, cell?.declared && declaredText(cell.declared)],
          ...[cell?.declared?.by, cell?.words ?? whyNone(column), cell?.contradiction],
        ];
      }),
    ),
  );
  return [head, ...lines].map((line) => `${line.map(csvField).join(",")}\r\n`).join("");
}

/** One table, with what isn't plain in notes below it. */
export function matrixMarkdown(matrix: Matrix): string {
  const heads = matrix.columns.map((column) => `${markdown(nameOf(column))}: S C U D`);
  const notes: string[] = [];
  const rows = matrix.tables.map((table) => {
    const cells = matrix.columns.map(({ session }) =>
      OPERATIONS.map((operation) => {
        const cell = cellOf(matrix, session.key, table, operation);
        if (cell?.contradiction !== undefined) {
          notes.push(`${session.label}, ${operation} ${table}: ${cell.contradiction}`);
        }
        return markOf(cell) + countOf(cell) + (cell?.contradiction === undefined ? "" : "!");
      }).join(" "),
    );
    return [code(table), ...cells];
  });
  const failed = matrix.columns.flatMap((column) => {
    const why = whyNone(column);
    return column.state.kind === "done" ? [] : [`${nameOf(column)}: ${why}`];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return `${[
    line(["Table", ...heads]),
    line(["---", ...heads.map(() => "---")]),
    ...rows.map(line),
    "",
    "S select, C create, U update, D delete: ● all, ◐ some, ○ none, ? unknown; 3/7: 3 of 7 records.",
    ...[...failed, ...notes].map((each) => `- ${markdown(each)}`),
  ].join("\n")}\n`;
}

export const MARKS = { all: "●", some: "◐", none: "○", unknown: "?" } as const;

function markOf(cell: Cell | undefined): string {
  return MARKS[cell?.verdict ?? "unknown"];
}

/** "3/7", where neither all nor none is the answer. */
export function countOf(cell: Cell | undefined): string {
  if (cell?.verdict !== "some" || !cell.rows) return "";
  return cell.rows.of === undefined ? String(cell.rows.may) : `${cell.rows.may}/${cell.rows.of}`;
}

function identityOf({ session: { auth } }: Column): string {
  return auth.user ?? (auth.level === "anonymous" ? "anonymous" : auth.level);
}

function nameOf(column: Column): string {
  return `${column.session.label} (${identityOf(column)})`;
}

function whyNone({ state }: Column): string {
  if (state.kind === "failed") return state.reason;
  return state.kind === "done" ? "There is no such table at its place." : "Not asked to the end.";
}

/** A cell that begins like a formula is told to be text, as spreadsheets would run it. */
function csvField(value: string | number | undefined): string {
  const text = value === undefined ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Text that Markdown shows as it is, in one line. */
function markdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|~&-]/g, "\\$&").replace(/[\r\n\t]+/g, " ");
}

/** Code in a cell: between more backticks than it has in a row; a bar ends the cell even there. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const shown = text.replace(/[\r\n\t]+/g, " ").replaceAll("|", "\\|");
  const pad = longest > 0 || shown.trim() === "" ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}
