/** What the gallery can show. Each scene is one snapshot of a worker. */
import type { Snapshot } from "../../../src/messages/commands.ts";
import type { PageView } from "../../../src/session/page/page-model.ts";
import { PALETTE } from "../../../src/session/palette.ts";
import { exampleConnection, exampleSession, exampleSessions } from "./examples.ts";
import { busyPage, exampleFrame, examplePage } from "./page-examples.ts";

const settings = { abandonAfter: 7 * 86_400_000 };
const sites = [{ pattern: "https://staging.example.com/*", host: "staging.example.com" }];

function staging() {
  return exampleConnection({
    id: "staging",
    name: "staging",
    url: "wss://staging.example.com/rpc",
    version: undefined,
    local: false,
    state: {
      kind: "waiting",
      retryAt: Date.now() + 9_000,
      failure: {
        code: "refused",
        message:
          "Nothing listens on wss://staging.example.com/rpc, or its certificate isn't trusted.",
        advice: "Is SurrealDB running?",
        suggestedUrl: "https://staging.example.com",
      },
    },
  });
}

/** A page that shows no session, with the held ones beneath it. */
function without(page: Partial<PageView>): () => Snapshot {
  return () => ({
    connections: [exampleConnection()],
    sessions: exampleSessions().slice(0, 4),
    settings,
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
    page: examplePage({ frames: [exampleFrame()], sockets: [], sessions: [], ...page }),
  });
}

const nothing = {
  connections: [],
  sessions: [],
  settings,
  sites: [],
  always: [],
  access: { origins: [], requests: [] },
  problems: [],
};

export const scenes = {
  page: (): Snapshot => ({
    connections: [exampleConnection(), staging()],
    sessions: exampleSessions(),
    settings,
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
    page: examplePage(),
  }),
  "busy-page": (): Snapshot => ({
    connections: [exampleConnection()],
    sessions: exampleSessions().slice(0, 4),
    settings,
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
    page: busyPage(),
  }),
  "page-alone": (): Snapshot => ({ ...nothing, page: examplePage() }),
  "page-off": without({ status: "off", host: "staging.acme.com", frames: [] }),
  "page-reload": without({ status: "needs-reload", frames: [] }),
  "page-forbidden": without({ status: "forbidden", frames: [] }),
  "page-unknown": without({ status: "unknown", frames: [] }),
  "page-http": without({ frames: [exampleFrame({ usesHttp: true })] }),
  "page-waiting": without({}),
  "first-reload": (): Snapshot => ({
    ...nothing,
    page: examplePage({ status: "needs-reload", frames: [], sockets: [], sessions: [] }),
  }),
  rich: (): Snapshot => ({
    connections: [exampleConnection(), staging()],
    sessions: exampleSessions(),
    settings,
    sites,
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
  }),
  empty: (): Snapshot => ({
    connections: [],
    sessions: [],
    settings,
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
  }),
  bare: (): Snapshot => ({
    connections: [exampleConnection()],
    sessions: [],
    settings,
    sites,
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
  }),
  trouble: (): Snapshot => ({
    connections: [
      exampleConnection({
        strayFrames: 3,
        lastStray: "Not CBOR: unexpected end at byte 12.",
        state: { kind: "restoring", done: 3, total: 12 },
      }),
      staging(),
      exampleConnection({
        id: "old",
        name: "old server",
        version: "2.3.1",
        sessionsSupported: false,
        state: {
          kind: "closed",
          failure: {
            code: "not-surrealdb",
            message: "This server did not answer as SurrealDB does.",
          },
        },
      }),
    ],
    sessions: exampleSessions(),
    settings,
    sites,
    always: [],
    access: { origins: [], requests: [] },
    problems: [
      "The browser's storage is full: sessions are kept in memory only, until the browser closes.",
    ],
  }),
  thousand: (): Snapshot => ({
    connections: [exampleConnection()],
    sessions: Array.from({ length: 1000 }, (_, index) =>
      exampleSession({
        key: `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`,
        label: `User ${index}`,
        colour: PALETTE[index % PALETTE.length]?.colour ?? "#1a66d6",
        number: index < 9 ? index + 1 : undefined,
      }),
    ),
    settings,
    sites,
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
  }),
};

export function isScene(name: string): name is keyof typeof scenes {
  return name in scenes;
}
