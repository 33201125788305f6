/**
 * Whom a tab can run as, in the order in which they are offered.
 *
 * Sessions on the page's own server come first, since the page's ids and tables are there; in each
 * group those whose name is looked for, and those that can serve now, come before the rest. A Careful
 * connection has no shortcut: its sessions are to be pointed at. The page's web sign-ins, and the saved
 * ones that fit it, stand last.
 */
import type { ConnectionView, SessionView } from "../../session/model.ts";
import type { WebSessionView, WebSiteView } from "../../web/web-model.ts";
import { matches, matchesWeb } from "../store/matches.ts";
import { isClosed } from "../store/sessions.ts";
import { sameServer } from "../words/page.ts";
import { isOver } from "../words/web.ts";

export interface Choice {
  session: SessionView;
  connection: ConnectionView | undefined;
  /** On a server that the page itself is connected to. */
  near: boolean;
  careful: boolean;
  /** The digit that picks it. */
  digit: number | undefined;
  /** 0: its name begins with what is looked for · 1: holds it · 2: something else of it does. */
  distance: number;
}

/** A web session that the page has, or that fits it. */
export interface WebChoice {
  session: WebSessionView;
  /** Why the page can't run as it now, one sentence. */
  why: string | undefined;
  /** As of other choices. */
  distance: number;
}

export type SwitcherItem =
  | { kind: "own" }
  | ({ kind: "session" } & Choice)
  | ({ kind: "web" } & WebChoice);

export interface ChoicesInput {
  sessions: readonly SessionView[];
  connections: readonly ConnectionView[];
  /** URLs of the page's sockets. */
  servers: readonly string[];
  /** Web sessions, as `webCandidates` names them; absent: none. */
  web?: readonly WebSessionView[];
  filter: string;
}

/** Whom the page can be signed in as: its own sessions, and saved ones of its origins. */
export function webCandidates(
  sites: readonly WebSiteView[],
  ofPage: readonly WebSessionView[],
  saved: readonly WebSessionView[],
): WebSessionView[] {
  return sites.flatMap(({ holder }) =>
    // A saved one that the page has stands there as the page's own.
    [...ofPage, ...saved.filter(({ savedAs }) => savedAs === undefined)].filter(
      ({ origin, status }) => origin === holder.origin && !isOver(status),
    ),
  );
}

/** True for a session whose requests the server would answer as it is shown. */
export function canServe({ status, needsSignIn }: SessionView): boolean {
  return status === "active" && !needsSignIn;
}

function distanceOf(label: string, filter: string): number {
  const at = label.toLowerCase().indexOf(filter.trim().toLowerCase());
  return at === 0 ? 0 : at > 0 ? 1 : 2;
}

/** The digit that picks a session: its number, but for one that is closed or on a Careful connection. */
export function digitOf(
  session: SessionView,
  connection: Pick<ConnectionView, "careful"> | undefined,
): number | undefined {
  return isClosed(session) || connection?.careful ? undefined : session.number;
}

export function choices({ sessions, connections, servers, filter }: ChoicesInput): Choice[] {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const found = sessions
    .filter((session) => !isClosed(session))
    .map((session): Choice => {
      const connection = byId.get(session.connectionId);
      const careful = connection?.careful === true;
      return {
        session,
        connection,
        near: servers.some((url) => connection !== undefined && sameServer(url, connection.url)),
        careful,
        digit: digitOf(session, connection),
        distance: distanceOf(session.label, filter),
      };
    })
    .filter(({ session, connection }) =>
      matches(session, [connection?.name ?? "", connection?.url ?? ""], filter),
    );
  const rank = ({ near, distance, session }: Choice) =>
    (near ? 0 : 10) + distance * 2 + (canServe(session) ? 0 : 1);
  return found.toSorted((one, other) => rank(one) - rank(other));
}

export function webChoices({
  web = [],
  filter,
}: Pick<ChoicesInput, "web" | "filter">): WebChoice[] {
  return web
    .filter((session) => matchesWeb(session, filter))
    .map((session): WebChoice => {
      const can = session.operations.switch;
      const why = session.current || can === true ? undefined : (can ?? "It can't be switched to.");
      return { session, why, distance: distanceOf(session.label, filter) };
    });
}

/** All that the list shows: the page's own session before the others, unless one looks for another. */
export function switcherItems(input: ChoicesInput): SwitcherItem[] {
  const found: SwitcherItem[] = [
    ...choices(input).map((choice) => ({ kind: "session" as const, ...choice })),
    ...webChoices(input).map((choice) => ({ kind: "web" as const, ...choice })),
  ];
  return input.filter.trim() === "" ? [{ kind: "own" }, ...found] : found;
}

/** Tells items apart. */
export function switcherItemKey(item: SwitcherItem): string {
  return item.kind === "own" ? "own" : item.session.key;
}
