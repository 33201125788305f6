/** What is said of a session that Clerk lists no more. */
import { expect, test } from "vitest";
import { clerk } from "../../../../src/web/clerk/clerk.ts";
import type { SeenSession } from "../../../../src/web/web-model.ts";
import type { Look } from "../../../../src/web/web-system.ts";
import { ClerkPage, ClerkServer, serverSession } from "../../../support/web/clerk-fake.ts";

async function lookWith(server: ClerkServer): Promise<Look> {
  const look = await clerk.look(await ClerkPage.of(server));
  if (!look) throw new Error("Clerk isn't there.");
  return look;
}

async function seen(more = {}): Promise<SeenSession> {
  const { sessions } = await lookWith(new ClerkServer(serverSession("alice", more)));
  return sessions[0] as SeenSession;
}

const BOB = () => new ClerkServer(serverSession("bob"));
const PAST = Date.now() - 1000;

test("nothing tells why: gone", async () => {
  expect(clerk.vanished(await seen(), await lookWith(BOB()))).toEqual({
    status: "gone",
    cause: "Clerk removed it from the page; whether it was ended, removed or revoked isn't told.",
  });
});

test("single-session mode, and another session is there", async () => {
  const server = BOB();
  server.singleSession = true;
  expect(clerk.vanished(await seen(), await lookWith(server))).toEqual({
    status: "replaced",
    cause: "The session of bob X took its place: this application allows one at a time.",
  });
  server.sessions = [];
  expect(clerk.vanished(await seen(), await lookWith(server)).status).toBe("gone");
});

test("its time was over", async () => {
  const now = await lookWith(BOB());
  expect(clerk.vanished(await seen({ expire_at: PAST }), now).status).toBe("expired");
  expect(clerk.vanished(await seen({ abandon_at: PAST }), now).status).toBe("abandoned");
});

test("it was over before", async () => {
  expect(clerk.vanished(await seen({ status: "ended" }), await lookWith(BOB()))).toEqual({
    status: "ended",
    cause: "Clerk says that the user signed out of it. Clerk doesn't list it any more.",
  });
});

test("Clerk itself is gone, or can't be read", async () => {
  expect(clerk.vanished(await seen(), undefined)).toEqual({
    status: "gone",
    cause: "Clerk isn't in the page any more.",
  });
  for (const state of ["loading", "broken", "degraded"] as const) {
    const now: Look = { system: { state, signsIn: false, multiSession: false }, sessions: [] };
    expect(clerk.vanished(await seen({ expire_at: PAST }), now)).toEqual({
      status: "gone",
      cause: "What Clerk lists in this page isn't known at present.",
    });
  }
});
