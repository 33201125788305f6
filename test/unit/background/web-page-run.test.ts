/** Running something in a page, whatever browser and page make of it. */
import { afterEach, expect, it, vi } from "vitest";
import { ANSWER_LIMIT, runInPage, type ScriptRunner } from "../../../src/background/page-run.ts";
import type { WebHolder } from "../../../src/web/web-model.ts";
import { failureOf } from "../../support/scene.ts";

afterEach(() => void vi.useRealTimers());

const HOLDER: WebHolder = {
  tabId: 7,
  frameId: 0,
  documentId: "d1",
  origin: "http://localhost:5173",
  top: true,
};
type Injection = Parameters<ScriptRunner["executeScript"]>[0];
type Answer = Awaited<ReturnType<ScriptRunner["executeScript"]>>;

/** A browser that answers this. */
function answering(answer: () => unknown) {
  const asked: Injection[] = [];
  const scripting: ScriptRunner = {
    async executeScript(injection) {
      asked.push(injection);
      return (await answer()) as Answer;
    },
  };
  const run = (options = {}) => runInPage(scripting, HOLDER, (n: number) => n + 1, [1], options);
  return { asked, run };
}
const result = (value: unknown) => () => [{ documentId: "d1", frameId: 0, result: value }];

it("runs in the page's own world, in this document and no other, at once", async () => {
  const { asked, run } = answering(result({ a: [1, null, "x"] }));
  expect(await run()).toEqual({ a: [1, null, "x"] });
  expect(asked).toMatchObject([
    {
      target: { tabId: 7, documentIds: ["d1"] },
      world: "MAIN",
      injectImmediately: true,
      args: [1],
    },
  ]);
  expect(asked[0]?.func?.(1)).toBe(2);
});

it("answers plain data and nothing else", async () => {
  const date = new Date(0);
  const tricky = { date, map: new Map([[1, 2]]), none: undefined, nan: Number.NaN };
  expect(await answering(result(tricky)).run()).toEqual({
    date: date.toJSON(),
    map: {},
    nan: null,
  });
  expect(await answering(result(undefined)).run()).toBeUndefined();
  expect(await answering(result(null)).run()).toBeNull();
  expect((await failureOf(answering(result(10n)).run())).name).toBe("WebError");
});

it("takes no more than anybody could read", async () => {
  expect(await answering(result("x".repeat(ANSWER_LIMIT - 2))).run()).toHaveLength(
    ANSWER_LIMIT - 2,
  );
  const { name, message } = await failureOf(answering(result("x".repeat(ANSWER_LIMIT))).run());
  expect([name, message]).toEqual([
    "WebError",
    expect.stringContaining("longer than could be read"),
  ]);
});

it("tells what the page threw, where the browser does", async () => {
  const thrown = () => [{ documentId: "d1", frameId: 0, error: new TypeError("on purpose") }];
  const { name, message } = await failureOf(answering(thrown).run());
  expect([name, message]).toEqual(["WebError", expect.stringContaining("failed: on purpose")]);
});

it("says that the page was left, where the document is gone or kept for going back", async () => {
  for (const answer of [() => [], () => [{ documentId: "d1", frameId: 3, result: 1 }]]) {
    expect((await failureOf(answering(answer).run())).message).toContain("was left");
  }
  const gone = answering(() => Promise.reject(new Error("Invalid documentId: d1")));
  expect((await failureOf(gone.run())).message).toContain("can't be asked: Invalid documentId");
});

it("waits for no page for ever", async () => {
  vi.useFakeTimers();
  const never = answering(() => new Promise(() => undefined));
  const failure = failureOf(never.run());
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await failure).message).toContain("hasn't answered in 10 s");
  const soon = failureOf(never.run({ timeoutMs: 500 }));
  await vi.advanceTimersByTimeAsync(500);
  expect((await soon).message).toContain("0.5 s");
});
