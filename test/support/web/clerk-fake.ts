/**
 * A page with a `window.Clerk` of its own world, for unit tests: page functions run in it by their
 * source, as in a browser, so that one which names anything outside itself fails.
 *
 * `installClerk` follows the source of clerk-js 6.40.0 in what Switchyard depends on: which calls ask the
 * server, replace the client, or write the cookie, and when. It has no sign-in, no organisations, no
 * retries, no listeners, and neither polls nor renews tokens.
 */
import vm from "node:vm";
import { WebError } from "../../../src/web/web-error.ts";
import type { WebPage } from "../../../src/web/web-page.ts";

/** A session at the server, in Clerk's names; times in ms. */
export interface ServerSession {
  id: string;
  status: string;
  last_active_at: number;
  expire_at: number;
  abandon_at: number;
  created_at: number;
  updated_at: number;
  user: { id: string; first_name: string; last_name: string; email: string };
  last_active_organization_id: string | null;
  actor: unknown;
  tasks: { key: string }[] | null;
  factor_verification_age: [number, number] | null;
  token: string | null;
}

export const T0 = Date.UTC(2026, 0, 2, 12);
const DAY = 86_400_000;

export function jwt(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.c2ln`;
}

export function serverSession(name: string, more: Partial<ServerSession> = {}): ServerSession {
  const id = `sess_${name}`;
  const user = {
    id: `user_${name}`,
    first_name: name,
    last_name: "X",
    email: `${name}@example.com`,
  };
  return {
    id,
    status: "active",
    last_active_at: T0,
    expire_at: Date.now() + 7 * DAY,
    abandon_at: Date.now() + 30 * DAY,
    created_at: T0 - DAY,
    updated_at: T0,
    user,
    last_active_organization_id: null,
    actor: null,
    tasks: null,
    factor_verification_age: [0, -1],
    token: jwt({ sid: id, sub: user.id, iat: T0 / 1000, exp: T0 / 1000 + 60 }),
    ...more,
  };
}

/** Clerk's Frontend API of one browser. */
export class ClerkServer {
  sessions: ServerSession[];
  lastActive: string | null;
  singleSession = false;
  /** "POST /client/sessions/sess_bob/touch", in their order. */
  readonly requests: string[] = [];
  /** Answers in place of the server, where it gives one. */
  override?: (request: string) => unknown;

  constructor(...sessions: ServerSession[]) {
    this.sessions = sessions;
    this.lastActive = sessions[0]?.id ?? null;
  }

  async request(method: string, path: string, intent?: string): Promise<unknown> {
    const request = `${method} ${path}`;
    this.requests.push(request);
    const other = this.override?.(request);
    if (other !== undefined) return other;
    if (path === "/client") return answer({ response: this.#client(), client: null });
    const [, id, action] = /^\/client\/sessions\/([^/]+)\/(\w+)$/.exec(path) ?? [];
    const session = this.sessions.find((each) => each.id === id);
    const isSignedIn = session?.status === "active" || session?.status === "pending";
    if (!session || (action === "touch" && !isSignedIn))
      return refusal(404, "No session was found");
    if (action === "touch") {
      session.last_active_at = Date.now();
      this.lastActive = session.id;
    }
    if (action === "end") session.status = "ended";
    if (action === "remove") {
      session.status = "removed";
      this.sessions = this.sessions.filter((each) => each !== session);
    }
    if (this.lastActive === id && action !== "touch") this.lastActive = null;
    // Of a touch for the focus no client comes along: it would be too expensive.
    const client = intent === "focus" ? null : this.#client();
    return answer({ response: { ...session }, client });
  }

  #client() {
    const sessions = this.sessions.map((each) => ({ ...each }));
    return { sessions, last_active_session_id: this.lastActive };
  }
}

export function answer(payload: unknown, status = 200): unknown {
  return { status, payload };
}

export function refusal(status: number, long_message: string): unknown {
  return answer({ errors: [{ code: "refused", message: "no", long_message }] }, status);
}

/** What the page's world has from outside. */
interface FromOutside {
  request(method: string, path: string, intent?: string): Promise<unknown>;
  singleSession(): boolean;
  setCookie(token: string | null): void;
}

/** Runs in the page's world, by source. */
function installClerk(outside: FromOutside): void {
  // Every class here is of the page's world; nothing of it is typed, as for those who look at it.
  // biome-ignore lint/suspicious/noExplicitAny: stands in for a minified script without types.
  type Untyped = any;
  let writer: string | null = null;
  const clerk: Untyped = {
    version: "6.40.0",
    status: "ready",
    get loaded() {
      return clerk.status === "ready" || clerk.status === "degraded";
    },
    session: undefined,
    __internal_setActiveInProgress: false,
    __internal_environment: {
      get authConfig() {
        return { singleSessionMode: outside.singleSession() };
      },
    },
  };
  const emitToken = (token: string | undefined) => {
    const now = clerk.session?.id ?? "";
    if (!document.hasFocus() && writer !== null && writer !== now) return;
    writer = now === "" ? null : now;
    outside.setCookie(token ?? null);
  };
  const send = async (method: string, path: string, intent?: string, skipsClient = false) => {
    const { status, payload } = (await outside.request(method, path, intent)) as Untyped;
    if (method !== "GET" && !skipsClient && payload?.client) {
      clerk.updateClient(client.fromJSON(payload.client));
    }
    if (status >= 400) {
      const errors = payload.errors.map((each: Untyped) => ({ longMessage: each.long_message }));
      throw Object.assign(new Error("refused"), { errors, status });
    }
    return payload;
  };
  class Session {
    [field: string]: Untyped;
    constructor(data: Untyped) {
      this.fromJSON(data);
    }
    fromJSON(data: Untyped) {
      this.id = data.id;
      this.status = data.status;
      for (const [name, field] of [
        ["lastActiveAt", "last_active_at"],
        ["expireAt", "expire_at"],
        ["abandonAt", "abandon_at"],
        ["createdAt", "created_at"],
        ["updatedAt", "updated_at"],
      ] as const) {
        this[name] = new Date(data[field]);
      }
      const { id, first_name, last_name, email } = data.user;
      this.user = {
        id,
        username: null,
        fullName: `${first_name} ${last_name}`,
        primaryEmailAddress: { emailAddress: email },
      };
      this.publicUserData = { firstName: first_name, identifier: email };
      this.lastActiveOrganizationId = data.last_active_organization_id;
      this.actor = data.actor;
      this.tasks = data.tasks;
      this.factorVerificationAge = data.factor_verification_age;
      this.lastActiveToken = data.token && { getRawString: () => data.token };
      return this;
    }
    get currentTask() {
      return this.tasks?.[0];
    }
    async end() {
      return this.fromJSON((await send("POST", `/client/sessions/${this.id}/end`)).response);
    }
    async remove() {
      return this.fromJSON((await send("POST", `/client/sessions/${this.id}/remove`)).response);
    }
    async touch({ intent }: { intent?: string } = {}) {
      const path = `/client/sessions/${this.id}/touch`;
      this.fromJSON((await send("POST", path, intent)).response);
      if (this.lastActiveToken) emitToken(this.lastActiveToken.getRawString());
      return this;
    }
    async getToken() {
      emitToken(this.lastActiveToken?.getRawString());
      return this.lastActiveToken?.getRawString();
    }
  }
  const client: Untyped = {
    sessions: [],
    lastActiveSessionId: null,
    fromJSON(data: Untyped) {
      client.sessions = data.sessions.map((each: Untyped) => new Session(each));
      client.lastActiveSessionId = data.last_active_session_id;
      return client;
    },
    async reload() {
      return client.fromJSON((await send("GET", "/client")).response);
    },
  };
  const signedIn = (id: unknown) =>
    client.sessions.find(
      (each: Untyped) => each.id === id && (each.status === "active" || each.status === "pending"),
    ) ?? null;
  clerk.updateClient = (next: Untyped) => {
    clerk.client = next;
    if (clerk.session) {
      clerk.session = signedIn(clerk.session.id);
      emitToken(clerk.session?.lastActiveToken?.getRawString());
    }
  };
  clerk.getFapiClient = () => ({
    request: ({ method, path, body }: Untyped) => outside.request(method, path, body?.intent),
  });
  clerk.setActive = async ({ session }: Untyped) => {
    clerk.__internal_setActiveInProgress = true;
    try {
      let target = client.sessions.find((each: Untyped) => each.id === session) ?? null;
      if (document.hasFocus()) {
        await target?.touch({ intent: "select_session" });
        target = signedIn(target?.id);
      }
      if (target) await target.getToken();
      else emitToken(undefined);
      clerk.session = target;
    } finally {
      clerk.__internal_setActiveInProgress = false;
    }
  };
  clerk.load = async () => {
    await client.reload();
    clerk.client = client;
    const first = client.sessions.find((each: Untyped) => signedIn(each.id));
    clerk.session = signedIn(client.lastActiveSessionId) ?? first ?? null;
    emitToken(clerk.session?.lastActiveToken?.getRawString());
  };
  Object.assign(globalThis, { Clerk: clerk });
}

/** A page, with Clerk or with whatever a test puts in its place. */
export class ClerkPage implements WebPage {
  readonly holder = {
    tabId: 1,
    frameId: 0,
    documentId: "D",
    origin: "http://localhost",
    top: true,
  };
  readonly cookies = { storeId: "0" } as WebPage["cookies"];
  readonly fetch: WebPage["fetch"] = () => Promise.reject(new Error("not used"));
  /** `document.hasFocus()`: false while DevTools have it. */
  hasFocus = false;
  /** The token in the cookie `__session`. */
  cookie: string | null = null;
  /** Attributes and addresses of its script elements. */
  scripts: { src: string; attributes?: string[] }[] = [];
  /** After so long an answer doesn't count any more. */
  timeoutMs = 10_000;
  readonly #world: vm.Context;

  constructor() {
    this.#world = vm.createContext({
      setTimeout: (work: () => void, ms: number) => setTimeout(work, ms),
      fromOutside: {
        hasFocus: () => this.hasFocus,
        scripts: () =>
          this.scripts.map(({ src, attributes = [] }) => ({
            src,
            hasAttribute: (name: string) => attributes.includes(name),
          })),
      },
    });
    this.evaluate(`
      globalThis.window = globalThis;
      class Document {
        hasFocus() { return fromOutside.hasFocus(); }
        querySelectorAll() { return fromOutside.scripts(); }
      }
      globalThis.document = new Document();
    `);
  }

  /** A page in which Clerk has loaded, as the application of this server. */
  static async of(server: ClerkServer): Promise<ClerkPage> {
    const page = new ClerkPage();
    page.installClerk(server);
    await page.evaluate("Clerk.load()");
    return page;
  }

  /** Clerk's script, not yet loaded. */
  installClerk(server: ClerkServer): void {
    const install = this.evaluate(`(${installClerk.toString()})`) as typeof installClerk;
    install({
      request: (...request) => server.request(...request),
      singleSession: () => server.singleSession,
      setCookie: (token) => {
        this.cookie = token;
      },
    });
  }

  /** Runs a script in the page's world. */
  evaluate(source: string): unknown {
    return vm.runInContext(source, this.#world);
  }

  async run(
    fn: (...args: never[]) => unknown,
    args: unknown[],
    { timeoutMs = this.timeoutMs }: { timeoutMs?: number } = {},
  ): Promise<unknown> {
    const work = this.evaluate(`(async () => (${fn.toString()})(...${JSON.stringify(args)}))()`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new WebError("The page didn't answer.")), timeoutMs);
    });
    try {
      const result = await Promise.race([work, late]);
      return result === undefined ? null : JSON.parse(JSON.stringify(result));
    } finally {
      clearTimeout(timer);
    }
  }
}
