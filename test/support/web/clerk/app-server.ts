/**
 * An application that signs in with Clerk: the real SDK in its pages, a stand-in of Clerk behind it,
 * and a back end of its own that knows a session by its token only.
 *
 * `/` is the application, `/twice` the same with the SDK's script loaded twice, and
 * `/fake?kind=KIND` a page with something hostile at `window.Clerk` (kinds in page/fake.js). What
 * tests find in the page stands in page/app.js.
 *
 * As with any Clerk in development the browser is known by cookies of `localhost`, which all ports
 * share: two of these applications in one profile sign each other out.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { escapeAttribute } from "../../../../demo/server/static-server.ts";
import { createFrontendApi, type FrontendApi, type FrontendApiOptions } from "./frontend-api.ts";
import { credentialsOf, PEOPLE } from "./people.ts";
import { SessionTokens } from "./session-tokens.ts";

export interface ClerkAppOptions extends FrontendApiOptions {
  /** How long the page has a Clerk that doesn't load yet. */
  readonly loadDelayMs?: number;
  /** False for an application that bundles the SDK and has no `window.Clerk`. */
  readonly expose?: boolean;
}

export interface ClerkApp {
  /** The application's page, `http://localhost:PORT/`. */
  readonly url: string;
  readonly origin: string;
  readonly api: FrontendApi;
  /** Ends it at once, open connections included. */
  close(): Promise<void>;
}

// By such a name the SDK knows a development instance, whose browsers are known by a cookie that
// scripts can read. It asks nobody there: it has the proxy's URL.
const HOST = "stand-in.clerk.accounts.dev";
const PUBLISHABLE_KEY = `pk_test_${Buffer.from(`${HOST}$`).toString("base64")}`;
const PROXY_PATH = "/__clerk";
const PAGE = new URL("page/", import.meta.url);
const SDK = new URL("../../../../node_modules/@clerk/clerk-js/dist/", import.meta.url);

/** Serves the application on 127.0.0.1, at any free port. */
export async function startClerkApp(options: ClerkAppOptions = {}): Promise<ClerkApp> {
  const tokens = new SessionTokens(`https://${HOST}`);
  const api = createFrontendApi(tokens, options);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname.startsWith(`${PROXY_PATH}/`)) {
      void api.handle(request, response, pathname.slice(PROXY_PATH.length));
    } else if (pathname === "/me") answerMe(request, response, tokens);
    else void answerFile(response, pathname, () => pageAt(pathname, origin, options));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/`,
    origin,
    api,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Who asks, by the session's token alone, as an application's back end judges. */
function answerMe(request: IncomingMessage, response: ServerResponse, tokens: SessionTokens): void {
  const token = /(?:^|; )__session=([^;]*)/.exec(request.headers.cookie ?? "")?.[1];
  const claims = token ? tokens.verify(token) : undefined;
  // A pending session has something left to do: to an application it isn't signed in.
  const isSignedIn = claims?.sts === "active";
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  response.writeHead(isSignedIn ? 200 : 401, headers);
  response.end(
    JSON.stringify(isSignedIn ? { userId: claims.sub, sessionId: claims.sid } : { userId: null }),
  );
}

/** A page, a script of the pages, or a part of the SDK, which loads the others by itself. */
async function answerFile(
  response: ServerResponse,
  pathname: string,
  page: () => string | undefined,
): Promise<void> {
  const html = page();
  if (html !== undefined) {
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-cache",
    });
    response.end(html);
    return;
  }
  const [, folder, name] = /^\/(page|sdk)\/([\w.-]+\.js)$/.exec(pathname) ?? [];
  try {
    if (!name) throw new Error(`No file is at ${pathname}`);
    const body = await readFile(new URL(name, folder === "sdk" ? SDK : PAGE));
    response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" }).end(body);
  } catch {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("Not found\n");
  }
}

function pageAt(pathname: string, origin: string, options: ClerkAppOptions): string | undefined {
  const attributes = `data-clerk-publishable-key="${PUBLISHABLE_KEY}" data-clerk-proxy-url="${origin}${PROXY_PATH}"`;
  const sdk = `<script ${attributes} src="/sdk/clerk.browser.js"></script>`;
  const app = `<script type="module" src="/page/app.js"></script>`;
  const scripts: Record<string, readonly string[]> = {
    "/": [sdk, app],
    "/twice": [sdk, sdk, app],
    "/fake": [`<script src="/page/fake.js"></script>`],
  };
  const wanted = {
    loadDelayMs: options.loadDelayMs ?? 0,
    expose: options.expose ?? true,
    people: Object.fromEntries(PEOPLE.map((person) => [person, credentialsOf(person)])),
  };
  const found = scripts[pathname];
  return (
    found &&
    `<!doctype html>
<html lang="en" data-state="loading">
<head>
<meta charset="utf-8" />
<meta name="wanted" content="${escapeAttribute(JSON.stringify(wanted))}" />
<title>An app with Clerk</title>
</head>
<body>
<p>You are <b id="me">nobody</b>.</p>
${found.join("\n")}
</body>
</html>
`
  );
}
