/** Rows of several columns beside each other: what is matched, what is missing, what differs, in words. */
import fc from "fast-check";
import { RecordId } from "surrealdb";
import { describe, expect, it } from "vitest";
import type { ErrorView } from "../../../../src/session/model.ts";
import { inNextTask } from "../../../../src/session/next-task.ts";
import { pathText } from "../../../../src/session/query/against.ts";
import {
  differenceSentence,
  statementsSentence,
  type Told,
} from "../../../../src/session/query/difference-words.ts";
import { type Comparison, compareResults } from "../../../../src/session/query/differences.ts";
import { NOT_RUN, RESULT_LOST } from "../../../../src/session/query/lost-results.ts";
import { type ByteDifference, differingPlaces } from "../../../../src/wire/cbor-differences.ts";
import { Result } from "../../../../src/wire/result.ts";
import { decodeValue, encodeValue } from "../../../../src/wire/values.ts";

const note = (id: number | string, rest: object = {}) => ({
  id: new RecordId("note", id),
  ...rest,
});

function compare(...values: unknown[]): Promise<Comparison> {
  return compareResults(values.map((value) => new Result(encodeValue(value))));
}

/** Per aligned row: the cells' values by column; "-" where it has none. */
function table(comparison: Comparison): unknown[][] {
  return Array.from({ length: comparison.length }, (_, row) =>
    comparison.sizes.map((_size, column) => {
      const bytes = comparison.bytesAt(column, row);
      return bytes ? decodeValue(bytes) : "-";
    }),
  );
}

function paths(comparison: Comparison, row: number): string[] {
  return comparison.differenceAt(row).places.map(({ path }) => pathText(path));
}

describe("matching", () => {
  it("by record id, in the order of the first, then what only others have", async () => {
    const comparison = await compare([note(1), note(2), note(3)], [note(3), note(9), note(1)]);
    expect(table(comparison)).toEqual([
      [note(1), note(1)],
      [note(2), "-"],
      [note(3), note(3)],
      ["-", note(9)],
    ]);
    expect([...comparison.differing]).toEqual([1, 3]);
    expect(comparison.differenceAt(1)).toEqual({ missing: [1], places: [] });
    expect(comparison.against[1]?.reordered).toBe(true);
    expect(decodeValue(comparison.idAt(3) as Uint8Array)).toEqual(new RecordId("note", 9));
  });

  it("the same id twice: the second stands beside the second", async () => {
    const comparison = await compare(
      [note(1, { n: 1 }), note(1, { n: 2 }), note(1, { n: 3 })],
      [note(1, { n: 1 }), note(1, { n: 2 })],
    );
    expect(table(comparison)).toEqual([
      [note(1, { n: 1 }), note(1, { n: 1 })],
      [note(1, { n: 2 }), note(1, { n: 2 })],
      [note(1, { n: 3 }), "-"],
    ]);
  });

  it("rows without an id by what they hold, what is left by its position", async () => {
    const subset = await compare([{ a: 1 }, { a: 2 }, { a: 3 }], [{ a: 3 }, { a: 1 }]);
    expect(table(subset)).toEqual([
      [{ a: 1 }, { a: 1 }],
      [{ a: 2 }, "-"],
      [{ a: 3 }, { a: 3 }],
    ]);
    const lacking = await compare(
      [
        { a: 1, s: 1 },
        { a: 2, s: 2 },
      ],
      [
        { a: 1, s: 1 },
        { a: 2, s: 2 },
      ],
      [{ a: 1 }, { a: 2 }],
    );
    expect(lacking.length).toBe(2);
    expect(lacking.group).toEqual([0, 0, 2]);
    expect([...(lacking.against[2]?.lacking ?? [])]).toEqual([["s", 2]]);
  });

  it("scalars in an array too", async () => {
    const comparison = await compare(["a", "b", "c"], ["a", "x", "c"]);
    expect(table(comparison)).toEqual([
      ["a", "a"],
      ["b", "x"],
      ["c", "c"],
    ]);
    expect(comparison.against[1]?.changedValues).toBe(1);
  });

  it("results that are no rows are compared as a whole", async () => {
    const comparison = await compare({ a: { b: 1 }, c: 2 }, { a: { b: 2 }, c: 2 });
    expect(comparison).toMatchObject({ kind: "value", length: 1 });
    expect(paths(comparison, 0)).toEqual(["a.b"]);
    expect(await compare([1], 1)).toMatchObject({ kind: "value", length: 1 });
  });

  it("a column without a result counts for nothing", async () => {
    const results = [[note(1)], undefined, [note(1)]];
    const comparison = await compareResults(
      results.map((value) => value && new Result(encodeValue(value))),
    );
    expect(comparison.differing.length).toBe(0);
    expect(comparison.group).toEqual([0, undefined, 0]);
    expect((await compareResults([undefined, undefined])).length).toBe(0);
  });

  it("a column beside the others is shown with them and changes nothing", async () => {
    const results = [[note(1)], [note(1), note(2)], [note(1)]].map(
      (value) => new Result(encodeValue(value)),
    );
    const comparison = await compareResults(results, { beside: [1] });
    expect(comparison.length).toBe(2);
    expect([...comparison.differing]).toEqual([]);
    expect(comparison.group).toEqual([0, undefined, 0]);
    expect(comparison.bytesAt(1, 1)).toBeDefined();
  });

  it("fields deep within, odd names quoted", async () => {
    const comparison = await compare(
      [note(1, { address: { city: "Rome", zip: 1 }, tags: ["a", "b"], "odd key": 1 })],
      [note(1, { address: { city: "Oslo" }, tags: ["a", "c"], "odd key": 2, more: true })],
    );
    expect(paths(comparison, 0).sort()).toEqual([
      "`odd key`",
      "address.city",
      "address.zip",
      "more",
      "tags[1]",
    ]);
  });

  it("integers and floats are told apart, and so are NONE and NULL", async () => {
    const float = Uint8Array.of(0x81, 0xfb, 0x40, 0x14, 0, 0, 0, 0, 0, 0);
    const int = Uint8Array.of(0x81, 0x05);
    expect((await compareResults([new Result(float), new Result(int)])).differing.length).toBe(1);
    expect((await compare([undefined], [null])).differing.length).toBe(1);
  });

  it("stays responsive over many rows, and stops when it is told to", async () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => note(n, { text: `note ${n}` }));
    const result = new Result(encodeValue(rows));
    const other = new Result(encodeValue(rows.filter((_, n) => n % 3 > 0).reverse()));
    let turns = 0;
    let going = true;
    // Somebody else's work, who waits for a turn like the comparison itself.
    const turn = () => {
      turns++;
      if (going) inNextTask(turn);
    };
    inNextTask(turn);
    const comparison = await compareResults([result, other, result, result]);
    going = false;
    expect(comparison.differing.length).toBe(10_000);
    expect(turns).toBeGreaterThan(5);
    const stop = new AbortController();
    const stopped = compareResults([result, other], { signal: stop.signal });
    stop.abort();
    await expect(stopped).rejects.toThrow();
  });
});

describe("properties", () => {
  const rowsOf = fc.uniqueArray(
    fc.record(
      { id: fc.nat(8), a: fc.nat(2), b: fc.oneof(fc.nat(2), fc.record({ c: fc.nat(1) })) },
      { requiredKeys: ["id"] },
    ),
    { selector: ({ id }) => id },
  );
  const rows = rowsOf.map((all) => all.map(({ id, ...rest }) => note(id, rest)));

  it("complete: what differs, put into one column, gives the other", async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (left, right) => {
        const comparison = await compare(left, right);
        const made: unknown[] = [];
        for (let row = 0; row < comparison.length; row++) {
          const [a, b] = [comparison.bytesAt(0, row), comparison.bytesAt(1, row)];
          if (a && b) made.push(applied(decodeValue(a), decodeValue(b), differingPlaces(a, b)));
          else if (b) made.push(decodeValue(b));
        }
        const byId = (all: unknown[]) =>
          new Map(all.map((each) => [String((each as { id: RecordId }).id), each]));
        expect(byId(made)).toEqual(byId(right));
        expect(made.length).toBe(right.length);
      }),
      { numRuns: 100 },
    );
  });

  it("symmetric: from either side the same rows differ", async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (left, right) => {
        const there = await compare(left, right);
        const back = await compare(right, left);
        const differing = (comparison: Comparison) =>
          [...comparison.differing]
            .map((row) => String(decodeValue(comparison.idAt(row) as Uint8Array)))
            .sort();
        expect(differing(there)).toEqual(differing(back));
        expect(there.length).toBe(back.length);
        expect(there.group[0] === there.group[1]).toBe(there.differing.length === 0);
      }),
      { numRuns: 100 },
    );
  });

  it("no cell is lost or made up, whatever the columns hold", async () => {
    const anything = fc.array(
      fc.oneof(
        fc.nat(3),
        fc.record({ a: fc.nat(2) }),
        rows.map((r) => r[0]),
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 4 }), async (columns) => {
        const comparison = await compare(...columns);
        for (const [column, values] of columns.entries()) {
          const cells = table(comparison)
            .map((cells) => cells[column])
            .filter((cell) => cell !== "-");
          const sorted = (all: unknown[]) => all.map((each) => String(encodeValue(each))).sort();
          expect(sorted(cells)).toEqual(sorted(values));
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** `a` with those places as `b` has them. */
function applied(a: unknown, b: unknown, places: readonly ByteDifference[]): unknown {
  const made = structuredLike(a) as Record<string, unknown>;
  for (const { path, kind } of places) {
    let into = made;
    let from = b as Record<string, unknown>;
    for (const step of path.slice(0, -1)) {
      into = into[step] as Record<string, unknown>;
      from = from[step] as Record<string, unknown>;
    }
    const key = String(path.at(-1));
    if (kind === "removed") delete into[key];
    else into[key] = from[key];
  }
  return made;
}

function structuredLike(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof RecordId) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, structuredLike(each)]),
  );
}

describe("the sentence", () => {
  const names = ["Alice", "Bob", "Carol", "Dave", "Eve", "Frank", "Grace", "Heidi"];
  const refusal: ErrorView = { name: "E", kind: "NotAllowed", message: "no" };
  const thrown: ErrorView = { name: "StatementError", kind: "Thrown", message: "x" };
  const lost: ErrorView = { name: RESULT_LOST, message: "x" };
  const notRun: ErrorView = { name: NOT_RUN, message: "x" };
  const errors: unknown[] = [refusal, thrown, lost, notRun];

  async function said(columns: (unknown | ErrorView)[], more: Partial<Told>[] = []) {
    const told: Told[] = columns.map((column, index) => ({
      name: names[index] ?? "",
      fate: errors.includes(column)
        ? { kind: "error", error: column as ErrorView }
        : { kind: "result" },
      ...more[index],
    }));
    const comparison = await compareResults(
      columns.map((column, index) =>
        told[index]?.fate.kind === "result" ? new Result(encodeValue(column)) : undefined,
      ),
    );
    return differenceSentence(
      told,
      comparison,
      more.some(({ changed }) => changed !== undefined),
    );
  }
  const seven = Array.from({ length: 7 }, (_, n) => ({ ...note(n), text: `t${n}`, secret: n }));

  it.each<[string, unknown[], Partial<Told>[]?]>([
    ["Alice and Bob see the same 7 rows.", [seven, seven]],
    ["All three see the same 7 rows.", [seven, seven, seven]],
    ["Alice and Bob see the same 7 rows, in another order.", [seven, seven.toReversed()]],
    ["All eight see no rows.", Array(8).fill([])],
    ["Alice and Bob see the same row.", [[note(1)], [note(1)]]],
    [
      "Bob sees 3 of Alice's 7 rows; anonymous is refused.",
      [seven, seven.slice(0, 3), refusal],
      [{}, {}, { name: "anonymous" }],
    ],
    ["Alice sees 3 of Bob's 7 rows.", [seven.slice(2, 5), seven]],
    ["Bob sees none of Alice's 7 rows.", [seven, []]],
    ["Bob sees 2 of Alice's 7 rows and 1 other.", [seven, [...seven.slice(0, 2), note(99)]]],
    ["Bob sees 1 row that Alice doesn't see.", [seven, [note(99)]]],
    [
      "Alice and Bob see the same row; Carol and Dave don't see it.",
      [[note(1)], [note(1)], [], []],
    ],
    [
      "Alice and Carol see the same 7 rows; Bob and Dave see 3 of them; Eve sees none of them.",
      [seven, seven.slice(0, 3), seven, seven.slice(0, 3), []],
    ],
    ["Bob's rows lack `secret`.", [seven, seven.map(({ secret: _, ...row }) => row)]],
    [
      "Bob's rows lack `secret` (in 1 of 7).",
      [seven, seven.map(({ secret, ...row }, n) => (n === 0 ? row : { ...row, secret }))],
    ],
    [
      "Bob sees 2 of Alice's 7 rows, without `secret`.",
      [seven, seven.slice(0, 2).map(({ secret: _, ...row }) => row)],
    ],
    [
      "Alice and Bob see the same 7 rows, with 2 values changed: note:1 text, note:2 text.",
      [seven, seven.map((row, n) => (n === 1 || n === 2 ? { ...row, text: "x" } : row))],
    ],
    [
      "Alice and Bob see the same 7 rows; Carol sees the same 7 rows, with 1 value changed: note:6 address.city.",
      [
        ...Array(2).fill(seven.map((row) => ({ ...row, address: { city: "Rome" } }))),
        seven.map((row, n) => ({ ...row, address: { city: n === 6 ? "Oslo" : "Rome" } })),
      ],
    ],
    ["Alice and Bob get the same result.", [42, 42]],
    ["Bob gets another result than Alice.", [42, 43]],
    ["Bob's result lacks `b` and differs in `a`.", [{ a: 1, b: 1 }, { a: 2 }]],
    ["All three are refused.", [refusal, refusal, refusal]],
    ["Alice sees 7 rows; Bob gets an error (Thrown).", [seven, thrown]],
    ["Alice and Bob get the same error (Thrown); Carol is refused.", [thrown, thrown, refusal]],
    ["Alice sees 7 rows; the result is lost for Bob.", [seven, lost]],
    ["Not run as Alice and Bob; Carol is refused.", [notRun, notRun, refusal]],
    [
      "Alice would change 3 records, Bob none; Carol is refused.",
      [seven, [], refusal],
      [{ changed: 3 }, { changed: 0 }, {}],
    ],
    [
      "Admin would change no records; Bob is refused.",
      [null, refusal],
      [{ name: "Admin", changed: 0 }, {}],
    ],
    ["All three would change 2 records each.", [[], [], []], Array(3).fill({ changed: 2 })],
    [
      "Alice and Bob see the same 7 rows; Carol isn't counted: identity not confirmed; waiting for Dave.",
      [seven, seven, undefined, undefined],
      [{}, {}, { fate: { kind: "unconfirmed" } }, { fate: { kind: "running" } }],
    ],
    ["Bob sees 3 of the 7 rows of anonymous.", [seven, seven.slice(0, 3)], [{ name: "anonymous" }]],
  ])("%s", async (wanted, columns, more) => {
    expect(await said(columns, more)).toBe(wanted);
  });

  it("of several statements says which differ", () => {
    const told: Told[] = ["Alice", "Bob", "Carol"].map((name) => ({
      name,
      fate: { kind: "result" },
    }));
    expect(statementsSentence(told, 4, [], false)).toBe(
      "All three get the same from all 4 statements.",
    );
    expect(statementsSentence(told, 4, [2], false)).toBe("Statement 2 of 4 differs.");
    expect(statementsSentence(told, 9, [1, 2, 3, 4], false)).toBe("4 of 9 statements differ.");
    const error = { name: "ServerError", kind: "NotAllowed", message: "no" };
    const refused: Told = { name: "anonymous", fate: { kind: "error", error } };
    expect(statementsSentence([...told, refused], 4, [], false)).toBe(
      "Alice, Bob and Carol get the same from all 4 statements; anonymous is refused.",
    );
    expect(statementsSentence([...told, refused], 4, [2], false)).toBe(
      "Statement 2 of 4 differs; anonymous is refused.",
    );
  });
});
