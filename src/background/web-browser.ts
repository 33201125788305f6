/** A document of a tab as the web systems are given it: what can be run in it, its cookies, a fetch. */
import type { Tabs } from "webextension-polyfill";
import { WebError } from "../web/web-error.ts";
import type { WebHolder } from "../web/web-model.ts";
import type { OwnFetch, WebPage } from "../web/web-page.ts";
import { type CookiesApi, createCookieJar } from "./cookie-jar.ts";
import { runInPage, type ScriptRunner } from "./page-run.ts";
import type { WebPermissions } from "./web-permissions.ts";

export interface WebBrowserOptions {
  scripting: ScriptRunner;
  /** Undefined until the person allows cookies: then it is there, without a new start. */
  cookies(): CookiesApi | undefined;
  tabs: Pick<Tabs.Static, "get">;
  permissions: WebPermissions;
  fetch: OwnFetch;
  /** Of the tab's top frame; undefined where the worker hasn't heard of it. */
  topOrigin(tabId: number): string | undefined;
}

export type OpenPage = (holder: WebHolder, storeId?: string) => Promise<WebPage>;

/** @returns makes a page of a document, as it is permitted at that moment */
export function createOpenPage(options: WebBrowserOptions): OpenPage {
  const { scripting, cookies, tabs, permissions, fetch, topOrigin } = options;
  return async (holder, storeId) => {
    const refused = await permissions.cookies(holder.origin);
    const api = cookies();
    return {
      holder,
      run: async (fn, args, runOptions) => {
        try {
          return await runInPage(scripting, holder, fn, args, runOptions);
        } catch (error) {
          if (await permissions.mayReach(holder.origin)) throw error;
          // The browser's own words for it are about manifests. A page that was there before goes on.
          throw new WebError(
            `Switchyard may not run on ${new URL(holder.origin).host}.`,
            "Enable the site in Switchyard's options.",
          );
        }
      },
      cookies: createCookieJar({
        api,
        refused: refused ?? (api ? undefined : "permission"),
        storeId: storeId ?? (await storeOf(tabs, holder.tabId)),
        origin: holder.origin,
        topOrigin: holder.top ? holder.origin : topOrigin(holder.tabId),
      }),
      fetch,
    };
  };
}

/** Firefox tells the container; Chromium has one store for its windows, and one for private ones. */
async function storeOf(tabs: Pick<Tabs.Static, "get">, tabId: number): Promise<string> {
  const { cookieStoreId, incognito } = await tabs.get(tabId).catch(() => {
    throw new WebError("The tab is gone.");
  });
  return cookieStoreId ?? (incognito ? "1" : "0");
}
