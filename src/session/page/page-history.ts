/**
 * The history of a page's sessions: what changed from one telling of the hook to the next.
 *
 * It lives in memory for as long as the page is watched; nothing of a page is stored. It stays bounded
 * for each session and for all of a document's together, since a page can change as fast as it likes.
 */

import type { Actor, HistoryEntry, SessionKey } from "../model.ts";
import { HISTORY_LIMIT } from "../store.ts";
import { placeText } from "../truth.ts";
import { pageAuthOf } from "./page-auth.ts";
import type { AuthFact, SessionFact } from "./page-facts.ts";

/** Entries of one document, all its sessions together. */
const DOCUMENT_LIMIT = 5_000;

export class PageHistory {
  readonly #entries = new Map<SessionKey, HistoryEntry[]>();
  /** Whose the entries are, oldest first. */
  #order: SessionKey[] = [];

  /** Oldest first. */
  of(key: SessionKey): HistoryEntry[] {
    return [...(this.#entries.get(key) ?? [])];
  }

  add(key: SessionKey, entry: HistoryEntry): void {
    const entries = this.#entries.get(key) ?? [];
    this.#entries.set(key, entries);
    entries.push(entry);
    this.#order.push(key);
    if (entries.length > HISTORY_LIMIT) {
      entries.shift();
      this.#order.splice(this.#order.indexOf(key), 1);
    }
    if (this.#order.length > DOCUMENT_LIMIT) {
      const oldest = this.#order.shift() as SessionKey;
      this.#entries.get(oldest)?.shift();
    }
  }

  forget(key: SessionKey): void {
    if (this.#entries.delete(key)) this.#order = this.#order.filter((each) => each !== key);
  }
}

const AUTH_WORDS: Record<AuthFact, string> = {
  never: "Not signed in.",
  "signed-in": "Signed in.",
  "signed-up": "Signed up.",
  authenticated: "Authenticated with a token.",
  refreshed: "Token renewed.",
  invalidated: "Signed out.",
  reset: "Reset.",
  refused: "The server refused the sign-in.",
  expired: "The server says that the session's time is over.",
};

/** What was done to a session's sign-in last, one sentence. */
export function authWords(auth: AuthFact): string {
  return AUTH_WORDS[auth];
}

/** What changed between two tellings of one session, in the order in which a person would tell it. */
export function changesBetween(before: SessionFact, after: SessionFact, by: Actor): HistoryEntry[] {
  const found: HistoryEntry[] = [];
  const note = (event: HistoryEntry["event"], entry: Partial<HistoryEntry>, at = after.updatedAt) =>
    found.push({ at, event, by, ...entry });

  if (before.auth !== after.auth || before.authAt !== after.authAt) {
    const isServers = after.auth === "refused" || after.auth === "expired";
    note(
      "auth",
      {
        by: isServers ? "server" : by,
        before: userOf(before),
        after: userOf(after),
        text: authWords(after.auth),
      },
      after.authAt,
    );
  }
  const was = placeText(before.namespace, before.database);
  const is = placeText(after.namespace, after.database);
  if (was !== is) note("using", { before: was, after: is });
  for (const text of variableChanges(before, after)) note("variable", { text });
  const lists = [
    ["live", before.live, after.live, "ended"],
    ["transaction", before.transactions, after.transactions, "over"],
  ] as const;
  for (const [event, old, now, word] of lists) {
    for (const each of now)
      if (!has(old, each.id)) note(event, { text: nameOf(each) }, each.begunAt);
    for (const each of old)
      if (!has(now, each.id)) note(event, { text: `${nameOf(each)}: ${word}` });
  }
  if (before.over === undefined && after.over !== undefined) {
    note("status", { before: "active", after: "removed", text: overWords(after.over) });
  } else if (before.over !== undefined && after.over === undefined) {
    note("status", { before: "removed", after: "active", text: "Opened again." });
  }
  return found;
}

/** Why a session is no more, one sentence. */
export function overWords(over: NonNullable<SessionFact["over"]>): string {
  return over === "detached" ? "Closed (detached)." : "Its socket closed.";
}

function userOf(fact: SessionFact): string {
  const { auth } = pageAuthOf(fact);
  return auth.user ?? (auth.level === "anonymous" ? "anonymous" : "unnamed user");
}

function variableChanges(before: SessionFact, after: SessionFact): string[] {
  const old = new Map(before.variables.map((variable) => [variable.name, variable]));
  const texts: string[] = [];
  for (const variable of after.variables) {
    const was = old.get(variable.name);
    old.delete(variable.name);
    if (was === undefined) texts.push(`$${variable.name} set.`);
    else if (!isSameValue(was, variable)) texts.push(`$${variable.name} changed.`);
  }
  for (const name of old.keys()) texts.push(`$${name} removed.`);
  return texts;
}

type Value = SessionFact["variables"][number];

function isSameValue(a: Value, b: Value): boolean {
  if (a.size !== b.size || a.json !== b.json) return false;
  if (a.cbor === undefined || b.cbor === undefined) return a.cbor === b.cbor;
  const { cbor } = b;
  return a.cbor.length === cbor.length && a.cbor.every((byte, index) => byte === cbor[index]);
}

function has(list: readonly { id: string }[], id: string): boolean {
  return list.some((each) => each.id === id);
}

function nameOf(each: { id: string; statement?: string }): string {
  return each.statement ?? `Transaction ${each.id}`;
}
