/** Dry runs on the real engine: they answer what a real run answers, and nothing of them stays. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareRun } from "../../../../src/session/query/dry-run.ts";
import { decodeValue } from "../../../../src/wire/values.ts";
import { BareEngine } from "./bare-engine.ts";

let engine: BareEngine;

beforeAll(async () => {
  engine = await BareEngine.open();
  await engine.setUp("CREATE note:1 SET text = 'one'; CREATE note:2 SET text = 'two'");
});

afterAll(() => engine.close());

async function dry(text: string) {
  const prepared = prepareRun(text, "dry");
  const answer = prepared.read(await engine.query(prepared.text));
  return {
    ...answer,
    values: answer.statements.map((run) => (run.ok ? decodeValue(run.bytes) : run.error.message)),
  };
}

describe("a dry run", () => {
  it("answers each statement, and keeps nothing", async () => {
    const before = await engine.export();
    const { values, changed, truth } = await dry(
      "CREATE note:3; LET $x = 5; UPDATE note SET n = $x; RETURN $x; DELETE note:1, note:2; note:1",
    );
    expect(values).toEqual([]);
    expect(changed).toEqual({});
    expect(truth).toEqual({});
    expect(await engine.export()).toBe(before);
  });
});
