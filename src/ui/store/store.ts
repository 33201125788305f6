/**
 * All that the panel knows, as signals, and the one way in which it acts: commands to the worker.
 *
 * The worker tells a whole snapshot at each connect and deltas from then on; the stores hold what it
 * told, and nothing made up here. What the person looks at (view, session, page) is this view's own.
 */
import { batch, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LinkState, ViewClient } from "../../messages/view-client.ts";
import type { SessionKey, Settings } from "../../session/model.ts";
import type { ViewHost } from "../host.ts";
import { type ConnectionsStore, createConnectionsStore } from "./connections.ts";
import { createPreferences, type Preferences } from "./preferences.ts";
import { createSessionsStore, isClosed, type SessionsStore } from "./sessions.ts";

/** What the larger part of the view Sessions shows. */
export type Page =
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
}

export interface PanelStore {
  readonly client: ViewClient;
  readonly host: ViewHost;
  readonly link: ReadonlySignal<LinkState>;
  /** False until the first snapshot came. */
  readonly loaded: ReadonlySignal<boolean>;
  readonly sessions: SessionsStore;
  readonly connections: ConnectionsStore;
  readonly settings: ReadonlySignal<Settings>;
  /** Troubles of the extension itself, one sentence each. */
  readonly problems: ReadonlySignal<readonly string[]>;
  readonly preferences: Preferences;
  readonly selectedKey: ReadonlySignal<SessionKey | undefined>;
  readonly view: Signal<"sessions" | "query">;
  readonly page: ReadonlySignal<Page>;
  /** Where the panel is too narrow for both: which of the two is in front. */
  readonly front: Signal<"list" | "detail">;
  readonly queryTarget: Signal<QueryTarget | undefined>;
  /** A short word about what was just done ("Copied"), shown and read out; it goes by itself. */
  readonly announcement: ReadonlySignal<string>;
  announce(text: string): void;
  /** The client's `call`: rejects with CommandError. Run it through `useAction` to show errors. */
  readonly call: ViewClient["call"];
  select(key: SessionKey): void;
  open(page: Page): void;
  /** Back to the selected session, from any other page. */
  leavePage(): void;
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
  const preferences = createPreferences(host);
  const link = signal<LinkState>("connecting");
  const loaded = signal(false);
  const settings = signal<Settings>({ abandonAfter: 7 * DAY });
  const problems = signal<readonly string[]>([]);
  const selectedKey = signal<SessionKey | undefined>(undefined);
  const view = signal<"sessions" | "query">("sessions");
  const page = signal<Page>({ kind: "session" });
  const front = signal<"list" | "detail">("list");
  const queryTarget = signal<QueryTarget | undefined>(undefined);
  const announcement = signal("");
  let choseHere = false;
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
      }
    }),
    // Something is always selected while there is something to select, so that the panel never opens
    // on an empty half; the session looked at last time comes first, however late that is remembered.
    effect(() => {
      const keys = sessions.keys.value;
      const remembered = preferences.get("selected", "").value;
      const selected = selectedKey.value;
      const settled = choseHere || !keys.includes(remembered) || selected === remembered;
      if (settled && selected !== undefined && keys.includes(selected)) return;
      selectedKey.value = keys.includes(remembered)
        ? remembered
        : (sessions.all.peek().find((each) => !isClosed(each))?.key ?? keys[0]);
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
    connections,
    settings,
    problems,
    preferences,
    selectedKey,
    view,
    page,
    front,
    queryTarget,
    announcement,
    announce,
    call: (command, params, options) => client.call(command, params, options),
    select(key) {
      choseHere = true;
      batch(() => {
        selectedKey.value = key;
        page.value = { kind: "session" };
      });
      preferences.set("selected", key);
    },
    open(next) {
      batch(() => {
        page.value = next;
        view.value = "sessions";
        front.value = "detail";
      });
    },
    leavePage() {
      page.value = { kind: "session" };
    },
    queryAs(key, txn) {
      batch(() => {
        queryTarget.value = txn === undefined ? { key } : { key, txn };
        view.value = "query";
      });
    },
    async copy(text, what) {
      await host.copyText(text);
      announce(`${what} copied`);
    },
    close() {
      clearTimeout(announced);
      for (const end of endings) end();
    },
  };
}
