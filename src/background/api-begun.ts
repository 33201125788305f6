/**
 * What one document has begun at servers: live queries and transactions, each with the grant through
 * which it began, and how many of them there may be.
 */
import type { RelayCall, RelayResult } from "../session/relay/relay-client.ts";
import { arrayItems } from "../wire/cbor-parts.ts";
import { decodeValue } from "../wire/values.ts";
import { ApiRefusal } from "./api-error.ts";

const LIVE_QUERIES = 100;
const TRANSACTIONS = 20;

export class ApiBegun {
  /** Ids, each with its grant. */
  readonly #live = new Map<string, string>();
  readonly #transactions = new Map<string, string>();

  get isEmpty(): boolean {
    return this.#live.size === 0 && this.#transactions.size === 0;
  }

  /** @throws ApiRefusal where one more may not begin */
  assertMayBegin({ method, params }: RelayCall): void {
    const isFull =
      (method === "begin" && this.#transactions.size >= TRANSACTIONS) ||
      (this.#live.size >= LIVE_QUERIES &&
        (method === "live" || (method === "query" && mayBeginLive(params))));
    if (!isFull) return;
    const what =
      method === "begin" ? `${TRANSACTIONS} transactions` : `${LIVE_QUERIES} live queries`;
    throw new ApiRefusal("limit", `A page may have ${what} at a time. Nothing was sent.`, {
      outcome: "not-sent",
    });
  }

  note(grant: string, result: RelayResult): void {
    for (const id of result.begunLive ?? []) this.#live.set(id, grant);
    for (const id of result.endedLive ?? []) this.#live.delete(id);
    if (result.begunTransaction) this.#transactions.set(result.begunTransaction, grant);
    if (result.endedTransaction) this.#transactions.delete(result.endedTransaction);
  }

  /** The server says that this live query is over. */
  killed(id: string): void {
    this.#live.delete(id);
  }

  /** All that began through this grant is over. @returns the live queries */
  over(grant: string): string[] {
    for (const [txn, of] of this.#transactions) if (of === grant) this.#transactions.delete(txn);
    const live = [...this.#live].filter(([, of]) => of === grant).map(([id]) => id);
    for (const id of live) this.#live.delete(id);
    return live;
  }

  clear(): void {
    this.#live.clear();
    this.#transactions.clear();
  }
}

function mayBeginLive(params: Uint8Array | undefined): boolean {
  const [text] = params ? arrayItems(params) : [];
  return text !== undefined && /live/i.test(String(decodeValue(text)));
}
