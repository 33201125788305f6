/**
 * What is due when: renewals, expiries, abandonment.
 *
 * One timer for all, set to whatever comes first, so that nothing is polled and a thousand sessions
 * cost one timer. It is looked at anew after every change.
 */
import type { Families } from "./families.ts";
import type { HeldSession } from "./held-session.ts";

/** setTimeout overflows above 2^31 ms: long waits are taken in steps. */
const LONGEST = 2 ** 31 - 1;
const SHORTEST = 10;

export interface AgendaOwner {
  sessions(): Iterable<HeldSession>;
  families: Families;
  /** Milliseconds without activity after which a session is abandoned. */
  abandonAfter(): number;
  changed(session: HeldSession): void;
}

export class Agenda {
  readonly #owner: AgendaOwner;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Number.POSITIVE_INFINITY;
  #lastTick = Date.now();

  constructor(owner: AgendaOwner) {
    this.#owner = owner;
  }

  /** Sets the timer to what comes first. Cheap enough to be called after every change. */
  arm(): void {
    const due = this.#next();
    if (due === this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    if (due === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(Math.max(due - Date.now(), SHORTEST), LONGEST);
    this.#timer = setTimeout(() => this.#tick(), wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#due = Number.POSITIVE_INFINITY;
  }

  #next(): number {
    let first = Number.POSITIVE_INFINITY;
    const consider = (at: number | undefined) => {
      if (at !== undefined && at < first) first = at;
    };
    for (const { record, attached } of this.#owner.sessions()) {
      if (record.status !== "active") continue;
      if (attached) consider(record.expireAt);
      consider(record.lastActiveAt + this.#owner.abandonAfter());
      // The warning appears at that moment; after it there is nothing left to wait for.
      if (record.tokenExpireAt !== undefined && record.tokenExpireAt > this.#lastTick) {
        consider(record.tokenExpireAt);
      }
    }
    for (const family of this.#owner.families.all) {
      if (!family.isRenewing && renewer(family.members)) consider(family.renewAt);
    }
    return first;
  }

  #tick(): void {
    const now = Date.now();
    for (const session of this.#owner.sessions()) {
      const { record, attached } = session;
      if (record.status !== "active") continue;
      if (attached && record.expireAt !== undefined && record.expireAt <= now) {
        void session.expire("clock");
      } else if (record.lastActiveAt + this.#owner.abandonAfter() <= now) {
        void session.abandon();
      } else if (record.tokenExpireAt !== undefined && record.tokenExpireAt <= now) {
        if (record.tokenExpireAt > this.#lastTick) this.#owner.changed(session);
      }
    }
    for (const family of this.#owner.families.all) {
      const due = family.renewAt;
      const member = due !== undefined && due <= now ? renewer(family.members) : undefined;
      if (!member || family.isRenewing) continue;
      void family.renewWhenDue(() => member.renew("clock")).then(() => this.arm());
    }
    this.#lastTick = now;
    this.#due = Number.POSITIVE_INFINITY;
    this.arm();
  }
}

/** The member through whose session a family is renewed by itself. */
function renewer(members: Iterable<HeldSession>): HeldSession | undefined {
  for (const member of members) {
    if (member.record.status === "active" && member.attached) return member;
  }
  return undefined;
}
