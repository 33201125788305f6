/**
 * What a person does with routes, from any view or by a shortcut: each a word of theirs on one tab.
 *
 * Here stands what has to be asked first, and what is refused; how a tab is switched is for the
 * control (`routes.ts`) to know. A question is answered instead of an act, and the same word with the
 * person's answer then goes on.
 */
import type { CommandParams, CommandResult } from "../messages/commands.ts";
import { isLocal } from "../session/connection-url.ts";
import { InvalidRequestError } from "../session/errors.ts";
import type { HeldSession } from "../session/held-session.ts";
import type { SessionKey } from "../session/model.ts";
import { isRoutable, type Route } from "../session/relay/route-book.ts";
import type { RoutePlace, RouteScope } from "../session/relay/route-model.ts";
import { missingVariables, pageNotices, routedSessions } from "../session/relay/route-notices.ts";
import type { OtherHandlers } from "./commands.ts";
import type { Tabs } from "./page-status.ts";
import type { RoutePlane } from "./route-plane.ts";
import { originOf, type Routes } from "./routes.ts";

export interface RouteSwitchOptions {
  routes: Routes;
  plane: RoutePlane;
  tabs: Pick<Tabs, "look">;
}

export class RouteSwitch {
  readonly #routes: Routes;
  readonly #plane: RoutePlane;
  readonly #tabs: Pick<Tabs, "look">;

  constructor({ routes, plane, tabs }: RouteSwitchOptions) {
    this.#routes = routes;
    this.#plane = plane;
    this.#tabs = tabs;
  }

  /** "Run tab as …". @throws UnknownSessionError, SessionClosedError, InvalidRequestError */
  async set(
    tabId: number,
    params: CommandParams<"route.set">,
  ): Promise<CommandResult<"route.set">> {
    await this.#routes.ready;
    const { to, scope = { kind: "default" }, documentId, otherServer, transactions } = params;
    const held = this.#routes.held(to);
    held.assertOpen();
    const place = await this.#placeOf(tabId, documentId);
    const server = this.#otherServer(place, held);
    if (server !== undefined && !otherServer) {
      const { label } = held.record;
      return { ask: { kind: "other-server", origin: place.origin, server, label } };
    }
    const before = this.#routes.book.at(place);
    // A narrower scope gives sessions back to the page: theirs are left as well.
    const asked: RouteScope = before && !isSame(before.scope, scope) ? { kind: "page" } : scope;
    const open = this.#plane.transactions(place, asked).filter(({ session }) => session !== to);
    if (open.length > 0 && !transactions)
      return { ask: { kind: "transactions", transactions: open } };
    if (server !== undefined) await this.#routes.agree(place.origin, server);
    if (transactions === "cancel") await this.#plane.cancelTransactions(place, asked);
    await this.#routes.switchTo(place, to, scope);
    return {};
  }

  /** "Page's own session": of what the tab shows; where nothing of that is routed, of what rests. */
  async clear(
    tabId: number,
    { documentId, transactions }: CommandParams<"route.clear">,
  ): Promise<CommandResult<"route.clear">> {
    await this.#routes.ready;
    const { book } = this.#routes;
    const place = await this.#placeOf(tabId, documentId).catch((error: unknown) => {
      // Where the tab shows nothing that can be routed, routes that rest can still be ended.
      if (documentId === undefined && book.routesOf(tabId).length > 0) return undefined;
      throw error;
    });
    const route = place && book.at(place);
    if (!route) {
      if (documentId !== undefined) return {};
      for (const each of book.routesOf(tabId)) {
        if (book.isSuspended(each)) await this.#routes.clear(each);
      }
      return {};
    }
    const open = this.#plane
      .transactions(route, route.scope)
      .filter(({ session }) => session !== undefined);
    if (open.length > 0 && !transactions)
      return { ask: { kind: "transactions", transactions: open } };
    if (transactions === "cancel") await this.#plane.cancelTransactions(route, route.scope);
    await this.#routes.clear(route);
    return {};
  }

  /** @param tabId absent for a view without a tab, which can only take away */
  async always(
    tabId: number | undefined,
    { on, origin }: CommandParams<"route.always">,
  ): Promise<void> {
    await this.#routes.ready;
    if (!on) {
      const site = origin ?? (tabId === undefined ? undefined : await this.#topOrigin(tabId));
      if (site === undefined) throw new InvalidRequestError("A site is missing.");
      await this.#routes.removeAlways(site);
      return;
    }
    const site = tabId === undefined ? undefined : (origin ?? (await this.#topOrigin(tabId)));
    const route =
      tabId === undefined || site === undefined
        ? undefined
        : this.#routes.book.at({ tabId, topOrigin: site, origin: site });
    if (!route) {
      throw new InvalidRequestError(
        "This tab doesn't run as one of your sessions on this site.",
        "Choose the session first.",
      );
    }
    if (this.#routes.isCareful(route.to)) {
      throw new InvalidRequestError(
        "The connection of this session is marked Careful: no site runs on it always.",
        "Choose it in each tab that needs it.",
      );
    }
    await this.#routes.setAlways({ origin: route.origin, to: route.to, scope: route.scope });
  }

  /** The held session selects what the page selected. */
  async follow(tabId: number): Promise<void> {
    for (const route of await this.#routesOn(tabId)) {
      const held = this.#routes.held(route.to);
      const notices = pageNotices(this.#routes.page(tabId), route, held.record);
      const selected = notices.find((notice) => notice.kind === "page-selected");
      if (!selected) continue;
      await held.use(selected.namespace ?? null, selected.database ?? null);
      return;
    }
    throw new InvalidRequestError("The page selects nothing else than the session has.");
  }

  /** @throws InvalidRequestError where some of them weren't kept; the others are set by then */
  async copyVariables(tabId: number): Promise<void> {
    const lost: string[] = [];
    for (const route of await this.#routesOn(tabId)) {
      const held = this.#routes.held(route.to);
      const sessions = routedSessions(this.#routes.page(tabId), route);
      for (const { name, value, omitted } of missingVariables(sessions, held.record)) {
        if (omitted === undefined) await held.set(name, value);
        else lost.push(`$${name}`);
      }
    }
    if (lost.length === 0) return;
    throw new InvalidRequestError(
      `Not copied, since the value was too large to be kept: ${lost.join(", ")}.`,
      "Set it in the session by hand.",
    );
  }

  /** One that the page left open when it was switched. */
  async cancelTransaction(tabId: number, id: string): Promise<void> {
    await this.#routes.ready;
    await this.#plane.cancelTransaction(tabId, id);
  }

  /** As whom the page of this tab runs now; undefined: as itself. */
  async current(tabId: number): Promise<SessionKey | undefined> {
    await this.#routes.ready;
    const place = await this.#placeOf(tabId, undefined);
    return this.#routes.book.at(place)?.to;
  }

  async #routesOn(tabId: number): Promise<Route[]> {
    await this.#routes.ready;
    const { book } = this.#routes;
    return book.routesOf(tabId).filter((route) => !book.isSuspended(route));
  }

  // ── Where ───────────────────────────────────────────────────────────────────────────────────

  async #placeOf(tabId: number, documentId: string | undefined): Promise<RoutePlace> {
    const topOrigin = await this.#topOrigin(tabId);
    if (documentId === undefined) return { tabId, topOrigin, origin: topOrigin };
    const { frames } = this.#routes.page(tabId);
    const frame = frames.find((each) => each.documentId === documentId);
    if (!frame) throw new InvalidRequestError("This frame is no longer there.");
    if (!isRoutable(frame.origin)) throw opaque("This frame");
    return { tabId, topOrigin, origin: frame.origin };
  }

  /** By the document's own port, which knows of sandboxes; else by the tab's address. */
  async #topOrigin(tabId: number): Promise<string> {
    const top = this.#routes.page(tabId).frames.find((frame) => frame.top);
    const seen = await this.#tabs.look(tabId);
    const shown = originOf(seen?.url);
    const isShown = top !== undefined && (shown === undefined || originOf(top.url) === shown);
    const origin = isShown ? top.origin : shown;
    if (origin === undefined) {
      throw new InvalidRequestError(
        "Switchyard is off on this page: it can't run as another session.",
        "Enable it on this site.",
      );
    }
    if (!isRoutable(origin)) throw opaque("This page");
    return origin;
  }

  // ── What has to be asked ────────────────────────────────────────────────────────────────────

  /** The server of the session, where the page's sockets go elsewhere and nobody agreed to it yet. */
  #otherServer(place: RoutePlace, held: HeldSession): string | undefined {
    const { connectionId } = held.record;
    const { url } = this.#routes.registry.connection(connectionId).profile;
    if (this.#routes.book.isAgreed(place.origin, url)) return undefined;
    const { frames, sockets } = this.#routes.page(place.tabId);
    const own = new Set(
      frames.filter(({ origin }) => origin === place.origin).map(({ documentId }) => documentId),
    );
    const servers = sockets.filter(({ documentId }) => own.has(documentId));
    // Where the page has no socket yet, only a server elsewhere than here needs a word.
    const isOther =
      servers.length > 0 ? servers.some((socket) => !isSameServer(socket.url, url)) : !isLocal(url);
    return isOther ? url : undefined;
  }
}

/** The commands of views. */
export function routeHandlers(
  control: RouteSwitch,
  routes: Routes,
): Pick<OtherHandlers, Extract<keyof OtherHandlers, `route.${string}`>> {
  const tabOf = ({ page }: Parameters<OtherHandlers["route.set"]>[1]): number => {
    if (!page) throw new InvalidRequestError("This view belongs to no tab.");
    return page.tabId;
  };
  return {
    "route.set": async (params, view) => control.set(tabOf(view), params),
    "route.clear": async (params, view) => control.clear(tabOf(view), params),
    "route.always": async (params, view) => {
      await control.always(view.page?.tabId, params);
      return null;
    },
    "route.follow": async (_params, view) => {
      await control.follow(tabOf(view));
      return null;
    },
    "route.copyVariables": async (_params, view) => {
      await control.copyVariables(tabOf(view));
      return null;
    },
    "route.cancelTransaction": async ({ id }, view) => {
      await control.cancelTransaction(tabOf(view), id);
      return null;
    },
    "route.dismiss": async ({ kind }, view) => {
      await routes.dismiss(tabOf(view), kind);
      return null;
    },
  };
}

function opaque(what: string): InvalidRequestError {
  return new InvalidRequestError(
    `${what} has no origin of its own (it is sandboxed): it can't run as another session.`,
  );
}

function isSame(a: RouteScope, b: RouteScope): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isSameServer(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href;
}
