/** Views and worker, joined by ports in memory: what a view knows is always what the worker holds. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, startServer } from "../../../demo/server/server.ts";
import type { OtherHandlers } from "../../../src/background/commands.ts";
import { Views } from "../../../src/background/views.ts";
import type {
  Delta,
  Snapshot,
  WorkerEvent,
  WorkerMessage,
} from "../../../src/messages/commands.ts";
import { createViewClient, type ViewClient } from "../../../src/messages/view-client.ts";
import type { Registry } from "../../../src/session/registry.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { noPages, noRoutes, noSites } from "../../support/handlers.ts";
import { memoryDurableStore, memorySecretStore } from "../../support/memory-stores.ts";
import { type PortPair, portPair } from "../../support/port-pair.ts";
import { loadRegistry, until } from "../../support/registry.ts";
import { failureOf, SIGN_INS } from "../../support/scene.ts";

let server: DemoServer;
const open: (() => unknown)[] = [];
beforeAll(async () => {
  server = await startServer({ port: 0 });
});
afterAll(async () => {
  for (const undo of open.reverse()) await undo();
  await server.close();
});

/** A view that keeps what it is told, as the panel's store does. */
class View {
  readonly client: ViewClient;
  readonly events: WorkerEvent[] = [];
  connections = new Map<string, unknown>();
  sessions = new Map<string, unknown>();
  settings: unknown;
  problems: unknown;
  snapshots = 0;
  port: PortPair | undefined;

  constructor(worker: () => Views | undefined) {
    this.client = createViewClient({
      connect: () => {
        const pair = portPair();
        this.port = pair;
        // While the worker is being started again its ports lead nowhere yet.
        worker()?.connected(pair.worker);
        return pair.view;
      },
    });
    this.client.onEvent((event) => {
      this.events.push(event);
      if (event.event === "snapshot") this.#replace(event.snapshot);
      if (event.event === "delta") this.#apply(event.delta);
    });
    open.push(() => this.client.close());
  }

  #replace({ connections, sessions, settings, problems }: Snapshot): void {
    this.snapshots += 1;
    this.connections = new Map(connections.map((one) => [one.id, one]));
    this.sessions = new Map(sessions.map((one) => [one.key, one]));
    this.settings = settings;
    this.problems = problems;
  }

  #apply(delta: Delta): void {
    for (const one of delta.connections ?? []) this.connections.set(one.id, one);
    for (const id of delta.removedConnections ?? []) this.connections.delete(id);
    for (const one of delta.sessions ?? []) this.sessions.set(one.key, one);
    for (const key of delta.removedSessions ?? []) this.sessions.delete(key);
    if (delta.settings) this.settings = delta.settings;
    if (delta.problems) this.problems = delta.problems;
  }

  get known(): unknown {
    const { settings, problems } = this;
    const byKey = (map: Map<string, unknown>) =>
      [...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    return {
      connections: byKey(this.connections),
      sessions: byKey(this.sessions),
      settings,
      problems,
    };
  }
}

/** The kinds of all messages that came to the view, in order. */
function received(view: View): unknown[] {
  return (view.port?.view.received ?? []).map((message) => (message as WorkerMessage).type);
}

/** A worker that can be killed and started again on the same stores. */
class Worker {
  readonly durable = memoryDurableStore();
  readonly secret = memorySecretStore();
  views: Views | undefined;
  registry: Registry | undefined;
  readonly #ports = new Set<View>();
  readonly #others: OtherHandlers;

  constructor(others: OtherHandlers = noRoutes) {
    this.#others = others;
    this.start();
    open.push(() => this.registry?.dispose());
  }

  start(): void {
    const { durable, secret } = this;
    this.views = new Views({
      load: async (listener) => {
        this.registry = await loadRegistry({
          durable,
          secret,
          listener: {
            changed: (delta) => listener.changed(delta),
            history: (key, entry) => listener.history(key, entry),
            notified: (key, id, event) => listener.notified(key, id, event),
          },
        });
        return this.registry;
      },
      pages: noPages(),
      sites: noSites(),
      always: () => [],
      others: () => this.#others,
    });
  }

  view(): View {
    const view = new View(() => this.views);
    this.#ports.add(view);
    return view;
  }

  async die(): Promise<void> {
    this.views = undefined;
    await this.registry?.dispose();
    for (const view of this.#ports) view.port?.workerDies();
  }
}

async function connected(
  worker: Worker,
  { url } = server,
): Promise<{ view: View; connectionId: string }> {
  const view = worker.view();
  await until(() => view.snapshots === 1);
  const { id } = await view.client.call("connection.add", { url });
  await until(() => worker.registry?.connections[0]?.state.kind === "open");
  return { view, connectionId: id };
}

describe("a view", () => {
  it("gets one whole snapshot, then what changes, without asking", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const { key } = await view.client.call("session.new", { connectionId, signIn: SIGN_INS.alice });
    // A new session is there when the command is answered.
    expect(view.sessions.get(key)).toMatchObject({ auth: { user: "user:alice" } });
    await view.client.call("session.use", { key, database: "tenant_b" });
    expect(view.sessions.get(key)).toMatchObject({ database: "tenant_b" });
    expect(view.snapshots).toBe(1);
    const lines = view.events.filter((event) => event.event === "history");
    expect(lines).toMatchObject([
      { key, entry: { event: "created" } },
      { key, entry: { event: "auth" } },
      { key, entry: { event: "using" } },
    ]);
    const late = worker.view();
    await until(() => late.snapshots === 1);
    await until(() => JSON.stringify(late.known) === JSON.stringify(view.known));
  });

  it("is told no secret, whatever it asks for that isn't one", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const { key } = await view.client.call("session.new", {
      connectionId,
      signIn: SIGN_INS.alice,
      remember: true,
    });
    await view.client.call("session.refresh", { key });
    const tokens = await view.client.call("session.tokens", { key });
    expect(tokens.refresh).toBeTruthy();
    const told = JSON.stringify(view.events);
    for (const secret of [tokens.access, tokens.refresh]) expect(told).not.toContain(secret);
    expect(told).not.toContain('"password":"alice"');
  });

  it("carries out every command through the port, values as bytes", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const { client } = view;
    const { key } = await client.call("session.new", { connectionId, signIn: SIGN_INS.root });
    await client.call("session.use", { key, namespace: "app", database: "tenant_a" });
    const set = await client.call("session.set", { key, name: "x", expression: "1 + 1" });
    expect(decodeValue(set.value)).toBe(2);
    const answer = await client.call("session.query", {
      key,
      text: "RETURN $x + $y",
      bindings: encodeValue({ y: 3 }),
    });
    expect(answer).toMatchObject({ identity: "root", target: "app/tenant_a" });
    expect(decodeValue(answer.result)).toMatchObject([{ result: 5 }]);
    expect(await client.call("session.names", { key })).toMatchObject({
      namespaces: expect.arrayContaining(["app"]),
      databases: ["tenant_a", "tenant_b"],
      tables: expect.arrayContaining(["note"]),
    });
    expect((await client.call("session.names", { key, namespace: "app" })).databases).toHaveLength(
      2,
    );
    expect((await client.call("session.version", { key })).version).toMatch(/^surrealdb-3/);
    const called = await client.call("session.call", {
      key,
      method: "select",
      params: encodeValue(["team"]),
    });
    expect(decodeValue(called.result)).toHaveLength(2);
    const { txn } = await client.call("session.begin", { key });
    await client.call("session.cancel", { key, txn });
    await client.call("session.unset", { key, name: "x" });
    const { key: fork } = await client.call("session.fork", { key, label: "Fork" });
    await client.call("session.edit", { key: fork, number: 9, colour: "#000000" });
    expect(view.sessions.get(fork)).toMatchObject({ label: "Fork", number: 9 });
    await client.call("session.check", { key });
    await client.call("session.touch", { key });
    await client.call("session.replace", { key: fork, by: key });
    await client.call("session.forget", { key: fork });
    expect(view.sessions.has(fork)).toBe(false);
    await client.call("session.signIn", { key, signIn: SIGN_INS.alice });
    const info = await client.call("session.info", { key });
    expect(decodeValue(info.record)).toMatchObject({ name: "alice" });
    await client.call("session.refresh", { key });
    await client.call("session.revoke", { key });
    await client.call("session.end", { key });
    await client.call("session.reset", { key });
    await client.call("session.close", { key });
    const { key: again } = await client.call("session.reopen", { key });
    expect(view.sessions.get(again)).toMatchObject({ status: "active" });
    expect((await client.call("session.history", { key: again })).entries).toMatchObject([
      { text: "Opened again." },
    ]);
    await client.call("settings.change", { abandonAfter: 120_000 });
    expect(view.settings).toEqual({ abandonAfter: 120_000 });
    await client.call("connection.edit", { id: connectionId, url: server.url, name: "New" });
    expect(view.connections.get(connectionId)).toMatchObject({ name: "New" });
    await client.call("connection.disconnect", { id: connectionId });
    await client.call("connection.retry", { id: connectionId });
    await client.call("connection.remove", { id: connectionId });
    await until(() => view.connections.size === 0 && view.sessions.size === 0);
  });

  it("gets a large answer whole, and small ones meanwhile", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const { client } = view;
    const { key } = await client.call("session.new", { connectionId, signIn: SIGN_INS.root });
    const text = "RETURN array::repeat(string::repeat('x', 100_000), 100)";
    const ended: string[] = [];
    let small: Promise<unknown> | undefined;
    view.port?.view.onMessage((message) => {
      if ((message as WorkerMessage).type !== "part") return;
      small ??= client.call("session.tokens", { key }).then(() => ended.push("small"));
    });
    const { result, bytesReceived } = await client.call("session.query", { key, text });
    ended.push("large");
    await small;
    expect(ended).toEqual(["small", "large"]);
    expect(result).toHaveLength(bytesReceived);
    const [statement] = decodeValue(result) as { result: string[] }[];
    expect(statement?.result).toHaveLength(100);
    expect(statement?.result.every((each) => each === "x".repeat(100_000))).toBe(true);
  });

  it("that lets go of a call is sent nothing of it any more", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const { client } = view;
    const { key } = await client.call("session.new", { connectionId, signIn: SIGN_INS.root });
    const text = "RETURN array::repeat(string::repeat('x', 100_000), 200)";
    const early = new AbortController();
    const midway = new AbortController();
    const sleeping = failureOf(
      client.call("session.query", { key, text: "SLEEP 300ms" }, { signal: early.signal }),
    );
    early.abort();
    expect((await sleeping).name).toBe("LetGoError");
    const large = failureOf(client.call("session.query", { key, text }, { signal: midway.signal }));
    await until(() => received(view).includes("part"));
    midway.abort();
    expect((await large).name).toBe("LetGoError");
    const before = received(view).length;
    // Longer than the sleep takes, whose answer is nobody's.
    await client.call("session.query", { key, text: "SLEEP 400ms" });
    const late = received(view).slice(before);
    expect(late.filter((type) => type === "answer")).toHaveLength(1);
    expect(late.filter((type) => type === "part").length).toBeLessThanOrEqual(2);
  });

  it("is refused an answer that can't be sent, and goes on", async () => {
    const worker = new Worker({ ...noRoutes, "web.history": async () => (() => 1) as never });
    const { view, connectionId } = await connected(worker);
    const refused = await failureOf(view.client.call("web.history", { key: "x" }));
    expect(refused.name).toBe("DataCloneError");
    await view.client.call("session.new", { connectionId });
    expect(view.sessions.size).toBe(1);
  });

  it("is refused what nobody knows, with words", async () => {
    const worker = new Worker();
    const { view } = await connected(worker);
    const call = view.client.call as (command: string, params: unknown) => Promise<unknown>;
    for (const command of ["session.steal", "", "toString", "__proto__", "constructor"]) {
      expect(await failureOf(call(command, {}))).toMatchObject({
        name: "InvalidRequestError",
        message: `There is no command ${command}.`,
      });
    }
    expect((await failureOf(call("session.touch", { key: "x" }))).name).toBe("UnknownSessionError");
    for (const params of [undefined, null, 5, "x"]) {
      expect((await failureOf(call("session.touch", params))).message).toBeTruthy();
    }
    const refused = failureOf(call("session.set", { key: "x", name: "auth", expression: "1" }));
    expect((await refused).message).toBeTruthy();
  });

  it("that talks nonsense is ignored, and disturbs nobody", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const stranger = portPair();
    worker.views?.connected(stranger.worker);
    const nonsense: unknown[] = [
      undefined,
      null,
      5,
      "hello",
      [],
      {},
      { type: "hello" },
      { type: "hello", protocol: 99, viewId: "x" },
      { type: "hello", protocol: 1 },
      { type: "call", id: 1, command: "session.new", params: { connectionId } },
      { type: "call", id: "1", command: 5 },
      { type: "answer", id: 1, result: {} },
    ];
    for (const message of nonsense) stranger.view.postMessage(message);
    await new Promise((resolve) => setTimeout(resolve, 20));
    // Before its hello it is told nothing, and nothing is done for it.
    expect(stranger.view.received).toEqual([]);
    expect(worker.registry?.sessions).toEqual([]);
    await view.client.call("session.new", { connectionId });
    expect(view.sessions.size).toBe(1);
  });
});

describe.concurrent("the worker's death", () => {
  it("ends calls with “may have been done”, and the next snapshot replaces all the view had", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const { key } = await view.client.call("session.new", { connectionId, signIn: SIGN_INS.alice });
    const dropped = await view.client.call("session.new", { connectionId });
    const running = failureOf(view.client.call("session.query", { key, text: "RETURN sleep(1s)" }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await worker.die();
    expect((await running).name).toBe("WorkerLost");
    // What the view still shows is no longer there.
    await worker.durable.removeSession(dropped.key);
    worker.start();
    await until(() => view.snapshots === 2);
    expect(view.sessions.has(dropped.key)).toBe(false);
    await until(() => worker.registry?.sessions[0]?.gate.open);
    const answer = await view.client.call("session.query", { key, text: "RETURN <string> $auth" });
    expect(decodeValue(answer.result)).toMatchObject([{ result: "user:alice" }]);
  });

  it("takes no temporary session of a view that comes back", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const { key } = await view.client.call("session.new", { connectionId, temporary: true });
    expect(view.sessions.get(key)).toMatchObject({ temporary: true });
    await worker.die();
    worker.start();
    await until(() => view.snapshots === 2);
    await new Promise((resolve) => setTimeout(resolve, 5_300));
    expect(worker.registry?.sessions).toMatchObject([{ key, status: "active" }]);
  }, 15_000);
});

describe.concurrent("a view that closes", () => {
  it("takes its temporary sessions and its live queries along, after five seconds, and no others", async () => {
    const worker = new Worker();
    const { view, connectionId } = await connected(worker);
    const other = worker.view();
    await until(() => other.snapshots === 1);
    const make = (by: View, temporary: boolean) =>
      by.client.call("session.new", { connectionId, signIn: SIGN_INS.alice, temporary });
    const [mine, kept, theirs] = await Promise.all([
      make(view, true),
      make(view, false),
      make(other, true),
    ]);
    const live = (by: View) =>
      by.client.call("session.live", { key: kept.key, table: "note" }).then(({ id }) => id);
    const [gone, stays] = [await live(view), await live(other)];
    view.client.close();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(other.sessions.get(mine.key)).toMatchObject({ status: "active" });
    await until(() => (other.sessions.get(mine.key) as { status: string }).status === "removed");
    expect(other.sessions.get(mine.key)).toMatchObject({
      cause: "Closed with the view that made it.",
    });
    expect(other.sessions.get(theirs.key)).toMatchObject({ status: "active" });
    await until(
      () => (other.sessions.get(kept.key) as { liveQueries: unknown[] }).liveQueries.length === 1,
    );
    expect(other.sessions.get(kept.key)).toMatchObject({
      status: "active",
      liveQueries: [{ id: stays, state: "watching" }],
    });
    expect(gone).not.toBe(stays);
  }, 15_000);
});

describe.concurrent("deltas", () => {
  /** What a person may do, in any order. Failing is part of it. */
  const step = fc.oneof(
    fc.record({
      do: fc.constantFrom(
        "new",
        "fork",
        "close",
        "reopen",
        "forget",
        "end",
        "reset",
        "signIn",
        "use",
        "set",
        "unset",
        "edit",
        "touch",
        "settings",
        "cut",
        "live",
        "begin",
        "replace",
      ),
      at: fc.nat(5),
    }),
  );

  it("and a fresh snapshot always say the same, after whatever was done", async () => {
    const worker = new Worker();
    const own = await startServer({ port: 0 });
    const { view, connectionId } = await connected(worker, own);
    const { client } = view;
    const perform = async ({ do: what, at }: { do: string; at: number }): Promise<unknown> => {
      const keys = [...view.sessions.keys()];
      const key = keys[at % Math.max(keys.length, 1)] ?? "none";
      const by = keys[(at + 1) % Math.max(keys.length, 1)] ?? "none";
      switch (what) {
        case "new":
          return client.call("session.new", { connectionId, signIn: SIGN_INS.alice });
        case "signIn":
          return client.call("session.signIn", { key, signIn: SIGN_INS.bob });
        case "use":
          return client.call("session.use", { key, namespace: "app", database: "tenant_b" });
        case "set":
          return client.call("session.set", { key, name: "x", value: encodeValue(at) });
        case "unset":
          return client.call("session.unset", { key, name: "x" });
        case "edit":
          return client.call("session.edit", { key, label: `Label ${at}`, number: at });
        case "replace":
          return client.call("session.replace", { key, by });
        case "live":
          return client.call("session.live", { key, table: "note" });
        case "settings":
          return client.call("settings.change", { abandonAfter: 60_000 * (at + 1) });
        case "cut":
          return own.cutSockets();
        case "begin":
          return client.call("session.begin", { key });
        default:
          return (client.call as (command: string, params: unknown) => Promise<unknown>)(
            `session.${what}`,
            { key },
          );
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const outcomes = steps.map((one) => perform(one).catch((error: unknown) => error));
        await Promise.all(outcomes);
        // Until nothing is under way any more.
        await until(() => worker.registry?.connections[0]?.state.kind === "open");
        await until(() =>
          worker.registry?.sessions.every(({ truth }) => truth.state !== "checking"),
        );
        await new Promise((resolve) => setTimeout(resolve, 60));
        const fresh = worker.view();
        await until(() => fresh.snapshots === 1);
        // The time of last use is told in batches.
        const comparable = (known: unknown) =>
          JSON.parse(
            JSON.stringify(known, (name, value) =>
              name === "lastActiveAt" || name === "abandonAt" ? undefined : value,
            ),
          );
        const [had, is] = [comparable(view.known), comparable(fresh.known)];
        fresh.client.close();
        expect(had).toEqual(is);
      }),
      { numRuns: 20, endOnFailure: true },
    );
    await worker.die();
    await own.close();
  }, 60_000);
});
