/**
 * Whose live query is it: the way of each notification to the socket and session that began it.
 *
 * Live ids are made by the engine and known to it alone until LIVE is answered, while another session's
 * write may already notify. So what comes for an id nobody has yet is kept for a moment, and an owner
 * hears of nothing before its own answer has left.
 */
import type { Uuid } from "surrealdb";
import type { ClientSession } from "./client-session.ts";
import type { Notification } from "./engine.ts";

interface LiveQuery {
  session: ClientSession;
  deliver: (notification: Notification, session: ClientSession) => void;
  /** What came before the client knew the id; null once it does. */
  waiting: Notification[] | null;
}

const MOST_EARLY = 256;

export class LiveQueries {
  readonly #queries = new Map<string, LiveQuery>();
  readonly #early: Notification[] = [];

  /** Enters a live query as begun by `session`. Nothing is delivered until `open`. */
  begin(id: Uuid, session: ClientSession, deliver: LiveQuery["deliver"]): void {
    const key = id.toString();
    const waiting = this.#early.filter((notification) => notification.id.toString() === key);
    this.#queries.set(key, { session, deliver, waiting });
  }

  /** The client knows the id now: delivers what waited, and everything from here on. */
  open(id: Uuid): void {
    const query = this.#queries.get(id.toString());
    if (!query) return;
    const waiting = query.waiting ?? [];
    query.waiting = null;
    for (const notification of waiting) this.#pass(notification, query);
  }

  /** Takes a notification from the engine. */
  notify(notification: Notification): void {
    const query = this.#queries.get(notification.id.toString());
    if (!query) {
      this.#early.push(notification);
      if (this.#early.length > MOST_EARLY) this.#early.shift();
    } else if (query.waiting) {
      query.waiting.push(notification);
    } else {
      this.#pass(notification, query);
    }
  }

  #pass(notification: Notification, query: LiveQuery): void {
    if (notification.action === "KILLED") this.#queries.delete(notification.id.toString());
    query.deliver(notification, query.session);
  }

  /** Whether the id is a live query that another session began, of this socket or another. */
  isForeign(id: string, session: ClientSession): boolean {
    const query = this.#queries.get(id.toLowerCase());
    return query !== undefined && query.session !== session;
  }

  /** Forgets all live queries of a session: the engine has ended them without a word. */
  endAll(session: ClientSession): void {
    for (const [id, query] of this.#queries) {
      if (query.session === session) this.#queries.delete(id);
    }
  }

  /** How many live queries a session has. */
  count(session: ClientSession): number {
    let count = 0;
    for (const query of this.#queries.values()) if (query.session === session) count++;
    return count;
  }
}
