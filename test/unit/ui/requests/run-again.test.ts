/** A recorded request run once more: what is sent, what is asked before, what it is compared with. */
import { Decimal, RecordId } from "surrealdb";
import { describe, expect, test } from "vitest";
import type { Answer } from "../../../../src/ui/query/results/answer.ts";
import { compareAnswers } from "../../../../src/ui/requests/run-again/compare.ts";
import { createRunAgain } from "../../../../src/ui/requests/run-again/run-again.ts";
import { canRunAgain, mayWrite } from "../../../../src/ui/requests/run-again/writes.ts";
import type { PanelStore } from "../../../../src/ui/store/store.ts";
import { Result } from "../../../../src/wire/result.ts";
import { encodeValue } from "../../../../src/wire/values.ts";
import { exampleSession } from "../../../support/ui/examples.ts";

const bob = exampleSession({ label: "Bob" });

/** A worker that answers rows, and remembers what it was asked. */
function worker(answer: () => unknown = () => [{ status: "OK", result: [1, 2], time: "1ms" }]) {
  const sent: { command: string; params: Record<string, unknown> }[] = [];
  const call = (async (command: string, params: Record<string, unknown>) => {
    sent.push({ command, params });
    const result = encodeValue(answer());
    return {
      result,
      duration: 1.7,
      bytesSent: 1,
      bytesReceived: 9,
      identity: "user:bob",
      target: "app/b",
    };
  }) as unknown as PanelStore["call"];
  return { sent, call };
}

describe("running again", () => {
  test("a read is sent at once, with its bindings byte for byte", async () => {
    const { sent, call } = worker();
    // The float 5f: decoded and encoded again it would be an integer.
    const five = Uint8Array.of(0xa1, 0x61, 0x6e, 0xf9, 0x45, 0x00);
    const text = encodeValue("SELECT * FROM note WHERE n = $n");
    const params = Uint8Array.of(0x82, ...text, ...five);
    const run = createRunAgain(call, () => ({ method: "query", params }));
    await run.start(bob);
    expect(sent).toEqual([
      {
        command: "session.query",
        params: { key: bob.key, text: "SELECT * FROM note WHERE n = $n", bindings: five },
      },
    ]);
    const state = run.state.value;
    expect(state?.kind === "answered" && state.answer.identity).toBe("user:bob");
  });

  test("a write is asked about first, and sent only when the person agreed", async () => {
    const { sent, call } = worker();
    const params = encodeValue([new RecordId("note", 1), { price: new Decimal("1.10") }]);
    const run = createRunAgain(call, () => ({ method: "merge", params }));
    await run.start(bob);
    expect(run.state.value?.kind).toBe("asking");
    expect(sent).toEqual([]);
    await run.confirm();
    expect(sent).toEqual([
      { command: "session.call", params: { key: bob.key, method: "merge", params } },
    ]);
    expect(run.state.value?.kind).toBe("answered");
  });

  test("what was asked about can be left", async () => {
    const { sent, call } = worker();
    const run = createRunAgain(call, () => ({ method: "delete", params: encodeValue(["note"]) }));
    await run.start(bob);
    run.dismiss();
    await run.confirm();
    expect(run.state.value).toBeUndefined();
    expect(sent).toEqual([]);
  });

  test("a refusal is the outcome", async () => {
    const { call } = worker(() => {
      throw new Error("The session is signed out.");
    });
    const run = createRunAgain(call, () => ({ method: "select", params: encodeValue(["note"]) }));
    await run.start(bob);
    const state = run.state.value;
    expect(state?.kind === "failed" && state.error.message).toBe("The session is signed out.");
  });

  test("an answer that nobody waits for any more shows nowhere", async () => {
    const { call } = worker();
    const run = createRunAgain(call, () => ({ method: "select", params: encodeValue(["note"]) }));
    const running = run.start(bob);
    run.dismiss();
    await running;
    expect(run.state.value).toBeUndefined();
  });
});

describe("what may write", () => {
  test.each([
    "SELECT * FROM note WHERE created > time::now() - 1d",
    "RETURN $auth.id; INFO FOR DB",
    "LET $x = 5; RETURN $x",
  ])("not: %s", (text) => {
    expect(mayWrite("query", text)).toBe(false);
  });

  test.each([
    "create note",
    "SELECT * FROM (DELETE note RETURN BEFORE)",
    "LET $n = UPSERT note:1; RETURN $n",
    "RETURN fn::clean_up()",
    "RETURN http::post('https://example.com', {})",
    "RETURN function() { return this }",
    'RETURN $"{DELETE note}"',
    "DEFINE TABLE x",
    "USE NS app",
  ])("so: %s", (text) => {
    expect(mayWrite("query", text)).toBe(true);
  });

  test("by method: reads are known, all else may write", () => {
    expect(["select", "info", "version"].some((method) => mayWrite(method, "note"))).toBe(false);
    expect(["create", "merge", "run", "relate"].every((method) => mayWrite(method, "note"))).toBe(
      true,
    );
  });

  test("what changes the session itself is never run again", () => {
    const state = "use let unset signin signup authenticate invalidate reset attach detach".split(
      " ",
    );
    expect(state.some(canRunAgain)).toBe(false);
    expect(["live", "kill", "begin", "commit", "cancel"].some(canRunAgain)).toBe(false);
    expect(["query", "select", "create"].every(canRunAgain)).toBe(true);
  });
});

describe("beside what was recorded", () => {
  const answer = (...results: unknown[]): Answer => ({
    session: { label: "Bob", colour: "#1a7f37" },
    level: "record",
    method: "query",
    identity: "user:bob",
    target: "app/b",
    duration: 1,
    bytesReceived: 1,
    outcomes: results.map((value) =>
      value instanceof Error
        ? { ok: false, error: { name: "StatementError", message: value.message } }
        : { ok: true, result: new Result(encodeValue(value)), kind: "other" },
    ),
  });

  test.each([
    [answer([1, 2]), answer([1, 2]), "The same as recorded."],
    [answer([1, 2, 3]), answer([1]), "1 row now, 3 when recorded."],
    [answer([1]), answer([2]), "1 row as recorded, but not the same."],
    [answer("a"), answer("b"), "Not the same as recorded."],
    [answer([1]), answer(new Error("no")), "Refused now; it was answered when it was recorded."],
    [answer(new Error("no")), answer([1]), "Answered now; it was refused when it was recorded."],
    [answer(new Error("no")), answer(new Error("no")), "The same as recorded."],
  ])("it says what differs", (recorded, again, sentence) => {
    expect(compareAnswers(recorded, again).sentence).toBe(sentence);
  });

  test("values of two types are not the same, though they read alike", () => {
    expect(compareAnswers(answer([new RecordId("a", 1)]), answer(["a:1"])).same).toBe(false);
  });
});

test("bindings that are there but empty are not sent", async () => {
  const { sent, call } = worker();
  const run = createRunAgain(call, () => ({
    method: "query",
    params: encodeValue(["SELECT 1", undefined]),
  }));
  await run.start(bob);
  expect(sent[0]?.params).toEqual({ key: bob.key, text: "SELECT 1" });
});
