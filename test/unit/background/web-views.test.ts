/** Views and web sign-ins: whole values, when they changed, and the change before the answer. */
import { afterAll, describe, expect, it } from "vitest";
import type { OtherHandlers } from "../../../src/background/commands.ts";
import { Views } from "../../../src/background/views.ts";
import { webHandlers } from "../../../src/background/web-handlers.ts";
import type { WorkerEvent } from "../../../src/messages/commands.ts";
import { createViewClient, type ViewClient } from "../../../src/messages/view-client.ts";
import { noPages, noSites } from "../../support/handlers.ts";
import { portPair } from "../../support/port-pair.ts";
import { loadRegistry, until } from "../../support/registry.ts";
import { failureOf } from "../../support/scene.ts";
import { APP } from "../../support/web/fake-world.ts";
import { TAB, WebScene } from "../../support/web/web-scene.ts";

const open: (() => unknown)[] = [];
afterAll(async () => {
  for (const undo of open.reverse()) await undo();
});

/** A worker with views on a scene. */
function worker() {
  const scene = new WebScene();
  const watched: number[] = [];
  let allowed = 0;
  const views: Views = new Views({
    load: async (listener) => {
      const registry = await loadRegistry({ listener });
      open.push(() => registry.dispose());
      return registry;
    },
    pages: noPages(),
    sites: noSites(),
    always: () => [],
    web: {
      ready: scene.book.ready,
      viewOf: (tabId) => scene.book.viewOf(tabId),
      savedFor: (tabId) => scene.book.savedFor(tabId),
      watch: ({ tabId }) => watched.push(tabId),
      unwatch: ({ tabId }) => watched.splice(watched.indexOf(tabId), 1),
    },
    others: () =>
      webHandlers(scene.operations, {
        changed: () => {
          allowed += 1;
        },
      }) as OtherHandlers,
  });
  scene.book.options.changed = () => views.webChanged();
  scene.book.options.history = (key, entry) => views.history(key, entry);
  const view = async (tabId?: number) => {
    const events: WorkerEvent[] = [];
    const client: ViewClient = createViewClient({
      tabId,
      connect: () => {
        const pair = portPair();
        views.connected(pair.worker);
        return pair.view;
      },
    });
    client.onEvent((event) => events.push(structuredClone(event)));
    open.push(() => client.close());
    await until(() => events.length > 0);
    const of = (name: WorkerEvent["event"]) => events.filter(({ event }) => event === name);
    return { client, events, of };
  };
  return { scene, views, view, watched, allowed: () => allowed };
}

describe("a view", () => {
  it("is shown its tab's web sessions and the saved ones first, then what changes of them", async () => {
    const { scene, view, watched } = worker();
    await scene.savedAll("alice");
    const panel = await view(TAB);
    const options = await view();
    expect(panel.events[0]).toMatchObject({
      snapshot: { web: { sessions: [{ label: "alice" }] }, saved: [{ label: "alice" }] },
    });
    const first = options.events[0];
    expect(first).toMatchObject({ snapshot: { saved: [{ label: "alice" }] } });
    expect(first).not.toHaveProperty("snapshot.web");
    expect(watched).toEqual([TAB]);

    await scene.signedIn("bob");
    await until(() => panel.of("web").length === 1);
    expect(panel.of("web")[0]).toMatchObject({ web: { sessions: [{ label: "bob" }, {}] } });
    // What can be done with Alice in this tab has changed, elsewhere nothing has.
    expect(panel.of("saved")).toHaveLength(1);
    expect(options.of("web")).toEqual([]);

    for (let look = 0; look < 5; look += 1) await scene.look();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(panel.of("web")).toHaveLength(1);
    panel.client.close();
    expect(watched).toEqual([]);
  });

  it("has the effect of what it asked for before the answer", async () => {
    const { scene, view, allowed } = worker();
    await scene.savedAll("alice", "bob");
    const { client, of } = await view(TAB);
    const current = () => {
      const event = of("web").at(-1);
      return event?.event === "web" ? event.web.sessions.find((each) => each.current)?.label : "";
    };
    const { key } = scene.saved("alice");
    await client.call("web.switch", { key });
    expect(current()).toBe("alice");
    expect(of("history").length).toBeGreaterThan(0);
    const { sessions, notices } = scene.book.viewOf(TAB);
    await client.call("web.dismiss", { id: notices[0]?.id ?? "" });
    const own = sessions[0]?.key ?? "";
    await client.call("web.touch", { key: own });
    await client.call("web.edit", { key: own, label: "Boss" });
    expect(current()).toBe("Boss");
    expect(await client.call("web.save", { key: own, label: "Al" })).toEqual({ key });
    expect(await client.call("web.reveal", { key: own, token: "access" })).toEqual({
      value: expect.stringContaining("alice-1"),
    });
    const { entries } = await client.call("web.history", { key });
    expect(entries.length).toBeGreaterThan(0);
    await client.call("web.look", {});
    expect(allowed()).toBe(1);
    const form = {
      kind: "supertokens" as const,
      endpoint: "/x",
      shape: "flat" as const,
      fields: [],
    };
    const signedIn = await client.call("web.signIn", { origin: APP, form, into: "saved" });
    expect(signedIn.key).toBe(scene.book.savedFor(TAB).at(-1)?.key);
    await client.call("web.end", { key });
    await client.call("web.remove", { key });
    expect(scene.book.savedFor(TAB).map((each) => each.key)).not.toContain(key);
  });

  it("hears why something wasn't done, in words and with its type", async () => {
    const { scene, view } = worker();
    await scene.savedAll("alice", "bob");
    scene.world.refused.set(APP, "permission");
    const panel = await view(TAB);
    const refused = await failureOf(
      panel.client.call("web.switch", { key: scene.saved("alice").key }),
    );
    expect(refused).toMatchObject({
      view: { name: "CookiesRefusedError", advice: expect.stringContaining("Allow it") },
    });
    const { client } = await view();
    for (const command of ["web.switch", "web.save"] as const) {
      const { message } = await failureOf(client.call(command, { key: "saved/x" }));
      expect(message).toBe("This view belongs to no tab.");
    }
  });
});
