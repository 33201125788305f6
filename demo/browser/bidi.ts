/**
 * WebDriver BiDi, as far as it is needed: commands over one WebSocket, and functions called in the
 * browser's own window. https://w3c.github.io/webdriver-bidi/
 */
import { WebSocket } from "ws";
import { PATIENCE_MS, until } from "./wait.ts";

interface Answer {
  readonly id?: number | null;
  readonly type: string;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Tree {
  readonly contexts: { readonly context: string; readonly url: string }[];
}

interface ScriptAnswer {
  readonly type: "success" | "exception";
  readonly result: { readonly value: string };
  readonly exceptionDetails: { readonly text: string };
}

export class Bidi {
  private readonly socket: WebSocket;
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => this.receive(String(data)));
    const end = (why: string) => {
      for (const { reject } of this.pending.values()) reject(new Error(why));
      this.pending.clear();
    };
    socket.on("close", () => end("Firefox has ended."));
    socket.on("error", (error) => end(error.message));
  }

  /** Connects to the address that Firefox tells on its error output, and starts a session. */
  static async connect(address: string): Promise<Bidi> {
    const socket = new WebSocket(`${address}/session`, { perMessageDeflate: false });
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    const bidi = new Bidi(socket);
    // Dialogs of a page are left to the test, or to the person at the screen.
    const capabilities = { alwaysMatch: { unhandledPromptBehavior: { default: "ignore" } } };
    await bidi.send("session.new", { capabilities });
    return bidi;
  }

  /** Sends a command and returns its result. Throws the protocol's error. */
  send<T = unknown>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      if (this.socket.readyState !== WebSocket.OPEN) {
        reject(new Error("Firefox has ended."));
        return;
      }
      this.pending.set(id, { resolve: resolve as Pending["resolve"], reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** The context of the browser's own window, where its chrome (tabs, toolbars) is drawn; waits for it. */
  async browserWindow(): Promise<string> {
    const find = async () => {
      const scope = { "moz:scope": "chrome" };
      const { contexts } = await this.send<Tree>("browsingContext.getTree", scope);
      return contexts.find(({ url }) => url.endsWith("/browser.xhtml"));
    };
    return (await until(find, PATIENCE_MS, () => "Firefox shows no browser window.")).context;
  }

  /** Calls a function, given as source, in a context; awaits it. JSON values in and out. */
  async call<T>(context: string, source: string, args: readonly unknown[]): Promise<T> {
    const answer = await this.send<ScriptAnswer>("script.callFunction", {
      functionDeclaration: `async (json) => JSON.stringify({ value: await (${source})(...JSON.parse(json)) })`,
      arguments: [{ type: "string", value: JSON.stringify(args) }],
      target: { context },
      awaitPromise: true,
    });
    if (answer.type === "exception") throw new Error(answer.exceptionDetails.text);
    return JSON.parse(answer.result.value).value as T;
  }

  private receive(text: string): void {
    const answer = JSON.parse(text) as Answer;
    const waiting = answer.id == null ? undefined : this.pending.get(answer.id);
    if (!waiting) return;
    this.pending.delete(answer.id as number);
    if (answer.type === "error") waiting.reject(new Error(`${answer.error}: ${answer.message}`));
    else waiting.resolve(answer.result);
  }
}
