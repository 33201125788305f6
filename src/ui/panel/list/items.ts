/**
 * What the list shows, in order: groups with their sessions, folded and filtered.
 *
 * The page's own sessions stand first, socket by socket. Of the held ones those that wait for a
 * sign-in come before the others, since they can do nothing until then; the page's web sign-ins follow,
 * closed ones stand last and folded.
 * While a filter is on, every group with a hit is open.
 */
import type { ConnectionView, SessionView } from "../../../session/model.ts";
import type {
  PageFrameView,
  PageSessionView,
  PageSocketView,
} from "../../../session/page/page-model.ts";
import type { CookieRefusal, WebKind } from "../../../web/web-model.ts";
import { matches } from "../../store/matches.ts";
import type { PageCondition } from "../../store/page-condition.ts";
import { isClosed } from "../../store/sessions.ts";
import { type ListWeb, savedItems, signInGroups } from "./web-items.ts";

/** The last: the web sign-ins of an origin. */
export type GroupId = "page" | "sign-in-again" | "mine" | "closed" | `sign-in/${string}`;

export type ListItem =
  | { kind: "group"; id: GroupId; title: string; count: number; open: boolean }
  /** Why the page shows no session, and what else is to be known of it. */
  | { kind: "condition"; condition: PageCondition | undefined }
  /** A socket of the page; its sessions follow. `frame`: named, since there are several. */
  | { kind: "socket"; key: string; frame: boolean }
  | { kind: "session"; key: string; row: "page" | "held" | "closed" | "web" | "closed-web" }
  /** What is to be known of a system of web sign-ins, where it isn't ready. */
  | { kind: "system"; origin: string; system: WebKind }
  /** Cookies that its systems need can't be used. */
  | { kind: "cookies"; origin: string; refusal: CookieRefusal }
  /** The group has no sessions. */
  | { kind: "none"; group: GroupId };

/** What of the page the list shows. */
export interface ListPage {
  condition: PageCondition | undefined;
  troubled: boolean;
  frames: readonly PageFrameView[];
  sockets: readonly PageSocketView[];
  sessions: readonly PageSessionView[];
}

export interface ListInput {
  /** Absent: the view belongs to no tab. */
  page?: ListPage;
  sessions: readonly SessionView[];
  connections: readonly ConnectionView[];
  /** Absent: none. */
  web?: ListWeb;
  filter: string;
  isFolded: (group: GroupId) => boolean;
}

const NO_WEB: ListWeb = { sites: [], sessions: [], saved: [] };

export function listItems(input: ListInput): ListItem[] {
  const { page, sessions, connections, web = NO_WEB, filter, isFolded } = input;
  const filtered = filter.trim() !== "";
  const items: ListItem[] = [];

  function group(id: GroupId, title: string, count: number, members: () => readonly ListItem[]) {
    const open = filtered || !isFolded(id);
    items.push({ kind: "group", id, title, count, open });
    if (open) items.push(...members());
  }

  if (page) {
    const hits = page.sessions.filter((session) =>
      matches(session, [session.holder.url, session.holder.origin], filter),
    );
    if (hits.length > 0 || !filtered) {
      const living = hits.filter((session) => !isClosed(session)).length;
      group("page", "This page", living, () => pageItems(page, hits, filtered));
    }
  }

  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const saved = savedItems(web, filter);
  const members: Record<"sign-in-again" | "mine" | "closed", ListItem[]> = {
    "sign-in-again": [],
    mine: [],
    closed: [],
  };
  for (const session of sessions) {
    const connection = byId.get(session.connectionId);
    if (!matches(session, [connection?.name ?? "", connection?.url ?? ""], filter)) continue;
    const id = isClosed(session) ? "closed" : session.needsSignIn ? "sign-in-again" : "mine";
    const row = id === "closed" ? "closed" : "held";
    members[id].push({ kind: "session", key: session.key, row });
  }
  const again = members["sign-in-again"];
  const mine = [...members.mine, ...saved.mine];
  const closed = [...members.closed, ...saved.closed];
  if (again.length > 0) group("sign-in-again", "Sign in again", again.length, () => again);
  if (mine.length > 0 || !filtered) {
    const none = sessions.length === 0 && web.saved.length === 0;
    group("mine", "My sessions", mine.length, () =>
      none ? [{ kind: "none", group: "mine" }] : mine,
    );
  }
  for (const { id, title, count, items: rows } of signInGroups(web, filter)) {
    group(id, title, count, () => rows);
  }
  if (closed.length > 0) group("closed", "Closed", closed.length, () => closed);
  return items;
}

/** True where a socket's state is no matter of course, so that it needs a line of its own. */
function isNotable(socket: PageSocketView): boolean {
  return (
    socket.state !== "open" ||
    socket.reconnects > 0 ||
    socket.strayFrames > 0 ||
    socket.unreadable !== undefined ||
    socket.cannotAct !== undefined
  );
}

/** The page's sockets in the order of its frames, each with its sessions, the default one first. */
function pageItems(
  page: ListPage,
  hits: readonly PageSessionView[],
  filtered: boolean,
): ListItem[] {
  const items: ListItem[] = [];
  if ((page.condition !== undefined || page.troubled) && !filtered) {
    items.push({ kind: "condition", condition: page.condition });
  }
  const order = new Map(page.frames.map((frame, index) => [frame.documentId, index]));
  const rank = (documentId: string) => order.get(documentId) ?? order.size;
  const sockets = page.sockets.toSorted(
    (one, other) => rank(one.documentId) - rank(other.documentId),
  );
  const frame = new Set(sockets.map((socket) => socket.documentId)).size > 1;
  const heads = frame || sockets.length > 1;
  for (const socket of sockets) {
    const own = hits.filter((session) => session.holder.socketKey === socket.key);
    if (filtered && own.length === 0) continue;
    if (heads || isNotable(socket)) items.push({ kind: "socket", key: socket.key, frame });
    const first = own.filter((session) => session.id === undefined);
    const others = own.filter((session) => session.id !== undefined);
    for (const session of [...first, ...others]) {
      items.push({ kind: "session", key: session.key, row: "page" });
    }
  }
  return items;
}

/** Tells items apart, and an item from the one that takes its place. */
export function itemKey(item: ListItem): string {
  switch (item.kind) {
    case "group":
      return `group:${item.id}`;
    case "condition":
      return `condition:${item.condition}`;
    case "socket":
      return `socket:${item.key}`;
    case "session":
      return item.key;
    case "system":
      return `system:${item.origin}/${item.system}`;
    case "cookies":
      return `cookies:${item.origin}/${item.refusal}`;
    case "none":
      return `none:${item.group}`;
  }
}

/** The older list where nothing in it changed, so that whoever shows it needn't paint again. */
export function sameItems(older: readonly ListItem[], newer: ListItem[]): readonly ListItem[] {
  const same =
    older.length === newer.length &&
    newer.every((item, index) => {
      const before = older[index];
      if (!before || itemKey(before) !== itemKey(item)) return false;
      if (item.kind === "group") {
        return before.kind === "group" && before.count === item.count && before.open === item.open;
      }
      if (item.kind === "session") return before.kind === "session" && before.row === item.row;
      if (item.kind === "socket") return before.kind === "socket" && before.frame === item.frame;
      return true;
    });
  return same ? older : newer;
}
