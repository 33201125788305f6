/** What is run how, and where the lines of a comparison stand. */
import { signal } from "@preact/signals";
import { RecordId } from "surrealdb";
import { describe, expect, it } from "vitest";
import { compareResults } from "../../../../src/session/query/differences.ts";
import { changedWords } from "../../../../src/ui/query/changed-words.ts";
import type { Column, Progress } from "../../../../src/ui/query/column.ts";
import { cellParts, inRuns } from "../../../../src/ui/query/compare/cell-text.ts";
import { comparisonOf, type Section } from "../../../../src/ui/query/compare/comparing.ts";
import {
  DETAIL,
  GridLayout,
  HEADING,
  ROW,
  Scroll,
} from "../../../../src/ui/query/compare/grid-layout.ts";
import { sentenceNames } from "../../../../src/ui/query/compare/names.ts";
import type { Run } from "../../../../src/ui/query/query-state.ts";
import type { Answer } from "../../../../src/ui/query/results/answer.ts";
import { mayWrite, planRun } from "../../../../src/ui/query/run-plan.ts";
import { Result } from "../../../../src/wire/result.ts";
import { encodeValue } from "../../../../src/wire/values.ts";
import { exampleSession } from "../../../support/ui/examples.ts";

const several = { sessions: 3, keep: false, inTransaction: false };
const query = (text: string, bindings = "") => ({ method: "query", text, bindings });
const call = (method: string, text = "") => ({ method, text, bindings: "" });

describe("how something is run", () => {
  it("as it is written in one session that keeps, or in its transaction", () => {
    const one = { sessions: 1, keep: true, inTransaction: false };
    expect(planRun(query("LIVE SELECT * FROM note"), one).kind).toBe("written");
    expect(planRun(call("reset"), one).kind).toBe("written");
    const within = { sessions: 1, keep: false, inTransaction: true };
    expect(planRun(query("CREATE note"), within).kind).toBe("written");
  });

  it("dry where it writes and nothing is to be kept, of one session too", () => {
    expect(planRun(query("CREATE note"), several).kind).toBe("dry");
    expect(planRun(query("CREATE note"), { ...several, sessions: 1 }).kind).toBe("dry");
    expect(planRun(query("CREATE note"), { ...several, keep: true }).kind).toBe("plain");
    expect(planRun(query("SELECT * FROM note"), several).kind).toBe("plain");
    expect(planRun(call("create", '["note"]'), several).kind).toBe("dry");
    expect(planRun(call("create", '["note"]'), { ...several, keep: true }).kind).toBe("written");
    expect(planRun(call("info"), several).kind).toBe("written");
  });

  it.each(["LIVE SELECT * FROM note", "SELECT 1; KILL $id", "USE DB other"])(
    "never compared: %s",
    (text) => {
      const plan = planRun(query(text), several);
      if (plan.kind !== "refused" || !plan.refusal.place) throw new Error(JSON.stringify(plan));
      const { word, from, to } = plan.refusal.place;
      expect(text.slice(from, to)).toBe(word);
      expect(planRun(query(text), { ...several, keep: true }).kind).toBe("refused");
    },
  );

  it.each(["use", "let", "reset", "begin", "live", "invalidate", "signin", "unheard_of"])(
    "no method that changes the session: %s",
    (method) => {
      expect(planRun(call(method), several).kind).toBe("refused");
      expect(planRun(call(method), { ...several, keep: true }).kind).toBe("refused");
    },
  );

  it("variables and arguments, which the server evaluates first, must not write either", () => {
    expect(planRun(query("RETURN $x", "{ x: (CREATE note) }"), several).kind).toBe("refused");
    expect(planRun(query("RETURN $x", "{ x: user:bob }"), several).kind).toBe("plain");
    expect(planRun(call("select", "[(CREATE note)]"), several).kind).toBe("refused");
    expect(mayWrite(query("RETURN $x", "{ x: (CREATE note) }"))).toBe(true);
  });

  it("what may write, for a Careful connection", () => {
    expect(mayWrite(query("SELECT * FROM note"))).toBe(false);
    expect(mayWrite(query("LIVE SELECT * FROM note"))).toBe(false);
    expect(mayWrite(query("BEGIN; CREATE note; COMMIT"))).toBe(true);
    expect(mayWrite(call("delete", '["note"]'))).toBe(true);
    expect(mayWrite(call("select", '["note"]'))).toBe(false);
  });
});

async function section(left: unknown[], right: unknown[]): Promise<Section> {
  const comparison = await compareResults(
    [left, right].map((value) => new Result(encodeValue(value))),
  );
  return { outcomes: [], comparison, sentence: "", missing: "not seen" };
}

describe("the lines of a comparison", () => {
  it("stand beneath each other, and are found again by their height", async () => {
    const sections = [
      await section([1, 2, 3], [1, 2]),
      await section([], []),
      await section([1], []),
    ];
    for (const only of [false, true]) {
      for (const open of [-1, 1, 3]) {
        const layout = new GridLayout(sections, only, open);
        let top = 0;
        for (let index = 0; index < layout.length; index++) {
          expect(layout.topOf(index)).toBe(top);
          const height = layout.heightOf(index) + (index === open ? DETAIL : 0);
          expect(layout.indexAt(top)).toBe(index);
          expect(layout.indexAt(top + height - 1)).toBe(index);
          top += height;
        }
        expect(layout.height).toBe(top);
        expect(layout.indexAt(top + 1000)).toBe(layout.length - 1);
      }
    }
    const layout = new GridLayout(sections, true, -1);
    const lines = Array.from({ length: layout.length }, (_, index) => layout.lineAt(index));
    expect(lines).toEqual([
      { kind: "heading", section: 0 },
      { kind: "row", section: 0, row: 2 },
      { kind: "heading", section: 1 },
      { kind: "heading", section: 2 },
      { kind: "row", section: 2, row: 0 },
    ]);
    expect(layout.topOf(1)).toBe(HEADING);
  });

  it("taller than an element can be, all are still reached", () => {
    const whole = 2_000_000 * ROW;
    const scroll = new Scroll(whole, 500);
    expect(scroll.height).toBeLessThan(17_000_000);
    expect(scroll.toLines(scroll.height - 500)).toBeCloseTo(whole - 500);
    expect(scroll.toLines(scroll.toScroll(1_234_567))).toBeCloseTo(1_234_567);
    expect(new Scroll(1000, 500).toLines(77)).toBe(77);
  });
});

describe("a cell", () => {
  it("has what differs first, and says what isn't there", () => {
    const parts = cellParts({ a: 1, b: { c: 2 }, id: 9 }, [
      { path: ["b", "c"], kind: "changed" },
      { path: ["secret"], kind: "removed" },
    ]);
    expect(parts).toEqual([
      { text: "b.c: 2", kind: "differs" },
      { text: "no secret", kind: "lacks" },
      { text: "a: 1", kind: "same" },
    ]);
  });
});

describe("a record id in a cell", () => {
  const alice = new RecordId("user", "alice");

  it("is a piece that can be opened, at its place in the row", () => {
    const parts = cellParts({ id: 9, n: 1, by: { owner: alice }, owner: alice }, [
      { path: ["by", "owner"], kind: "changed" },
    ]);
    expect(parts).toEqual([
      {
        text: "by.owner: user:alice",
        kind: "differs",
        record: { at: 10, id: alice, path: "/by/owner" },
      },
      { text: "n: 1", kind: "same" },
      { text: "owner: user:alice", kind: "same", record: { at: 7, id: alice, path: "/owner" } },
    ]);
    expect(cellParts(alice, [])).toEqual([
      { text: "user:alice", kind: "same", record: { at: 0, id: alice, path: "" } },
    ]);
  });

  it("parts the text around it, which else stays in one piece", () => {
    const parts = cellParts({ a: 1, b: 2, owner: alice, c: 3, d: 4 }, [
      { path: ["d"], kind: "changed" },
    ]);
    expect(inRuns(parts)).toEqual([
      { text: "d: 4", kind: "differs" },
      {
        text: ", a: 1, b: 2, owner: user:alice",
        kind: "same",
        record: { at: 21, id: alice, path: "/owner" },
      },
      { text: ", c: 3", kind: "same" },
    ]);
  });
});

describe("names in a sentence", () => {
  it("nobody is anonymous; namesakes are told apart by their place, or by number", () => {
    const anonymous = { level: "anonymous", renewable: false } as const;
    const names = sentenceNames([
      exampleSession({ label: "Anonymous", auth: anonymous, database: "tenant_a" }),
      exampleSession({ label: "Anonymous", auth: anonymous, database: "tenant_b" }),
      exampleSession({ label: "Bob" }),
      exampleSession({ label: "Alice" }),
      exampleSession({ label: "Alice" }),
    ]);
    expect(names).toEqual([
      "anonymous in app/tenant_a",
      "anonymous in app/tenant_b",
      "Bob",
      "Alice in app/tenant_b",
      "Alice in app/tenant_b (2)",
    ]);
  });
});

describe("several statements that write", () => {
  interface Statement {
    rows: unknown[];
    changed?: number;
  }

  function answered(level: string, statements: readonly Statement[]) {
    const outcomes = statements.map(({ rows, changed }) => ({
      ok: true as const,
      kind: "other" as const,
      result: new Result(encodeValue(rows)),
      ...(changed !== undefined && { changed }),
    }));
    const records = statements.reduce((sum, { changed = 0 }) => sum + changed, 0);
    const answer = { level, identity: "user:bob", outcomes } as unknown as Answer;
    return { kind: "answered", answer, dry: true, changed: { records, atLeast: false } } as const;
  }

  const column = (label: string, progress: Progress) =>
    ({ session: exampleSession({ label }), progress: signal(progress) }) as unknown as Column;

  it("are each told by what it alone writes or reads", async () => {
    const both = { rows: [{ id: 1 }, { id: 2 }], changed: 2 };
    const none = { rows: [], changed: 0 };
    const error = { name: "ServerError", kind: "NotAllowed", message: "no" };
    const columns = [
      column("Admin", answered("root", [both, { rows: [{ id: 3 }], changed: 1 }, both])),
      column("Alice", answered("record", [both, none, { rows: [{ id: 1 }] }])),
      column("Carol", { kind: "failed", error }),
    ];
    const compared = comparisonOf({ columns } as unknown as Run);
    await expect.poll(() => compared.value?.sections.length).toBe(3);
    expect(compared.value?.sentence).toBe(
      "Admin would change 5 records, Alice 2; statements 2 and 3 of 3 differ; Carol is refused.",
    );
    expect(compared.value?.sections.map(({ sentence }) => sentence).slice(0, 2)).toEqual([
      "Admin and Alice would change 2 records each; Carol is refused.",
      "Admin would change 1 record, Alice none; Carol is refused.",
    ]);
  });

  it("what only reads among them is seen, not changed", async () => {
    const write = { rows: [{ id: 1 }], changed: 1 };
    const columns = [
      column("Admin", answered("root", [write, { rows: [{ id: 1 }, { id: 2 }] }])),
      column("Alice", answered("record", [write, { rows: [{ id: 1 }] }])),
    ];
    const compared = comparisonOf({ columns } as unknown as Run);
    await expect.poll(() => compared.value?.sections.length).toBe(2);
    const { sections = [] } = compared.value ?? {};
    expect(sections.map(({ missing }) => missing)).toEqual(["not changed", "not seen"]);
    expect(sections[1]?.sentence).toBe("Alice sees 1 of Admin's 2 rows.");
  });

  it("don't promise that nothing changes where the session may not see what it changes", () => {
    expect(changedWords(answered("root", [{ rows: [], changed: 0 }]))).toBe(
      "Dry run: would have changed no records. Nothing was kept.",
    );
    expect(changedWords(answered("record", [{ rows: [], changed: 0 }]))).toBe(
      "Dry run: would have changed no records that user:bob may see. Nothing was kept.",
    );
    const kept = { ...answered("record", [{ rows: [], changed: 0 }]), dry: false };
    expect(changedWords(kept)).toBe("Kept: no records that user:bob may see");
  });
});
