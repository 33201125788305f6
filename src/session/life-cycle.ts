/**
 * The life cycle of a session: seven statuses, and which may follow which.
 *
 * `removed` and `replaced` are the end: the UUID is given up at the server. From every other status a
 * session can come back to `active`, by signing in, refreshing or touching it. Each transition has
 * one cause and one actor, and is a line of the session's history.
 */
import { SessionError } from "./errors.ts";
import type { Actor, HistoryEntry, SessionStatus } from "./model.ts";

const FOLLOWERS: Record<SessionStatus, readonly SessionStatus[]> = {
  active: ["ended", "removed", "replaced", "expired", "revoked", "abandoned"],
  ended: ["active", "removed", "replaced", "abandoned"],
  expired: ["active", "removed", "replaced", "revoked", "abandoned", "ended"],
  revoked: ["active", "removed", "replaced", "expired", "abandoned", "ended"],
  abandoned: ["active", "removed", "replaced", "expired", "revoked", "ended"],
  removed: [],
  replaced: [],
};

/** True for the two statuses that nothing follows. */
export function isFinal(status: SessionStatus): boolean {
  return FOLLOWERS[status].length === 0;
}

export interface Transition {
  to: SessionStatus;
  by: Actor;
  /** One sentence: why. */
  cause: string;
  at: number;
}

/** The part of a session that a transition changes. */
export interface WithStatus {
  status: SessionStatus;
  cause: string;
  statusSince: number;
  updatedAt: number;
}

/**
 * Applies a transition in place and answers its line of history; undefined when the session has that
 * status already (the first cause stands).
 * @throws SessionError when the one can't follow the other
 */
export function transition(session: WithStatus, next: Transition): HistoryEntry | undefined {
  const before = session.status;
  if (before === next.to) return undefined;
  if (!FOLLOWERS[before].includes(next.to)) {
    throw new SessionError(
      "LifeCycleError",
      `A session that is ${before} can't become ${next.to}.`,
    );
  }
  session.status = next.to;
  session.cause = next.cause;
  session.statusSince = next.at;
  session.updatedAt = next.at;
  return { at: next.at, event: "status", by: next.by, before, after: next.to, text: next.cause };
}
