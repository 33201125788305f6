import { describe, expect, it } from "vitest";
import { connectionsSummary } from "../../../../src/ui/words/connections-summary.ts";
import { connectionState, sessionState } from "../../../../src/ui/words/status.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";

const now = 1_800_000_000_000;
const plain = { expireAt: undefined, tokenExpireAt: undefined } as const;

describe("the state of a session in one word", () => {
  it.each([
    ["active, for ever", { ...plain }, "●", "Active"],
    [
      "active, token first",
      { tokenExpireAt: now + 14.5 * 60_000, expireAt: now + 3_600_000 },
      "●",
      "14 min",
    ],
    [
      "active, session first",
      { tokenExpireAt: now + 3_600_000, expireAt: now + 42_000 },
      "●",
      "42 s",
    ],
    ["signed out", { status: "ended" as const }, "○", "Signed out"],
    ["abandoned", { status: "abandoned" as const }, "○", "Abandoned"],
    ["expired", { status: "expired" as const }, "⚠", "Expired"],
    ["revoked", { status: "revoked" as const }, "⚠", "Revoked"],
    ["closed", { status: "removed" as const }, "○", "Closed"],
    ["replaced", { status: "replaced" as const }, "○", "Replaced"],
    [
      "waiting for a sign-in",
      { status: "expired" as const, needsSignIn: true },
      "⚠",
      "Sign in again",
    ],
    ["other than the server says", { truth: { state: "differs" as const } }, "⚠", "Differs"],
    [
      "past its token",
      { warnings: ["Token expired: works until the connection drops."] },
      "⚠",
      "Token",
    ],
    [
      "behind its gate",
      { gate: { open: false as const, reason: "Being restored." } },
      "○",
      "Waiting",
    ],
  ])("%s", (_, part, mark, word) => {
    const state = sessionState(exampleSession(part), now);
    expect([state.mark, state.word]).toEqual([mark, word]);
  });

  it("says in a sentence what ends, and when", () => {
    const session = exampleSession({ ...plain, tokenExpireAt: now + 90_000 });
    expect(sessionState(session, now).sentence).toBe("Active. Token ends in 1 min.");
  });

  it("never promises time that is over", () => {
    const session = exampleSession({ ...plain, tokenExpireAt: now - 1 });
    expect(sessionState(session, now).word).toBe("Ending");
  });
});

describe("the state of a connection", () => {
  const failure = { code: "refused", message: "Nothing listens on ws://localhost:8000." } as const;
  it.each([
    [{ kind: "connecting" } as const, "connecting"],
    [{ kind: "restoring", done: 3, total: 12 } as const, "restoring 3/12"],
    [{ kind: "open" } as const, "open 3.0.2"],
    [{ kind: "waiting", retryAt: now + 4_200, failure } as const, "retry in 4 s"],
    [{ kind: "waiting", retryAt: now - 1, failure } as const, "retrying"],
    [{ kind: "closed", failure } as const, "closed"],
  ])("%j", (state, word) => {
    expect(connectionState(exampleConnection({ state }), now).word).toBe(word);
  });

  it("is bad where it failed, and no trouble where the person closed it", () => {
    const closed = (code: "refused" | "closed-by-you") =>
      connectionState(
        exampleConnection({ state: { kind: "closed", failure: { code, message: "…" } } }),
        now,
      ).tone;
    expect([closed("refused"), closed("closed-by-you")]).toEqual(["bad", "idle"]);
  });
});

describe("all connections in one word", () => {
  it("names the one there is", () => {
    const summary = connectionsSummary([exampleConnection()], now);
    expect([summary.name, summary.state.word, summary.count]).toEqual([
      "Demo",
      "open 3.0.2",
      undefined,
    ]);
  });

  it("names the one in trouble, and counts the others", () => {
    const two = exampleConnection({ id: "two", name: "Two", state: { kind: "connecting" } });
    const summary = connectionsSummary([exampleConnection(), two], now);
    expect([summary.id, summary.state.word, summary.count]).toEqual([
      "two",
      "connecting",
      "1 of 2 open",
    ]);
  });

  it("only counts them where all is well", () => {
    const summary = connectionsSummary(
      [exampleConnection(), exampleConnection({ id: "two" })],
      now,
    );
    expect(summary.state.word).toBe("2 of 2 open");
  });
});
