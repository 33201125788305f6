/**
 * The WebSocket under the RPC socket, and the way to an open one: every way to fail is a
 * `ConnectError`, and none takes longer than the timeout.
 */
import { ConnectError } from "./errors.ts";
import { messageOf } from "./wire-error.ts";

/** What this layer needs of a WebSocket: the browser's, and `ws` in Node, both have it. */
export interface WebSocketLike {
  binaryType: string;
  readonly protocol: string;
  readonly readyState: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: (event: unknown) => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { code: number; reason: string }) => void,
  ): void;
}

/** How to get a WebSocket. */
export interface ConnectOptions {
  /** `ws:` or `wss:`, with the path: usually `…/rpc`. */
  url: string;
  /** Default: the environment's `WebSocket`. */
  createWebSocket?: ((url: string, protocols: string[]) => WebSocketLike) | undefined;
  /** Milliseconds until the attempt fails; default 5,000. */
  connectTimeout?: number | undefined;
  /** Gives the attempt up; without effect once open. */
  signal?: AbortSignal | undefined;
}

/**
 * Opens a WebSocket with SurrealDB's subprotocol `cbor` and `binaryType` arraybuffer.
 * @param onOpen takes it over inside the open event; what it returns is the result.
 * @throws ConnectError
 */
export function connect<T>(
  options: ConnectOptions,
  onOpen: (socket: WebSocketLike) => T,
): Promise<T> {
  const { url, signal } = options;
  const timeout = options.connectTimeout ?? 5_000;
  return new Promise((resolve, reject) => {
    const scheme = URL.canParse(url) ? new URL(url).protocol : undefined;
    if (scheme !== "ws:" && scheme !== "wss:") {
      reject(new ConnectError("bad-url", url, `“${url}” is not a ws:// or wss:// URL.`));
      return;
    }
    if (signal?.aborted) {
      reject(new ConnectError("aborted", url, `Connecting to ${url} was given up.`));
      return;
    }
    let socket: WebSocketLike;
    try {
      socket = (options.createWebSocket ?? nativeWebSocket)(url, ["cbor"]);
    } catch (cause) {
      reject(
        cause instanceof ConnectError
          ? cause
          : new ConnectError("bad-url", url, messageOf(cause), { cause }),
      );
      return;
    }
    socket.binaryType = "arraybuffer";
    let settled = false;
    const settle = () => {
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const fail = (error: ConnectError) => {
      settle();
      reject(error);
      socket.close();
    };
    const timer = setTimeout(() => {
      const message = `${url} did not answer within ${timeout / 1000} s.`;
      fail(new ConnectError("timeout", url, message));
    }, timeout);
    const abort = () => {
      fail(new ConnectError("aborted", url, `Connecting to ${url} was given up.`));
    };
    signal?.addEventListener("abort", abort);
    socket.addEventListener("open", () => {
      if (settled) return;
      if (socket.protocol === "cbor") {
        settle();
        resolve(onOpen(socket));
        return;
      }
      const message = `${url} is a WebSocket server, but not SurrealDB: it did not select the subprotocol “cbor”.`;
      fail(new ConnectError("protocol", url, message));
    });
    const lost = (event: unknown) => {
      if (settled) return;
      const detail =
        typeof event === "object" && event !== null && "message" in event && event.message
          ? ` (${event.message})`
          : "";
      fail(new ConnectError("refused-or-unreachable", url, `${url} can't be reached.${detail}`));
    };
    socket.addEventListener("error", lost);
    socket.addEventListener("close", lost);
  });
}

function nativeWebSocket(url: string, protocols: string[]): WebSocketLike {
  if (typeof WebSocket === "undefined") {
    throw new ConnectError("unsupported", url, "There is no WebSocket in this environment.");
  }
  return new WebSocket(url, protocols);
}
