/**
 * Pages with the official SDKs, unmodified, for tests: what an application could be, by a few choices.
 *
 * The choices stand in the URL, so that a page is the same after a reload, and frames are the same page
 * again. What tests find in the page stands in page.js.
 */
import { readFile } from "node:fs/promises";
import { expressionOf, type Page } from "../../../demo/browser/page.ts";
import { DEMO_PEOPLE, signInOf, type Tenant } from "../../../demo/server/seed.ts";
import { escapeAttribute, type Found, serveStatic } from "../../../demo/server/static-server.ts";

/** SDK 2, SDK 1.3, or no SDK (see raw-client.js). Each client has a socket of its own. */
export type ClientKind = "sdk-2" | "sdk-1" | "cbor" | "json";
type FrameKind = "same-origin" | "cross-origin";

export interface PageWanted {
  /** The clients that the page connects when it loads, in this order; one of SDK 2 if not given. */
  readonly clients?: readonly ClientKind[];
  /** Who all clients sign in as when the page loads, nobody if not given; and where. */
  readonly as?: keyof typeof DEMO_PEOPLE;
  readonly database?: Tenant;
  /** A query that each client sends as soon as it is connected, before it signs in. */
  readonly first?: string;
  /** Frames in the page, each with the same clients: of its own origin, or of the other host. */
  readonly frames?: readonly FrameKind[];
  /** A policy that forbids inline scripts, eval and styles. `inFrame` can't be used with it. */
  readonly strict?: boolean;
  /** Isolated from other origins, which is what a page gets fine clocks for. */
  readonly isolated?: boolean;
  /** By which name the page is opened: two origins, two sites. `localhost` if not given. */
  readonly host?: "localhost" | "127.0.0.1";
  /** Tells pages apart that are equal otherwise. */
  readonly name?: string;
}

export interface Pages {
  /** `http://localhost:PORT/`, a page with one client of SDK 2. */
  readonly url: string;
  readonly port: number;
  urlOf(wanted: PageWanted): string;
  close(): Promise<void>;
}

const MODULES = {
  "/page.js": "page.js",
  "/raw-client.js": "raw-client.js",
  "/surrealdb-2.mjs": "../../../node_modules/surrealdb/dist/surrealdb.mjs",
  "/surrealdb-1.mjs": "../../../node_modules/surrealdb-1/dist/index.bundled.mjs",
};

/**
 * Serves the pages on 127.0.0.1, at any free port.
 * @param rpcUrl where they connect to
 */
export async function startPages(rpcUrl: string): Promise<Pages> {
  const files = new Map<string, Found>();
  for (const [path, file] of Object.entries(MODULES)) {
    const body = await readFile(new URL(file, import.meta.url), "utf8");
    files.set(path, { type: "text/javascript", body });
  }
  const server = await serveStatic(0, (url) =>
    url.pathname === "/" ? pageAt(url, rpcUrl, server.port) : files.get(url.pathname),
  );
  const { port, close } = server;
  return { url: urlOf({}, port), port, urlOf: (wanted) => urlOf(wanted, port), close };
}

/** Waits until all clients of the page and of its frames are connected and signed in. */
export async function pageConnected(page: Page): Promise<void> {
  await page.waitFor(() => {
    const { state, error } = document.documentElement.dataset;
    if (state === "failed") throw new Error(error);
    return state === "connected";
  });
}

/** What `fn` returns in a frame of the page, of another origin too; arguments and value are JSON. */
export function inFrame<T, A extends unknown[]>(
  page: Page,
  index: number,
  fn: (...args: A) => T | Promise<T>,
  ...args: A
): Promise<T> {
  return page.evaluate<T, []>(`inFrame(${index}, ${JSON.stringify(expressionOf(fn, args))})`);
}

function urlOf(wanted: PageWanted, port: number): string {
  // The host stands in the query too: the page chooses the other one for its frames.
  const url = new URL(`http://${wanted.host ?? "localhost"}:${port}/`);
  for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, String(value));
  return url.href;
}

function wantedAt({ searchParams }: URL): PageWanted {
  const list = (name: string) => searchParams.get(name)?.split(",").filter(Boolean);
  const clients = list("clients") as ClientKind[] | undefined;
  const frames = list("frames") as FrameKind[] | undefined;
  const as = searchParams.get("as") as PageWanted["as"] | null;
  const database = searchParams.get("database") as Tenant | null;
  const host = searchParams.get("host") as PageWanted["host"] | null;
  return {
    ...(clients && { clients }),
    ...(frames && { frames }),
    ...(as && { as }),
    ...(database && { database }),
    host: host ?? "localhost",
    strict: searchParams.get("strict") === "true",
    ...(searchParams.has("first") && { first: searchParams.get("first") ?? "" }),
    isolated: searchParams.get("isolated") === "true",
  };
}

/** The page itself. */
function pageAt(url: URL, rpcUrl: string, port: number): Found {
  const wanted = wantedAt(url);
  const person = wanted.as && DEMO_PEOPLE[wanted.as];
  const database = wanted.database ?? person?.database;
  const config = {
    rpcUrl,
    clients: wanted.clients ?? ["sdk-2"],
    first: wanted.first,
    ...(person && {
      signIn: signInOf(person, database),
      place: { namespace: person.namespace, database },
    }),
  };
  const { frames = [], host = "localhost", ...same } = wanted;
  const otherHost = host === "localhost" ? "127.0.0.1" : "localhost";
  const framed = frames.map((kind) => {
    const src = urlOf({ ...same, host: kind === "same-origin" ? host : otherHost }, port);
    return `<iframe src="${escapeAttribute(src)}"></iframe>`;
  });
  const body = `<!doctype html>
<html lang="en" data-state="connecting">
<head>
<meta charset="utf-8" />
<meta name="wanted" content="${escapeAttribute(JSON.stringify(config))}" />
<title>${escapeAttribute(url.searchParams.get("name") ?? "A page with sessions")}</title>
<script type="module" src="/page.js"></script>
</head>
<body>${framed.join("\n")}</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `connect-src ${new URL(rpcUrl).origin}`,
    `frame-src http://localhost:${port} http://127.0.0.1:${port}`,
    "require-trusted-types-for 'script'",
  ];
  return {
    type: "text/html",
    body,
    headers: {
      // Not "no-store": such a page is never kept for going back to.
      "Cache-Control": "no-cache",
      ...(wanted.strict && { "Content-Security-Policy": policy.join("; ") }),
      ...(wanted.isolated && {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      }),
    },
  };
}
