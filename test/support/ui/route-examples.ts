/** Made-up routes, one for each thing that the panel and the popup can show of them. */
import type { Snapshot } from "../../../src/messages/commands.ts";
import type { RouteView } from "../../../src/session/relay/route-model.ts";
import { exampleConnection, exampleSession, exampleSessions } from "./examples.ts";
import { exampleFrame, examplePage } from "./page-examples.ts";

export const BOB = "018f3a52-77aa-7bbb-8ccc-0123456789c3";
const ALICE = "00000000-0000-7000-8000-0000000000a1";
export const PRODUCTION = "00000000-0000-7000-8000-0000000000d1";
const MINUTE = 60_000;

export function exampleRoute(part: Partial<RouteView> = {}): RouteView {
  return {
    tabId: 7,
    topOrigin: "http://localhost:5173",
    origin: "http://localhost:5173",
    to: BOB,
    scope: { kind: "default" },
    state: "on",
    since: Date.now() - 3 * MINUTE,
    always: false,
    notices: [],
    leftovers: [],
    ...part,
  };
}

/** Two servers, one of them Careful, and sessions on both. */
export function routedSnapshot(routes: RouteView[]): Snapshot {
  return {
    connections: [
      exampleConnection(),
      exampleConnection({
        id: "production",
        name: "production",
        url: "wss://prod.acme.com/rpc",
        local: false,
        careful: true,
      }),
    ],
    sessions: [
      ...exampleSessions().filter(({ connectionId }) => connectionId === "demo"),
      exampleSession({
        key: PRODUCTION,
        label: "Admin of production",
        colour: "#cf2a83",
        connectionId: "production",
        namespace: "shop",
        database: "orders",
        number: 5,
        auth: { level: "database", user: "ops", renewable: false },
        truth: { state: "agrees", checkedAt: Date.now() - 9_000, identity: "ops, shop/orders" },
      }),
    ],
    settings: { abandonAfter: 7 * 86_400_000 },
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
    page: examplePage({ routes }),
  };
}

/** Everything at once that may stand under the first row. */
export function troubledRoute(): RouteView {
  const now = Date.now();
  return exampleRoute({
    scope: { kind: "page" },
    notices: [
      { kind: "needs-reload" },
      { kind: "cannot-serve", reason: "Its sign-in expired at 14:02." },
      { kind: "page-selected", place: "app/tenant_a", namespace: "app", database: "tenant_a" },
      { kind: "page-signed-in", user: "user:carol" },
      { kind: "variables", names: ["tenant", "flags", "a_rather_long_name_of_a_variable"] },
      { kind: "unreadable-socket", url: "wss://staging.eu-central.example.com/databases/rpc" },
      { kind: "choose-again", label: "018f…9a" },
      { kind: "workers" },
      { kind: "reload-advised" },
    ],
    leftovers: [
      {
        kind: "live",
        id: "01a70000-0000-7000-8000-0000000000f1",
        statement:
          "LIVE SELECT id, text, done, owner.name AS owner FROM note WHERE owner = $auth AND done = false FETCH owner",
        begunAt: now - 8 * MINUTE,
        session: ALICE,
        as: "Alice",
      },
      {
        kind: "transaction",
        id: "01a7cccc-0000-7000-8000-00000000e5f2",
        begunAt: now - 41_000,
        as: "Page's own session",
      },
    ],
  });
}

export const routeScenes: Record<string, () => Snapshot> = {
  routed: () => routedSnapshot([exampleRoute()]),
  "just-switched": () => {
    const { leftovers } = troubledRoute();
    return routedSnapshot([
      exampleRoute({
        since: Date.now(),
        notices: [{ kind: "reload-advised" }],
        leftovers: leftovers.slice(0, 1),
      }),
    ]);
  },
  "switched-back": () => {
    const snapshot = routedSnapshot([]);
    if (snapshot.page) snapshot.page.leftovers = troubledRoute().leftovers.slice(0, 1);
    return snapshot;
  },
  switching: () => routedSnapshot([exampleRoute({ state: "switching" })]),
  careful: () => routedSnapshot([exampleRoute({ to: PRODUCTION, scope: { kind: "page" } })]),
  "long-names": () => {
    const snapshot = routedSnapshot([
      exampleRoute({
        to: PRODUCTION,
        scope: {
          kind: "session",
          session: { frame: "top", url: "", client: 1, order: 1, label: "018f…9a07" },
        },
      }),
    ]);
    for (const session of snapshot.sessions) {
      session.label = `${session.label} of the whole continent and of all its warehouses`;
      session.database = "orders_of_the_year_2026_and_of_all_the_years_before";
    }
    return snapshot;
  },
  resting: () =>
    routedSnapshot([exampleRoute({ state: "suspended", topOrigin: "https://acme.com" })]),
  "route-trouble": () => routedSnapshot([troubledRoute()]),
  "framed-route": () => {
    const widget = exampleFrame({
      documentId: "77A1F0B2",
      frameId: 41,
      origin: "http://widget.localhost:5173",
      url: "http://widget.localhost:5173/embedded",
      top: false,
    });
    const snapshot = routedSnapshot([
      exampleRoute(),
      exampleRoute({ origin: widget.origin, to: ALICE }),
    ]);
    const { page } = snapshot;
    if (page) page.frames = [...page.frames, widget];
    return snapshot;
  },
  unrouted: () => routedSnapshot([]),
};
