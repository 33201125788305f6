import { effect } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { createStore } from "../../../../src/ui/store/store.ts";
import { exampleConnection, exampleSession } from "../../../support/ui/examples.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";
import { createFakeHost } from "../../../support/ui/fake-host.ts";

const settings = { abandonAfter: 1_000 };
const alice = exampleSession({ key: "a", label: "Alice" });
const bob = exampleSession({ key: "b", label: "Bob" });
const carol = exampleSession({ key: "c", label: "Carol" });

async function panelStore(sessions = [alice, bob], preferences: Record<string, unknown> = {}) {
  const snapshot = {
    connections: [exampleConnection()],
    sessions,
    settings,
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
  };
  const client = createFakeClient(snapshot);
  const host = createFakeHost({ preferences });
  const store = createStore({ client, host });
  await store.preferences.loaded;
  return { client, host, store, snapshot };
}

describe("the panel's store", () => {
  it("shows what the first snapshot holds, in its order", async () => {
    const { store } = await panelStore();
    expect(store.loaded.value).toBe(true);
    expect(store.sessions.all.value.map((each) => each.label)).toEqual(["Alice", "Bob"]);
    expect(store.connections.get("demo")?.name).toBe("Demo");
    expect(store.settings.value).toEqual(settings);
  });

  it("takes changed, new and removed sessions from a delta", async () => {
    const { store, client } = await panelStore();
    client.delta({
      sessions: [{ ...alice, label: "Alicia" }, carol],
      removedSessions: ["b"],
      problems: ["Storage is full."],
    });
    expect(store.sessions.all.value.map((each) => each.label)).toEqual(["Alicia", "Carol"]);
    expect(store.sessions.get("b").value).toBeUndefined();
    expect(store.problems.value).toEqual(["Storage is full."]);
  });

  it("repaints only the session that changed", async () => {
    const { store, client } = await panelStore();
    let paintedAlice = 0;
    let paintedBob = 0;
    let paintedOrder = 0;
    const stops = [
      effect(() => {
        store.sessions.get("a").value;
        paintedAlice++;
      }),
      effect(() => {
        store.sessions.get("b").value;
        paintedBob++;
      }),
      effect(() => {
        store.sessions.keys.value;
        paintedOrder++;
      }),
    ];
    client.delta({ sessions: [{ ...bob, label: "Robert" }] });
    expect([paintedAlice, paintedBob, paintedOrder]).toEqual([1, 2, 1]);
    for (const stop of stops) stop();
  });

  it("forgets at a reconnect whatever the new snapshot doesn't name", async () => {
    const { store, client, snapshot } = await panelStore();
    client.setLink("reconnecting");
    expect(store.link.value).toBe("reconnecting");
    client.emit({
      event: "snapshot",
      snapshot: { ...snapshot, connections: [], sessions: [carol, { ...bob, label: "Bobby" }] },
    });
    expect(store.sessions.all.value.map((each) => each.label)).toEqual(["Carol", "Bobby"]);
    expect(store.sessions.get("a").value).toBeUndefined();
    expect(store.connections.all.value).toEqual([]);
  });

  it("changes and removes connections, and keeps their order", async () => {
    const { store, client } = await panelStore();
    client.delta({ connections: [exampleConnection({ id: "two", name: "Two" })] });
    client.delta({ connections: [exampleConnection({ name: "Demo again" })] });
    expect(store.connections.all.value.map((each) => each.name)).toEqual(["Demo again", "Two"]);
    client.delta({ removedConnections: ["demo"] });
    expect(store.connections.all.value.map((each) => each.name)).toEqual(["Two"]);
  });
});

describe("what is selected", () => {
  it("is the first living session, when nothing is remembered", async () => {
    const { store } = await panelStore([{ ...alice, status: "removed" }, bob]);
    expect(store.selectedKey.value).toBe("b");
  });

  it("is what was selected last time, even where that is remembered late", async () => {
    const { store } = await panelStore([alice, bob], { selected: "b" });
    expect(store.selectedKey.value).toBe("b");
  });

  it("stays what the person chose, and is remembered", async () => {
    const { store, host, client } = await panelStore();
    store.select("b");
    client.delta({ sessions: [carol] });
    expect(store.selectedKey.value).toBe("b");
    expect(host.saved.get("selected")).toBe("b");
  });

  it("moves on when the session is forgotten", async () => {
    const { store, client } = await panelStore();
    store.select("b");
    client.delta({ removedSessions: ["b"] });
    expect(store.selectedKey.value).toBe("a");
  });

  it("goes with its transaction to the Query view", async () => {
    const { store } = await panelStore();
    store.queryAs("b", "txn-1");
    expect(store.view.value).toBe("query");
    expect(store.queryTargets.all.value).toEqual([{ key: "b", txn: "txn-1" }]);
  });
});

describe("preferences", () => {
  it("have their default until they are loaded, then what was remembered", async () => {
    const host = createFakeHost({ preferences: { divider: 400, filter: 7 } });
    const snapshot = {
      connections: [],
      sessions: [],
      settings,
      sites: [],
      always: [],
      access: { origins: [], requests: [] },
      problems: [],
    };
    const store = createStore({ client: createFakeClient(snapshot), host });
    const divider = store.preferences.get("divider", 300);
    expect(divider.value).toBe(300);
    await store.preferences.loaded;
    expect(divider.value).toBe(400);
    // Written by another version: not what this one can use.
    expect(store.preferences.get("filter", "").value).toBe("");
  });

  it("keep what the person chose before they were loaded", async () => {
    const host = createFakeHost({ preferences: { divider: 400 } });
    const snapshot = {
      connections: [],
      sessions: [],
      settings,
      sites: [],
      always: [],
      access: { origins: [], requests: [] },
      problems: [],
    };
    const store = createStore({ client: createFakeClient(snapshot), host });
    store.preferences.set("divider", 250);
    await store.preferences.loaded;
    expect(store.preferences.get("divider", 300).value).toBe(250);
    expect(host.saved.get("divider")).toBe(250);
  });
});
