/**
 * One document of a page, as the worker hears of it: its port, and what came through.
 *
 * The bridge at the other end is ours, but all that it passes on is the page's. So every message is
 * read field by field, and a document that tells more than anybody could take loses frames first, then
 * whole messages, and in the end its port; what was lost is counted and told.
 */
import type { ApiDownMessage } from "../messages/api-messages.ts";
import {
  type HookCommand,
  type HookMessage,
  type HookMode,
  LIMITS,
} from "../messages/page-messages.ts";
import { readHookMessage } from "../messages/page-validation.ts";
import type { PortLike } from "../messages/view-client.ts";
import type { PageFact } from "../session/page/page-facts.ts";
import { type ActOutcome, PageLine } from "../session/page/page-line.ts";
import { type Allowance, type MirrorListener, PageMirror } from "../session/page/page-mirror.ts";
import type { PageFrameView } from "../session/page/page-model.ts";
import { PageSession } from "../session/page/page-session.ts";
import type { DocumentPlace } from "../session/page/page-session-view.ts";
import { type DocumentRoute, PageRelay } from "../session/relay/page-relay.ts";
import type { RelayUp } from "../session/relay/relay-messages.ts";
import type { ApiDocument } from "./api-document.ts";
import type { Routing } from "./route-plane.ts";

/** What one document may tell in one second. Bridges let fewer routed requests through. */
const RATE = { messages: 1_000, facts: 100_000, bytes: 64 * 1024 * 1024, routed: 10_000 };
/** Messages that are none: after so many the port is closed. */
const NONSENSE_LIMIT = 100;

export interface DocumentListener extends MirrorListener {
  /** It told for the first time on this port what there is. */
  answered(): void;
  /** Its port is closed, by either end. */
  left(): void;
  /** Its port is open: `route` tells it what is routed. */
  routable(): void;
  /** What is routed was confirmed, or what it owns in held sessions changed. */
  routesChanged(): void;
  recording(): boolean;
  /** It uses the page API: who serves it. */
  apiDocument(post: (message: ApiDownMessage) => void): ApiDocument | undefined;
}

export class PageDocument {
  readonly mirror: PageMirror;
  readonly line = new PageLine((act, client, frame) => {
    if (!this.#port) throw new Error("no port");
    this.#post({ type: "act", act, client, frame });
  });
  readonly #listener: DocumentListener;
  readonly #sessions = new Map<string, PageSession>();
  #port: PortLike | undefined;
  #mode: HookMode | undefined;
  #answered = false;
  /** Another document has taken its frame, or the place of the whole page. */
  leaving: false | "frame" | "page" = false;
  #second = 0;
  #used = { messages: 0, facts: 0, bytes: 0, routed: 0 };
  #relay: PageRelay | undefined;
  #api: ApiDocument | undefined;
  #nonsense = 0;
  #flooded = false;
  #ignored = 0;
  #refused = 0;
  #why: string | undefined;

  constructor(place: DocumentPlace, listener: DocumentListener, allowance: Allowance) {
    this.#listener = listener;
    this.mirror = new PageMirror(place, listener, allowance);
  }

  get isConnected(): boolean {
    return this.#port !== undefined;
  }

  /** It has told what there is, and goes on telling. */
  get isWatched(): boolean {
    return this.#answered && this.isConnected;
  }

  /** What it told made no sense: nobody listens to it any more. */
  get isRefused(): boolean {
    return this.#flooded || this.#nonsense >= NONSENSE_LIMIT;
  }

  get frame(): PageFrameView {
    const { documentId, frameId, origin, url, top } = this.mirror.place;
    const view: PageFrameView = {
      documentId,
      frameId,
      origin,
      url,
      top,
      usesHttp: this.mirror.usesHttp,
    };
    if (this.mirror.usesWorkers) view.usesWorkers = true;
    const troubles = [...this.mirror.troubles, ...this.#troubles()];
    if (troubles.length > 0) view.troubles = troubles;
    return view;
  }

  #troubles(): string[] {
    const found: string[] = [];
    if (this.isRefused) {
      const why = this.#flooded
        ? "It told far more than anybody could take"
        : "What it told made no sense";
      found.push(`${why}, so nobody listens to it any more. Reload the page.`);
    }
    if (this.#ignored > 0) found.push("It told more than could be taken; some of it was ignored.");
    if (this.#refused > 0) {
      found.push(`${this.#refused} facts that it told couldn't be read (${this.#why}).`);
    }
    return found;
  }

  /** @returns undefined where this document has no such session */
  session(key: string): PageSession | undefined {
    const known = this.#sessions.get(key);
    if (!this.mirror.session(key)) {
      this.#sessions.delete(key);
      return undefined;
    }
    if (known) return known;
    const session = new PageSession(key, this.mirror, this.line);
    this.#sessions.set(key, session);
    return session;
  }

  /** The bridge opened its port, or another one after the first was lost. */
  connect(port: PortLike): void {
    const before = this.#port;
    this.#port = port;
    this.#mode = undefined;
    this.#answered = false;
    this.line.lost();
    this.#relay?.connected();
    this.#apiLeft();
    before?.disconnect();
    port.onMessage((message) => {
      if (this.#port === port) this.#receive(message);
    });
    port.onDisconnect(() => {
      if (this.#port !== port) return;
      this.#port = undefined;
      this.line.lost();
      this.#relay?.disconnected();
      this.#apiLeft();
      this.#listener.left();
    });
    this.#listener.routable();
  }

  /** The routing of this document; undefined before `route` was called. */
  get routed(): PageRelay | undefined {
    return this.#relay;
  }

  /** Tells its hook what is routed from now on. */
  route({ relay, control }: Routing, route: DocumentRoute | undefined): void {
    if (!this.#port) return;
    this.#relay ??= new PageRelay({
      documentId: this.mirror.place.documentId,
      relay,
      session: (key) => control.held(key),
      post: (message) => this.#post(message),
      traffic: (records) => this.#listener.traffic(records),
      recording: () => this.#listener.recording(),
      changed: () => this.#listener.routesChanged(),
    });
    this.#relay.setRoute(route);
  }

  /** It is gone for good, and what it began in held sessions ends. */
  forget(): void {
    this.close();
    this.#relay?.close();
    this.#relay = undefined;
  }

  setMode(mode: HookMode): void {
    if (this.#mode === mode || !this.#port) return;
    this.#mode = mode;
    this.#post({ type: "mode", mode });
  }

  /** Something of it goes on in held sessions, so that its port is needed even where nobody looks at it. */
  get isNeeded(): boolean {
    return this.isConnected && (this.#api !== undefined || this.#relay?.isBusy === true);
  }

  #apiLeft(): void {
    this.#api?.left();
    this.#api = undefined;
  }

  /** Nobody listens any more. */
  close(): void {
    this.#apiLeft();
    const isUnrouted = this.#relay !== undefined && this.#relay.route === undefined;
    if (this.#port) sendAway(this.#port, isUnrouted);
    this.#port = undefined;
    this.line.lost();
  }

  #post(command: HookCommand): void {
    this.#port?.postMessage(command);
  }

  #receive(given: unknown): void {
    if (isOfApi(given)) {
      this.#api ??= this.#listener.apiDocument((message) => this.#post(message));
      this.#api?.received(given);
      return;
    }
    const relayed = relayedIn(given);
    const mayTellMore =
      relayed > 0 ? this.#mayTell("routed", relayed) : this.#mayTell("messages", 1);
    if (!mayTellMore) {
      this.#count(() => this.#ignored++);
      return;
    }
    const read = readHookMessage(given);
    if ("reason" in read) {
      this.#nonsense += 1;
      if (!this.isRefused) return;
      this.#listener.documentChanged();
      this.close();
      this.#listener.left();
      return;
    }
    const { message, bytes, refused, why } = read;
    if (refused > 0) {
      this.#why ??= why;
      this.#count(() => {
        this.#refused += refused;
      });
    }
    if (isRouting(message)) {
      this.#relay?.receive(message);
      return;
    }
    if (message.type !== "facts") {
      this.line.received(message as ActOutcome);
      return;
    }
    const mayTell = this.#mayTell("facts", message.facts.length) && this.#mayTell("bytes", bytes);
    if (message.facts.some(isFlood)) this.#count(() => (this.#flooded = true));
    this.mirror.take(mayTell ? message.facts : withoutFrames(message.facts));
    this.#taken(message.batch);
    if (this.#answered) return;
    this.#answered = true;
    this.#listener.answered();
  }

  #taken(batch: number): void {
    try {
      this.#post({ type: "taken", batch });
    } catch {
      // The port has just closed: its end is told apart from this.
    }
  }

  /** Told once, not each time: a flood must not become one of ours. */
  #count(add: () => void): void {
    const before = this.#troubles().length;
    add();
    if (this.#troubles().length > before) this.#listener.documentChanged();
  }

  #mayTell(what: keyof typeof RATE, amount: number): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#used = { messages: 0, facts: 0, bytes: 0, routed: 0 };
    }
    this.#used[what] += amount;
    return this.#used[what] <= RATE[what];
  }
}

/**
 * Nobody listens at the other end of this port: the hook is told so before it closes.
 * @param unrouted nothing is routed there for sure. A document that isn't told so goes on asking, and its
 *   requests fail: they never run as the page itself where somebody else was chosen
 */
export function sendAway(port: PortLike, unrouted: boolean): void {
  const quiet: HookCommand = { type: "mode", mode: "quiet" };
  const nothing: HookCommand = { type: "routes", version: 0 };
  try {
    port.postMessage(quiet);
    if (unrouted) port.postMessage(nothing);
    // In the same task the message might be lost with the port.
    setTimeout(() => port.disconnect());
  } catch {
    // It has just closed by itself.
  }
}

/** Routed requests in a message, as far as that can be told before it is read. */
function relayedIn(given: unknown): number {
  if (typeof given !== "object" || given === null || !("type" in given)) return 0;
  if (given.type === "relay") return 1;
  if (given.type !== "relay-batch" || !("messages" in given)) return 0;
  return Array.isArray(given.messages) ? given.messages.length : 0;
}

/** What the page API's own part of the worker reads. */
function isOfApi(given: unknown): boolean {
  return (
    typeof given === "object" &&
    given !== null &&
    "type" in given &&
    (given.type === "api-hello" || given.type === "api-request")
  );
}

function isRouting(message: HookMessage): message is RelayUp {
  return message.type.startsWith("relay") || message.type === "routes-ack";
}

/** The bridge's word that it has closed the hook's port: the page talked without an end. */
function isFlood(fact: PageFact): boolean {
  return fact.fact === "dropped" && fact.frames === 0;
}

/** The states among the facts, and how many frames were left out. */
function withoutFrames(facts: readonly PageFact[]): PageFact[] {
  const states = facts.filter(({ fact }) => fact !== "frame");
  const frames = facts.filter((fact) => fact.fact === "frame");
  const bytes = frames.reduce((sum, { size }) => sum + Math.min(size, LIMITS.frame), 0);
  if (frames.length === 0) return states;
  return [...states, { fact: "dropped", at: Date.now(), frames: frames.length, bytes }];
}
