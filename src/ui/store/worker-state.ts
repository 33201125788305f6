/**
 * What the worker tells every view, of whatever tab: held sessions, connections, settings, and who may
 * use them. The panel, the popup and the options each have one, and none of them makes anything up.
 */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { WorkerEvent } from "../../messages/commands.ts";
import type { Settings } from "../../session/model.ts";
import type { AccessView, AlwaysRoute, RoutedTab } from "../../session/relay/route-model.ts";
import { type ConnectionsStore, createConnectionsStore } from "./connections.ts";
import { createSessionsStore, type SessionsStore } from "./sessions.ts";

export interface WorkerState {
  /** False until the first snapshot came. */
  readonly loaded: ReadonlySignal<boolean>;
  /** Held sessions. */
  readonly sessions: SessionsStore;
  readonly connections: ConnectionsStore;
  readonly settings: ReadonlySignal<Settings>;
  /** Sites that always run as a session of the person's choice. */
  readonly always: ReadonlySignal<readonly AlwaysRoute[]>;
  /** Tabs, whichever they are, that run as held sessions now. */
  readonly routed: ReadonlySignal<readonly RoutedTab[]>;
  /** Who may use the page API, and who asks to. */
  readonly access: ReadonlySignal<AccessView>;
  /** Troubles of the extension itself, one sentence each. */
  readonly problems: ReadonlySignal<readonly string[]>;
  /** Every event of the worker goes through here; what is no concern of it is passed over. */
  take(event: WorkerEvent): void;
}

const DAY = 86_400_000;

export function createWorkerState(): WorkerState {
  const sessions = createSessionsStore();
  const connections = createConnectionsStore();
  const loaded = signal(false);
  const settings = signal<Settings>({ abandonAfter: 7 * DAY });
  const always = signal<readonly AlwaysRoute[]>([]);
  const routed = signal<readonly RoutedTab[]>([]);
  const access = signal<AccessView>({ origins: [], requests: [] });
  const problems = signal<readonly string[]>([]);

  return {
    loaded,
    sessions,
    connections,
    settings,
    always,
    routed,
    access,
    problems,
    take(event) {
      batch(() => {
        if (event.event === "snapshot") {
          const { snapshot } = event;
          sessions.replaceAll(snapshot.sessions);
          connections.replaceAll(snapshot.connections);
          settings.value = snapshot.settings;
          always.value = snapshot.always;
          routed.value = snapshot.routed ?? [];
          access.value = snapshot.access;
          problems.value = snapshot.problems;
          loaded.value = true;
        } else if (event.event === "delta") {
          const { delta } = event;
          if (delta.sessions || delta.removedSessions) {
            sessions.apply(delta.sessions ?? [], delta.removedSessions ?? []);
          }
          if (delta.connections || delta.removedConnections) {
            connections.apply(delta.connections ?? [], delta.removedConnections ?? []);
          }
          if (delta.settings) settings.value = delta.settings;
          if (delta.problems) problems.value = delta.problems;
        } else if (event.event === "always") {
          always.value = event.always;
        } else if (event.event === "routed") {
          routed.value = event.routed;
        } else if (event.event === "access") {
          access.value = event.access;
        }
      });
    },
  };
}
