/**
 * Which part of the page runs as the chosen session: what there is to choose from.
 *
 * The page itself and its frames of the same origin go together. A frame of another origin is chosen
 * itself, and one without an origin can't be. A session of the page is named by its place, by which it
 * is found again after a reload.
 */
import type {
  PageFrameView,
  PageSessionView,
  PageSocketView,
} from "../../session/page/page-model.ts";
import type { RoutedPlace, RouteScope, RouteView } from "../../session/relay/route-model.ts";
import type { RouteTarget } from "../store/routes.ts";
import { isClosed } from "../store/sessions.ts";
import { placeWord, userWord } from "../words/identity.ts";
import { frameName, serverName } from "../words/page.ts";

export interface ScopeOption {
  value: string;
  text: string;
  group?: string;
  target: RouteTarget;
  /** Origin of the frames that are meant. */
  origin: string;
}

export interface ScopesInput {
  frames: readonly PageFrameView[];
  sockets: readonly PageSocketView[];
  sessions: readonly PageSessionView[];
  /** What runs now: what that names is offered too where it isn't there. */
  current: RouteView | undefined;
}

const DEFAULT: RouteScope = { kind: "default" };
const PAGE: RouteScope = { kind: "page" };

/** Where a page's session is found again; undefined where its place says nothing of that. */
export function routedPlace({ holder, label }: PageSessionView): RoutedPlace | undefined {
  const parts = /^(.*)\/(\d+)\/(\d+)$/s.exec(holder.place);
  if (!parts) return undefined;
  const [, frame = "", client, order] = parts;
  return { frame, url: holder.url, client: Number(client), order: Number(order), label };
}

export function scopeOptions({ frames, sockets, sessions, current }: ScopesInput): ScopeOption[] {
  const top = frames.find((frame) => frame.top);
  const origin = top?.origin ?? "";
  const readable = new Set(
    sockets.filter(({ unreadable }) => unreadable === undefined).map(({ key }) => key),
  );
  const living = sessions.filter(
    (session) => !isClosed(session) && readable.has(session.holder.socketKey),
  );
  const several = new Set(sockets.map(({ url }) => url)).size > 1;
  const single = (session: PageSessionView, group: string, documentId?: string) => {
    const place = routedPlace(session);
    if (!place) return [];
    const where = several ? ` · ${serverName(session.holder.url)}` : "";
    const text = `${session.label} · ${userWord(session)} · ${placeWord(session)}${where}`;
    const target = { scope: { kind: "session" as const, session: place }, documentId };
    return [{ value: keyOf(target), text, group, target, origin: session.holder.origin }];
  };

  const own = living.filter(({ holder }) => holder.top || holder.origin === origin);
  const options: ScopeOption[] = [
    { value: "default", text: "Default sessions", target: { scope: DEFAULT }, origin },
    { value: "page", text: "All sessions of the page", target: { scope: PAGE }, origin },
    ...own.flatMap((session) => single(session, "One session alone")),
  ];
  if (current?.scope.kind === "session" && !optionOf(options, current)) {
    const { scope } = current;
    options.push({
      value: keyOf({ scope }),
      text: `${scope.session.label} (not found now)`,
      group: "One session alone",
      target: { scope },
      origin: current.origin,
    });
  }
  for (const frame of frames) {
    const { documentId } = frame;
    if (frame.top || frame.origin === origin || !URL.canParse(frame.origin)) continue;
    if (!sockets.some((socket) => socket.documentId === documentId)) continue;
    const group = `Frame ${frameName(frame)}`;
    for (const [scope, text] of [
      [DEFAULT, "Default sessions of this frame"],
      [PAGE, "All sessions of this frame"],
    ] as const) {
      const target = { scope, documentId };
      options.push({ value: keyOf(target), text, group, target, origin: frame.origin });
    }
    for (const session of living.filter(({ holder }) => holder.documentId === documentId)) {
      options.push(...single(session, group, documentId));
    }
  }
  return options;
}

/** The route that takes this session's requests elsewhere; undefined: they are its own. */
export function routeTaking(
  session: PageSessionView,
  routes: readonly RouteView[],
): RouteView | undefined {
  if (isClosed(session)) return undefined;
  return routes.find(({ origin, scope, state }) => {
    if (state === "suspended" || origin !== session.holder.origin) return false;
    if (scope.kind === "page") return true;
    if (scope.kind === "default") return session.id === undefined;
    const place = routedPlace(session);
    return (
      place?.url === scope.session.url &&
      keyOf({ scope: { kind: "session", session: place } }) === keyOf({ scope })
    );
  });
}

function keyOf({ scope, documentId }: RouteTarget): string {
  const what =
    scope.kind === "session"
      ? `${scope.session.frame}/${scope.session.client}/${scope.session.order}`
      : scope.kind;
  return documentId === undefined ? what : `${documentId} ${what}`;
}

/** The option that a route stands at; undefined where what it names isn't there now. */
export function optionOf(
  options: readonly ScopeOption[],
  route: Pick<RouteView, "origin" | "scope">,
): ScopeOption | undefined {
  const wanted = keyOf({ scope: route.scope });
  return options.find(
    (option) => option.origin === route.origin && keyOf({ scope: option.target.scope }) === wanted,
  );
}
