/** What the gallery shows of the popup and the options: one snapshot, and an address, per state. */
import type { SiteView, Snapshot } from "../../../src/messages/commands.ts";
import type {
  PageSessionView,
  PageSocketView,
  PageStatus,
  PageView,
} from "../../../src/session/page/page-model.ts";
import { PALETTE } from "../../../src/session/palette.ts";
import type { AccessView, RouteView } from "../../../src/session/relay/route-model.ts";
import type { FakeHostOptions } from "./fake-host.ts";
import { BOB, exampleRoute, PRODUCTION, routedSnapshot, troubledRoute } from "./route-examples.ts";

export interface SiteScene {
  snapshot: Snapshot;
  host: FakeHostOptions;
}

const STAGING = "https://staging.acme.com/orders";
const ENABLED: SiteView[] = [{ pattern: "*://staging.acme.com/*", host: "staging.acme.com" }];

function socket(client: number, part: Partial<PageSocketView> = {}): PageSocketView {
  return {
    key: `document/${client}`,
    documentId: "document",
    frameId: 0,
    url: "ws://localhost:8000/rpc",
    format: "cbor",
    state: "open",
    openedAt: Date.now() - 60_000,
    reconnects: 0,
    framesSent: 12,
    framesReceived: 14,
    bytesSent: 900,
    bytesReceived: 4_000,
    strayFrames: 0,
    ...part,
  };
}

function session(
  client: number,
  order: number,
  label: string,
  part: Partial<PageSessionView> = {},
): PageSessionView {
  const now = Date.now();
  const socketKey = `document/${client}`;
  return {
    kind: "surrealdb",
    key: `page/${socketKey}/${order === 0 ? "default" : order}`,
    label,
    colour: PALETTE[order]?.colour ?? "#1a66d6",
    namespace: "app",
    database: "tenant_a",
    variables: [],
    auth: { level: "record", user: "user:alice", renewable: true },
    status: "active",
    cause: "The page signed in.",
    statusSince: now,
    createdAt: now,
    updatedAt: now,
    lastActiveAt: now,
    warnings: [],
    truth: { state: "unchecked" },
    liveQueries: [],
    transactions: [],
    holder: {
      tabId: 7,
      frameId: 0,
      documentId: "document",
      socketKey,
      url: "ws://localhost:8000/rpc",
      origin: "http://localhost:5173",
      top: true,
      place: `0/${client}/${order}`,
    },
    incomplete: [],
    requests: 3,
    hasToken: true,
    ...part,
  };
}

function scene(
  status: PageStatus,
  host: FakeHostOptions,
  sites: SiteView[] = [],
  page: Partial<PageView> = {},
): SiteScene {
  return {
    snapshot: {
      connections: [],
      sessions: [],
      settings: { abandonAfter: 7 * 86_400_000 },
      always: [],
      access: { origins: [], requests: [] },
      problems: [],
      sites,
      page: {
        tabId: 7,
        status,
        frames: [],
        sockets: [],
        sessions: [],
        routes: [],
        leftovers: [],
        ...page,
      },
    },
    host,
  };
}

const anonymous = { auth: { level: "anonymous", renewable: false } } as const;
const busy: Partial<PageView> = {
  sockets: [socket(1), socket(2, { url: "wss://db.acme.com/rpc", state: "closed" })],
  sessions: [
    session(1, 0, "Default session"),
    session(1, 1, "018f…c3a1", { ...anonymous, namespace: undefined, database: undefined }),
    session(1, 2, "018f…9a07", {
      status: "expired",
      auth: { level: "record", user: "user:⟨a very long name of a user⟩", renewable: false },
      database: "a_rather_long_name_of_a_database",
    }),
    session(2, 0, "Default session", anonymous),
  ],
};

/** A page of this computer with held sessions, as the popup and the options show them. */
function held(routes: RouteView[], part: Partial<Snapshot> = {}): SiteScene {
  const snapshot = routedSnapshot(routes);
  const { page } = scene("watched", {}, [], busy).snapshot;
  return { snapshot: { ...snapshot, ...part, page: page && { ...page, routes } }, host: {} };
}

const access: AccessView = {
  origins: [
    { origin: "http://localhost:5173", granted: [BOB] },
    { origin: "http://localhost:3000", granted: [], rejectedAt: Date.now() },
    {
      origin: "https://a-rather-long-name-of-a-host.staging.eu-central.acme.com:8443",
      granted: [],
    },
  ],
  requests: [
    {
      id: "one",
      origin: "http://localhost:5173",
      tabId: 7,
      at: Date.now(),
      reason: "Compare what each role may see of the orders, side by side.",
    },
  ],
};

export const siteScenes: Record<string, SiteScene> = {
  off: scene("off", { pageUrl: STAGING }),
  "off-unknown": scene("off", { pageUrl: undefined }),
  reload: scene("needs-reload", { pageUrl: STAGING }, ENABLED),
  on: scene("watched", { pageUrl: STAGING }, ENABLED, busy),
  empty: scene("watched", { pageUrl: STAGING }, [
    ...ENABLED,
    { pattern: "*://*.acme.com/*", host: "*.acme.com" },
  ]),
  local: scene("watched", {}, [], busy),
  "local-off": scene("off", { localAllowed: false }),
  leaving: scene("watched", { pageUrl: STAGING }, [], busy),
  held: held([], {
    access,
    always: [
      { origin: "http://localhost:5173", to: BOB, scope: { kind: "default" } },
      { origin: "https://staging.acme.com", to: "gone", scope: { kind: "page" } },
    ],
  }),
  picking: held([exampleRoute()]),
  routed: held([exampleRoute({ notices: [{ kind: "reload-advised" }] })]),
  careful: held([exampleRoute({ to: PRODUCTION })]),
  "route-trouble": held([troubledRoute()]),
  asking: held([exampleRoute()], { access }),
  forbidden: scene("forbidden", { pageUrl: "chrome://settings/" }),
  waiting: scene("unknown", {}),
};
