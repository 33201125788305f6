/**
 * Why a connection doesn't work, in words: what was tried, why it failed, what to do.
 *
 * Browsers hide from scripts why a WebSocket failed. What can be told apart is told apart by asking
 * the same host over HTTP whether anything answers; where it can't, both causes are named.
 */
import { ConnectError } from "../wire/errors.ts";
import { isLocal } from "./connection-url.ts";
import { messageOf } from "./errors.ts";
import type { Failure } from "./model.ts";

/** Resolves true when something answers HTTP at this URL, whatever it answers. */
export type Probe = (httpUrl: string) => Promise<boolean>;

/** What every SurrealDB answers over HTTP, beside its WebSocket. */
export function healthUrl(url: string): string {
  const { host, protocol } = new URL(url);
  return `${protocol === "wss:" ? "https" : "http"}://${host}/health`;
}

export async function explainConnectError(
  error: unknown,
  url: string,
  probe: Probe,
  online: boolean,
): Promise<Failure> {
  const { host, protocol } = new URL(url);
  // A server on this machine needs no network.
  if (!online && !isLocal(url)) return offline();
  if (!(error instanceof ConnectError)) {
    const message = messageOf(error);
    return { code: "lost", message: `The connection to ${host} failed: ${message}` };
  }
  switch (error.reason) {
    case "protocol":
      return notSurrealdb(url);
    case "bad-url":
    case "unsupported":
      return { code: "bad-url", message: error.message };
    case "timeout":
      // Firefox makes sockets wait that failed before, longer than anybody's patience.
      if (await probe(healthUrl(url))) return notSurrealdb(url);
      return {
        code: "timeout",
        message: `${host} did not answer within 5 s.`,
        advice: "Is the address right, and no firewall in between?",
      };
    default: {
      const secure = protocol === "wss:";
      const base = `${secure ? "https" : "http"}://${host}`;
      if (await probe(healthUrl(url))) return notSurrealdb(url);
      if (!secure) {
        const message = `Nothing listens on ${protocol}//${host}. Is SurrealDB running?`;
        return { code: "refused", message };
      }
      return {
        code: "tls",
        message: `Nothing listens on ${host}, or its certificate isn't trusted.`,
        advice: "Browsers don't tell which. Open the page to see, and to trust the certificate.",
        suggestedUrl: base,
      };
    }
  }
}

export function offline(): Failure {
  return { code: "offline", message: "No network." };
}

export function notSurrealdb(url: string): Failure {
  return {
    code: "not-surrealdb",
    message: "This server did not answer as SurrealDB does.",
    advice: `A SurrealDB server answers RPC at ${new URL(url).pathname}.`,
  };
}

export function lost(reason: string): Failure {
  const because = reason ? ` (${reason})` : "";
  return { code: "lost", message: `The connection was lost${because}.` };
}

export function closedByYou(): Failure {
  return { code: "closed-by-you", message: "You disconnected it." };
}
