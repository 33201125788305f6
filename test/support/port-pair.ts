/** Two ends of a port in memory: structured clones, in order, one task later, as a browser's. */
import type { PortLike } from "../../src/messages/view-client.ts";

class End implements PortLike {
  other: End | undefined;
  #messages: ((message: unknown) => void)[] = [];
  #disconnects: (() => void)[] = [];
  /** Everything that came to this end. */
  readonly received: unknown[] = [];

  postMessage(message: unknown): void {
    const { other } = this;
    if (!other) throw new Error("Attempting to use a disconnected port object");
    const clone = structuredClone(message);
    setTimeout(() => {
      // What was on its way when the port dropped never arrives.
      if (this.other !== other) return;
      other.received.push(clone);
      for (const listener of other.#messages) listener(clone);
    });
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#messages.push(listener);
  }

  onDisconnect(listener: () => void): void {
    this.#disconnects.push(listener);
  }

  /** As in the browser only the other end hears of it. */
  disconnect(): void {
    const { other } = this;
    if (!other) return;
    this.other = undefined;
    other.other = undefined;
    for (const listener of other.#disconnects) listener();
  }
}

export interface PortPair {
  view: PortLike & { readonly received: unknown[] };
  worker: PortLike & { readonly received: unknown[] };
  /** The worker died: the view's end hears of it. */
  workerDies(): void;
}

export function portPair(): PortPair {
  const view = new End();
  const worker = new End();
  view.other = worker;
  worker.other = view;
  return { view, worker, workerDies: () => worker.disconnect() };
}
