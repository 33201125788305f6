/**
 * One client of relayed requests: a socket of a page, or a page that uses the page API.
 *
 * A transaction or a live query belongs to the client and to the session of the client's in which it
 * began, and to the held session that ran it. The server binds neither to anything, so that is kept and
 * checked here: what isn't this client's own is refused, and what is its own ends with it.
 */
import type { ArrayBytes, ItemBytes } from "../../wire/proven.ts";
import type { HeldSession } from "../held-session.ts";
import type { LiveEvent } from "../live-queries.ts";

/** A request as the client made it; ids are canonical UUIDs. */
export interface RelayCall {
  method: string;
  params?: ArrayBytes | undefined;
  txn?: string | undefined;
  /** Which of the client's own sessions asks; absent: its default session. */
  session?: string | undefined;
}

/** A result, and what began or ended with it under ids that the client will use. */
export interface RelayResult {
  result: ItemBytes;
  /** A transaction that began. */
  begunTransaction?: string;
  /** A transaction that is over. */
  endedTransaction?: string;
  /** Live queries that began. */
  begunLive?: string[];
  /** Live queries that were killed. */
  endedLive?: string[];
}

/** A notification for the client, under the id by which it knows the live query. */
export interface RelayNotification extends LiveEvent {
  liveId: string;
  /** The client's own session in which the live query began. */
  session?: string | undefined;
}

export declare class RelayClient {
  /** @param id also the owner's id of its live queries in the held sessions' records */
  constructor(id: string, notify: (notification: RelayNotification) => void);
  readonly id: string;
  /**
   * Runs one request as `held`, or, where it names a transaction or a live query, as the held session
   * that this belongs to. Sent at most once.
   * @throws RelayError: nothing was sent, or (outcome unknown) it may have run; ServerError
   */
  call(call: RelayCall, held: HeldSession): Promise<RelayResult>;
  /** The client is gone: its live queries are killed, its transactions cancelled, late answers dropped. */
  close(): void;
}
