/**
 * What a person should know of a route: found by comparing the page's own sessions, the held session
 * and the connection that it is on. Data in, data out.
 */
import type { ConnectionState, SessionView } from "../model.ts";
import type { PageFrameView, PageSessionView, PageSocketView } from "../page/page-model.ts";
import { placeText } from "../truth.ts";
import type { Route, RoutedBaseline } from "./route-book.ts";
import type { RouteNotice, RouteScope } from "./route-model.ts";

/** What is known of a tab's page. */
export interface KnownPage {
  frames: PageFrameView[];
  sockets: PageSocketView[];
  sessions: PageSessionView[];
}

/** The held session of a route, as far as a route asks. */
export type RoutedSession = Pick<
  SessionView,
  "label" | "namespace" | "database" | "variables" | "auth" | "status" | "cause" | "truth" | "gate"
>;

/**
 * Why this session can't serve for now, one sentence; undefined: it can, or will in a moment.
 * @param session undefined where it was forgotten
 */
export function reasonNotToServe(
  session: RoutedSession | undefined,
  connection: ConnectionState | undefined,
): string | undefined {
  if (!session || !connection) return "The session that this tab runs as is no longer there.";
  const { label, status, cause, gate, truth } = session;
  if (status !== "active") return `“${label}” is ${status}: ${cause}`;
  if (connection.kind === "waiting") return `The connection is lost: ${connection.failure.message}`;
  if (connection.kind === "closed") {
    const why = connection.failure?.message;
    return why ? `The connection is closed: ${why}` : "The connection is closed.";
  }
  // A gate that is closed for a moment is no news: requests wait at it.
  const isStuck = truth.state === "differs" || truth.state === "failed";
  if (!gate.open && isStuck) return `“${label}” can't be used: ${gate.reason}`;
  return undefined;
}

/** The sessions of the page that this route takes to the held session. */
export function routedSessions(
  page: KnownPage,
  { origin, scope }: Pick<Route, "origin" | "scope">,
): PageSessionView[] {
  return page.sessions.filter(
    (session) =>
      session.status !== "removed" &&
      session.holder.origin === origin &&
      isInScope(session, scope, page),
  );
}

function isInScope({ id, holder }: PageSessionView, scope: RouteScope, page: KnownPage): boolean {
  if (scope.kind === "page") return true;
  if (scope.kind === "default") return id === undefined;
  const { frame, url, client, order } = scope.session;
  const own = page.frames.find(({ documentId }) => documentId === holder.documentId);
  const inFrame = holder.top ? "top" : own?.url;
  return inFrame === frame && holder.url === url && holder.place.endsWith(`/${client}/${order}`);
}

/** A page may have as many sessions as it likes; so many are compared, and so many characters of a name. */
const COMPARED = 50;
const NAME = 256;

/** What the page's sessions are now, to be compared with later. */
export function baselineOf(
  page: KnownPage,
  route: Pick<Route, "origin" | "scope">,
): Record<string, RoutedBaseline> {
  const found: Record<string, RoutedBaseline> = {};
  for (const session of routedSessions(page, route).slice(0, COMPARED)) {
    const known = stateOf(session);
    // One that has done nothing yet says nothing: what it does first is its beginning.
    if (known) found[session.holder.place] = known;
  }
  return found;
}

/** A page that loads connects, selects and signs in: what it does so soon is its beginning, no news. */
export const BEGINNING = 3_000;

/**
 * Sessions that weren't there at the switch are compared with what they were when they had begun.
 * @returns their beginnings, and whether one of them is beginning still
 */
export function beginningsOf(
  page: KnownPage,
  route: Route,
  now: number,
): { baseline: Record<string, RoutedBaseline>; more: boolean } {
  const fresh = routedSessions(page, route).filter(
    ({ holder }) => !Object.hasOwn(route.baseline, holder.place),
  );
  // A page that says it was made in the future is no younger for that.
  const room = Math.max(0, COMPARED - Object.keys(route.baseline).length);
  const begun = fresh.filter(({ createdAt }) => createdAt + BEGINNING <= now || createdAt > now);
  const baseline: Record<string, RoutedBaseline> = {};
  for (const session of begun.slice(0, room)) {
    baseline[session.holder.place] = stateOf(session) ?? {};
  }
  return { baseline, more: begun.length < fresh.length };
}

function stateOf({ namespace, database, auth }: PageSessionView): RoutedBaseline | undefined {
  const state: RoutedBaseline = {};
  if (namespace !== undefined) state.namespace = namespace.slice(0, NAME);
  if (database !== undefined) state.database = database.slice(0, NAME);
  if (auth.user !== undefined) state.user = auth.user.slice(0, NAME);
  return Object.keys(state).length > 0 ? state : undefined;
}

/** What the page did on its own sessions since the switch, and what it has that the held one hasn't. */
export function pageNotices(
  page: KnownPage,
  route: Route,
  held: Pick<RoutedSession, "namespace" | "database" | "variables">,
): RouteNotice[] {
  const notices: RouteNotice[] = [];
  const sessions = routedSessions(page, route);
  const selected = sessions.find((session) => hasSelected(session, route, held));
  if (selected) {
    const { namespace, database } = selected;
    const notice: RouteNotice = { kind: "page-selected", place: placeText(namespace, database) };
    if (namespace !== undefined) notice.namespace = namespace;
    if (database !== undefined) notice.database = database;
    notices.push(notice);
  }
  const user = sessions.map((session) => signedInSince(session, route)).find(Boolean);
  if (user !== undefined) notices.push({ kind: "page-signed-in", user });
  const names = missingVariables(sessions, held).map(({ name }) => name);
  if (names.length > 0) notices.push({ kind: "variables", names });
  if (route.scope.kind === "page") {
    const unreadable = page.sockets.find(
      (socket) =>
        socket.format === "flatbuffers" &&
        socket.state !== "closed" &&
        originOf(page, socket) === route.origin,
    );
    if (unreadable) notices.push({ kind: "unreadable-socket", url: unreadable.url });
  }
  if (
    route.scope.kind !== "session" &&
    page.frames.some(({ origin, usesWorkers }) => usesWorkers && origin === route.origin)
  ) {
    notices.push({ kind: "workers" });
  }
  return notices;
}

function originOf({ frames }: KnownPage, { documentId }: PageSocketView): string | undefined {
  return frames.find((frame) => frame.documentId === documentId)?.origin;
}

function hasSelected(
  session: PageSessionView,
  { baseline }: Route,
  held: Pick<RoutedSession, "namespace" | "database">,
): boolean {
  const before = baseline[session.holder.place];
  const { namespace, database } = session;
  if (!before || namespace === undefined) return false;
  const now = stateOf(session);
  const isAsBefore = before.namespace === now?.namespace && before.database === now?.database;
  return !isAsBefore && !(held.namespace === namespace && held.database === database);
}

function signedInSince(session: PageSessionView, { baseline }: Route): string | undefined {
  const before = baseline[session.holder.place];
  const { user } = session.auth;
  return before && stateOf(session)?.user !== before.user ? user : undefined;
}

/** The page's variables, each once, that the held session has not. */
export function missingVariables(
  sessions: readonly PageSessionView[],
  held: Pick<RoutedSession, "variables">,
): PageSessionView["variables"] {
  const known = new Set(held.variables.map(({ name }) => name));
  const found = new Map<string, PageSessionView["variables"][number]>();
  for (const { variables } of sessions) {
    for (const variable of variables) {
      if (!known.has(variable.name) && !found.has(variable.name)) {
        found.set(variable.name, variable);
      }
    }
  }
  return [...found.values()];
}
