import { describe, expect, it } from "vitest";
import { nextColour, PALETTE } from "../../../../src/session/palette.ts";
import { shortId } from "../../../../src/session/short-id.ts";
import { badgeLetter, inkOn, luminance } from "../../../../src/ui/words/colour.ts";
import { placeWord, userWord } from "../../../../src/ui/words/identity.ts";
import { ago, moment, shortMoment, span, until } from "../../../../src/ui/words/time.ts";

describe("time", () => {
  it.each([
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_599_999, "59 min"],
    [47 * 3_600_000, "47 h"],
    [48 * 3_600_000, "2 days"],
    [-5, "0 s"],
  ])("%d ms is %s", (value, word) => {
    expect(span(value)).toBe(word);
  });

  it("speaks of the past and of what comes", () => {
    expect(ago(1_000, 1_500)).toBe("just now");
    expect(ago(2_000, 1_500)).toBe("just now");
    expect(ago(0, 720_000)).toBe("12 min ago");
    expect(until(840_000, 0)).toBe("in 14 min");
    expect(until(0, 3_000)).toBe("3 s ago");
  });

  it("leaves today's date out", () => {
    const morning = new Date(2026, 2, 1, 9, 5, 7).getTime();
    const noon = new Date(2026, 2, 1, 12).getTime();
    const later = new Date(2026, 2, 3).getTime();
    expect(moment(morning, noon)).toBe("09:05:07");
    expect(moment(morning, later)).toBe("2026-03-01 09:05:07");
    expect(shortMoment(morning, later)).toBe("03-01 09:05");
  });
});

describe("identity", () => {
  it("names user and place, and says where there is none", () => {
    expect(userWord({ auth: { level: "anonymous", renewable: false } })).toBe("anonymous");
    expect(userWord({ auth: { level: "root", user: "root", renewable: false } })).toBe("root");
    expect(userWord({ auth: { level: "bearer", renewable: false } })).toBe("bearer of a key");
    expect(placeWord({ namespace: "app", database: "a" })).toBe("app/a");
    expect(placeWord({ namespace: "app" })).toBe("app");
    expect(placeWord({})).toBe("no namespace");
    expect(shortId("018f3a52-77aa-7bbb-8ccc-0123456789c3")).toBe("018f…89c3");
  });
});

describe("colour", () => {
  it("never stands without a letter", () => {
    expect(badgeLetter("bob")).toBe("B");
    expect(badgeLetter("  émile")).toBe("É");
    expect(badgeLetter("👩‍🚀 astronaut")).toBe("👩");
    expect(badgeLetter("Anonymous 2")).toBe("·");
    expect(badgeLetter("")).toBe("·");
  });

  it("holds its letter at 4.5:1", () => {
    for (const { colour } of PALETTE) {
      const ground = luminance(colour);
      const ink = luminance(inkOn(colour));
      const contrast = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
      expect(contrast, colour).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("offers the one that is least used", () => {
    const [first, second] = PALETTE;
    expect(nextColour([])).toBe(first?.colour);
    expect(nextColour([first?.colour ?? ""])).toBe(second?.colour);
  });
});
