/**
 * What every test of the panel begins with: the embedded SurrealDB, a browser with the extension,
 * the real DevTools panel, and a second view through which to set things up and to ask the server.
 */
import type { ExtensionBrowser, PanelOptions } from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { type DemoServer, type ServerOptions, startServer } from "../../../demo/server/server.ts";
import { WorkerLink } from "../../../demo/start/worker-link.ts";
import { WELCOME_PAGE } from "../../../src/messages/pages.ts";
import type { SessionKey } from "../../../src/session/model.ts";
import { decodeValue } from "../../../src/wire/values.ts";
import type { BrowserUnderTest } from "./describe.ts";
import { Panel } from "./panel.ts";

export interface Scene {
  readonly browser: ExtensionBrowser;
  readonly server: DemoServer;
  /** The page that DevTools inspects. */
  readonly inspected: Page;
  readonly panel: Panel;
  /** A page of the extension in a tab, the lightest: the end of `link`. */
  readonly ownTab: Page;
  /** The worker, as a view talks to it: for setting up, not for what is under test. */
  readonly link: WorkerLink;
  /** Ends the server. The browser ends after the tests by itself. */
  close(): Promise<void>;
}

export async function openScene(
  { borrow }: Pick<BrowserUnderTest, "borrow">,
  { server: options, panel }: { server?: Partial<ServerOptions>; panel?: PanelOptions } = {},
): Promise<Scene> {
  const [server, browser] = await Promise.all([startServer({ port: 0, ...options }), borrow()]);
  const ownTab = await browser.openExtensionPage(WELCOME_PAGE.slice(1));
  const link = new WorkerLink(ownTab);
  await link.open();
  const inspected = await browser.openPage(server.url.replace("ws:", "http:").replace("/rpc", "/"));
  const page = await browser.openPanel(inspected, { width: 1000, height: 760, ...panel });
  return {
    browser,
    server,
    inspected,
    panel: new Panel(page),
    ownTab,
    link,
    close: () => server.close(),
  };
}

/** What went wrong in the extension: sizes that change while they are told are told in the next frame. */
export async function seriousErrors({ browser }: Scene): Promise<string[]> {
  const late = /^ResizeObserver loop completed with undelivered notifications/;
  return (await browser.errors()).filter((error) => !late.test(error));
}

/**
 * Asks the server itself, in this session: the value of one SurrealQL expression. Throws with the
 * server's words where it refuses.
 */
export async function askAs(link: WorkerLink, key: SessionKey, expression: string) {
  const text = `RETURN (${expression})`;
  const { result } = await link.call("session.query", { key, text });
  const [statement] = decodeValue(Uint8Array.from(result)) as { status: string; result: unknown }[];
  if (statement?.status !== "OK") throw new Error(String(statement?.result));
  return statement.result;
}

/** Who and where the server says that this session is: "user:bob, app/tenant_b", "anonymous". */
export async function whoIs(link: WorkerLink, key: SessionKey): Promise<string> {
  try {
    // Of these the server tells without a namespace too; of anything made of them it doesn't.
    const said = await askAs(link, key, "{ session: $session, token: $token, auth: $auth }");
    const { session, token, auth } = said as Record<string, Record<string, unknown> | undefined>;
    const where = `${session?.ns ?? "-"}/${session?.db ?? "-"}`;
    return `${auth ?? token?.ID ?? "anonymous"}, ${where}`;
  } catch (error) {
    // A server without guest access says so to whoever is nobody, and nothing else.
    if (/anonymous access not allowed/i.test(String(error))) return "anonymous";
    throw error;
  }
}
