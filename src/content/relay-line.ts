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
import { roughSize } from "./allowance.ts";

/** Requests a second, and at once: a page that sends more gets errors for them. */
const PER_SECOND = 4_000;
const AT_ONCE = 4_000;
/** Bytes of requests a second, and at once: ports keep what the other end hasn't taken. */
const BYTES_PER_SECOND = 64 * 1024 * 1024;
/** Bytes of a message that carries no request: the hook's are far smaller. */
const LARGEST_OTHER = 64 * 1024;
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
  fromHook(given: unknown): boolean {
    const message = readUp(given);
    if (!message) return true;
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
    const { largest, all } = sizesOf(message);
    if (this.#left < 1 || largest > LARGEST_REQUEST || all > this.#bytesLeft) return false;
    this.#left--;
    this.#bytesLeft -= all;
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

/** @returns undefined where it is none of the hook's */
function readUp(given: unknown): EventUp | undefined {
  if (typeof given !== "object" || given === null || !("type" in given)) return undefined;
  if (given.type === "relay") return readRelay(given as Partial<Relayed>);
  if (!TYPES.has(given.type)) return undefined;
  const message = given as EventUp;
  const isRequest = message.type === "api-request";
  return isRequest || roughSize(message) <= LARGEST_OTHER ? message : undefined;
}

/** With the fields of a request alone: what else a page had put there would be carried unpaid. */
function readRelay(given: Partial<Relayed>): Relayed | undefined {
  const { seq, route, client, generation, frame, variables } = given;
  if (typeof seq !== "number" || typeof client !== "number") return undefined;
  if (typeof generation !== "number" || (route !== undefined && typeof route !== "number")) {
    return undefined;
  }
  if (typeof frame !== "string" && !ArrayBuffer.isView(frame)) return undefined;
  return {
    type: "relay",
    seq,
    ...(route !== undefined && { route }),
    client,
    generation,
    frame,
    ...(variables !== undefined && { variables }),
  };
}

/** Bytes that a request carries: its largest part, and all of them. */
function sizesOf(message: EventUp): { largest: number; all: number } {
  if (message.type === "relay") {
    const { frame, variables } = message;
    const largest = roughSize(frame);
    return { largest, all: largest + (variables === undefined ? 0 : roughSize(variables)) };
  }
  const given = message.type === "api-request" ? message.params : undefined;
  const sizes = Object.values(given ?? {}).map((part) => roughSize(part));
  return { largest: Math.max(0, ...sizes), all: sizes.reduce((sum, size) => sum + size, 0) };
}
