/**
 * Serves the demo application: a static page, and the official SDK as npm installed it.
 *
 * The page learns the database's URL from a meta element, the only thing that is filled in.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { escapeAttribute, type Found, serveStatic } from "./static-server.ts";

export interface AppOptions {
  /** 0 for any free port. */
  port: number;
  /** Where the page connects to, e.g. `ws://127.0.0.1:8000/rpc`. */
  rpcUrl: string;
}

export interface DemoApp {
  /** `http://localhost:PORT/`, as a developer would open it. */
  url: string;
  port: number;
  close(): Promise<void>;
}

const APP = new URL("../app/", import.meta.url);
const SDK = new URL("../../node_modules/surrealdb/dist/surrealdb.mjs", import.meta.url);

const FILES: Record<string, { file: URL; type: string }> = {
  "/": { file: new URL("index.html", APP), type: "text/html" },
  "/app.js": { file: new URL("app.js", APP), type: "text/javascript" },
  "/app.css": { file: new URL("app.css", APP), type: "text/css" },
  "/icon.svg": { file: new URL("icon.svg", APP), type: "image/svg+xml" },
  "/surrealdb.mjs": { file: SDK, type: "text/javascript" },
};

/** Starts the application on 127.0.0.1. Rejects with `EADDRINUSE` where the port is taken. */
export async function startApp({ port, rpcUrl }: AppOptions): Promise<DemoApp> {
  const pages = new Map<string, Found>();
  for (const [path, { file, type }] of Object.entries(FILES)) {
    const text = await readFile(fileURLToPath(file), "utf8");
    pages.set(path, { type, body: text.replace("{{RPC_URL}}", escapeAttribute(rpcUrl)) });
  }

  const server = await serveStatic(port, ({ pathname }) => pages.get(pathname));
  return { url: `http://localhost:${server.port}/`, port: server.port, close: server.close };
}
