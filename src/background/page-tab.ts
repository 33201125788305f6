/**
 * The page in one tab: its documents, and the views that look at it.
 *
 * Documents come and go by their ports. One whose port is gone stays for a moment, since a bridge that
 * lost its port opens another one; it leaves at once where a new document has taken its frame. What
 * changed is collected and told together, whole views by key.
 */
import type { WorkerEvent } from "../messages/commands.ts";
import { siteHost } from "../messages/site-pattern.ts";
import type { PortLike } from "../messages/view-client.ts";
import { takePresent } from "../session/change-feed.ts";
import type { HistoryEntry, SessionKey } from "../session/model.ts";
import type { Allowance } from "../session/page/page-mirror.ts";
import type {
  PageDelta,
  PageFrameView,
  PageStatus,
  PageView,
  TrafficRecord,
} from "../session/page/page-model.ts";
import type { PageSession } from "../session/page/page-session.ts";
import type { DocumentPlace } from "../session/page/page-session-view.ts";
import type { KnownPage } from "../session/relay/route-notices.ts";
import { PageDocument, sendAway } from "./page-document.ts";
import { PageRoutes } from "./page-routes.ts";
import { statusOfUnwatched, type Tabs } from "./page-status.ts";
import type { Applied, PagesRouting } from "./route-plane.ts";
import { TrafficOrder } from "./traffic-order.ts";

/** A view that looks at a tab's page. */
export interface PageWatcher {
  readonly tabId: number;
  /** Since when it records; undefined: it doesn't. */
  recordingSince: number | undefined;
  tell(event: WorkerEvent): void;
}

/** How long a bridge may take to open another port, in milliseconds. */
const GRACE = 1_500;
/** How long bridges may take to answer LISTEN. */
const ANSWER_PATIENCE = 2_000;
/** At most so many milliseconds late. */
const PAUSE = 30;
/** Documents of one tab. */
export const DOCUMENT_LIMIT = 200;
/** The longest delay that a timer takes. */
const LONGEST = 2 ** 31 - 1;

export class PageTab {
  readonly tabId: number;
  readonly #tabs: Tabs;
  readonly #allowance: Allowance;
  readonly #routing: PagesRouting;
  readonly #unneeded: () => void;
  /** What is routed in its documents. */
  readonly routes: PageRoutes;
  readonly watchers = new Set<PageWatcher>();
  readonly #documents = new Map<string, PageDocument>();
  #status: PageStatus = "unknown";
  #host: string | undefined;
  #lastTop: string | undefined;
  #overLimit = false;
  readonly #changed = {
    page: false,
    frames: false,
    routes: false,
    leftovers: false,
    sockets: new Set<string>(),
    sessions: new Set<SessionKey>(),
  };
  #telling: ReturnType<typeof setTimeout> | undefined;
  #nextChange: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;
  /** What its views have of `leftovers`, as text. */
  #toldLeftovers = "[]";

  /** @param unneeded nobody looks at it, and nothing of it goes on any more */
  constructor(
    tabId: number,
    tabs: Tabs,
    allowance: Allowance,
    routing: PagesRouting,
    unneeded: () => void,
  ) {
    this.tabId = tabId;
    this.#unneeded = unneeded;
    this.#tabs = tabs;
    this.#allowance = allowance;
    this.#routing = routing;
    this.routes = new PageRoutes(tabId, this.#documents, routing.parts, () => {
      this.#changed.leftovers = true;
      this.#soon();
    });
  }

  /** Has the documents route as is right now; see `RoutePlane`. */
  async applyRoutes(): Promise<Applied> {
    const told = this.routes.tellAll();
    const reached = await this.#tabs.listen(this.tabId);
    await told;
    return this.routes.applied(reached);
  }

  /** A document of it needs its port, whoever looks. */
  get isNeeded(): boolean {
    return [...this.#documents.values()].some(({ isNeeded }) => isNeeded);
  }

  get documentCount(): number {
    return this.#documents.size;
  }

  /** As a view is shown it in its first snapshot. */
  viewFor({ recordingSince }: PageWatcher): PageView {
    const view: PageView = {
      tabId: this.tabId,
      status: this.#status,
      ...this.known,
      routes: this.#routing.routesOf(this.tabId),
      leftovers: this.routes.abandoned,
    };
    if (this.#host !== undefined) view.host = this.#host;
    if (recordingSince !== undefined) view.recordingSince = recordingSince;
    return view;
  }

  /** Frames, sockets and sessions, as far as the documents have told them. */
  get known(): KnownPage {
    const documents = this.#topFirst;
    return {
      frames: this.frames,
      sockets: documents.flatMap(({ mirror }) =>
        views(mirror.socketKeys, (key) => mirror.socketView(key)),
      ),
      sessions: documents.flatMap(({ mirror }) =>
        views(mirror.sessionKeys, (key) => mirror.sessionView(key)),
      ),
    };
  }

  /** Frames open their ports in any order. */
  get #topFirst(): PageDocument[] {
    const isInner = ({ mirror }: PageDocument) => Number(!mirror.place.top);
    return [...this.#documents.values()].sort((a, b) => isInner(a) - isInner(b));
  }

  get frames(): PageFrameView[] {
    const frames = this.#topFirst.map((document) => document.frame);
    const [first] = frames;
    if (this.#overLimit && first) {
      const text = `The page has more than ${DOCUMENT_LIMIT} frames: the others aren't watched.`;
      first.troubles = [...(first.troubles ?? []), text];
    }
    return frames;
  }

  /** @returns undefined where no document here has such a session */
  session(key: SessionKey): PageSession | undefined {
    for (const document of this.#documents.values()) {
      const session = document.session(key);
      if (session) return session;
    }
    return undefined;
  }

  // ── Views ───────────────────────────────────────────────────────────────────────────────────

  add(watcher: PageWatcher): void {
    this.watchers.add(watcher);
    this.applyMode();
  }

  /** Whoever records gets frames from now on; where nobody does none are told. */
  applyMode(): void {
    const records = [...this.watchers].some((each) => each.recordingSince !== undefined);
    const mode = this.watchers.size === 0 ? "quiet" : records ? "record" : "watch";
    for (const document of this.#documents.values()) document.setMode(mode);
  }

  /** Nobody looks any more: the page is left alone. */
  close(): void {
    clearTimeout(this.#telling);
    clearTimeout(this.#nextChange);
    this.#order.flush();
    this.#looks += 1;
    for (const document of this.#documents.values()) {
      document.forget();
      document.mirror.clear();
    }
    this.#documents.clear();
    this.routes.changed();
    clearTimeout(this.#telling);
    this.#telling = undefined;
  }

  // ── Documents ───────────────────────────────────────────────────────────────────────────────

  connected(port: PortLike, place: DocumentPlace): void {
    const known = this.#documents.get(place.documentId);
    const document = known ?? this.#newDocument(place);
    if (!document || document.isRefused) {
      sendAway(port, !this.#routing.admits(place));
      return;
    }
    document.leaving = false;
    document.connect(port);
    this.applyMode();
  }

  #newDocument(place: DocumentPlace): PageDocument | undefined {
    if (this.#documents.size >= DOCUMENT_LIMIT) {
      this.#overLimit = true;
      this.#frameChanged();
      return undefined;
    }
    const { documentId } = place;
    const document: PageDocument = new PageDocument(
      place,
      {
        socketChanged: (key) => this.#soon(this.#changed.sockets.add(key)),
        sessionChanged: (key) => this.#soon(this.#changed.sessions.add(key)),
        documentChanged: () => this.#frameChanged(),
        history: (key, entry) => this.#history(key, entry),
        traffic: (records) => this.#traffic(records),
        answered: () => void this.look(),
        left: () => this.#left(document),
        routable: () => void this.routes.tell(document),
        routesChanged: () => {
          this.routes.changed();
          if (this.watchers.size === 0 && !this.isNeeded) this.#unneeded();
        },
        apiDocument: (post) => this.#routing.api?.connected(this.routes.placeOf(document), post),
        recording: () => [...this.watchers].some((each) => each.recordingSince !== undefined),
      },
      this.#allowance,
    );
    this.#takeFrame(place);
    this.#documents.set(documentId, document);
    this.#frameChanged();
    return document;
  }

  /** A new document has this frame: what was in it before leaves, and all of a page with its top. */
  #takeFrame({ documentId, frameId, top, url }: DocumentPlace): void {
    const navigated = top && this.#lastTop !== undefined && this.#lastTop !== documentId;
    for (const other of [...this.#documents.values()]) {
      if (!navigated && other.mirror.place.frameId !== frameId) continue;
      other.leaving = navigated ? "page" : "frame";
      if (!other.isConnected) this.#remove(other);
    }
    if (top) this.#lastTop = documentId;
    if (navigated) this.#traffic([{ kind: "navigation", at: Date.now(), url }]);
  }

  #left(document: PageDocument): void {
    if (document.leaving) {
      this.#remove(document);
      return;
    }
    // Shown for as long as its frame has it, so that a person reads why nothing is told of it.
    if (document.isRefused) return;
    setTimeout(() => {
      if (!document.isConnected) this.#remove(document);
    }, GRACE);
  }

  #remove(document: PageDocument): void {
    const { documentId } = document.mirror.place;
    if (this.#documents.get(documentId) !== document) return;
    this.#documents.delete(documentId);
    // Of a page that was left the navigation itself says so.
    if (document.leaving !== "page") document.mirror.closeSockets();
    document.forget();
    document.mirror.clear();
    this.routes.changed();
    if (this.#documents.size === 0) this.#overLimit = false;
    this.#frameChanged();
    void this.look();
  }

  // ── Status ──────────────────────────────────────────────────────────────────────────────────

  /** Asks the tab's bridges to open their ports, and finds out why where none does. */
  async listen(): Promise<void> {
    const reached = await this.#tabs.listen(this.tabId);
    if (reached) {
      setTimeout(() => void this.look(), ANSWER_PATIENCE);
      return;
    }
    for (const document of [...this.#documents.values()]) {
      if (!document.isConnected) this.#remove(document);
    }
    await this.look();
  }

  /** A document has loaded: one that opened no port is asked to. */
  async loaded(): Promise<void> {
    const top = [...this.#documents.values()].find(({ mirror }) => mirror.place.top);
    if (top?.isWatched) await this.look();
    else await this.listen();
  }

  async look(): Promise<void> {
    this.#looks += 1;
    const turn = this.#looks;
    const documents = [...this.#documents.values()];
    if (documents.some((document) => document.isWatched)) {
      const top = documents.find(({ mirror }) => mirror.place.top);
      this.#show("watched", top && siteHost(top.mirror.place.url));
      return;
    }
    const seen = await this.#tabs.look(this.tabId);
    // Whoever looked later has seen more.
    if (turn !== this.#looks) return;
    if (!seen) this.#show("unknown", undefined);
    // A page that is on its way is told of when it has come.
    else if (!seen.loading) this.#show(statusOfUnwatched(seen), seen.url && siteHost(seen.url));
  }

  #show(status: PageStatus, host: string | undefined): void {
    if (status === this.#status && host === this.#host) return;
    this.#status = status;
    this.#host = host;
    this.#changed.page = true;
    this.#soon();
  }

  // ── Telling ─────────────────────────────────────────────────────────────────────────────────

  routesChanged(): void {
    this.#changed.routes = true;
    this.#soon();
  }

  #frameChanged(): void {
    this.#changed.frames = true;
    this.#soon();
  }

  #soon(_changed?: unknown): void {
    this.#telling ??= setTimeout(() => this.tellChanges(), PAUSE);
  }

  /** Tells at once what is waiting to be told. */
  tellChanges(): void {
    if (this.#telling === undefined) return;
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const delta: PageDelta = {};
    const { page, frames, routes, leftovers, sockets, sessions } = this.#changed;
    if (page) {
      delta.status = this.#status;
      delta.host = this.#host ?? null;
    }
    if (frames) delta.frames = this.frames;
    if (routes) delta.routes = this.#routing.routesOf(this.tabId);
    if (leftovers) Object.assign(delta, this.#newLeftovers());
    const mirrors = [...this.#documents.values()].map(({ mirror }) => mirror);
    const now = Date.now();
    const [present, gone] = takePresent(sockets, (key) =>
      firstOf(mirrors, (each) => each.socketView(key)),
    );
    if (present.length > 0) delta.sockets = present;
    if (gone.length > 0) delta.removedSockets = gone;
    const [shown, ended] = takePresent(sessions, (key) =>
      firstOf(mirrors, (each) => each.sessionView(key, now)),
    );
    if (shown.length > 0) delta.sessions = shown;
    if (ended.length > 0) delta.removedSessions = ended;
    if (shown.length + ended.length > 0) this.#waitForTime(now);
    this.#changed.page = false;
    this.#changed.frames = false;
    this.#changed.routes = false;
    this.#changed.leftovers = false;
    if (Object.keys(delta).length > 0) this.#tell({ event: "page", delta });
  }

  /** Most of what changes of routes is none of them. */
  #newLeftovers(): Pick<PageDelta, "leftovers"> {
    const { abandoned } = this.routes;
    const text = JSON.stringify(abandoned);
    if (text === this.#toldLeftovers) return {};
    this.#toldLeftovers = text;
    return { leftovers: abandoned };
  }

  /** A token's end changes what is shown, and nobody tells of it. */
  #waitForTime(now: number): void {
    clearTimeout(this.#nextChange);
    let next = { at: Number.POSITIVE_INFINITY, keys: [] as SessionKey[] };
    for (const { mirror } of this.#documents.values()) {
      const own = mirror.nextChange(now);
      if (own.at < next.at) next = own;
    }
    if (next.at === Number.POSITIVE_INFINITY) return;
    this.#nextChange = setTimeout(
      () => {
        for (const key of next.keys) this.#changed.sessions.add(key);
        this.#soon();
      },
      Math.min(next.at - now + 1, LONGEST),
    );
  }

  #history(key: SessionKey, entry: HistoryEntry): void {
    this.#tell({ event: "history", key, entry });
  }

  readonly #order = new TrafficOrder((records) => {
    for (const watcher of this.watchers) {
      if (watcher.recordingSince !== undefined) watcher.tell({ event: "traffic", records });
    }
  });

  #traffic(records: TrafficRecord[]): void {
    this.#order.add(records, this.routes.isOn);
  }

  #tell(event: WorkerEvent): void {
    for (const watcher of this.watchers) watcher.tell(event);
  }
}

function views<V>(keys: string[], view: (key: string) => V | undefined): V[] {
  return keys.map(view).filter((each) => each !== undefined);
}

function firstOf<T, V>(all: readonly T[], view: (one: T) => V | undefined): V | undefined {
  for (const one of all) {
    const found = view(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
