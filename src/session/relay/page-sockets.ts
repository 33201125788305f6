/**
 * The sockets of one routed document, as the relay knows them: the client of each, what it speaks, and
 * the page's variables by session. All of it is the page's word, so there is an end to how much is kept.
 */
import type { SessionVariable } from "../model.ts";
import type { RelayClient } from "./relay-client.ts";
import { RelayError } from "./relay-error.ts";
import type { RelayFormat } from "./relay-format.ts";

/** Sockets of a document; those that hooks follow are fewer. */
const MOST_SOCKETS = 256;
/** Bytes of variables, of all sessions of all its sockets. */
const MOST_VARIABLES = 16 * 1024 * 1024;
/** What a session costs that has no variables. */
const SESSION_BYTES = 256;

/** Which socket: the document's n-th client, which had opened so many before. */
export interface SocketPlace {
  client: number;
  generation: number;
}

export interface PageSocket extends SocketPlace {
  relayed: RelayClient;
  format: RelayFormat | undefined;
  /** By session: the page's own variables. */
  readonly variables: Map<string | undefined, readonly SessionVariable[]>;
}

export class PageSockets {
  readonly #sockets = new Map<string, PageSocket>();
  readonly #client: (id: string, socket: () => PageSocket) => RelayClient;
  #variableBytes = 0;

  /** @param client makes the client of this name; its socket can be asked for once it is made */
  constructor(client: (name: string, socket: () => PageSocket) => RelayClient) {
    this.#client = client;
  }

  get all(): PageSocket[] {
    return [...this.#sockets.values()];
  }

  find(place: SocketPlace): PageSocket | undefined {
    return this.#sockets.get(nameOf(place));
  }

  /** @throws RelayError where the document has too many */
  take({ client, generation }: SocketPlace): PageSocket {
    const name = nameOf({ client, generation });
    const known = this.#sockets.get(name);
    if (known) return known;
    if (this.#sockets.size >= MOST_SOCKETS) throw tooMuch("Requests of so many sockets");
    const relayed = this.#client(name, () => socket);
    const variables = new Map<string | undefined, readonly SessionVariable[]>();
    const socket: PageSocket = { client, generation, relayed, format: undefined, variables };
    this.#sockets.set(name, socket);
    return socket;
  }

  /** @throws RelayError where they are too many to be kept: then those before are no longer true, either */
  keep(
    socket: PageSocket,
    session: string | undefined,
    variables: readonly SessionVariable[],
  ): void {
    this.forget(socket, session);
    const bytes = bytesOf(variables);
    if (this.#variableBytes + bytes > MOST_VARIABLES) throw tooMuch("So many variables");
    this.#variableBytes += bytes;
    socket.variables.set(session, variables);
  }

  /** The session is over; the hook tells them anew where it is used again. */
  forget(socket: PageSocket, session: string | undefined): void {
    this.#variableBytes -= bytesOf(socket.variables.get(session));
    socket.variables.delete(session);
  }

  remove(socket: PageSocket): void {
    for (const kept of socket.variables.values()) this.#variableBytes -= bytesOf(kept);
    this.#sockets.delete(nameOf(socket));
  }

  clear(): void {
    for (const socket of this.all) this.remove(socket);
  }
}

function nameOf({ client, generation }: SocketPlace): string {
  return `${client}.${generation}`;
}

function bytesOf(variables: readonly SessionVariable[] | undefined): number {
  if (!variables) return 0;
  return variables.reduce(
    (sum, { name, value }) => sum + name.length + (value?.length ?? 0),
    SESSION_BYTES,
  );
}

function tooMuch(what: string): RelayError {
  return new RelayError("TooMuch", `${what} can't be passed on. Nothing was sent.`);
}
