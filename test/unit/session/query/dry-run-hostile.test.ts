/** Texts that want out of their dry run, on the real engine: nothing is written. */
import fc from "fast-check";
import { ServerError } from "surrealdb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { prepareRun, RefusedError } from "../../../../src/session/query/dry-run.ts";
import { safetyOf } from "../../../../src/session/query/safety.ts";
import { BareEngine } from "./bare-engine.ts";
import { ROWS, SCHEMA } from "./writing-texts.ts";

let engine: BareEngine;
let before: string;

beforeAll(async () => {
  engine = await BareEngine.open();
  await engine.setUp(SCHEMA);
  await engine.setUp(ROWS);
  // Whoever reads these sets off a write.
  await engine.setUp(`
    DEFINE FUNCTION fn::trap() { CREATE evil; RETURN true };
    DEFINE TABLE computed; CREATE computed:1;
    DEFINE FIELD trap ON computed COMPUTED fn::trap();
    DEFINE TABLE permitted PERMISSIONS FOR select WHERE fn::trap(); CREATE permitted:1;
    DEFINE TABLE created PERMISSIONS FOR select WHERE (CREATE evil); CREATE created:1;
  `);
  before = await engine.export();
});

afterAll(() => engine.close());

/** How far a text came: refused here, refused by the server as it is written, or run. */
async function tryOut(text: string): Promise<"refused" | "unread" | "run"> {
  try {
    const prepared = prepareRun(text, "dry");
    prepared.read(await engine.query(prepared.text));
    return "run";
  } catch (error) {
    if (error instanceof RefusedError) return "refused";
    if (error instanceof ServerError) return "unread";
    throw error;
  }
}

it.each([
  ["refused", "UPDATE note:1}; COMMIT; CREATE evil:1; BEGIN; LET $x = {"],
  ["refused", "UPDATE note:1); COMMIT; CREATE evil:1; BEGIN; ("],
  ["refused", "UPDATE note:1\n})(); COMMIT; CREATE evil:1; BEGIN; (|| {"],
  ["refused", "UPDATE note:1; COMMIT; CREATE evil:1; BEGIN"],
  ["refused", "UPDATE note:1; CANCEL; CREATE evil:1"],
  ["refused", "UPDATE note:1 /*"],
  ["refused", "UPDATE note:1 SET n = 'x"],
  ["refused", 'UPDATE note:1 SET n = "\\'],
  ["refused", "UPDATE note:1 SET n = ⟨x"],
  ["refused", "UPDATE note:1 SET n = `x\\`"],
  ["refused", "UPDATE note:1 SET n = [1, 2)"],
  ["refused", "UPDATE note:1 SET n = a /'/; COMMIT; CREATE evil:1; BEGIN; RETURN /'/"],
  ["unread", "RETURN <regex> /}; COMMIT; CREATE evil:1; BEGIN; {/; UPDATE note:1"],
  ["refused", "UPDATE note:1 SET n = '\u2028'; -- \u2028; COMMIT; CREATE evil:1; BEGIN;"],
  ["refused", "UPDATE note:1 --\r}; COMMIT; CREATE evil:1; BEGIN; {"],
  ["unread", "UPDATE note:1 SET n = 1 \0; CREATE evil:1"],
  ["run", "RETURN 1; RETURN { UPDATE note:1; RETURN 2 }; CREATE evil:1; RETURN 3"],
  ["refused", "RETURN function() { return '}; COMMIT; CREATE evil:1' }; UPDATE note:1"],
  ["run", "UPDATE note:1; BREAK; CREATE evil:1"],
  ["unread", "$dry_0 = 1; UPDATE note:1"],
  ["run", "UPDATE note:1 SET n = \"})();COMMIT;CREATE evil:1;BEGIN;(|| {\" --\r\n, a = '\u0085\0'"],
])("%s, and nothing written: %j", async (outcome, text) => {
  expect(await tryOut(text)).toBe(outcome);
  expect(await engine.export()).toBe(before);
});

it("nothing is written, however a text is put together", async () => {
  const pieces =
    "' \" ` ⟨ ⟩ \\ /* */ -- # // \n \r\n \u2028 \u0085 ( ) { } [ ] ; | || / , = : . -> <-- … " +
    "COMMIT BEGIN CANCEL RETURN THROW CREATE UPDATE note evil:1 SET n 1 $x 😀 r' d\" \0 \ud800";
  const piece = fc.constantFrom(...pieces.split(" "), " ", "; COMMIT; CREATE evil:1; BEGIN; ");
  const soup = (most: number) =>
    fc.array(piece, { minLength: 1, maxLength: most }).map((parts) => parts.join(" "));
  // Between signs that swallow what stands there, so that many come as far as the engine.
  const around = fc.constantFrom(
    ["'", "'"],
    ['"', '"'],
    ["`", "`"],
    ["/*", "*/ 1"],
    ["1 --", "\n"],
  );
  const text = fc.oneof(
    soup(8).map((inside) => `UPDATE note SET n = 1 ${inside}; UPDATE note`),
    fc
      .tuple(around, soup(8), soup(3))
      .map(
        ([[open, close], inside, behind]) =>
          `UPDATE note SET n = ${open}${inside}${close} ${behind}`,
      ),
    fc
      .tuple(around, soup(6))
      .map(([[open, close], inside]) => `RETURN ${open}${inside}${close}; UPDATE note`),
  );
  const outcomes = { refused: 0, unread: 0, run: 0 };
  const property = fc.asyncProperty(text, async (each) => {
    outcomes[await tryOut(each)]++;
  });
  await fc.assert(property, { numRuns: 500 });
  expect(await engine.export()).toBe(before);
  expect(outcomes.run).toBeGreaterThan(150);
  expect(outcomes.unread).toBeGreaterThan(100);
});

it("what counts as reading writes nothing, although it runs as written and keeps what it does", async () => {
  const alice = await engine.session({ name: "alice" });
  for (const text of [
    "SELECT * FROM computed, permitted, created",
    "RETURN computed:1.*; RETURN [permitted:1, created:1].*",
    "SELECT id, (SELECT * FROM computed) AS c FROM note FETCH owner",
    "LET $list = computed:1.trap; IF $list { RETURN 1 }",
    "RETURN (SELECT * FROM computed).map(|$row| $row.trap)",
  ]) {
    expect(safetyOf(text)).toEqual({ kind: "reads" });
    const { text: sent } = prepareRun(text, "plain");
    for (const session of [alice, undefined]) await engine.query(sent, session);
    expect(await engine.export()).toBe(before);
  }
});
