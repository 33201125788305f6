/**
 * What a soak plays in: the embedded server with its data in a folder, a page with the official SDK,
 * four held sessions, and a counter before the server on either way: the page's own, and the held
 * connection's.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { DEMO_PEOPLE, NAMESPACE, signInOf, TENANTS } from "../../demo/server/seed.ts";
import { type DemoServer, startServer } from "../../demo/server/server.ts";
import { WorkerLink } from "../../demo/start/worker-link.ts";
import { WELCOME_PAGE } from "../../src/messages/pages.ts";
import type { SessionKey, SignIn } from "../../src/session/model.ts";
import type { RouteScope } from "../../src/session/relay/route-model.ts";
import { decodeValue } from "../../src/wire/values.ts";
import { type Pages, pageConnected, startPages } from "../support/page-sdk/pages.ts";
import { type RpcProxy, type SeenRequest, startProxy } from "../support/rpc-proxy.ts";
import { recordSignIn } from "../support/scene.ts";
import { type Asked, type Asker, installSoak, type SoakPage, type Taken } from "./soak-page.ts";

export const HELD = ["Alice", "Bob", "Admin", "Alice of B"] as const;
export type HeldName = (typeof HELD)[number];

const SIGN_INS: Record<HeldName, SignIn> = {
  Alice: recordSignIn("alice", "tenant_a"),
  Bob: recordSignIn("bob", "tenant_b"),
  Admin: { way: "root", username: "root", password: "root" },
  "Alice of B": recordSignIn("alice", "tenant_b"),
};

/** Whom the server takes whoever asks for. */
export const WHO = "user: <string> ($token.ID ?? $auth), ns: session::ns(), db: session::db()";

export interface WorldOptions {
  launch(): Promise<ExtensionBrowser>;
  /** A request with a mark came: its text, the held session's name or nothing, and how. */
  arrived(text: string, held: HeldName | undefined): void;
}

export class World {
  readonly browser: ExtensionBrowser;
  readonly #folder: string;
  readonly #options: WorldOptions;
  readonly #native: RpcProxy;
  readonly #relayed: RpcProxy;
  readonly #pages: Pages;
  #server: DemoServer;
  #link!: WorkerLink;
  #page!: Page;
  readonly #keys = new Map<HeldName, SessionKey>();
  /** Sessions at the server by their UUIDs, which stay the same over restores. */
  readonly #names = new Map<string, HeldName>();

  private constructor(parts: {
    browser: ExtensionBrowser;
    folder: string;
    options: WorldOptions;
    native: RpcProxy;
    relayed: RpcProxy;
    pages: Pages;
    server: DemoServer;
  }) {
    this.browser = parts.browser;
    this.#folder = parts.folder;
    this.#options = parts.options;
    this.#native = parts.native;
    this.#relayed = parts.relayed;
    this.#pages = parts.pages;
    this.#server = parts.server;
  }

  static async open(options: WorldOptions): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), "switchyard-soak-"));
    const server = await startServer({ port: 0, path: folder });
    const [native, relayed] = [await startProxy(server.url), await startProxy(server.url)];
    const pages = await startPages(native.url);
    const browser = await options.launch();
    const world = new World({ browser, folder, options, native, relayed, pages, server });
    await world.#begin();
    return world;
  }

  async #begin(): Promise<void> {
    for (const database of TENANTS) {
      await this.#server.query(
        "DEFINE TABLE soak SCHEMALESS PERMISSIONS FULL",
        {},
        { namespace: NAMESPACE, database },
      );
    }
    const setUp = await this.#view();
    const { id: connectionId } = await setUp.call("connection.add", { url: this.#relayed.url });
    for (const label of HELD) {
      const made = { connectionId, label, signIn: SIGN_INS[label] };
      const { key } = await setUp.call("session.new", made);
      if (label === "Admin") {
        const place = { namespace: NAMESPACE, database: "tenant_a" };
        await setUp.call("session.use", { key, ...place });
      }
      this.#keys.set(label, key);
    }
    for (const { key, id } of (await setUp.snapshot()).sessions) {
      const name = HELD.find((label) => this.#keys.get(label) === key);
      if (name && id) this.#names.set(id, name);
    }
    this.#native.onRequest = (request) => this.#saw(request, undefined);
    this.#relayed.onRequest = (request) => {
      return this.#saw(request, this.#names.get(request.session ?? ""));
    };
    this.#page = await this.browser.openPage(this.#pages.urlOf({ as: "operator" }));
    await this.#install();
    this.#link = await this.#view(await this.browser.tabIdOf(this.#page));
  }

  #saw(request: SeenRequest, held: HeldName | undefined): undefined {
    this.#native.seen.length = 0;
    this.#relayed.seen.length = 0;
    const [text] = request.params;
    if (request.method === "query" && typeof text === "string") this.#options.arrived(text, held);
  }

  async #view(tabId?: number): Promise<WorkerLink> {
    const page = await this.browser.openPage(this.browser.extensionOrigin + WELCOME_PAGE);
    const link = new WorkerLink(page, tabId);
    await link.open();
    return link;
  }

  async #install(): Promise<void> {
    await pageConnected(this.#page);
    const database = "tenant_a";
    const place = { namespace: NAMESPACE, database };
    await this.#page.evaluate(installSoak, {
      bareUrl: this.#native.url.replace("127.0.0.1", "localhost"),
      signIns: {
        second: { auth: signInOf(DEMO_PEOPLE.editor), place },
        bare: { auth: signInOf(DEMO_PEOPLE.bob, database), place },
      },
    });
  }

  /** As whom the server knows a held session. */
  async identityOf(name: HeldName): Promise<string> {
    const key = this.#keys.get(name) as SessionKey;
    const { result } = await this.#link.call("session.query", { key, text: `RETURN { ${WHO} }` });
    const [said] = decodeValue(Uint8Array.from(result)) as { result: Record<string, unknown> }[];
    return `${said?.result.user} ${said?.result.ns}/${said?.result.db}`;
  }

  // ── What the page does ──────────────────────────────────────────────────────────────────────

  /** @returns how often the SDK had connected; undefined where it isn't, and sends them later */
  async ask(
    asker: Asker,
    requests: readonly { number: number; asked: Asked }[],
  ): Promise<number | undefined> {
    const connects = await this.#page.evaluate(
      (as, all) => {
        const { soak } = window as unknown as { soak: SoakPage };
        const before = soak.connects() ?? null;
        for (const { number, asked } of all) soak.ask(number, as, asked);
        return before;
      },
      asker,
      requests,
    );
    return connects ?? undefined;
  }

  take(): Promise<Taken> {
    return this.#page.evaluate("soak.take()");
  }

  /** Connects the bare client where its socket is closed. @returns whether it was */
  async mendBare(): Promise<boolean> {
    return this.#page.evaluate("soak.bareIsOpen() ? false : soak.openBare().then(() => true)");
  }

  /** For whoever wonders why nothing is answered. */
  async state(): Promise<string> {
    const page = await this.#page.evaluate<string, []>("soak.state()");
    const { sessions, page: tab } = await this.#link.snapshot();
    const held = sessions.map(({ label, gate }) => `${label} ${gate.open ? "open" : gate.reason}`);
    return [page, JSON.stringify(tab?.routes), ...held].join("\n");
  }

  async reload(): Promise<void> {
    await this.#page.reload();
    await this.#install();
  }

  // ── What the person does ────────────────────────────────────────────────────────────────────

  async route(to: HeldName, asker: Asker | undefined, kind: RouteScope["kind"]): Promise<boolean> {
    const key = this.#keys.get(to) as SessionKey;
    let scope: RouteScope = { kind: "default" };
    if (kind === "page") scope = { kind };
    if (kind === "session") {
      const isBare = asker === "bare";
      const url = isBare ? this.#native.url.replace("127.0.0.1", "localhost") : this.#native.url;
      const [client, order] = [isBare ? 2 : 1, asker === "second" ? 1 : 0];
      const session = { frame: "top", url, client, order, label: String(asker) };
      scope = { kind, session };
    }
    const params = { to: key, scope, otherServer: true };
    const { ask } = await this.#link.call("route.set", params);
    if (ask?.kind !== "transactions") return false;
    await this.#link.call("route.set", { ...params, transactions: "finish" });
    return true;
  }

  async clearRoute(transactions: "finish" | "cancel"): Promise<void> {
    await this.#link.call("route.clear", { transactions });
  }

  /** What views are shown of the tab's route. */
  async routeState(): Promise<string | undefined> {
    const [route] = (await this.#link.snapshot()).page?.routes ?? [];
    return route?.state;
  }

  // ── What befalls them ───────────────────────────────────────────────────────────────────────

  async killWorker(): Promise<void> {
    await this.browser.worker.kill();
  }

  /** The view of the page's tab opens its port again, and so wakes the worker. */
  async lookAgain(): Promise<void> {
    await this.#link.open();
  }

  cutHeld(): void {
    this.#relayed.cut();
  }

  cutPage(): void {
    this.#native.cut();
  }

  async restartServer(): Promise<void> {
    const { port } = this.#server;
    await this.#server.close();
    this.#server = await startServer({ port, path: this.#folder });
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────

  /** How many records a tenant has by each mark that was created there. */
  async created(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const database of TENANTS) {
      const where = { namespace: NAMESPACE, database };
      const [rows] = await this.#server.query("SELECT VALUE marker FROM soak", {}, where);
      for (const marker of rows as string[]) counts.set(marker, (counts.get(marker) ?? 0) + 1);
    }
    return counts;
  }

  closePage(): Promise<void> {
    return this.#page.close();
  }

  /** What the server has of everybody; the page is closed. */
  leftovers(): { sockets: number; sessions: number; live: number; transactions: number } {
    const { sockets } = this.#server.stats();
    const sum = (of: (socket: (typeof sockets)[number]) => number) =>
      sockets.reduce((all, socket) => all + of(socket), 0);
    return {
      sockets: sockets.length,
      sessions: sum(({ sessions }) => sessions.length),
      live: sum(({ liveQueries }) => liveQueries),
      transactions: sum(({ transactions }) => transactions),
    };
  }

  errors(): Promise<string[]> {
    return this.browser.errors();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await Promise.all([this.#native.close(), this.#relayed.close(), this.#pages.close()]);
    await this.#server.close();
    // The engine writes for a moment after it was closed.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
