/** Asking a server from the worker: no cookie of any page goes along, and none is set. */
import { messageOf } from "../session/errors.ts";
import { WebError } from "../web/web-error.ts";
import type { OwnAnswer, OwnFetch } from "../web/web-page.ts";

export interface OwnFetchOptions {
  fetch: typeof fetch;
  /** Whether the extension may reach this URL's host. */
  mayReach(url: string): Promise<boolean>;
}

/** In milliseconds. */
const PATIENCE = 10_000;
/** Bytes of an answer that are read. */
const LIMIT = 1024 * 1024;

export function createOwnFetch({ fetch, mayReach }: OwnFetchOptions): OwnFetch {
  return async (url, init) => {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new WebError(`“${url}” is not the address of a server. Nothing was sent.`);
    }
    const { host } = new URL(url);
    if (!(await mayReach(url))) {
      throw new WebError(
        `Switchyard may not reach ${host}. Nothing was sent.`,
        "Enable the site in Switchyard's options.",
      );
    }
    try {
      const response = await fetch(url, {
        ...init,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        // What is sent is a token or a password: it goes where it was meant to go, and no further.
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.type === "opaqueredirect") {
        throw new WebError(`${host} sends elsewhere from ${url}. That was not followed.`);
      }
      return await answerOf(response);
    } catch (error) {
      if (error instanceof WebError) throw error;
      const isLate = error instanceof Error && error.name === "TimeoutError";
      const why = isLate ? `nothing in ${PATIENCE / 1000} s` : messageOf(error);
      throw new WebError(`${host} doesn't answer (${why}).`);
    }
  };
}

async function answerOf(response: Response): Promise<OwnAnswer> {
  const headers = new Map<string, string>();
  response.headers.forEach((value, name) => {
    headers.set(name.toLowerCase(), value);
  });
  return { status: response.status, headers, text: await textOf(response) };
}

async function textOf({ body }: Response): Promise<string> {
  if (!body) return "";
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  let left = LIMIT;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
    if (left <= 0) {
      await reader.cancel();
      return text;
    }
  }
}
