/**
 * Watches one SurrealDB socket of the page: what it sends, what it receives, and its end.
 *
 * The page must not feel it. So everything here happens behind one guard: if anything goes wrong, this
 * socket is watched no more, the journal says so, and the page goes on. The tap's listeners are the
 * first of the socket, added inside its construction; that is also how an answer to a request that the
 * page never made is kept from it.
 */

import type { Frame } from "../session/journal/journal-frame.ts";
import type { JournalSocket, Sender } from "../session/journal/journal-socket.ts";
import { utf8Length } from "../session/journal/payload.ts";
import type { FrameFact } from "../session/page/page-facts.ts";
import type { FrameFormat } from "../session/page/page-model.ts";
import type { Acts } from "./acts.ts";
import { frameFact } from "./frame-fact.ts";
import { InOrder } from "./in-order.ts";
import {
  blobSize,
  bytesOf,
  copyOf,
  event as events,
  listen,
  socket as native,
  now,
  readBlob,
} from "./intrinsics.ts";
import type { Outbox } from "./outbox.ts";
import { type SendListener, watchSend } from "./own-send.ts";
import type { Router } from "./router.ts";
import { formatNamed } from "./wrap-web-socket.ts";

type Direction = FrameFact["direction"];

/** Blobs that are being read, and what came behind them: bytes at most. */
const MOST_QUEUED = 32 * 1024 * 1024;

export class Tap implements SendListener {
  readonly #socket: WebSocket;
  readonly #journal: JournalSocket;
  readonly #outbox: Outbox;
  readonly #acts: Acts;
  readonly #router: Router;
  readonly #steps = new InOrder();
  #queuedBytes = 0;
  #off = false;
  /** Inside the tap: whatever the page does meanwhile is not watched. */
  #busy = false;

  /** @param ended is called when the socket has closed: who holds the tap holds the socket */
  constructor(
    socket: WebSocket,
    journal: JournalSocket,
    outbox: Outbox,
    acts: Acts,
    router: Router,
    ended: () => void,
  ) {
    this.#socket = socket;
    this.#journal = journal;
    this.#outbox = outbox;
    this.#acts = acts;
    this.#router = router;
    journal.ownSend = !watchSend(socket, this);
    listen(socket, "open", (event) => this.#on(event, () => this.#opened()));
    listen<MessageEvent>(socket, "message", (event) => this.#on(event, () => this.#message(event)));
    listen<CloseEvent>(socket, "close", (event) => {
      if (event.isTrusted) ended();
      this.#on(event, () => this.#closed(events.closeCode(event)));
    });
  }

  get socket(): WebSocket {
    return this.#socket;
  }

  get journal(): JournalSocket {
    return this.#journal;
  }

  get watching(): boolean {
    return !this.#off;
  }

  takes(data: unknown): boolean {
    if (!this.#router.concerns(this)) return false;
    // What is none of these the native method would make a text of, once.
    const isSendable = typeof data === "string" || bytesOf(data) || blobSize(data) !== undefined;
    const sendable = isSendable ? data : `${data}`;
    try {
      if (!this.#off) return this.#router.takes(this, sendable);
    } catch {
      this.#guard(() => {
        throw new Error("The page broke what the routing of its requests stands on.");
      });
    }
    // It can't be told any more where this should go: so it goes nowhere, and the page sees that.
    native.close(this.#socket, 4001, "Switchyard can't follow this socket any more.");
    return true;
  }

  sent(data: unknown): void {
    this.#guard(() => this.#pass("sent", data, "page"));
  }

  sentOtherwise(size: number): void {
    this.#guard(() => {
      this.#journal.unread(
        "sent",
        size,
        "The page's own send sent something else than it was given.",
      );
    });
  }

  sizeOf(data: unknown): number | undefined {
    const frame = typeof data === "string" ? data : bytesOf(data);
    return frame === undefined ? blobSize(data) : sizeOfFrame(frame);
  }

  /** A request of a person's was sent natively. */
  sentByYou(frame: Uint8Array | string): void {
    this.#guard(() => this.#pass("sent", frame, "you"));
  }

  #on(event: Event, work: () => void): void {
    // What the page dispatches itself, the server never sent.
    if (event.isTrusted) this.#guard(work);
  }

  #guard(work: () => void): void {
    if (this.#off || this.#busy) return;
    this.#busy = true;
    try {
      work();
    } catch {
      this.#off = true;
      this.#journal.giveUp();
      this.#outbox.stir();
    } finally {
      this.#busy = false;
    }
  }

  #opened(): void {
    const at = now();
    const format: FrameFormat = formatNamed(native.protocol(this.#socket)) ?? this.#journal.format;
    this.#steps.step(() => {
      this.#journal.opened(format, at);
      this.#outbox.changes();
    });
  }

  #closed(code: number): void {
    const at = now();
    this.#steps.step(() => {
      this.#journal.closed(code, at);
      this.#acts.lost(this);
      this.#outbox.changes();
    });
  }

  #message(event: MessageEvent): void {
    const data = events.data(event);
    if (this.#acts.waiting > 0) {
      const frame = typeof data === "string" ? data : bytesOf(data);
      if (frame !== undefined && this.#acts.answered(this, frame)) {
        events.stop(event);
        this.#pass("received", data, "you");
        return;
      }
    }
    this.#pass("received", data, "page");
  }

  /** A frame goes by: into the journal, and to whoever records. */
  #pass(direction: Direction, data: unknown, by: Sender): void {
    const at = now();
    const frame = typeof data === "string" ? data : bytesOf(data);
    const size = frame === undefined ? blobSize(data) : sizeOfFrame(frame);
    if (frame !== undefined && size !== undefined && !this.#steps.waits) {
      this.#frame(direction, frame, size, at, by);
      return;
    }
    if (size === undefined) {
      const why = "Something was sent that isn't text, bytes or a Blob.";
      this.#steps.step(() => this.#journal.unread(direction, 0, why));
      return;
    }
    if (this.#queuedBytes + size > MOST_QUEUED) {
      this.#steps.step(() => this.#frame(direction, undefined, size, at, by));
      return;
    }
    this.#queuedBytes += size;
    if (frame !== undefined) {
      const kept = typeof frame === "string" ? frame : copyOf(frame);
      this.#steps.step(() => {
        this.#queuedBytes -= size;
        this.#frame(direction, kept, size, at, by);
      });
      return;
    }
    this.#steps.slowStep((done) => {
      readBlob(data as Blob, (bytes) =>
        this.#guard(() => {
          this.#queuedBytes -= size;
          this.#frame(direction, bytes, size, at, by);
          done();
        }),
      );
    });
  }

  /** @param frame undefined where its bytes couldn't be had */
  #frame(
    direction: Direction,
    frame: Frame | undefined,
    size: number,
    at: number,
    by: Sender,
  ): void {
    this.#outbox.changes();
    if (frame === undefined) {
      this.#journal.unread(direction, size, "A Blob that couldn't be read.");
    } else if (direction === "sent") this.#journal.sent(frame, size, at, by);
    else this.#journal.received(frame, size, at);
    if (this.#outbox.recording) {
      this.#outbox.frame(frameFact(this.#journal, direction, frame, size, at, by));
    }
    this.#outbox.stir();
  }
}

/** Bytes on the wire. */
function sizeOfFrame(frame: Frame): number {
  return typeof frame === "string" ? utf8Length(frame) : frame.length;
}
