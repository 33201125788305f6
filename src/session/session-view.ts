/** What a view is shown of a held session: its record, and what only lives in memory. */
import type { HeldSession } from "./held-session.ts";
import type { SessionView } from "./model.ts";

export function viewOf(session: HeldSession, abandonAfter: number, now: number): SessionView {
  const { record, gate, truth } = session;
  const { order, viewId, familyId, liveQueries, ...shown } = record;
  return {
    ...shown,
    kind: "surrealdb",
    holder: "extension",
    abandonAt: record.lastActiveAt + abandonAfter,
    warnings: warnings(session, now),
    truth,
    gate: gate.view,
    temporary: viewId !== undefined,
    needsSignIn: needsSignIn(session),
    liveQueries: liveQueries.map(({ viewId: _owner, bindings: _sent, isPart: _, ...live }) => live),
    transactions: [...session.requests.transactions.values()].map((txn) => ({ ...txn })),
  };
}

/** It was signed in, can't be restored by itself, and one sign-in would bring it back. */
function needsSignIn({ record }: HeldSession): boolean {
  const lost = record.status === "expired" || record.status === "revoked";
  return lost && record.auth.level !== "anonymous";
}

function warnings({ record, family }: HeldSession, now: number): string[] {
  const found: string[] = [];
  const { tokenExpireAt, status } = record;
  if (status === "active" && tokenExpireAt !== undefined && tokenExpireAt <= now) {
    if (!family?.renewable) {
      found.push("Token expired: works until the connection drops. Sign in again to keep it.");
    }
  }
  return found;
}
