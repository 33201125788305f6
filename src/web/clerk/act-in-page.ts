/**
 * What is done with `window.Clerk`, in the page's own world.
 *
 * What clerk-js 6.40.0 does, by its source:
 * - `getToken()` and `touch()` of a session that isn't the current one write that user's cookie into the
 *   page. `end()` and `remove()` don't: the client that comes with the answer takes the place of the
 *   former, and the current session's token is written again. If the current one itself was ended,
 *   `Clerk.session` becomes null: the page is signed out until it is reloaded.
 * - `setActive` with a session that Clerk doesn't know, or that isn't signed in (also by what only the
 *   server knows yet), resolves and signs the page out.
 * - It writes cookies, and tells the server of a switch, only where `document.hasFocus()`, which is
 *   false while docked DevTools have the focus.
 * - A plain request changes nothing in `Clerk.client`; `client.reload()` does, and tells no listener.
 */

export type PageAct = "touch" | "end" | "remove" | "activate" | "token";

/** A session, as the page says it is. Any of it may be made up. */
interface PageSession {
  id: unknown;
  status: unknown;
  end(): Promise<unknown>;
  remove(): Promise<unknown>;
  getToken(): Promise<unknown>;
  lastActiveToken: { getRawString(): unknown } | null;
}

interface PageClient {
  sessions: PageSession[];
  lastActiveSessionId: unknown;
  reload(): Promise<unknown>;
}

interface PageClerk {
  session: PageSession | null | undefined;
  client: PageClient | undefined;
  __internal_setActiveInProgress: unknown;
  setActive(to: { session: string }): Promise<unknown>;
  getFapiClient(): {
    request(of: { method: string; path: string; body: object }): Promise<{
      status: unknown;
      payload: { response?: { id?: unknown }; errors?: unknown } | null;
    }>;
  };
}

/**
 * Does one thing with one session. Sent as source: nothing outside it may be named in it.
 *
 * Answers `{ ok: true, … }` or `{ ok: false, reason, words?, … }`; `act-answer.ts` reads it.
 *
 * @param waitMs after so long it is given up; what was asked of Clerk may be done later all the same
 */
export async function actInPage(act: PageAct, id: string, waitMs: number): Promise<unknown> {
  const LATE = {};
  const MOST_SESSIONS = 1000;
  const deadline = Date.now() + waitMs;

  const short = (value: unknown): string => (typeof value === "string" ? value.slice(0, 300) : "");
  const fail = (reason: string, error?: unknown, more?: object) => {
    let words = "";
    try {
      // What Clerk's server says: in `long_message` as it came, in `longMessage` as clerk-js throws it.
      const { errors, message } = (error ?? {}) as { errors?: unknown; message?: unknown };
      const first = (Array.isArray(errors) ? errors[0] : undefined) ?? {};
      words = short(first.long_message ?? first.longMessage ?? first.message ?? message);
    } catch {
      words = "";
    }
    return { ok: false, reason: error === LATE ? "late" : reason, words, ...more };
  };
  const within = (work: unknown) =>
    Promise.race([
      work,
      new Promise((_, reject) => {
        setTimeout(() => reject(LATE), Math.max(0, deadline - Date.now()));
      }),
    ]);

  const run = async (clerk: PageClerk, client: PageClient) => {
    const find = (session: unknown): PageSession | undefined => {
      const list = client.sessions;
      const end = Math.min(list.length, MOST_SESSIONS);
      for (let at = 0; at < end; at++) if (list[at]?.id === session) return list[at];
      return undefined;
    };
    const isSignedIn = (session: PageSession | undefined) =>
      session?.status === "active" || session?.status === "pending";
    const current = () => {
      const session = clerk.session?.id;
      return typeof session === "string" ? session : null;
    };
    const notSignedIn = (session: PageSession) => ({
      ok: false,
      reason: "status",
      words: short(session.status),
    });
    const focused = async (work: () => unknown) => {
      const own = Object.getOwnPropertyDescriptor(document, "hasFocus");
      const value = () => true;
      // Throws where the page has made it unchangeable; nothing was asked of Clerk then.
      Object.defineProperty(document, "hasFocus", { value, configurable: true, writable: true });
      try {
        await within(work());
      } finally {
        if (Object.getOwnPropertyDescriptor(document, "hasFocus")?.value === value) {
          if (own) Object.defineProperty(document, "hasFocus", own);
          else Reflect.deleteProperty(document, "hasFocus");
        }
      }
    };

    /** By a plain request: see above what `session.touch()` would do. */
    const touch = async () => {
      const target = find(id);
      if (!target) return fail("unknown");
      if (!isSignedIn(target)) return notSignedIn(target);
      const last = client.lastActiveSessionId;
      const send = (session: unknown) =>
        within(
          clerk.getFapiClient().request({
            method: "POST",
            path: `/client/sessions/${encodeURIComponent(String(session))}/touch`,
            body: { intent: "focus" },
          }),
        ) as ReturnType<ReturnType<PageClerk["getFapiClient"]>["request"]>;
      const { status, payload } = await send(id);
      const isDone = Number(status) >= 200 && Number(status) < 300;
      if (isDone && payload?.response?.id !== id) return fail("other");
      try {
        // Also where it was refused: the session may be over by now.
        await within(client.reload());
        if (!isDone) return fail("refused", payload);
        // The server takes the session that was touched last for the one to run as after a reload.
        if (last !== id && client.lastActiveSessionId !== last && isSignedIn(find(last))) {
          await send(last);
          await within(client.reload());
          if (client.lastActiveSessionId !== last) return fail("reload-differs");
        }
      } catch (error) {
        return isDone ? fail("unconfirmed", error) : fail("refused", payload);
      }
      return { ok: true };
    };

    /** By the session's own method, as the page itself would. */
    const end = async (how: "end" | "remove") => {
      const target = find(id);
      if (!target) return fail("unknown");
      if (how === "end" && !isSignedIn(target)) return notSignedIn(target);
      const call = () => target[how]();
      let failure: { error: unknown } | undefined;
      try {
        // Without the focus the cookie of a current session that was ended would stay, and the page's
        // server would take the page for that user until the token's end.
        await (current() === id ? focused(call) : within(call()));
      } catch (error) {
        failure = { error };
      }
      if (failure?.error === LATE) return fail("late");
      try {
        await within(client.reload());
      } catch (error) {
        return failure ? fail("refused", failure.error) : fail("unconfirmed", error);
      }
      const after = find(id);
      // What was refused because it was over already, as when an answer was lost, is over all the same.
      const isOver = how === "end" ? !isSignedIn(after) : !after;
      if (failure && !isOver) return fail("refused", failure.error);
      return { ok: true, status: after ? short(after.status) : null };
    };

    const activate = async () => {
      // Two at once could put each other's `hasFocus` back.
      if (clerk.__internal_setActiveInProgress === true) return fail("busy");
      try {
        await within(client.reload());
      } catch (error) {
        return fail("unreachable", error === LATE ? undefined : error);
      }
      const target = find(id);
      if (!target) return fail("unknown");
      if (!isSignedIn(target)) return notSignedIn(target);
      const former = current();
      let failure: { error: unknown } | undefined;
      try {
        await focused(async () => {
          try {
            await clerk.setActive({ session: id });
            // The cookie was written while `Clerk.session` still was the former one, and that one was
            // noted as the one that may write cookies without the focus. This writes it again, from
            // the cache, and notes the new one.
            if (current() === id) await clerk.session?.getToken();
          } finally {
            // It signed the page out instead, so the former session is put back.
            const isLost = current() === null && former !== null && former !== id;
            if (isLost && Date.now() < deadline && isSignedIn(find(former))) {
              await clerk.setActive({ session: former });
            }
          }
        });
      } catch (error) {
        failure = { error };
      }
      const now = current();
      if (now !== id) {
        const became = { isFormer: now === former, isSignedOut: now === null };
        return fail(failure ? "threw" : "not-switched", failure?.error, became);
      }
      try {
        if (client.lastActiveSessionId !== id) await within(client.reload());
      } catch (error) {
        return fail("unconfirmed", error);
      }
      return client.lastActiveSessionId === id ? { ok: true } : fail("reload-differs");
    };

    /** The token that a session was given last; none is asked for. */
    const token = () => {
      const target = find(id) ?? (current() === id ? clerk.session : undefined);
      if (!target) return fail("unknown");
      const raw = target.lastActiveToken?.getRawString();
      return { ok: true, token: typeof raw === "string" ? raw.slice(0, 16_384) : null };
    };

    if (act === "touch") return touch();
    if (act === "activate") return activate();
    return act === "token" ? token() : end(act);
  };

  try {
    const clerk = (window as { Clerk?: unknown }).Clerk as PageClerk | undefined;
    const client = clerk?.client;
    return clerk && client ? await run(clerk, client) : fail("absent");
  } catch (error) {
    return fail("threw", error);
  }
}
