/**
 * Clerk (https://clerk.com/docs), through the page's own `window.Clerk`.
 *
 * A page may have several sessions at once (multi-session mode); one of them is `Clerk.session`, as
 * which the page runs. Looking reads what Clerk's client in the page remembers, and asks nobody: a
 * session that was made or ended elsewhere is seen when the page, or one of these operations, asked
 * Clerk's server.
 *
 * Ending or removing the current session leaves the page signed out, also where it has others, until it
 * is reloaded or switched: Clerk does so, and the application sees what its users would see. The session
 * that a reload would take then carries a warning that says so, and can be switched to.
 */
import { WebError } from "../web-error.ts";
import type { SeenSession } from "../web-model.ts";
import type { WebPage } from "../web-page.ts";
import type { Look, WebSystem } from "../web-system.ts";
import { readOutcome } from "./act-answer.ts";
import { actInPage, type PageAct } from "./act-in-page.ts";
import { type ClerkLook, readLook } from "./look-answer.ts";
import { lookInPage } from "./look-in-page.ts";
import { isSignedIn, knownStatus, SESSION_TOKEN, seenSession } from "./seen-session.ts";
import { vanished } from "./vanished.ts";

/** So long may Clerk take in the page: below the time in which the page has to answer. */
const ACT_MS = 8_000;

export const clerk: WebSystem = {
  kind: "clerk",
  name: "Clerk",
  async look(page) {
    const look = readLook(await page.run(lookInPage, []));
    return look && shown(look, Date.now());
  },
  vanished,
  async touch(page, session) {
    await act(page, "touch", session);
  },
  async end(page, session) {
    await over(page, "end", session);
  },
  async remove(page, session) {
    await over(page, "remove", session);
  },
  async activate(page, session) {
    await act(page, "activate", session);
  },
  async reveal(page, session, token) {
    if (token !== SESSION_TOKEN) return undefined;
    const { token: value } = await act(page, "token", session);
    return typeof value === "string" && value !== "" ? value : undefined;
  },
};

async function act(page: WebPage, what: PageAct, { id }: SeenSession) {
  return readOutcome(await page.run(actInPage, [what, id, ACT_MS]));
}

async function over(page: WebPage, how: "end" | "remove", session: SeenSession): Promise<void> {
  const { status } = await act(page, how, session);
  if (status === "active" || status === "pending") {
    throw new WebError(`Clerk took the request, but still says that the session is ${status}.`);
  }
}

function shown(look: ClerkLook, now: number): Look {
  const { state, words } = stateOf(look);
  const system: Look["system"] = { state, signsIn: false };
  if (words) system.words = words;
  if (state === "broken" || state === "loading") return { system, sessions: [] };
  if (look.singleSession !== undefined) system.multiSession = !look.singleSession;

  const signedIn = look.sessions.filter(({ status, listed }) => {
    const known = knownStatus(status);
    return listed && known && isSignedIn(known);
  });
  // As clerk-js chooses after a reload.
  const afterReload = (signedIn.find(({ id }) => id === look.lastActive) ?? signedIn[0])?.id;
  const around = { current: look.current, afterReload, now };
  const sessions = look.sessions.flatMap((session) => {
    const status = knownStatus(session.status);
    return status ? seenSession(session, status, around) : [];
  });
  sessions.sort((a, b) => Number(b.current) - Number(a.current));
  return { system, sessions };
}

function stateOf(look: ClerkLook): Pick<Look["system"], "state" | "words"> {
  const name = look.version ? `Clerk ${look.version}` : "Clerk";
  if (!look.isClerk) {
    const why = look.threw ? `reading its “${look.threw}” threw` : "it has no setActive";
    return { state: "broken", words: `The page has a window.Clerk that isn't Clerk's: ${why}.` };
  }
  if (look.status === "error") {
    return { state: "degraded", words: `${name} couldn't start in this page: it says “error”.` };
  }
  if (!look.loaded) return { state: "loading", words: `${name} is loading in this page.` };
  if (!look.hasList) {
    const why = look.threw ? `: reading “${look.threw}” threw` : "";
    return {
      state: "broken",
      words: `${name} says that it is loaded, but lists no sessions${why}.`,
    };
  }
  const words = partly(look, name);
  return words.length > 0 ? { state: "degraded", words: words.join(" ") } : { state: "ready" };
}

/** Why what is shown may not be all, or not be true. */
function partly(look: ClerkLook, name: string): string[] {
  const words: string[] = [];
  if (look.status === "degraded") {
    words.push(
      `${name} says “degraded”: it couldn't reach its server, so this may be out of date.`,
    );
  }
  if (look.scripts > 1) {
    words.push(
      `The page loads Clerk's script ${look.scripts} times: the first one works, the others don't count.`,
    );
  }
  const shownCount = look.sessions.filter(({ listed }) => listed).length;
  if (look.listLength > shownCount + look.leftOut) {
    words.push(`It lists ${look.listLength} sessions; ${shownCount} are shown.`);
  }
  if (look.leftOut > 0)
    words.push(`${look.leftOut} of its entries made no sense and are left out.`);
  const unknown = look.sessions.find(({ status }) => knownStatus(status) === undefined);
  if (unknown) {
    words.push(
      `A session is left out whose status isn't known to Switchyard: “${unknown.status}”.`,
    );
  }
  if (look.threw) words.push(`Reading “${look.threw}” threw, so something may be missing.`);
  return words;
}
