/**
 * Nobody, as one of those who are compared: for each server and place among the sessions chosen, a session
 * that isn't signed in.
 */
import type { SessionKey } from "../../session/model.ts";
import { type AnySession, isPageSession } from "../store/any-session.ts";
import type { PanelStore } from "../store/store.ts";
import { placeWord } from "../words/identity.ts";

export interface AnonymousPlace {
  connectionId: string;
  namespace?: string;
  database?: string;
  /** "Anonymous in app/tenant_a on localhost:8000" */
  text: string;
}

/** One for each server and place of these sessions, where we hold a connection to it. */
export function anonymousPlaces(
  store: PanelStore,
  sessions: readonly AnySession[],
): AnonymousPlace[] {
  const places = new Map<string, AnonymousPlace>();
  for (const session of sessions) {
    const connection = connectionOf(store, session);
    if (!connection) continue;
    const { namespace, database } = session;
    const text = `Anonymous in ${placeWord(session)} on ${connection.name}`;
    const place = {
      connectionId: connection.id,
      ...(namespace !== undefined && { namespace }),
      ...(database !== undefined && { database }),
      text,
    };
    places.set(JSON.stringify([connection.id, namespace, database]), place);
  }
  return [...places.values()];
}

/** The connection on whose server a session is; undefined: none of ours. */
export function connectionOf(store: PanelStore, session: AnySession) {
  return isPageSession(session)
    ? store.connections.all.value.find(({ url }) => url === session.holder.url)
    : store.connections.get(session.connectionId);
}

/**
 * A session of nobody there: one that is held already and isn't among those chosen, or a new one, which
 * closes with this panel.
 * @throws CommandError where the server allows none
 */
export async function anonymousAt(
  store: PanelStore,
  place: AnonymousPlace,
  chosen: readonly SessionKey[],
): Promise<SessionKey> {
  const held = store.sessions.all
    .peek()
    .find(
      (each) =>
        each.status === "active" &&
        each.auth.level === "anonymous" &&
        each.connectionId === place.connectionId &&
        each.namespace === place.namespace &&
        each.database === place.database &&
        !chosen.includes(each.key),
    );
  if (held) return held.key;
  const { text: _, ...where } = place;
  const { key } = await store.call("session.new", {
    ...where,
    label: "Anonymous",
    temporary: true,
  });
  return key;
}
