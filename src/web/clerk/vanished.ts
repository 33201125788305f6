/** What became of a session that Clerk listed before, and lists no more. */
import type { SeenSession, WebStatus } from "../web-model.ts";
import type { Look } from "../web-system.ts";
import { isSignedIn } from "./seen-session.ts";

/** By what was seen, never by guess: Clerk itself tells nothing of a session that it lists no more. */
export function vanished(
  before: SeenSession,
  now: Look | undefined,
  at: number = Date.now(),
): { status: WebStatus; cause: string } {
  if (!now) return { status: "gone", cause: "Clerk isn't in the page any more." };
  // Where Clerk couldn't start, or can't be read, its list is empty without a session having gone.
  if (now.system.state !== "ready" && now.sessions.length === 0) {
    return { status: "gone", cause: "What Clerk lists in this page isn't known at present." };
  }
  if (!isSignedIn(before.status)) {
    return { status: before.status, cause: `${before.cause} Clerk doesn't list it any more.` };
  }
  const other = now.sessions.find(({ current, id }) => current && id !== before.id);
  if (now.system.multiSession === false && other) {
    const whose = other.userName ?? other.user ?? other.id;
    return {
      status: "replaced",
      cause: `The session of ${whose} took its place: this application allows one at a time.`,
    };
  }
  if (before.expireAt !== undefined && before.expireAt <= at) {
    return {
      status: "expired",
      cause: "Its time (expireAt) is over; Clerk removed it from the page.",
    };
  }
  if (before.abandonAt !== undefined && before.abandonAt <= at) {
    return {
      status: "abandoned",
      cause: "It wasn't used until its abandonAt; Clerk removed it from the page.",
    };
  }
  return {
    status: "gone",
    cause: "Clerk removed it from the page; whether it was ended, removed or revoked isn't told.",
  };
}
