/**
 * All that the panel knows, as signals, and the one way in which it acts: commands to the worker.
 *
 * The worker tells a whole snapshot at each connect and deltas from then on; the stores hold what it
 * told, and nothing made up here. What the person looks at (view, session, pane) is this view's own.
 */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LinkState, ViewClient } from "../../messages/view-client.ts";
import type { SessionKey } from "../../session/model.ts";
import { isPageSessionKey } from "../../session/page/page-model.ts";
import type { ViewHost } from "../host.ts";
import type { AnySession } from "./any-session.ts";
import { createPageStore, type PageStore } from "./page.ts";
import { createPreferences, type Preferences } from "./preferences.ts";
import { createQueryTargets, type QueryTargets } from "./query-targets.ts";
import { createRequestsStore, type RequestsStore } from "./requests.ts";
import { createRoutesStore, type RoutesStore } from "./routes.ts";
import { createSelection } from "./selection.ts";
import { createWebStore, type WebStore } from "./web.ts";
import { createWorkerState, type WorkerState } from "./worker-state.ts";

/** The views of the panel. */
export type ViewName = "sessions" | "requests" | "query";

/** What the larger part of the view Sessions shows. */
export type Pane =
  /** The selected session. */
  | { kind: "session" }
  /** `signIn`: through the application that the page shows of this origin. */
  | { kind: "new-session"; connectionId?: string; signIn?: string }
  /** All sessions that wait for a sign-in, their forms on one page. */
  | { kind: "sign-in-again" }
  /** Without an id: a new connection. */
  | { kind: "connection"; id?: string }
  | { kind: "settings" };

export interface PanelStore extends Omit<WorkerState, "take"> {
  readonly client: ViewClient;
  readonly host: ViewHost;
  readonly link: ReadonlySignal<LinkState>;
  /** The page of this view's tab; its own sessions are in it. */
  readonly page: PageStore;
  /** Web sign-ins: those of the page, and saved ones. */
  readonly web: WebStore;
  /** Whom the tab runs as. */
  readonly routes: RoutesStore;
  /** Whether the list is open in which a person picks whom it runs as. */
  readonly picking: Signal<boolean>;
  /** The log of what the page asks. */
  readonly requests: RequestsStore;
  readonly preferences: Preferences;
  readonly selectedKey: ReadonlySignal<SessionKey | undefined>;
  readonly view: Signal<ViewName>;
  readonly pane: ReadonlySignal<Pane>;
  /** Where the panel is too narrow for both: which of the two is in front. */
  readonly front: Signal<"list" | "detail">;
  /** Whom the view Query runs as. */
  readonly queryTargets: QueryTargets;
  /** A short word about what was just done ("Copied"), shown and read out; it goes by itself. */
  readonly announcement: ReadonlySignal<string>;
  announce(text: string): void;
  /** The client's `call`: rejects with CommandError. Run it through `useAction` to show errors. */
  readonly call: ViewClient["call"];
  /** A SurrealDB session, held or of the page, whichever the key names. Reading it subscribes. */
  session(key: SessionKey): AnySession | undefined;
  select(key: SessionKey): void;
  /** The person works in what is shown: nothing that appears later takes its place. */
  settle(): void;
  open(pane: Pane): void;
  /** Back to the selected session, from any other page. */
  leavePane(): void;
  /** Switches to Query with this session, and transaction, chosen. */
  queryAs(key: SessionKey, txn?: string): void;
  /** Copies through the host and says so; rejects where the host can't. */
  copy(text: string, what: string): Promise<void>;
  close(): void;
}

const ANNOUNCEMENT_TIME = 4_000;

export function createStore({ client, host }: { client: ViewClient; host: ViewHost }): PanelStore {
  const { take, ...worker } = createWorkerState();
  const { sessions } = worker;
  const page = createPageStore();
  const web = createWebStore(client);
  const preferences = createPreferences(host);
  const link = signal<LinkState>("connecting");
  const routes = createRoutesStore(client, page);
  const picking = signal(false);
  const requests = createRequestsStore({
    client,
    host,
    preferences,
    page,
    labelOf: (key) =>
      (isPageSessionKey(key) ? page.sessions.get(key) : sessions.get(key)).peek()?.label,
  });
  const selection = createSelection(sessions, page, web, preferences);
  const view = signal<ViewName>("sessions");
  const pane = signal<Pane>({ kind: "session" });
  const front = signal<"list" | "detail">("list");
  const queryTargets = createQueryTargets(page);
  const announcement = signal("");
  let announced: ReturnType<typeof setTimeout> | undefined;

  const endings = [
    client.onLink((state) => {
      link.value = state;
    }),
    client.onEvent((message) => {
      batch(() => {
        take(message);
        web.take(message);
        if (message.event === "snapshot") page.replaceAll(message.snapshot.page);
        else if (message.event === "page") page.apply(message.delta);
        else if (message.event === "traffic") requests.add(message.records);
      });
    }),
  ];

  function announce(text: string) {
    clearTimeout(announced);
    announcement.value = text;
    announced = setTimeout(() => {
      announcement.value = "";
    }, ANNOUNCEMENT_TIME);
  }

  return {
    ...worker,
    client,
    host,
    link,
    page,
    web,
    routes,
    picking,
    requests,
    preferences,
    selectedKey: selection.key,
    view,
    pane,
    front,
    queryTargets,
    announcement,
    announce,
    call: (command, params, options) => client.call(command, params, options),
    session: (key) =>
      isPageSessionKey(key) ? page.sessions.get(key).value : sessions.get(key).value,
    select(key) {
      batch(() => {
        selection.select(key);
        pane.value = { kind: "session" };
      });
    },
    settle: selection.settle,
    open(next) {
      batch(() => {
        pane.value = next;
        view.value = "sessions";
        front.value = "detail";
      });
    },
    leavePane() {
      pane.value = { kind: "session" };
    },
    queryAs(key, txn) {
      batch(() => {
        queryTargets.choose([key], txn);
        view.value = "query";
      });
    },
    async copy(text, what) {
      await host.copyText(text);
      announce(`${what} copied`);
    },
    close() {
      clearTimeout(announced);
      selection.close();
      queryTargets.close();
      requests.close();
      page.close();
      web.close();
      for (const end of endings) end();
    },
  };
}
