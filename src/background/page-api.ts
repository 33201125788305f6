/**
 * The page API in the worker: who may use it, and every document that does.
 *
 * A page gets nothing by asking alone. An origin must be enabled by the person; each session must be
 * granted to it; and both are looked up anew whenever they count, so that what is taken back is gone at
 * once. What the browser does for this comes through the options, and sessions from the registry.
 */
import type { ApiDownMessage, ApiRoute, ApiSession } from "../messages/api-messages.ts";
import type { RegistryDelta } from "../session/change-feed.ts";
import { InvalidRequestError } from "../session/errors.ts";
import type { HeldSession } from "../session/held-session.ts";
import { isFinal } from "../session/life-cycle.ts";
import type { SessionKey } from "../session/model.ts";
import type { RelayNotification } from "../session/relay/relay-client.ts";
import type { AccessView } from "../session/relay/route-model.ts";
import { Asks } from "./api-asks.ts";
import { type ApiClient, ApiDocument, type ApiHost, type ApiPlace } from "./api-document.ts";
import { ApiRefusal, notEnabled } from "./api-error.ts";
import { type AccessStore, type Grant, Grants } from "./api-grants.ts";
import { type ApiAllowance, originAllowance } from "./api-rate.ts";
import type { OtherHandlers } from "./commands.ts";

/** What of the registry is needed. */
export interface ApiRegistry {
  /** @throws UnknownSessionError */
  session(key: SessionKey): HeldSession;
  connection(id: string): { profile: { url: string } };
  /** Connections that the worker's start left closed are opened. */
  wake(): void;
}

export interface PageApiOptions {
  registry: Promise<ApiRegistry>;
  store: AccessStore;
  /** A relay client under this id, which is nobody's before. */
  createClient(id: string, notify: (notification: RelayNotification) => void): ApiClient;
  /** The held session that this document's own requests run as, if any. */
  routeOf(place: ApiPlace): SessionKey | undefined;
  /** Views and badge are to be told. */
  accessChanged(view: AccessView): void;
  /** The origins on which the API is enabled are these now. */
  originsChanged(origins: readonly string[]): Promise<void>;
  /** A trouble of the extension itself: what could not be done. */
  failed(what: string, error: unknown): void;
}

/** Documents of all tabs together. */
const DOCUMENTS = 1_000;
/** For so many milliseconds a page that waits for the person keeps the worker awake. */
const ASK_PATIENCE = 10 * 60 * 1000;

export class PageApi {
  readonly #options: PageApiOptions;
  readonly #grants: Grants;
  readonly #asks = new Asks(() => this.#accessChanged());
  readonly #documents = new Set<ApiDocument>();
  readonly #allowances = new Map<string, ApiAllowance>();
  readonly #host: ApiHost;
  #registry: ApiRegistry | undefined;
  /** What is stored has been read. Never rejects: without it nothing is enabled. */
  readonly ready: Promise<void>;

  constructor(options: PageApiOptions) {
    this.#options = options;
    this.#grants = new Grants(options.store);
    this.ready = this.#load();
    this.#host = {
      ready: this.ready,
      isEnabled: (origin) => this.#grants.isEnabled(origin),
      sessionsOf: (origin) => this.#sessionsOf(origin),
      wake: () => this.#registry?.wake(),
      held: (origin, id) => {
        const grant = this.#grants.find(origin, id);
        return grant && this.#heldOf(grant);
      },
      routeOf: (place, origin) => this.#routeOf(place, origin),
      allowance: (origin) => this.#allowance(origin),
      ask: (document, origin, { reason }) => this.#ask(document, origin, reason),
      createClient: (notify) => options.createClient(`api:${crypto.randomUUID()}`, notify),
      left: (document) => {
        this.#documents.delete(document);
        this.#asks.leave(document, new ApiRefusal("disconnected", "The page is gone."));
      },
    };
  }

  async #load(): Promise<void> {
    this.#registry = await this.#options.registry;
    try {
      await this.#grants.load();
    } catch (error) {
      this.#options.failed("read who may use the page API", error);
    }
    this.#accessChanged();
    void this.#options.originsChanged(this.#grants.origins);
  }

  get view(): AccessView {
    return { origins: this.#grants.views, requests: this.#asks.views };
  }

  /** Something goes on that the worker must not sleep through. */
  get inUse(): boolean {
    const since = Date.now() - ASK_PATIENCE;
    return (
      this.#asks.views.some(({ at }) => at > since) ||
      [...this.#documents].some(({ isInUse }) => isInUse)
    );
  }

  /** A document of this origin may open its port although nobody looks at its tab. */
  admits(origin: string): boolean {
    return this.#grants.isEnabled(origin);
  }

  /** Takes everything back: no origin may use the page API any more. */
  async forgetAll(): Promise<void> {
    await this.ready;
    const stored = this.#grants.origins.map((origin) => {
      this.#asks.settle(origin, notEnabled());
      return this.#grants.disable(origin);
    });
    await this.#tellAll(Promise.all(stored).then(() => undefined));
  }

  /**
   * A document's port is open. What comes up through it goes to `received` of the answer, its end to
   * `left`; `post` carries down.
   */
  connected(place: ApiPlace, post: (message: ApiDownMessage) => void): ApiDocument {
    const document = new ApiDocument(place, post, this.#host);
    if (this.#documents.size < DOCUMENTS) this.#documents.add(document);
    else document.left();
    return document;
  }

  /** Sessions changed, or are gone. */
  registryChanged({ sessions = [], removedSessions = [] }: RegistryDelta): void {
    const closed = sessions.filter(({ status }) => isFinal(status)).map(({ key }) => key);
    const { origins, stored } = this.#grants.forget(new Set([...removedSessions, ...closed]));
    stored.catch((error) => this.#options.failed("store who may use the page API", error));
    if (origins.length > 0) this.#accessChanged();
    if (sessions.length > 0 || removedSessions.length > 0) this.#tellDocuments();
  }

  /** Some document's route changed. */
  routesChanged(): void {
    this.#tellDocuments();
  }

  /** The views' commands about the page API. */
  get handlers(): Pick<OtherHandlers, "api.enable" | "api.answer" | "api.revoke"> {
    return {
      "api.enable": async ({ origin, on }) => {
        await this.ready;
        const stored = on ? this.#grants.enable(origin) : this.#grants.disable(origin);
        if (!on) this.#asks.settle(origin, notEnabled());
        await this.#tellAll(stored);
        return null;
      },
      "api.answer": async ({ id, sessions }) => {
        await this.ready;
        await this.#answer(id, sessions);
        return null;
      },
      "api.revoke": async ({ origin, session }) => {
        await this.ready;
        await this.#tellAll(this.#grants.revoke(origin, session));
        return null;
      },
    };
  }

  async #answer(id: string, sessions: readonly SessionKey[]): Promise<void> {
    const origin = this.#asks.originOf(id);
    if (origin === undefined) {
      throw new InvalidRequestError("The page doesn't ask any more.");
    }
    // Before anything is granted: one that is unknown is the view's mistake, and changes nothing.
    for (const key of sessions) this.#registry?.session(key).assertOpen();
    const isGranted = sessions.length > 0;
    const stored = isGranted ? this.#grants.grant(origin, sessions) : this.#grants.reject(origin);
    // What was refused by the grants themselves leaves the page waiting.
    if (isGranted && this.#grants.of(origin).length === 0) return stored;
    this.#asks.settle(origin, isGranted ? undefined : rejected());
    await this.#tellAll(stored);
  }

  /**
   * Told when it is in force, which is at once. The command waits for what is stored, and for what is
   * registered: the next document that its page opens has the API, or has it no more.
   */
  async #tellAll(stored: Promise<void>): Promise<void> {
    this.#accessChanged();
    const registered = this.#options.originsChanged(this.#grants.origins);
    this.#tellDocuments();
    await Promise.all([stored, registered]);
  }

  #accessChanged(): void {
    this.#options.accessChanged(this.view);
  }

  #tellDocuments(): void {
    for (const document of [...this.#documents]) document.changed();
  }

  // ── What documents ask ──────────────────────────────────────────────────────────────────────

  #ask(document: ApiDocument, origin: string, reason: string | undefined): Promise<void> {
    if (this.#grants.isRejected(origin)) throw rejected();
    const { tabId } = document.place;
    return this.#asks.ask(document, {
      origin,
      tabId,
      ...(reason === undefined || reason.trim() === "" ? {} : { reason }),
    });
  }

  #heldOf({ session }: Grant): HeldSession | undefined {
    try {
      const held = this.#registry?.session(session);
      return held && !isFinal(held.record.status) ? held : undefined;
    } catch {
      // Unknown: what was stored of it is lost, or it was forgotten.
      return undefined;
    }
  }

  #sessionsOf(origin: string): ApiSession[] {
    return this.#grants
      .of(origin)
      .map((grant) => this.#sessionOf(grant))
      .filter((session) => session !== undefined);
  }

  /** What a page may know of it. */
  #sessionOf(grant: Grant): ApiSession | undefined {
    const held = this.#heldOf(grant);
    if (!held || !this.#registry) return undefined;
    // As views are shown it: never what a sudden end would take back.
    const { label, namespace, database, auth, status, connectionId } = held.stored ?? held.record;
    if (status === "removed" || status === "replaced") return undefined;
    const { url } = this.#registry.connection(connectionId).profile;
    return {
      id: grant.id,
      label,
      server: new URL(url).host,
      ...(namespace === undefined ? {} : { namespace }),
      ...(database === undefined ? {} : { database }),
      ...(auth.user === undefined ? {} : { user: auth.user }),
      level: auth.level,
      status,
    };
  }

  #routeOf(place: ApiPlace, origin: string): ApiRoute {
    const key = this.#options.routeOf(place);
    const grant = this.#grants.of(origin).find(({ session }) => session === key);
    return { session: grant?.id ?? null };
  }

  #allowance(origin: string): ApiAllowance {
    const known = this.#allowances.get(origin);
    if (known) return known;
    // Only of origins with a document: else visited pages would pile up here.
    for (const other of this.#allowances.keys()) {
      if (![...this.#documents].some((document) => document.origin === other)) {
        this.#allowances.delete(other);
      }
    }
    const allowance = originAllowance();
    this.#allowances.set(origin, allowance);
    return allowance;
  }
}

function rejected(): ApiRefusal {
  return new ApiRefusal(
    "rejected",
    "The person didn't give this page access to any session. Switchyard's options can let it ask again.",
  );
}
