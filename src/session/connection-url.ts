/**
 * The URL of a connection, mended where only one thing can be meant.
 *
 * People paste what their browser or their terminal shows: `localhost:8000`, `http://localhost:8000`,
 * `ws://localhost:8000`. Sessions need a WebSocket at `/rpc`, so scheme and path are completed and
 * the change is shown; what can't be meant is refused with words.
 */
import { SessionError } from "./errors.ts";

export class InvalidUrlError extends SessionError {
  constructor(text: string) {
    super(
      "InvalidUrlError",
      `“${text}” is not the address of a SurrealDB server.`,
      "It looks like ws://localhost:8000/rpc or wss://db.example.com/rpc.",
    );
  }
}

export interface MendedUrl {
  url: string;
  /** What was changed, for the person; absent when nothing was. */
  mended?: string;
}

const SCHEMES: Record<string, string> = { "http:": "ws:", "https:": "wss:" };

/** @throws InvalidUrlError */
export function mendUrl(text: string): MendedUrl {
  const given = text.trim();
  if (!given || /\s/.test(given)) throw new InvalidUrlError(text);
  const changes: string[] = [];
  // `ws:/localhost` would be read as a host named ws.
  if (/^[a-z]+:(?!\/\/|\d)/i.test(given)) throw new InvalidUrlError(text);
  let withScheme = given;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) {
    withScheme = `ws://${given}`;
    changes.push("ws:// was added");
  }
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    // URL says only "Invalid URL": ours says what one looks like.
    throw new InvalidUrlError(text);
  }
  const socketScheme = SCHEMES[url.protocol];
  if (socketScheme) {
    // The protocol setter of URL refuses to change http to ws.
    url = new URL(socketScheme + url.href.slice(url.protocol.length));
    changes.push(`sessions need a WebSocket: ${socketScheme}// instead of HTTP`);
  }
  if ((url.protocol !== "ws:" && url.protocol !== "wss:") || !url.hostname) {
    throw new InvalidUrlError(text);
  }
  if (url.username || url.password) {
    url.username = "";
    url.password = "";
    changes.push("the sign-in was taken out: sign in per session instead");
  }
  if (url.hash) url.hash = "";
  if (!url.pathname.endsWith("/rpc")) {
    const path = url.pathname.replace(/\/+$/, "");
    const ended = path.endsWith("/rpc");
    url.pathname = ended ? path : `${path}/rpc`;
    changes.push(ended ? "the path ends in /rpc" : "the path /rpc was added");
  }
  return { url: url.href, mended: changes.length > 0 ? changes.join("; ") : undefined };
}

const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/;

/** True where the server is on this machine: only there may sign-ins be remembered. */
export function isLocal(url: string): boolean {
  return LOCAL.test(new URL(url).hostname);
}
