/**
 * What the content scripts of one frame know of each other. They share their global object, which the
 * page can't reach, and come in an order that the browser chooses.
 */

interface World {
  switchyardBridge?: { listenAtOnce(): void };
  /** The marker came before the bridge. */
  switchyardListens?: boolean;
}

const world = globalThis as World;

/** @returns false where this frame has a bridge already: then this one must do nothing. */
export function enterBridge(bridge: { listenAtOnce(): void }): boolean {
  if (world.switchyardBridge) return false;
  world.switchyardBridge = bridge;
  if (world.switchyardListens) bridge.listenAtOnce();
  return true;
}

/** Somebody listens: the bridge is told, now or when it comes. */
export function enterMarker(): void {
  world.switchyardListens = true;
  world.switchyardBridge?.listenAtOnce();
}
