/**
 * A tab's routes as views and the toolbar are shown them: put together, whenever somebody asks, from
 * the book, the page, the held session and what the documents say.
 */
import type { Registry } from "../session/registry.ts";
import type { Route, RouteBook } from "../session/relay/route-book.ts";
import type { RouteNotice, RouteView } from "../session/relay/route-model.ts";
import {
  type KnownPage,
  pageNotices,
  type RoutedSession,
  reasonNotToServe,
} from "../session/relay/route-notices.ts";
import type { RoutePlane } from "./route-plane.ts";
import type { ToolbarRoute } from "./toolbar.ts";

/** How far the documents of a tab are. */
export interface TabStanding {
  /** Switches that not every document has confirmed yet. */
  switching: number;
  /** Documents that run without a hook. */
  missing: number;
}

/** A held session that was forgotten has no colour any more. */
const GREY = "#5f6670";

export interface RouteViewsOptions {
  book: RouteBook;
  plane: RoutePlane;
  registry(): Registry | undefined;
  page(tabId: number): KnownPage;
  standing(tabId: number): TabStanding;
}

export class RouteViews {
  readonly #options: RouteViewsOptions;

  constructor(options: RouteViewsOptions) {
    this.#options = options;
  }

  /** All routes of a tab, those that rest included. */
  of(tabId: number): RouteView[] {
    const { book, page } = this.#options;
    const routes = book.routesOf(tabId);
    if (routes.length === 0) return [];
    const known = page(tabId);
    return routes.map((route) => this.#view(route, known));
  }

  #view(route: Route, page: KnownPage): RouteView {
    const { book, plane, standing } = this.#options;
    const { tabId, topOrigin, origin, to, scope, since, dismissed } = route;
    const own = { tabId, topOrigin, origin, to, scope, since, always: book.isAlways(route) };
    if (book.isSuspended(route)) return { ...own, state: "suspended", notices: [], leftovers: [] };
    const leftovers = plane.leftovers(route);
    const { switching, missing } = standing(tabId);
    const notices: RouteNotice[] = [];
    if (missing > 0) notices.push({ kind: "needs-reload" });
    const reason = this.cannotServe(route);
    if (reason !== undefined) notices.push({ kind: "cannot-serve", reason });
    const held = this.#session(route);
    if (held) notices.push(...pageNotices(page, route, held));
    notices.push(...plane.notices(route));
    if (leftovers.some(({ kind }) => kind === "live")) notices.push({ kind: "reload-advised" });
    return {
      ...own,
      state: switching > 0 ? "switching" : "on",
      notices: notices.filter(({ kind }) => !dismissed.includes(kind)),
      leftovers,
    };
  }

  /** Why this route's requests fail for now, one sentence; undefined: they don't. */
  cannotServe(route: Route): string | undefined {
    const registry = this.#options.registry();
    const session = this.#held(route);
    const connection = registry?.connections.find(({ id }) => id === session?.record.connectionId);
    return reasonNotToServe(this.#session(route), connection?.state);
  }

  /** For the toolbar: the route of the page itself, else of a frame; undefined where none is on. */
  toolbar(tabId: number): ToolbarRoute | undefined {
    const { book } = this.#options;
    const routes = book.routesOf(tabId).filter((route) => !book.isSuspended(route));
    const route = routes.find(({ origin, topOrigin }) => origin === topOrigin) ?? routes[0];
    if (!route) return undefined;
    const held = this.#held(route);
    const trouble = this.#trouble(route);
    return {
      label: held?.record.label ?? "a session that was removed",
      ...(held && { identity: held.identity }),
      colour: held?.record.colour ?? GREY,
      ...(trouble !== undefined && { trouble }),
    };
  }

  #trouble(route: Route): string | undefined {
    const reason = this.cannotServe(route);
    if (reason !== undefined) return `Its requests fail. ${reason}`;
    const { switching, missing } = this.#options.standing(route.tabId);
    if (missing === 0 || switching > 0) return undefined;
    return "Part of it was opened before Switchyard was there, and runs as itself: reload the page.";
  }

  #held({ to }: Route) {
    const registry = this.#options.registry();
    return registry?.has(to) ? registry.session(to) : undefined;
  }

  #session(route: Route): RoutedSession | undefined {
    const held = this.#held(route);
    if (!held) return undefined;
    return { ...held.record, truth: held.truth, gate: held.gate.view };
  }
}
