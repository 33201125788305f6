/** Whose port it is goes by the browser's word: a page's bridge can't pass for a view, nor a view for it. */
import { beforeEach, expect, it, vi } from "vitest";
import { VIEW_PORT } from "../../../src/messages/commands.ts";
import { PAGE_PORT } from "../../../src/messages/page-messages.ts";

const ID = "abcdefgh";
const OWN = `chrome-extension://${ID}`;
const connecting: ((port: object) => void)[] = [];

vi.mock("webextension-polyfill", () => ({
  default: {
    runtime: {
      id: "abcdefgh",
      getURL: (path: string) => `chrome-extension://abcdefgh${path}`,
      onConnect: { addListener: (listener: (port: object) => void) => connecting.push(listener) },
    },
  },
}));

const { onPagePort, onViewPort } = await import("../../../src/messages/browser-port.ts");

const views = vi.fn();
const pages = vi.fn();
onViewPort(views);
onPagePort(pages);

/** A port of this name, opened by this sender. @returns whether it was closed */
function connect(name: string, sender: object | undefined): boolean {
  const disconnect = vi.fn();
  const port = { name, sender, disconnect };
  for (const listener of connecting) listener(port);
  return disconnect.mock.calls.length > 0;
}

beforeEach(() => {
  views.mockClear();
  pages.mockClear();
});

const PAGE = {
  id: ID,
  tab: { id: 7, url: "http://localhost:5173/app" },
  frameId: 0,
  documentId: "doc",
  origin: "http://localhost:5173",
  url: "http://localhost:5173/app?token=secret#x",
};

it("a page of the extension is a view", () => {
  expect(connect(VIEW_PORT, { id: ID, url: `${OWN}/src/shells/panel.html?tab=7` })).toBe(false);
  expect(views).toHaveBeenCalledTimes(1);
  expect(pages).not.toHaveBeenCalled();
});

it.each([
  ["a content script", PAGE],
  [
    "a content script of a page that is named like the extension",
    { ...PAGE, url: `http://${ID}/` },
  ],
  ["another extension", { id: "other", url: "chrome-extension://other/page.html" }],
  ["another extension with this one's URL", { id: "other", url: `${OWN}/panel.html` }],
  ["somebody of whom the browser tells no URL", { id: ID }],
  ["nobody", undefined],
])("%s under a view's name is sent away, unheard", (_who, sender) => {
  expect(connect(VIEW_PORT, sender)).toBe(true);
  expect(views).not.toHaveBeenCalled();
});

it("a bridge's tab, frame, document and origin are the browser's word, its URL without secrets", () => {
  expect(connect(PAGE_PORT, PAGE)).toBe(false);
  expect(pages.mock.calls[0]?.[1]).toEqual({
    tabId: 7,
    frameId: 0,
    documentId: "doc",
    origin: "http://localhost:5173",
    url: "http://localhost:5173/app",
    topOrigin: "http://localhost:5173",
  });
  const inner = { ...PAGE, frameId: 3, origin: undefined, url: "about:srcdoc" };
  connect(PAGE_PORT, inner);
  expect(pages.mock.calls[1]?.[1]).toMatchObject({
    origin: "null",
    topOrigin: "http://localhost:5173",
  });
});

it.each([
  ["another extension", { ...PAGE, id: "other" }],
  ["a page that isn't shown yet", { ...PAGE, documentLifecycle: "prerender" }],
  ["somebody without a tab", { ...PAGE, tab: undefined }],
  ["somebody without a document", { ...PAGE, documentId: undefined }],
  ["nobody", undefined],
])("%s under a bridge's name is sent away, unheard", (_who, sender) => {
  expect(connect(PAGE_PORT, sender)).toBe(true);
  expect(pages).not.toHaveBeenCalled();
});

it("a port of any other name is nobody's", () => {
  expect(connect("switchyard", PAGE)).toBe(false);
  expect(views).not.toHaveBeenCalled();
  expect(pages).not.toHaveBeenCalled();
});
