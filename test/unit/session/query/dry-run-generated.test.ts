/**
 * Generated writes, run dry on the real engine by several people at once: nothing of them stays, and
 * each answers what the same text answers where it is let write.
 */
import fc from "fast-check";
import { ServerError, type Uuid } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Prepared,
  prepareRun,
  RefusedError,
  type RunAnswer,
} from "../../../../src/session/query/dry-run.ts";
import { confirmIdentity } from "../../../../src/session/query/identity.ts";
import { writeSurql } from "../../../../src/session/surql.ts";
import type { Expected } from "../../../../src/session/truth.ts";
import { decodeValue } from "../../../../src/wire/values.ts";
import { ANONYMOUS, BareEngine, recordUser } from "./bare-engine.ts";
import { anyWritingText, CLEARED, ROWS, SCHEMA, writingText } from "./writing-texts.ts";

let engine: BareEngine;
let people: { session: Uuid; expected: Expected }[];

beforeAll(async () => {
  engine = await BareEngine.open();
  await engine.setUp(SCHEMA);
  await engine.setUp(ROWS);
  people = [
    { session: await engine.session({ name: "alice" }), expected: recordUser("user:alice") },
    { session: await engine.session({ name: "bob" }), expected: recordUser("user:bob") },
    // The embedded engine lets anonymous do everything.
    { session: await engine.session(), expected: ANONYMOUS },
  ];
});

afterAll(() => engine.close());

async function run(how: "plain" | "dry", text: string, session: Uuid): Promise<RunAnswer | string> {
  let prepared: Prepared | undefined;
  try {
    prepared = prepareRun(text, how);
    return prepared.read(await engine.query(prepared.text, session));
  } catch (error) {
    if (error instanceof RefusedError) return error.message;
    if (error instanceof ServerError && prepared) return places(prepared.explain(error).message);
    throw error;
  }
}

describe("a thousand compared writes", () => {
  it("leave the database byte for byte as it was", async () => {
    const seed = Date.now();
    const texts = fc.sample(anyWritingText, { numRuns: 1000, seed });
    const before = await engine.export();
    const counts = { told: 0, changing: 0, failed: 0, refused: 0 };
    for (let from = 0; from < texts.length; from += 50) {
      const batch = texts.slice(from, from + 50);
      const columns = batch.flatMap((text) =>
        people.map(async ({ session, expected }) => {
          const answer = await run("dry", text, session);
          if (typeof answer === "string") counts.refused++;
          else {
            expect(confirmIdentity(expected, answer.truth)).toEqual({ confirmed: true });
            if (answer.statements.some(({ ok }) => !ok)) counts.failed++;
            else counts.told++;
            if ((answer.changed?.records ?? 0) > 0) counts.changing++;
          }
        }),
      );
      await Promise.all(columns);
      const after = await engine.export();
      if (after !== before) throw new Error(`Seed ${seed}: written by\n${batch.join("\n----\n")}`);
    }
    // The texts do write, most of them.
    expect(counts.told).toBeGreaterThan(1000);
    expect(counts.changing).toBeGreaterThan(500);
    expect(counts.refused).toBeLessThan(600);
  });
});

describe("a dry run", () => {
  const who = fc.integer({ min: 0, max: 2 });

  async function expectSame(text: string, real: string, person: number) {
    const { session } = people[person] as (typeof people)[number];
    const dry = await run("dry", text, session);
    const written = await run("plain", real, session);
    await engine.setUp(CLEARED + ROWS);
    fc.pre(!stumbles(written));
    if (real !== text && typeof written !== "string" && typeof dry !== "string") {
      // BEGIN and COMMIT aren't the text's.
      written.statements = written.statements.slice(1, dry.statements.length + 1);
    }
    // A text that the server can't read: BEGIN moves its places.
    if (real !== text && typeof written === "string") expect(dry).toBeTypeOf("string");
    else expect(told(dry, written)).toEqual(told(written, written));
  }

  it("of one statement answers what a real run answers", async () => {
    const property = fc.asyncProperty(writingText(1), who, (text, person) =>
      expectSame(text, text, person),
    );
    await fc.assert(property, { numRuns: 100 });
  });

  it("of several answers what they answer in one transaction", async () => {
    const property = fc.asyncProperty(writingText(4), who, (text, person) => {
      // Outside of a dry run a RETURN would end the transaction, and BREAK is passed over. That a
      // record was updated in the same transaction keeps its edges from being read (engine 3.0.2).
      const returns = /\bRETURN (?!NONE|BEFORE|AFTER|DIFF|NULL|VALUE|n,)/;
      fc.pre(!returns.test(text) && !/\bBREAK|note->|->note/.test(text));
      return expectSame(text, `BEGIN;${text}\n;COMMIT`, person);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

/** What a parse error says, and of which places. */
function places(message: string): string {
  const [said, ...rest] = message.split("\n");
  return [said, ...rest.filter((line) => line.includes("-->")).map((line) => line.trim())].join(
    "\n",
  );
}

/**
 * Engine 3.0.2 does not see that a function within a statement writes, nor that it reads a table: the
 * statement fails by itself, and works in a transaction.
 */
function stumbles(real: RunAnswer | string): boolean {
  if (typeof real === "string") return false;
  const words = /Specify a (namespace|database)|read only transaction|Planner unsupported/;
  return real.statements.some((each) => !each.ok && words.test(each.error.message));
}

/** What can be compared: all of it, or the first error alone where something failed. */
function told(answer: RunAnswer | string, real: RunAnswer | string): unknown {
  if (typeof answer === "string" || typeof real === "string") return answer;
  // Of the same failure the server's words differ between a statement and one within a block.
  const failed = real.statements.findIndex((each) => !each.ok && each.error.kind !== "Query");
  const shown = answer.statements.map((each) =>
    each.ok ? writeSurql(decodeValue(each.bytes)).text : `failed: ${each.error.kind}`,
  );
  return failed < 0 ? shown : [failed, shown[failed]];
}
