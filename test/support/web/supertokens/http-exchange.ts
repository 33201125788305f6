/** Between Node's HTTP server and what supertokens-node calls a custom framework. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { json, text } from "node:stream/consumers";
import type { CollectingResponse, PreParsedRequest } from "supertokens-node/framework/custom";
import type { ServerSdk } from "./sdk-copy.ts";

export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** As the SDK wants them. */
  readonly request: PreParsedRequest;
  readonly response: CollectingResponse;
  /** Can be read once, and is an object: anything else in it is worth nothing to anybody here. */
  body(): Promise<Readonly<Record<string, unknown>>>;
}

/** A request as the SDK wants it, and a place for its answer. */
export function exchangeOf({ custom }: ServerSdk, request: IncomingMessage): Exchange {
  const url = new URL(request.url ?? "/", "http://localhost");
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, String(value));
  }
  let read: Promise<unknown> | undefined;
  // The SDK and the application may both ask for it.
  const readOnce = () => {
    read ??= json(request);
    return read;
  };
  const method = request.method ?? "GET";
  return {
    method,
    path: url.pathname,
    request: new custom.PreParsedRequest({
      method: method.toLowerCase() as "get",
      url: request.url ?? "/",
      headers,
      cookies: parseCookies(headers.get("cookie") ?? ""),
      query: Object.fromEntries(url.searchParams),
      getJSONBody: readOnce,
      getFormBody: async () => Object.fromEntries(new URLSearchParams(await text(request))),
    }),
    response: new custom.CollectingResponse(),
    body: async () => Object((await readOnce()) ?? {}),
  };
}

/** Sends what was collected. */
export function send(collected: CollectingResponse, response: ServerResponse): void {
  response.statusCode = collected.statusCode;
  for (const [name, value] of collected.headers) response.setHeader(name, value);
  // The last word about a cookie counts: the SDK may clear one and set it again.
  const cookies = new Map(collected.cookies.map((cookie) => [cookie.key, cookie]));
  if (cookies.size > 0) response.setHeader("Set-Cookie", [...cookies.values()].map(serialize));
  response.end(collected.body ?? "");
}

/** By name; the first wins, as in the parser that the SDK brings for the frameworks it knows. */
function parseCookies(header: string): Record<string, string> {
  const pairs = header.split(/;\s*/).flatMap((pair): [string, string][] => {
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at), decoded(pair.slice(at + 1))]];
  });
  return Object.fromEntries(pairs.reverse());
}

/** As it is where it isn't escaped right: whatever else runs on localhost may have set it. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function serialize(cookie: CollectingResponse["cookies"][number]): string {
  const { key, value, domain, path, expires, secure, httpOnly, sameSite } = cookie;
  return [
    `${key}=${encodeURIComponent(value)}`,
    ...(domain ? [`Domain=${domain}`] : []),
    `Path=${path}`,
    `Expires=${new Date(expires).toUTCString()}`,
    ...(httpOnly ? ["HttpOnly"] : []),
    ...(secure ? ["Secure"] : []),
    `SameSite=${sameSite}`,
  ].join("; ");
}
