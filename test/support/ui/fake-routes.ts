/**
 * Switches as the made-up worker does them: it asks about another server once, and about open
 * transactions, and tells the page's routes after each change.
 */
import type { CommandParams, Snapshot, WorkerEvent } from "../../../src/messages/commands.ts";
import type { ConnectionView, SessionView } from "../../../src/session/model.ts";
import type {
  AccessView,
  AlwaysRoute,
  RouteLeftover,
  RouteQuestion,
  RouteView,
} from "../../../src/session/relay/route-model.ts";

export interface FakeRoutes {
  /** Undefined where the command is none of these. */
  answer(command: string, params: unknown): { result: unknown } | undefined;
}

export interface FakeRoutesOptions {
  snapshot: Snapshot;
  sessions: ReadonlyMap<string, SessionView>;
  connections: ReadonlyMap<string, ConnectionView>;
  emit: (event: WorkerEvent) => void;
}

export function createFakeRoutes(options: FakeRoutesOptions): FakeRoutes {
  const { snapshot, sessions, connections, emit } = options;
  const { page } = snapshot;
  let routes: RouteView[] = page?.routes ?? [];
  let always: AlwaysRoute[] = snapshot.always;
  let access: AccessView = snapshot.access;
  const agreed = new Set<string>();

  function tell(next: RouteView[]) {
    routes = next;
    emit({ event: "page", delta: { routes } });
  }

  function originOf(documentId: string | undefined): string {
    const frames = page?.frames ?? [];
    const frame = frames.find((each) =>
      documentId === undefined ? each.top : each.documentId === documentId,
    );
    return frame?.origin ?? "http://localhost:5173";
  }

  const top = () => originOf(undefined);

  /** Transactions that the page has open in the session that it leaves. */
  function open(): RouteLeftover[] {
    const own = page?.sessions.flatMap(({ transactions }) => transactions) ?? [];
    return routes.length > 0
      ? []
      : own.map(({ id, begunAt }) => ({
          kind: "transaction",
          id,
          begunAt,
          as: "Page's own session",
        }));
  }

  function question(params: CommandParams<"route.set">): RouteQuestion | undefined {
    const session = sessions.get(params.to);
    const server = connections.get(session?.connectionId ?? "")?.url ?? "";
    const near = page?.sockets.some(({ url }) => url === server);
    if (!near && !params.otherServer && !agreed.has(server)) {
      return { kind: "other-server", origin: top(), server, label: session?.label ?? "" };
    }
    agreed.add(server);
    const transactions = open();
    if (transactions.length === 0 || params.transactions) return undefined;
    return { kind: "transactions", transactions };
  }

  function set(params: CommandParams<"route.set">): { ask?: RouteQuestion } {
    const ask = question(params);
    if (ask) return { ask };
    const origin = originOf(params.documentId);
    const others = routes.filter((route) => route.origin !== origin);
    const before = routes.find((route) => route.origin === origin);
    const live = page?.sessions.flatMap(({ liveQueries }) => liveQueries) ?? [];
    tell([
      ...others,
      {
        tabId: page?.tabId ?? 7,
        topOrigin: top(),
        origin,
        to: params.to,
        scope: params.scope ?? { kind: "default" },
        state: "on",
        since: Date.now(),
        always: before?.always ?? false,
        notices: live.length > 0 ? [{ kind: "reload-advised" }] : [],
        leftovers: live.map(({ id, statement, begunAt }) => ({
          kind: "live",
          id,
          statement,
          begunAt,
          as: "Page's own session",
        })),
      },
    ]);
    return {};
  }

  function change(changed: (route: RouteView) => RouteView) {
    tell(routes.map((route) => (route.origin === top() ? changed(route) : route)));
    return null;
  }

  const handlers: Record<string, (params: never) => unknown> = {
    "route.set": set,
    "route.clear": ({ documentId }: CommandParams<"route.clear">) => {
      tell(routes.filter(({ origin }) => origin !== originOf(documentId)));
      return {};
    },
    "route.always": ({ on, origin = top() }: CommandParams<"route.always">) => {
      const route = routes.find((each) => each.origin === origin);
      always = always.filter((each) => each.origin !== origin);
      if (on && route) always = [...always, { origin, to: route.to, scope: route.scope }];
      emit({ event: "always", always });
      return change((each) => ({ ...each, always: on }));
    },
    "route.dismiss": ({ kind }: CommandParams<"route.dismiss">) =>
      change((route) => ({
        ...route,
        notices: route.notices.filter((notice) => notice.kind !== kind),
      })),
    "route.cancelTransaction": ({ id }: CommandParams<"route.cancelTransaction">) =>
      change((route) => ({
        ...route,
        leftovers: route.leftovers.filter((leftover) => leftover.id !== id),
      })),
    "route.follow": () =>
      change((route) => ({
        ...route,
        notices: route.notices.filter(({ kind }) => kind !== "page-selected"),
      })),
    "route.copyVariables": () =>
      change((route) => ({
        ...route,
        notices: route.notices.filter(({ kind }) => kind !== "variables"),
      })),
    "api.answer": ({ id, sessions: granted }: CommandParams<"api.answer">) => {
      const request = access.requests.find((each) => each.id === id);
      access = { ...access, requests: access.requests.filter((each) => each.id !== id) };
      if (request && granted.length > 0) {
        const others = access.origins.filter(({ origin }) => origin !== request.origin);
        access = { ...access, origins: [...others, { origin: request.origin, granted }] };
      }
      emit({ event: "access", access });
      return null;
    },
    "api.enable": ({ origin, on }: CommandParams<"api.enable">) => {
      const others = access.origins.filter((each) => each.origin !== origin);
      access = { ...access, origins: on ? [...others, { origin, granted: [] }] : others };
      emit({ event: "access", access });
      return null;
    },
    "api.revoke": ({ origin, session }: CommandParams<"api.revoke">) => {
      const origins = access.origins.map((each) =>
        each.origin === origin
          ? { ...each, granted: session ? each.granted.filter((key) => key !== session) : [] }
          : each,
      );
      access = { ...access, origins };
      emit({ event: "access", access });
      return null;
    },
  };

  return {
    answer(command, params) {
      const handler = handlers[command];
      return handler && { result: handler(params as never) };
    },
  };
}
