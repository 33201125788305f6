/**
 * What the content scripts of one frame know of each other. They share their global object, which the
 * page can't reach, and come in an order that the browser chooses.
 */

/** What the markers tell a bridge. */
interface MarkedBridge {
  listenAtOnce(): void;
  /** Something may be routed in this document: it asks before its first request passes. */
  routedAtOnce(): void;
  /** The page API may be enabled for this document's origin. */
  offerApi(): void;
}

interface World {
  switchyardBridge?: MarkedBridge;
  /** The marker came before the bridge. */
  switchyardListens?: boolean;
  /** The route marker ran here. */
  switchyardRouted?: boolean;
  /** The page API's marker did. */
  switchyardApi?: boolean;
}

const world = globalThis as World;

/** @returns false where this frame has a bridge already: then this one must do nothing. */
export function enterBridge(bridge: MarkedBridge): boolean {
  if (world.switchyardBridge) return false;
  world.switchyardBridge = bridge;
  if (world.switchyardListens) bridge.listenAtOnce();
  if (world.switchyardRouted) bridge.routedAtOnce();
  if (world.switchyardApi) bridge.offerApi();
  return true;
}

/** Somebody listens: the bridge is told, now or when it comes. */
export function enterMarker(): void {
  world.switchyardListens = true;
  world.switchyardBridge?.listenAtOnce();
}

/** Something is routed on this host: the bridge is told, now or when it comes. */
export function enterRouteMarker(): void {
  world.switchyardRouted = true;
  world.switchyardBridge?.routedAtOnce();
}

/** The page API is enabled on an origin of this host: the bridge is told, now or when it comes. */
export function enterApiMarker(): void {
  world.switchyardApi = true;
  world.switchyardBridge?.offerApi();
}
