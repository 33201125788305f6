/**
 * Browsers and their sessions, as Clerk keeps them: a "client" is one browser, and every browser has
 * at most one.
 *
 * What Clerk's reference says of each status decides which sessions a client still lists: those that
 * were removed or revoked are gone from it, those that ended otherwise stay in it.
 */
import { randomUUID } from "node:crypto";
import type { ClientJSON, SessionJSON, TokenJSON } from "@clerk/shared/types";
import { ApiError, notFound } from "./api-error.ts";
import { type PersonName, publicUserDataJson, userIdOf, userJson } from "./people.ts";
import type { SessionTokens } from "./session-tokens.ts";

export type SessionStatus = SessionJSON["status"];
/** What a session has itself, in Clerk's names; times in ms. */
type SessionFields = Omit<SessionJSON, "user" | "public_user_data" | "last_active_token">;

/** A session that a test wants: what isn't given is as of a new sign-in. */
export interface SessionSeed extends Partial<Omit<SessionFields, "object">> {
  readonly person: PersonName;
}

export interface StoredSession extends SessionFields {
  readonly person: PersonName;
  readonly clientId: string;
}

/** A session as it is sent; the token goes with those that are signed in. */
type SessionAnswer = Omit<SessionJSON, "last_active_token"> & {
  readonly last_active_token: TokenAnswer | null;
};
type TokenAnswer = Omit<TokenJSON, "id">;
type ClientAnswer = Omit<ClientJSON, "sessions"> & { readonly sessions: SessionAnswer[] };

export interface StoredClient {
  readonly id: string;
  readonly created_at: number;
  readonly sessions: StoredSession[];
  /** Until the browser has signed in or asked for it, Clerk has no client of it. */
  exists: boolean;
  lastActive: string | null;
  hasSignedIn: boolean;
  updated_at: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const GONE = new Set<SessionStatus>(["removed", "revoked"]);

export class SessionStore {
  readonly #tokens: SessionTokens;
  readonly #seeds: readonly SessionSeed[];
  /** By the id that the browser sends with each request. */
  readonly #clients = new Map<string, StoredClient>();

  /** @param seeds sessions that every browser begins with; the last of them is the active one */
  constructor(tokens: SessionTokens, seeds: readonly SessionSeed[]) {
    this.#tokens = tokens;
    this.#seeds = seeds;
  }

  /** A browser that was never here; returns its id. */
  newBrowser(): string {
    const now = Date.now();
    const browser = newId("dvb");
    const client: StoredClient = {
      id: newId("client"),
      created_at: now,
      updated_at: now,
      sessions: [],
      exists: this.#seeds.length > 0,
      lastActive: null,
      hasSignedIn: false,
    };
    this.#clients.set(browser, client);
    for (const seed of this.#seeds) {
      const session = this.#add(client, seed);
      if (isSignedIn(session)) client.lastActive = session.id;
    }
    return browser;
  }

  clientOf(browser: string): StoredClient {
    const client = this.#clients.get(browser);
    if (client) return client;
    throw new ApiError(401, "dev_browser_unauthenticated", "This browser is not known");
  }

  /** All sessions of all browsers, those that are over included, in the order of their making. */
  all(): StoredSession[] {
    return [...this.#clients.values()].flatMap(({ sessions }) => sessions.map(settled));
  }

  /** A new session in a client, by default the newest one. */
  add(seed: SessionSeed, clientId?: string): StoredSession {
    const clients = [...this.#clients.values()];
    const client = clientId ? clients.find(({ id }) => id === clientId) : clients.at(-1);
    if (!client) throw new Error("No such client: no page of the application has loaded yet.");
    return this.#add(client, seed);
  }

  /** Signs a person in, with a new session that is the client's active one. */
  signIn(client: StoredClient, person: PersonName): StoredSession {
    const session = this.#add(client, { person });
    client.lastActive = session.id;
    client.hasSignedIn = true;
    return session;
  }

  /** A session of the client, as a request names it. */
  sessionOf(client: StoredClient, id: string | undefined): StoredSession {
    const session = client.sessions.find((each) => each.id === id);
    if (!session) throw notFound("The session");
    return settled(session);
  }

  /** The same, if it can still be used. */
  signedInSessionOf(client: StoredClient, id: string | undefined): StoredSession {
    const session = this.sessionOf(client, id);
    if (isSignedIn(session)) return session;
    throw new ApiError(401, "authentication_invalid", `The session is ${session.status}`);
  }

  signedIn(client: StoredClient): StoredSession[] {
    return client.sessions.map(settled).filter(isSignedIn);
  }

  /** Notes that the session is in use, which makes it the client's active one. */
  touch(client: StoredClient, session: StoredSession, organization: string | undefined): void {
    const now = Date.now();
    session.last_active_at = now;
    session.updated_at = now;
    session.abandon_at = now + 30 * DAY_MS;
    if (organization !== undefined) session.last_active_organization_id = organization || null;
    client.lastActive = session.id;
    client.updated_at = now;
  }

  setStatus(session: StoredSession, status: SessionStatus): void {
    session.status = status;
    session.updated_at = Date.now();
    for (const client of this.#clients.values()) {
      if (client.id === session.clientId) client.updated_at = session.updated_at;
    }
  }

  clientJson(client: StoredClient): ClientAnswer | null {
    if (!client.exists) return null;
    const listed = client.sessions.map(settled).filter(({ status }) => !GONE.has(status));
    const lastActive = listed.find((each) => each.id === client.lastActive && isSignedIn(each));
    return {
      object: "client",
      id: client.id,
      sessions: listed.map((session) => this.sessionJson(session)),
      sign_in: null,
      sign_up: null,
      last_active_session_id: lastActive?.id ?? null,
      last_authentication_strategy: client.hasSignedIn ? "password" : null,
      cookie_expires_at: null,
      created_at: client.created_at,
      updated_at: client.updated_at,
    };
  }

  sessionJson(session: StoredSession): SessionAnswer {
    const { person, clientId: _, ...fields } = session;
    return {
      ...fields,
      user: userJson(person, session.created_at),
      public_user_data: publicUserDataJson(person),
      last_active_token: isSignedIn(session) ? this.tokenJson(session) : null,
    };
  }

  tokenJson(session: StoredSession): TokenAnswer {
    return { object: "token", jwt: this.#tokens.sign(session, userIdOf(session.person)) };
  }

  #add(client: StoredClient, { person, ...wanted }: SessionSeed): StoredSession {
    const now = Date.now();
    const session: StoredSession = {
      object: "session",
      id: newId("sess"),
      person,
      clientId: client.id,
      status: wanted.tasks?.length ? "pending" : "active",
      factor_verification_age: [0, -1],
      expire_at: now + 7 * DAY_MS,
      abandon_at: now + 30 * DAY_MS,
      last_active_at: now,
      last_active_organization_id: null,
      actor: null,
      tasks: null,
      created_at: now,
      updated_at: now,
      ...wanted,
    };
    client.sessions.push(session);
    client.exists = true;
    client.updated_at = now;
    return session;
  }
}

export function isSignedIn({ status }: StoredSession): boolean {
  return status === "active" || status === "pending";
}

export function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll("-", "").slice(0, 27)}`;
}

/** The session with the status that its time gives it. */
function settled(session: StoredSession): StoredSession {
  const now = Date.now();
  if (isSignedIn(session)) {
    if (session.expire_at <= now) session.status = "expired";
    else if (session.abandon_at <= now) session.status = "abandoned";
  }
  return session;
}
