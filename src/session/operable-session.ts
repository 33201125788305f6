/**
 * What can be asked of any SurrealDB session, whoever holds it: the extension or a page.
 *
 * Commands of views and the method picker speak to this. A session that can't do what is asked refuses
 * it with the reason.
 */
import type { Actor, SessionCore, SignIn } from "./model.ts";
import type { Answer } from "./session-requests.ts";
import type { SignInOptions } from "./sign-in-steps.ts";

export interface OperableRequests {
  /** @param options.unasked a view looks something up by itself */
  send(
    method: string,
    params: Uint8Array | undefined,
    txn?: string,
    options?: { unasked?: boolean },
  ): Promise<Answer>;
  query(text: string, bindings?: Uint8Array, txn?: string, viewId?: string): Promise<Answer>;
  /** An expression as a value, as CBOR. */
  evaluate(expression: string): Promise<Uint8Array>;
  begin(): Promise<string>;
  finish(txn: string, how: "commit" | "cancel"): Promise<void>;
  live(statement: string, viewId?: string): Promise<string>;
  stopWatching(id: string): Promise<void>;
  kill(id: string): Promise<void>;
}

export interface OperableSession {
  readonly record: Pick<SessionCore, "label" | "namespace" | "database" | "auth">;
  readonly requests: OperableRequests;
  use(namespace: string | null | undefined, database: string | null | undefined): Promise<void>;
  set(name: string, value: Uint8Array): Promise<void>;
  unset(name: string): Promise<void>;
  signIn(signIn: SignIn, options?: SignInOptions): Promise<void>;
  renew(by: Actor): Promise<void>;
  revoke(): Promise<void>;
  end(): Promise<void>;
  reset(): Promise<void>;
  touch(): Promise<void>;
  close(): Promise<void>;
  check(): Promise<void>;
  acceptTruth(): Promise<void>;
  restoreTruth(): Promise<void>;
}
