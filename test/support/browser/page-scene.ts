/**
 * What tests of a page's own sessions begin with: the embedded SurrealDB, pages that load the
 * unmodified official SDKs, a browser with the extension, and the DevTools panel of whichever page.
 *
 * The one idea: what the panel shows is held against what the server tells the page's own SDK, asked
 * in the page. What a test changes it changes as the page would, with the SDK.
 */
import type { ExtensionBrowser, PanelOptions } from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { type DemoServer, type ServerOptions, startServer } from "../../../demo/server/server.ts";
import { type PageWanted, pageConnected, startPages } from "../page-sdk/pages.ts";
import { borrowAwake } from "./awake.ts";
import type { BrowserUnderTest } from "./describe.ts";
import { PagePanel } from "./page-panel.ts";

export interface PageScene {
  readonly browser: ExtensionBrowser;
  readonly server: DemoServer;
  /** The address of such a page. */
  urlOf(wanted: PageWanted): string;
  /** Opens such a page in a tab; its clients are connected. */
  open(wanted?: PageWanted): Promise<Page>;
  /** Opens DevTools for that tab, with the panel in it. */
  panelOf(page: Page, options?: PanelOptions): Promise<PagePanel>;
  /** Ends the servers. The browser ends after the tests by itself. */
  close(): Promise<void>;
}

export async function openPageScene(
  underTest: Pick<BrowserUnderTest, "name" | "borrow">,
  options: Partial<ServerOptions> = {},
): Promise<PageScene> {
  const [server, browser] = await Promise.all([
    startServer({ port: 0, ...options }),
    borrowAwake(underTest),
  ]);
  const pages = await startPages(server.url);
  return {
    browser,
    server,
    urlOf: pages.urlOf,
    open: async (wanted = {}) => {
      const page = await browser.openPage(pages.urlOf(wanted));
      await pageConnected(page);
      return page;
    },
    panelOf: async (page, size) =>
      new PagePanel(await browser.openPanel(page, { width: 1000, height: 800, ...size })),
    close: async () => {
      await pages.close();
      await server.close();
    },
  };
}

/** Loads the page anew, and waits until its clients are connected. */
export async function reloadPage(page: Page): Promise<void> {
  await page.reload();
  await pageConnected(page);
}

/**
 * What the server tells the page's own SDK of these sessions, one line each: "default: user:alice,
 * app/tenant_a". Of a guest the server tells nothing: there stands what the SDK itself believes.
 *
 * @param sessions expressions of the page, each a client or session of an SDK: "db", "fork"
 */
export function told(page: Page, ...sessions: string[]): Promise<string[]> {
  return page.evaluate<string[], []>(
    `Promise.all([${sessions.join(", ")}].map(${askWho})).then((lines) => lines.sort())`,
  );
}

/** Sent to the page as it stands here. */
async function askWho(session: {
  query(text: string): PromiseLike<Record<string, Record<string, unknown>>[]>;
  session?: unknown;
  namespace?: string;
  database?: string;
}): Promise<string> {
  const id = session.session ?? "default";
  try {
    const [said] = await session.query("RETURN { s: $session, token: $token, auth: $auth }");
    // The engine keeps naming a record user as $auth when somebody who is none signs in over it.
    const user = said?.token?.ID ?? said?.auth ?? "anonymous";
    return `${id}: ${user}, ${said?.s?.ns ?? "-"}/${said?.s?.db ?? "-"}`;
  } catch (error) {
    if (!/anonymous access not allowed/i.test(String(error))) throw error;
    return `${id}: anonymous, ${session.namespace ?? "-"}/${session.database ?? "-"}`;
  }
}
