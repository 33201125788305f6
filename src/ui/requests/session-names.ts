/**
 * How a session is called in the log, also when it is no more.
 *
 * A page's sessions go with its document, their requests may stay (Preserve log): a name that was
 * seen once is kept for as long as the panel lives.
 */

import type { SeenSession } from "../../session/log/log-source.ts";
import type { SessionKey } from "../../session/model.ts";
import type { IdentityThen } from "../../session/page/page-model.ts";
import { PALETTE } from "../../session/palette.ts";
import { shortId } from "../../session/short-id.ts";
import type { PanelStore } from "../store/store.ts";

export interface SessionName {
  label: string;
  colour: string;
}

const seen = new WeakMap<PanelStore, Map<SessionKey, SessionName>>();

/** @param imported what an imported log says of its sessions. Reading it subscribes. */
export function sessionName(
  store: PanelStore,
  as: Pick<IdentityThen, "sessionKey" | "sessionId">,
  imported?: readonly SeenSession[],
): SessionName {
  const { sessionKey: key } = as;
  const names = seen.get(store) ?? new Map<SessionKey, SessionName>();
  seen.set(store, names);
  const known = imported ? undefined : store.session(key);
  if (known) {
    const { label, colour } = known;
    const before = names.get(key);
    if (before && before.label === label && before.colour === colour) return before;
    const name = { label, colour };
    names.set(key, name);
    return name;
  }
  const label =
    imported?.find((each) => each.key === key)?.label ??
    (as.sessionId === undefined ? "Default session" : shortId(as.sessionId));
  return (imported ? undefined : names.get(key)) ?? { label, colour: colourFor(key) };
}

/** Always the same for the same key, so that one session is one colour down the list. */
function colourFor(key: SessionKey): string {
  let sum = 0;
  for (let at = 0; at < key.length; at++) sum = (sum * 31 + key.charCodeAt(at)) >>> 0;
  return PALETTE[sum % PALETTE.length]?.colour ?? "#5a5e63";
}

/** "user:bob", "anonymous": who a request ran as. */
export function userThen(as: IdentityThen | undefined): string {
  return as?.user ?? "anonymous";
}
