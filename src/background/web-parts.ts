/** The parts about web sign-ins, put together on the browser: what the worker's entry has of them. */
import type { Browser } from "webextension-polyfill";
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import { WEB_SYSTEMS } from "../web/systems.ts";
import { WebBook } from "../web/web-book.ts";
import { WebOperations } from "../web/web-operations.ts";
import { cookieChange } from "./cookie-jar.ts";
import { createOwnFetch } from "./own-fetch.ts";
import type { Pages } from "./pages.ts";
import type { createDurableStore } from "./storage.ts";
import type { ViewedWeb } from "./views.ts";
import { createOpenPage } from "./web-browser.ts";
import { webHandlers } from "./web-handlers.ts";
import { holdersOf, WebPages } from "./web-pages.ts";
import { WebPermissions } from "./web-permissions.ts";
import { createWebSecretStore, createWebStore } from "./web-store.ts";

export interface WebPartsOptions {
  browser: Browser;
  durable: ReturnType<typeof createDurableStore>;
  /** They know the documents of tabs. */
  pages: Pick<Pages, "frames">;
  /** What views are shown may be something else now. */
  changed(): void;
  history(key: SessionKey, entry: HistoryEntry): void;
  /** What couldn't be done, and why. */
  failed(what: string, error: unknown): void;
}

export function createWebParts({ browser, durable, pages, failed, ...told }: WebPartsOptions) {
  const permissions = new WebPermissions(browser.permissions);
  const fetch = createOwnFetch({
    fetch: (...request) => globalThis.fetch(...request),
    mayReach: (url) => permissions.mayReach(url),
  });
  const book = new WebBook({
    systems: WEB_SYSTEMS,
    store: createWebStore(durable),
    secret: createWebSecretStore(
      browser.storage.session,
      browser.extension.inIncognitoContext ?? false,
    ),
    fetch,
    documents: (tabId) => holdersOf(tabId, pages.frames(tabId)),
    page: createOpenPage({
      scripting: browser.scripting,
      cookies: () => browser.cookies,
      tabs: browser.tabs,
      permissions,
      fetch,
      topOrigin: (tabId) => pages.frames(tabId).find(({ top }) => top)?.origin,
    }),
    changed: told.changed,
    history: told.history,
    failed,
  });
  const looks = new WebPages({
    book,
    watchCookies(changed) {
      // Undefined until the person allows cookies.
      const event = browser.cookies?.onChanged;
      const heard = (change: Parameters<typeof cookieChange>[0]) => changed(cookieChange(change));
      event?.addListener(heard);
      return () => event?.removeListener(heard);
    },
    failed: (error) => failed("look for web sign-ins", error),
  });
  const viewed: ViewedWeb = {
    ready: book.ready,
    viewOf: (tabId) => book.viewOf(tabId),
    savedFor: (tabId) => book.savedFor(tabId),
    watch: (watcher) => looks.watch(watcher),
    unwatch: (watcher) => looks.unwatch(watcher),
  };
  return {
    book,
    pages: looks,
    viewed,
    handlers: webHandlers(new WebOperations(book), permissions),
    permissionsChanged(): void {
      permissions.changed();
      looks.permissionsChanged();
    },
  };
}
