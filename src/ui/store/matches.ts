/** Which sessions a person means by what they type into a filter. */
import type { WebSessionView } from "../../web/web-model.ts";
import { placeWord, userWord } from "../words/identity.ts";
import { statusWord } from "../words/status.ts";
import { systemName, webStatusWord } from "../words/web.ts";
import type { AnySession } from "./any-session.ts";

/** True where every word of the filter is found somewhere in what is said. */
function saysAll(said: readonly (string | undefined)[], filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = said.join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** @param where what is said of the place that the session is in */
export function matches(session: AnySession, where: readonly string[], filter: string): boolean {
  const said = [
    session.label,
    session.id ?? "default session",
    userWord(session),
    session.auth.level,
    session.auth.access,
    placeWord(session),
    statusWord(session.status),
    session.status,
    ...where,
    ...session.variables.map((variable) => `$${variable.name}`),
  ];
  return saysAll(said, filter);
}

/** The same for a web session. */
export function matchesWeb(session: WebSessionView, filter: string): boolean {
  const { label, id, user, userName, tenant, origin, kind, status } = session;
  const said = [label, id, user, userName, tenant, origin, kind, systemName(kind)];
  return saysAll([...said, status, webStatusWord(status)], filter);
}
