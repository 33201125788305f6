/** What was run lately, in the browser's memory: bounded, written before it is told, there after the worker's death. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PastStatements } from "../../../src/background/past-statements.ts";
import { isPastStatement, isSavedStatement } from "../../../src/background/stored-statements.ts";
import { type PastStatement, sizeOfStatement } from "../../../src/session/query/kept-statements.ts";
import { MemoryArea, statementWorld } from "../../support/memory-statements.ts";
import { failureOf } from "../../support/scene.ts";

const ALICE = {
  key: "k-alice",
  label: "Alice",
  colour: "#1a66d6",
  identity: "user:alice",
  target: "app/tenant_a",
};

let clock = 0;
function ran(part: Partial<PastStatement> = {}): PastStatement {
  const at = ++clock;
  return {
    id: `p${at}`,
    at,
    method: "query",
    text: `RETURN ${at}`,
    bindings: "",
    sessions: [ALICE],
    ...part,
  };
}

describe("the history", () => {
  it("is there after the worker's death, with who ran what and what came of it", async () => {
    const world = statementWorld();
    const entry = ran({ text: "SELECT * FROM note", bindings: "{ a: 1 }" });
    await world.past.add(entry);
    const ending = { kind: "failed", text: "NotAllowed", duration: 2 } as const;
    await world.past.ended(entry.id, 0, ending);
    const after = await world.restarted().past.all();
    expect(after).toEqual([{ ...entry, sessions: [{ ...ALICE, ended: ending }] }]);
    expect(world.told).toEqual([{ past: [entry], forgotten: [] }, { past: after }]);
  });

  it("has the last hundred, newest first, and says which went", async () => {
    const world = statementWorld();
    const entries = Array.from({ length: 103 }, () => ran());
    for (const entry of entries) await world.past.add(entry);
    const newest = entries.toReversed().slice(0, 100);
    expect(await world.past.all()).toEqual(newest);
    expect(await world.restarted().past.all()).toEqual(newest);
    expect(world.told.at(-1)?.forgotten).toEqual([entries[2]?.id]);
    expect(Object.keys(world.area.items)).toHaveLength(100);
  });

  it("holds two megabytes at most, whole texts of 64 KB each", async () => {
    const world = statementWorld();
    const long = () => ran({ text: String(clock).padEnd(63_990, "x") });
    for (let count = 0; count < 40; count++) await world.past.add(long());
    const all = await world.past.all();
    expect(all.length).toBe(30);
    expect(all.every(({ text }) => text.length === 63_990)).toBe(true);
    const tooLong = ran({ text: "ä".repeat(32_001) });
    expect((await failureOf(world.past.add(tooLong))).name).toBe("InvalidRequestError");
    expect(await world.past.all()).toHaveLength(30);
  });

  it("lists a statement once for the same sessions, and again for others", async () => {
    const world = statementWorld();
    const first = ran({ text: "RETURN 1" });
    await world.past.add(first);
    await world.past.add(ran());
    const again = ran({ text: "RETURN 1" });
    await world.past.add(again);
    expect(world.told.at(-1)).toEqual({ past: [again], forgotten: [first.id] });
    await world.past.add(ran({ text: "RETURN 1", sessions: [ALICE, { ...ALICE, key: "bob" }] }));
    expect(
      (await world.past.all()).map(({ text }) => text).filter((t) => t === "RETURN 1"),
    ).toHaveLength(2);
  });

  it("forgets one, or all", async () => {
    const world = statementWorld();
    const [one, other] = [ran(), ran()];
    for (const entry of [one, other]) await world.past.add(entry);
    await world.past.forget([one.id]);
    expect((await world.past.all()).map(({ id }) => id)).toEqual([other.id]);
    // Its end comes late: there is nobody to have it.
    await world.past.ended(one.id, 0, { kind: "let-go", text: "let go" });
    await world.past.forget();
    expect(await world.restarted().past.all()).toEqual([]);
    expect(world.area.items).toEqual({});
  });

  it("says so where there is no room, and lists nothing that isn't kept", async () => {
    const world = statementWorld();
    await world.past.all();
    world.area.full = true;
    expect((await failureOf(world.past.add(ran()))).message).toContain("quota");
    expect(await world.past.all()).toEqual([]);
    expect(world.told).toEqual([]);
  });

  it("of a private window's worker is apart", async () => {
    const area = new MemoryArea();
    const tell = () => undefined;
    await new PastStatements(area, true, tell).add(ran());
    expect(await new PastStatements(area, false, tell).all()).toEqual([]);
    await new PastStatements(area, false, tell).forget();
    expect(await new PastStatements(area, true, tell).all()).toHaveLength(1);
  });
});

describe("what is read back", () => {
  it("is whole, or isn't used", async () => {
    const area = new MemoryArea();
    const whole = ran();
    const hostile: unknown[] = [
      { ...whole, text: 7 },
      { ...whole, method: "signin-all" },
      { ...whole, sessions: Array.from({ length: 9 }, () => ALICE) },
      { ...whole, sessions: [{ ...ALICE, colour: "url(https://evil)" }] },
      { ...whole, sessions: [{ ...ALICE, ended: { kind: "won", text: "" } }] },
      { ...whole, text: "x".repeat(64_001) },
      { ...whole, at: Number.NaN },
      null,
    ];
    for (const [index, value] of hostile.entries()) area.items[`statement:${index}`] = value;
    area.items["sign-in:f"] = whole;
    area.items[`statement:${whole.id}`] = whole;
    expect(await new PastStatements(area, false, () => undefined).all()).toEqual([whole]);
  });

  it("never breaks the worker, whatever it is", () => {
    for (const check of [isPastStatement, isSavedStatement]) {
      fc.assert(fc.property(fc.anything(), (value) => !check(value)));
    }
  });
});

it("sizes are bytes, as the text would be written", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      (text, bindings) => {
        const bytes =
          new TextEncoder().encode(text).length + new TextEncoder().encode(bindings).length;
        expect(sizeOfStatement({ text, bindings })).toBe(bytes);
      },
    ),
  );
  expect(sizeOfStatement({ text: "\ud800x\udc00", bindings: "" })).toBe(7);
});
