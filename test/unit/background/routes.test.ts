/** Routes of tabs, on the embedded server: what runs as whom, and what a person is shown of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { RegistryDelta } from "../../../src/session/change-feed.ts";
import type { Registry } from "../../../src/session/registry.ts";
import { encodeValue } from "../../../src/wire/values.ts";
import type { FakePage } from "../../support/fake-page.ts";
import { FakeWatcher } from "../../support/fake-page.ts";
import { until } from "../../support/registry.ts";
import { RouteWorld } from "../../support/route-scene.ts";
import { failureOf, openScene, type Scene, SIGN_INS } from "../../support/scene.ts";

const APP = "http://localhost:5173";
const OTHER = "http://localhost:8080";

let server: DemoServer;
let scene: Scene;
let registry: Registry;
let bob: string;
let alice: string;
const listeners = new Set<(delta: RegistryDelta) => void>();
const open: FakePage[] = [];

beforeAll(async () => {
  server = await startServer({ port: 0 });
  scene = await openScene(server.url, {
    listener: { changed: (delta) => listeners.forEach((tell) => void tell(delta)) },
  });
  registry = scene.registry;
  bob = await scene.create({ label: "Bob", signIn: SIGN_INS.bob });
  alice = await scene.create({ label: "Alice", signIn: SIGN_INS.alice });
});
afterAll(async () => {
  for (const page of open) page.close();
  await registry.dispose();
  await server.close();
});

async function stage() {
  const world = new RouteWorld();
  await world.start(registry);
  listeners.add((delta) => world.routes.registryChanged(delta));
  const page = (place = {}) => {
    const made = world.page(place);
    open.push(made);
    return made;
  };
  const own = page();
  const set = (params = {}) => world.control.set(7, { to: bob, ...params });
  return { world, page, own, set };
}

describe("Run tab as", () => {
  it("takes the tab's documents to the session, and says so everywhere", async () => {
    const { world, own, set } = await stage();
    const view = new FakeWatcher(world.pages);
    await until(() => view.page.frames.length === 1);
    expect(await world.asks(own)).toBeUndefined();
    expect(await set()).toEqual({});
    expect(await world.asks(own)).toMatchObject({ to: bob, scope: { kind: "default" } });
    expect(world.plane.applied).toEqual([7]);
    const shown = { to: bob, state: "on", always: false, notices: [], topOrigin: APP };
    expect(world.view()).toMatchObject([shown]);
    await until(() =>
      view.events.some((event) => event.event === "page" && event.delta.routes?.[0]?.to === bob),
    );
    expect(world.toolbar.get(7)).toMatchObject({
      label: "Bob",
      identity: "user:bob, app/tenant_b",
    });
    expect(world.hosts.tabs).toEqual(["*://localhost/*"]);
    expect(world.routes.active).toBe(true);
    expect(world.followed).toBe(true);

    await world.control.clear(7, {});
    expect(await world.asks(own)).toBeUndefined();
    expect(world.view()).toEqual([]);
    expect(world.toolbar.size).toBe(0);
    expect(world.hosts.tabs).toEqual([]);
    expect(world.routes.active).toBe(false);
    expect(world.followed).toBe(false);
    expect(world.store.tabs.routes).toEqual([]);
  });

  it("is “switching” until the documents have confirmed it, and stored before they are told", async () => {
    const { world, set } = await stage();
    let confirm: () => void = () => undefined;
    world.plane.confirmation = new Promise<void>((resolve) => {
      confirm = resolve;
    });
    const done = set();
    await until(() => world.plane.applied.length === 1);
    expect(world.view()[0]?.state).toBe("switching");
    expect(world.store.tabs.routes).toMatchObject([{ tabId: 7, to: bob }]);
    expect(world.hosts.tabs).toHaveLength(1);
    confirm();
    await done;
    expect(world.view()[0]?.state).toBe("on");
  });

  it("asks the server who the session is", async () => {
    const { set } = await stage();
    const before = scene.view(bob).truth.checkedAt ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 2));
    await set();
    expect(scene.view(bob).truth.checkedAt).toBeGreaterThan(before);
  });

  it("leaves all as it was where the browser refuses the marker, or the store what is written", async () => {
    const { world, own, set } = await stage();
    world.refusesMarkers = true;
    expect((await failureOf(set())).message).toMatch(/goes on as before.*Not permitted/);
    expect(await world.asks(own)).toBeUndefined();
    // The next worker must not find a route that the person was told there isn't.
    expect(world.store.tabs.routes).toEqual([]);
    world.refusesMarkers = false;
    await set();
    world.store.broken = true;
    expect((await failureOf(set({ to: alice }))).message).toContain("goes on as before");
    expect(await world.asks(own)).toMatchObject({ to: bob });
    // After each refusal too: one that opened meanwhile was told otherwise.
    expect(world.plane.applied).toEqual([7, 7, 7]);
  });

  it("is refused for pages that are nobody's, frames that are gone, and sessions that are closed", async () => {
    const { world, page, set } = await stage();
    page({ tabId: 8, origin: "null", url: `${APP}/sandboxed` });
    new FakeWatcher(world.pages, { tabId: 8 });
    await until(() => world.routes.page(8).frames.length === 1);
    expect((await failureOf(world.control.set(8, { to: bob }))).message).toContain("sandboxed");
    world.tabs.seen.set(9, { permitted: false, loading: false });
    expect((await failureOf(world.control.set(9, { to: bob }))).message).toContain("is off");
    expect((await failureOf(set({ documentId: "gone" }))).message).toContain("no longer there");
    expect((await failureOf(set({ to: "nobody" }))).name).toBe("UnknownSessionError");
    const closed = await scene.create({ label: "Closed" });
    await registry.session(closed).close();
    expect((await failureOf(set({ to: closed }))).name).toBe("SessionClosedError");
  });

  it("applies to a frame of another origin only where that is chosen itself", async () => {
    const { world, page, own, set } = await stage();
    const frame = page({ frameId: 4, origin: OTHER, url: `${OTHER}/inner` });
    const same = page({ frameId: 5, url: `${APP}/inner` });
    await set();
    await until(() => world.routes.page(7).frames.length === 3);
    expect(await world.asks(same, APP)).toMatchObject({ to: bob });
    expect(await world.asks(frame, APP)).toBeUndefined();
    await set({ to: alice, documentId: frame.documentId });
    expect(await world.asks(frame, APP)).toMatchObject({ to: alice });
    expect(await world.asks(own)).toMatchObject({ to: bob });
    expect(world.view()).toHaveLength(2);
    // The button is the page's.
    expect(world.toolbar.get(7)?.label).toBe("Bob");
    // Where the worker hasn't heard of the top frame, the browser is asked for the tab's address.
    expect(await world.asks(frame)).toMatchObject({ to: alice });
    await world.control.clear(7, { documentId: frame.documentId });
    expect(await world.asks(frame, APP)).toBeUndefined();
    expect(await world.asks(own)).toMatchObject({ to: bob });
  });
});

describe("a question", () => {
  it("is asked once where the page's own sockets go to another server", async () => {
    const { world, own, set } = await stage();
    const other = await startServer({ port: 0 });
    await own.open(other.url);
    new FakeWatcher(world.pages);
    await until(() => world.routes.page(7).sockets.length === 1);
    const ask = { kind: "other-server", origin: APP, server: server.url, label: "Bob" };
    expect(await set()).toEqual({ ask });
    expect(await world.asks(own)).toBeUndefined();
    expect(await set({ otherServer: true })).toEqual({});
    expect(await world.asks(own)).toMatchObject({ to: bob });
    expect(world.store.kept.agreed).toEqual([{ origin: APP, server: server.url }]);
    await world.control.clear(7, {});
    expect(await set({ to: alice })).toEqual({});
    await other.close();
  });

  it("isn't asked where they go to the session's own", async () => {
    const { world, own, set } = await stage();
    await own.open(server.url);
    new FakeWatcher(world.pages);
    await until(() => world.routes.page(7).sockets.length === 1);
    expect(await set()).toEqual({});
    expect(world.store.kept.agreed).toEqual([]);
  });

  it("is asked about open transactions: finished where they are, or cancelled", async () => {
    const { world, own, set } = await stage();
    const txn = { kind: "transaction", id: "t", begunAt: 1, as: "Page's own session" } as const;
    world.plane.open = [txn];
    expect(await set()).toEqual({ ask: { kind: "transactions", transactions: [txn] } });
    expect(await world.asks(own)).toBeUndefined();
    expect(await set({ transactions: "finish" })).toEqual({});
    expect(world.plane.cancelled).toBe(0);

    // The page's own are no matter when it goes back to that; those of the session that is left are.
    expect(await set({ to: alice, transactions: "cancel" })).toEqual({});
    expect(world.plane.cancelled).toBe(1);
    world.plane.open = [{ ...txn, session: alice, as: "Alice" }];
    expect(await world.control.clear(7, {})).toMatchObject({ ask: { kind: "transactions" } });
    expect(await world.asks(own)).toMatchObject({ to: alice });
    await world.control.clear(7, { transactions: "cancel" });
    expect(await world.asks(own)).toBeUndefined();
    expect(world.plane.cancelled).toBe(2);
  });
});

describe("a route", () => {
  it("rests while the tab shows another origin, and is on again when it is back", async () => {
    const { world, page, own, set } = await stage();
    await set();
    own.close();
    const elsewhere = page({ origin: OTHER, url: `${OTHER}/` });
    expect(await world.opens(elsewhere)).toBeUndefined();
    expect(world.view()).toMatchObject([{ state: "suspended", to: bob, notices: [] }]);
    await until(() => world.toolbar.size === 0);
    expect(world.routes.active).toBe(false);
    expect(world.followed).toBe(true);
    world.tabs.remove(elsewhere);
    const back = page();
    expect(await world.opens(back)).toMatchObject({ to: bob });
    expect(world.view()).toMatchObject([{ state: "on" }]);
    await until(() => world.toolbar.get(7)?.label === "Bob");
  });

  it("rests on a page where Switchyard isn't allowed, of which the browser tells nothing", async () => {
    const { world, set } = await stage();
    await set();
    world.tabs.seen.set(7, { permitted: false, loading: false });
    await world.routes.tabUpdated(7);
    expect(world.view()).toMatchObject([{ state: "suspended" }]);
    // "Page's own session" ends it even there.
    await world.control.clear(7, {});
    expect(world.view()).toEqual([]);
  });

  it("is told to the views of all tabs, for as long as requests go to the session", async () => {
    const { world, page, own, set } = await stage();
    await set();
    const routed = [{ tabId: 7, origin: APP, to: bob }];
    expect(world.routedTold).toEqual([routed]);
    own.close();
    await world.opens(page({ origin: OTHER, url: `${OTHER}/` }));
    await until(() => world.routedTold.length === 2);
    expect(world.routes.routed).toEqual([]);
    await set({ to: alice });
    expect(world.routedTold.at(-1)).toEqual([{ tabId: 7, origin: OTHER, to: alice }]);
    await world.routes.tabRemoved(7);
    expect(world.routedTold.at(-1)).toEqual([]);
  });

  it("survives the worker, whose next one answers before it has looked at any tab", async () => {
    const { world, own, set } = await stage();
    await set();
    await world.control.always(7, { on: true });
    world.pages.leaveUnwatched(7);
    const starting = world.start(registry, 100);
    expect(await world.opens(own)).toMatchObject({ to: bob });
    await starting;
    await until(() => world.routes.active);
    expect(world.view()).toMatchObject([{ to: bob, state: "on", always: true }]);
    expect(world.hosts).toEqual({ tabs: ["*://localhost/*"], always: ["*://localhost/*"] });
  });

  it("ends with its tab, also while the worker slept", async () => {
    const { world, set } = await stage();
    await set();
    await world.routes.tabRemoved(7);
    expect(world.view()).toEqual([]);
    expect(world.store.tabs.routes).toEqual([]);
    expect(world.hosts.tabs).toEqual([]);
    await set();
    world.tabs.seen.delete(7);
    await world.start(registry);
    expect(world.view()).toEqual([]);
    expect(world.store.tabs.routes).toEqual([]);
    expect(world.routes.active).toBe(false);
  });

  it("that can't be read fails whoever asks, rather than letting it run as the page", async () => {
    const { world, own, set } = await stage();
    await set();
    world.store.broken = true;
    await world.start(registry);
    await expect(world.asks(own)).rejects.toThrow("broken");
    expect(world.troubles.join()).toContain("couldn't be read");
  });

  it("admits the ports of its documents although nobody looks, and of no others", async () => {
    const { world, set } = await stage();
    await set();
    await world.control.always(7, { on: true });
    expect(world.routes.admits({ tabId: 7, origin: APP })).toBe(true);
    expect(world.routes.admits({ tabId: 7, origin: OTHER })).toBe(false);
    expect(world.routes.admits({ tabId: 8, origin: APP })).toBe(true);
    await world.control.always(undefined, { on: false, origin: APP });
    expect(world.routes.admits({ tabId: 8, origin: APP })).toBe(false);
  });
});

describe("always for a site", () => {
  it("routes every tab that opens it, until the person takes it away there or everywhere", async () => {
    const { world, page, set } = await stage();
    expect((await failureOf(world.control.always(7, { on: true }))).message).toContain(
      "doesn't run as one of your sessions",
    );
    await set();
    await world.control.always(7, { on: true });
    expect(world.alwaysTold).toBe(1);
    expect(world.routes.always).toEqual([{ origin: APP, to: bob, scope: { kind: "default" } }]);
    const second = page({ tabId: 8 });
    expect(await world.opens(second)).toMatchObject({ to: bob });
    expect(world.view(8)).toMatchObject([{ state: "on", always: true }]);
    await world.control.clear(8, {});
    expect(await world.asks(second)).toBeUndefined();
    // In a frame of another page it is another page's.
    const framed = page({ tabId: 9, frameId: 3 });
    expect(await world.asks(framed, OTHER)).toBeUndefined();

    await world.control.always(7, { on: false });
    expect(world.view()).toMatchObject([{ to: bob, always: false }]);
    expect(await world.asks(page({ tabId: 10 }))).toBeUndefined();
    expect(world.hosts.always).toEqual([]);
  });

  it("is refused for a Careful connection, and no longer applied on one that became so", async () => {
    const { world, page, set } = await stage();
    await set();
    await world.control.always(7, { on: true });
    const { profile } = registry.connection(scene.connectionId);
    profile.careful = true;
    try {
      expect((await failureOf(world.control.always(7, { on: true }))).message).toContain("Careful");
      expect(await world.asks(page({ tabId: 8 }))).toBeUndefined();
    } finally {
      delete profile.careful;
    }
  });
});

describe("a route's session", () => {
  it("that is signed out or removed fails the route and says why; nothing takes its place", async () => {
    const { world, own, set } = await stage();
    const carol = await scene.create({ label: "Carol", signIn: SIGN_INS.alice });
    await set({ to: carol });
    await registry.session(carol).end();
    await until(() => world.toolbar.get(7)?.trouble);
    expect(world.notices()).toEqual([
      { kind: "cannot-serve", reason: "“Carol” is ended: Signed out." },
    ]);
    await registry.session(carol).close();
    await until(() => JSON.stringify(world.notices()).includes("removed"));
    await registry.forget(carol);
    expect(await world.asks(own)).toMatchObject({ to: carol });
    expect(() => world.routes.held(carol)).toThrow("Unknown session");
    expect(world.notices()).toMatchObject([
      { kind: "cannot-serve", reason: expect.stringContaining("no longer there") },
    ]);
  });

  it("that is replaced hands its routes over, and documents are told", async () => {
    const { world, own, set } = await stage();
    const former = await scene.create({ label: "Former", signIn: SIGN_INS.alice });
    const next = await scene.create({ label: "Next", signIn: SIGN_INS.bob });
    await set({ to: former });
    await world.control.always(7, { on: true });
    await registry.replace(former, next);
    await until(() => world.view()[0]?.to === next);
    await until(() => world.plane.applied.length === 2);
    expect(await world.asks(own)).toMatchObject({ to: next });
    expect(world.routes.always[0]?.to).toBe(next);
    expect(world.store.tabs.routes[0]?.to).toBe(next);
    await until(() => world.toolbar.get(7)?.label === "Next");
  });

  it("that is replaced by one on another server keeps them, and fails, until that is agreed to", async () => {
    const { world, own, set } = await stage();
    const other = await startServer({ port: 0 });
    const { id } = await registry.addConnection({ url: other.url });
    const former = await scene.create({ label: "Former" });
    const next = await registry.create({ connectionId: id, label: "Elsewhere" });
    await set({ to: former });
    await registry.replace(former, next);
    await until(() => world.toolbar.get(7)?.trouble);
    expect(await world.asks(own)).toMatchObject({ to: former });
    await registry.removeConnection(id);
    await other.close();
  });

  it("whose connection is closed says so", async () => {
    const { world, set } = await stage();
    await set();
    await registry.disconnect(scene.connectionId);
    await until(() => world.toolbar.get(7)?.trouble);
    expect(world.notices()).toMatchObject([
      { kind: "cannot-serve", reason: expect.stringMatching(/connection is closed/) },
    ]);
    await registry.retryConnection(scene.connectionId);
    await scene.connected();
    await until(() => world.notices().length === 0);
  });
});

describe("what the page does on its own sessions", () => {
  const ALICE = { ns: "app", db: "tenant_a", ac: "account", name: "alice", password: "alice" };

  it("is told where it differs: another place, a sign-in, variables; followed, copied, dismissed", async () => {
    const { world, own } = await stage();
    const dora = await scene.create({ label: "Dora", signIn: SIGN_INS.bob });
    const socket = await own.open(server.url);
    await own.request(socket, "use", ["app", "tenant_a"]);
    new FakeWatcher(world.pages);
    await until(() => world.routes.page(7).sessions[0]?.database === "tenant_a");
    await world.control.set(7, { to: dora });
    // What it had before the switch is no news.
    expect(world.notices()).toEqual([]);

    await own.request(socket, "use", ["app", "tenant_c"]);
    await until(() => world.notices().length === 1);
    expect(world.notices()).toEqual([
      { kind: "page-selected", place: "app/tenant_c", namespace: "app", database: "tenant_c" },
    ]);
    await world.control.follow(7);
    expect(scene.view(dora).database).toBe("tenant_c");
    await until(() => world.notices().length === 0);

    await own.request(socket, "let", ["flags", { beta: true }]);
    await until(() => world.notices().length === 1);
    expect(world.notices()).toEqual([{ kind: "variables", names: ["flags"] }]);
    await world.control.copyVariables(7);
    const [copied] = scene.view(dora).variables;
    expect(copied).toEqual({ name: "flags", value: encodeValue({ beta: true }) });
    await until(() => world.notices().length === 0);

    await own.request(socket, "signin", [ALICE]);
    await until(() => world.notices().some(({ kind }) => kind === "page-signed-in"));
    expect(world.notices()).toContainEqual({ kind: "page-signed-in", user: "user:alice" });
    await world.routes.dismiss(7, "page-signed-in");
    expect(world.notices()).toEqual([]);
    // For this route alone: the next choice begins anew, and takes what is there for granted.
    await world.control.set(7, { to: bob });
    expect(world.store.tabs.routes[0]?.dismissed).toEqual([]);
    expect(world.notices().map(({ kind }) => kind)).toEqual(["variables"]);
  });

  it("is no news after a reload that only repeats what was there at the switch", async () => {
    const { world, page, own, set } = await stage();
    const first = await own.open(server.url);
    await own.request(first, "use", ["app", "tenant_a"]);
    new FakeWatcher(world.pages);
    await until(() => world.routes.page(7).sessions[0]?.database === "tenant_a");
    await set();
    world.tabs.remove(own);
    const again = page();
    const socket = await again.open(server.url);
    await world.opens(again);
    await again.request(socket, "use", ["app", "tenant_a"]);
    await until(() => world.routes.page(7).sessions.some(({ database }) => database));
    expect(world.notices()).toEqual([]);
    await again.request(socket, "use", ["app", "tenant_c"]);
    await until(() => world.notices().length === 1);
  });

  it("on a socket whose format can't be read fails where all of the page is routed, and is said", async () => {
    const { world, own, set } = await stage();
    new FakeWatcher(world.pages);
    await until(() => own.mode === "watch");
    const socket = { client: 1, url: server.url, format: "flatbuffers", state: "open" } as const;
    const counts = { framesSent: 0, framesReceived: 0, bytesSent: 0, bytesReceived: 0 };
    const rest = { reconnects: 0, deliversBlobs: false, ownSend: false, strayFrames: 0 };
    own.tell([{ fact: "socket", socket: { ...socket, ...counts, ...rest } }]);
    await until(() => world.routes.page(7).sockets.length === 1);
    await set();
    expect(world.notices()).toEqual([]);
    await set({ scope: { kind: "page" } });
    expect(world.notices()).toEqual([{ kind: "unreadable-socket", url: server.url }]);
  });

  it("before it had a hook is said until it reloads", async () => {
    const { world, page, set } = await stage();
    world.plane.answer = { confirmed: 0, missing: 1 };
    await set();
    expect(world.notices()).toEqual([{ kind: "needs-reload" }]);
    expect(world.toolbar.get(7)?.trouble).toContain("runs as itself: reload the page");
    await world.opens(page({ documentId: "reloaded" }));
    expect(world.notices()).toEqual([]);
  });

  it("is no longer said of a document that was slow to confirm, and has", async () => {
    const { world, set } = await stage();
    world.plane.answer = { confirmed: 0, missing: 1 };
    await set();
    world.routes.changed(7);
    await until(() => world.toolbar.get(7)?.trouble);
    world.plane.answer = { confirmed: 1, missing: 0 };
    world.routes.changed(7);
    await until(() => world.notices().length === 0);
    expect(world.toolbar.get(7)?.trouble).toBeUndefined();
  });

  it("and what of it still runs as somebody else, is what the documents say", async () => {
    const { world, set } = await stage();
    await set();
    world.plane.left = [{ kind: "live", id: "l", begunAt: 1, session: alice, as: "Alice" }];
    world.plane.noticed = [{ kind: "choose-again", label: "Default session" }];
    world.routes.changed(7);
    expect(world.view()).toMatchObject([
      {
        leftovers: [{ id: "l", as: "Alice" }],
        notices: [{ kind: "choose-again" }, { kind: "reload-advised" }],
      },
    ]);
  });
});

it("forgetting everything gives all tabs back to their pages", async () => {
  const { world, own, set } = await stage();
  await set();
  await world.control.always(7, { on: true });
  await world.routes.forgetAll();
  expect(await world.asks(own)).toBeUndefined();
  expect(world.view()).toEqual([]);
  expect(world.store).toMatchObject({ tabs: { routes: [] }, kept: { always: [], agreed: [] } });
  expect(world.hosts).toEqual({ tabs: [], always: [] });
  expect(world.toolbar.size).toBe(0);
});
