/**
 * The live queries of one held session.
 *
 * Views know a live query by an id that stays; the server gives it a new one each time it is begun
 * again after a restore. This keeps the two apart, counts what came, keeps the last notifications
 * for a view that opens late, and notes the spans in which some may be missing.
 */
import type { LiveNotification } from "../wire/rpc-socket.ts";
import { encodeValue } from "../wire/values.ts";
import type { LiveQueryRecord } from "./store.ts";

/** One notification as views get it: record id and value as CBOR bytes. */
export interface LiveEvent {
  at: number;
  action: LiveNotification["action"];
  record: Uint8Array;
  value: Uint8Array;
}

/** How many notifications are kept per live query. */
export const NOTIFICATION_LIMIT = 200;

export class LiveQueries {
  /** Shared with the session's record, so that storing the session stores these. */
  readonly #records: LiveQueryRecord[];
  readonly #byServerId = new Map<string, LiveQueryRecord>();
  readonly #serverIds = new Map<string, string>();
  readonly #events = new Map<string, LiveEvent[]>();
  /** When a watched query was lost with its socket, by id. */
  readonly #lostSince = new Map<string, number>();
  /** Lost ones that somebody is beginning again. */
  readonly #taken = new Set<LiveQueryRecord>();
  /** Notifications that overtook the answer which names their query. */
  #early: { liveId: string; event: LiveEvent }[] = [];

  constructor(records: LiveQueryRecord[]) {
    this.#records = records;
  }

  get all(): readonly LiveQueryRecord[] {
    return this.#records;
  }

  get(id: string): LiveQueryRecord | undefined {
    return this.#records.find((live) => live.id === id);
  }

  /** Of all queries that run at the server, those that nobody watches included. */
  serverIds(): string[] {
    return [...this.#serverIds.values()];
  }

  serverId(id: string): string | undefined {
    return this.#serverIds.get(id);
  }

  events(id: string): LiveEvent[] {
    return this.#events.get(id) ?? [];
  }

  /** A query that was begun for the first time. Answers the notifications that came before it. */
  begin(live: LiveQueryRecord, serverId: string): LiveEvent[] {
    this.#records.push(live);
    return this.#link(live, serverId);
  }

  /** The watched queries that the server has no more, to be begun again: given to one caller only. */
  takeLost(): LiveQueryRecord[] {
    const lost = this.#records.filter(
      (live) => live.state === "watching" && this.#lostSince.has(live.id) && !this.#taken.has(live),
    );
    for (const live of lost) this.#taken.add(live);
    return lost;
  }

  /** It could not be begun again now: the next caller may. */
  giveBack(live: LiveQueryRecord): void {
    this.#taken.delete(live);
  }

  /** A query that was begun again: from its loss until now notifications may be missing. */
  beginAgain(live: LiveQueryRecord, serverId: string, now: number): LiveEvent[] {
    live.gaps.push({ from: this.#lostSince.get(live.id) ?? now, to: now });
    return this.#link(live, serverId);
  }

  #link(live: LiveQueryRecord, serverId: string): LiveEvent[] {
    this.#byServerId.set(serverId, live);
    this.#serverIds.set(live.id, serverId);
    this.#lostSince.delete(live.id);
    this.#taken.delete(live);
    const early = this.#early.filter((entry) => entry.liveId === serverId);
    this.#early = this.#early.filter((entry) => entry.liveId !== serverId);
    for (const { event } of early) this.#keep(live, event);
    return early.map((entry) => entry.event);
  }

  /** Takes a notification up; answers the query that it is for, where one is watched. */
  receive(
    notification: LiveNotification,
    now: number,
  ): { live: LiveQueryRecord; event: LiveEvent } | undefined {
    const event: LiveEvent = {
      at: now,
      action: notification.action,
      record: notification.recordBytes?.slice() ?? encodeValue(undefined),
      value: notification.resultBytes?.slice() ?? encodeValue(undefined),
    };
    const live = this.#byServerId.get(notification.liveId);
    if (!live) {
      this.#early.push({ liveId: notification.liveId, event });
      if (this.#early.length > NOTIFICATION_LIMIT) this.#early.shift();
      return undefined;
    }
    if (event.action === "KILLED") this.end(live);
    else if (live.state !== "watching") return undefined;
    this.#keep(live, event);
    return { live, event };
  }

  #keep(live: LiveQueryRecord, event: LiveEvent): void {
    live.events += 1;
    const events = this.#events.get(live.id) ?? [];
    events.push(event);
    if (events.length > NOTIFICATION_LIMIT) events.shift();
    this.#events.set(live.id, events);
  }

  /** The query is over at the server; it stays listed as killed. */
  end(live: LiveQueryRecord): void {
    live.state = "killed";
    const serverId = this.#serverIds.get(live.id);
    if (serverId !== undefined) this.#byServerId.delete(serverId);
    this.#serverIds.delete(live.id);
    this.#lostSince.delete(live.id);
    this.#taken.delete(live);
  }

  endByServerId(serverId: string): void {
    const live = this.#byServerId.get(serverId);
    if (live) this.end(live);
  }

  /** The socket is gone, or the session at the server, and every query there with it. */
  lost(since: number): void {
    this.#byServerId.clear();
    this.#serverIds.clear();
    this.#early = [];
    this.#taken.clear();
    for (const live of this.#records) {
      if (live.state === "stopped") live.state = "killed";
      if (live.state === "watching" && !this.#lostSince.has(live.id)) {
        this.#lostSince.set(live.id, since);
      }
    }
  }

  /** All of them ended with a reset, a sign-out or a close: taken off the list. */
  clear(): void {
    this.#records.length = 0;
    this.lost(0);
    this.#lostSince.clear();
    this.#events.clear();
  }

  remove(id: string): void {
    const index = this.#records.findIndex((live) => live.id === id);
    if (index >= 0) this.#records.splice(index, 1);
    this.#events.delete(id);
  }
}
