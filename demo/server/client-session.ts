/**
 * One session of one socket, and what the server in front of the engine has to know of it.
 *
 * The engine has the session itself (identity, variables, selection). Three things it can't do for a
 * server: embedded, it enforces nothing on anonymous sessions, so the server must know whether a session
 * is anonymous; it panics at `use` of a database without a namespace, so the server must know whether
 * one is selected; and the session's changes must be over before later requests are judged by them,
 * which on a real server the session's write lock sees to.
 */
import type { Uuid } from "surrealdb";

/** `guest`: anonymous to the client, and in the engine signed in with no rights (see guests.ts). */
export type Identity = "anonymous" | "guest" | "known";

export class ClientSession {
  /** The id the client gave; undefined for the default session of the socket. */
  readonly clientId: Uuid | undefined;
  /** The id in the engine, where ids of all sockets live together. */
  readonly engineId: Uuid;
  identity: Identity = "anonymous";
  namespace: string | undefined;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(clientId: Uuid | undefined, engineId: Uuid) {
    this.clientId = clientId;
    this.engineId = engineId;
  }

  /** Resolves when every change that was asked for before this call is over, failed or not. */
  settled(): Promise<unknown> {
    return this.#changes;
  }

  /** Runs `work` after all earlier changes; what comes later waits for it. */
  change<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(work);
    this.#changes = done.catch(() => undefined);
    return done;
  }
}
