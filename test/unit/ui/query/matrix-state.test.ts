/** The matrix as the panel holds it: many answers in a second are few paintings, and the last isn't lost. */
import { signal } from "@preact/signals";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { cellOf, type Matrix } from "../../../../src/session/query/matrix/matrix.ts";
import { matrixState } from "../../../../src/ui/query/matrix/matrix-state.ts";
import type { PanelStore } from "../../../../src/ui/store/store.ts";
import { type Lab, openLab } from "../../../support/matrix-lab.ts";
import { exampleSession } from "../../../support/ui/examples.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  const tables = Array.from({ length: 10 }, (_, n) => `DEFINE TABLE t${n} PERMISSIONS FULL;`);
  await lab.db.query(tables.join("\n")).collect();
});
afterAll(() => lab.db.close());

it("is painted at its beginning, once in each pause, and at its end", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  let asked = 0;
  const call = async (
    _command: string,
    { text, bindings }: { text: string; bindings?: Uint8Array },
  ) => {
    const result = await lab.ask(lab.session("root"), text, bindings);
    // Once, in the middle, the time of a pause passes.
    if (++asked === 10) vi.advanceTimersByTime(100);
    return { result };
  };
  const store = {
    call,
    sessions: { all: signal([]) },
    connections: new Map(),
  } as unknown as PanelStore;
  const state = matrixState(store);
  const painted: (Matrix | undefined)[] = [];
  state.matrix.subscribe((matrix) => painted.push(matrix));

  await state.find([exampleSession(lab.session("root"))]);

  const running = painted.map((matrix) => matrix?.running);
  expect(running).toEqual([undefined, true, true, false]);
  const [, , , last] = painted;
  expect(last?.tables).toHaveLength(11);
  for (const table of last?.tables ?? []) {
    expect(last && cellOf(last, "root", table, "select")?.verdict, table).toBe("all");
  }
});
