/** Web systems on the fake world: one that is swapped by cookies, one with several sessions at once. */
import { RolledBackError, SessionRefusedError, WebError } from "../../../src/web/web-error.ts";
import type { SeenSession, WebKind, WebStatus } from "../../../src/web/web-model.ts";
import type { WebPage } from "../../../src/web/web-page.ts";
import type { Look, Snapshot, Taken, WebSystem } from "../../../src/web/web-system.ts";
import { cookiesOf, type FakeWorld, readCookies, type ServerSession } from "./fake-world.ts";

const HOUR = 3_600_000;

export function seenOf(
  kind: WebKind,
  { id, user, n }: Pick<ServerSession, "id" | "user" | "n">,
  more: Partial<SeenSession> = {},
): SeenSession {
  return {
    kind,
    id,
    user: `user-${user}`,
    userName: user,
    current: true,
    status: "active",
    cause: "Signed in.",
    tokenExpireAt: Math.floor(Date.now() / HOUR) * HOUR + HOUR + n,
    claims: { n },
    facts: [],
    tokens: [{ name: "access", title: "Access token", place: "cookie access", present: true }],
    warnings: [],
    operations: { switch: true, save: true, touch: true, end: true, remove: true },
    ...more,
  };
}

type Watched = "stayed" | "overwritten" | "changed";

export interface FakeSystem extends WebSystem {
  /** Every call that changes something. */
  readonly calls: string[];
  /** What a look is to answer instead of what is there; may throw, or wait. */
  lookAs: (() => Promise<Look | undefined> | Look | undefined) | undefined;
  /** The access tokens of snapshots ended already. */
  tokensAreOver: boolean;
  /** It puts back by itself what a failed swap began. */
  rollsBack: boolean;
  /** Why a session is gone, where the test says so. */
  vanishedAs: { status: WebStatus; cause: string } | undefined;
  /** Tells what became of the page after the last swap. */
  settle(outcome: Watched): void;
  readonly watches: number;
}

/** As SuperTokens: one session at a time, swapped by cookies. */
export function fakeCookieSystem(world: FakeWorld): FakeSystem {
  const { server } = world;
  const calls: string[] = [];
  let settle: ((outcome: Watched) => void) | undefined;
  let watches = 0;

  async function whole(page: WebPage): Promise<ServerSession | undefined> {
    const cookies = await page.cookies.all();
    if (cookies.length !== 3 || new Set(cookies.map(({ value }) => value)).size !== 1) {
      return undefined;
    }
    const { id, n } = readCookies(cookies);
    return { id, n, user: server.sessions.get(id)?.user ?? id };
  }

  function takenOf(session: ServerSession, storeId: string, origin: string): Taken {
    const snapshot: Snapshot = {
      kind: "supertokens",
      origin,
      takenAt: Date.now(),
      cookies: cookiesOf(session, storeId, origin),
      base: `${origin}/auth`,
    };
    const tokenExpireAt = system.tokensAreOver ? Date.now() - 1 : undefined;
    const seen = seenOf("supertokens", session);
    return { seen: tokenExpireAt ? { ...seen, tokenExpireAt } : seen, snapshot };
  }

  async function write(page: WebPage, snapshot: Snapshot | undefined): Promise<void> {
    if (!snapshot) for (const cookie of await page.cookies.all()) await page.cookies.remove(cookie);
    for (const cookie of snapshot?.cookies ?? []) await page.cookies.set(cookie);
  }

  const system: FakeSystem = {
    kind: "supertokens",
    name: "FakeTokens",
    calls,
    lookAs: undefined,
    tokensAreOver: false,
    rollsBack: true,
    vanishedAs: undefined,
    settle: (outcome) => settle?.(outcome),
    get watches() {
      return watches;
    },
    async look(page) {
      world.looks += 1;
      if (system.lookAs) return system.lookAs();
      if (page.cookies.refused) {
        const cookies = page.cookies.refused;
        return { system: { state: "degraded", signsIn: true, cookies }, sessions: [] };
      }
      const session = await whole(page);
      return {
        system: { state: "ready", transfer: "cookie", signsIn: true },
        sessions: session ? [seenOf("supertokens", session)] : [],
      };
    },
    vanished: (_before, now) =>
      system.vanishedAs ??
      (now?.sessions[0]
        ? { status: "replaced", cause: "The page signed in as somebody else." }
        : { status: "gone", cause: "The page has it no more." }),
    async touch(page) {
      calls.push("page touch");
      world.pageRenews(page.holder.origin, page.cookies.storeId);
    },
    async end(page, { id }) {
      calls.push(`page end ${id}`);
      const session = server.sessions.get(id);
      if (session) session.over = "ended";
      world.pageHasNothing(page.holder.origin, page.cookies.storeId);
    },
    async remove(page, { id }) {
      calls.push(`page remove ${id}`);
      world.pageHasNothing(page.holder.origin, page.cookies.storeId);
    },
    reveal: async (page, { id }, token) => `${token} of ${id} in ${page.holder.origin}`,
    async signIn(page, form) {
      calls.push(`page sign-in ${JSON.stringify(form.fields)}`);
      const secret = form.fields.find(({ name }) => name === "password")?.value;
      if (secret !== "right") throw new WebError("The application says: wrong credentials.");
      const user = form.fields.find(({ name }) => name === "email")?.value ?? "";
      world.pageHas(server.signIn(user), page.holder.origin, page.cookies.storeId);
    },
    snapshots: {
      async take(page) {
        // A refresh token names nobody: another session's isn't told from the page's own.
        const cookies = await page.cookies.all();
        const naming = cookies.filter(({ name }) => name !== "refresh");
        const isOne = naming.length === 2 && naming[0]?.value === naming[1]?.value;
        const session = isOne && server.sessions.get(readCookies(naming).id);
        if (!session || cookies.length !== 3) throw new WebError("The page has no session.");
        const { n } = readCookies(naming);
        const taken = takenOf({ ...session, n }, page.cookies.storeId, page.holder.origin);
        return { ...taken, snapshot: { ...taken.snapshot, cookies } };
      },
      async put(page, snapshot) {
        calls.push(`put ${snapshot ? readCookies(snapshot.cookies).id : "nothing"}`);
        const before = await page.cookies.all();
        try {
          await write(page, snapshot);
        } catch (error) {
          if (!system.rollsBack) throw error;
          world.onWrite = undefined;
          for (const cookie of await page.cookies.all()) await page.cookies.remove(cookie);
          for (const cookie of before) await page.cookies.set(cookie);
          throw new RolledBackError("The browser didn't take a cookie.");
        }
      },
      watch(_page, _snapshot, signal) {
        watches += 1;
        return new Promise((resolve) => {
          settle = resolve;
          signal.addEventListener("abort", () => resolve("stayed"));
        });
      },
      async touch(snapshot) {
        if (server.isDown) throw new WebError("localhost doesn't answer.");
        const { id, n } = readCookies(snapshot.cookies);
        calls.push(`touch ${id}`);
        const storeId = snapshot.cookies[0]?.storeId ?? "0";
        system.tokensAreOver = false;
        return takenOf(server.renew(id, n), storeId, snapshot.origin);
      },
      async end(snapshot) {
        const { id } = readCookies(snapshot.cookies);
        calls.push(`end ${id}`);
        const session = server.sessions.get(id);
        if (!session || session.over) throw new SessionRefusedError("ended", "It is over already.");
        session.over = "ended";
      },
      reveal: (snapshot, token) => `${token} of ${readCookies(snapshot.cookies).id} as saved`,
      async signIn(page, form) {
        calls.push("sign-in apart");
        const user = form.fields.find(({ name }) => name === "email")?.value ?? "";
        return takenOf(server.signIn(user), page.cookies.storeId, page.holder.origin);
      },
    },
  };
  return system;
}

/** As Clerk: several sessions at once, one of them active. */
export function fakeManySystem(): FakeSystem & { sessions: SeenSession[] } {
  const calls: string[] = [];
  const system: FakeSystem & { sessions: SeenSession[] } = {
    kind: "clerk",
    name: "FakeMany",
    calls,
    lookAs: undefined,
    tokensAreOver: false,
    rollsBack: true,
    vanishedAs: undefined,
    sessions: [],
    watches: 0,
    settle: () => undefined,
    async look() {
      if (system.lookAs) return system.lookAs();
      const isThere = system.sessions.length > 0;
      return isThere
        ? {
            system: { state: "ready", multiSession: true, signsIn: false },
            sessions: system.sessions,
          }
        : undefined;
    },
    vanished: () => system.vanishedAs ?? { status: "gone", cause: "The page has it no more." },
    touch: async (_page, { id }) => void calls.push(`touch ${id}`),
    async end(_page, { id }) {
      system.sessions = system.sessions.filter((each) => each.id !== id);
    },
    async remove(_page, { id }) {
      system.sessions = system.sessions.filter((each) => each.id !== id);
    },
    reveal: async () => undefined,
    async activate(_page, { id }) {
      calls.push(`activate ${id}`);
      system.sessions = system.sessions.map((each) => ({ ...each, current: each.id === id }));
    },
  };
  return system;
}
