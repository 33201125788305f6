/** The seven statuses: every pair of them, allowed or forbidden, and what a transition writes down. */
import { describe, expect, it } from "vitest";
import { isFinal, transition } from "../../../src/session/life-cycle.ts";
import type { SessionStatus } from "../../../src/session/model.ts";

const ALL: SessionStatus[] = [
  "active",
  "ended",
  "removed",
  "replaced",
  "expired",
  "revoked",
  "abandoned",
];

/** Which status may follow which (design, life cycle). */
const ALLOWED: Record<SessionStatus, SessionStatus[]> = {
  active: ["ended", "removed", "replaced", "expired", "revoked", "abandoned"],
  ended: ["active", "removed", "replaced", "abandoned"],
  expired: ["active", "ended", "removed", "replaced", "revoked", "abandoned"],
  revoked: ["active", "ended", "removed", "replaced", "expired", "abandoned"],
  abandoned: ["active", "ended", "removed", "replaced", "expired", "revoked"],
  removed: [],
  replaced: [],
};

function sessionThatIs(status: SessionStatus) {
  return { status, cause: "Before.", statusSince: 1, updatedAt: 1 };
}

describe("life cycle", () => {
  for (const from of ALL) {
    for (const to of ALL) {
      const allowed = ALLOWED[from].includes(to);
      const word = from === to ? "nothing new" : allowed ? "allowed" : "forbidden";
      it(`${from} to ${to}: ${word}`, () => {
        const session = sessionThatIs(from);
        const apply = () => transition(session, { to, by: "server", cause: "Because.", at: 2 });
        if (from === to) {
          expect(apply()).toBeUndefined();
          expect(session).toEqual(sessionThatIs(from));
        } else if (allowed) {
          expect(apply()).toEqual({
            at: 2,
            event: "status",
            by: "server",
            before: from,
            after: to,
            text: "Because.",
          });
          expect(session).toEqual({ status: to, cause: "Because.", statusSince: 2, updatedAt: 2 });
        } else {
          expect(apply).toThrow(expect.objectContaining({ name: "LifeCycleError" }));
          expect(session).toEqual(sessionThatIs(from));
        }
      });
    }
  }

  it("ends with removed and replaced, and nowhere else", () => {
    expect(ALL.filter(isFinal)).toEqual(["removed", "replaced"]);
  });
});
