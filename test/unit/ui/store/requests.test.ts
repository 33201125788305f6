import { effect } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../../src/session/log/log-entry.ts";
import { LogFileError } from "../../../../src/session/log/log-fields.ts";
import { LARGEST, SMALLEST } from "../../../../src/ui/store/requests.ts";
import { createStore } from "../../../../src/ui/store/store.ts";
import { createFakeClient } from "../../../support/ui/fake-client.ts";
import { createFakeHost } from "../../../support/ui/fake-host.ts";
import { ALICE, requests, shown, Wire } from "../../session/log/log-traffic.ts";

const wire = new Wire();
const pair = [
  wire.sent(1, 1, "query", ["SELECT * FROM note"], { as: ALICE }),
  wire.queried(2, 1, [{ id: 1 }]),
];
const ping = [wire.sent(3, 2, "ping"), wire.answered(4, 2, null)];

async function panel(preferences: Record<string, unknown> = {}) {
  const page = {
    tabId: 7,
    status: "watched" as const,
    host: "localhost:5173",
    routes: [],
    leftovers: [],
    recordingSince: 1_000,
    frames: [
      { documentId: "doc-1", frameId: 4, origin: "null", url: "", top: false, usesHttp: false },
    ],
    sockets: [],
    sessions: [],
  };
  const client = createFakeClient({
    connections: [],
    sessions: [],
    settings: { abandonAfter: 1_000 },
    sites: [],
    always: [],
    access: { origins: [], requests: [] },
    problems: [],
    page,
  });
  const host = createFakeHost({ preferences });
  const store = createStore({ client, host });
  await store.preferences.loaded;
  return { client, host, requests: store.requests, store };
}

function shownIds({ source }: { source: { value: Parameters<typeof requests>[0] } }) {
  return requests(source.value).map(({ id }) => id);
}

describe("the store of requests", () => {
  it("takes what the worker tells, with the frame it happened in, and says that it changed", async () => {
    const { client, requests: store } = await panel();
    let painted = 0;
    const stop = effect(() => {
      store.revision.value;
      painted++;
    });
    const before = painted;
    client.emit({ event: "traffic", records: pair });
    expect(painted).toBe(before + 1);
    expect(requests(store.source.value)).toMatchObject([{ frameId: 4, outcome: { rows: 1 } }]);
    stop();
  });

  it("asks the worker to stop and to go on; what comes in between is counted", async () => {
    const { client, requests: store } = await panel();
    expect(store.recording.value).toBe(true);
    expect(store.since.value).toBe(1_000);
    await store.setRecording(false);
    client.emit({ event: "traffic", records: pair });
    expect(client.sent).toContainEqual({ command: "page.record", params: { on: false } });
    expect(store.recording.value).toBe(false);
    expect(store.source.value.counts).toMatchObject({ requests: 0, whilePaused: { frames: 2 } });
    await store.setRecording(true);
    client.emit({ event: "traffic", records: pair });
    expect(store.source.value.counts.requests).toBe(1);
  });

  it("goes on recording where the worker refuses to stop", async () => {
    const { client, requests: store } = await panel();
    client.call = () => Promise.reject(new Error("away"));
    await expect(store.setRecording(false)).rejects.toThrow("away");
    expect(store.recording.value).toBe(true);
    client.emit({ event: "traffic", records: pair });
    expect(store.source.value.counts.requests).toBe(1);
  });

  it("filters at once, and says whether anything but pings is hidden", async () => {
    const { client, requests: store } = await panel();
    client.emit({ event: "traffic", records: [...pair, ...ping] });
    expect([shownIds(store), store.filtered.value]).toEqual([["1"], false]);
    store.setFilter({ pings: true });
    expect([shownIds(store), store.filtered.value]).toEqual([["1", "2"], false]);
    store.setFilter({ text: "note" });
    expect([shownIds(store), store.filtered.value]).toEqual([["1"], true]);
    store.clearFilter();
    expect([shownIds(store), store.filtered.value]).toEqual([["1", "2"], false]);
  });

  it("remembers the filter but for what belongs to one page", async () => {
    const { host, requests: store } = await panel();
    store.setFilter({
      text: "note",
      sessions: ["s"],
      frames: [1],
      onlyErrors: true,
      slowerThan: 5,
    });
    const saved = host.saved.get("requests.filter");
    expect(saved).toEqual({ methods: [], onlyErrors: true, pings: false, slowerThan: 5 });
    const { requests: later } = await panel({ "requests.filter": saved });
    expect(later.filter.value).toEqual({
      text: "",
      methods: [],
      sessions: [],
      frames: [],
      onlyErrors: true,
      pings: false,
      slowerThan: 5,
    });
  });

  it("takes nothing remembered that isn't what it should be", async () => {
    const { requests: store } = await panel({
      "requests.filter": { methods: "all", pings: 1, slowerThan: "5" },
      "requests.limits": { entries: "many", bytes: -5 },
      "requests.preserve": "yes",
    });
    expect(store.filter.value).toMatchObject({ methods: [], pings: false });
    expect(store.filter.value.slowerThan).toBeUndefined();
    expect(store.limits.value).toEqual({ entries: DEFAULT_LIMITS.entries, bytes: SMALLEST.bytes });
    expect(store.preserve.value).toBe(false);
  });

  it("keeps its limits within reason, and the log within them", async () => {
    const { requests: store } = await panel();
    store.setLimits({ entries: 1, bytes: 1e12 });
    expect(store.limits.value).toEqual({ entries: SMALLEST.entries, bytes: LARGEST.bytes });
    expect(store.source.value.limits).toEqual(store.limits.value);
  });

  it("empties the log at a navigation, unless it is preserved", async () => {
    const { client, requests: store } = await panel();
    const away = { kind: "navigation", at: 10, url: "http://localhost/" } as const;
    client.emit({ event: "traffic", records: [...pair, away] });
    expect(shown(store.source.value)).toMatchObject([{ mark: "navigation" }]);
    store.setPreserve(true);
    client.emit({ event: "traffic", records: [...pair, away] });
    expect(shown(store.source.value).length).toBe(3);
  });

  it("covers again what was uncovered when another entry is opened", async () => {
    const { requests: store } = await panel();
    store.select(1);
    store.uncover("a");
    store.uncover("b");
    expect([...store.uncovered.value]).toEqual(["a", "b"]);
    store.select(2);
    expect([...store.uncovered.value]).toEqual([]);
  });
});

describe("files", () => {
  it("are exported under the page's name and opened read-only beside the page's log", async () => {
    const { client, host, requests: store } = await panel();
    client.emit({ event: "traffic", records: pair });
    await store.exportLog();
    const [[name, text] = ["", ""]] = host.savedFiles;
    expect(name).toMatch(/^switchyard-requests-localhost-5173-[\d-]+T[\d-]+\.json$/);
    store.clear();
    client.emit({ event: "traffic", records: ping });
    store.select(5);
    store.importLog(name, text);
    expect(store.imported.value).toMatchObject({ name, host: "localhost:5173" });
    expect([store.source.value.readOnly, shownIds(store)]).toEqual([true, ["1"]]);
    expect(store.selected.value).toBeUndefined();
    store.setFilter({ pings: true });
    store.closeImported();
    expect([store.source.value.readOnly, shownIds(store)]).toEqual([false, ["2"]]);
  });

  it("that are none leave what is shown as it is", async () => {
    const { requests: store } = await panel();
    expect(() => store.importLog("x.json", "{}")).toThrow(LogFileError);
    expect(store.imported.value).toBeUndefined();
  });
});
