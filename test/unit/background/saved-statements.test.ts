/** Statements saved under a name: a name asked about before it is overwritten, limits, and no room. */
import { describe, expect, it } from "vitest";
import type { Statement } from "../../../src/session/query/kept-statements.ts";
import { statementWorld } from "../../support/memory-statements.ts";
import { failureOf } from "../../support/scene.ts";

function query(text: string): Statement {
  return { method: "query", text, bindings: "{ a: 1 }" };
}

describe("saving", () => {
  it("keeps the whole statement, and tells the beginning of it", async () => {
    const world = statementWorld();
    const text = `RETURN 1;${" ".repeat(5_000)}RETURN 2`;
    const { id } = (await world.saved.save({ ...query(text), name: "  Two \n results " })) as {
      id: string;
    };
    const after = world.restarted();
    expect(await after.saved.load(id)).toMatchObject({
      name: "Two results",
      text,
      bindings: "{ a: 1 }",
    });
    const [head] = await after.saved.heads();
    expect(head).toMatchObject({ id, name: "Two results", size: text.length + 8 });
    expect(head?.head).toBe(text.slice(0, 4_000));
    expect(world.told).toEqual([{ saved: [head] }]);
  });

  it("asks before a name is another statement's", async () => {
    const { saved } = statementWorld();
    await saved.save({ ...query("RETURN 1"), name: "One" });
    expect(await saved.save({ ...query("RETURN 2"), name: "One " })).toEqual({ taken: "One" });
    const [before] = await saved.all();
    expect(before?.text).toBe("RETURN 1");
    expect(await saved.save({ ...query("RETURN 2"), name: "One", replace: true })).toEqual({
      id: before?.id,
    });
    expect((await saved.all()).map(({ text }) => text)).toEqual(["RETURN 2"]);
  });

  it("of two at the same moment under one name, asks the second", async () => {
    const { saved } = statementWorld();
    const answers = await Promise.all(
      [1, 2].map((one) => saved.save({ ...query(`RETURN ${one}`), name: "N" })),
    );
    expect(answers).toEqual([{ id: expect.any(String) }, { taken: "N" }]);
  });

  it("renames, and removes so that it can be brought back", async () => {
    const world = statementWorld();
    const { saved } = world;
    await saved.save({ ...query("RETURN 1"), name: "One" });
    await saved.save({ ...query("RETURN 2"), name: "Two" });
    const two = (await saved.heads()).find(({ name }) => name === "Two")?.id ?? "";
    expect((await failureOf(saved.rename(two, "One"))).message).toContain("“One” already");
    await saved.rename(two, "Second");
    expect((await saved.load(two)).name).toBe("Second");
    const removed = await saved.remove(two);
    expect(removed).toMatchObject({ name: "Second", text: "RETURN 2" });
    expect(world.told.at(-1)).toEqual({ removed: [two] });
    expect(await saved.remove(two)).toBeUndefined();
    expect((await failureOf(saved.load(two))).message).toContain("isn't saved any more");
    expect((await failureOf(saved.rename(two, "Third"))).message).toContain("isn't saved any more");
  });
});

describe("what can't be saved is refused with the reason", () => {
  it("a name of nothing, or of too much", async () => {
    const { saved } = statementWorld();
    for (const name of ["", " \n ", "x".repeat(81)]) {
      const failure = await failureOf(saved.save({ ...query("RETURN 1"), name }));
      expect(failure.message).toContain("1 to 80 characters");
    }
  });

  it("more than a megabyte, more than two hundred, more than twenty megabytes", async () => {
    const { saved } = statementWorld();
    const save = (name: string, text: string) => saved.save({ ...query(text), name });
    expect((await failureOf(save("Long", "é".repeat(500_000)))).message).toContain("1 MB");
    for (let count = 0; count < 20; count++) await save(`Long ${count}`, "x".repeat(999_000));
    expect((await failureOf(save("One more", "x".repeat(30_000)))).message).toContain("20 MB");
    for (let count = 20; count < 200; count++) await save(`N ${count}`, "RETURN 1");
    expect((await failureOf(save("One more", "RETURN 1"))).message).toContain("200 statements");
    // One that is there can be saved again.
    expect(await saved.save({ ...query("RETURN 2"), name: "N 20", replace: true })).toHaveProperty(
      "id",
    );
  });

  it("where the browser has no room: said, and nothing is listed", async () => {
    const world = statementWorld();
    world.store.full = true;
    const failure = await failureOf(world.saved.save({ ...query("RETURN 1"), name: "One" }));
    expect(failure.name).toBe("StatementNotSavedError");
    expect(failure.message).toMatch(/“One” isn't saved: .*full/);
    expect(await world.saved.heads()).toEqual([]);
    expect(world.told).toEqual([]);
    world.store.full = false;
    await world.saved.save({ ...query("RETURN 1"), name: "One" });
    expect(await world.saved.heads()).toHaveLength(1);
  });

  it("what is no statement", async () => {
    const { saved } = statementWorld();
    const wrong = { method: "nonsense", text: "x", bindings: "", name: "N" };
    expect((await failureOf(saved.save(wrong))).name).toBe("InvalidRequestError");
  });
});
