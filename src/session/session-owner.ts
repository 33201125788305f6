/**
 * What a session needs of the world: the connection that it is on, and the registry that owns it.
 */
import type { ItemBytes } from "../wire/proven.ts";
import type { HeldSession } from "./held-session.ts";
import type { LiveEvent } from "./live-queries.ts";
import type { HistoryEntry } from "./model.ts";
import type { TokenFamily } from "./token-family.ts";

/** The connection, as a session sees it. */
export interface SessionLink {
  /** True while the socket is open. */
  readonly isUp: boolean;
  /** False below 3.0, where only the default session exists. */
  readonly sessionsSupported: boolean;
  /** `3.0.2`, where known. */
  readonly version: string | undefined;
  /** @throws NotConnectedError, ServerError, OutcomeUnknownError */
  request(
    method: string,
    params: readonly unknown[] | undefined,
    session: string | undefined,
    txn?: string,
  ): Promise<unknown>;
  requestBytes(
    method: string,
    params: Uint8Array | undefined,
    session: string | undefined,
    txn?: string,
  ): Promise<ItemBytes>;
}

/** What a session needs of the registry that owns it. */
export interface SessionOwner {
  link(session: HeldSession): SessionLink;
  /** Stores the session, then tells the views. Never rejects: a broken store is told to the person. */
  commit(session: HeldSession): Promise<void>;
  /** Tells the views of a change that isn't stored. */
  changed(session: HeldSession): void;
  history(session: HeldSession, entry: HistoryEntry): void;
  notified(session: HeldSession, liveId: string, event: LiveEvent): void;
  /** A request ran: its time is stored with the next batch. */
  used(session: HeldSession): void;
  /** A new family, its secrets stored. */
  newFamily(secrets: TokenFamily["secrets"]): Promise<TokenFamily<HeldSession>>;
  /** The session belongs to this family from now on, or to none. */
  join(session: HeldSession, family: TokenFamily<HeldSession> | undefined): Promise<void>;
}
