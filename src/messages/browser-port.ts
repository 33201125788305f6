/**
 * The browser's ports as the two ends of a view's link to the worker.
 *
 * Content scripts can open ports too, under any name they like, and a page may have taken one over.
 * So the worker's end believes a port to be a view's only if the browser says that it was opened by
 * a page of this extension.
 */
import browser, { type Runtime } from "webextension-polyfill";
import { VIEW_PORT } from "./commands.ts";
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
