/**
 * SuperTokens in memory: a server, and an SDK for a `FakeWebPage`, in what the extension meets of them.
 *
 * As supertokens-node 24 and supertokens-website 20: names, paths and encoding of cookies, headers of
 * both modes, single-use refresh tokens with theft detection, anti-CSRF NONE and VIA_TOKEN, recipes that
 * answer 200 to wrong credentials. Left out: signatures, hooks, claims, locks between tabs, CORS, and
 * every check that a real server makes beyond these. The real ones run in the browser tests.
 */
import type { FakeAnswer, FakeRequest, FakeServer } from "./fake-web-page.ts";

const DAY = 24 * 3_600_000;

interface Session {
  handle: string;
  user: string;
  tenant: string;
  /** Number of the newest refresh token. */
  newest: number;
  /** The newest one, or its access token, was used: the one before it is worth nothing. */
  isUsed: boolean;
  antiCsrf: string | null;
}

export interface FakeSuperTokensOptions {
  apiBase?: string;
  antiCsrf?: "NONE" | "VIA_TOKEN";
  /** Life of an access token in milliseconds. */
  accessMs?: number;
}

export class FakeSuperTokens {
  readonly base: URL;
  readonly sessions = new Map<string, Session>();
  /** Each request: "POST /auth/signin". */
  readonly requests: string[] = [];
  /** Answers in place of the server, where it answers something. */
  instead?: (request: FakeRequest) => FakeAnswer | undefined;
  accessMs: number;
  readonly #antiCsrf: "NONE" | "VIA_TOKEN";
  #made = 0;

  constructor({ apiBase, antiCsrf = "NONE", accessMs = 3_600_000 }: FakeSuperTokensOptions = {}) {
    this.base = new URL(apiBase ?? "http://localhost:3000/auth");
    this.#antiCsrf = antiCsrf;
    this.accessMs = accessMs;
  }

  readonly serve: FakeServer = (request) => {
    const { method, url } = request;
    this.requests.push(`${method} ${url.pathname}`);
    const other = this.instead?.(request);
    if (other) return other;
    const path = url.pathname;
    const own = this.base.pathname;
    if (url.origin !== this.base.origin) return { status: 404, text: "Not here" };
    if (path === "/me") return this.#me(request);
    if (path === "/login") return this.#login(request, false);
    if (path === "/login-for-tokens") return this.#login(request, true);
    if (path === `${own}/session/refresh`) return this.#refresh(request);
    if (path === `${own}/signout`) return this.#signOut(request);
    const recipe = /^(?:\/([^/]+))?\/signin$/.exec(path.slice(own.length));
    if (path.startsWith(own) && recipe) return this.#signIn(request, recipe[1] ?? "public");
    return { status: 404, text: "Not found" };
  };

  revoke(handle: string): void {
    this.sessions.delete(handle);
  }

  #signIn(request: FakeRequest, tenant: string): FakeAnswer {
    const { formFields } = JSON.parse(request.body) as {
      formFields: { id: string; value: string }[];
    };
    const value = (id: string) => formFields.find((field) => field.id === id)?.value ?? "";
    if (value("password") !== "right") {
      return json(200, { status: "WRONG_CREDENTIALS_ERROR" });
    }
    const session = this.#create(value("email"), tenant, modeOf(request));
    return { ...json(200, { status: "OK" }), headers: this.#tokens(session, modeOf(request)) };
  }

  /** The application's own endpoint, flat. */
  #login(request: FakeRequest, inBody: boolean): FakeAnswer {
    const { email, password, tenant = "public" } = JSON.parse(request.body);
    if (password !== "right") return json(403, { message: "Go away" });
    const session = this.#create(email, tenant, inBody ? "header" : modeOf(request));
    if (!inBody) {
      return { ...json(200, { hello: email }), headers: this.#tokens(session, modeOf(request)) };
    }
    const named = new Map(this.#tokens(session, "header"));
    return json(200, {
      accessAndFrontTokenUpdated: true,
      accessToken: named.get("st-access-token"),
      frontToken: named.get("front-token"),
      refreshToken: named.get("st-refresh-token"),
    });
  }

  #refresh(request: FakeRequest): FakeAnswer {
    const bearer = bearerOf(request);
    const mode = bearer ? "header" : "cookie";
    const token = bearer ?? cookieOf(request, "sRefreshToken");
    const [handle = "", number] = (token ?? "").split("+/=");
    const session = this.sessions.get(handle);
    if (!session) return this.#refused("unauthorised", mode);
    if (mode === "cookie" && session.antiCsrf !== null) {
      if (request.headers.get("anti-csrf") !== session.antiCsrf) {
        return this.#refused("unauthorised", mode);
      }
    }
    const given = Number(number);
    const isParent = given === session.newest - 1 && !session.isUsed;
    if (given !== session.newest && !isParent) {
      this.sessions.delete(handle);
      return this.#refused("token theft detected", mode);
    }
    session.newest++;
    session.isUsed = false;
    session.antiCsrf = this.#antiCsrfFor(mode);
    return { ...json(200, {}), headers: this.#tokens(session, mode) };
  }

  #signOut(request: FakeRequest): FakeAnswer {
    const session = this.#sessionOf(request);
    if (typeof session === "string") return json(401, { message: session });
    this.sessions.delete(session.handle);
    return {
      ...json(200, { status: "OK" }),
      headers: this.#cleared(bearerOf(request) ? "header" : "cookie"),
    };
  }

  #me(request: FakeRequest): FakeAnswer {
    const session = this.#sessionOf(request);
    if (typeof session === "string") return json(401, { message: session });
    session.isUsed = true;
    return json(200, { user: session.user, tenant: session.tenant });
  }

  /** The session, or what the server says instead. */
  #sessionOf(request: FakeRequest): Session | string {
    const jwt = bearerOf(request) ?? cookieOf(request, "sAccessToken");
    if (!jwt) return "unauthorised";
    const claims = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
    if (claims.exp * 1_000 <= Date.now()) return "try refresh token";
    const isChecked = !bearerOf(request) && this.#antiCsrf === "VIA_TOKEN";
    if (isChecked && request.method !== "GET") {
      const given = request.headers.get("anti-csrf");
      if (given === undefined || given !== claims.antiCsrfToken) return "try refresh token";
    }
    // A real server checks no database here: the token is good until its end.
    return this.sessions.get(claims.sessionHandle) ?? { ...this.#dead(claims) };
  }

  #dead(claims: Record<string, string>): Session {
    const { sessionHandle = "", sub = "", tId = "" } = claims;
    return {
      handle: sessionHandle,
      user: sub,
      tenant: tId,
      newest: 0,
      isUsed: true,
      antiCsrf: null,
    };
  }

  #create(user: string, tenant: string, mode: "cookie" | "header"): Session {
    this.#made++;
    const uuid = `00000000-0000-4000-8000-${String(this.#made).padStart(12, "0")}`;
    const session: Session = {
      handle: tenant === "public" ? uuid : `${uuid}_${tenant}`,
      user,
      tenant,
      newest: 1,
      isUsed: false,
      antiCsrf: this.#antiCsrfFor(mode),
    };
    this.sessions.set(session.handle, session);
    return session;
  }

  #antiCsrfFor(mode: "cookie" | "header"): string | null {
    this.#made++;
    return mode === "cookie" && this.#antiCsrf === "VIA_TOKEN" ? `csrf-${this.#made}` : null;
  }

  #tokens(session: Session, mode: "cookie" | "header"): [string, string][] {
    const { handle, user, tenant, newest, antiCsrf } = session;
    const exp = (Date.now() + this.accessMs) / 1_000;
    const claims = {
      sub: user,
      rsub: user,
      tId: tenant,
      sessionHandle: handle,
      refreshTokenHash1: `hash-${handle}-${newest}`,
      parentRefreshTokenHash1: newest > 1 ? `hash-${handle}-${newest - 1}` : null,
      antiCsrfToken: antiCsrf,
      iss: this.base.href.replace(/\/$/, ""),
      iat: Math.floor(Date.now() / 1_000),
      exp,
      role: "tester",
      name: "Zoë",
    };
    const jwt = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;
    const front = Buffer.from(JSON.stringify({ uid: user, ate: exp * 1_000, up: claims }));
    const refresh = `${handle}+/=${newest}`;
    const headers: [string, string][] = [["front-token", front.toString("base64")]];
    if (antiCsrf !== null) headers.push(["anti-csrf", antiCsrf]);
    if (mode === "header") {
      headers.push(["st-access-token", jwt], ["st-refresh-token", refresh]);
      return headers;
    }
    const path = `${this.base.pathname.replace(/\/$/, "")}/session/refresh`;
    headers.push(
      ["set-cookie", `sAccessToken=${jwt}; Path=/; HttpOnly; SameSite=Lax; ${expires(365)}`],
      [
        "set-cookie",
        `sRefreshToken=${encodeURIComponent(refresh)}; Path=${path}; HttpOnly; SameSite=Lax; ${expires(100)}`,
      ],
    );
    return headers;
  }

  #refused(message: string, mode: "cookie" | "header"): FakeAnswer {
    return { ...json(401, { message }), headers: this.#cleared(mode) };
  }

  #cleared(mode: "cookie" | "header"): [string, string][] {
    if (mode === "header") {
      return [
        ["front-token", "remove"],
        ["st-access-token", ""],
        ["st-refresh-token", ""],
      ];
    }
    const path = `${this.base.pathname.replace(/\/$/, "")}/session/refresh`;
    return [
      ["front-token", "remove"],
      ["set-cookie", `sAccessToken=; Path=/; HttpOnly; ${expires(-1)}`],
      ["set-cookie", `sRefreshToken=; Path=${path}; HttpOnly; ${expires(-1)}`],
    ];
  }
}

function expires(days: number): string {
  return `Expires=${new Date(Date.now() + days * DAY).toUTCString()}`;
}

function json(status: number, body: unknown): FakeAnswer {
  return { status, text: JSON.stringify(body) };
}

function modeOf({ headers }: FakeRequest): "cookie" | "header" {
  return headers.get("st-auth-mode") === "cookie" ? "cookie" : "header";
}

function bearerOf({ headers }: FakeRequest): string | undefined {
  return /^Bearer (.+)$/.exec(headers.get("authorization") ?? "")?.[1];
}

function cookieOf({ headers }: FakeRequest, name: string): string | undefined {
  const pairs = (headers.get("cookie") ?? "").split("; ").map((pair) => pair.split("="));
  const value = pairs
    .find(([other]) => other === name)
    ?.slice(1)
    .join("=");
  return value && decodeURIComponent(value);
}

/** The page's SDK: `page.run(installFakeSdk, ["http://localhost:3000/auth", "cookie", 401])`. */
export function installFakeSdk(base: string, mode: string, expiredStatus: number): void {
  const globals = window as unknown as Record<string, unknown>;
  const native = window.fetch.bind(window);
  const read = (name: string) => {
    const parts = `; ${document.cookie}`.split(`; ${name}=`);
    return parts.length < 2 ? undefined : parts.pop()?.split(";").shift();
  };
  const write = (name: string, value: string, ms: number) => {
    const end = new Date(value === "" ? 0 : Date.now() + ms).toUTCString();
    // biome-ignore lint/suspicious/noDocumentCookie: it stands for the SDK, which does just this.
    document.cookie = `${name}=${value};expires=${end};path=/;samesite=lax`;
  };
  const day = 86_400_000;
  // The SDK takes the clock; tests are faster than a millisecond, in which no two updates are one.
  let newest = 0;
  const mark = () => {
    const known = Number(read("st-last-access-token-update") ?? 0);
    newest = Math.max(Date.now(), newest + 1, known + 1);
    return String(newest);
  };
  const keep = (headers: Headers) => {
    const refresh = headers.get("st-refresh-token");
    if (refresh !== null) write("st-refresh-token", refresh, 36.5 * day);
    const access = headers.get("st-access-token");
    if (access !== null) write("st-access-token", access, 36.5 * day);
    const front = headers.get("front-token");
    if (front !== null) {
      write("st-last-access-token-update", mark(), 400 * day);
      write("sFrontToken", front === "remove" ? "" : front, 400 * day);
      if (front === "remove") {
        for (const name of ["st-access-token", "st-refresh-token", "sAntiCsrf"]) write(name, "", 0);
      }
    }
    const antiCsrf = headers.get("anti-csrf");
    if (antiCsrf !== null) write("sAntiCsrf", antiCsrf, 400 * day);
  };
  // The SDK keeps the token in memory until the mark of the last update is another one.
  let cached: { update: string | undefined; token: string | undefined } | undefined;
  const antiCsrf = () => {
    const update = read("st-last-access-token-update");
    if (cached?.update !== update) cached = { update, token: read("sAntiCsrf") };
    return cached?.token;
  };
  const decorate = (headers: Headers, token: string | undefined) => {
    const csrf = antiCsrf();
    if (csrf) headers.set("anti-csrf", csrf);
    headers.set("st-auth-mode", mode);
    if (token && !headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
    return headers;
  };
  const renew = async () => {
    const headers = decorate(new Headers({ rid: "session" }), read("st-refresh-token"));
    const init: RequestInit = { method: "POST", credentials: "include", headers };
    const answer = await native(`${base}/session/refresh`, init);
    keep(answer.headers);
    if (answer.status >= 300) return answer;
    return undefined;
  };
  const intercept =
    (originalFetch: typeof fetch) =>
    async (url: string, init: RequestInit = {}) => {
      if (new URL(url, location.href).hostname !== new URL(base).hostname) {
        return originalFetch(url, init);
      }
      for (let attempts = 0; ; attempts++) {
        const headers = decorate(new Headers(init.headers), read("st-access-token"));
        if (!headers.has("rid")) headers.set("rid", "anti-csrf");
        const answer = await originalFetch(url, { credentials: "include", ...init, headers });
        keep(answer.headers);
        if (answer.status !== expiredStatus || attempts >= 10) return answer;
        if (!read("sFrontToken")) return answer;
        const refusal = await renew();
        if (refusal) return refusal;
      }
    };
  globals.__supertokensOriginalFetch = native;
  globals.__supertokensSessionRecipe = {
    addFetchInterceptorsAndReturnModifiedFetch: (input: { originalFetch: typeof fetch }) =>
      intercept(input.originalFetch),
    signOut: async () => {
      const answer = await window.fetch(`${base}/signout`, { method: "POST" });
      if (answer.status !== 401 && answer.status >= 300) throw answer;
    },
    doesSessionExist: () => {
      throw new Error("It may renew the session: nobody who only looks calls it.");
    },
  };
  (XMLHttpRequest as unknown as Record<string, unknown>).__interceptedBySuperTokens = true;
  window.fetch = intercept(native) as typeof fetch;
}
