/**
 * What a view is shown of a held session: its record as it is stored, and what only lives in memory.
 *
 * Never the record that is being changed: nobody is told what a sudden end would take back.
 */
import type { HeldSession } from "./held-session.ts";
import type { SessionView } from "./model.ts";
import type { SessionRecord } from "./store.ts";

/** Undefined for a session that was never stored. */
export function viewOf(
  session: HeldSession,
  abandonAfter: number,
  now: number,
): SessionView | undefined {
  const { gate, truth, stored } = session;
  if (!stored) return undefined;
  const { order, viewId, familyId, liveQueries: _counted, ...shown } = stored;
  // Times and counters of use are stored in batches, and shown as they are.
  const { lastActiveAt, liveQueries } = session.record;
  return {
    ...shown,
    lastActiveAt,
    kind: "surrealdb",
    holder: "extension",
    abandonAt: lastActiveAt + abandonAfter,
    warnings: warnings(stored, session.family?.renewable ?? false, now),
    truth,
    gate: gate.view,
    temporary: viewId !== undefined,
    needsSignIn: needsSignIn(stored),
    liveQueries: liveQueries.map(({ viewId: _owner, bindings: _sent, isPart: _, ...live }) => live),
    transactions: [...session.requests.transactions.values()].map((txn) => ({ ...txn })),
  };
}

/** It was signed in, can't be restored by itself, and one sign-in would bring it back. */
function needsSignIn({ status, auth }: SessionRecord): boolean {
  return (status === "expired" || status === "revoked") && auth.level !== "anonymous";
}

function warnings(
  { status, auth, tokenExpireAt }: SessionRecord,
  renewable: boolean,
  now: number,
): string[] {
  if (status !== "active" || renewable || tokenExpireAt === undefined) return [];
  if (tokenExpireAt <= now) {
    return ["Token expired: works until the connection drops. Sign in again to keep it."];
  }
  if (auth.level === "anonymous") return [];
  return [`Can't be renewed. Token until ${clockTime(tokenExpireAt, now)}. Sign in to keep it.`];
}

/** "14:02", with the day where that isn't today. In the person's own time zone and language. */
function clockTime(at: number, now: number): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(now).toDateString();
  const day = isToday ? {} : ({ day: "numeric", month: "short" } as const);
  return date.toLocaleString([], { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
