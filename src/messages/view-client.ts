/**
 * A view's end of the port to the worker.
 *
 * The worker may die at any moment, so the port is a thing that comes and goes: this client opens it,
 * says hello, and when it drops opens it again (100 ms to 5 s), so that a view only ever sees
 * "connected" with a fresh snapshot, "reconnecting", or "gone" (the extension was updated or removed).
 * Every call ends: with an answer, a refusal, or the word that the worker was lost meanwhile.
 */
import { messageOf } from "../session/errors.ts";
import type { ErrorView } from "../session/model.ts";
import {
  type CommandName,
  type CommandParams,
  type CommandResult,
  PROTOCOL,
  type ViewMessage,
  type WorkerEvent,
  type WorkerMessage,
} from "./commands.ts";

/** The few things that this client needs of a browser's port. */
export interface PortLike {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onDisconnect(listener: () => void): void;
  disconnect(): void;
}

export type LinkState = "connecting" | "connected" | "reconnecting" | "gone";

/** Thrown by `call` when the worker refuses, or is lost before it answers. */
export class CommandError extends Error {
  readonly view: ErrorView;
  constructor(view: ErrorView) {
    super(view.message);
    this.name = view.name;
    this.view = view;
  }
}

/** What the views are given: commands down, events up. Tests give their own. */
export interface ViewClient {
  /** Sends a command; rejects with CommandError. Default time limit 30 s. */
  call<C extends CommandName>(
    command: C,
    params: CommandParams<C>,
    options?: { timeout?: number },
  ): Promise<CommandResult<C>>;
  onEvent(listener: (event: WorkerEvent) => void): () => void;
  onLink(listener: (state: LinkState) => void): () => void;
  close(): void;
}

export interface ViewClientOptions {
  /** Opens a port; throws when the extension's context is gone for good. */
  connect: () => PortLike;
  /** Tab that the view belongs to, if any. */
  tabId?: number;
  /** Frames of that tab's page are recorded from the beginning. Later `page.record` decides. */
  record?: boolean;
}

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: CommandError) => void;
  timer: ReturnType<typeof setTimeout>;
}

const GONE: ErrorView = {
  name: "ExtensionGone",
  message: "Switchyard was updated or removed.",
  advice: "Close and reopen DevTools.",
};
const AWAY: ErrorView = {
  name: "WorkerLost",
  message: "The extension's worker is restarting. Nothing was sent.",
  advice: "Try again in a moment.",
};
const CLOSED: ErrorView = { name: "ViewClosed", message: "This view was closed." };

const FIRST_DELAY = 100;
const LAST_DELAY = 5_000;

/** Opens the link and keeps it open until `close`. */
export function createViewClient({ connect, tabId, record }: ViewClientOptions): ViewClient {
  const events = new Set<(event: WorkerEvent) => void>();
  const links = new Set<(state: LinkState) => void>();
  /** What came before the first listener: the port is opened before the view's code is there. */
  const early: WorkerEvent[] = [];
  const waiting = new Map<number, Waiting>();
  let state: LinkState = "connecting";
  let port: PortLike | undefined;
  let delay = FIRST_DELAY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const viewId = crypto.randomUUID();
  let lastId = 0;
  let closed = false;
  /** A worker that was started anew has to be told. */
  let recording = record ?? false;

  function setLink(next: LinkState) {
    if (state === next) return;
    state = next;
    for (const listener of links) listener(next);
  }

  function settle(id: number): Waiting | undefined {
    const entry = waiting.get(id);
    if (entry) {
      waiting.delete(id);
      clearTimeout(entry.timer);
    }
    return entry;
  }

  function failAll(view: ErrorView) {
    for (const id of [...waiting.keys()]) settle(id)?.reject(new CommandError(view));
  }

  function receive(message: WorkerMessage) {
    switch (message.type) {
      case "answer":
        settle(message.id)?.resolve(message.result as never);
        return;
      case "refusal":
        settle(message.id)?.reject(new CommandError(message.error));
        return;
      case "event":
        if (message.event.event === "snapshot") {
          delay = FIRST_DELAY;
          setLink("connected");
        }
        if (events.size === 0) early.push(message.event);
        for (const listener of events) listener(message.event);
    }
  }

  function open() {
    let opened: PortLike;
    try {
      opened = connect();
    } catch {
      // Only an extension context that was invalidated (update, removal) makes connect throw.
      setLink("gone");
      failAll(GONE);
      return;
    }
    port = opened;
    opened.onMessage((message) => receive(message as WorkerMessage));
    opened.onDisconnect(() => {
      if (port !== opened) return;
      port = undefined;
      failAll({
        name: "WorkerLost",
        message: "The extension's worker stopped before it answered. It may have been done.",
        advice: "Look at the session before you repeat it.",
      });
      if (closed) return;
      setLink("reconnecting");
      timer = setTimeout(open, delay);
      delay = Math.min(delay * 2, LAST_DELAY);
    });
    const hello: ViewMessage = {
      type: "hello",
      protocol: PROTOCOL,
      viewId,
      tabId,
      record: recording,
    };
    opened.postMessage(hello);
  }

  open();

  return {
    call(command, params, options) {
      if (command === "page.record") recording = (params as CommandParams<"page.record">).on;
      return new Promise((resolve, reject) => {
        const current = port;
        if (!current) {
          reject(new CommandError(closed ? CLOSED : state === "gone" ? GONE : AWAY));
          return;
        }
        const id = ++lastId;
        const limit = options?.timeout ?? 30_000;
        const timer = setTimeout(() => {
          settle(id)?.reject(
            new CommandError({
              name: "TimeoutError",
              message: `No answer after ${limit / 1000} s. It may still be done.`,
            }),
          );
        }, limit);
        waiting.set(id, { resolve, reject, timer });
        const message: ViewMessage = { type: "call", id, command, params };
        try {
          current.postMessage(message);
        } catch (error) {
          // The port dropped in this moment, or a parameter can't be cloned.
          const text = messageOf(error);
          settle(id)?.reject(
            new CommandError({ name: "NotSentError", message: `Nothing was sent: ${text}` }),
          );
        }
      });
    },
    onEvent(listener) {
      events.add(listener);
      for (const event of early.splice(0)) listener(event);
      return () => events.delete(listener);
    },
    onLink(listener) {
      links.add(listener);
      listener(state);
      return () => links.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      const open = port;
      port = undefined;
      open?.disconnect();
      failAll(CLOSED);
    },
  };
}
