/** How many requests of a page are at the server at a time. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Turns } from "../../../../src/session/relay/turns.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("are many while no other page asks", () => {
  const turns = new Turns();
  expect(turns.atOnce("a")).toBe(32);
  expect(turns.atOnce("a")).toBe(32);
});

it("are few while another page asks, and many again a second after it has stopped", () => {
  const turns = new Turns();
  turns.atOnce("a");
  expect(turns.atOnce("b")).toBe(8);
  expect(turns.atOnce("a")).toBe(8);
  vi.advanceTimersByTime(600);
  expect(turns.atOnce("a")).toBe(8);
  vi.advanceTimersByTime(600);
  expect(turns.atOnce("a")).toBe(32);
});
