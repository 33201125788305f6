/**
 * Talking to the extension's worker as its views do, from a page of the extension.
 *
 * The demo sets up its sessions through the same commands that the panel's buttons send: nothing is
 * planted behind the extension's back.
 */
import {
  type CommandName,
  type CommandParams,
  type CommandResult,
  PROTOCOL,
  type Snapshot,
  VIEW_PORT,
  type ViewMessage,
  type WorkerMessage,
} from "../../src/messages/commands.ts";
import type { ErrorView } from "../../src/session/model.ts";
import type { Page } from "../browser/page.ts";

/** What of the extension API a page of the extension uses here; Firefox calls it `browser`. */
interface ExtensionGlobals {
  browser?: ExtensionApi;
  chrome: ExtensionApi;
}

interface ExtensionApi {
  runtime: {
    connect(options: { name: string }): {
      postMessage(message: ViewMessage): void;
      onMessage: { addListener(listener: (message: WorkerMessage) => void): void };
    };
  };
}

/** What the page answers: bytes go as arrays of numbers, for JSON is what crosses to here. */
type Outcome = { result: unknown } | { error: ErrorView };

export class WorkerLink {
  readonly #page: Page;
  readonly #view: { viewId: string; tabId?: number };

  /**
   * @param page a page of the extension
   * @param tabId the tab that it is a view of, as a panel is
   */
  constructor(page: Page, tabId?: number) {
    this.#page = page;
    this.#view = { viewId: `demo-${tabId ?? "start"}`, ...(tabId !== undefined && { tabId }) };
  }

  /** Opens the port and says hello. */
  async open(): Promise<void> {
    await this.#page.evaluate(
      (port, protocol, view) => {
        const { browser, chrome } = globalThis as unknown as ExtensionGlobals;
        const link = (browser ?? chrome).runtime.connect({ name: port });
        const waiting = new Map<number, (outcome: unknown) => void>();
        const state = { lastId: 0, lastCallAt: 0, snapshot: undefined as unknown };
        link.onMessage.addListener((message) => {
          if (message.type === "event") {
            if (message.event.event === "snapshot") state.snapshot = message.event.snapshot;
            return;
          }
          // Large answers, which come in parts, aren't for here: as JSON they would be four times the size.
          if (message.type === "part") return;
          const outcome =
            message.type === "refusal"
              ? { error: message.error }
              : message.beside
                ? { error: { name: "TooLarge", message: "This answer comes in parts." } }
                : { result: message.result };
          waiting.get(message.id)?.(outcome);
          waiting.delete(message.id);
        });
        const bytesAsNumbers = (_key: string, value: unknown) =>
          value instanceof Uint8Array ? [...value] : value;
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value ?? null, bytesAsNumbers));
        Object.assign(globalThis, {
          switchyardDemo: {
            call: (command: CommandName, params: unknown) =>
              new Promise((resolve) => {
                const id = ++state.lastId;
                waiting.set(id, (outcome) => resolve(plain(outcome)));
                state.lastCallAt = Date.now();
                link.postMessage({ type: "call", id, command, params });
              }),
            lastCallAt: () => state.lastCallAt,
            snapshot: () => plain(state.snapshot),
            hello: () => {
              state.snapshot = undefined;
              link.postMessage({ type: "hello", protocol, ...view });
            },
          },
        });
      },
      VIEW_PORT,
      PROTOCOL,
      this.#view,
    );
    await this.snapshot();
  }

  /** @throws Error with the worker's words when it refuses */
  async call<C extends CommandName>(
    command: C,
    params: CommandParams<C>,
  ): Promise<CommandResult<C>> {
    const outcome = (await this.#page.evaluate(
      `switchyardDemo.call(${JSON.stringify(command)}, ${JSON.stringify(params)})`,
    )) as Outcome;
    if ("error" in outcome) {
      const { name, message, advice } = outcome.error;
      throw new Error(`${command}: ${name}: ${message}${advice ? ` ${advice}` : ""}`);
    }
    return outcome.result as CommandResult<C>;
  }

  /** When the page sent its last call, in Unix milliseconds. */
  lastCallAt(): Promise<number> {
    return this.#page.evaluate<number, []>("switchyardDemo.lastCallAt()");
  }

  /** The whole state, asked for anew. */
  async snapshot(): Promise<Snapshot> {
    await this.#page.evaluate("switchyardDemo.hello()");
    return this.#page.waitFor<Snapshot | null, []>("switchyardDemo.snapshot()");
  }
}
