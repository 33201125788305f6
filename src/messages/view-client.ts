/**
 * A view's end of the port to the worker.
 *
 * The worker may die at any moment, so the port is a thing that comes and goes: this client opens it,
 * says hello, and when it drops opens it again (100 ms to 5 s), so that a view only ever sees
 * "connected" with a fresh snapshot, "reconnecting", or "gone" (the extension was updated or removed).
 * Every call ends: with an answer, a refusal, or the word that the worker was lost meanwhile. Of one that
 * nobody waits for any more the worker is told, so that a large answer isn't sent for nobody.
 */
import { messageOf, toErrorView } from "../session/errors.ts";
import type { ErrorView } from "../session/model.ts";
import { AnswerReceiver } from "./answer-parts.ts";
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

export interface CallOptions {
  /** Milliseconds until the call fails, counted to the whole answer; default 30,000. */
  timeout?: number;
  /** Stops waiting: what was sent may still be done, and its answer is nobody's. */
  signal?: AbortSignal;
}

/** What the views are given: commands down, events up. Tests give their own. */
export interface ViewClient {
  /** Sends a command; rejects with CommandError. */
  call<C extends CommandName>(
    command: C,
    params: CommandParams<C>,
    options?: CallOptions,
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
  /** Ends the timer and the watch on the signal. */
  release: () => void;
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
const LET_GO: ErrorView = {
  name: "LetGoError",
  message: "Nobody waits for the answer any more. It may still be done.",
};

const FIRST_DELAY = 100;
const LAST_DELAY = 5_000;

/** Opens the link and keeps it open until `close`. */
export function createViewClient({ connect, tabId, record }: ViewClientOptions): ViewClient {
  const events = new Set<(event: WorkerEvent) => void>();
  const links = new Set<(state: LinkState) => void>();
  /** What came before the first listener: the port is opened before the view's code is there. */
  const early: WorkerEvent[] = [];
  const waiting = new Map<number, Waiting>();
  const answers = new AnswerReceiver();
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
      answers.drop(id);
      entry.release();
    }
    return entry;
  }

  /** Fails a call before its answer is whole, and tells the worker. */
  function letGo(id: number, error: ErrorView) {
    const entry = settle(id);
    if (!entry) return;
    entry.reject(new CommandError(error));
    post({ type: "drop", id });
  }

  /** Of what is about an answer: where the port has just dropped, its calls are over anyway. */
  function post(message: Extract<ViewMessage, { type: "drop" | "taken" }>) {
    try {
      port?.postMessage(message);
    } catch {
      // onDisconnect follows, and fails every call.
    }
  }

  function failAll(view: ErrorView) {
    for (const id of [...waiting.keys()]) settle(id)?.reject(new CommandError(view));
  }

  /** Of an answer or a part: one that can't be read fails its call, which is over at the worker. */
  function answered(message: Extract<WorkerMessage, { type: "answer" | "part" }>) {
    if (!waiting.has(message.id)) return;
    try {
      if (message.type === "part") {
        const whole = answers.part(message);
        if (whole) settle(message.id)?.resolve(whole.result as never);
      } else if (answers.begin(message)) settle(message.id)?.resolve(message.result as never);
    } catch (error) {
      letGo(message.id, toErrorView(error));
    }
  }

  function receive(message: WorkerMessage) {
    switch (message.type) {
      case "answer":
        answered(message);
        return;
      case "part":
        answered(message);
        // Also where nobody waits for it: the worker counts what is on its way.
        post({ type: "taken" });
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
        const { timeout: limit = 30_000, signal } = options ?? {};
        if (signal?.aborted) {
          reject(new CommandError(LET_GO));
          return;
        }
        const id = ++lastId;
        const late = `No answer after ${limit / 1000} s. It may still be done.`;
        const timer = setTimeout(() => letGo(id, { name: "TimeoutError", message: late }), limit);
        const abort = () => letGo(id, LET_GO);
        signal?.addEventListener("abort", abort);
        const release = () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
        };
        waiting.set(id, { resolve, reject, release });
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
