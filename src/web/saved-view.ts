/** A saved session as one view is shown it: what can be done with it depends on the page of its tab. */
import type { SessionKey } from "../session/model.ts";
import { isAlive, NOT_KEPT } from "./saved-book.ts";
import type { SeenSession, WebOperation, WebSessionView } from "./web-model.ts";
import type { SavedRecord } from "./web-store.ts";

/** The page of the view's tab, as far as this session goes. */
export interface SavedPlace {
  /** Cookie store of the page of the session's origin; undefined: the tab has no such page. */
  storeId?: string;
  /** The page's session that it is. */
  inPage?: SessionKey;
}

/** @param hasSnapshot its sign-in is still known */
export function savedView(
  record: SavedRecord,
  hasSnapshot: boolean,
  place: SavedPlace,
): WebSessionView {
  const { key, origin, storeId, label, colour, statusSince, seen } = record;
  const why = !isAlive(seen.status) ? seen.cause : hasSnapshot ? undefined : NOT_KEPT;
  // What its system says of it, where nothing else is in the way.
  const can = (operation: WebOperation) => why ?? seen.operations[operation] ?? true;
  const operations: SeenSession["operations"] = {
    switch: why ?? misfit(record, place) ?? can("switch"),
    touch: place.inPage === undefined ? can("touch") : true,
    end: place.inPage === undefined ? can("end") : true,
    remove: true,
  };
  const view: WebSessionView = {
    ...seen,
    key,
    holder: "extension",
    origin,
    storeId,
    label,
    colour,
    statusSince,
    current: false,
    operations,
  };
  if (place.inPage !== undefined) view.savedAs = place.inPage;
  if (!hasSnapshot) view.tokens = seen.tokens.map((token) => ({ ...token, present: false }));
  return view;
}

/** Why a saved session can't be put into the page of a tab, one sentence; undefined: it can. */
export function misfit(
  { origin, storeId }: Pick<SavedRecord, "origin" | "storeId">,
  place: SavedPlace,
): string | undefined {
  if (place.storeId === undefined) return `It fits ${origin} only.`;
  if (place.storeId !== storeId) return "It belongs to another container's cookies.";
  if (place.inPage !== undefined) return "The page runs as this session.";
  return undefined;
}
