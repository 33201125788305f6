/** What a panel lists of statements: what the worker keeps, what it tells, and what only this panel has. */
import { describe, expect, it } from "vitest";
import { PastStatements } from "../../../../src/background/past-statements.ts";
import { SavedStatements } from "../../../../src/background/saved-statements.ts";
import { statementHandlers } from "../../../../src/background/statement-handlers.ts";
import type { WorkerEvent } from "../../../../src/messages/commands.ts";
import type { ViewClient } from "../../../../src/messages/view-client.ts";
import type { PastStatement } from "../../../../src/session/query/kept-statements.ts";
import { createStatementsStore } from "../../../../src/ui/store/statements.ts";
import { MemoryArea, MemoryStatementStore } from "../../../support/memory-statements.ts";

const ALICE = {
  key: "a",
  label: "Alice",
  colour: "#1a66d6",
  identity: "user:alice",
  target: "x/y",
};
const BOB = { ...ALICE, key: "b", label: "Bob" };
const ANSWERED = { kind: "answered", text: "3 rows", duration: 2 } as const;

let clock = 0;
function ran(text: string, part: Partial<PastStatement> = {}): PastStatement {
  const at = ++clock;
  return { id: `p${at}`, at, method: "query", text, bindings: "", sessions: [ALICE, BOB], ...part };
}

/** The real books, and panels on them. */
function world() {
  const area = new MemoryArea();
  const listeners = new Set<(event: WorkerEvent) => void>();
  const emit = (event: WorkerEvent) => {
    for (const listener of listeners) listener(event);
  };
  let handlers = books();
  function books() {
    const tell = (delta: Extract<WorkerEvent, { event: "statements" }>["delta"]) =>
      emit({ event: "statements", delta });
    return statementHandlers(
      new PastStatements(area, false, tell),
      new SavedStatements(new MemoryStatementStore(), tell),
    ) as unknown as Record<string, (params: unknown) => Promise<unknown>>;
  }
  const call = (async (command: string, params: unknown) =>
    structuredClone(await handlers[command]?.(structuredClone(params)))) as ViewClient["call"];
  return {
    area,
    call,
    panel() {
      const store = createStatementsStore({ call });
      listeners.add(store.take);
      return store;
    },
    restartWorker() {
      handlers = books();
      emit({ event: "snapshot" } as WorkerEvent);
    },
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("the history", () => {
  it("is one for all panels, in a closed and opened one too", async () => {
    const { panel } = world();
    const [one, other] = [panel(), panel()];
    for (const each of [one, other]) each.open();
    const entry = ran("SELECT * FROM note");
    one.ran(entry);
    one.ended(entry.id, 0, ANSWERED);
    await settled();
    one.ended(entry.id, 1, { kind: "failed", text: "NotAllowed" });
    await settled();
    expect(other.past.value).toEqual(one.past.value);
    expect(other.past.value[0]?.sessions.map(({ ended }) => ended?.text)).toEqual([
      "3 rows",
      "NotAllowed",
    ]);
    const later = panel();
    expect(later.past.value).toEqual([]);
    later.open();
    await settled();
    expect(later.loading.value).toBe("here");
    expect(later.past.value).toEqual(one.past.value);
    await later.forget();
    expect(one.past.value).toEqual([]);
  });

  it("lists what runs at once, and keeps its end although the worker tells of its beginning later", async () => {
    const { panel } = world();
    const own = panel();
    own.open();
    await settled();
    const entry = ran("RETURN 1");
    own.ran(entry);
    own.ended(entry.id, 0, ANSWERED);
    expect(own.past.value[0]?.sessions[0]?.ended).toEqual(ANSWERED);
    await settled();
    expect(own.past.value[0]?.sessions[0]?.ended).toEqual(ANSWERED);
    expect(own.past.value[0]?.unkept).toBeUndefined();
  });

  it("is asked for once more of a worker that was started anew", async () => {
    const { panel, restartWorker } = world();
    const own = panel();
    own.open();
    own.ran(ran("RETURN 1"));
    await settled();
    restartWorker();
    await settled();
    expect(own.past.value.map(({ text }) => text)).toEqual(["RETURN 1"]);
  });

  it("says of what is too long that only this panel has it, and bounds that too", async () => {
    const { panel, area } = world();
    const own = panel();
    own.open();
    await settled();
    const long = ran("x".repeat(70_000));
    own.ran(long);
    own.ended(long.id, 0, ANSWERED);
    await settled();
    expect(own.past.value[0]).toMatchObject({ id: long.id, sessions: [{ ended: ANSWERED }, {}] });
    expect(own.past.value[0]?.unkept).toMatch(/70 KB.*only this panel/);
    expect(area.items).toEqual({});
    for (let count = 0; count < 20; count++) own.ran(ran(`${count}`.padEnd(1_000_000)));
    expect(own.past.value).toHaveLength(16);
    await own.forget([long.id]);
    await own.forget();
    expect(own.past.value).toEqual([]);
  });

  it("says so where the browser has no room for it", async () => {
    const { panel, area } = world();
    const own = panel();
    own.open();
    await settled();
    area.full = true;
    own.ran(ran("RETURN 1"));
    await settled();
    expect(own.past.value[0]?.unkept).toContain("quota");
  });
});

describe("saved statements", () => {
  it("are told to every panel, by name", async () => {
    const { panel, call } = world();
    const own = panel();
    own.open();
    await settled();
    for (const name of ["b", "a"]) {
      await call("statement.save", { name, method: "query", text: "RETURN 1", bindings: "" });
    }
    expect(own.saved.value.map(({ name }) => name)).toEqual(["a", "b"]);
    const id = own.saved.value[1]?.id ?? "";
    await call("statement.rename", { id, name: "A0" });
    await call("statement.remove", { id: own.saved.value[0]?.id ?? "" });
    expect(own.saved.value.map(({ name }) => name)).toEqual(["A0"]);
  });
});

it("a list that can't be had says why, and is asked for again", async () => {
  let broken = true;
  const store = createStatementsStore({
    call: async () => {
      if (broken) throw new Error("no worker");
      return { past: [], saved: [] };
    },
  } as unknown as ViewClient);
  store.open();
  await settled();
  expect(store.loading.value).toMatchObject({ failed: { message: "no worker" } });
  broken = false;
  store.open();
  await settled();
  expect(store.loading.value).toBe("here");
});
