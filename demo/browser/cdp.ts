/**
 * The Chrome DevTools Protocol over the pipe of `--remote-debugging-pipe`: JSON messages with a
 * zero byte between them. One connection carries the browser's own session and one session for
 * each target that is attached to. https://chromedevtools.github.io/devtools-protocol/
 */
import type { BrowserProcess } from "./process.ts";
import { PATIENCE_MS, until } from "./wait.ts";

export type CdpParams = Record<string, unknown>;

/** A target as `Target.getTargets` lists it. */
export interface TargetInfo {
  readonly targetId: string;
  readonly type: string;
  readonly url: string;
  /** Of an iframe in a process of its own: the frame that holds it. */
  readonly parentFrameId?: string;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: CdpParams;
  readonly sessionId?: string;
  readonly result?: unknown;
  readonly error?: { message: string; data?: string };
}

interface Pending {
  readonly sessionId: string | undefined;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type Listener = (params: CdpParams) => void;

export class Cdp {
  private readonly browser: BrowserProcess;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Map<string, Listener[]>();
  private lastId = 0;
  private gone: string | undefined;

  constructor(browser: BrowserProcess) {
    this.browser = browser;
    let rest: Buffer[] = [];
    browser.fromBrowser.on("data", (chunk: Buffer) => {
      let from = 0;
      for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, from)) {
        this.receive(Buffer.concat([...rest, chunk.subarray(from, end)]).toString("utf8"));
        rest = [];
        from = end + 1;
      }
      rest.push(chunk.subarray(from));
    });
    // Writing to a browser that has just ended: `ended` below tells of it.
    browser.toBrowser.on("error", () => undefined);
    browser.fromBrowser.on("error", () => undefined);
    browser.ended.then((how) => {
      this.gone = `Chromium has ended (${how}). It said:\n${browser.output.slice(-2000)}`;
      for (const { reject } of this.pending.values()) reject(new Error(this.gone));
      this.pending.clear();
    });
  }

  /** Sends a command and returns its result. Throws the protocol's error. */
  send<T = unknown>(method: string, params: CdpParams = {}, sessionId?: string): Promise<T> {
    if (this.gone !== undefined) return Promise.reject(new Error(this.gone));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const named = (error: Error) => reject(new Error(`${method}: ${error.message}`));
      this.pending.set(id, { sessionId, resolve: resolve as Pending["resolve"], reject: named });
      this.browser.toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** The next event of this name in this session. */
  once(method: string, sessionId: string): Promise<CdpParams> {
    const key = `${sessionId} ${method}`;
    return new Promise((resolve) => {
      this.listeners.set(key, [...(this.listeners.get(key) ?? []), resolve]);
    });
  }

  /** Attaches to a target; the session's id. */
  async attach(targetId: string): Promise<string> {
    const { sessionId } = await this.send<{ sessionId: string }>("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    return sessionId;
  }

  async detach(sessionId: string): Promise<void> {
    await this.send("Target.detachFromTarget", { sessionId });
  }

  /** Closes a page, DevTools or a worker, and returns when it is gone. */
  async close(targetId: string): Promise<void> {
    await this.send("Target.closeTarget", { targetId }).catch((error: Error) => {
      // It was closing by itself.
      if (!error.message.includes("No target with given id")) throw error;
    });
    await until(
      async () => !(await this.targets()).some((target) => target.targetId === targetId),
      PATIENCE_MS,
      () => `The target ${targetId} didn't close.`,
    );
  }

  /** All targets, attached or not. */
  async targets(): Promise<TargetInfo[]> {
    // The default filter leaves out DevTools in older versions; this one leaves out nothing.
    const all = { filter: [{}] };
    return (await this.send<{ targetInfos: TargetInfo[] }>("Target.getTargets", all)).targetInfos;
  }

  private receive(text: string): void {
    const message = JSON.parse(text) as Answer;
    if (message.id !== undefined) {
      const waiting = this.pending.get(message.id);
      this.pending.delete(message.id);
      const { error } = message;
      if (error)
        waiting?.reject(new Error(`${error.message}${error.data ? ` ${error.data}` : ""}`));
      else waiting?.resolve(message.result);
      return;
    }
    if (message.method === "Target.detachedFromTarget")
      this.drop(String(message.params?.sessionId));
    const key = `${message.sessionId} ${message.method}`;
    const listeners = this.listeners.get(key) ?? [];
    this.listeners.delete(key);
    for (const listener of listeners) listener(message.params ?? {});
  }

  /** A target that goes away never answers: its pending commands fail. */
  private drop(sessionId: string): void {
    for (const [id, waiting] of this.pending) {
      if (waiting.sessionId !== sessionId) continue;
      this.pending.delete(id);
      waiting.reject(new Error("it went away"));
    }
  }
}
