/**
 * Routes, as they are kept and shown: which held session the requests of a page's sessions run as.
 *
 * A route belongs to one tab and one origin, port included. It rests while the tab shows another
 * origin, and ends with the tab. Times are milliseconds since 1970.
 */
import type { SessionKey } from "../model.ts";

/**
 * Which of the page's sessions are routed: the default session of each of its sockets, every session
 * there is, or one alone.
 */
export type RouteScope =
  | { kind: "default" }
  | { kind: "page" }
  | { kind: "session"; session: RoutedPlace };

/** By what a session of a page is found again after a reload, when all ids are new. */
export interface RoutedPlace {
  /** `top`, or an inner frame's address without query and fragment. */
  frame: string;
  /** The server that its socket is connected to. */
  url: string;
  /** Its socket was the document's n-th, from 1; the same over reconnects. */
  client: number;
  /** It was the n-th session attached on that socket; the default session is 0. */
  order: number;
  /** As the person saw it when they chose it. */
  label: string;
}

/** Where a route applies, by the browser's word for both origins. Opaque origins ("null") never. */
export interface RoutePlace {
  tabId: number;
  /** Origin of the tab's top frame. */
  topOrigin: string;
  /** Origin of the routed frames; the same, unless a frame of another origin was chosen itself. */
  origin: string;
}

/** What is wrong or worth knowing about a route; most come with something to do. */
export type RouteNotice =
  /** Documents of the page have no hook: opened before Switchyard was installed or enabled. */
  | { kind: "needs-reload" }
  /** The held session can't serve now, and why: one sentence. Requests of the page fail. */
  | { kind: "cannot-serve"; reason: string }
  /** The routed page selected another place than the held session has: [Follow]. */
  | { kind: "page-selected"; place: string; namespace?: string; database?: string }
  /** The routed page signed in on its own session, which changes nothing of the route. */
  | { kind: "page-signed-in"; user: string }
  /** The page has variables that the held session hasn't: [Copy page's variables]. */
  | { kind: "variables"; names: string[] }
  /** A socket whose format can't be read: its requests fail while the whole page is routed. */
  | { kind: "unreadable-socket"; url: string }
  /** The routed session can't be told from others after a reload: its requests fail. */
  | { kind: "choose-again"; label: string }
  /** The page runs web workers, whose sockets can't be routed. */
  | { kind: "workers" }
  /** Live queries that began before the switch and go on as they began: [Reload page]. */
  | { kind: "reload-advised" };

/** A live query or a transaction of the page that still belongs to the former session. */
export interface RouteLeftover {
  kind: "live" | "transaction";
  id: string;
  /** Of a live query. */
  statement?: string;
  begunAt: number;
  /** The held session in which it goes on; absent: the page's own session. */
  session?: SessionKey;
  /** Its label, "Page's own session" included. */
  as: string;
}

export interface RouteView extends RoutePlace {
  to: SessionKey;
  scope: RouteScope;
  /**
   * `switching`: not every document of the page has confirmed it yet. `suspended`: the tab shows
   * another origin.
   */
  state: "switching" | "on" | "suspended";
  since: number;
  /** It is set anew in every tab that opens this origin. */
  always: boolean;
  notices: RouteNotice[];
  leftovers: RouteLeftover[];
}

/** What a person is asked before a switch; each is answered by a field of `route.set`. */
export type RouteQuestion =
  /** The session is on another server than the page's sockets. Asked once for each pair. */
  | { kind: "other-server"; origin: string; server: string; label: string }
  /** The page has transactions open in the session that it leaves. */
  | { kind: "transactions"; transactions: RouteLeftover[] };

/** A tab that runs as a held session now: told to every view, of whatever tab it is. */
export interface RoutedTab {
  tabId: number;
  /** Of the routed frames. */
  origin: string;
  to: SessionKey;
}

/** A route that every tab gets which opens this origin. */
export interface AlwaysRoute {
  origin: string;
  to: SessionKey;
  scope: RouteScope;
}

// ── The page API ──────────────────────────────────────────────────────────────────────────────

/** An origin that may use `window.switchyard`, and the sessions granted to it. */
export interface ApiOriginView {
  origin: string;
  granted: SessionKey[];
  /** The person said no to its request: it isn't asked for again until `api.enable` lets it. */
  rejectedAt?: number;
}

/** A page that waits for the person's word. */
export interface AccessRequestView {
  id: string;
  origin: string;
  tabId: number;
  at: number;
  /** What the page says it wants it for; a page's words. */
  reason?: string;
}

export interface AccessView {
  origins: ApiOriginView[];
  requests: AccessRequestView[];
}
