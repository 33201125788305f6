/**
 * The views that are open: panel in DevTools, panel in a tab.
 *
 * Each is answered its hello with one whole snapshot, then told every change; one that belongs to a tab
 * also hears of that tab's page. A view that loses its port says hello again under the same id; one
 * that stays away is gone, and what it made for itself (temporary sessions, live queries) goes with it.
 */

import { AnswerSender } from "../messages/answer-parts.ts";
import {
  PROTOCOL,
  type Snapshot,
  type ViewMessage,
  type WorkerEvent,
  type WorkerMessage,
} from "../messages/commands.ts";
import type { PortLike } from "../messages/view-client.ts";
import { InvalidRequestError, toErrorView } from "../session/errors.ts";
import type { StatementsDelta } from "../session/query/kept-statements.ts";
import type { Registry, RegistryListener } from "../session/registry.ts";
import type { AccessView, AlwaysRoute, RoutedTab } from "../session/relay/route-model.ts";
import { type Asking, createHandlers, type Handlers, type OtherHandlers } from "./commands.ts";
import type { PageWatcher } from "./page-tab.ts";
import type { Pages } from "./pages.ts";
import type { Sites } from "./sites.ts";
import { WebTelling, type WebViews } from "./web-telling.ts";

/** A view that hasn't come back after so many milliseconds is gone. */
const GONE_AFTER = 5_000;

type Hello = Extract<ViewMessage, { type: "hello" }>;

interface View extends Asking {
  readonly tabId?: number;
  post(message: WorkerMessage): void;
  tell(event: WorkerEvent): void;
  readonly answers: AnswerSender;
  /** Calls that are carried out, and whose answers it waits for. */
  readonly awaited: Set<number>;
}

/** Web sign-ins, and who looks at them. */
export interface ViewedWeb extends WebViews {
  /** Fulfilled when what was kept of them is read. */
  readonly ready: Promise<void>;
  /** This view of a tab is open, or no more. */
  watch(watcher: PageWatcher): void;
  unwatch(watcher: PageWatcher): void;
}

/** What the views are shown beside the registry. */
export interface ViewsOptions {
  /** Reads the registry; the views wait for it. */
  load(listener: RegistryListener): Promise<Registry>;
  pages: Pages;
  sites: Sites;
  /** Sites that always run as a session of the person's choice. */
  always(): AlwaysRoute[];
  /** Tabs that run as held sessions now. */
  routed?(): RoutedTab[];
  /** Who may use the page API, and who asks to. */
  access?(): AccessView;
  web?: ViewedWeb;
  /** Something else than a view that sessions' live queries may belong to is here, under this id. */
  isPresent?(id: string): boolean;
  /** The commands that are none of the registry's. */
  others(registry: Registry): OtherHandlers;
}

const NO_ACCESS: AccessView = { origins: [], requests: [] };

export class Views implements RegistryListener {
  readonly #views = new Set<View>();
  readonly #registry: Promise<Registry>;
  readonly #handlers: Promise<Handlers>;
  readonly #pages: Pages;
  readonly #sites: Sites;
  readonly #always: () => AlwaysRoute[];
  readonly #routed: () => RoutedTab[];
  readonly #access: () => AccessView;
  readonly #web: ViewedWeb | undefined;
  readonly #webTelling: WebTelling | undefined;
  readonly #isPresent: (id: string) => boolean;

  constructor(options: ViewsOptions) {
    const { load, pages, sites, others, always, routed, access, web, isPresent } = options;
    this.#pages = pages;
    this.#sites = sites;
    this.#always = always;
    this.#routed = routed ?? (() => []);
    this.#access = access ?? (() => NO_ACCESS);
    this.#web = web;
    this.#webTelling = web && new WebTelling(web);
    this.#isPresent = isPresent ?? (() => false);
    this.#registry = load(this);
    this.#handlers = this.#registry.then((registry) =>
      createHandlers({ registry, pages, sites, others: others(registry) }),
    );
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
        view ??= this.#newView(message, port);
        void this.#welcome(view);
      } else if (view) this.#hear(view, message);
    });
    port.onDisconnect(() => {
      if (!view) return;
      this.#leave(view);
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

  /** Of sites that were granted or taken back. */
  sitesChanged(): void {
    this.#tell({ event: "sites", sites: this.#sites.all });
  }

  /** Of always-routes. */
  alwaysChanged(): void {
    this.#tell({ event: "always", always: this.#always() });
  }

  /** Another tab runs as a held session, or as another one, or as itself. */
  routedChanged(): void {
    this.#tell({ event: "routed", routed: this.#routed() });
  }

  /** Somebody may use the page API, asks to, or may no more. */
  accessChanged(): void {
    this.#tell({ event: "access", access: this.#access() });
  }

  /** A statement was run, saved or forgotten. */
  statementsChanged(delta: StatementsDelta): void {
    this.#tell({ event: "statements", delta });
  }

  /** Web sign-ins of a page, or saved ones, may be others. */
  webChanged(): void {
    this.#webTelling?.changed();
  }

  /** A trouble of the extension itself, told to every view. */
  async report(trouble: string): Promise<void> {
    (await this.#registry).report(trouble);
  }

  #newView({ viewId, tabId, record }: Hello, port: PortLike): View {
    const view: View = {
      id: viewId,
      tabId,
      post: (answer) => port.postMessage(answer),
      tell: (event) => this.#post(view, { type: "event", event }),
      answers: new AnswerSender((message) => port.postMessage(message)),
      awaited: new Set(),
    };
    if (tabId !== undefined) {
      const recordingSince = record ? Date.now() : undefined;
      view.page = { tabId, recordingSince, tell: view.tell };
    }
    return view;
  }

  async #welcome(view: View): Promise<void> {
    const registry = await this.#registry;
    await this.#web?.ready;
    registry.wake();
    // From here on in one task: no delta can slip in between the snapshot and the first change.
    this.#views.add(view);
    const { connections, sessions, settings, problems } = registry;
    const sites = this.#sites.all;
    const always = this.#always();
    const access = this.#access();
    const snapshot: Snapshot = {
      connections,
      sessions,
      settings,
      sites,
      always,
      routed: this.#routed(),
      access,
      problems,
      ...this.#webTelling?.welcome(view),
    };
    if (view.page) snapshot.page = this.#pages.pageFor(view.page);
    this.#post(view, { type: "event", event: { event: "snapshot", snapshot } });
    if (!view.page || !this.#views.has(view)) return;
    this.#pages.watch(view.page);
    this.#web?.watch(view.page);
  }

  #leave(view: View): void {
    this.#views.delete(view);
    this.#webTelling?.leave(view);
    if (!view.page) return;
    this.#pages.unwatch(view.page);
    this.#web?.unwatch(view.page);
  }

  #hear(view: View, message: Exclude<ViewMessage, { type: "hello" }>): void {
    switch (message.type) {
      case "call":
        void this.#call(view, message);
        return;
      case "drop":
        view.awaited.delete(message.id);
        view.answers.drop(message.id);
        return;
      case "taken":
        this.#taken(view);
    }
  }

  #taken(view: View): void {
    try {
      view.answers.taken();
    } catch {
      // As in `#post`.
      this.#leave(view);
    }
  }

  async #call(view: View, call: Extract<ViewMessage, { type: "call" }>): Promise<void> {
    const { id, command } = call;
    view.awaited.add(id);
    try {
      const handlers = await this.#handlers;
      if (!Object.hasOwn(handlers, command)) {
        throw new InvalidRequestError(`There is no command ${command}.`);
      }
      // The map types each command's parameters; across the port only the name ties them together.
      const handler = handlers[command] as (params: unknown, by: Asking) => Promise<unknown>;
      const result = await handler(call.params, view);
      // A view that is told of a new session goes to it: it must be there by then.
      (await this.#registry).tellChanges();
      this.#pages.tellChanges();
      this.#webTelling?.tellChanges();
      if (view.awaited.has(id)) view.answers.send(id, result);
      view.awaited.delete(id);
    } catch (error) {
      if (view.awaited.delete(id)) {
        this.#post(view, { type: "refusal", id, error: toErrorView(error) });
      }
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
      this.#leave(view);
    }
  }

  #goneSoon(id: string): void {
    setTimeout(async () => {
      const registry = await this.#registry;
      if ([...this.#views].some((view) => view.id === id) || this.#isPresent(id)) return;
      await registry.viewGone(id);
    }, GONE_AFTER);
  }
}

function isViewMessage(message: unknown): message is ViewMessage {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  if (message.type === "hello") {
    const { protocol, viewId, tabId } = message as Partial<Hello>;
    const isTab = tabId === undefined || Number.isSafeInteger(tabId);
    return protocol === PROTOCOL && typeof viewId === "string" && isTab;
  }
  if (message.type === "taken") return true;
  const { id, command } = message as Partial<Extract<ViewMessage, { type: "call" }>>;
  if (typeof id !== "number") return false;
  return message.type === "drop" || (message.type === "call" && typeof command === "string");
}
