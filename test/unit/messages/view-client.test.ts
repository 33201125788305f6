/** A view's end of the port: connected with a snapshot, reconnecting, or gone; and every call ends. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { PROTOCOL, type WorkerEvent } from "../../../src/messages/commands.ts";
import {
  CommandError,
  createViewClient,
  type LinkState,
  type ViewClient,
} from "../../../src/messages/view-client.ts";
import { type PortPair, portPair } from "../../support/port-pair.ts";
import { failureOf } from "../../support/scene.ts";

const SNAPSHOT: WorkerEvent = {
  event: "snapshot",
  snapshot: {
    connections: [],
    sessions: [],
    settings: { abandonAfter: 1 },
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
  },
};

interface Stage {
  client: ViewClient;
  ports: PortPair[];
  links: LinkState[];
  events: WorkerEvent[];
  /** Set: connecting fails with it. */
  gone: { error?: Error };
  current(): PortPair;
  tell(event: WorkerEvent): void;
}

function stage(): Stage {
  vi.useFakeTimers();
  const ports: PortPair[] = [];
  const gone: { error?: Error } = {};
  const client = createViewClient({
    tabId: 7,
    connect: () => {
      if (gone.error) throw gone.error;
      const pair = portPair();
      ports.push(pair);
      return pair.view;
    },
  });
  const links: LinkState[] = [];
  const events: WorkerEvent[] = [];
  client.onLink((state) => links.push(state));
  client.onEvent((event) => events.push(event));
  const current = () => ports.at(-1) as PortPair;
  const tell = (event: WorkerEvent) => current().worker.postMessage({ type: "event", event });
  return { client, ports, links, events, gone, current, tell };
}

const tick = (milliseconds = 1) => vi.advanceTimersByTimeAsync(milliseconds);

afterEach(() => vi.useRealTimers());

describe("the link", () => {
  it("says hello with an id that stays, and is connected with the first snapshot", async () => {
    const { current, links, tell, ports } = stage();
    await tick();
    expect(current().worker.received).toEqual([
      {
        type: "hello",
        protocol: PROTOCOL,
        viewId: expect.any(String),
        tabId: 7,
        record: false,
      },
    ]);
    expect(links).toEqual(["connecting"]);
    tell(SNAPSHOT);
    await tick();
    expect(links).toEqual(["connecting", "connected"]);
    const [hello] = current().worker.received;
    current().workerDies();
    await tick(102);
    expect(ports).toHaveLength(2);
    expect(current().worker.received).toEqual([hello]);
  });

  it("tells a worker that was started anew that it records", async () => {
    const { client, current, tell } = stage();
    tell(SNAPSHOT);
    await tick();
    const started = client.call("page.record", { on: true });
    const lost = failureOf(started);
    await tick();
    current().workerDies();
    expect(await lost).toMatchObject({ name: "WorkerLost" });
    await tick(101);
    expect(current().worker.received[0]).toMatchObject({ type: "hello", record: true });
  });

  it("opens anew after the worker's death, later each time, and at once again after a success", async () => {
    const { current, links, tell, ports } = stage();
    tell(SNAPSHOT);
    await tick();
    for (const [index, pause] of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000].entries()) {
      current().workerDies();
      await tick(pause - 5);
      expect(ports, `before ${pause} ms`).toHaveLength(index + 1);
      await tick(6);
      expect(ports, `after ${pause} ms`).toHaveLength(index + 2);
    }
    expect(links).toEqual(["connecting", "connected", "reconnecting"]);
    tell(SNAPSHOT);
    await tick();
    expect(links.at(-1)).toBe("connected");
    const before = ports.length;
    current().workerDies();
    await tick(101);
    expect(ports).toHaveLength(before + 1);
  });

  it("is gone when the extension is, and calls say so", async () => {
    const { client, current, gone, links } = stage();
    await tick();
    gone.error = new Error("Extension context invalidated.");
    current().workerDies();
    await tick(101);
    expect(links.at(-1)).toBe("gone");
    expect((await failureOf(client.call("session.touch", { key: "x" }))).name).toBe(
      "ExtensionGone",
    );
  });

  it("tells events to every listener until it leaves, those too that came before the first", async () => {
    const { client, events, tell } = stage();
    tell(SNAPSHOT);
    await tick();
    expect(events).toEqual([SNAPSHOT]);
    const late: WorkerEvent[] = [];
    const leave = client.onEvent((event) => late.push(event));
    const delta: WorkerEvent = { event: "delta", delta: { problems: ["x"] } };
    tell(delta);
    await tick();
    leave();
    tell(delta);
    await tick();
    expect(late).toEqual([delta]);
    expect(events).toHaveLength(3);
  });
});

describe("a call", () => {
  it("ends with the answer or the refusal that carries its number", async () => {
    const { client, current } = stage();
    const first = client.call("session.version", { key: "a" });
    const second = failureOf(client.call("session.version", { key: "b" }));
    await tick();
    const calls = current().worker.received.slice(1) as { id: number; params: unknown }[];
    expect(calls).toMatchObject([
      { type: "call", command: "session.version", params: { key: "a" } },
      { type: "call", command: "session.version", params: { key: "b" } },
    ]);
    const error = { name: "UnknownSessionError", message: "Unknown session b.", advice: "None." };
    current().worker.postMessage({ type: "refusal", id: calls[1]?.id, error });
    current().worker.postMessage({ type: "answer", id: calls[0]?.id, result: { version: "3" } });
    current().worker.postMessage({ type: "answer", id: 999, result: "nobody's" });
    await tick();
    expect(await first).toEqual({ version: "3" });
    const refusal = await second;
    expect(refusal).toBeInstanceOf(CommandError);
    expect(refusal).toMatchObject({ name: "UnknownSessionError", view: error });
  });

  it("under way when the worker dies says that it may have been done", async () => {
    const { client, current } = stage();
    const failed = failureOf(client.call("session.reset", { key: "a" }));
    await tick();
    current().workerDies();
    expect(await failed).toMatchObject({
      name: "WorkerLost",
      message: expect.stringContaining("It may have been done."),
    });
    // While it is away nothing is sent.
    expect(await failureOf(client.call("session.reset", { key: "a" }))).toMatchObject({
      name: "WorkerLost",
      message: expect.stringContaining("Nothing was sent."),
    });
  });

  it("without an answer ends after its time", async () => {
    const { client } = stage();
    const failed = failureOf(client.call("session.touch", { key: "a" }));
    const brief = failureOf(client.call("session.touch", { key: "a" }, { timeout: 1_000 }));
    await tick(1_001);
    expect(await brief).toMatchObject({ name: "TimeoutError", message: /1 s/ });
    await tick(29_000);
    expect(await failed).toMatchObject({ name: "TimeoutError" });
  });

  it("that nobody waits for any more says so to the worker: let go, or late", async () => {
    const { client, current } = stage();
    const reason = new AbortController();
    const gone = failureOf(client.call("session.touch", { key: "a" }, { signal: reason.signal }));
    const late = failureOf(client.call("session.touch", { key: "b" }, { timeout: 1_000 }));
    const other = client.call("session.version", { key: "c" }, { signal: reason.signal });
    await tick();
    current().worker.postMessage({ type: "answer", id: 3, result: { version: "3" } });
    await tick();
    await other;
    reason.abort();
    expect(await gone).toMatchObject({
      name: "LetGoError",
      message: expect.stringContaining("It may still be done."),
    });
    await tick(1_000);
    expect((await late).name).toBe("TimeoutError");
    await tick();
    expect(current().worker.received.slice(4)).toEqual([
      { type: "drop", id: 1 },
      { type: "drop", id: 2 },
    ]);
    // What still comes is nobody's.
    current().worker.postMessage({ type: "answer", id: 1, result: null });
    await tick();
    const begun = client.call("session.touch", { key: "a" }, { signal: reason.signal });
    expect((await failureOf(begun)).name).toBe("LetGoError");
    await tick();
    expect(current().worker.received).toHaveLength(6);
  });

  it("whose answer comes in parts ends with the whole, and takes one part after the other", async () => {
    const { client, current } = stage();
    const { worker } = current();
    const answered = client.call("session.info", { key: "a" });
    await tick();
    const beside = [{ path: ["record"], size: 5 }];
    worker.postMessage({ type: "answer", id: 1, result: { record: null }, beside });
    worker.postMessage({ type: "part", id: 1, bytes: Uint8Array.of(1, 2, 3) });
    await tick(2);
    expect(worker.received.slice(2)).toEqual([{ type: "taken" }]);
    worker.postMessage({ type: "part", id: 1, bytes: Uint8Array.of(4, 5) });
    await tick(2);
    expect(await answered).toEqual({ record: Uint8Array.of(1, 2, 3, 4, 5) });
  });

  it("whose answer comes in parts ends too where they fail, don't fit, or nobody waits", async () => {
    const { client, current } = stage();
    const { worker } = current();
    const reason = new AbortController();
    const { signal } = reason;
    const calls = [1, 2, 3].map(() =>
      failureOf(client.call("session.info", { key: "a" }, { signal })),
    );
    await tick();
    for (const id of [1, 2, 3]) {
      const beside = [{ path: ["record"], size: 2 }];
      worker.postMessage({ type: "answer", id, result: { record: null }, beside });
    }
    worker.postMessage({ type: "part", id: 1, bytes: Uint8Array.of(1, 2, 3) });
    worker.postMessage({ type: "refusal", id: 2, error: { name: "Error", message: "No more." } });
    await tick();
    expect((await calls[0])?.name).toBe("PartError");
    expect((await calls[1])?.message).toBe("No more.");
    reason.abort();
    expect((await calls[2])?.name).toBe("LetGoError");
    worker.postMessage({ type: "part", id: 3, bytes: Uint8Array.of(1, 2) });
    await tick(2);
    // The worker counts what is on its way, whoever it was for.
    expect(worker.received.slice(4)).toEqual([
      { type: "drop", id: 1 },
      { type: "taken" },
      { type: "drop", id: 3 },
      { type: "taken" },
    ]);
  });

  it("with what can't be cloned was not sent", async () => {
    const { client } = stage();
    const key = (() => undefined) as unknown as string;
    expect((await failureOf(client.call("session.touch", { key }))).name).toBe("NotSentError");
  });

  it("ends when the view closes, and nothing opens again", async () => {
    const { client, ports } = stage();
    await tick();
    const failed = failureOf(client.call("session.touch", { key: "a" }));
    client.close();
    expect((await failed).name).toBe("ViewClosed");
    expect((await failureOf(client.call("session.touch", { key: "a" }))).name).toBe("ViewClosed");
    await tick(60_000);
    expect(ports).toHaveLength(1);
  });
});
