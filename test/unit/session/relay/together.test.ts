/** Small messages of a busy page cross together; those of an idle one wait for nothing. */
import { expect, test } from "vitest";
import { inNextTask } from "../../../../src/session/next-task.ts";
import { Together } from "../../../../src/session/relay/together.ts";

function stage() {
  const sent: number[][] = [];
  return { sent, together: new Together<number>((messages) => sent.push(messages)) };
}
const nextTask = () => new Promise((resolve) => setTimeout(resolve, 20));

test("with few on their way each goes at once", () => {
  const { sent, together } = stage();
  for (const message of [1, 2, 3]) together.add(message, 100, message);
  expect(sent).toEqual([[1], [2], [3]]);
});

test("with many those of one turn go together, in order", async () => {
  const { sent, together } = stage();
  for (const message of [1, 2, 3]) together.add(message, 100, 50);
  expect(sent).toEqual([]);
  await nextTask();
  expect(sent).toEqual([[1, 2, 3]]);
});

test("a large one goes at once, with what waited before it; too many don't wait", () => {
  const { sent, together } = stage();
  together.add(1, 100, 50);
  together.add(2, 100_000, 50);
  expect(sent).toEqual([[1, 2]]);
  for (let message = 0; message < 64; message++) together.add(message, 100, 50);
  expect(sent[1]).toHaveLength(64);
});

test("they wait for the turns in which more is sure to come, and no longer", async () => {
  const sent: number[][] = [];
  const together = new Together<number>(
    (messages) => sent.push(messages),
    () => 2,
  );
  together.add(1, 100, 50);
  inNextTask(() => together.add(2, 100, 50));
  inNextTask(() => inNextTask(() => together.add(3, 100, 50)));
  inNextTask(() => inNextTask(() => inNextTask(() => together.add(4, 100, 50))));
  await nextTask();
  expect(sent).toEqual([[1, 2, 3], [4]]);
});

test("what is cleared is never sent", async () => {
  const { sent, together } = stage();
  together.add(1, 100, 50);
  together.clear();
  await nextTask();
  expect(sent).toEqual([]);
});
