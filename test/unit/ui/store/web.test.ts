import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Snapshot } from "../../../../src/messages/commands.ts";
import { CommandError } from "../../../../src/messages/view-client.ts";
import { createStore } from "../../../../src/ui/store/store.ts";
import { createWebStore, isInPage, takeOffer } from "../../../../src/ui/store/web.ts";
import type { WebPageView } from "../../../../src/web/web-model.ts";
import { exampleSession } from "../../../support/ui/examples.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";
import { createFakeHost } from "../../../support/ui/fake-host.ts";
import { examplePage } from "../../../support/ui/page-examples.ts";
import {
  exampleClerk,
  exampleHolder,
  exampleSaved,
  exampleSite,
  exampleSuperTokens,
  exampleWebPage,
} from "../../../support/ui/web-examples.ts";

const snapshot = (web: WebPageView | undefined, part: Partial<Snapshot> = {}): Snapshot => ({
  connections: [],
  sessions: [],
  settings: { abandonAfter: 1 },
  sites: [],
  always: [],
  access: { origins: [], requests: [] },
  problems: [],
  ...(web && { web }),
  ...part,
});

const carol = exampleSuperTokens();
const admin = exampleSaved("Admin");
const call = vi.fn();

function opened(web: WebPageView | "no tab" = exampleWebPage()) {
  const store = createWebStore({ call });
  store.take({
    event: "snapshot",
    snapshot: snapshot(web === "no tab" ? undefined : web, { saved: [admin] }),
  });
  const labels = () => store.ofPage.all.value.map(({ label, status }) => `${label} ${status}`);
  return { store, labels };
}

beforeEach(() => {
  vi.useFakeTimers();
  call.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the store of web sign-ins", () => {
  it("has what the snapshot holds, by whichever key", () => {
    const { store } = opened();
    expect(store.get(carol.key)?.label).toBe("carol@acme.com");
    expect(store.get(admin.key)?.label).toBe("Admin");
    expect(store.get("web/7/nothing")).toBeUndefined();
    expect(store.systemOf(carol)?.transfer).toBe("cookie");
    expect(store.any.value).toBe(true);
  });

  it("has nothing in a view without a tab but saved ones", () => {
    const { store, labels } = opened("no tab");
    expect(labels()).toEqual([]);
    expect(store.saved.all.value).toHaveLength(1);
  });

  it("passes over origins where no system is", () => {
    const { store } = opened(
      exampleWebPage({ sites: [exampleSite({ systems: [] })], sessions: [] }),
    );
    expect(store.sites.value).toEqual([]);
  });

  it("has what the worker says last, and nothing of its own", () => {
    const { store, labels } = opened();
    store.take({ event: "web", web: exampleWebPage({ sessions: [{ ...carol, status: "gone" }] }) });
    expect(labels()).toEqual(["carol@acme.com gone"]);
    store.take({ event: "web", web: exampleWebPage({ sessions: [] }) });
    expect(labels()).toEqual([]);
  });

  it("keeps what it had while a new worker looks at the page, but not for ever", () => {
    const { store, labels } = opened();
    const empty = { sites: [], sessions: [], notices: [] };
    store.take({ event: "snapshot", snapshot: snapshot(empty) });
    expect(labels()).toEqual(["carol@acme.com active"]);
    vi.advanceTimersByTime(6_000);
    expect(labels()).toEqual([]);
  });

  it("takes the first word of a new worker for what it is", () => {
    const { store, labels } = opened();
    const empty = { sites: [], sessions: [], notices: [] };
    store.take({ event: "snapshot", snapshot: snapshot(empty) });
    store.take({ event: "web", web: empty });
    expect(labels()).toEqual([]);
  });

  it("switches, and says why not", async () => {
    const { store } = opened();
    call.mockResolvedValueOnce(null);
    expect(await store.switchTo(admin.key)).toBe(true);
    expect(call).toHaveBeenCalledWith("web.switch", { key: admin.key });
    call.mockRejectedValueOnce(new CommandError({ name: "WebError", message: "No." }));
    const failed = store.switchTo(admin.key);
    expect(store.switching.value).toBe(true);
    expect(await failed).toBe(false);
    expect(store.error.value?.message).toBe("No.");
    store.dismissError();
    expect(store.error.value).toBeUndefined();
  });
});

describe("a web session that is selected", () => {
  const bob = exampleSession({ key: "b", label: "Bob" });

  async function panel(web: WebPageView, preferences: Record<string, unknown> = {}) {
    const client = createFakeClient(
      snapshot(web, {
        sessions: [bob],
        saved: [admin],
        page: examplePage({ sockets: [], sessions: [] }),
      }),
    );
    const host = createFakeHost({ preferences });
    const store = createStore({ client, host });
    await store.preferences.loaded;
    return { client, host, store };
  }

  it("is the page's current one where the page has no SurrealDB session", async () => {
    const { store } = await panel(exampleWebPage());
    expect(store.selectedKey.value).toBe(carol.key);
    expect(store.session(carol.key)).toBeUndefined();
  });

  it("stays through a reload of the page", async () => {
    const { store, client } = await panel(exampleWebPage());
    store.select(carol.key);
    client.emit({ event: "web", web: { sites: [], sessions: [], notices: [] } });
    expect(store.selectedKey.value).toBe(carol.key);
    client.emit({ event: "web", web: exampleWebPage() });
    expect(store.web.get(carol.key)?.label).toBe("carol@acme.com");
  });

  it("is found again in another tab of the same page", async () => {
    const before = await panel(exampleWebPage());
    const dana = exampleClerk({ current: false });
    before.client.emit({ event: "web", web: exampleWebPage({ sessions: [carol, dana] }) });
    before.store.select(dana.key);
    const holder = exampleHolder(undefined, { tabId: 99 });
    const there = [exampleSuperTokens({ holder }), exampleClerk({ holder, current: false })];
    const { store } = await panel(exampleWebPage({ sessions: there }), {
      selected: before.host.saved.get("selected"),
    });
    expect(store.selectedKey.value).toBe(there[1]?.key);
  });

  it("is a saved one that was looked at last time, until it is removed", async () => {
    const { store, client } = await panel(exampleWebPage(), { selected: admin.key });
    expect(store.selectedKey.value).toBe(admin.key);
    store.settle();
    client.emit({ event: "saved", saved: [] });
    expect(store.selectedKey.value).toBe("b");
  });
});

describe("what a notice offers", () => {
  const notice = {
    id: "n",
    origin: carol.origin,
    tone: "warning",
    text: "Somebody wrote over it.",
    offer: "again",
    key: admin.key,
  } as const;

  it("is done, and the notice settled by that", async () => {
    const { store } = opened(exampleWebPage({ notices: [notice] }));
    await takeOffer({ web: store, call }, notice);
    expect(call.mock.calls).toEqual([
      ["web.switch", { key: admin.key }],
      ["web.dismiss", { id: "n" }],
    ]);
  });

  it("stays where it fails", async () => {
    const { store } = opened(exampleWebPage({ notices: [notice] }));
    call.mockRejectedValueOnce(new Error("No."));
    await expect(takeOffer({ web: store, call }, notice)).rejects.toThrow("No.");
    expect(call).toHaveBeenCalledTimes(1);
  });

  it("needs no dismissal where the worker has dropped it by then", async () => {
    const { store } = opened(exampleWebPage());
    await takeOffer({ web: store, call }, { ...notice, offer: "reload" });
    expect(call.mock.calls).toEqual([["page.reload", {}]]);
  });
});

describe("whether the page runs as a session", () => {
  const twin = exampleSaved("Twin", { key: "saved/twin", savedAs: carol.key });

  it("is what the page says, also of the saved one that is the same", () => {
    const { store } = opened();
    expect(isInPage(store, carol)).toBe(true);
    expect(isInPage(store, twin)).toBe(true);
    expect(isInPage(store, admin)).toBe(false);
  });

  it("is not so any more once it is over", () => {
    const { store } = opened(exampleWebPage({ sessions: [{ ...carol, status: "gone" }] }));
    expect(isInPage(store, twin)).toBe(false);
  });
});
