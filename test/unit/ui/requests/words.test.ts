/** What the log says in its columns. */
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../../src/session/log/log-entry.ts";
import {
  exactTime,
  liveWord,
  milliseconds,
  outcomeWord,
  sinceStart,
} from "../../../../src/ui/requests/words.ts";

describe("times", () => {
  test("since the log began: seconds, then minutes and hours before them", () => {
    expect(sinceStart(1_204, 0)).toBe("+1.204");
    expect(sinceStart(59_999.9, 0)).toBe("+59.999");
    expect(sinceStart(123_204, 0)).toBe("+2:03.204");
    expect(sinceStart(3_723_004, 0)).toBe("+1:02:03.004");
  });

  test("never before it: clocks of two processes may differ by a little", () => {
    expect(sinceStart(1_000, 1_003)).toBe("+0.000");
  });

  test("of the clock, to the millisecond", () => {
    expect(exactTime(new Date(2026, 2, 1, 9, 1, 4, 7).getTime())).toBe("09:01:04.007");
  });

  test("taken: finer where it was quick", () => {
    expect([0.84, 9.96, 34.2, 3_204].map(milliseconds)).toEqual(["0.8", "10.0", "34", "3,204"]);
  });
});

describe("outcomes", () => {
  const error = { name: "ServerError", message: "Not enough permissions" };
  test.each<[Outcome, string]>([
    [{ kind: "ok", rows: 3, text: "3 rows" }, "3 rows"],
    [{ kind: "error", error: { ...error, kind: "NotAllowed" } }, "✕ NotAllowed"],
    [{ kind: "error", error }, "✕ ServerError"],
    [{ kind: "pending" }, "◌ pending"],
    [{ kind: "unknown" }, "? unknown"],
  ])("are a mark and a word", (outcome, expected) => {
    const { mark, text } = outcomeWord(outcome);
    expect(mark === undefined ? text : `${mark} ${text}`).toBe(expected);
  });

  test("of live queries are counted together, and say when all of them are over", () => {
    const one = { id: "1", events: 1, state: "killed" as const };
    expect(liveWord([one])).toBe("1 event, killed");
    expect(liveWord([one, { id: "2", events: 11, state: "watching" }])).toBe("12 events");
  });
});
