/**
 * A browser and a server in memory, for web sign-ins in Node.
 *
 * The server rotates refresh tokens as SuperTokens does: each is good for once, and one that was used
 * before ends the whole session as stolen. So whatever lets two own a token is found out. The browser has
 * cookie jars by store and host, tabs with documents, and stores that survive the worker's death, but for
 * what a test takes away.
 *
 * Left out: partitions, paths and expiry of cookies (the jar on the browser's API has its own test).
 */
import { SessionRefusedError } from "../../../src/web/web-error.ts";
import type { WebHolder } from "../../../src/web/web-model.ts";
import type { CookieChange, OwnFetch, WebCookie, WebPage } from "../../../src/web/web-page.ts";

export const APP = "http://localhost:5173";
export const OTHER = "http://127.0.0.1:5173";

/** A session at the server: its refresh token is `n`, as is its access token. */
export interface ServerSession {
  id: string;
  user: string;
  n: number;
  over?: "ended" | "stolen";
}

export class FakeServer {
  readonly sessions = new Map<string, ServerSession>();
  /** Every renewal, as "id n". */
  readonly renewals: string[] = [];
  /** Set: it doesn't answer. */
  isDown = false;
  #last = 0;

  signIn(user: string): ServerSession {
    this.#last += 1;
    const session = { id: `${user}-${this.#last}`, user, n: 1 };
    this.sessions.set(session.id, session);
    return session;
  }

  /** @throws SessionRefusedError as a system does that understood the answer */
  renew(id: string, n: number): ServerSession {
    const session = this.sessions.get(id);
    if (!session) throw new SessionRefusedError("revoked", "The server doesn't know this session.");
    if (session.over) throw new SessionRefusedError("ended", "The server has ended this session.");
    if (n !== session.n) {
      session.over = "stolen";
      throw new SessionRefusedError("revoked", "The server takes its token for stolen.");
    }
    session.n += 1;
    this.renewals.push(`${id} ${session.n}`);
    return session;
  }
}

export class FakeWorld {
  readonly server = new FakeServer();
  readonly #jars = new Map<string, WebCookie[]>();
  readonly #listeners = new Set<(change: CookieChange) => void>();
  readonly #documents = new Map<number, WebHolder[]>();
  readonly #stores = new Map<number, string>();
  /** Why cookies can't be used, by origin. */
  readonly refused = new Map<string, "permission" | "host">();
  /** Called at each write into a jar, with how many there were: to throw, or never to return. */
  onWrite: ((count: number) => Promise<void> | void) | undefined;
  writes = 0;
  looks = 0;
  #lastDocument = 0;

  /** Opens a page in a tab, in place of what was there. */
  open(tabId: number, origins: string[] = [APP], storeId = "0"): WebHolder[] {
    this.#stores.set(tabId, storeId);
    const documents = origins.map((origin, frameId) => {
      this.#lastDocument += 1;
      const documentId = `document-${this.#lastDocument}`;
      return { tabId, frameId, documentId, origin, top: frameId === 0 };
    });
    this.#documents.set(tabId, documents);
    return documents;
  }

  close(tabId: number): void {
    this.#documents.delete(tabId);
  }

  documents(tabId: number): WebHolder[] {
    return this.#documents.get(tabId) ?? [];
  }

  /** The page signs in by itself, or goes on with another session. */
  pageHas(session: ServerSession, origin = APP, storeId = "0"): void {
    this.#jars.set(jarName(storeId, origin), cookiesOf(session, storeId, origin));
  }

  pageHasNothing(origin = APP, storeId = "0"): void {
    this.#jars.set(jarName(storeId, origin), []);
  }

  /** Its SDK renews what it has. */
  pageRenews(origin = APP, storeId = "0"): void {
    const { id, n } = readCookies(this.jar(origin, storeId));
    this.pageHas(this.server.renew(id, n), origin, storeId);
  }

  jar(origin = APP, storeId = "0"): WebCookie[] {
    return this.#jars.get(jarName(storeId, origin)) ?? [];
  }

  /** As whom the application's own server takes the page: by its cookies, whole. */
  whoIs(origin = APP, storeId = "0"): string {
    const jar = this.jar(origin, storeId);
    if (jar.length === 0) return "nobody";
    const values = new Set(jar.map(({ value }) => value));
    if (values.size !== 1 || jar.length !== 3) return "half";
    const { id } = readCookies(jar);
    const session = this.server.sessions.get(id);
    return session && !session.over ? session.user : "refused";
  }

  readonly fetch: OwnFetch = async () => {
    throw new Error("The fake systems ask the fake server.");
  };

  async page(holder: WebHolder, storeId = this.#stores.get(holder.tabId) ?? "0"): Promise<WebPage> {
    const { origin, tabId, documentId } = holder;
    const name = jarName(storeId, origin);
    const refused = this.refused.get(origin);
    const write = async (cookie: WebCookie, removed: boolean) => {
      this.writes += 1;
      await this.onWrite?.(this.writes);
      const others = this.jar(origin, storeId).filter((each) => each.name !== cookie.name);
      this.#jars.set(name, removed ? others : [...others, cookie]);
      for (const listener of this.#listeners) listener({ cookie, removed, cause: "explicit" });
    };
    return {
      holder,
      run: async () => this.documents(tabId).some((each) => each.documentId === documentId),
      cookies: {
        ...(refused && { refused }),
        storeId,
        all: async () => [...this.jar(origin, storeId)],
        set: (cookie) => write(cookie, false),
        remove: (cookie) => write(cookie, true),
        onChanged: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
      },
      fetch: this.fetch,
    };
  }
}

/** In the order in which they are written. */
const NAMES = ["refresh", "access", "front"];

export function cookiesOf({ id, n }: ServerSession, storeId: string, origin: string): WebCookie[] {
  return NAMES.map((name) => ({
    name,
    value: `${id} ${n}`,
    domain: new URL(origin).hostname,
    hostOnly: true,
    path: name === "refresh" ? "/auth/session/refresh" : "/",
    secure: false,
    httpOnly: name !== "front",
    sameSite: "lax",
    storeId,
  }));
}

export function readCookies(cookies: readonly WebCookie[]): { id: string; n: number } {
  const [id = "", n] = (cookies[0]?.value ?? "").split(" ");
  return { id, n: Number(n) };
}

function jarName(storeId: string, origin: string): string {
  return `${storeId} ${new URL(origin).hostname}`;
}
