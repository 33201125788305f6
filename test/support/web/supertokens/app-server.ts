/**
 * An application that uses SuperTokens: real supertokens-node on the server, real supertokens-website in
 * its page, and a stand-in for the core behind.
 *
 * It listens on 127.0.0.1 and is used by the name localhost. Cookies don't know of ports: the sessions of
 * two applications on localhost are in each other's way in one browser profile.
 *
 * - `/` is the page with the SDK, in cookie mode, or with `?mode=header` in header mode, in which the SDK
 *   keeps the tokens in cookies that scripts can read. See page-client.ts for `window.app`.
 * - `/plain` has the same origin and no SDK.
 * - `POST /auth/signin` and `/auth/<tenant>/signin` take and answer what SuperTokens' own sign-in recipe
 *   does: a wrong password has status 200 there.
 * - `POST /login` and `/login-tokens` are the application's own, `{ user, password, tenant? }`: the first
 *   lets the SDK attach the session, the second puts the tokens into headers and into the body itself.
 * - `GET /me` needs a session and says whose; `POST /role` changes a claim of it, `{ role }`.
 * - `/auth/session/refresh` and `/auth/signout` are the SDK's.
 *
 * The users alice, bob and carol have the passwords `alice-password` and so on; the user id is the name,
 * in each tenant.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answer } from "./app-endpoints.ts";
import { type CoreStandin, type Lives, startCore } from "./core-standin.ts";
import { exchangeOf, send } from "./http-exchange.ts";
import { loadServerSdk } from "./sdk-copy.ts";

export interface SuperTokensAppOptions extends Partial<Lives> {
  /** What the server allows; what the page asks for if not given. */
  readonly tokenTransferMethod?: "any" | "cookie" | "header";
  /** `NONE` if not given. */
  readonly antiCsrf?: "NONE" | "VIA_TOKEN";
}

export interface SuperTokensApp {
  /** `http://localhost:PORT/` */
  readonly url: string;
  /** `http://localhost:PORT` */
  readonly origin: string;
  readonly core: CoreStandin;
  /** How many requests have reached the application's server, for pages and scripts too. */
  readonly requests: number;
  /** Ends both at once, open connections included. */
  close(): Promise<void>;
}

/** Starts it and its core on 127.0.0.1, at any free ports. */
export async function startSuperTokensApp(
  options: SuperTokensAppOptions = {},
): Promise<SuperTokensApp> {
  const { tokenTransferMethod, antiCsrf = "NONE", ...lives } = options;
  const core = await startCore(lives);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;

  const sdk = loadServerSdk();
  sdk.SuperTokens.init({
    framework: "custom",
    supertokens: { connectionURI: core.url },
    appInfo: {
      appName: "An application",
      apiDomain: origin,
      websiteDomain: origin,
      apiBasePath: "/auth",
    },
    recipeList: [
      sdk.Session.init({
        antiCsrf,
        ...(tokenTransferMethod && { getTokenTransferMethod: () => tokenTransferMethod }),
      }),
    ],
    telemetry: false,
  });

  let requests = 0;
  server.on("request", async (request, response: ServerResponse) => {
    requests++;
    const exchange = exchangeOf(sdk, request);
    try {
      await answer(sdk, exchange);
    } catch (error) {
      exchange.response.setStatusCode(500);
      exchange.response.sendJSONResponse({ message: String(error) });
    }
    send(exchange.response, response);
  });

  return {
    url: `${origin}/`,
    origin,
    core,
    get requests() {
      return requests;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await Promise.all([closed, core.close()]);
    },
  };
}
