/** What is said of whom a tab runs as. The word "route" itself never stands on screen. */
import type { SessionView } from "../../session/model.ts";
import type { RouteLeftover, RouteScope, RouteView } from "../../session/relay/route-model.ts";
import { plural } from "../values/sizes.ts";
import type { StateWord } from "./status.ts";
import { ago } from "./time.ts";

/** What a page is when nobody chose otherwise. */
export const OWN_SESSION = "Page's own session";

/** An origin, for people: "localhost:5173". */
export function siteName(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host || origin : origin;
}

/** What of the page runs as the session, where it isn't what one would expect anyway. */
export function scopeWord(scope: RouteScope): string | undefined {
  switch (scope.kind) {
    case "default":
      return undefined;
    case "page":
      return "all sessions";
    case "session":
      return `${scope.session.label} only`;
  }
}

/**
 * Whether the tab really runs as this session: "checked 2 s ago", "switching…", "can't serve".
 *
 * @param session undefined: it is no more
 */
export function routeState(
  route: RouteView,
  session: SessionView | undefined,
  now: number,
): StateWord {
  if (!session) {
    return { tone: "bad", mark: "⚠", word: "gone", sentence: "This session is no more." };
  }
  const unserved = route.notices.find((notice) => notice.kind === "cannot-serve");
  if (unserved) {
    const sentence = `Requests of the page fail: ${unserved.reason}`;
    return { tone: "bad", mark: "⚠", word: "can't serve", sentence };
  }
  if (route.state === "switching") {
    const sentence = "Not every part of the page has confirmed it yet.";
    return { tone: "warn", mark: "○", word: "switching…", sentence };
  }
  const { truth } = session;
  switch (truth.state) {
    case "agrees":
      return {
        tone: "good",
        mark: "✓",
        word: truth.checkedAt === undefined ? "checked" : `checked ${ago(truth.checkedAt, now)}`,
        sentence: `Server confirms: ${truth.identity ?? session.label}`,
      };
    case "differs":
      return {
        tone: "bad",
        mark: "⚠",
        word: "differs",
        sentence: "The server says something else than what is shown.",
      };
    case "failed":
      return {
        tone: "warn",
        mark: "⚠",
        word: "not confirmed",
        sentence: `The server did not say: ${truth.error?.message ?? "no answer"}`,
      };
    case "checking":
      return { tone: "idle", mark: "○", word: "checking…", sentence: "Asking the server…" };
    case "unchecked":
      return {
        tone: "idle",
        mark: "○",
        word: "not checked",
        sentence: "Not checked with the server yet.",
      };
  }
}

/** "1 live query and 2 transactions". */
function countOf(leftovers: readonly RouteLeftover[]): string {
  const live = leftovers.filter(({ kind }) => kind === "live").length;
  const transactions = leftovers.length - live;
  return [
    live > 0 ? (live === 1 ? "1 live query" : `${live} live queries`) : "",
    transactions > 0 ? plural(transactions, "transaction") : "",
  ]
    .filter(Boolean)
    .join(" and ");
}

/**
 * "1 live query still runs as Alice until the page reloads." A transaction ends by itself, so that of
 * it alone nothing is said of reloading.
 *
 * @param leftovers at least one
 */
export function leftoverSentence(leftovers: readonly RouteLeftover[]): string {
  const names = [...new Set(leftovers.map(({ as }) => as))];
  const parts = names.map((as) => {
    const own = leftovers.filter((each) => each.as === as);
    const verb = own.length === 1 ? "runs" : "run";
    return `${countOf(own)} still ${verb} as ${as === OWN_SESSION ? "the page's own session" : as}`;
  });
  const live = leftovers.some(({ kind }) => kind === "live");
  return `${parts.join(", ")}${live ? " until the page reloads" : ""}.`;
}

/** "a transaction", "2 transactions". */
export function transactionsWord(count: number): string {
  return count === 1 ? "a transaction" : `${count} transactions`;
}
