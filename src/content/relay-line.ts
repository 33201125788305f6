/**
 * The way of a page's requests between its hook and the worker: those that are routed, and those that
 * it makes through the page API.
 *
 * They cross to the hook by events on its port rather than by messages: an event is heard in the same
 * task, which a message channel is far from in Firefox, and whoever offers it sees whether it was taken.
 * While anything is routed the worker is asked again whenever its port is lost; the hook is told at
 * once, since nobody will answer what was on the way.
 */
import { API_ERRORS } from "../messages/api-messages.ts";
import type { EventDown, EventUp } from "../messages/page-messages.ts";
import { inNextTask } from "../session/next-task.ts";
import { LARGEST_REQUEST } from "../session/relay/relay-messages.ts";
import { Together } from "../session/relay/together.ts";

/** Requests a second, and at once: a page that sends more gets errors for them. */
const PER_SECOND = 4_000;
const AT_ONCE = 4_000;
/** Bytes of requests a second, and at once: ports keep what the other end hasn't taken. */
const BYTES_PER_SECOND = 64 * 1024 * 1024;
/** Milliseconds until a port that was lost before the worker said a word is tried again, first and last. */
const PAUSE = 200;
const LONGEST_PAUSE = 5_000;

const TYPES: ReadonlySet<unknown> = new Set<EventUp["type"]>([
  "routes-ack",
  "relay",
  "relay-session-over",
  "relay-closed",
  "relay-sockets",
  "api-hello",
  "api-request",
]);
const DOWN: ReadonlySet<unknown> = new Set<EventDown["type"]>([
  "routes",
  "relay-batch",
  "relay-part",
  "relayed",
  "relay-live",
  "api-enabled",
  "api-response",
  "api-error",
  "api-event",
]);

type Relayed = Extract<EventUp, { type: "relay" }>;

export interface RelayLineOptions {
  /** Has the hook hear of it at once. */
  deliver(message: EventDown): void;
  /** Passes it on to the worker. */
  post(message: EventUp): void;
  /** Opens a port to the worker, where there is none. @returns false where nobody is there any more */
  connect(): boolean;
}

export class RelayLine {
  readonly #options: RelayLineOptions;
  /** Something is routed, or may be. */
  #wanted = false;
  /** The worker has said what, on its present port. */
  #told = false;
  /** The page API is used here. */
  #api = false;
  #left = AT_ONCE;
  #bytesLeft = BYTES_PER_SECOND;
  #at = performance.now();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pause = PAUSE;
  /** Routed requests that aren't answered, as far as is known here. */
  #onTheWay = 0;
  /** A busy page asks again at each answer, so those of all that are here go together. */
  readonly #up = new Together<Relayed>(
    ([first, ...more]) => {
      if (!first) return;
      const messages = [first, ...more];
      this.#options.post(more.length === 0 ? first : { type: "relay-batch", messages });
    },
    () => this.#down.length,
  );
  /** Came together, and are delivered one by one. */
  #down: EventDown[] = [];

  constructor(options: RelayLineOptions) {
    this.#options = options;
  }

  /** Data requests shall wait until the worker, asked at the first of them, has said what is routed. */
  expect(): void {
    if (this.#told) return;
    this.#wanted = true;
    this.#options.deliver({ type: "routes-await" });
  }

  /** The page API may be enabled here: the hook asks the worker. */
  offerApi(): void {
    this.#options.deliver({ type: "api-offered" });
  }

  /** What the hook offers. @returns false where nobody takes it any more */
  fromHook(message: unknown): boolean {
    if (!isUp(message)) return true;
    if (!this.#admits(message)) {
      this.#refuse(message);
      return true;
    }
    if (!this.#options.connect()) return false;
    if (message.type.startsWith("api-")) this.#api = true;
    if (message.type === "relay") {
      this.#onTheWay += 1;
      this.#up.add(message, message.frame.length, this.#onTheWay);
      return true;
    }
    // What its requests wait for may be dropped at the worker, and no answer comes.
    if (message.type === "relay-closed") this.#onTheWay = 0;
    this.#up.flush();
    this.#options.post(message);
    return true;
  }

  /** @returns false where it isn't about routes */
  fromWorker(message: { type: string }): boolean {
    if (!DOWN.has(message.type)) return false;
    const down = message as EventDown;
    const messages = down.type === "relay-batch" ? down.messages : [down];
    const isFree = this.#down.length === 0;
    this.#down.push(...messages);
    if (isFree) this.#deliverNext();
    return true;
  }

  /** Each answer is delivered in a task of its own, as those of a socket are. */
  #deliverNext(): void {
    const down = this.#down[0];
    if (!down) return;
    this.#deliver(down);
    this.#down.shift();
    if (this.#down.length > 0) inNextTask(() => this.#deliverNext());
  }

  #deliver(down: EventDown): void {
    if (down.type === "routes") {
      this.#told = true;
      this.#pause = PAUSE;
      this.#wanted = down.table !== undefined;
    }
    if (down.type === "relayed") this.#onTheWay = Math.max(0, this.#onTheWay - 1);
    this.#options.deliver(down);
  }

  /** What has come is still told; what was about to go has no way any more. */
  #end(): void {
    for (const down of this.#down.splice(0)) this.#deliver(down);
    this.#up.clear();
    this.#onTheWay = 0;
  }

  /** The port to the worker is gone. */
  lost(): void {
    this.#end();
    const wasTold = this.#told;
    this.#told = false;
    this.#loseApi();
    if (!this.#wanted) return;
    this.#options.deliver({ type: "relay-lost" });
    if (wasTold) {
      this.#reconnect();
      return;
    }
    this.#retry ??= setTimeout(() => this.#reconnect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  /** The document rests in the back/forward cache, or is back. */
  freeze(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#end();
    this.#told = false;
    this.#loseApi();
    if (this.#wanted) this.#options.deliver({ type: "relay-lost" });
  }

  thaw(): void {
    if (this.#wanted) this.#reconnect();
    // Nobody could tell it what was routed while it rested; it asks when it sends its next request.
    else this.expect();
  }

  #reconnect(): void {
    this.#retry = undefined;
    this.#options.connect();
  }

  #loseApi(): void {
    if (this.#api) this.#options.deliver({ type: "api-lost" });
    this.#api = false;
  }

  #admits(message: EventUp): boolean {
    const { type } = message;
    if (type !== "relay" && type !== "api-request" && type !== "api-hello") return true;
    const at = performance.now();
    const seconds = (at - this.#at) / 1000;
    this.#at = at;
    this.#left = Math.min(AT_ONCE, this.#left + seconds * PER_SECOND);
    this.#bytesLeft = Math.min(BYTES_PER_SECOND, this.#bytesLeft + seconds * BYTES_PER_SECOND);
    const size = sizeOf(message);
    if (this.#left < 1 || size > LARGEST_REQUEST || size > this.#bytesLeft) return false;
    this.#left--;
    this.#bytesLeft -= size;
    return true;
  }

  #refuse(message: EventUp): void {
    const { type, seq } = message as Extract<EventUp, { seq: number }>;
    if (type === "relay") this.#options.deliver({ type: "relay-refused", seq: Number(seq) });
    else if (type === "api-request") {
      const error = {
        code: API_ERRORS.limit,
        message: "Too many requests, or too large a one. Nothing was sent.",
      };
      this.#options.deliver({ type: "api-error", seq: Number(seq), error });
    }
  }
}

function isUp(message: unknown): message is EventUp {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    TYPES.has(message.type) &&
    (message.type !== "relay" || hasFrame(message))
  );
}

function hasFrame(message: object): boolean {
  if (!("frame" in message) || !("seq" in message)) return false;
  return typeof message.frame === "string" || ArrayBuffer.isView(message.frame);
}

/** Bytes that a request carries. */
function sizeOf(message: EventUp): number {
  if (message.type === "relay") return message.frame.length;
  if (message.type !== "api-request") return 0;
  const values: unknown[] = Object.values(message.params ?? {});
  const sizes = values.map((value) => (ArrayBuffer.isView(value) ? value.byteLength : 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}
