/**
 * One socket of the page, as the router has it: what is its own in held sessions, what waits to be
 * sent, and how an answer reaches the page on it.
 */
import type { Frame, SentRequest } from "../session/journal/journal-frame.ts";
import type { VariableFact } from "../session/page/page-facts.ts";
import type { RelayError } from "../session/relay/relay-error.ts";
import { mapOf } from "../wire/cbor-parts.ts";
import { writeResponse } from "../wire/envelope.ts";
import { errorItem } from "../wire/error-item.ts";
import type { ItemBytes } from "../wire/proven.ts";
import { InOrder } from "./in-order.ts";
import { apply, deliver, later, socket as native, nativeSend, readBlob } from "./intrinsics.ts";
import type { Tap } from "./tap.ts";

/** By what the page knows a request, and in which of its sessions it runs. */
export interface Address {
  /** CBOR of the id, or its value in JSON; absent where it couldn't be read. */
  id?: ItemBytes | string | number | bigint;
  session?: string | undefined;
}

const OPEN = 1;
/** No state of variables has this number. */
const NEVER = -1;
/** Close codes from 4000 on are for applications; the reason says that it was us. */
const UNREADABLE = 4001;

type Place = { client: number; generation: number };

export class RoutedSocket {
  readonly tap: Tap;
  readonly steps = new InOrder();
  /** Frames that wait until it is known what is routed, and everything that came behind them. */
  readonly waiting: Frame[] = [];
  /** Open in a held session. */
  readonly transactions = new Set<string>();
  readonly live = new Set<string>();
  /** By session: which state of its variables the worker was told. */
  readonly #told = new Map<string | undefined, number>();
  readonly #origin: string;
  #place: Place | undefined;

  constructor(tap: Tap) {
    this.tap = tap;
    this.#origin = originOf(native.url(tap.socket));
  }

  get journal(): Tap["journal"] {
    return this.tap.journal;
  }

  get isOpen(): boolean {
    return isOpen(this.tap.socket);
  }

  /** Nothing can be read of what is sent on it, and nothing answered. */
  get isUnreadable(): boolean {
    return this.journal.format === "flatbuffers";
  }

  /** Something of it went by way of a route. */
  get wasRelayed(): boolean {
    return this.#place !== undefined;
  }

  /** Something of it is under way, or goes on, that isn't its own server's. */
  get isConcerned(): boolean {
    return (
      this.transactions.size > 0 ||
      this.live.size > 0 ||
      this.waiting.length > 0 ||
      this.steps.waits
    );
  }

  /** As the worker knows it, once it was settled. */
  get place(): Place {
    const { client, generation } = this.journal;
    return this.#place ?? { client: client.number, generation };
  }

  /**
   * It stays, even where it turns out to be another client's: so it must not be the place of any of the
   * others, whose clients may have changed.
   */
  settle(others: Iterable<RoutedSocket>): void {
    if (this.#place) return;
    const place = { ...this.place };
    const taken = new Set<number>();
    for (const { wasRelayed, place: other } of others) {
      if (wasRelayed && other.client === place.client) taken.add(other.generation);
    }
    while (taken.has(place.generation)) place.generation += 1;
    this.#place = place;
  }

  owns(id: string): boolean {
    return this.transactions.has(id) || this.live.has(id);
  }

  /** What is sent behind it waits until it is read. */
  readBlob(blob: Blob, done: (bytes: Uint8Array | undefined) => void): void {
    this.steps.slowStep((next) => {
      readBlob(blob, (bytes) => {
        try {
          done(bytes);
        } finally {
          next();
        }
      });
    });
  }

  /** The variables of a session, where the worker wasn't told of them as they are. */
  news(session: string | undefined): VariableFact[] | undefined {
    const known = this.journal.client.session(session);
    if (!known || this.#told.get(session) === known.variablesVersion) return undefined;
    const isFirst = !this.#told.has(session);
    this.#told.set(session, known.variablesVersion);
    const { variables } = known;
    return isFirst && variables.length === 0 ? undefined : variables;
  }

  /** The worker may not have heard: also of variables that are no more. */
  forgetTold(): void {
    for (const session of this.#told.keys()) this.#told.set(session, NEVER);
  }

  /** The worker forgets it too. */
  forgetSession(session: string | undefined): void {
    this.#told.delete(session);
  }

  sendNatively(frame: Frame): void {
    apply(nativeSend, this.tap.socket, [frame as string]);
    this.tap.sent(frame);
  }

  /** An answer, or a notification: after the socket's end nothing is delivered, as from a server. */
  deliver(frame: Frame): void {
    if (this.isOpen) deliver(this.tap.socket, frame, this.#origin);
  }

  /**
   * Answers a request with an error, in a task of its own, as an answer would come. A socket on which
   * nothing can be answered is closed.
   */
  refuse(address: Address, error: RelayError): void {
    if (this.isUnreadable) {
      this.close();
      return;
    }
    const frame = this.#errorFrame(address, error);
    later(() => this.deliver(frame), 0);
  }

  /** Nothing of it runs as somebody else. */
  close(): void {
    native.close(
      this.tap.socket,
      UNREADABLE,
      "Switchyard: this tab runs as another session, and this socket can't be followed.",
    );
  }

  #errorFrame({ id, session }: Address, { parts }: RelayError): Frame {
    if (this.journal.format === "json") {
      return JSON.stringify({
        ...(id !== undefined && { id }),
        ...(session !== undefined && { session }),
        error: parts,
      });
    }
    const error = errorItem({ ...parts });
    return id === undefined
      ? mapOf(new Map([["error", error]]))
      : writeResponse({ id: { value: 0, bytes: id as ItemBytes }, session, error });
  }
}

/** Which request this is. What is kept of it is its own: pages use their buffers again. */
export function addressOf({ id, idItem, session }: SentRequest): Address {
  return { id: idItem ? (idItem.slice() as ItemBytes) : id, session };
}

export function isOpen(socket: WebSocket): boolean {
  return native.readyState(socket) === OPEN;
}

/** `ws://host:port`, which is what the browser says that a socket's messages come from. */
function originOf(url: string): string {
  let end = 0;
  let slashes = 0;
  for (; end < url.length; end++) if (url[end] === "/" && ++slashes === 3) break;
  return url.slice(0, end);
}
