/**
 * The worker's entry: it puts the parts together, and listens to the browser.
 *
 * It may be stopped at any moment and started by any event, so every listener is set up at once, in
 * this first task, and all state comes from the stores.
 */
import browser from "webextension-polyfill";
import { onViewPort } from "../messages/browser-port.ts";
import { WELCOME_PAGE } from "../messages/pages.ts";
import { Registry } from "../session/registry.ts";
import { keepAwakeWhile } from "./keep-awake.ts";
import { createSecretStore } from "./secrets.ts";
import { createDurableStore } from "./storage.ts";
import { Views } from "./views.ts";

let registry: Registry | undefined;

const views = new Views(async (listener) => {
  registry = await Registry.load({
    durable: createDurableStore(),
    secret: createSecretStore(),
    // Pings would keep Chrome's worker awake for nobody.
    surroundings: { probe: answersHttp, online: () => navigator.onLine, watched: inUse },
    listener,
  });
  return registry;
});

onViewPort((port) => views.connected(port));

browser.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") {
    void browser.tabs.create({ url: browser.runtime.getURL(WELCOME_PAGE) });
  }
});

self.addEventListener("online", () => registry?.networkChanged());

keepAwakeWhile(inUse);

function inUse(): boolean {
  return views.open || (registry?.inUse ?? false);
}

/** True when anything answers at this URL: what it says can't be read, and doesn't matter. */
async function answersHttp(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(2_000) });
    return true;
  } catch {
    // The browser tells scripts no more than that nothing came.
    return false;
  }
}
