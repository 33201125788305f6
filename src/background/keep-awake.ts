/**
 * Keeping the worker awake while something here would suffer if it slept.
 *
 * Chrome stops a worker after 30 s, whatever sockets and silent ports it holds; Firefox stops its
 * event page even with a busy socket. A call of an extension API every 20 s keeps both. It is made
 * only while a view is open, a tab runs as a held session, a live query is watched or a transaction
 * runs: otherwise sleep is right.
 */
import browser from "webextension-polyfill";

const INTERVAL = 20_000;

/** @param inUse asked every 20 s */
export function keepAwakeWhile(inUse: () => boolean): void {
  setInterval(() => {
    if (inUse()) void browser.runtime.getPlatformInfo();
  }, INTERVAL);
}
