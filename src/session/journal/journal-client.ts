/**
 * A client of a page and its sessions, over all the sockets that it has one after the other.
 *
 * Sessions end with their socket. A client that reconnects attaches its own again under the same
 * UUIDs: those are the same sessions to a person, so their place in the list and the time of their
 * making stay.
 */

import { LIMITS, type PageFact } from "../page/page-facts.ts";
import type { FrameFormat } from "../page/page-model.ts";
import type { SessionsOnSocket } from "./journal-requests.ts";
import { JournalSession, type Shared } from "./journal-session.ts";

/** What a client needs of the document that it is in. */
export interface Surroundings {
  readonly shared: Shared;
  /** Sessions of the whole document, whatever their state. */
  sessionCount(): number;
  /** Called once for each thing that is no more. */
  gone(fact: PageFact): void;
  /** Whose session this is: asked when one is attached that the client doesn't know. */
  ownerOf(id: string, attachedBy: JournalClient, at: number): JournalClient;
}

/** Milliseconds in which a client that has reconnected attaches its sessions again. */
export const RESTORE_TIME = 2_000;
/** Access tokens of which it is remembered that the page has a refresh token to go with them. */
const RENEWABLE = 50;

export class JournalClient implements SessionsOnSocket {
  readonly number: number;
  readonly url: string;
  readonly format: FrameFormat;
  readonly sessions = new Map<string | undefined, JournalSession>();
  /** How many sockets it has had open, the present one included. */
  opened = 0;
  openedAt: number | undefined;
  closedAt: number | undefined;
  /** Since when it may be another of these: it is only guessed whose socket this is. */
  doubt: { at: number; among: ReadonlySet<number> } | undefined;
  readonly #around: Surroundings;
  /** Sessions that were attached once, for when they come again. */
  readonly #former = new Map<string, { order: number; createdAt: number }>();
  readonly #renewable = new Set<string>();
  #lastOrder = 0;

  constructor(number: number, url: string, format: FrameFormat, around: Surroundings) {
    this.number = number;
    this.url = url;
    this.format = format;
    this.#around = around;
  }

  get reconnects(): number {
    return Math.max(0, this.opened - 1);
  }

  /** A socket of it is open: its default session begins anew. */
  socketOpened(at: number): void {
    this.opened++;
    this.openedAt = at;
    this.closedAt = undefined;
    this.sessions.get(undefined)?.release();
    const { shared } = this.#around;
    this.sessions.set(undefined, new JournalSession(this.number, undefined, 0, at, shared));
  }

  socketClosed(at: number): void {
    this.closedAt = at;
    for (const session of this.sessions.values()) session.ended("socket-closed", at);
  }

  session(id: string | undefined): JournalSession | undefined {
    return this.sessions.get(id);
  }

  /** Whether a session of it began this live query, or transaction, on its own socket. */
  owns(id: string): boolean {
    for (const session of this.sessions.values()) if (session.owns(id)) return true;
    return false;
  }

  attached(id: string | undefined, at: number): void {
    if (id === undefined) return;
    const owner = this.sessions.has(id) ? this : this.#around.ownerOf(id, this, at);
    const known = owner.sessions.get(id);
    if (known) {
      known.attached(at);
      known.requested(at, undefined);
      return;
    }
    if (this.#around.sessionCount() >= LIMITS.sessions) {
      this.sessions.get(undefined)?.missed("Its page has more sessions than are shown.", at);
      return;
    }
    const former = this.#former.get(id);
    const order = former?.order ?? ++this.#lastOrder;
    const { shared } = this.#around;
    const session = new JournalSession(this.number, id, order, at, shared, former?.createdAt);
    session.requested(at, undefined);
    this.sessions.set(id, session);
  }

  detached(id: string | undefined, at: number): void {
    this.sessions.get(id)?.ended("detached", at);
  }

  liveEnded(id: string, at: number): void {
    for (const session of this.sessions.values()) if (session.liveEnded(id, at)) return;
  }

  transactionEnded(id: string, at: number): void {
    for (const session of this.sessions.values()) if (session.transactionEnded(id, at)) return;
  }

  hasRefresh(access: string): void {
    this.#renewable.add(access);
    if (this.#renewable.size <= RENEWABLE) return;
    for (const oldest of this.#renewable) {
      this.#renewable.delete(oldest);
      return;
    }
  }

  isRenewable(access: string): boolean {
    return this.#renewable.has(access);
  }

  /**
   * The socket of the one was the other's all along: what came with it changes places too.
   *
   * @param open whether the other's present socket has been open
   */
  changePlaces(other: JournalClient, open: boolean): void {
    if (!open) {
      this.opened++;
      other.opened--;
    }
    [this.openedAt, other.openedAt] = [other.openedAt, this.openedAt];
    [this.closedAt, other.closedAt] = [other.closedAt, this.closedAt];
    const mine = this.sessions.get(undefined);
    const theirs = other.sessions.get(undefined);
    this.#takeDefault(theirs);
    other.#takeDefault(mine);
  }

  #takeDefault(session: JournalSession | undefined): void {
    session?.moveTo(this.number);
    if (session) this.sessions.set(undefined, session);
    else this.sessions.delete(undefined);
  }

  /** Lets go of what ended with an earlier socket, once its successor has had time to bring it back. */
  settle(at: number): void {
    if (this.openedAt === undefined || this.closedAt !== undefined) return;
    if (at - this.openedAt < RESTORE_TIME) return;
    for (const session of [...this.sessions.values()]) {
      if (session.over === "socket-closed") this.drop(session);
    }
  }

  /** True while sessions of an earlier socket may still come back. */
  get restoring(): boolean {
    if (this.closedAt !== undefined) return false;
    return [...this.sessions.values()].some(({ over }) => over === "socket-closed");
  }

  drop(session: JournalSession): void {
    const { id, order, createdAt } = session;
    this.sessions.delete(id);
    session.release();
    if (id !== undefined) {
      this.#former.set(id, { order, createdAt });
      if (this.#former.size > LIMITS.sessions) {
        for (const oldest of this.#former.keys()) {
          this.#former.delete(oldest);
          break;
        }
      }
    }
    this.#around.gone({
      fact: "session-gone",
      client: this.number,
      ...(id !== undefined && { id }),
    });
  }
}
