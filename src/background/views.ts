/**
 * The views that are open: panel in DevTools, panel in a tab.
 *
 * Each is answered its hello with one whole snapshot, then told every change. A view that loses its
 * port says hello again under the same id; one that stays away is gone, and what it made for itself
 * (temporary sessions, live queries) goes with it.
 */

import {
  PROTOCOL,
  type ViewMessage,
  type WorkerEvent,
  type WorkerMessage,
} from "../messages/commands.ts";
import type { PortLike } from "../messages/view-client.ts";
import { InvalidRequestError, toErrorView } from "../session/errors.ts";
import type { Registry, RegistryListener } from "../session/registry.ts";
import { createHandlers, type Handlers } from "./commands.ts";

/** A view that hasn't come back after so many milliseconds is gone. */
const GONE_AFTER = 5_000;

interface View {
  id: string;
  post(message: WorkerMessage): void;
}

export class Views implements RegistryListener {
  readonly #views = new Set<View>();
  readonly #registry: Promise<Registry>;
  readonly #handlers: Promise<Handlers>;

  /** @param load reads the registry; the views wait for it */
  constructor(load: (listener: RegistryListener) => Promise<Registry>) {
    this.#registry = load(this);
    this.#handlers = this.#registry.then(createHandlers);
    // Of views that were open before the worker died: those that don't come back are gone.
    void this.#registry.then((registry) => {
      for (const id of registry.viewIds()) this.#goneSoon(id);
    });
  }

  get open(): boolean {
    return this.#views.size > 0;
  }

  /** A view opened its port. Nothing is sent before its hello. */
  connected(port: PortLike): void {
    let view: View | undefined;
    port.onMessage((message) => {
      if (!isViewMessage(message)) return;
      if (message.type === "hello") {
        view ??= { id: message.viewId, post: (answer) => port.postMessage(answer) };
        void this.#welcome(view);
      } else if (view) void this.#call(view, message);
    });
    port.onDisconnect(() => {
      if (!view) return;
      this.#views.delete(view);
      this.#goneSoon(view.id);
      view = undefined;
    });
  }

  changed(delta: Parameters<RegistryListener["changed"]>[0]): void {
    this.#tell({ event: "delta", delta });
  }

  history(...[key, entry]: Parameters<RegistryListener["history"]>): void {
    this.#tell({ event: "history", key, entry });
  }

  notified(...[key, id, notification]: Parameters<RegistryListener["notified"]>): void {
    this.#tell({ event: "notification", key, id, notification });
  }

  async #welcome(view: View): Promise<void> {
    const registry = await this.#registry;
    registry.wake();
    // From here on in one task: no delta can slip in between the snapshot and the first change.
    this.#views.add(view);
    const { connections, sessions, settings, problems } = registry;
    const snapshot = { connections, sessions, settings, problems };
    this.#post(view, { type: "event", event: { event: "snapshot", snapshot } });
  }

  async #call(view: View, call: Extract<ViewMessage, { type: "call" }>): Promise<void> {
    const { id, command } = call;
    try {
      const handlers = await this.#handlers;
      if (!Object.hasOwn(handlers, command)) {
        throw new InvalidRequestError(`There is no command ${command}.`);
      }
      // The map types each command's parameters; across the port only the name ties them together.
      const handler = handlers[command] as (params: unknown, viewId: string) => Promise<unknown>;
      const result = await handler(call.params, view.id);
      // A view that is told of a new session goes to it: it must be there by then.
      (await this.#registry).tellChanges();
      this.#post(view, { type: "answer", id, result });
    } catch (error) {
      this.#post(view, { type: "refusal", id, error: toErrorView(error) });
    }
  }

  #tell(event: WorkerEvent): void {
    for (const view of this.#views) this.#post(view, { type: "event", event });
  }

  #post(view: View, message: WorkerMessage): void {
    try {
      view.post(message);
    } catch {
      // Its port has just closed: onDisconnect follows, and it will get a whole snapshot.
      this.#views.delete(view);
    }
  }

  #goneSoon(id: string): void {
    setTimeout(async () => {
      const registry = await this.#registry;
      if ([...this.#views].some((view) => view.id === id)) return;
      await registry.viewGone(id);
    }, GONE_AFTER);
  }
}

function isViewMessage(message: unknown): message is ViewMessage {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  if (message.type === "hello") {
    const { protocol, viewId } = message as Partial<Extract<ViewMessage, { type: "hello" }>>;
    return protocol === PROTOCOL && typeof viewId === "string";
  }
  const { id, command } = message as Partial<Extract<ViewMessage, { type: "call" }>>;
  return message.type === "call" && typeof id === "number" && typeof command === "string";
}
