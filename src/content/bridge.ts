/**
 * The bridge between a document's hook and the worker.
 *
 * It carries and trusts nothing: what comes from the hook may come from the page. It opens its port to
 * the worker only when somebody listens, and whenever that port is gone it sees to it that the hook
 * falls silent: at once where the worker said so, else after ten seconds in which the hook keeps what
 * happens for a worker that comes back.
 */
import {
  type EventDown,
  type HookCommand,
  type HookMessage,
  type HookMode,
  RELAY_UP,
} from "../messages/page-messages.ts";
import type { PortLike } from "../messages/view-client.ts";
import { Allowance } from "./allowance.ts";
import type { LoadSigns } from "./load-signs.ts";
import { RelayLine } from "./relay-line.ts";

/** Milliseconds for which the hook holds frames that nobody takes. */
const HOLD_TIME = 10_000;

/** What a bridge needs of the frame that it is in. */
export interface BridgeSurroundings {
  /** Opens a port to the worker; throws where the extension was updated or removed. */
  connect(): PortLike;
  /** Has the hook hear of this at once, as an event on its port. */
  deliver(hook: HookPort, message: EventDown): void;
  loadSigns(): LoadSigns;
  /** Calls `changed` when there are more of them, until `disconnect`. */
  watchLoadSigns(changed: () => void): { disconnect(): void };
}

/** The hook's end of the message channel, as the bridge uses it. */
export type HookPort = Pick<
  MessagePort,
  "postMessage" | "close" | "addEventListener" | "dispatchEvent"
> & {
  onmessage: ((event: MessageEvent) => void) | null;
};

export class Bridge {
  readonly #around: BridgeSurroundings;
  readonly #allowance = new Allowance();
  #hook: HookPort | undefined;
  #worker: PortLike | undefined;
  #mode: HookMode = "quiet";
  /** The hook's number of the batch before the first that this port carried; undefined: none yet. */
  #before: number | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #signs: { disconnect(): void } | undefined;
  #wanted = false;
  #wasListenedTo = false;
  #routesExpected = false;
  #apiOffered = false;
  readonly #relay = new RelayLine({
    deliver: (message) => {
      if (this.#hook) this.#around.deliver(this.#hook, message);
    },
    post: (message) => {
      if (this.#worker) this.#post(this.#worker, message);
    },
    connect: () => {
      if (this.#hook && !this.#worker) this.#connect();
      return this.#worker !== undefined;
    },
  });

  constructor(around: BridgeSurroundings) {
    this.#around = around;
  }

  /** Takes the hook's port; once. @returns false where there is one already. */
  take(hook: HookPort): boolean {
    if (this.#hook) return false;
    this.#hook = hook;
    hook.onmessage = ({ data }) => this.#fromHook(data);
    hook.addEventListener(RELAY_UP, (event) => {
      // Whoever offers it sees that it was taken.
      if (this.#hook && this.#relay.fromHook((event as MessageEvent).data)) event.preventDefault();
    });
    if (this.#routesExpected) this.#relay.expect();
    if (this.#apiOffered) this.#relay.offerApi();
    if (this.#wanted) this.listenAtOnce();
    return true;
  }

  /** Something may be routed here: data requests wait until the worker has said what. */
  routedAtOnce(): void {
    this.#routesExpected = true;
    if (this.#hook) this.#relay.expect();
  }

  /** The worker asks: it will say what it wants. */
  listen(): void {
    if (this.#hook && !this.#worker) this.#connect();
  }

  /** Somebody listens for sure: the hook keeps what happens until the worker has said what it wants. */
  listenAtOnce(): void {
    this.#wanted = true;
    if (!this.#hook || this.#worker) return;
    this.#hold();
    this.#connect();
  }

  /** The document goes into the back/forward cache, where ports don't live. */
  freeze(): void {
    this.#wasListenedTo = this.#mode !== "quiet";
    this.#disconnect();
    this.#setMode("quiet");
    this.#relay.freeze();
  }

  /** It is back. Where nobody listened before, whoever does now will ask. */
  thaw(): void {
    this.#disconnect();
    if (this.#wasListenedTo) this.listenAtOnce();
    this.#relay.thaw();
  }

  /** The page API may be enabled here. */
  offerApi(): void {
    this.#apiOffered = true;
    if (this.#hook) this.#relay.offerApi();
  }

  #connect(): void {
    let port: PortLike;
    try {
      port = this.#around.connect();
    } catch {
      // The extension was updated or removed: there is nobody to talk to any more.
      this.#setMode("quiet");
      return;
    }
    this.#worker = port;
    this.#before = undefined;
    port.onMessage((message) => {
      if (this.#worker === port) this.#fromWorker(message as HookCommand);
    });
    port.onDisconnect(() => {
      if (this.#worker !== port) return;
      this.#worker = undefined;
      if (this.#mode !== "quiet") this.#hold();
      this.#relay.lost();
    });
  }

  #disconnect(): void {
    const port = this.#worker;
    this.#worker = undefined;
    port?.disconnect();
  }

  #fromWorker(command: HookCommand): void {
    if (this.#relay.fromWorker(command)) return;
    if (command.type === "mode") this.#setMode(command.mode);
    else if (command.type === "taken") {
      this.#hook?.postMessage({ ...command, batch: command.batch + (this.#before ?? 0) });
    } else this.#hook?.postMessage(command);
  }

  #setMode(mode: HookMode): void {
    clearTimeout(this.#silence);
    this.#mode = mode;
    this.#hook?.postMessage({ type: "mode", mode } satisfies HookCommand);
    if (mode === "watch" || mode === "record") {
      this.#signs ??= this.#around.watchLoadSigns(() => this.#tellAgain());
    } else {
      this.#signs?.disconnect();
      this.#signs = undefined;
    }
  }

  /** Every telling begins with everything, signs of HTTP included. */
  #tellAgain(): void {
    if (this.#mode === "watch" || this.#mode === "record") this.#setMode(this.#mode);
  }

  #hold(): void {
    this.#setMode("hold");
    this.#silence = setTimeout(() => {
      this.#disconnect();
      this.#setMode("quiet");
    }, HOLD_TIME);
  }

  #fromHook(message: unknown): void {
    const worker = this.#worker;
    if (!worker) return;
    if (!this.#allowance.admits(message)) {
      this.#flooded(worker);
      return;
    }
    if (message.type !== "facts") {
      this.#post(worker, message);
      return;
    }
    const first = message.facts[0];
    const whole = first?.fact === "whole";
    // What was on its way to a port before this one would be out of order here.
    if (this.#before === undefined) {
      if (!whole) return;
      this.#before = message.batch - 1;
    }
    const facts = whole
      ? [{ ...first, ...this.#around.loadSigns() }, ...message.facts.slice(1)]
      : message.facts;
    this.#post(worker, { type: "facts", batch: message.batch - this.#before, facts });
  }

  #post(worker: PortLike, message: HookMessage): void {
    try {
      worker.postMessage(message);
    } catch {
      // The port has just closed (its disconnect follows), or a page put something into it that can't
      // be cloned, which is nothing that anybody waits for.
    }
  }

  /** Nobody is listened to who talks so much: the hook's port is closed for good. */
  #flooded(worker: PortLike): void {
    const batch = 1;
    this.#hook?.close();
    this.#hook = undefined;
    const facts = [{ fact: "dropped" as const, at: Date.now(), frames: 0, bytes: 0 }];
    this.#post(worker, { type: "facts", batch, facts });
    this.#disconnect();
    this.#setMode("quiet");
  }
}
