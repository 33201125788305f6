/** What was wrong with the latest run, in the editor that holds it. */
import { signal } from "@preact/signals";
import { expect, it } from "vitest";
import type { Column } from "../../../../src/ui/query/column.ts";
import { problemsOfRun } from "../../../../src/ui/query/editor/run-problems.ts";
import type { PastRun, Run } from "../../../../src/ui/query/query-state.ts";

function run(asked: Partial<PastRun>, ...messages: string[]): Run {
  const columns = messages.map(
    (message) =>
      ({
        progress: signal({ kind: "failed", error: { name: "ValidationError", message } }),
      }) as unknown as Column,
  );
  return {
    asked: { method: "query", text: "", bindings: "", ...asked },
    keep: true,
    columns,
  } as unknown as Run;
}

const EOF =
  "Parse error: Unexpected token `an identifier`, expected Eof\n --> [1:7]\n  |\n1 | SELEC nonsense\n  |       ^^^^^^^^\n";
const VALUE =
  "Parse error: Unexpected token `}`, expected an expression\n --> [1:6]\n  |\n1 | { a: }\n  |      ^\n";

it("stands in the statement, once for all sessions that say it", () => {
  const text = "SELEC nonsense";
  expect(problemsOfRun(run({ text }, EOF, EOF))).toEqual({
    text: [{ text, from: 6, to: 14, message: "Unexpected token `an identifier`, expected Eof" }],
    bindings: [],
  });
});

it("stands in the variables or the arguments, blanks around them counted in", () => {
  const bindings = "\n  { a: } ";
  const found = problemsOfRun(
    run({ text: "RETURN 1", bindings }, `The variables can't be used: ${VALUE}`),
  );
  expect(found).toMatchObject({ text: [], bindings: [{ text: bindings, from: 8, to: 9 }] });
  const text = " { a: }";
  const called = run({ method: "create", text }, `The arguments can't be used: ${VALUE}`);
  expect(problemsOfRun(called)).toMatchObject({ text: [{ text, from: 6, to: 7 }], bindings: [] });
});

it("is nothing where the server names no place", () => {
  const none = { text: [], bindings: [] };
  expect(problemsOfRun(undefined)).toEqual(none);
  expect(problemsOfRun(run({ text: "RETURN 1" }, "The connection is gone."))).toEqual(none);
  // Another method's own error has no text to stand in.
  expect(problemsOfRun(run({ method: "create", text: "[1]" }, EOF))).toEqual(none);
});
