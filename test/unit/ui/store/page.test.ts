import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PageView } from "../../../../src/session/page/page-model.ts";
import { createPageStore } from "../../../../src/ui/store/page.ts";
import { pageCondition, pageTroubles } from "../../../../src/ui/store/page-condition.ts";
import {
  exampleFrame,
  examplePage,
  examplePageSession,
  exampleSocket,
} from "../../../support/ui/page-examples.ts";

const empty: Partial<PageView> = { frames: [], sockets: [], sessions: [] };
/** What a worker knows of a page that has just started. */
const nothingYet = examplePage({ ...empty, status: "unknown", recordingSince: undefined });

function known() {
  const store = createPageStore();
  store.replaceAll(examplePage());
  return store;
}

const labels = (store: ReturnType<typeof createPageStore>) =>
  store.sessions.all.value.map((session) => session.label);

describe("what is known of the page", () => {
  it("is what the snapshot says, and what changes from then on", () => {
    const store = known();
    expect(store.info.value).toMatchObject({ status: "watched", host: "localhost" });
    expect(labels(store)).toEqual(["Default session", "018f…0b9a"]);
    const second = exampleSocket({ key: "5D0C0A1E/2" });
    store.apply({
      host: null,
      recordingSince: null,
      sockets: [exampleSocket({ state: "closed" }), second],
      sessions: [examplePageSession({ label: "Mine" })],
    });
    expect(store.info.value).toMatchObject({ host: undefined, recordingSince: undefined });
    expect(store.socket("5D0C0A1E/1")?.state).toBe("closed");
    expect(labels(store)).toEqual(["Mine", "018f…0b9a"]);
    store.apply({
      removedSockets: ["5D0C0A1E/1"],
      removedSessions: [...store.sessions.keys.value],
    });
    expect(store.sockets.value).toEqual([second]);
    expect(labels(store)).toEqual([]);
  });

  it("is nothing in a view without a page", () => {
    const store = known();
    store.replaceAll(undefined);
    expect(store.info.value).toBeUndefined();
    expect(labels(store)).toEqual([]);
    expect(pageCondition(store)).toBeUndefined();
  });
});

describe("after the worker's death", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is what was known, until the page has answered", () => {
    const store = known();
    store.replaceAll(nothingYet);
    expect(labels(store)).toEqual(["Default session", "018f…0b9a"]);
    expect(pageCondition(store)).toBeUndefined();
    const frames = [exampleFrame()];
    store.apply({ status: "watched", frames });
    expect(labels(store)).toEqual(["Default session", "018f…0b9a"]);
    // The page closed its other session meanwhile.
    store.apply({ sockets: [exampleSocket()], sessions: [examplePageSession()] });
    expect(labels(store)).toEqual(["Default session"]);
    expect(store.frames.value).toEqual(frames);
    vi.advanceTimersByTime(60_000);
    expect(labels(store)).toEqual(["Default session"]);
  });

  it("goes when another document took the frame", () => {
    const store = known();
    store.replaceAll(nothingYet);
    store.apply({ status: "watched", frames: [exampleFrame({ documentId: "other" })] });
    expect(labels(store)).toEqual([]);
    expect(store.sockets.value).toEqual([]);
  });

  it("goes when nobody answers for it", () => {
    const store = known();
    store.replaceAll(nothingYet);
    vi.advanceTimersByTime(60_000);
    expect(labels(store)).toEqual([]);
    expect(store.info.value?.status).toBe("unknown");
  });

  it("goes when the page turns out not to be watched", () => {
    const store = known();
    store.replaceAll(nothingYet);
    store.apply({ status: "needs-reload" });
    expect(labels(store)).toEqual([]);
    expect(pageCondition(store)).toBe("needs-reload");
  });

  it("isn't kept for another tab", () => {
    const store = known();
    store.replaceAll({ ...nothingYet, tabId: 99 });
    expect(labels(store)).toEqual([]);
  });
});

describe("why a page shows no session", () => {
  const cases: [Partial<PageView>, string | undefined][] = [
    [{ ...empty }, "waiting"],
    [{ ...empty, frames: [exampleFrame({ usesHttp: true })] }, "http"],
    [{ ...empty, status: "off" }, "off"],
    [{ ...empty, status: "needs-reload" }, "needs-reload"],
    [{ ...empty, status: "forbidden" }, "forbidden"],
    [{ ...empty, status: "unknown" }, "unknown"],
    [{}, undefined],
    [{ frames: [exampleFrame({ usesHttp: true })] }, undefined],
  ];
  it.each(cases)("%j: %s", (part, condition) => {
    const store = createPageStore();
    store.replaceAll(examplePage(part));
    expect(pageCondition(store)).toBe(condition);
  });

  it("says what troubles its frames, once", () => {
    const store = createPageStore();
    const frame = exampleFrame({ troubles: ["It has too many sockets."] });
    store.replaceAll(examplePage({ frames: [frame, { ...frame, documentId: "b", frameId: 2 }] }));
    expect(pageTroubles(store)).toEqual(["It has too many sockets."]);
  });
});
