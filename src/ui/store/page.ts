/**
 * What the worker told of this view's page: its frames, its sockets, its own sessions.
 *
 * The worker may die and know nothing of the page when it is back, until the page's frames have
 * answered anew. What was known is kept meanwhile, document by document, so that nothing blinks:
 * a document's own news replace what was known of it, and what nobody answers for is dropped.
 */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type {
  PageDelta,
  PageFrameView,
  PageSessionView,
  PageSocketView,
  PageView,
} from "../../session/page/page-model.ts";
import type { RouteLeftover, RouteView } from "../../session/relay/route-model.ts";
import { createSessionsStore, type SessionsStore } from "./sessions.ts";

/** A page without its lists. */
export type PageInfo = Omit<PageView, "frames" | "sockets" | "sessions" | "routes" | "leftovers">;

export interface PageStore {
  /** Undefined before the first snapshot, and in a view without a tab. */
  readonly info: ReadonlySignal<PageInfo | undefined>;
  readonly frames: ReadonlySignal<readonly PageFrameView[]>;
  readonly sockets: ReadonlySignal<readonly PageSocketView[]>;
  readonly sessions: SessionsStore<PageSessionView>;
  /** Whom this tab runs as, and where: see `store/routes.ts`. */
  readonly routes: ReadonlySignal<readonly RouteView[]>;
  /** What it still has in held sessions although nothing of it is routed any more. */
  readonly leftovers: ReadonlySignal<readonly RouteLeftover[]>;
  /** Undefined where there is none. Reading these subscribes. */
  frame(documentId: string): PageFrameView | undefined;
  socket(key: string): PageSocketView | undefined;
  /** A snapshot's page. */
  replaceAll(view: PageView | undefined): void;
  apply(delta: PageDelta): void;
  close(): void;
}

/** How long a document may take to answer a worker that has just started, in milliseconds. */
const PATIENCE = 5_000;

export function createPageStore(): PageStore {
  const info = signal<PageInfo | undefined>(undefined);
  const frames = signal<readonly PageFrameView[]>([]);
  const sockets = signal<readonly PageSocketView[]>([]);
  const sessions = createSessionsStore<PageSessionView>();
  const routes = signal<readonly RouteView[]>([]);
  const leftovers = signal<readonly RouteLeftover[]>([]);
  /** Documents of which only what was known before is known. */
  let awaited = new Set<string>();
  /** Documents that the present worker named. */
  let named = new Set<string>();
  let patience: ReturnType<typeof setTimeout> | undefined;

  /** Drops all that was known of these documents, but for what `kept` names. */
  function forget(documents: ReadonlySet<string>, kept: PageDelta = {}) {
    const keys = new Set([
      ...(kept.sockets ?? []).map((socket) => socket.key),
      ...(kept.sessions ?? []).map((session) => session.key),
    ]);
    const gone = (documentId: string, key: string) => documents.has(documentId) && !keys.has(key);
    frames.value = frames.value.filter(
      ({ documentId }) => !documents.has(documentId) || named.has(documentId),
    );
    sockets.value = sockets.value.filter((socket) => !gone(socket.documentId, socket.key));
    const lost = sessions.all.peek().filter(({ key, holder }) => gone(holder.documentId, key));
    sessions.apply(
      [],
      lost.map(({ key }) => key),
    );
    for (const documentId of documents) awaited.delete(documentId);
  }

  /** Awaited documents for which this delta speaks: they told of themselves, or another took their frame. */
  function answeredBy(delta: PageDelta): Set<string> {
    const told = new Set([
      ...(delta.sockets ?? []).map((socket) => socket.documentId),
      ...(delta.sessions ?? []).map((session) => session.holder.documentId),
    ]);
    const replaced = frames.peek().filter(({ frameId, documentId }) => {
      const now = delta.frames?.find((frame) => frame.frameId === frameId);
      return now !== undefined && now.documentId !== documentId;
    });
    for (const { documentId } of replaced) told.add(documentId);
    return new Set([...told].filter((documentId) => awaited.has(documentId)));
  }

  function takeFrames(told: readonly PageFrameView[]) {
    named = new Set(told.map((frame) => frame.documentId));
    const waiting = frames
      .peek()
      .filter(({ documentId }) => awaited.has(documentId) && !named.has(documentId));
    frames.value = [...told, ...waiting];
  }

  function takeSockets(changed: readonly PageSocketView[], removed: readonly string[]) {
    const fresh = new Map(changed.map((socket) => [socket.key, socket]));
    const kept = sockets.peek().map((socket) => {
      const next = fresh.get(socket.key) ?? socket;
      fresh.delete(socket.key);
      return next;
    });
    sockets.value = [...kept, ...fresh.values()].filter((socket) => !removed.includes(socket.key));
  }

  function stopWaiting() {
    clearTimeout(patience);
    awaited = new Set();
    named = new Set();
  }

  return {
    info,
    frames,
    sockets,
    sessions,
    routes,
    leftovers,
    frame: (documentId) => frames.value.find((frame) => frame.documentId === documentId),
    socket: (key) => sockets.value.find((socket) => socket.key === key),
    replaceAll(view) {
      stopWaiting();
      const before = info.peek();
      const sameTab = before !== undefined && before.tabId === view?.tabId;
      if (view?.status === "unknown" && sameTab && frames.peek().length > 0) {
        const { frames: _frames, sockets: _sockets, sessions: _sessions, ...more } = view;
        const { routes: ownRoutes, leftovers: left, ...rest } = more;
        // Routes are kept by the worker itself, which has them back at once.
        routes.value = ownRoutes;
        leftovers.value = left;
        awaited = new Set(frames.peek().map((frame) => frame.documentId));
        info.value = { ...rest, status: before.status, host: rest.host ?? before.host };
        patience = setTimeout(() => {
          batch(() => {
            forget(awaited);
            if (frames.peek().length === 0 && info.value) {
              info.value = { ...info.value, status: "unknown" };
            }
          });
        }, PATIENCE);
        return;
      }
      batch(() => {
        const {
          frames: newFrames,
          sockets: newSockets,
          sessions: newSessions,
          routes: newRoutes,
          leftovers: newLeftovers,
          ...rest
        } = view ?? NOTHING;
        info.value = view && (rest as PageInfo);
        frames.value = newFrames;
        sockets.value = newSockets;
        sessions.replaceAll(newSessions);
        routes.value = newRoutes;
        leftovers.value = newLeftovers;
      });
    },
    apply(delta) {
      batch(() => {
        const { status, host, recordingSince } = delta;
        const current = info.peek();
        if (current) {
          info.value = {
            ...current,
            ...(status !== undefined && { status }),
            ...(host !== undefined && { host: host ?? undefined }),
            ...(recordingSince !== undefined && { recordingSince: recordingSince ?? undefined }),
          };
        }
        if (status !== undefined && status !== "watched" && status !== "unknown") forget(awaited);
        if (delta.routes) routes.value = delta.routes;
        if (delta.leftovers) leftovers.value = delta.leftovers;
        const answered = answeredBy(delta);
        if (delta.frames) takeFrames(delta.frames);
        forget(answered, delta);
        if (delta.sockets || delta.removedSockets) {
          takeSockets(delta.sockets ?? [], delta.removedSockets ?? []);
        }
        if (delta.sessions || delta.removedSessions) {
          sessions.apply(delta.sessions ?? [], delta.removedSessions ?? []);
        }
      });
    },
    close: stopWaiting,
  };
}

const NOTHING = { frames: [], sockets: [], sessions: [], routes: [], leftovers: [] };
