/** What became of a session that a page had a moment ago: by what was seen, never by guess. */
import type { SeenSession, WebStatus } from "../web-model.ts";
import type { Look } from "../web-system.ts";
import { timeText } from "./shown.ts";

export function vanishedInPage(
  before: SeenSession,
  now: Look | undefined,
): { status: WebStatus; cause: string } {
  const current = now?.sessions.find((session) => session.current);
  if (current && current.id !== before.id) {
    const who = current.user === undefined ? "another session" : `a session of ${current.user}`;
    return { status: "replaced", cause: `Replaced by ${who} (${current.id}).` };
  }
  const { expireAt } = before;
  if (expireAt !== undefined && expireAt <= Date.now()) {
    return { status: "expired", cause: `Its refresh token ended at ${timeText(expireAt)}.` };
  }
  // What an SDK leaves behind is the same after a sign-out and after a server's refusal.
  if (before.status === "expired") return { status: "expired", cause: before.cause };
  if (!now) {
    return {
      status: "gone",
      cause: "Its cookies are gone from the page, and SuperTokens with them: why can't be seen.",
    };
  }
  if (now.system.state === "broken") {
    return {
      status: "gone",
      cause: `The page's tokens can't be read any more. ${now.system.words}`,
    };
  }
  return {
    status: "gone",
    cause:
      "The page has it no more: whether it signed out, was refused by the server or had its cookies cleared can't be seen.",
  };
}
