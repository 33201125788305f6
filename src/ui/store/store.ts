/**
 * All that the panel knows, as signals, and the one way in which it acts: commands to the worker.
 *
 * The worker tells a whole snapshot at each connect and deltas from then on; the stores hold what it
 * told, and nothing made up here. What the person looks at (view, session, pane) is this view's own.
 */
import { batch, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LinkState, ViewClient } from "../../messages/view-client.ts";
import type { SessionKey, Settings } from "../../session/model.ts";
import { isPageSessionKey } from "../../session/page/page-model.ts";
import type { ViewHost } from "../host.ts";
import type { AnySession } from "./any-session.ts";
import { type ConnectionsStore, createConnectionsStore } from "./connections.ts";
import { createPageStore, type PageStore } from "./page.ts";
import { createPreferences, type Preferences } from "./preferences.ts";
import { createRequestsStore, type RequestsStore } from "./requests.ts";
import { createSelection, sessionAt } from "./selection.ts";
import { createSessionsStore, type SessionsStore } from "./sessions.ts";

/** The views of the panel. */
export type ViewName = "sessions" | "requests" | "query";

/** What the larger part of the view Sessions shows. */
export type Pane =
  /** The selected session. */
  | { kind: "session" }
  | { kind: "new-session"; connectionId?: string }
  /** All sessions that wait for a sign-in, their forms on one page. */
  | { kind: "sign-in-again" }
  /** Without an id: a new connection. */
  | { kind: "connection"; id?: string }
  | { kind: "settings" };

/** Whom the Query view runs as, and in which of that session's transactions. */
export interface QueryTarget {
  key: SessionKey;
  txn?: string;
  /** Of a page's session: by it the session is found again after a reload, under another key. */
  place?: string;
}

export interface PanelStore {
  readonly client: ViewClient;
  readonly host: ViewHost;
  readonly link: ReadonlySignal<LinkState>;
  /** False until the first snapshot came. */
  readonly loaded: ReadonlySignal<boolean>;
  /** Held sessions. Those of the page are in `page.sessions`. */
  readonly sessions: SessionsStore;
  /** The page of this view's tab. */
  readonly page: PageStore;
  /** The log of what the page asks. */
  readonly requests: RequestsStore;
  readonly connections: ConnectionsStore;
  readonly settings: ReadonlySignal<Settings>;
  /** Troubles of the extension itself, one sentence each. */
  readonly problems: ReadonlySignal<readonly string[]>;
  readonly preferences: Preferences;
  readonly selectedKey: ReadonlySignal<SessionKey | undefined>;
  readonly view: Signal<ViewName>;
  readonly pane: ReadonlySignal<Pane>;
  /** Where the panel is too narrow for both: which of the two is in front. */
  readonly front: Signal<"list" | "detail">;
  readonly queryTarget: Signal<QueryTarget | undefined>;
  /** A short word about what was just done ("Copied"), shown and read out; it goes by itself. */
  readonly announcement: ReadonlySignal<string>;
  announce(text: string): void;
  /** The client's `call`: rejects with CommandError. Run it through `useAction` to show errors. */
  readonly call: ViewClient["call"];
  /** A held session or one of the page, whichever the key names. Reading it subscribes. */
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

const DAY = 86_400_000;
const ANNOUNCEMENT_TIME = 4_000;

export function createStore({ client, host }: { client: ViewClient; host: ViewHost }): PanelStore {
  const sessions = createSessionsStore();
  const connections = createConnectionsStore();
  const page = createPageStore();
  const preferences = createPreferences(host);
  const link = signal<LinkState>("connecting");
  const loaded = signal(false);
  const settings = signal<Settings>({ abandonAfter: 7 * DAY });
  const problems = signal<readonly string[]>([]);
  const requests = createRequestsStore({
    client,
    host,
    preferences,
    page,
    labelOf: (key) =>
      (isPageSessionKey(key) ? page.sessions.get(key) : sessions.get(key)).peek()?.label,
  });
  const selection = createSelection(sessions, page, preferences);
  const view = signal<ViewName>("sessions");
  const pane = signal<Pane>({ kind: "session" });
  const front = signal<"list" | "detail">("list");
  const queryTarget = signal<QueryTarget | undefined>(undefined);
  const announcement = signal("");
  let announced: ReturnType<typeof setTimeout> | undefined;

  const endings = [
    client.onLink((state) => {
      link.value = state;
    }),
    client.onEvent((message) => {
      if (message.event === "snapshot") {
        const { snapshot } = message;
        batch(() => {
          sessions.replaceAll(snapshot.sessions);
          connections.replaceAll(snapshot.connections);
          page.replaceAll(snapshot.page);
          settings.value = snapshot.settings;
          problems.value = snapshot.problems;
          loaded.value = true;
        });
      } else if (message.event === "delta") {
        const { delta } = message;
        batch(() => {
          if (delta.sessions || delta.removedSessions) {
            sessions.apply(delta.sessions ?? [], delta.removedSessions ?? []);
          }
          if (delta.connections || delta.removedConnections) {
            connections.apply(delta.connections ?? [], delta.removedConnections ?? []);
          }
          if (delta.settings) settings.value = delta.settings;
          if (delta.problems) problems.value = delta.problems;
        });
      } else if (message.event === "page") {
        page.apply(message.delta);
      } else if (message.event === "traffic") {
        requests.add(message.records);
      }
    }),
    effect(() => {
      const { key, place } = queryTarget.value ?? {};
      const views = page.sessions.all.value;
      if (place === undefined || views.some((view) => view.key === key)) return;
      const again = sessionAt(views, place);
      if (again) queryTarget.value = { key: again.key, place };
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
    client,
    host,
    link,
    loaded,
    sessions,
    page,
    requests,
    connections,
    settings,
    problems,
    preferences,
    selectedKey: selection.key,
    view,
    pane,
    front,
    queryTarget,
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
      const place = isPageSessionKey(key) ? page.sessions.get(key).peek()?.holder.place : undefined;
      batch(() => {
        queryTarget.value = {
          key,
          ...(txn !== undefined && { txn }),
          ...(place !== undefined && { place }),
        };
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
      requests.close();
      page.close();
      for (const end of endings) end();
    },
  };
}
