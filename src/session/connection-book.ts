/**
 * All connections, and their profiles: added, edited, opened, cut, removed.
 *
 * A token goes only to the URL on which it was seen, so a connection whose sessions are signed in keeps
 * its URL.
 */
import { Connection, type ConnectionOwner, type ConnectionSurroundings } from "./connection.ts";
import { closedByYou } from "./connection-failures.ts";
import { mendUrl } from "./connection-url.ts";
import { InvalidRequestError, NotConnectedError } from "./errors.ts";
import type { ConnectionView } from "./model.ts";
import type { DurableStore, Profile } from "./store.ts";
import type { Troubles } from "./troubles.ts";

/** A profile as the person fills it in. */
export interface ProfileInput {
  name?: string;
  url: string;
  namespace?: string;
  database?: string;
  /** See `ConnectionView`. Absent in an edit: as it was. */
  careful?: boolean;
}

export interface BookOptions {
  durable: DurableStore;
  surroundings: ConnectionSurroundings;
  troubles: Troubles;
  /** Of every connection in the book. */
  owner: ConnectionOwner;
  /** The connection moves to another URL: no sign-in may come along. */
  leaveTokens(connectionId: string): Promise<void>;
}

/** How long a new session waits for its connection, in milliseconds. */
const CONNECT_PATIENCE = 6_000;

export class ConnectionBook {
  readonly #options: BookOptions;
  readonly #connections = new Map<string, Connection>();

  constructor(options: BookOptions) {
    this.#options = options;
  }

  get views(): ConnectionView[] {
    return [...this.#connections.values()].map((connection) => connection.view);
  }

  has(id: string): boolean {
    return this.#connections.has(id);
  }

  view(id: string): ConnectionView | undefined {
    return this.#connections.get(id)?.view;
  }

  /** @throws InvalidRequestError */
  get(id: string): Connection {
    const connection = this.#connections.get(id);
    if (!connection) throw new InvalidRequestError(`There is no connection ${id}.`);
    return connection;
  }

  /** Takes a stored profile up; it is opened by `wake`. */
  take(profile: Profile): Connection {
    const { owner, surroundings } = this.#options;
    const connection = new Connection(profile, owner, surroundings);
    this.#connections.set(profile.id, connection);
    owner.changed(connection);
    return connection;
  }

  /** Opens every connection that the person didn't disconnect. */
  wake(): void {
    for (const connection of this.#connections.values()) {
      if (!connection.profile.disconnected) connection.open();
    }
  }

  networkChanged(): void {
    for (const connection of this.#connections.values()) connection.networkChanged();
  }

  /** @throws InvalidUrlError, InvalidRequestError for a URL that has a profile already */
  async add(input: ProfileInput) {
    const { url, mended } = mendUrl(input.url);
    this.#assertNewUrl(url);
    const { namespace, database, careful } = input;
    const name = input.name?.trim() || new URL(url).host;
    const profile: Profile = { id: crypto.randomUUID(), name, url, namespace, database, careful };
    await this.#save(profile);
    this.take(profile).open();
    return { id: profile.id, url, mended };
  }

  /** A profile out of a file, under an id of our own; its URL isn't there yet. */
  async import(profile: Profile): Promise<string> {
    this.#assertNewUrl(profile.url);
    const own: Profile = { ...profile, id: crypto.randomUUID(), disconnected: true };
    await this.#save(own);
    this.take(own);
    return own.id;
  }

  async edit(id: string, input: ProfileInput) {
    const connection = this.get(id);
    const { owner, leaveTokens } = this.#options;
    const { url, mended } = mendUrl(input.url);
    const moved = url !== connection.profile.url;
    if (moved) {
      this.#assertNewUrl(url);
      if (owner.openSessionsOf(id).some((session) => session.family)) {
        throw new InvalidRequestError(
          "Sessions are signed in on this connection; their tokens belong to its URL.",
          "Add another connection for the other server.",
        );
      }
      await leaveTokens(id);
    }
    const { namespace, database } = input;
    const name = input.name?.trim() || connection.profile.name;
    const careful = input.careful ?? connection.profile.careful;
    connection.profile = { ...connection.profile, name, url, namespace, database, careful };
    await this.#save(connection.profile);
    if (moved) {
      connection.close();
      connection.open();
    }
    owner.changed(connection);
    return { mended };
  }

  #assertNewUrl(url: string): void {
    for (const { profile } of this.#connections.values()) {
      if (profile.url === url) {
        throw new InvalidRequestError(`${url} is already there as “${profile.name}”.`);
      }
    }
  }

  /** Its sessions are gone already. */
  async remove(id: string): Promise<void> {
    const { durable, owner, troubles } = this.#options;
    const connection = this.get(id);
    connection.close();
    this.#connections.delete(id);
    await troubles.store("remove a connection", () => durable.removeProfile(id));
    owner.changed(connection);
  }

  async retry(id: string): Promise<void> {
    await this.#setDisconnected(id, false);
    this.get(id).retry();
  }

  async disconnect(id: string): Promise<void> {
    await this.#setDisconnected(id, true);
    this.get(id).close(closedByYou());
  }

  /**
   * The connection, open; one that was cut is opened again.
   * @throws NotConnectedError with the reason
   */
  async connected(id: string): Promise<Connection> {
    const connection = this.get(id);
    await this.#setDisconnected(id, false);
    connection.open();
    await connection.settled(CONNECT_PATIENCE);
    if (!connection.isUp) {
      const { state } = connection;
      const why = "failure" in state && state.failure ? state.failure.message : "No answer yet.";
      throw new NotConnectedError(connection.profile.name, why);
    }
    return connection;
  }

  async #setDisconnected(id: string, disconnected: boolean): Promise<void> {
    const connection = this.get(id);
    if (Boolean(connection.profile.disconnected) === disconnected) return;
    connection.profile = { ...connection.profile, disconnected };
    await this.#save(connection.profile);
  }

  async #save(profile: Profile): Promise<void> {
    const { durable, troubles } = this.#options;
    await troubles.store("store a connection", () => durable.saveProfile(profile));
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
  }
}
