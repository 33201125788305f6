/**
 * A relay client as far as the page API needs one: it sends as the held session, and knows what it
 * began itself. What the real one checks beyond that has its own tests.
 */
import { Uuid } from "surrealdb";
import type { ApiClient } from "../../src/background/api-document.ts";
import type { HeldSession } from "../../src/session/held-session.ts";
import type { LiveEvent } from "../../src/session/live-queries.ts";
import type {
  RelayCall,
  RelayNotification,
  RelayResult,
} from "../../src/session/relay/relay-client.ts";
import { arrayItems } from "../../src/wire/cbor-parts.ts";
import type { ItemBytes } from "../../src/wire/proven.ts";
import { decodeValue, encodeValue } from "../../src/wire/values.ts";

interface Owned {
  held: HeldSession;
  session: string | undefined;
}

export class FakeRelayClient implements ApiClient {
  readonly id: string;
  readonly live = new Map<string, Owned>();
  readonly transactions = new Map<string, Owned>();
  closed = false;
  readonly #notify: (notification: RelayNotification) => void;

  constructor(id: string, notify: (notification: RelayNotification) => void) {
    this.id = id;
    this.#notify = notify;
  }

  async call(call: RelayCall, held: HeldSession): Promise<RelayResult> {
    const { method, params, txn, session } = call;
    const [first, second] = params ? arrayItems(params) : [];
    if (txn !== undefined) this.#own(this.transactions, txn, session, "TransactionLost");
    if (method === "begin") {
      const begun = await held.requests.begin();
      this.transactions.set(begun, { held, session });
      return { result: encodeValue(new Uuid(begun)), begunTransaction: begun };
    }
    if (method === "commit" || method === "cancel") {
      const id = String(decodeValue(first as Uint8Array));
      this.#own(this.transactions, id, session, "TransactionLost");
      this.transactions.delete(id);
      await held.requests.finish(id, method);
      return { result: encodeValue(undefined), endedTransaction: id };
    }
    if (method === "kill") {
      const id = String(decodeValue(first as Uint8Array));
      this.#own(this.live, id, session, "LiveQueryNotFound");
      this.live.delete(id);
      await held.requests.kill(id);
      return { result: encodeValue(undefined), endedLive: [id] };
    }
    if (method !== "query") {
      const { result } = await held.requests.send(method, params, txn);
      return { result: result as ItemBytes };
    }
    const text = String(decodeValue(first as Uint8Array));
    const { result } = await held.requests.query(text, second, txn, this.id);
    const begunLive = held.live.all
      .filter(({ id, viewId }) => viewId === this.id && !this.live.has(id))
      .map(({ id }) => id);
    for (const id of begunLive) this.live.set(id, { held, session });
    return { result: result as ItemBytes, begunLive };
  }

  /** From the registry's listener. */
  notified(liveId: string, event: LiveEvent): void {
    const owned = this.live.get(liveId);
    if (owned) this.#notify({ ...event, liveId, session: owned.session });
  }

  delivered(): void {
    // Here everything is told at once: the port keeps it in order.
  }

  async sessionOver(session: string | undefined): Promise<void> {
    for (const [id, owned] of this.live) {
      if (owned.session !== session) continue;
      this.live.delete(id);
      await owned.held.requests.kill(id);
    }
    for (const [id, owned] of this.transactions) {
      if (owned.session !== session) continue;
      this.transactions.delete(id);
      await owned.held.requests.finish(id, "cancel");
    }
  }

  close(): void {
    this.closed = true;
    const sessions = [...this.live.values(), ...this.transactions.values()];
    for (const { session } of sessions) void this.sessionOver(session);
  }

  #own(map: Map<string, Owned>, id: string, session: string | undefined, kind: string): void {
    if (map.get(id)?.session === session && map.has(id)) return;
    throw Object.assign(new Error("It isn't this session's."), { name: "RelayError", kind });
  }
}
