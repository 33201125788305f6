/**
 * What is routed in the documents of one tab: each is told, and each confirms.
 *
 * Which session a document's requests run as is the control's to say; here it becomes a matter of
 * frames, sockets and sessions, and what still runs elsewhere is found.
 */
import { InvalidRequestError } from "../session/errors.ts";
import type { DocumentRoute } from "../session/relay/page-relay.ts";
import type {
  RouteLeftover,
  RouteNotice,
  RoutePlace,
  RouteScope,
} from "../session/relay/route-model.ts";
import type { PageDocument } from "./page-document.ts";
import type { Applied, RoutedDocument, RouteTarget, Routing } from "./route-plane.ts";

/** How long documents may take to confirm what is routed, in milliseconds. */
const PATIENCE = 3_000;

export class PageRoutes {
  readonly #tabId: number;
  readonly #documents: ReadonlyMap<string, PageDocument>;
  readonly #routing: Promise<Routing>;
  readonly #told: () => void;
  #waiters: (() => void)[] = [];

  /** @param told what the tab's views are shown may have changed */
  constructor(
    tabId: number,
    documents: ReadonlyMap<string, PageDocument>,
    routing: Promise<Routing>,
    told: () => void,
  ) {
    this.#tabId = tabId;
    this.#documents = documents;
    this.#routing = routing;
    this.#told = told;
  }

  /**
   * A document opened its port: it waits for the word. Where the routes couldn't be read it gets none, and
   * its requests fail: what isn't known must not run as anybody.
   */
  async tell(document: PageDocument): Promise<void> {
    const routing = await this.#routing;
    const routed = this.placeOf(document);
    let target: RouteTarget | undefined;
    try {
      target = await routing.control.routeFor(routed);
    } catch {
      // Told to the person by whoever couldn't read them.
      return;
    }
    if (document.isConnected) document.route(routing, this.#routeIn(routed, target));
  }

  async tellAll(): Promise<void> {
    await Promise.all([...this.#documents.values()].map((document) => this.tell(document)));
  }

  /** Something is routed here. */
  get isOn(): boolean {
    return [...this.#documents.values()].some(({ routed }) => routed?.route !== undefined);
  }

  /** Something was confirmed, or began, or ended. */
  changed(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
    this.#told();
    void this.#routing.then(({ control }) => control.changed(this.#tabId));
  }

  /**
   * Resolves when all documents have confirmed.
   * @param reached whether the tab has bridges at all
   */
  async applied(reached: boolean): Promise<Applied> {
    const end = performance.now() + PATIENCE;
    let state = this.#state(reached);
    while (state.missing > 0 && reached && performance.now() < end) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
        setTimeout(resolve, Math.min(100, end - performance.now()));
      });
      state = this.#state(reached);
    }
    return state;
  }

  /** Documents that haven't confirmed; the page itself among them where it isn't connected. */
  get missing(): number {
    return this.#state(true).missing;
  }

  #state(reached: boolean): Applied {
    const connected = [...this.#documents.values()].filter(({ isConnected }) => isConnected);
    const confirmed = connected.filter(({ routed }) => routed?.isConfirmed).length;
    const hasTop = connected.some(({ mirror }) => mirror.place.top);
    const missing = connected.length - confirmed + (hasTop && reached ? 0 : 1);
    return { confirmed, missing };
  }

  /** Where a document is, by the browser's word. */
  placeOf({ mirror }: PageDocument): RoutedDocument {
    const { tabId, frameId, documentId, origin, url, top } = mirror.place;
    const topOrigin = top ? origin : (this.#topOrigin ?? mirror.place.topOrigin);
    return { tabId, frameId, documentId, origin, topOrigin, url, top };
  }

  get #topOrigin(): string | undefined {
    for (const { mirror, leaving, isConnected } of this.#documents.values()) {
      // One whose port is closed may be in the back/forward cache, behind a page that has no hook.
      if (mirror.place.top && isConnected && !leaving) return mirror.place.origin;
    }
    return undefined;
  }

  /** One session that is chosen is in one frame, and in one frame only. */
  #routeIn(
    { url, top }: RoutedDocument,
    target: RouteTarget | undefined,
  ): DocumentRoute | undefined {
    if (target?.scope.kind !== "session") return target;
    const { frame } = target.scope.session;
    if (frame !== (top ? "top" : url)) return undefined;
    const alike = [...this.#documents.values()].filter(
      ({ mirror, leaving }) => !leaving && !mirror.place.top && mirror.place.url === url,
    );
    return top || alike.length < 2 ? target : { ...target, ambiguous: true };
  }

  // ── What runs elsewhere ─────────────────────────────────────────────────────────────────────

  #documentsAt({ topOrigin, origin }: RoutePlace): PageDocument[] {
    return [...this.#documents.values()].filter((document) => {
      const place = this.placeOf(document);
      return place.origin === origin && place.topOrigin === topOrigin && !document.leaving;
    });
  }

  /** Open transactions of those sessions of the page that `scope` names. */
  transactions(place: RoutePlace, scope: RouteScope): RouteLeftover[] {
    return this.#documentsAt(place).flatMap((document) =>
      [...ownedIn(document), ...nativeIn(document, scope)].filter(
        ({ kind }) => kind === "transaction",
      ),
    );
  }

  async cancelTransactions(place: RoutePlace, scope: RouteScope): Promise<void> {
    const work = this.#documentsAt(place).flatMap((document) => {
      const native = nativeIn(document, scope).filter(({ kind }) => kind === "transaction");
      return [
        document.routed?.cancelTransactions(),
        ...native.map(({ id, key }) => document.session(key)?.requests.finish(id, "cancel")),
      ];
    });
    await Promise.allSettled(work);
  }

  /** What goes on in another session than the route's. */
  leftovers(place: RoutePlace): RouteLeftover[] {
    return this.#documentsAt(place).flatMap((document) => {
      const route = document.routed?.route;
      if (!route) return [];
      const owned = ownedIn(document).filter(({ session }) => session !== route.to);
      return [...owned, ...nativeIn(document, route.scope).map(({ key: _key, ...rest }) => rest)];
    });
  }

  /** What documents that aren't routed any more still have in held sessions. */
  get abandoned(): RouteLeftover[] {
    return [...this.#documents.values()]
      .filter(({ routed, leaving }) => !leaving && routed && !routed.route)
      .flatMap(ownedIn);
  }

  /** Cancels one open transaction of the page, wherever it runs. Rejects where there is none such. */
  async cancelTransaction(id: string): Promise<void> {
    for (const document of this.#documents.values()) {
      if (await document.routed?.cancelTransaction(id)) return;
      const native = nativeIn(document, { kind: "page" }).find(
        (each) => each.kind === "transaction" && each.id === id,
      );
      const session = native && document.session(native.key);
      if (!session) continue;
      await session.requests.finish(id, "cancel");
      return;
    }
    throw new InvalidRequestError("This transaction is no longer open.");
  }

  notices(place: RoutePlace): RouteNotice[] {
    const found: RouteNotice[] = [];
    for (const document of this.#documentsAt(place)) {
      const route = document.routed?.route;
      if (!route?.ambiguous || route.scope.kind !== "session") continue;
      found.push({ kind: "choose-again", label: route.scope.session.label });
      break;
    }
    return found;
  }
}

/** What a document began in held sessions. */
function ownedIn({ routed }: PageDocument): RouteLeftover[] {
  return (routed?.owned ?? []).map(({ kind, id, held }) => {
    const live = kind === "live" ? held.live.get(id) : undefined;
    const begunAt = live?.begunAt ?? held.requests.transactions.get(id)?.begunAt ?? Date.now();
    const { key, label } = held.record;
    return {
      kind,
      id,
      begunAt,
      session: key,
      as: label,
      ...(live && { statement: live.statement }),
    };
  });
}

/** What those of the page's own sessions that are routed began on its own sockets, and goes on there. */
function nativeIn(document: PageDocument, scope: RouteScope): (RouteLeftover & { key: string })[] {
  const { mirror } = document;
  return mirror.sessionKeys.flatMap((key) => {
    const found = mirror.session(key);
    if (!found) return [];
    const { fact } = found.known;
    if (fact.over !== undefined || !isIn(scope, fact, found.socket.url)) return [];
    const as = "Page's own session";
    const live = fact.live.map(({ id, statement, begunAt }) => ({
      kind: "live" as const,
      id,
      statement,
      begunAt,
      as,
      key,
    }));
    const open = fact.transactions.map(({ id, begunAt }) => ({
      kind: "transaction" as const,
      id,
      begunAt,
      as,
      key,
    }));
    return [...live, ...open];
  });
}

function isIn(
  scope: RouteScope,
  { id, client, order }: { id?: string; client: number; order: number },
  url: string,
): boolean {
  if (scope.kind === "page") return true;
  if (scope.kind === "default") return id === undefined;
  const { session } = scope;
  return session.client === client && session.order === order && session.url === url;
}
