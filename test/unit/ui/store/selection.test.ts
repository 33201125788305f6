import { describe, expect, it } from "vitest";
import type { PageSessionView } from "../../../../src/session/page/page-model.ts";
import { createStore } from "../../../../src/ui/store/store.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";
import { createFakeHost } from "../../../support/ui/fake-host.ts";
import {
  exampleFrame,
  examplePage,
  examplePageSession,
  exampleSocket,
} from "../../../support/ui/page-examples.ts";

const bob = exampleSession({ key: "b", label: "Bob" });
const page = examplePage();
const [first, second] = page.sessions as [PageSessionView, PageSessionView];
const reloaded = exampleSocket({ documentId: "reloaded", key: "reloaded/1" });
const again = [
  examplePageSession({}, reloaded),
  examplePageSession({ id: "01900000-0000-7000-8000-000000000001" }, reloaded),
].map((session, order) => ({
  ...session,
  holder: { ...session.holder, place: (order === 0 ? first : second).holder.place },
}));

async function opened(preferences: Record<string, unknown> = {}, sessions = page.sessions) {
  const client = createFakeClient({
    connections: [exampleConnection()],
    sessions: [bob],
    settings: { abandonAfter: 1 },
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
    page: { ...page, sessions },
  });
  const host = createFakeHost({ preferences });
  const store = createStore({ client, host });
  await store.preferences.loaded;
  return { store, client, host };
}

/** The page's document goes, and a new one opens the same socket. */
function reload({ client }: Awaited<ReturnType<typeof opened>>) {
  client.emit({
    event: "page",
    delta: {
      frames: [exampleFrame({ documentId: "reloaded" })],
      removedSockets: page.sockets.map((socket) => socket.key),
      removedSessions: page.sessions.map((session) => session.key),
    },
  });
  return () => client.emit({ event: "page", delta: { sockets: [reloaded], sessions: [...again] } });
}

describe("the page's session that is selected", () => {
  it("is its default session, when the panel opens on it", async () => {
    const { store } = await opened();
    expect(store.selectedKey.value).toBe(first.key);
    expect(store.session(first.key)?.label).toBe("Default session");
  });

  it("is the default session as soon as the page has one, unless somebody works in another", async () => {
    const idle = await opened({}, []);
    expect(idle.store.selectedKey.value).toBe("b");
    idle.client.emit({ event: "page", delta: { sessions: [first] } });
    expect(idle.store.selectedKey.value).toBe(first.key);

    const busy = await opened({}, []);
    busy.store.settle();
    busy.client.emit({ event: "page", delta: { sessions: [first] } });
    expect(busy.store.selectedKey.value).toBe("b");
  });

  it("gives way to what was looked at last time", async () => {
    const { store } = await opened({ selected: "b" });
    expect(store.selectedKey.value).toBe("b");
  });

  it("is not one whose socket was closed", async () => {
    const { store } = await opened({}, [{ ...first, status: "removed" }]);
    expect(store.selectedKey.value).toBe("b");
  });

  it("is found again by its place after a reload", async () => {
    const panel = await opened();
    panel.store.select(second.key);
    const back = reload(panel);
    // Waited for, not left for another session.
    expect(panel.store.selectedKey.value).toBe(second.key);
    expect(panel.store.session(second.key)).toBeUndefined();
    back();
    expect(panel.store.selectedKey.value).toBe(again[1]?.key);
  });

  it("is found again where nobody chose it", async () => {
    const panel = await opened();
    reload(panel)();
    expect(panel.store.selectedKey.value).toBe(again[0]?.key);
  });

  it("is left where the page isn't watched any more", async () => {
    const panel = await opened();
    panel.store.select(second.key);
    reload(panel);
    panel.client.emit({ event: "page", delta: { status: "off", frames: [] } });
    expect(panel.store.selectedKey.value).toBe("b");
  });

  it("is remembered by its place", async () => {
    const before = await opened();
    before.store.select(second.key);
    const { store } = await opened({ selected: before.host.saved.get("selected") }, again);
    expect(store.selectedKey.value).toBe(again[1]?.key);
  });
});

describe("whom the Query view runs as", () => {
  it("is the same session of the page after a reload", async () => {
    const panel = await opened({ selected: "b" });
    panel.store.queryAs(second.key, "txn-1");
    reload(panel)();
    expect(panel.store.view.value).toBe("query");
    expect(panel.store.queryTargets.all.value).toEqual([
      {
        key: again[1]?.key,
        place: second.holder.place,
      },
    ]);
  });
});
