/** Which sessions a person means by what they type into a filter. */
import { placeWord, userWord } from "../words/identity.ts";
import { statusWord } from "../words/status.ts";
import type { AnySession } from "./any-session.ts";

/** True where every word of the filter is found somewhere in what is said of the session. */
export function matches(session: AnySession, where: readonly string[], filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = [
    session.label,
    session.id ?? "default session",
    userWord(session),
    session.auth.level,
    session.auth.access ?? "",
    placeWord(session),
    statusWord(session.status),
    session.status,
    ...where,
    ...session.variables.map((variable) => `$${variable.name}`),
  ]
    .join(" ")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
