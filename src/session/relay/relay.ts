/**
 * All clients of relayed requests, and whose live queries are whose.
 *
 * Live queries of pages are kept in the records of the held sessions that run them, under their
 * client's id, so that after the worker's death they are begun again and find their client when it is
 * back. One that stays away is gone, and what it began goes with it.
 */
import type { HeldSession } from "../held-session.ts";
import type { LiveEvent } from "../live-queries.ts";
import { type LiveDirectory, RelayClient, type RelayNotification } from "./relay-client.ts";
import { Turns } from "./turns.ts";

/** What the relay needs of the registry. */
export interface RelayRegistry {
  /** All that aren't closed. */
  readonly open: Iterable<HeldSession>;
  /** Ends what belongs to this view or client. */
  viewGone(id: string): Promise<void>;
}

export class Relay implements LiveDirectory {
  readonly turns = new Turns();
  readonly #registry: RelayRegistry;
  readonly #clients = new Map<string, RelayClient>();
  readonly #owners = new Map<string, RelayClient>();

  constructor(registry: RelayRegistry) {
    this.#registry = registry;
  }

  /** A client that is here now; one of this id from before the worker died goes on as this one. */
  client(id: string, notify: (notification: RelayNotification) => void): RelayClient {
    const client = new RelayClient(id, this, notify);
    this.#clients.set(id, client);
    for (const held of this.#registry.open) {
      for (const live of held.live.all) {
        if (live.viewId !== id || live.state === "killed") continue;
        client.adopt(held, live.id, live.pageSession ?? "default");
      }
    }
    return client;
  }

  /** It is gone for good. */
  async drop(client: RelayClient): Promise<void> {
    if (this.#clients.get(client.id) === client) this.#clients.delete(client.id);
    await client.close();
    // Live queries of its that were never told to it: begun before the worker died.
    if (!this.#clients.has(client.id)) await this.#registry.viewGone(client.id);
  }

  has(id: string): boolean {
    return this.#clients.has(id);
  }

  /** A notification that a held session got. */
  notified(liveId: string, event: LiveEvent): void {
    this.#owners.get(liveId)?.notified(liveId, event);
  }

  add(liveId: string, client: RelayClient): void {
    this.#owners.set(liveId, client);
  }

  remove(liveId: string): void {
    this.#owners.delete(liveId);
  }

  isForeign(liveId: string, client: RelayClient): boolean {
    const owner = this.#owners.get(liveId);
    if (owner) return owner !== client;
    for (const { live } of this.#registry.open) {
      if (live.get(liveId) || live.serverIds().includes(liveId)) return true;
    }
    return false;
  }
}
