/**
 * What a page of `page-sdk` offers to functions that are evaluated in it: declared in a test as
 * `declare const db: PageWorld["db"]`, since they are sent there as source.
 */
import type * as sdk from "surrealdb";
import type { ClientKind } from "../page-sdk/pages.ts";

/** As much of a client of any kind as tests use. */
export interface AnyClient {
  signin(auth: sdk.AnyAuth): Promise<unknown>;
  use(where: { namespace?: string; database?: string }): Promise<unknown>;
  /** SDK 1.3. */
  let(name: string, value: unknown): Promise<unknown>;
  /** The clients without an SDK. */
  rpc(method: string, params?: unknown[], more?: object): Promise<unknown>;
  socket: WebSocket;
}

export interface PageWorld {
  db: sdk.Surreal;
  clients: AnyClient[];
  sdk: typeof sdk;
  makeClient(kind: ClientKind): Promise<AnyClient>;
  /** Sessions that a test has put there, by the names it gave them. */
  kept: Record<string, sdk.SurrealSession>;
}
