/**
 * How much of a look is taken.
 *
 * A system checks what a page says, field by field; how much a page may say is checked here, once for all
 * systems: what a view is shown every second must have an end.
 */
import { wholeCharacters } from "../session/bounded-text.ts";
import type { SeenSession, WebFact, WebKind } from "./web-model.ts";
import type { Look } from "./web-system.ts";

/** Sessions of one system on one origin. */
export const SESSION_LIMIT = 50;
/** Characters of an id: a longer one is nobody's. */
const ID = 512;
const TEXT = 2_048;
const SENTENCE = 1_000;
/** Characters of claims, as JSON. */
const CLAIMS = 32_768;
const FACTS = 64;
const LINES = 32;

/** A look with no more in it than anybody can read; of sessions with the same id the first. */
export function bounded(kind: WebKind, { system, sessions }: Look): Look {
  const known = new Set<string>();
  let hasCurrent = false;
  const kept: SeenSession[] = [];
  for (const each of sessions) {
    const { id } = each;
    if (kept.length >= SESSION_LIMIT) break;
    if (id === "" || id.length > ID || known.has(id)) continue;
    known.add(id);
    // A page runs as one session of a system.
    const current: boolean = each.current && !hasCurrent;
    hasCurrent ||= current;
    kept.push({ ...boundedSession(each), kind, current });
  }
  const words = system.words && cut(system.words, SENTENCE);
  return { system: words === undefined ? system : { ...system, words }, sessions: kept };
}

/** One session, in the same way. */
export function boundedSession(seen: SeenSession): SeenSession {
  const session: SeenSession = {
    ...seen,
    cause: cut(seen.cause, SENTENCE),
    facts: seen.facts.slice(0, FACTS).map(boundedFact),
    tokens: seen.tokens.slice(0, LINES).map((token) => ({
      ...token,
      title: cut(token.title),
      place: cut(token.place),
    })),
    warnings: seen.warnings.slice(0, LINES).map((text) => cut(text, SENTENCE)),
  };
  for (const name of ["user", "userName", "tenant"] as const) {
    const value = seen[name];
    if (value !== undefined) session[name] = cut(value);
  }
  if (seen.tasks) session.tasks = seen.tasks.slice(0, LINES).map((text) => cut(text));
  for (const name of ["claims", "actor"] as const) {
    if (seen[name] && JSON.stringify(seen[name]).length > CLAIMS) {
      delete session[name];
      session.warnings.push(`The ${name} are longer than anybody could read, and aren't shown.`);
    }
  }
  return session;
}

function boundedFact(fact: WebFact): WebFact {
  const { value } = fact;
  return { ...fact, name: cut(fact.name), value: typeof value === "string" ? cut(value) : value };
}

function cut(text: string, length = TEXT): string {
  return text.length <= length ? text : `${wholeCharacters(text, length)}…`;
}
