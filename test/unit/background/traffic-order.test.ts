/** What a routed page did, in the order in which it happened. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TrafficOrder } from "../../../src/background/traffic-order.ts";
import type { TrafficRecord } from "../../../src/session/page/page-model.ts";

const mark = (at: number, url = ""): TrafficRecord => ({ kind: "navigation", at, url });
let told: TrafficRecord[][];
let order: TrafficOrder;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  order = new TrafficOrder((records) => told.push(records));
});
afterEach(() => vi.useRealTimers());

it("is told at once where only one way is in use", () => {
  order.add([mark(2), mark(3)], false);
  expect(told).toEqual([[mark(2), mark(3)]]);
});

it("waits for what the hook tells in batches, and is told in time's order", () => {
  order.add([mark(20, "routed")], true);
  order.add([mark(10, "native"), mark(20, "native")], true);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(told).toEqual([[mark(10, "native"), mark(20, "routed"), mark(20, "native")]]);
});

it("keeps nothing back when the route ends", () => {
  order.add([mark(20)], true);
  order.add([mark(30)], false);
  expect(told).toEqual([[mark(20), mark(30)]]);
  vi.advanceTimersByTime(200);
  expect(told).toHaveLength(1);
});
