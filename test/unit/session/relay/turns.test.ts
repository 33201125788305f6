import { expect, test } from "vitest";
import { Turns } from "../../../../src/session/relay/turns.ts";

test("a document has many turns while it is alone, few while others ask too, and many again afterwards", () => {
  const turns = new Turns();
  const [one, other] = [{}, {}];
  expect(turns.atOnce(one, 0)).toBe(32);
  expect(turns.atOnce(one, 10)).toBe(32);
  expect(turns.atOnce(other, 20)).toBe(8);
  expect(turns.atOnce(one, 30)).toBe(8);
  expect(turns.atOnce(one, 1_021)).toBe(32);
  turns.atOnce(other, 1_030);
  turns.left(other);
  expect(turns.atOnce(one, 1_040)).toBe(32);
});
