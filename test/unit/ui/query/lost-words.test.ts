/** A failing statement and those that fall with it, on the real engine: what is lost is said in words. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareRun } from "../../../../src/session/query/dry-run.ts";
import { lostWords } from "../../../../src/ui/query/lost-words.ts";
import { type Answer, failures, readOutcomes } from "../../../../src/ui/query/results/answer.ts";
import { Result } from "../../../../src/wire/result.ts";
import { BareEngine } from "../../session/query/bare-engine.ts";

let engine: BareEngine;
beforeAll(async () => {
  engine = await BareEngine.open();
  await engine.setUp("DEFINE TABLE note; CREATE note:1");
});
afterAll(() => engine.close());

const answer = (outcomes: Answer["outcomes"]) => ({ outcomes }) as Answer;

async function dry(text: string) {
  const prepared = prepareRun(text, "dry");
  const { statements } = prepared.read(await engine.query(prepared.text));
  const outcomes = statements.map((each) =>
    each.ok ? { ...each, result: new Result(each.bytes) } : each,
  );
  return { outcomes, words: lostWords({ answer: answer(outcomes), dry: true }) };
}

async function written(text: string) {
  const outcomes = readOutcomes("query", await engine.query(text));
  return { outcomes, words: lostWords({ answer: answer(outcomes), dry: false }) };
}

describe("what a failing statement takes along", () => {
  it.each([
    [
      "UPDATE note:1; CREATE note:1; DELETE note",
      "Statement 2 failed. The result of statement 1 is lost with it, and statement 3 was not run: a dry run is one transaction.",
    ],
    [
      "RETURN 1; RETURN 2; CREATE note:1",
      "Statement 3 failed. The results of statements 1 and 2 are lost with it: a dry run is one transaction.",
    ],
    [
      "CREATE note:1; RETURN 2; RETURN 3; RETURN 4; RETURN 5",
      "Statement 1 failed. The 4 statements behind it were not run: a dry run is one transaction.",
    ],
    ["CREATE note:1", undefined],
    ["UPDATE note:1; RETURN 1", undefined],
    // Nothing failed: one value is none that can be told.
    ["UPDATE note:1; RETURN |$x| { RETURN $x }", undefined],
  ])("in a dry run: %s", async (text, words) => {
    expect((await dry(text)).words).toBe(words);
  });

  it.each([
    [
      "BEGIN; UPDATE note:1; CREATE note:1; DELETE note; COMMIT",
      "Statement 3 failed. The result of statement 2 is lost with it, and statement 4 was not run: they are one transaction.",
    ],
    [
      "BEGIN; UPDATE note:1; THROW 'a'; COMMIT; THROW 'b'; BEGIN; THROW 'c'; UPDATE note:1; COMMIT",
      "Statement 3 failed. The result of statement 2 is lost with it: they are one transaction. " +
        "Statement 6 failed. Statement 7 was not run: they are one transaction.",
    ],
    ["RETURN 1; THROW 'alone'; RETURN 3", undefined],
    ["BEGIN; UPDATE note:1; CANCEL", undefined],
  ])("in a person's own transaction: %s", async (text, words) => {
    expect((await written(text)).words).toBe(words);
  });

  it("doesn't count as failed, where what failed is known", async () => {
    const { outcomes } = await dry("UPDATE note:1; CREATE note:1; DELETE note");
    expect(failures(outcomes).map(({ kind }) => kind)).toEqual(["AlreadyExists"]);
    const untold = await dry("UPDATE note:1; RETURN |$x| { RETURN $x }");
    expect(failures(untold.outcomes).map(({ name }) => name)).toEqual([
      "NotTriedError",
      "NotTriedError",
    ]);
    const cancelled = await written("BEGIN; UPDATE note:1; CANCEL");
    expect(failures(cancelled.outcomes)).toHaveLength(1);
  });
});
