/**
 * What the list shows, in order: groups with their sessions, folded and filtered.
 *
 * Sessions that wait for a sign-in stand first, since they can do nothing until then; closed ones
 * last and folded. While a filter is on, every group with a hit is open.
 */
import type { ConnectionView, SessionView } from "../../../session/model.ts";
import { isClosed } from "../../store/sessions.ts";
import { placeWord, userWord } from "../../words/identity.ts";
import { statusWord } from "../../words/status.ts";

export type GroupId = "sign-in-again" | "mine" | "closed";

export type ListItem =
  | { kind: "group"; id: GroupId; title: string; count: number; open: boolean }
  | { kind: "session"; key: string; closed: boolean };

export interface ListInput {
  sessions: readonly SessionView[];
  connections: readonly ConnectionView[];
  filter: string;
  isFolded: (group: GroupId) => boolean;
}

/** True where every word of the filter is found somewhere in what the row says. */
export function matches(
  session: SessionView,
  connection: ConnectionView | undefined,
  filter: string,
): boolean {
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
    connection?.name ?? "",
    connection?.url ?? "",
    ...session.variables.map((variable) => `$${variable.name}`),
  ]
    .join(" ")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

export function listItems({ sessions, connections, filter, isFolded }: ListInput): ListItem[] {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const groups: Record<GroupId, SessionView[]> = { "sign-in-again": [], mine: [], closed: [] };
  for (const session of sessions) {
    if (!matches(session, byId.get(session.connectionId), filter)) continue;
    const group = isClosed(session) ? "closed" : session.needsSignIn ? "sign-in-again" : "mine";
    groups[group].push(session);
  }
  const filtered = filter.trim() !== "";
  const items: ListItem[] = [];
  for (const [id, title] of [
    ["sign-in-again", "Sign in again"],
    ["mine", "My sessions"],
    ["closed", "Closed"],
  ] as const) {
    const members = groups[id];
    if (members.length === 0 && (id !== "mine" || filtered)) continue;
    const open = filtered || !isFolded(id);
    items.push({ kind: "group", id, title, count: members.length, open });
    if (!open) continue;
    for (const { key } of members) items.push({ kind: "session", key, closed: id === "closed" });
  }
  return items;
}

/** The older list where nothing in it changed, so that whoever shows it needn't paint again. */
export function sameItems(older: readonly ListItem[], newer: ListItem[]): readonly ListItem[] {
  const same =
    older.length === newer.length &&
    newer.every((item, index) => {
      const before = older[index];
      if (item.kind === "session") {
        return (
          before?.kind === "session" && before.key === item.key && before.closed === item.closed
        );
      }
      return (
        before?.kind === "group" &&
        before.id === item.id &&
        before.count === item.count &&
        before.open === item.open
      );
    });
  return same ? older : newer;
}
