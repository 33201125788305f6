/** Outcomes of a person's requests, as a hook tells them: those that nobody waits for are nobody's. */
import { expect, it } from "vitest";
import { PageLine } from "../../../../src/session/page/page-line.ts";

function stage() {
  const sent: { act: string; client: number }[] = [];
  const line = new PageLine((act, client) => void sent.push({ act, client }));
  const act = PageLine.newAct();
  return { line, sent, act, answer: line.request(act, 1, "query", "{}") };
}

it("an outcome is taken once, by its own id: forged, guessed and repeated ones are dropped", async () => {
  const { line, act, answer } = stage();
  for (const guess of ["", "switchyard:1", `${act}0`, act.toUpperCase(), "constructor"]) {
    line.received({ type: "acted", act: guess, frame: "forged" });
    line.received({ type: "not-acted", act: guess, reason: "forged" });
    line.received({ type: "act-lost", act: guess });
  }
  line.received({ type: "acted", act, frame: "real" });
  line.received({ type: "acted", act, frame: "again" });
  line.received({ type: "not-acted", act, reason: "again" });
  expect(await answer).toBe("real");
});

it("what wasn't sent, what may have run and what is too large to be given are told apart", async () => {
  const first = stage();
  first.line.received({ type: "not-acted", act: first.act, reason: "It is closed." });
  await expect(first.answer).rejects.toMatchObject({
    name: "NotSentError",
    message: "Nothing was sent: It is closed.",
  });
  const second = stage();
  second.line.received({ type: "act-lost", act: second.act });
  await expect(second.answer).rejects.toMatchObject({ name: "OutcomeUnknownError" });
  const third = stage();
  third.line.received({ type: "act-lost", act: third.act, reason: "Too large." });
  await expect(third.answer).rejects.toMatchObject({ name: "AnswerLostError" });
});

it("a page that never answers is asked so many at once, and no more", async () => {
  const { line, sent, answer } = stage();
  answer.catch(() => undefined);
  for (let n = 1; n < 200; n++)
    line.request(PageLine.newAct(), 1, "query", "{}").catch(() => undefined);
  await expect(line.request(PageLine.newAct(), 1, "query", "{}")).rejects.toMatchObject({
    name: "NotSentError",
  });
  expect(sent).toHaveLength(200);
  line.lost();
});
