/** A small HTTP server for pages: whatever `find` has for a URL, on this computer only. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Found {
  /** For example `text/html`; all texts are UTF-8. */
  type: string;
  body: string;
  /** More headers. They win over `Cache-Control: no-store`, which is sent otherwise. */
  headers?: Record<string, string>;
}

export interface StaticServer {
  /** For who serves more than pages, such as WebSockets. */
  http: Server;
  port: number;
  /** Ends it at once, open connections included. */
  close(): Promise<void>;
}

/**
 * Starts serving on 127.0.0.1.
 * @param port 0 for any free one; rejects with `EADDRINUSE` where it is taken
 * @param find what is at a URL, of which only path and query count; undefined answers 404
 */
export async function serveStatic(
  port: number,
  find: (url: URL) => Found | undefined,
): Promise<StaticServer> {
  const http = createServer((request, response) => {
    const found = find(new URL(request.url ?? "/", "http://localhost"));
    if (!found) {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("Not found\n");
      return;
    }
    const { type, body, headers } = found;
    const all = { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-store" };
    response.writeHead(200, { ...all, ...headers }).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, "127.0.0.1", resolve);
  });
  return {
    http,
    port: (http.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

/** Text that stands in an attribute with double quotes. */
export function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
