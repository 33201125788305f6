/** What talks to the application of a test without a browser. */
import type { SuperTokensApp } from "../../support/web/supertokens/app-server.ts";

export const REFRESH_PATH = "/auth/session/refresh";

interface Cookie {
  readonly value: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a page in cookie mode is to the server: its cookies, and the headers that the SDK sends. */
export class Client {
  readonly app: SuperTokensApp;
  readonly cookies = new Map<string, Cookie>();
  antiCsrf: string | undefined;

  constructor(app: SuperTokensApp) {
    this.app = app;
  }

  async send(method: string, path: string, body?: unknown): Promise<Response> {
    const cookie = [...this.cookies]
      .filter(([, { attributes }]) => path.startsWith(attributes.Path ?? "/"))
      .map(([name, { value }]) => `${name}=${value}`)
      .join("; ");
    const response = await fetch(this.app.origin + path, {
      method,
      headers: {
        rid: "anti-csrf",
        "st-auth-mode": "cookie",
        cookie,
        ...(this.antiCsrf && { "anti-csrf": this.antiCsrf }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    this.antiCsrf = response.headers.get("anti-csrf") ?? this.antiCsrf;
    for (const line of response.headers.getSetCookie()) {
      const [first = "", ...rest] = line.split("; ");
      const [name = "", value = ""] = splitAt(first);
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, { value, attributes: Object.fromEntries(rest.map(splitAt)) });
    }
    return response;
  }

  signIn(user: string, tenant?: string): Promise<Response> {
    return this.send("POST", tenant ? `/auth/${tenant}/signin` : "/auth/signin", form(user));
  }

  async me(): Promise<unknown> {
    const response = await this.send("GET", "/me");
    return response.ok ? response.json() : response.status;
  }
}

function splitAt(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** What the recipe's sign-in endpoint takes. */
export function form(user: string, password = `${user}-password`) {
  const fields = { email: `${user}@example.com`, password };
  return { formFields: Object.entries(fields).map(([id, value]) => ({ id, value })) };
}

/** A POST with only these headers, as from outside the page. */
export function bare(app: SuperTokensApp, path: string, headers: HeadersInit, body?: unknown) {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(app.origin + path, { method: "POST", headers, ...init });
}

/** Refreshes without cookies; the new tokens are in the headers of the answer. */
export function refreshBy(app: SuperTokensApp, refreshToken: string): Promise<Response> {
  const headers = { "st-auth-mode": "header", rid: "session" };
  return bare(app, REFRESH_PATH, { ...headers, Authorization: `Bearer ${refreshToken}` });
}

/** What stands in an access token, unverified. */
export function claimsOf(accessToken: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString());
}
