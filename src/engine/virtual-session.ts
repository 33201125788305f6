/**
 * A session of the SDK's, as this engine has it.
 *
 * At the server there is one session, the granted one, and it is the person's. The SDK's sessions are
 * views of it: the same identity, namespace and database, but each with variables, live queries and
 * transactions of its own. Variables are sent along as bindings of each query.
 */
import { Uuid } from "surrealdb";
import { refused } from "./engine-error.ts";

/** Names that SurrealDB sets itself. */
const PROTECTED = new Set(["access", "auth", "session", "token"]);

interface StatementResult {
  status: string;
  result: unknown;
  type?: string;
}

export class VirtualSession {
  readonly live = new Set<string>();
  readonly transactions = new Set<string>();
  readonly #variables = new Map<string, unknown>();

  /** @throws SwitchyardError */
  set(name: string, value: unknown): void {
    if (PROTECTED.has(name)) {
      throw refused("params", `$${name} is set by SurrealDB itself and can't be changed.`);
    }
    this.#variables.set(name, value);
  }

  unset(name: string): void {
    this.#variables.delete(name);
  }

  /** The bindings of a query in this session: its own win over the session's variables. */
  bindings(own: unknown): Record<string, unknown> {
    return { ...Object.fromEntries(this.#variables), ...(own as object | undefined) };
  }

  /** @throws SwitchyardError for a transaction that isn't this session's */
  assertTransaction(txn: string): void {
    if (this.transactions.has(txn)) return;
    throw refused("params", `Transaction ${txn} is not open in this session. Nothing was sent.`);
  }

  /** Takes note of live queries that began and ended with a query. */
  noteQuery(text: unknown, results: readonly StatementResult[]): void {
    for (const { status, type, result } of results) {
      if (status === "OK" && type === "live" && result instanceof Uuid) {
        this.live.add(result.toString());
      }
    }
    for (const [, id] of String(text).matchAll(/\bkill\s+u?["']([0-9a-f-]{36})["']/gi)) {
      this.live.delete(String(id).toLowerCase());
    }
  }
}
