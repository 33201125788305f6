/** How many requests a document has at the server at a time, by how many others ask and how fast it does. */
import { describe, expect, test } from "vitest";
import { Turns } from "../../../../src/session/relay/turns.ts";

/** How many turns it gets one after the other, none of which ends. */
function most(turns: Turns, document: object, at: number): number {
  let taken = 0;
  while (turns.wait(document, taken, at) === 0) taken += 1;
  return taken;
}

/** Sends more at once than anybody may, each of which is answered at once. */
function rush(turns: Turns, document: object, at: number): void {
  for (let n = 0; n < 64; n++) expect(turns.wait(document, 0, at)).toBe(0);
}

describe("a document", () => {
  test("has many turns while it is alone, few while others ask too, and many again afterwards", () => {
    const turns = new Turns();
    const [one, other] = [{}, {}];
    turns.asked(one, 0);
    expect(most(turns, one, 0)).toBe(32);
    turns.asked(other, 20);
    expect(most(turns, other, 20)).toBe(8);
    expect(turns.wait(other, 8, 20)).toBe(100);
    turns.asked(one, 30);
    expect(most(turns, one, 30)).toBe(8);
    expect(most(turns, one, 1_021)).toBe(32);
    turns.asked(other, 1_030);
    turns.left(other);
    expect(most(turns, one, 1_100)).toBe(32);
  });

  test("that sends too fast is held to a rate, for as long as another one is being served", () => {
    const turns = new Turns();
    const [fast, other] = [{}, {}];
    turns.asked(other, 0);
    rush(turns, fast, 0);
    expect(turns.wait(fast, 0, 0)).toBe(2);
    expect(turns.wait(fast, 0, 1)).toBe(1);
    expect(turns.wait(fast, 0, 2)).toBe(0);
    expect(turns.wait(fast, 0, 2)).toBe(2);
    expect(most(turns, other, 2)).toBe(8);
    // Five milliseconds' worth, then as many as others may have.
    expect(most(turns, fast, 12)).toBe(5);
    turns.asked(other, 20);
    expect(turns.wait(fast, 0, 120)).toBe(0);
    rush(turns, fast, 121);
    expect(most(turns, fast, 121)).toBe(8);
  });

  test("that sends too fast doesn't slow another one that does", () => {
    const turns = new Turns();
    const [one, other] = [{}, {}];
    for (const each of [one, other]) rush(turns, each, 0);
    turns.asked(other, 1);
    expect(most(turns, one, 1)).toBe(8);
  });

  test("that is alone is never too fast", () => {
    const turns = new Turns();
    const one = {};
    for (let n = 0; n < 10_000; n++) expect(turns.wait(one, 31, 0)).toBe(0);
  });

  test("that only waits for answers is nobody whom others make room for", () => {
    const turns = new Turns();
    const [waits, one] = [{}, {}];
    turns.asked(waits, 0);
    turns.wait(waits, 32, 1_500);
    expect(most(turns, one, 1_500)).toBe(32);
  });
});
