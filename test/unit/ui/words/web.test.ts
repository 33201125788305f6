import { describe, expect, it } from "vitest";
import {
  actorName,
  isOver,
  systemTrouble,
  webPlaceWord,
  webState,
  webStatusMark,
} from "../../../../src/ui/words/web.ts";
import type { WebStatus } from "../../../../src/web/web-model.ts";
import { exampleClerk, exampleSuperTokens } from "../../../support/ui/web-examples.ts";

const now = 1_800_000_000_000;
const MINUTE = 60_000;

describe("the state of a web session in one word", () => {
  it.each([
    [
      "its token, of SuperTokens",
      exampleSuperTokens({ tokenExpireAt: now + 14.5 * MINUTE }),
      "14 min",
    ],
    ["the session, of Clerk", exampleClerk({ expireAt: now + 90 * MINUTE }), "1 h"],
    ["neither, where nobody knows", exampleClerk({ expireAt: undefined }), "Active"],
    ["no time that is over", exampleClerk({ expireAt: now - 1 }), "Ending"],
    [
      "a token that is renewed at the next use",
      exampleSuperTokens({ tokenExpireAt: now - 1 }),
      "Active",
    ],
    ["what is to be known first", exampleClerk({ warnings: ["Twice."] }), "Warning"],
    ["a task to be done", exampleClerk({ status: "pending" }), "Pending"],
    ["gone", exampleSuperTokens({ status: "gone" }), "Gone"],
    ["signed out", exampleSuperTokens({ status: "ended" }), "Signed out"],
  ])("counts %s", (_, session, word) => {
    expect(webState(session, now).word).toBe(word);
  });

  it("says its cause as a sentence, with the same marks as every session", () => {
    const marks = (["active", "pending", "gone", "expired", "replaced"] as const).map((status) => {
      const { mark, sentence } = webStatusMark({ status, cause: "Because." });
      return `${mark} ${sentence}`;
    });
    expect(marks).toEqual(["● Because.", "⚠ Because.", "○ Because.", "⚠ Because.", "○ Because."]);
  });

  it("is over but for those who are signed in or can be again", () => {
    const all: WebStatus[] = [
      "active",
      "pending",
      "abandoned",
      "ended",
      "removed",
      "replaced",
      "expired",
      "revoked",
      "gone",
    ];
    expect(all.filter((status) => !isOver(status))).toEqual(["active", "pending", "abandoned"]);
  });
});

describe("what stands beneath a web session's name", () => {
  it("is its system, its tenant, and the user where the name isn't theirs", () => {
    expect(webPlaceWord(exampleSuperTokens())).toBe("SuperTokens · acme");
    expect(webPlaceWord(exampleClerk({ label: "Boss" }))).toBe("Clerk · Dana Example");
    expect(webPlaceWord(exampleClerk({ label: "Boss", user: "u", userName: undefined }))).toBe(
      "Clerk · u",
    );
  });
});

describe("who acts as somebody else", () => {
  it.each([
    [{ sub: "user_1" }, "user_1"],
    [{ sub: "user_1", email: "ops@acme.com" }, "ops@acme.com"],
    [{ sub: 7 }, undefined],
    [{}, undefined],
  ])("%j", (actor, name) => {
    expect(actorName(actor)).toBe(name);
  });
});

describe("what is to be known of a system", () => {
  it("is its own words, or its state", () => {
    const clerk = { kind: "clerk", signsIn: false } as const;
    expect(systemTrouble({ ...clerk, state: "ready" })).toBeUndefined();
    expect(systemTrouble({ ...clerk, state: "loading" })).toBe("Clerk is loading.");
    expect(systemTrouble({ ...clerk, state: "broken", words: "Odd." })).toBe("Odd.");
  });
});
