/**
 * A stand-in for the SuperTokens core, in memory: as much of it as supertokens-node 24 (CDI 5.4) asks for
 * sessions. So the SDKs of a test are the real ones, on the server and in the page.
 *
 * What it leaves out:
 * - users, roles, metadata and every recipe but sessions: each user id is one that the core doesn't know;
 * - tenants as such: any tenant id is one, with nothing to set up;
 * - `GET /recipe/session`, `PUT /recipe/session/data` and `PUT /recipe/jwt/data`, which are what
 *   `getSessionInformation` and updates by a session's handle ask; data kept beside a session;
 * - static signing keys and the change of keys: one RSA key for as long as it runs;
 * - the encryption of refresh tokens: theirs are random, and what they stand for is looked up;
 * - access tokens older than version 5, linked accounts, API keys, several apps, CDI versions.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { latch } from "../../rpc-proxy.ts";
import { createSigningKey } from "./core-keys.ts";
import { type CoreAnswer, type CoreSession, CoreSessions, type Lives } from "./core-sessions.ts";

export type { CoreSession, Lives };

export interface HeldAnswer {
  /** Fulfilled when the core has refreshed the session and holds its answer. */
  readonly reached: Promise<void>;
  /** Lets the answer go. */
  release(): void;
}

export interface CoreStandin {
  /** `http://127.0.0.1:PORT`, for `connectionURI`. */
  readonly url: string;
  /** All sessions that aren't over. */
  sessions(): readonly CoreSession[];
  /** Ends a session behind the application's back; false if there is none. */
  revoke(handle: string): boolean;
  /** How many requests have come for this path, for any path without it. */
  countOf(path?: string): number;
  /** The next refresh is done at once, but its answer waits. Closing lets it go too. */
  holdNextRefresh(): HeldAnswer;
  close(): Promise<void>;
}

/** A request's body, or its query where it is a GET. */
type Input = Readonly<Record<string, unknown>>;

/** What the core does without being told otherwise: an hour, and a hundred days. */
const USUAL_LIVES: Lives = { accessTokenLife: 3600, refreshTokenLife: 100 * 24 * 3600 };

/** Starts one on 127.0.0.1, at any free port, with no sessions. */
export async function startCore(lives: Partial<Lives> = {}): Promise<CoreStandin> {
  const key = await createSigningKey();
  const sessions = new CoreSessions(key, { ...USUAL_LIVES, ...lives });
  const counts = new Map<string, number>();
  const held = new Set<() => void>();
  /** Those of `held` that no refresh has met yet. */
  const waiting: { reach: () => void; released: Promise<void> }[] = [];

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://core");
    counts.set(pathname, (counts.get(pathname) ?? 0) + 1);
    const route = `${request.method} ${pathname}`;
    const input = await inputOf(request, searchParams);
    const found = await answerTo(route, input);
    if (route === "POST /recipe/session/refresh") {
      const hold = waiting.shift();
      hold?.reach();
      await hold?.released;
    }
    response
      .writeHead(found ? 200 : 404, { "Content-Type": "application/json; charset=utf-8" })
      .end(JSON.stringify(found ?? { message: `The stand-in has no ${route}` }));
  });

  function answerTo(route: string, input: Input): object | undefined {
    switch (route) {
      case "GET /apiversion":
        return { versions: ["5.4"] };
      case "GET /.well-known/jwks.json":
        return key.jwks;
      case "GET /user/id":
        return { status: "UNKNOWN_USER_ID_ERROR" };
    }
    const [, method, tenantId, action] =
      /^(GET|POST) (?:\/([^/]+))?\/recipe\/session(?:\/(\w+))?$/.exec(route) ?? [];
    return method ? sessionAnswer(`${method} ${action ?? ""}`, input, tenantId) : undefined;
  }

  function sessionAnswer(
    action: string,
    input: Input,
    tenantId: string | undefined,
  ): CoreAnswer | undefined {
    const presented = {
      token: String(input.refreshToken ?? input.accessToken),
      antiCsrfToken: input.antiCsrfToken as string | undefined,
      enableAntiCsrf: input.enableAntiCsrf === true,
    };
    const claims = (input.userDataInJWT ?? {}) as Readonly<Record<string, unknown>>;
    switch (action) {
      case "POST ":
        return sessions.create({
          userId: String(input.userId),
          tenantId: tenantId ?? "public",
          claims,
          enableAntiCsrf: presented.enableAntiCsrf,
        });
      case "POST refresh":
        return sessions.refresh(presented);
      case "POST verify":
        return sessions.verify(
          presented,
          input.doAntiCsrfCheck === true,
          input.checkDatabase === true,
        );
      case "POST regenerate":
        return sessions.regenerate(presented.token, claims);
      case "POST remove": {
        const handles =
          (input.sessionHandles as string[] | undefined) ?? handlesOf(input, tenantId);
        return { status: "OK", sessionHandlesRevoked: sessions.remove(handles) };
      }
      case "GET user":
        return { status: "OK", sessionHandles: handlesOf(input, tenantId) };
    }
    return undefined;
  }

  /** Of one user, in one tenant or, where the path names none, in all. */
  function handlesOf({ userId }: Input, tenantId: string | undefined): string[] {
    return sessions
      .list()
      .filter((each) => each.userId === userId && each.tenantId === (tenantId ?? each.tenantId))
      .map(({ handle }) => handle);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions: () => sessions.list(),
    revoke: (handle) => sessions.remove([handle]).length > 0,
    countOf: (path) =>
      path === undefined
        ? [...counts.values()].reduce((sum, count) => sum + count, 0)
        : (counts.get(path) ?? 0),
    holdNextRefresh: () => {
      const reached = latch();
      const released = latch();
      waiting.push({ reach: reached.open, released: released.opened });
      held.add(released.open);
      return { reached: reached.opened, release: released.open };
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const release of held) release();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function inputOf(request: IncomingMessage, query: URLSearchParams): Promise<Input> {
  return request.method === "POST" ? ((await json(request)) as Input) : Object.fromEntries(query);
}
