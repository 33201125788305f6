/**
 * The way of one frame of a page: by what is routed, by what it names, and by whom that belongs to.
 */
import { type Frame, readSent, type SentRequest } from "../session/journal/journal-frame.ts";
import { idsToKill } from "../session/journal/journal-requests.ts";
import type { JournalSocket } from "../session/journal/journal-socket.ts";
import { scanLive } from "../session/relay/live-scan.ts";
import { RelayError } from "../session/relay/relay-error.ts";
import type { RouteTable } from "../session/relay/relay-messages.ts";
import { endsSession, methodKind } from "../session/relay/relay-methods.ts";
import { EnvelopeError } from "../wire/wire-error.ts";
import type { RoutedSocket } from "./routed-socket.ts";

/** Where a frame goes. */
export type Way =
  /** `ends`: after it nothing is left of this session of the page's. */
  | { to: "server"; ends?: { session: string | undefined } }
  /** Nobody knows yet. */
  | { to: "wait" }
  | { to: "session"; request: SentRequest; route: number | undefined }
  | { to: "nobody"; request: SentRequest | undefined; error: RelayError };

/** What is known of routes. */
export interface Standing {
  table: RouteTable | undefined;
  /** Whether anything is routed isn't known yet. */
  awaiting: boolean;
}

const UNKNOWN =
  "whether this is the session that you chose can't be told. Nothing was sent. Choose again in DevTools > Switchyard.";
const SERVER: Way = { to: "server" };
export const WAIT = { to: "wait" } as const;

/** Never sends anything itself. */
export function wayOf(socket: RoutedSocket, frame: Frame, standing: Standing): Way {
  if (socket.isUnreadable) return wayOfUnreadable(standing);
  try {
    return wayOfRequest(socket, readSent(frame), standing);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    // Nobody can say in which session it would run.
    if (!standing.awaiting && !standing.table) return SERVER;
    if (standing.awaiting) return WAIT;
    return { to: "nobody", request: undefined, error: unreadable(error.message) };
  }
}

/** No request of such a socket can be told from another; one session alone can't be chosen on it. */
function wayOfUnreadable({ table, awaiting }: Standing): Way {
  if (awaiting) return WAIT;
  if (table?.all === undefined && table?.default === undefined) return SERVER;
  return { to: "nobody", request: undefined, error: unreadable("This socket's format") };
}

function wayOfRequest(
  socket: RoutedSocket,
  request: SentRequest,
  { table, awaiting }: Standing,
): Way {
  const { method, session, txn } = request;
  const { client } = socket.journal;
  const owner: Way = { to: "session", request, route: undefined };
  if (txn !== undefined) {
    if (socket.transactions.has(txn)) return owner;
    if (client.owns(txn)) return SERVER;
  }
  const kind = methodKind(method);
  if (kind === "state") {
    return endsSession(method) ? { to: "server", ends: { session } } : SERVER;
  }
  if (method === "commit" || method === "cancel" || method === "kill") {
    const params = request.params();
    const id = (method === "kill" ? params[0] : params.at(-1))?.uuid();
    if (id !== undefined && socket.owns(id)) return owner;
    if (id !== undefined && client.owns(id)) return SERVER;
  }
  if (awaiting) return WAIT;
  const route = routeOf(socket, session, table);
  if (method === "query" && (socket.live.size > 0 || route !== undefined)) {
    const way = wayOfKills(socket, request, route);
    if (way) return way;
  }
  if (route === undefined) return SERVER;
  if (typeof route !== "number") return { to: "nobody", request, error: route };
  if (kind === "unknown") {
    const text = `“${method.slice(0, 60)}” is no method that can be passed on. Nothing was sent.`;
    return { to: "nobody", request, error: new RelayError("MethodNotAllowed", text) };
  }
  return { to: "session", request, route };
}

/** A text that kills goes to whoever runs what it kills. */
function wayOfKills(
  socket: RoutedSocket,
  request: SentRequest,
  route: number | RelayError | undefined,
): Way | undefined {
  const [textParam, bindings] = request.params();
  const text = textParam?.text();
  if (text === undefined) return undefined;
  const ids = idsToKill(text, bindings);
  if (ids.length === 0) return undefined;
  if (ids.some((id) => socket.live.has(id))) {
    return { to: "session", request, route: typeof route === "number" ? route : undefined };
  }
  const { client } = socket.journal;
  if (route === undefined || !ids.some((id) => client.owns(id))) return undefined;
  if (scanLive(text).onlyKills && ids.every((id) => client.owns(id))) return SERVER;
  const words =
    "this text kills live queries of the page's own session and would run as another. Nothing was sent. Send each KILL alone.";
  return { to: "nobody", request, error: new RelayError("MixedOwners", words) };
}

function routeOf(
  { journal }: RoutedSocket,
  session: string | undefined,
  table: RouteTable | undefined,
): number | RelayError | undefined {
  if (!table) return undefined;
  if (table.all !== undefined) return table.all;
  if (table.default !== undefined) return session === undefined ? table.default : undefined;
  const chosen = table.session ?? table.refused;
  const { client } = journal;
  if (session === undefined && table.session && isDoubtful(table.session, client)) {
    return new RelayError("ChooseAgain", DOUBTFUL);
  }
  if (chosen?.client !== client.number || chosen.url !== client.url) return undefined;
  const known = client.session(session);
  if (!known) return new RelayError("ChooseAgain", UNKNOWN);
  if (known.order !== chosen.order) return undefined;
  return "route" in chosen ? chosen.route : new RelayError("ChooseAgain", chosen.why);
}

/**
 * Several sockets to one server were lost together: which of them came back as whose is a guess, and
 * nobody runs as somebody else by a guess. A default session has no id by which it could be told.
 */
function isDoubtful(
  chosen: NonNullable<RouteTable["session"]>,
  { url, doubt }: JournalSocket["client"],
): boolean {
  if (chosen.order !== 0 || chosen.url !== url || doubt === undefined) return false;
  return doubt.at > chosen.since && doubt.among.has(chosen.client);
}

const DOUBTFUL =
  "several connections of this page were lost together, and the session that you chose can't be told from another one since. Nothing was sent. Choose again in DevTools > Switchyard.";

export function unreadable(why: string): RelayError {
  return new RelayError("InvalidRequest", `${why}. Nothing was sent.`);
}
