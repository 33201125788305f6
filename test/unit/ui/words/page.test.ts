import { describe, expect, it } from "vitest";
import type { PageSocketView } from "../../../../src/session/page/page-model.ts";
import {
  frameName,
  pageState,
  sameServer,
  serverName,
  socketState,
} from "../../../../src/ui/words/page.ts";
import { sessionState } from "../../../../src/ui/words/status.ts";
import {
  exampleFrame,
  examplePageSession,
  exampleSocket,
} from "../../../support/ui/page-examples.ts";

describe("names", () => {
  it.each([
    ["ws://localhost:8000/rpc", "localhost:8000"],
    ["wss://db.acme.com/", "db.acme.com"],
    ["wss://db.acme.com/orders/rpc", "db.acme.com/orders/rpc"],
    ["nonsense", "nonsense"],
  ])("of the server %s: %s", (url, name) => {
    expect(serverName(url)).toBe(name);
  });

  it.each([
    ["http://localhost:5173/", "http://localhost:5173", "localhost:5173"],
    ["http://localhost:5173/embed", "http://localhost:5173", "localhost:5173/embed"],
    ["about:srcdoc", "http://localhost:5173", "http://localhost:5173"],
    ["about:blank", "null", "a frame without an origin"],
  ])("of the frame %s: %s", (url, origin, name) => {
    expect(frameName(exampleFrame({ url, origin }))).toBe(name);
  });

  it("tell servers apart by their whole address", () => {
    expect(sameServer("ws://localhost:8000/rpc", "WS://LOCALHOST:8000/rpc")).toBe(true);
    expect(sameServer("ws://localhost:8000/rpc", "wss://localhost:8000/rpc")).toBe(false);
    expect(sameServer("ws://localhost:8000/rpc", "nonsense")).toBe(false);
  });
});

describe("a socket's state", () => {
  it.each<[Partial<PageSocketView>, string, string]>([
    [{}, "● open", "Open."],
    [{ state: "connecting" }, "○ connecting", "The page is connecting."],
    [{ state: "closed" }, "○ closed", "Closed."],
    [
      { state: "closed", closeCode: 1006 },
      "○ closed",
      "Closed with code 1006: the connection was lost.",
    ],
    [{ state: "closed", closeCode: 4000 }, "○ closed", "Closed with code 4000."],
    [{ unreadable: "Not readable: why." }, "⚠ not readable", "Not readable: why."],
  ])("%j reads %s", (part, words, sentence) => {
    const state = socketState(exampleSocket(part));
    expect([`${state.mark} ${state.word}`, state.sentence]).toEqual([words, sentence]);
  });
});

describe("a page's state", () => {
  const open = exampleSocket();
  const closed = exampleSocket({ state: "closed" });
  it.each([
    [[open], "● 1 socket"],
    [[open, open], "● 2 sockets"],
    [[open, closed], "● 1 of 2 sockets"],
    [[closed], "○ 1 socket"],
  ])("counts its sockets (%#)", (sockets, words) => {
    const { mark, word } = pageState(sockets, undefined);
    expect(`${mark} ${word}`).toBe(words);
  });

  it("says why there are none", () => {
    expect(pageState([], "needs-reload").word).toBe("reload");
    expect(pageState([], "off").word).toBe("off");
    expect(pageState([], "waiting").word).toBe("no socket");
  });
});

describe("a page session's state in the list", () => {
  const now = Date.now();
  it.each([
    [{}, "57 min"],
    [{ tokenExpireAt: undefined }, "Active"],
    [{ incomplete: ["A frame was too large."] }, "Incomplete"],
    [{ warnings: ["Token expired: works until the connection drops."] }, "Token"],
    [{ truth: { state: "differs" as const } }, "Differs"],
    [{ status: "removed" as const }, "Closed"],
    [{ status: "ended" as const }, "Signed out"],
  ])("%j: %s", (part, word) => {
    const session = examplePageSession({ tokenExpireAt: now + 57.5 * 60_000, ...part });
    expect(sessionState(session, now).word).toBe(word);
  });
});
