/**
 * What runs in the page's own world. Each function is sent as source, so it stands on its own; and the
 * page is hostile: each access may throw, so each is guarded, and what is answered is bounded, plain
 * data that the other side reads field by field.
 *
 * `doesSessionExist` and its like are never called to look: they may renew the session.
 */
import type { PageFields } from "../web-page.ts";

/**
 * Looks, and changes nothing. `cookies`: name and value of each of `names` that scripts see, in the
 * browser's order, of which the SDK takes the last.
 */
export function readPage(names: string[], longest: number): unknown {
  const guarded = (read: () => unknown): unknown => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  const globals = window as unknown as Record<string, unknown>;
  const cookies = guarded(() =>
    document.cookie
      .split("; ")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])
      .filter(([name = ""]) => names.includes(name))
      .slice(0, 50)
      .map(([name, value = ""]) => [name, value.slice(0, longest)]),
  );
  const skew = guarded(() => localStorage.getItem("__st_clockSkewInMillis"));
  return {
    cookies,
    skew: typeof skew === "string" ? skew.slice(0, 20) : undefined,
    hasRecipe: guarded(() => Boolean(globals.__supertokensSessionRecipe)) === true,
    hasFetch: guarded(() => Boolean(globals.__supertokensOriginalFetch)) === true,
    hasRequest:
      guarded(() => {
        const request = globals.XMLHttpRequest as { __interceptedBySuperTokens?: unknown };
        return Boolean(request.__interceptedBySuperTokens);
      }) === true,
  };
}

/** Origins that the page has sent requests to by itself. */
export function requestedOrigins(): unknown {
  try {
    const origins = performance
      .getEntriesByType("resource")
      .filter((entry) => {
        const { initiatorType } = entry as PerformanceResourceTiming;
        return initiatorType === "fetch" || initiatorType === "xmlhttprequest";
      })
      .map((entry) => new URL(entry.name).origin);
    return [...new Set(origins)].slice(0, 100);
  } catch {
    return [];
  }
}

/**
 * Has the SDK renew its session, with its own lock, hooks and events. It offers no such function on
 * `window`, but its fetch renews where an answer says 401: so it is given one, which no server sent,
 * and an empty 200 for what it then sends again. Nothing but the renewal itself leaves the page.
 */
export async function renewBySdk(base: string): Promise<unknown> {
  try {
    const recipe = (window as unknown as Record<string, unknown>).__supertokensSessionRecipe as {
      addFetchInterceptorsAndReturnModifiedFetch(input: unknown): typeof fetch;
    };
    let asked = 0;
    const originalFetch = async () => {
      asked++;
      return new Response(null, { status: asked === 1 ? 401 : 200 });
    };
    const input = { originalFetch, userContext: {} };
    const ask = recipe.addFetchInterceptorsAndReturnModifiedFetch(input);
    const answer = await ask(base, { method: "GET" });
    return { status: answer.status };
  } catch (error) {
    const { message } = Object(error) as { message?: unknown };
    return { failed: typeof message === "string" ? message.slice(0, 500) : "no reason was told" };
  }
}

/**
 * Signs in as the application does it: through the SDK's fetch, which keeps the tokens of the answer.
 *
 * Not through `window.fetch`: to a 401, with which many applications answer a wrong password, that one
 * renews the page's session and sends the password again, ten times. So the SDK is told another status;
 * what comes back here is the server's.
 */
export async function signInBySdk(
  url: string,
  headers: PageFields,
  body: string,
  longest: number,
): Promise<unknown> {
  try {
    const globals = window as unknown as Record<string, unknown>;
    const native = globals.__supertokensOriginalFetch as typeof fetch;
    const recipe = globals.__supertokensSessionRecipe as {
      addFetchInterceptorsAndReturnModifiedFetch(input: unknown): typeof fetch;
    };
    let status = 0;
    const originalFetch = async (input: string, init: RequestInit) => {
      const answer = await native(input, init);
      status = answer.status;
      if (status !== 401) return answer;
      return new Response(await answer.text(), { status: 400, headers: answer.headers });
    };
    const input = { originalFetch, userContext: {} };
    const ask = recipe.addFetchInterceptorsAndReturnModifiedFetch(input);
    const answer = await ask(url, { method: "POST", headers: headers as HeadersInit, body });
    let text = "";
    try {
      text = await answer.text();
    } catch {
      // A hook of the page may have taken the body already; the status is there all the same.
    }
    return { status, text: String(text).slice(0, longest) };
  } catch (error) {
    const { message } = Object(error) as { message?: unknown };
    return { failed: typeof message === "string" ? message.slice(0, 500) : "no reason was told" };
  }
}

/** Signs out at the server as the application does it. */
export async function signOutBySdk(): Promise<unknown> {
  try {
    const recipe = (window as unknown as Record<string, unknown>).__supertokensSessionRecipe as {
      signOut(input: unknown): Promise<unknown>;
    };
    await recipe.signOut({ userContext: {} });
    return {};
  } catch (error) {
    const { message, status } = Object(error) as { message?: unknown; status?: unknown };
    // The SDK throws the answer itself where it is no success.
    if (typeof status === "number") return { failed: `the server answered ${status}` };
    return { failed: typeof message === "string" ? message.slice(0, 500) : "no reason was told" };
  }
}

/**
 * Asks a server through the page's own `fetch`: the SDK's, where it is there, which adds its headers
 * and keeps the tokens of the answer. `text`: the first `longest` characters of it.
 */
export async function postInPage(
  url: string,
  headers: PageFields,
  body: string | null,
  longest: number,
): Promise<unknown> {
  try {
    const init: RequestInit = { method: "POST", headers: headers as Record<string, string> };
    if (body !== null) init.body = body;
    // Whether cookies go along is the SDK's configuration (`autoAddCredentials`), where there is one.
    if (!("__supertokensOriginalFetch" in window)) init.credentials = "include";
    const answer = await window.fetch(url, init);
    let text = "";
    try {
      text = await answer.text();
    } catch {
      // A page may have taken the body already; the status is there all the same.
    }
    return { status: answer.status, text: String(text).slice(0, longest) };
  } catch (error) {
    const { message } = Object(error) as { message?: unknown };
    return { failed: typeof message === "string" ? message.slice(0, 500) : "no reason was told" };
  }
}
