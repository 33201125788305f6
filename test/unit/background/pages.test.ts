/** Pages through ports in memory: what a view is told of its tab is what the page's journal says. */

import { RecordId } from "surrealdb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import { Pages } from "../../../src/background/pages.ts";
import type { PagesRouting, RoutedDocument } from "../../../src/background/route-plane.ts";
import { pageSessionKey } from "../../../src/session/page/page-model.ts";
import { shortId } from "../../../src/session/short-id.ts";
import { decodeValue } from "../../../src/wire/values.ts";
import { FakePage, FakeTabs, FakeWatcher } from "../../support/fake-page.ts";
import { noRouting } from "../../support/handlers.ts";
import { until } from "../../support/registry.ts";

let server: DemoServer;
const open: FakePage[] = [];
beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const page of open) page.close();
  await server.close();
});

const BOB = {
  ns: "app",
  db: "tenant_b",
  ac: "account",
  name: "bob",
  password: "bob",
};

function stage(viewsPatience = 100, routing: PagesRouting = noRouting) {
  const tabs = new FakeTabs();
  const markers: boolean[] = [];
  const pages = new Pages({
    tabs,
    setMarker: (on) => markers.push(on),
    routing,
    viewsPatience,
  });
  const page = (place = {}) => {
    const made = tabs.add(new FakePage(() => pages, place));
    open.push(made);
    return made;
  };
  return { tabs, pages, markers, page };
}

describe("a page that somebody looks at", () => {
  it("is shown as it was before, and as it changes", async () => {
    const { pages, page, markers } = stage();
    const own = page();
    const socket = await own.open(server.url);
    await own.request(socket, "signin", [BOB]);
    await own.request(socket, "let", ["tenant", new RecordId("tenant", "b")]);
    const id = crypto.randomUUID();
    await own.request(socket, "attach", [], id);

    const view = new FakeWatcher(pages);
    expect(view.page).toMatchObject({ status: "unknown", sessions: [] });
    await until(() => view.page.sessions.length === 2);
    expect(markers.at(-1)).toBe(true);
    expect(view.page).toMatchObject({
      status: "watched",
      host: "localhost",
      frames: [{ frameId: 0, top: true, origin: "http://localhost:5173", usesHttp: false }],
      sockets: [{ url: server.url, format: "cbor", state: "open", reconnects: 0 }],
    });
    const session = view.session("Default session");
    expect(session).toMatchObject({
      key: pageSessionKey(`${own.documentId}/1`, undefined),
      auth: { level: "record", user: "user:bob", renewable: true },
      namespace: "app",
      database: "tenant_b",
      status: "active",
      cause: "Signed in.",
      truth: { state: "unchecked" },
      hasToken: true,
      holder: { tabId: 7, url: server.url, top: true, place: "top/1/0" },
      warnings: [],
    });
    expect(session?.variables.map(({ name, value }) => [name, decodeValue(value)])).toEqual([
      ["tenant", new RecordId("tenant", "b")],
    ]);
    expect(view.session(id)).toMatchObject({
      label: shortId(id),
      auth: { level: "anonymous" },
      cause: "Not signed in.",
    });

    await own.request(socket, "use", ["app", "tenant_a"], id);
    await until(() => view.session(id)?.database === "tenant_a");
    await own.request(socket, "invalidate");
    await until(() => view.session("Default session")?.status === "ended");
    await own.request(socket, "detach", [], id);
    await until(() => view.session(id)?.status === "removed");
    expect(view.events).toContainEqual(
      expect.objectContaining({
        event: "history",
        entry: expect.objectContaining({ event: "auth", by: "page", after: "anonymous" }),
      }),
    );
    const history = pages.session(session?.key ?? "").history;
    expect(history.map(({ event }) => event)).toEqual(["created", "auth"]);
  });

  it("says nothing before anybody looks, and nothing after", async () => {
    const { pages, page, markers } = stage();
    const own = page();
    const socket = await own.open(server.url);
    await own.request(socket, "ping");
    expect(own.pair).toBeUndefined();

    const view = new FakeWatcher(pages);
    await until(() => view.page.sockets.length === 1);
    expect(own.mode).toBe("watch");
    // The worker waits a moment for the views that it may have had before its start.
    pages.unwatch(view);
    await until(() => own.mode === "quiet" && own.pair === undefined);
    expect(markers.at(-1)).toBe(false);
    const told = view.events.length;
    await own.request(socket, "use", ["app", "tenant_a"]);
    expect(view.events.length).toBe(told);
  });

  it("has its frames passed on to whoever records, each with the identity of its moment", async () => {
    const { pages, page } = stage();
    const own = page();
    const socket = await own.open(server.url);
    await own.request(socket, "signin", [BOB]);
    const watching = new FakeWatcher(pages);
    const recording = new FakeWatcher(pages, { record: true });
    await until(() => own.mode === "record" && recording.page.sessions.length > 0);
    await own.request(socket, "query", ["RETURN 1"]);
    await own.request(socket, "use", ["app", "tenant_a"]);
    await own.request(socket, "invalidate");
    await own.request(socket, "ping");
    await until(() => recording.traffic.length === 8);
    const sent = recording.traffic.flatMap((each) =>
      each.kind === "frame" && each.direction === "sent" ? [each.as] : [],
    );
    expect(sent.map((as) => [as?.user, as?.database])).toEqual([
      ["user:bob", "tenant_b"],
      ["user:bob", "tenant_b"],
      ["user:bob", "tenant_a"],
      [undefined, "tenant_a"],
    ]);
    expect(recording.traffic[0]).toMatchObject({
      format: "cbor",
      by: "page",
      frame: expect.any(Uint8Array),
      socketKey: `${own.documentId}/1`,
    });
    expect(watching.traffic).toEqual([]);
    await until(() => own.taken > 0);

    pages.record(recording, false);
    await until(() => own.mode === "watch");
    expect(recording.recordingSince).toBeUndefined();
  });

  it("whose older SDK refused the server is told so, until it has a socket there", async () => {
    const { pages, page } = stage();
    const own = page();
    const view = new FakeWatcher(pages);
    await until(() => view.page.status === "watched");
    const { host } = new URL(server.url);
    const versionAsked = [`http://${host}/version`];
    own.tell([{ fact: "whole", sockets: [], sessions: [], usesHttp: true, versionAsked }]);
    await until(() => view.page.frames[0]?.troubles?.[0]?.includes("versionCheck: false"));
    expect(view.page.frames[0]?.usesHttp).toBe(true);
    await own.open(server.url);
    await until(() => view.page.frames[0]?.troubles === undefined);
  });

  it("keeps its client through a reconnect, and marks what happened", async () => {
    const { pages, page } = stage();
    const own = page();
    const socket = await own.open(server.url);
    const view = new FakeWatcher(pages, { record: true });
    await until(() => own.mode === "record" && view.page.sockets.length === 1);
    socket.socket.close(4000);
    await until(() => view.page.sockets[0]?.state === "closed");
    expect(view.session("Default session")?.status).toBe("removed");
    await own.open(server.url);
    await until(() => view.page.sockets[0]?.state === "open");
    expect(view.page.sockets).toHaveLength(1);
    expect(view.page.sockets[0]).toMatchObject({ reconnects: 1, key: `${own.documentId}/1` });
    await until(() => view.session("Default session")?.status === "active");
    const marks = view.traffic.flatMap((each) => (each.kind === "socket" ? [each] : []));
    expect(marks).toEqual([
      expect.objectContaining({ what: "closed" }),
      expect.objectContaining({ what: "reconnected" }),
    ]);
  });
});

describe("documents", () => {
  it("leave at once where another one takes their frame, and with all of the page's frames", async () => {
    const { pages, page, tabs } = stage();
    const first = page();
    const inner = page({ frameId: 3, url: "http://localhost:5173/inner" });
    await first.open(server.url);
    await inner.open(server.url);
    const view = new FakeWatcher(pages, { record: true });
    await until(() => view.page.sockets.length === 2);
    expect(view.traffic.filter(({ kind }) => kind === "navigation")).toEqual([]);

    const second = page({ url: "http://localhost:5173/next" });
    second.openPort();
    tabs.remove(first);
    tabs.remove(inner);
    await until(() => view.page.sockets.length === 0);
    await until(() => view.page.frames.length === 1);
    expect(view.page.frames[0]?.documentId).toBe(second.documentId);
    expect(view.traffic).toContainEqual(
      expect.objectContaining({ kind: "navigation", url: "http://localhost:5173/next" }),
    );
  });

  it("stay where a bridge only opens its port again", async () => {
    const { pages, page } = stage();
    const own = page();
    await own.open(server.url);
    const view = new FakeWatcher(pages);
    await until(() => view.page.sockets.length === 1);
    own.pair?.view.disconnect();
    own.openPort();
    await until(() => own.mode === "watch");
    const removed = view.events.some(
      (event) => event.event === "page" && event.delta.removedSockets !== undefined,
    );
    expect(removed).toBe(false);
    expect(view.page.sockets).toHaveLength(1);
  });

  it("that went without a word leave after a moment, their sockets closed; the status says why", async () => {
    const { pages, page, tabs } = stage();
    const own = page();
    await own.open(server.url);
    const view = new FakeWatcher(pages, { record: true });
    await until(() => view.page.status === "watched" && view.page.sockets.length === 1);
    tabs.remove(own);
    await until(() => view.page.frames.length === 0);
    expect(view.traffic.at(-1)).toMatchObject({
      kind: "socket",
      what: "closed",
      socketKey: `${own.documentId}/1`,
    });
    await until(() => view.page.status === "needs-reload");
  });

  it("of a worker that has just started are kept waiting for their views", async () => {
    const { pages, page } = stage(60_000);
    const own = page();
    await own.open(server.url);
    own.openPort();
    expect(own.mode).toBe("quiet");
    const view = new FakeWatcher(pages);
    await until(() => view.page.sockets.length === 1);
    expect(own.mode).toBe("watch");
  });

  it("nobody looks at are told to be quiet", async () => {
    const { pages, page } = stage();
    const own = page();
    own.mode = "hold";
    own.openPort();
    await until(() => own.pair === undefined);
    expect(own.mode).toBe("quiet");
    expect(() => pages.session("page/x/1/default")).toThrow("Unknown session");
  });

  it("are no more than a tab may have", async () => {
    const { pages, page } = stage();
    for (let frameId = 0; frameId < 205; frameId++) page({ frameId });
    const view = new FakeWatcher(pages);
    await until(() => view.page.frames.length === 200);
    expect(view.page.frames[0]?.troubles).toEqual([
      "The page has more than 200 frames: the others aren't watched.",
    ]);
  });
});

describe("the status of a page without a bridge", () => {
  const cases = [
    [{ url: "http://localhost:5173/", permitted: true, loading: false }, "needs-reload"],
    [{ url: "https://acme.com/", permitted: false, loading: false }, "off"],
    [{ permitted: false, loading: false }, "off"],
    [{ url: "chrome://settings/", permitted: false, loading: false }, "forbidden"],
    [{ url: "https://addons.mozilla.org/x", permitted: false, loading: false }, "forbidden"],
  ] as const;
  it.each(cases)("%o: %s", async (seen, status) => {
    const { pages, tabs } = stage();
    tabs.seen.set(7, seen);
    const view = new FakeWatcher(pages);
    await until(() => view.page.status === status);
  });

  it("follows the tab: loading, loaded, gone", async () => {
    const { pages, tabs, page } = stage();
    tabs.seen.set(7, { permitted: false, loading: true });
    const view = new FakeWatcher(pages);
    await until(() => tabs.listened === 1);
    expect(view.page.status).toBe("unknown");
    page();
    pages.tabLoaded(7);
    await until(() => view.page.status === "watched");
    tabs.seen.delete(7);
    for (const each of tabs.pages.get(7) ?? []) tabs.remove(each);
    pages.tabRemoved(7);
    await until(() => view.page.status === "unknown");
  });
});

describe("a hostile page", () => {
  it("that talks nonsense is told of, and listened to no more", async () => {
    const { pages, page } = stage();
    const own = page();
    const view = new FakeWatcher(pages);
    await until(() => view.page.status === "watched");
    for (let i = 0; i < 150; i++) own.tellRaw({ type: "facts", batch: "x" });
    await until(() => own.pair === undefined);
    await until(() => view.page.frames[0]?.troubles?.[0]?.includes("made no sense"));
    expect(view.page.frames).toHaveLength(1);
  });

  it("that floods loses frames, never the states among them, and what was lost is told", async () => {
    const { pages, page } = stage();
    const own = page();
    const socket = await own.open(server.url);
    const view = new FakeWatcher(pages, { record: true });
    await until(() => own.mode === "record" && view.page.sockets.length === 1);
    const frame = new Uint8Array(1024 * 1024);
    const fact = { fact: "frame", at: 1, client: 1, generation: 0, direction: "sent" } as const;
    for (let batch = 0; batch < 8; batch++) {
      own.tell(
        Array.from({ length: 20 }, () => ({ ...fact, size: frame.length, frame, by: "page" })),
      );
    }
    await own.request(socket, "use", ["app", "tenant_a"]);
    await until(() => view.traffic.some(({ kind }) => kind === "dropped"));
    await until(() => view.session("Default session")?.database === "tenant_a");
  });

  it("that floods with routed requests has most of them left out, and that is told", async () => {
    const { pages, page } = stage();
    const own = page();
    const view = new FakeWatcher(pages);
    await until(() => view.page.status === "watched");
    const request = { type: "relay", seq: 1, client: 1, generation: 0, frame: "{}" };
    const batch = { type: "relay-batch", messages: Array.from({ length: 64 }, () => request) };
    for (let n = 0; n < 500; n++) own.tellRaw(batch);
    await until(() => view.page.frames[0]?.troubles?.join().includes("some of it was ignored"));
    const other = page({ tabId: 8 });
    const beside = new FakeWatcher(pages, { tabId: 8 });
    await until(() => beside.page.status === "watched");
    expect(beside.page.frames[0]).not.toHaveProperty("troubles");
    other.close();
  });

  it("can't make the worker keep more than it may", async () => {
    const { pages, page } = stage();
    const own = page();
    const socket = await own.open(server.url);
    const view = new FakeWatcher(pages);
    await until(() => view.page.sockets.length === 1);
    const value = new Uint8Array(60 * 1024).fill(1);
    value.set([0x59, 0xef, 0xfd]);
    const session = (order: number) => ({
      fact: "session" as const,
      session: {
        client: 1,
        id: crypto.randomUUID(),
        order,
        createdAt: 1,
        updatedAt: 1,
        lastActiveAt: 1,
        auth: "never" as const,
        authAt: 1,
        renewable: false,
        live: [],
        transactions: [],
        requests: 0,
        incomplete: [],
        variables: Array.from({ length: 8 }, (_, index) => ({
          name: `v${index}`,
          size: value.length,
          cbor: value,
        })),
      },
    });
    for (let order = 1; order < 60; order++) own.tell([session(order)]);
    await until(() => view.page.sessions.length === 60);
    const kept = view.page.sessions.flatMap(({ variables }) => variables);
    const bytes = kept.reduce((sum, variable) => sum + variable.value.length, 0);
    expect(bytes).toBeLessThan(17 * 1024 * 1024);
    expect(kept.some(({ omitted }) => omitted === value.length)).toBe(true);
    for (let order = 60; order < 1_100; order += 20) {
      own.tell(Array.from({ length: 20 }, (_, index) => session(order + index)));
    }
    await until(() => view.page.frames[0]?.troubles?.[0]?.includes("more sockets or sessions"));
    expect(view.page.sessions.length).toBeLessThanOrEqual(1_000);
    await own.request(socket, "ping");
  });
});

it("asks for the routes of a frame under the page that is shown, not one in the back/forward cache", async () => {
  const asked: RoutedDocument[] = [];
  const routeFor = async (document: RoutedDocument) => void asked.push(document);
  const parts = Promise.resolve({ relay: {}, control: { routeFor, changed: () => undefined } });
  const routing = { ...noRouting, parts } as unknown as PagesRouting;
  const { pages, page } = stage(100, routing);
  const view = new FakeWatcher(pages);
  page({ documentId: "left" }).openPort();
  await until(() => asked.length === 1);
  open.at(-1)?.pair?.view.disconnect();
  const place = { frameId: 4, documentId: "inner", topOrigin: "https://elsewhere.test" };
  page(place).openPort();
  await until(() => asked.length === 2);
  expect(asked[1]).toMatchObject({ documentId: "inner", topOrigin: "https://elsewhere.test" });
  pages.unwatch(view);
});
