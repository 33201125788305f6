/**
 * The browser's ports as the two ends of a view's link to the worker.
 *
 * Content scripts can open ports too, under any name they like, and a page may have taken one over.
 * So the worker's end believes a port to be a view's only if the browser says that it was opened by
 * a page of this extension.
 */
import browser, { type Runtime } from "webextension-polyfill";
import { VIEW_PORT } from "./commands.ts";
import { PAGE_PORT } from "./page-messages.ts";
import type { PortLike } from "./view-client.ts";

function asPortLike(port: Runtime.Port): PortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => port.onMessage.addListener((message) => listener(message)),
    onDisconnect: (listener) =>
      port.onDisconnect.addListener(() => {
        // Chrome reports a reason that nobody read as an error of the extension.
        void browser.runtime.lastError;
        listener();
      }),
    disconnect: () => port.disconnect(),
  };
}

/**
 * A view's end: opens a port to the worker, and so starts the worker if it sleeps.
 *
 * @throws Error when the extension was updated or removed since this page was loaded.
 */
export function connectToWorker(): PortLike {
  if (browser.runtime?.id === undefined) {
    throw new Error("This page belongs to a version of Switchyard that is no longer installed.");
  }
  return asPortLike(browser.runtime.connect({ name: VIEW_PORT }));
}

/**
 * The worker's end: hears of each view that opens its port.
 *
 * Must be called while the worker's script is first evaluated, else the port that woke the worker
 * is missed.
 */
export function onViewPort(listener: (port: PortLike) => void): void {
  const own = new URL(browser.runtime.getURL("/")).origin;
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== VIEW_PORT) return;
    const { id, url } = port.sender ?? {};
    if (id !== browser.runtime.id || url === undefined || new URL(url).origin !== own) {
      port.disconnect();
      return;
    }
    listener(asPortLike(port));
  });
}

/** Whose port a bridge's is, by the browser's word alone. */
export interface PageSender {
  tabId: number;
  frameId: number;
  documentId: string;
  /** "null" where opaque. */
  origin: string;
  /** Without query and fragment, which may hold secrets. */
  url: string;
  /** Of its tab's top frame; absent where the browser doesn't tell. */
  topOrigin?: string;
}

/**
 * The worker's end: hears of each bridge that opens its port. As `onViewPort`, to be called in the
 * first task.
 */
export function onPagePort(listener: (port: PortLike, sender: PageSender) => void): void {
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== PAGE_PORT) return;
    const sender = pageSenderOf(port.sender);
    if (sender) listener(asPortLike(port), sender);
    else port.disconnect();
  });
}

/** What both browsers tell of a sender, beyond what the polyfill's types know. */
type Sender = Runtime.MessageSender & { origin?: string; documentLifecycle?: string };

function pageSenderOf(sender: Sender | undefined): PageSender | undefined {
  if (sender?.id !== browser.runtime.id) return undefined;
  const { tab, frameId, documentId, documentLifecycle, url = "" } = sender;
  if (tab?.id === undefined || frameId === undefined || documentId === undefined) return undefined;
  // It is no page that anybody sees yet, and its frame's number will be another one.
  if (documentLifecycle === "prerender") return undefined;
  const origin = sender.origin ?? "null";
  const topOrigin = frameId === 0 ? origin : originOf(tab.url);
  return {
    tabId: tab.id,
    frameId,
    documentId,
    origin,
    url: url.replace(/[?#].*$/s, ""),
    ...(topOrigin !== undefined && { topOrigin }),
  };
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}
