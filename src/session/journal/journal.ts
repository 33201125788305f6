/**
 * The journal of one document: the present state of each of its SurrealDB clients and their sessions.
 *
 * It keeps states, never frames, so that it is as small after days as after a minute, and so that
 * whoever opens the panel an hour late sees what is true. It says what changed as facts: `changes` are
 * those that tell who a session is, and must be told before the frames that follow; `news` are the
 * counts too, which may wait.
 */

import { LIMITS, type PageFact } from "../page/page-facts.ts";
import type { FrameFormat } from "../page/page-model.ts";
import { JournalClient, type Surroundings } from "./journal-client.ts";
import type { Shared } from "./journal-session.ts";
import { JournalSocket, type SocketProbe } from "./journal-socket.ts";

/** Sessions kept that are over, and clients kept that have no socket, per document. */
const KEPT_OVER = 20;
const KEPT_CLOSED = 5;
/** Values of variables, in bytes, per document. */
const VARIABLES = 8 * 1024 * 1024;

export class Journal {
  readonly #clients: JournalClient[] = [];
  /** The latest socket of each client. */
  readonly #sockets = new Map<JournalClient, JournalSocket>();
  readonly #shared: Shared = { room: VARIABLES, waiting: 0, changed: false };
  readonly #around: Surroundings;
  /** What is no more, or not followed, since the last telling. Filled only while somebody is told. */
  #gone: PageFact[] = [];
  #telling = false;
  #lastNumber = 0;
  /** There were more sockets than are followed. */
  #unfollowed = false;

  constructor() {
    this.#around = {
      shared: this.#shared,
      sessionCount: () => this.#sessionCount(),
      gone: (fact) => {
        if (this.#telling) this.#gone.push(fact);
      },
      ownerOf: (id, attachedBy, at) => this.#ownerOf(id, attachedBy, at),
    };
  }

  /**
   * A socket was constructed. It belongs to the client of the same URL and format whose socket closed
   * last, if there is one, else to a new client. Where several could have come back it is a guess.
   *
   * @returns undefined where the document has more sockets than are followed.
   */
  constructed(
    url: string,
    format: FrameFormat,
    probe: SocketProbe,
    at: number,
  ): JournalSocket | undefined {
    this.#tidy(at);
    let client: JournalClient | undefined;
    const could: JournalClient[] = [];
    for (const [other, { isGivenUp }] of this.#sockets) {
      if (!isGivenUp || other.url !== url || other.format !== format) continue;
      could.push(other);
      if ((other.closedAt ?? at) >= (client?.closedAt ?? 0)) client = other;
    }
    if (could.length > 1) {
      const among = new Set(
        could.flatMap(({ number, doubt }) => [number, ...(doubt?.among ?? [])]),
      );
      for (const each of could) each.doubt = { at, among };
    }
    if (client) this.#sockets.get(client)?.closed(undefined, at);
    if (!client) {
      if (this.#clients.length >= LIMITS.sockets) {
        if (this.#telling && !this.#unfollowed) this.#gone.push({ fact: "unfollowed" });
        this.#unfollowed = true;
        this.#shared.changed = true;
        return undefined;
      }
      client = new JournalClient(++this.#lastNumber, url, format, this.#around);
      this.#clients.push(client);
    }
    const socket = new JournalSocket(client, format, probe, this.#shared);
    this.#sockets.set(client, socket);
    return socket;
  }

  /** The present socket of a client. */
  socketOf(client: number): JournalSocket | undefined {
    for (const [{ number }, socket] of this.#sockets) if (number === client) return socket;
    return undefined;
  }

  /** Everything, from which on changes are told. */
  whole(at: number): Extract<PageFact, { fact: "whole" }> {
    this.#tidy(at);
    this.#shared.changed = false;
    this.#telling = true;
    this.#gone = [];
    const sockets = [];
    const sessions = [];
    for (const [client, socket] of this.#sockets) {
      sockets.push(socket.toFact());
      socket.told();
      for (const session of client.sessions.values()) {
        sessions.push(session.toFact());
        session.told();
      }
    }
    const whole: PageFact = { fact: "whole", sockets, sessions, usesHttp: false };
    if (this.#unfollowed) whole.unfollowed = true;
    return whole;
  }

  /** Nobody is told any more. */
  quiet(): void {
    this.#telling = false;
    this.#gone = [];
  }

  /** Whose state has changed since it was told, and what is gone. */
  changes(at: number): PageFact[] {
    return this.#shared.changed ? this.#facts(at, "changed") : [];
  }

  /** The same, and whatever else is new: counts and times. */
  news(at: number): PageFact[] {
    return this.#facts(at, "touched");
  }

  /** True while sessions may be let go without anything else happening: ask for `changes` again. */
  get restoring(): boolean {
    return this.#clients.some(({ restoring }) => restoring);
  }

  #facts(at: number, mark: "changed" | "touched"): PageFact[] {
    this.#tidy(at);
    this.#shared.changed = false;
    const facts = this.#gone;
    this.#gone = [];
    for (const [client, socket] of this.#sockets) {
      if (socket[mark]) {
        facts.push({ fact: "socket", socket: socket.toFact() });
        socket.told();
      }
      for (const session of client.sessions.values()) {
        if (!session[mark]) continue;
        facts.push({ fact: "session", session: session.toFact() });
        session.told();
      }
    }
    return facts;
  }

  /** Lets go of what is over and isn't kept: the latest are. */
  #tidy(at: number): void {
    for (const client of this.#clients) client.settle(at);
    this.#dropClosedClients();
    const over = this.#clients.flatMap((client) =>
      [...client.sessions.values()]
        .filter(({ over, id }) => over !== undefined && id !== undefined)
        .map((session) => ({ client, session, since: session.updatedAt })),
    );
    over.sort((a, b) => a.since - b.since);
    for (const { client, session } of over.slice(0, -KEPT_OVER)) client.drop(session);
  }

  #dropClosedClients(): void {
    const closed = this.#clients
      .filter((client) => this.#sockets.get(client)?.isClosed)
      .sort((a, b) => (a.closedAt ?? 0) - (b.closedAt ?? 0));
    for (const client of closed.slice(0, -KEPT_CLOSED)) {
      for (const session of [...client.sessions.values()]) client.drop(session);
      this.#sockets.delete(client);
      this.#clients.splice(this.#clients.indexOf(client), 1);
      this.#around.gone({ fact: "socket-gone", client: client.number });
    }
  }

  #sessionCount(): number {
    return this.#clients.reduce((sum, { sessions }) => sum + sessions.size, 0);
  }

  /**
   * A session was attached on the socket of one client that belonged to another: two clients of the
   * same server had lost their sockets, and each was taken for the other. They change places.
   */
  #ownerOf(id: string, by: JournalClient, at: number): JournalClient {
    this.#tidy(at);
    const owner = this.#clients.find((client) => client.sessions.get(id)?.over === "socket-closed");
    if (!owner || owner.url !== by.url || hasOwnSessions(by) || hasOwnSessions(owner)) return by;
    const present = this.#sockets.get(by);
    const former = this.#sockets.get(owner);
    if (!present || !former) return by;
    owner.changePlaces(by, former.isOpen);
    this.#sockets.set(owner, present);
    this.#sockets.set(by, former);
    present.moveTo(owner);
    former.moveTo(by);
    return owner;
  }
}

/** True where a session has been attached on its present socket. */
function hasOwnSessions({ sessions }: JournalClient): boolean {
  for (const [id, { over }] of sessions) if (id !== undefined && over === undefined) return true;
  return false;
}
