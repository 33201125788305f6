/**
 * A stand-in of Clerk's Frontend API, for the real SDK (clerk-js 6) of a development instance.
 *
 * Its answers have Clerk's own types. What it does was made from those types, from the SDK's source
 * and from Clerk's reference of sessions; where these are silent it is a guess:
 * - removed and revoked sessions are gone from the client; ended, replaced, expired and abandoned
 *   ones stay in it, with their user, without a token;
 * - a touch with any intent makes its session the one that the client was last active with;
 * - a session that is over is answered with 401, one that isn't of this browser with 404.
 *
 * Left out: sign-up; signing in with more than a password; organizations (a session can have an
 * id of one), passkeys, e-mail addresses and the like; token templates; captcha; production
 * instances (the cookie `__client`), satellites, the handshake, redirects (`/client/touch`); rate
 * limits; deleting the client; sessions of other browsers (`/me/sessions`).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { ApiError, notFound } from "./api-error.ts";
import { environmentJson } from "./environment.ts";
import { userJson } from "./people.ts";
import {
  type SessionSeed,
  type SessionStatus,
  SessionStore,
  type StoredSession,
} from "./session-store.ts";
import type { SessionTokens } from "./session-tokens.ts";
import { signIn } from "./sign-in.ts";

/** What a request wants, whatever its verb. */
export type Action =
  | "dev-browser"
  | "environment"
  | "client"
  | "create-client"
  | "sign-in"
  | "session"
  | "touch"
  | "end"
  | "remove"
  | "tokens"
  | "remove-all"
  | "user"
  | "unknown";

/** A request that came, in order of coming. */
export interface SeenRequest {
  readonly action: Action;
  /** The verb that is meant: the SDK sends most as POST with `_method`. */
  readonly method: string;
  /** Below `/v1`. */
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
  /** Of the answer; undefined until there is one. */
  status: number | undefined;
}

/** What becomes of a request instead of being answered at once. */
export type Verdict =
  | { readonly delayMs: number }
  /** Answered once the promise is fulfilled. */
  | Promise<void>
  /** Answered with this error, and nothing is done. */
  | { readonly status: number; readonly code: string }
  /** The connection is cut before anything is done. */
  | "cut"
  /** It is done, but the connection is cut before the answer. */
  | "lose answer";

export interface FrontendApiOptions {
  /** One session a browser: a new sign-in replaces the former session. */
  readonly singleSession?: boolean;
  /** What becomes of a sign-in over a session in single-session mode; "replaces" by default. */
  readonly secondSignIn?: "replaces" | "refused";
  /** The sessions that every browser begins with; the last one that can be used is the active one. */
  readonly sessions?: readonly SessionSeed[];
  /** The environment lacks a part: the SDK then loads as `degraded`. */
  readonly degraded?: boolean;
}

export interface FrontendApi {
  /** Every request, in order. */
  readonly seen: readonly SeenRequest[];
  /** The requests that wanted one of these. */
  of(...actions: Action[]): SeenRequest[];
  /** All sessions of all browsers, those that are over included, in order of their making. */
  sessions(): readonly Readonly<StoredSession>[];
  /** Signs in elsewhere: a session that the page doesn't know of, in the newest client if not told. */
  add(seed: SessionSeed, clientId?: string): Readonly<StoredSession>;
  /** Changes a session behind the page's back. */
  setStatus(sessionId: string, status: SessionStatus): void;
  /** Decides about the next request for this; several are taken in order. */
  next(action: Action, verdict: Verdict): void;
  /** Answers a request for `path`, which begins with `/v1`. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

const ROUTES: readonly (readonly [method: RegExp, path: RegExp, action: Action])[] = [
  [/POST/, /^\/dev_browser$/, "dev-browser"],
  [/GET|PATCH/, /^\/environment$/, "environment"],
  [/GET/, /^\/client$/, "client"],
  [/PUT/, /^\/client$/, "create-client"],
  [/POST/, /^\/client\/sign_ins$/, "sign-in"],
  [/DELETE/, /^\/client\/sessions$/, "remove-all"],
  [/GET/, /^\/client\/sessions\/[^/]+$/, "session"],
  [/POST/, /^\/client\/sessions\/[^/]+\/touch$/, "touch"],
  [/POST/, /^\/client\/sessions\/[^/]+\/end$/, "end"],
  [/POST/, /^\/client\/sessions\/[^/]+\/remove$/, "remove"],
  [/POST/, /^\/client\/sessions\/[^/]+\/tokens$/, "tokens"],
  [/GET/, /^\/me$/, "user"],
];

/** A Clerk of its own, with nobody in it but the wanted sessions. */
export function createFrontendApi(
  tokens: SessionTokens,
  options: FrontendApiOptions = {},
): FrontendApi {
  const { singleSession = false, degraded = false } = options;
  const mode = singleSession ? (options.secondSignIn ?? "replaces") : "beside";
  const store = new SessionStore(tokens, options.sessions ?? []);
  const seen: SeenRequest[] = [];
  const verdicts: [Action, Verdict][] = [];

  /** What the request is answered with; it changes what is to be changed. */
  const answerTo = ({ action, path, body }: SeenRequest, query: URLSearchParams): object => {
    if (action === "unknown") throw notFound(path);
    if (action === "dev-browser") return { object: "dev_browser", id: store.newBrowser() };
    const client = store.clientOf(query.get("__clerk_db_jwt") ?? "");
    const id = path.split("/")[3];
    const read = (response: unknown) => ({ response, client: null });
    const changed = (response: unknown) => ({ response, client: store.clientJson(client) });
    const over = (session: StoredSession, status: SessionStatus) => {
      store.setStatus(session, status);
      return changed(store.sessionJson(session));
    };
    switch (action) {
      case "environment":
        return environmentJson({ singleSession, degraded });
      case "client":
        return read(store.clientJson(client));
      case "create-client":
        client.exists = true;
        return changed(store.clientJson(client));
      case "sign-in":
        return changed(signIn(store, client, body, mode));
      case "session":
        return read(store.sessionJson(store.sessionOf(client, id)));
      case "touch": {
        const session = store.signedInSessionOf(client, id);
        store.touch(client, session, body.active_organization_id);
        return changed(store.sessionJson(session));
      }
      case "tokens":
        return store.tokenJson(store.signedInSessionOf(client, id));
      case "end":
        return over(store.signedInSessionOf(client, id), "ended");
      case "remove":
        return over(store.sessionOf(client, id), "removed");
      case "remove-all":
        for (const session of client.sessions) store.setStatus(session, "removed");
        return changed(store.clientJson(client));
      case "user": {
        const session = store.signedInSessionOf(
          client,
          query.get("_clerk_session_id") ?? undefined,
        );
        return read(userJson(session.person, session.created_at));
      }
    }
  };

  const takeVerdict = (action: Action): Verdict | undefined => {
    const index = verdicts.findIndex(([wanted]) => wanted === action);
    return index < 0 ? undefined : verdicts.splice(index, 1)[0]?.[1];
  };

  return {
    seen,
    of: (...actions) => seen.filter(({ action }) => actions.includes(action)),
    sessions: () => store.all(),
    add: (seed, clientId) => store.add(seed, clientId),
    setStatus: (sessionId, status) => {
      const session = store.all().find(({ id }) => id === sessionId);
      if (!session) throw new Error(`There is no session ${sessionId}.`);
      store.setStatus(session, status);
    },
    next: (action, verdict) => {
      verdicts.push([action, verdict]);
    },
    handle: async (request, response, path) => {
      const { searchParams } = new URL(request.url ?? "/", "http://localhost");
      const noted = noteOf(request, searchParams, path.replace(/^\/v1/, ""), await text(request));
      seen.push(noted);
      const verdict = takeVerdict(noted.action);
      if (verdict instanceof Promise) await verdict;
      else if (typeof verdict === "object" && "delayMs" in verdict) {
        await new Promise((resolve) => setTimeout(resolve, verdict.delayMs));
      }
      if (verdict === "cut") {
        request.socket.destroy();
        return;
      }
      const [status, body] = outcomeOf(() => {
        if (typeof verdict === "object" && "status" in verdict) {
          throw new ApiError(verdict.status, verdict.code, "A failure that a test wants");
        }
        return answerTo(noted, searchParams);
      });
      if (verdict === "lose answer") {
        request.socket.destroy();
        return;
      }
      noted.status = status;
      const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
      response.writeHead(status, headers).end(JSON.stringify(body));
    },
  };
}

function noteOf(
  request: IncomingMessage,
  query: URLSearchParams,
  path: string,
  body: string,
): SeenRequest {
  const sent = request.method ?? "GET";
  const method = (sent === "POST" && query.get("_method")) || sent;
  const route = ROUTES.find(([verbs, paths]) => verbs.test(method) && paths.test(path));
  const action = route?.[2] ?? "unknown";
  const fields = Object.fromEntries(new URLSearchParams(body));
  return { action, method, path, body: fields, status: undefined };
}

function outcomeOf(answer: () => object): [status: number, body: object] {
  try {
    return [200, answer()];
  } catch (error) {
    if (error instanceof ApiError) return [error.status, error];
    throw error;
  }
}
