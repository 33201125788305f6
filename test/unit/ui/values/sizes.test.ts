/** Times of the server as people read them. */
import { describe, expect, it } from "vitest";
import { serverTime } from "../../../../src/ui/values/sizes.ts";

describe("the server's times", () => {
  it.each([
    ["857.482µs", "857 µs"],
    ["1.412361ms", "1.4 ms"],
    ["15.9ms", "16 ms"],
    ["2.000123s", "2.0 s"],
    ["540ns", "540 ns"],
    ["1m3s", "1m3s"],
  ])("%s is %s", (said, shown) => {
    expect(serverTime(said)).toBe(shown);
  });
});
