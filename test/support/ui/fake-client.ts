/**
 * A worker made up for looking at the panel: it holds a snapshot and answers every command as the
 * real one would, without a server behind it. Only for the gallery and for tests of the stores;
 * what the panel really does is tested in the browsers against the real worker.
 */
import type {
  CommandName,
  CommandParams,
  CommandResult,
  Delta,
  Snapshot,
  WorkerEvent,
} from "../../../src/messages/commands.ts";
import {
  CommandError,
  type LinkState,
  type ViewClient,
} from "../../../src/messages/view-client.ts";
import type { ConnectionView, SessionBase, SessionView } from "../../../src/session/model.ts";
import type { PageSessionView } from "../../../src/session/page/page-model.ts";
import { identityText, placeText } from "../../../src/session/truth.ts";
import { encodeValue } from "../../../src/wire/values.ts";
import {
  exampleConnection,
  exampleHistory,
  exampleNotifications,
  exampleSession,
} from "./examples.ts";
import { createFakeRoutes } from "./fake-routes.ts";
import { createFakeWeb } from "./fake-web.ts";

export interface FakeClient extends ViewClient {
  /** Every command that was sent, in order. */
  readonly sent: { command: CommandName; params: unknown }[];
  emit(event: WorkerEvent): void;
  setLink(state: LinkState): void;
  delta(delta: Delta): void;
}

const ANSWER_TIME = 60;

export function createFakeClient(snapshot: Snapshot): FakeClient {
  const events = new Set<(event: WorkerEvent) => void>();
  const links = new Set<(state: LinkState) => void>();
  const sent: FakeClient["sent"] = [];
  let link: LinkState = "connected";
  const sessions = new Map(snapshot.sessions.map((session) => [session.key, session]));
  const connections = new Map(snapshot.connections.map((each) => [each.id, each]));

  const emit = (event: WorkerEvent) => {
    for (const listener of events) listener(event);
  };
  const delta = (change: Delta) => emit({ event: "delta", delta: change });

  const routes = createFakeRoutes({ snapshot, sessions, connections, emit });
  const web = createFakeWeb({ snapshot, emit });

  const pageSessions = new Map((snapshot.page?.sessions ?? []).map((each) => [each.key, each]));

  function session(key: string): SessionBase {
    const found = sessions.get(key) ?? pageSessions.get(key);
    if (found) return found;
    throw new CommandError({
      name: "SessionClosedError",
      message: "This session was closed.",
      advice: "Open it again under Closed.",
    });
  }

  function change(key: string, part: Partial<SessionView>) {
    const now = session(key);
    const ofPage = pageSessions.get(key);
    if (ofPage) {
      const next: PageSessionView = { ...ofPage, ...(part as Partial<SessionBase>) };
      pageSessions.set(key, next);
      emit({ event: "page", delta: { sessions: [next] } });
      return;
    }
    const next = { ...(now as SessionView), ...part, updatedAt: Date.now() };
    sessions.set(key, next);
    delta({ sessions: [next] });
  }

  function answer(command: CommandName, raw: unknown): unknown {
    const switched = routes.answer(command, raw);
    if (switched) return switched.result;
    const ofWeb = web.answer(command, raw);
    if (ofWeb) return ofWeb.result;
    // Each case below reads the parameters of its own command.
    const params = raw as { key: string; [name: string]: unknown };
    switch (command) {
      case "session.edit": {
        const { key, number, ...rest } = params;
        change(key, {
          ...(rest as Partial<SessionView>),
          ...(number === undefined ? {} : { number: (number as number | null) ?? undefined }),
        });
        return null;
      }
      case "session.close":
        change(params.key, { status: "removed", cause: "You closed it.", statusSince: Date.now() });
        return null;
      case "session.forget":
        sessions.delete(params.key);
        delta({ removedSessions: [params.key] });
        return null;
      case "session.end":
        change(params.key, {
          status: "ended",
          cause: "You signed out.",
          auth: { level: "anonymous", renewable: false },
        });
        return null;
      case "session.unset": {
        const variables = session(params.key).variables.filter((each) => each.name !== params.name);
        change(params.key, { variables });
        return null;
      }
      case "session.set": {
        const { key, name, expression } = params as {
          key: string;
          name: string;
          expression?: string;
        };
        if (expression !== undefined && /[({[]\s*$/.test(expression)) {
          throw new CommandError({
            name: "ValidationError",
            message:
              "Parse error: Unexpected end of file, expected `}`\n --> [1:9]\n  |\n1 | RETURN {\n  |        ^",
          });
        }
        const value = (params.value as Uint8Array | undefined) ?? encodeValue(expression);
        const others = session(key).variables.filter((each) => each.name !== name);
        change(key, { variables: [...others, { name, value }] });
        return { value };
      }
      case "session.use": {
        const { key, namespace, database } = params as CommandParams<"session.use">;
        const now = session(key);
        const next = {
          namespace: namespace === undefined ? now.namespace : (namespace ?? undefined),
          database: database === undefined ? now.database : (database ?? undefined),
        };
        change(key, next);
        return next;
      }
      case "session.fork":
      case "session.reopen":
      case "session.new": {
        const key = crypto.randomUUID();
        const base = sessions.get(params.key) ?? [...sessions.values()][0];
        if (!base) return { key };
        const label =
          command === "session.fork" ? `${base.label} copy` : String(params.label ?? base.label);
        const made: SessionView = {
          ...base,
          key,
          id: key,
          label,
          number: undefined,
          status: "active",
          cause: "You made it.",
        };
        sessions.set(key, made);
        delta({ sessions: [made] });
        return { key };
      }
      case "session.check": {
        const { auth, namespace, database } = session(params.key);
        const identity = identityText(auth.user, placeText(namespace, database));
        change(params.key, { truth: { state: "agrees", checkedAt: Date.now(), identity } });
        return null;
      }
      case "session.expire":
        change(params.key, {
          status: "ended",
          cause: "You signed it out; the page doesn't know.",
          statusSince: Date.now(),
          auth: { level: "anonymous", renewable: false },
        });
        return null;
      case "session.keepCopy": {
        const of = pageSessions.get(params.key);
        if (!of) throw new Error("There is no such session in the page");
        const known = [...connections.values()].find((each) => each.url === of.holder.url);
        if (!known && params.confirmed !== true) {
          const place = placeText(of.namespace, of.database);
          return { confirm: { url: of.holder.url, user: of.auth.user, place } };
        }
        const connection = known ?? exampleConnection({ url: of.holder.url });
        const { holder: _holder, incomplete: _, requests: __, hasToken: ___, ...core } = of;
        const id = crypto.randomUUID();
        const made = exampleSession({
          ...core,
          key: id,
          id,
          connectionId: connection.id,
          label: "Alice",
          warnings: ["Can't be renewed. Token until 14:02. Sign in to keep it."],
        });
        sessions.set(id, made);
        delta({ connections: [connection], sessions: [made] });
        return { key: id };
      }
      case "session.names":
        return {
          namespaces: ["app", "shop"],
          databases: ["tenant_a", "tenant_b"],
          tables: ["note", "user"],
        };
      case "session.schema":
        return session(params.key).auth.level === "record"
          ? {}
          : {
              tables: [
                { name: "note", fields: ["owner", "shared", "text"] },
                { name: "user", fields: ["name", "password", "team"] },
                { name: "audit log", fields: [] },
              ],
              functions: ["notes::of"],
              params: ["limit"],
            };
      case "session.history":
        return { entries: exampleHistory() };
      case "session.notifications":
        return { notifications: exampleNotifications() };
      case "session.info":
        return {
          record: encodeValue({ name: "Bob", email: "bob@example.com", roles: ["editor"] }),
        };
      case "session.tokens":
        return {
          access: `eyJhbGciOiJIUzUxMiJ9.${"x".repeat(280)}`,
          refresh: `surreal-refresh-${"y".repeat(40)}`,
        };
      case "session.begin":
        change(params.key, {
          transactions: [
            ...session(params.key).transactions,
            { id: crypto.randomUUID(), begunAt: Date.now(), requests: 0 },
          ],
        });
        return { txn: "" };
      case "session.call":
      case "session.query": {
        const { label, namespace, database } = session(params.key);
        const rows = [{ id: "note:one", text: "Milk", done: false }];
        const result = encodeValue(
          command === "session.query" ? [{ status: "OK", time: "310.2µs", result: rows }] : rows,
        );
        return {
          result,
          duration: 1.7,
          bytesSent: 92,
          bytesReceived: result.length,
          identity: `user:${label.toLowerCase()}`,
          target: `${namespace}/${database}`,
        };
      }
      case "session.signIn":
        throw new CommandError({
          name: "AuthenticationError",
          message: "There was a problem with authentication.",
          advice: "Check the user, the password, and where the user is defined.",
        });
      case "connection.add": {
        const id = crypto.randomUUID();
        const made: ConnectionView = {
          id,
          name: String((raw as { name?: string }).name ?? "localhost:8000"),
          url: String((raw as { url: string }).url),
          state: { kind: "connecting" },
          since: Date.now(),
          strayFrames: 0,
          local: true,
        };
        connections.set(id, made);
        delta({ connections: [made] });
        return { id, url: made.url };
      }
      case "connection.edit": {
        const { id, ...changes } = raw as CommandParams<"connection.edit">;
        const before = connections.get(id);
        if (!before) return {};
        const next = { ...before, ...changes, name: changes.name ?? before.name };
        connections.set(id, next);
        delta({ connections: [next] });
        return {};
      }
      case "connection.remove":
        connections.delete((raw as { id: string }).id);
        delta({ removedConnections: [(raw as { id: string }).id] });
        return null;
      case "settings.change":
        delta({ settings: { ...snapshot.settings, ...(raw as Partial<Snapshot["settings"]>) } });
        return null;
      case "data.export":
        return { text: JSON.stringify({ format: "switchyard-data", version: 1 }) };
      case "data.import":
        return { connections: 2, sessions: 5 };
      default:
        return null;
    }
  }

  return {
    sent,
    emit,
    delta,
    setLink(state) {
      link = state;
      for (const listener of links) listener(state);
    },
    call<C extends CommandName>(command: C, params: CommandParams<C>): Promise<CommandResult<C>> {
      sent.push({ command, params });
      return new Promise((resolve, reject) => {
        setTimeout(() => {
          try {
            resolve(answer(command, params) as CommandResult<C>);
          } catch (error) {
            reject(error);
          }
        }, ANSWER_TIME);
      });
    },
    onEvent(listener) {
      // As the real client, whose snapshot comes once, after the store began to listen.
      const first = events.size === 0;
      events.add(listener);
      if (first) queueMicrotask(() => listener({ event: "snapshot", snapshot }));
      return () => events.delete(listener);
    },
    onLink(listener) {
      links.add(listener);
      listener(link);
      return () => links.delete(listener);
    },
    close() {
      events.clear();
      links.clear();
    },
  };
}
