/** What a person is told of a route: only what is news, and only what is so. */
import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../../../src/session/model.ts";
import type { PageSessionView } from "../../../../src/session/page/page-model.ts";
import type { Route } from "../../../../src/session/relay/route-book.ts";
import {
  BEGINNING,
  baselineOf,
  beginningsOf,
  type KnownPage,
  pageNotices,
  type RoutedSession,
  reasonNotToServe,
  routedSessions,
} from "../../../../src/session/relay/route-notices.ts";
import {
  exampleFrame,
  examplePageSession,
  exampleSocket,
} from "../../../support/ui/page-examples.ts";

const APP = "http://localhost:5173";
const SESSION_ID = "018f0000-0000-4000-8000-00000000009a";
const NOW = Date.now();

const BOB: RoutedSession = {
  label: "Bob",
  namespace: "app",
  database: "tenant_b",
  variables: [],
  auth: { level: "record", user: "user:bob", renewable: true },
  status: "active",
  cause: "Signed in.",
  truth: { state: "agrees" },
  gate: { open: true },
};

function pageOf(...sessions: PageSessionView[]): KnownPage {
  return { frames: [exampleFrame()], sockets: [exampleSocket()], sessions };
}

function routeOf(page: KnownPage, part: Partial<Route> = {}): Route {
  const scope = part.scope ?? ({ kind: "default" } as const);
  return {
    tabId: 7,
    topOrigin: APP,
    origin: APP,
    to: "bob",
    scope,
    since: NOW,
    dismissed: [],
    baseline: baselineOf(page, { origin: APP, scope }),
    ...part,
  };
}

describe("the routed sessions of a page", () => {
  const inner = exampleFrame({ documentId: "INNER", top: false, url: `${APP}/inner`, frameId: 3 });
  const own = examplePageSession();
  const second = examplePageSession({ id: SESSION_ID });
  const framed = examplePageSession(
    { id: SESSION_ID },
    exampleSocket({ documentId: "INNER" }),
    inner,
  );
  const foreign = examplePageSession(
    {},
    exampleSocket({ documentId: "OTHER" }),
    exampleFrame({ documentId: "OTHER", origin: "http://other.example", top: false }),
  );
  const page: KnownPage = {
    frames: [exampleFrame(), inner],
    sockets: [],
    sessions: [own, second, framed, foreign],
  };
  const routed = (scope: Route["scope"]) => routedSessions(page, { origin: APP, scope });
  const at = { frame: "top", url: own.holder.url, client: 1, label: "" };

  it("are the default ones, all, or the one that was chosen; of the route's origin alone", () => {
    expect(routed({ kind: "default" })).toEqual([own]);
    expect(routed({ kind: "page" })).toEqual([own, second, framed]);
    expect(routed({ kind: "session", session: { ...at, order: 0 } })).toEqual([own]);
    expect(routed({ kind: "session", session: { ...at, order: 1 } })).toEqual([]);
    expect(routed({ kind: "session", session: { ...at, url: "ws://x/rpc", order: 0 } })).toEqual(
      [],
    );
  });

  it("are none that are over", () => {
    const over = { ...own, status: "removed" } as const;
    expect(
      routedSessions({ ...page, sessions: [over] }, { origin: APP, scope: { kind: "page" } }),
    ).toEqual([]);
  });
});

describe("a session that begins after the switch", () => {
  const young = examplePageSession({ createdAt: NOW - 1_000 });

  it("is compared with what it was when its page had loaded", () => {
    const page = pageOf(young);
    const route = routeOf(page, { baseline: {} });
    expect(beginningsOf(page, route, NOW)).toEqual({ baseline: {}, more: true });
    expect(pageNotices(page, route, BOB)).toEqual([]);
    const later = beginningsOf(page, route, NOW + BEGINNING);
    expect(later).toEqual({
      baseline: {
        [young.holder.place]: { namespace: "app", database: "tenant_a", user: "user:alice" },
      },
      more: false,
    });
    route.baseline = later.baseline;
    expect(pageNotices(page, route, BOB)).toEqual([]);
    const carol = { ...young, auth: { ...young.auth, user: "user:carol" } };
    expect(pageNotices(pageOf(carol), route, BOB)).toEqual([
      { kind: "page-signed-in", user: "user:carol" },
    ]);
  });

  it("as nobody, and signs in later, has done something new", () => {
    const nobody = examplePageSession({
      auth: { level: "anonymous", renewable: false },
      namespace: undefined,
      database: undefined,
    });
    const route = routeOf(pageOf(nobody), { baseline: {} });
    route.baseline = beginningsOf(pageOf(nobody), route, NOW).baseline;
    expect(pageNotices(pageOf(young), route, BOB).map(({ kind }) => kind)).toEqual([
      "page-selected",
      "page-signed-in",
    ]);
  });

  it("can't make more be kept than a person could read", () => {
    const long = "x".repeat(10_000);
    const many = Array.from({ length: 1_000 }, (_, index) => {
      const session = examplePageSession({
        id: SESSION_ID,
        namespace: long,
        createdAt: NOW - 60_000,
      });
      return { ...session, holder: { ...session.holder, place: `top/1/${index}` } };
    });
    const page = pageOf(...many);
    const route = routeOf(page, { scope: { kind: "page" } });
    expect(JSON.stringify(route).length).toBeLessThan(50_000);
    expect(beginningsOf(page, route, NOW).baseline).toEqual({});
    expect(pageNotices(page, route, BOB)).toEqual([]);
  });
});

describe("a session that can't serve", () => {
  const OPEN: ConnectionState = { kind: "open" };

  it("says why; one that needs a moment says nothing", () => {
    expect(reasonNotToServe(BOB, OPEN)).toBeUndefined();
    const closed = { open: false, reason: "its sign-in is being renewed." } as const;
    expect(reasonNotToServe({ ...BOB, gate: closed }, OPEN)).toBeUndefined();
    expect(reasonNotToServe({ ...BOB, gate: closed }, { kind: "connecting" })).toBeUndefined();
    const differs = { ...BOB, gate: closed, truth: { state: "differs" } } as const;
    expect(reasonNotToServe(differs, OPEN)).toBe(
      "“Bob” can't be used: its sign-in is being renewed.",
    );
    expect(reasonNotToServe({ ...BOB, status: "revoked", cause: "No access." }, OPEN)).toBe(
      "“Bob” is revoked: No access.",
    );
    const failure = { code: "refused", message: "Nothing listens there." } as const;
    expect(reasonNotToServe(BOB, { kind: "waiting", retryAt: 0, failure })).toBe(
      "The connection is lost: Nothing listens there.",
    );
    expect(reasonNotToServe(BOB, { kind: "closed" })).toBe("The connection is closed.");
    expect(reasonNotToServe(undefined, undefined)).toContain("no longer there");
  });
});

it("web workers of the page are said, where they'd be thought to be routed too", () => {
  const page: KnownPage = { ...pageOf(), frames: [exampleFrame({ usesWorkers: true })] };
  expect(pageNotices(page, routeOf(page), BOB)).toEqual([{ kind: "workers" }]);
  const elsewhere = exampleFrame({ usesWorkers: true, origin: "http://widget.localhost:5173" });
  const other = { ...page, frames: [exampleFrame(), elsewhere] };
  expect(pageNotices(other, routeOf(other), BOB)).toEqual([]);
});
