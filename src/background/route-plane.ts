/**
 * Between the two halves of routing: who decides, and who carries out.
 *
 * The control (`routes.ts`) knows which documents run as whom, keeps it, shows it and switches it. The
 * plane (the documents and their bridges) carries the requests. Each asks the other only by what
 * stands here. Nothing of it comes from a page: documents are named by the browser's word.
 */
import type { HeldSession } from "../session/held-session.ts";
import type { SessionKey } from "../session/model.ts";
import type { DocumentPlace } from "../session/page/page-session-view.ts";
import type { Relay } from "../session/relay/relay.ts";
import type {
  RouteLeftover,
  RouteNotice,
  RoutePlace,
  RouteScope,
  RouteView,
} from "../session/relay/route-model.ts";
import type { PageApi } from "./page-api.ts";

/** A document that may be routed; by the browser's word. */
export interface RoutedDocument {
  tabId: number;
  frameId: number;
  documentId: string;
  /** "null" where opaque: never routed. */
  origin: string;
  /** Of its tab's top frame; undefined where the worker hasn't heard of that: the browser is asked. */
  topOrigin: string | undefined;
  /** Without query and fragment. */
  url: string;
  top: boolean;
}

/** How many documents of a tab run as they should from now on. */
export interface Applied {
  confirmed: number;
  /** They have no hook (opened before it was there), or didn't answer in time: their requests are native. */
  missing: number;
}

/** What the control asks of the documents. */
export interface RoutePlane {
  /**
   * Asks the tab's documents to connect and tells each what is routed in it now, as `routeFor`
   * answers. Resolves when all have said that they do so, after 3 s at most. Never rejects.
   */
  apply(tabId: number): Promise<Applied>;
  /** How many are missing right now: one that was slow may have confirmed since. */
  missing(tabId: number): number;
  /**
   * Open transactions of those sessions of the page that `scope` names, wherever they run: about these
   * the person is asked before a switch.
   */
  transactions(place: RoutePlace, scope: RouteScope): RouteLeftover[];
  /** Cancels them. Never rejects: one that can't be cancelled ends with its socket. */
  cancelTransactions(place: RoutePlace, scope: RouteScope): Promise<void>;
  /** Cancels one, wherever it runs. Rejects where it isn't open, or couldn't be cancelled. */
  cancelTransaction(tabId: number, id: string): Promise<void>;
  /**
   * Live queries and transactions of the page's routed sessions that run in another session than the
   * route's.
   */
  leftovers(place: RoutePlace): RouteLeftover[];
  /** What only the documents know: `choose-again`, where a session can't be told from others. */
  notices(place: RoutePlace): RouteNotice[];
}

/** What is routed in a document. */
export interface RouteTarget {
  to: SessionKey;
  scope: RouteScope;
  /** When the person chose it, in Unix milliseconds. */
  since: number;
}

/** What the pages need to know of routes. */
export interface PagesRouting {
  /** This document may open its port although nobody looks at its tab. */
  admits(place: DocumentPlace): boolean;
  /** The routes of a tab, as views are shown them now. */
  routesOf(tabId: number): RouteView[];
  /** By what requests are routed; there once everything is read. */
  parts: Promise<Routing>;
  /** Documents that use the page API, and where. Absent: none does. */
  api?: Pick<PageApi, "admits" | "connected" | "routesChanged">;
}

/** By what requests of pages are routed. */
export interface Routing {
  relay: Relay;
  control: RouteControl;
}

/** What the documents ask of the control. */
export interface RouteControl {
  /**
   * What is routed in this document now; undefined: nothing. Resolves when the routes have been read.
   * An always-route is set here, for a tab whose top frame shows its origin.
   */
  routeFor(document: RoutedDocument): Promise<RouteTarget | undefined>;
  /**
   * The held session that a route names.
   * @throws UnknownSessionError where it is forgotten: the request fails, nothing runs instead
   */
  held(key: SessionKey): HeldSession;
  /** A tab's bridge may open its port although nobody looks at the tab. While nothing is read, any may. */
  admits(document: { tabId: number; origin: string }): boolean;
  /** What views are shown of a tab's routes may have changed: leftovers, notices, a confirmation. */
  changed(tabId: number): void;
}
