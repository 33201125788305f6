/** A made-up page: its frames, its sockets, and a session for each thing that the panel can show of them. */

import type {
  PageFrameView,
  PageSessionView,
  PageSocketView,
  PageView,
} from "../../../src/session/page/page-model.ts";
import { pageSessionKey } from "../../../src/session/page/page-model.ts";
import { shortId } from "../../../src/session/short-id.ts";
import { encodeValue } from "../../../src/wire/values.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const TAB = 7;

const TOP = "5D0C0A1E";
const WIDGET = "77A1F0B2";

export function exampleFrame(part: Partial<PageFrameView> = {}): PageFrameView {
  return {
    documentId: TOP,
    frameId: 0,
    origin: "http://localhost:5173",
    url: "http://localhost:5173/notes",
    top: true,
    usesHttp: false,
    ...part,
  };
}

export function exampleSocket(part: Partial<PageSocketView> = {}): PageSocketView {
  const documentId = part.documentId ?? TOP;
  return {
    key: `${documentId}/1`,
    documentId,
    frameId: 0,
    url: "ws://localhost:8000/rpc",
    format: "cbor",
    state: "open",
    openedAt: Date.now() - 12 * MINUTE,
    reconnects: 0,
    framesSent: 128,
    framesReceived: 141,
    bytesSent: 12_400,
    bytesReceived: 88_120,
    strayFrames: 0,
    ...part,
  };
}

export function examplePageSession(
  part: Partial<PageSessionView> = {},
  socket = exampleSocket(),
  frame = exampleFrame(),
): PageSessionView {
  const now = Date.now();
  const { id } = part;
  return {
    key: pageSessionKey(socket.key, id),
    kind: "surrealdb",
    label: id === undefined ? "Default session" : shortId(id),
    colour: id === undefined ? "#1a66d6" : "#0b7a84",
    namespace: "app",
    database: "tenant_a",
    variables: [],
    auth: {
      level: "record",
      user: "user:alice",
      access: "account",
      namespace: "app",
      database: "tenant_a",
      claims: {
        exp: Math.floor((now + 58 * MINUTE) / 1000),
        iss: "SurrealDB",
        NS: "app",
        DB: "tenant_a",
        AC: "account",
        ID: "user:alice",
      },
      renewable: true,
    },
    status: "active",
    cause: "Signed in by the page.",
    statusSince: now - 12 * MINUTE,
    createdAt: now - 12 * MINUTE,
    updatedAt: now - 3 * MINUTE,
    lastActiveAt: now - 8_000,
    tokenExpireAt: now + 58 * MINUTE,
    warnings: [],
    truth: { state: "unchecked" },
    liveQueries: [],
    transactions: [],
    incomplete: [],
    requests: 128,
    hasToken: true,
    holder: {
      tabId: TAB,
      frameId: frame.frameId,
      documentId: socket.documentId,
      socketKey: socket.key,
      url: socket.url,
      origin: frame.origin,
      top: frame.top,
      place: `${frame.top ? "top" : frame.url}/${socket.key.split("/")[1]}/${id === undefined ? 0 : Number.parseInt(id.slice(-2), 16)}`,
    },
    ...part,
  };
}

const ANONYMOUS = { level: "anonymous", renewable: false } as const;

export function examplePage(part: Partial<PageView> = {}): PageView {
  const frame = exampleFrame();
  const socket = exampleSocket();
  return {
    tabId: TAB,
    status: "watched",
    host: "localhost",
    recordingSince: Date.now() - 4 * MINUTE,
    routes: [],
    leftovers: [],
    frames: [frame],
    sockets: [socket],
    sessions: [
      examplePageSession({
        variables: [
          { name: "tenant", value: encodeValue("a") },
          { name: "catalogue", value: encodeValue(undefined), omitted: 120_400 },
        ],
        liveQueries: [
          {
            id: "01a70000-0000-7000-8000-0000000000f1",
            statement: "LIVE SELECT * FROM note WHERE owner = $auth",
            begunAt: Date.now() - 8 * MINUTE,
            events: 3,
            state: "watching",
            gaps: [],
          },
        ],
        transactions: [
          {
            id: "01a7cccc-0000-7000-8000-00000000e5f3",
            begunAt: Date.now() - 41_000,
            requests: 2,
          },
        ],
      }),
      examplePageSession({
        id: "018f3a52-77aa-7bbb-8ccc-012345670b9a",
        namespace: undefined,
        database: undefined,
        auth: ANONYMOUS,
        cause: "Attached by the page.",
        tokenExpireAt: undefined,
        requests: 2,
        hasToken: false,
      }),
    ],
    ...part,
  };
}

/** Two frames, four sockets, and everything that can be the matter with them. */
export function busyPage(): PageView {
  const now = Date.now();
  const base = examplePage();
  const top = exampleFrame();
  const widget = exampleFrame({
    documentId: WIDGET,
    frameId: 41,
    origin: "http://widget.localhost:5173",
    url: "http://widget.localhost:5173/embedded/order-status/of/this/week",
    top: false,
  });
  const main = exampleSocket({
    reconnects: 3,
    reconnectedAt: now - 2_000,
    openedAt: now - 2_000,
    strayFrames: 2,
    lastStray: "Not CBOR: unexpected end at byte 12.",
  });
  const blobs = exampleSocket({
    key: `${TOP}/2`,
    format: "cbor",
    url: "wss://staging.eu-central.example.com/databases/orders/rpc",
    cannotAct: "This socket delivers Blobs; can't act on it.",
  });
  const flat = exampleSocket({
    key: `${TOP}/3`,
    format: "flatbuffers",
    unreadable: "Its format, flatbuffers, can't be read.",
  });
  const refused =
    "It asked localhost:8000 for its version and opened no socket: SDK 1.3.x refuses servers from 3.0 on, unless it is told versionCheck: false.";
  const closed = exampleSocket({
    key: `${WIDGET}/1`,
    documentId: WIDGET,
    frameId: 41,
    format: "json",
    state: "closed",
    closedAt: now - 3 * MINUTE,
    closeCode: 1006,
  });
  return {
    ...base,
    frames: [top, { ...widget, troubles: [refused] }],
    sockets: [main, blobs, flat, closed],
    sessions: [
      ...base.sessions,
      examplePageSession(
        {
          id: "018f3a52-77aa-7bbb-8ccc-0123456700c1",
          status: "removed",
          cause: "Detached by the page.",
          statusSince: now - 2 * MINUTE,
        },
        main,
      ),
      examplePageSession(
        {
          namespace: "orders_of_the_whole_continent",
          database: "warehouse_number_seventeen",
          incomplete: ["A frame of 104 MB was not looked into: what it changed isn't known."],
          warnings: ["Token expired: works until the connection drops."],
          tokenExpireAt: now - HOUR,
        },
        blobs,
      ),
      examplePageSession(
        {
          status: "removed",
          cause: "Its socket was closed.",
          statusSince: now - 3 * MINUTE,
          auth: ANONYMOUS,
        },
        closed,
        widget,
      ),
    ],
  };
}
