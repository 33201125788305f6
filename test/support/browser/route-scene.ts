/**
 * What tests of routes begin with: the embedded SurrealDB, a page with the unmodified SDKs, sessions
 * that the extension holds, and the worker's commands, sent as a panel of the page's tab sends them.
 */
import type { ExtensionBrowser } from "../../../demo/browser/extension-browser.ts";
import type { Page } from "../../../demo/browser/page.ts";
import { DEMO_PEOPLE } from "../../../demo/server/seed.ts";
import type { ServerOptions } from "../../../demo/server/server.ts";
import { WorkerLink } from "../../../demo/start/worker-link.ts";
import { PROTOCOL, VIEW_PORT } from "../../../src/messages/commands.ts";
import { WELCOME_PAGE } from "../../../src/messages/pages.ts";
import type { LiveQueryView, SessionKey, SignIn } from "../../../src/session/model.ts";
import type { RouteScope, RouteView } from "../../../src/session/relay/route-model.ts";
import type { PageWanted } from "../page-sdk/pages.ts";
import { recordSignIn } from "../scene.ts";
import type { BrowserUnderTest } from "./describe.ts";
import { openPageScene, type PageScene } from "./page-scene.ts";

export interface RouteScene extends PageScene {
  /** Keys of held sessions on the page's own server. */
  readonly held: Record<"alice" | "bob" | "admin", SessionKey>;
  /** A page in a tab, with a view of that tab beside it. */
  openRouted(wanted?: PageWanted): Promise<RoutedTab>;
}

/** A frame of the page, as views are told of it. */
export interface RecordedFrame {
  direction: string;
  relayed: boolean;
  /** As whom it ran, where it went by way of a route. */
  user?: string;
}

export class RoutedTab {
  readonly page: Page;
  readonly link: WorkerLink;

  constructor(page: Page, link: WorkerLink) {
    this.page = page;
    this.link = link;
  }

  /**
   * Records from here on, as a panel does that is open.
   * @returns what was recorded since
   */
  async record(browser: ExtensionBrowser): Promise<() => Promise<RecordedFrame[]>> {
    const tabId = await browser.tabIdOf(this.page);
    const view = await browser.openPage(browser.extensionOrigin + WELCOME_PAGE);
    await view.evaluate(`(() => {
      const port = (globalThis.browser ?? chrome).runtime.connect({ name: ${JSON.stringify(VIEW_PORT)} });
      globalThis.recorded = [];
      port.onMessage.addListener(({ event }) => {
        for (const { kind, direction, relayed, as } of event?.records ?? [])
          if (kind === "frame") recorded.push({ direction, relayed: relayed === true, user: as?.user });
      });
      port.postMessage({ type: "hello", protocol: ${PROTOCOL}, viewId: "recorder", tabId: ${tabId} });
      port.postMessage({ type: "call", id: 1, command: "page.record", params: { on: true } });
    })()`);
    return () => view.evaluate<RecordedFrame[], []>("recorded");
  }

  /** "Run tab as …". */
  async runAs(to: SessionKey, scope?: RouteScope): Promise<void> {
    const { ask } = await this.link.call("route.set", { to, ...(scope && { scope }) });
    if (ask) throw new Error(`Asked: ${JSON.stringify(ask)}`);
  }

  async runAsItself(): Promise<void> {
    await this.link.call("route.clear", {});
  }

  /** What this page's live queries are in a held session: as many as the worker knows of. */
  async liveQueriesOf(key: SessionKey): Promise<LiveQueryView[]> {
    const { sessions } = await this.link.snapshot();
    return sessions.find((session) => session.key === key)?.liveQueries ?? [];
  }

  async routes(): Promise<RouteView[]> {
    return (await this.link.snapshot()).page?.routes ?? [];
  }

  /** What the server says of a client's session, whatever its kind: `user:bob app/tenant_b`. */
  who(client = "db"): Promise<string> {
    return this.page.evaluate<string, []>(whoOf(client));
  }

  /** The same of all clients of the page, in their order. */
  everyone(): Promise<string[]> {
    return this.page.evaluate<string[], []>(
      `Promise.all(clients.map((client) => ${whoOf("client")}))`,
    );
  }

  /** What an expression of the page comes to: its value, or the error as the page has it. */
  outcome(expression: string): Promise<Outcome> {
    return this.page.evaluate<Outcome, []>(outcomeOf(expression));
  }
}

/** An error of an SDK, or of an RPC answer, as far as it says what happened. */
export interface PageError {
  name: string;
  message: string;
  code?: number;
  kind?: string;
  details?: { kind?: string };
}

export interface Outcome {
  value?: unknown;
  error?: PageError;
}

/** An expression that is never rejected, for what is looked at later. */
export function outcomeOf(expression: string): string {
  return `(async () => {
    try {
      return { value: await (${expression}) };
    } catch (error) {
      const { name, message, code, kind, details } = error;
      return { error: { name, message, code, kind, details } };
    }
  })()`;
}

const WHO =
  "RETURN [<string> ($token.ID ?? $auth), <string> ($session.ns ?? '-'), <string> ($session.db ?? '-')]";

function whoOf(client: string): string {
  const asked = JSON.stringify(WHO);
  return `(${client}.notifications ? ${client}.rpc("query", [${asked}, {}]) : ${client}.query(${asked})).then((said) => {
    const [user, ns, db] = said[0]?.result ?? said[0];
    return \`\${user} \${ns}/\${db}\`;
  })`;
}

const SIGN_INS: Record<"alice" | "bob" | "admin", SignIn> = {
  alice: recordSignIn("alice", "tenant_a"),
  bob: recordSignIn("bob", "tenant_b"),
  admin: {
    way: "root",
    username: DEMO_PEOPLE.admin.name,
    password: DEMO_PEOPLE.admin.password,
  },
};

export async function openRouteScene(
  underTest: BrowserUnderTest,
  options: Partial<ServerOptions> = {},
): Promise<RouteScene> {
  const scene = await openPageScene(underTest, { guests: true, ...options });
  const { browser, server } = scene;
  const viewOf = async (tabId?: number) => {
    const link = new WorkerLink(
      await browser.openPage(browser.extensionOrigin + WELCOME_PAGE),
      tabId,
    );
    await link.open();
    return link;
  };
  const link = await viewOf();
  const { id: connectionId } = await link.call("connection.add", { url: server.url });
  const hold = async (label: string, signIn: SignIn, place = {}) =>
    (await link.call("session.new", { connectionId, label, signIn, ...place })).key;
  const held = {
    alice: await hold("Alice", SIGN_INS.alice),
    bob: await hold("Bob", SIGN_INS.bob),
    admin: await hold("Admin", SIGN_INS.admin, { namespace: "app", database: "tenant_a" }),
  };
  let count = 0;
  return {
    ...scene,
    held,
    async openRouted(wanted = {}) {
      count += 1;
      const page = await scene.open({ name: `routed-${count}`, ...wanted });
      return new RoutedTab(page, await viewOf(await browser.tabIdOf(page)));
    },
  };
}
