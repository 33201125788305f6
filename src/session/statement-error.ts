/** The error of one statement of a query: what the server says of it, as every other error here. */
import type { ErrorView } from "./model.ts";

/** @param entry of a query's result: `{ status: "ERR", result, kind?, details? }`, decoded */
export function statementError(entry: Readonly<Record<string, unknown>>): ErrorView {
  const error: ErrorView = { name: "StatementError", message: String(entry.result ?? "No result") };
  if (typeof entry.kind === "string") error.kind = entry.kind;
  if (entry.details !== undefined && entry.details !== null) error.details = entry.details;
  return error;
}
