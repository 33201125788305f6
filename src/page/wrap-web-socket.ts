/**
 * Puts a stand-in for `WebSocket` in the page's window, by which the hook sees sockets being made.
 *
 * Construction is the browser's own; the stand-in only looks at what came of it. Of all sockets only
 * those that may speak with SurrealDB are touched: the path ends in `/rpc`, and one of SurrealDB's
 * subprotocols was asked for.
 */

import type { FrameFormat } from "../session/page/page-model.ts";
import {
  construct,
  defineProperty,
  getOwnPropertyDescriptor,
  isArray,
  NativeWebSocket,
  socket as native,
  socketPrototype,
} from "./intrinsics.ts";
import { standIn } from "./native-look.ts";

/**
 * @param made is called with each SurrealDB socket, inside its construction.
 */
export function wrapWebSocket(made: (socket: WebSocket, format: FrameFormat) => void): void {
  const wrapper = standIn(NativeWebSocket, {
    construct: (target, args, newTarget) => {
      const socket: WebSocket = construct(target, args, newTarget === wrapper ? target : newTarget);
      try {
        const format = formatAskedFor(args[1]);
        if (format !== undefined && isRpc(native.url(socket))) made(socket, format);
      } catch {
        // Whatever it was, the page has its socket, and goes on as if nobody had looked at it.
      }
      return socket;
    },
  });
  // Both keep their flags: defining a value leaves all else as it is.
  defineProperty(window, "WebSocket", { value: wrapper });
  defineProperty(socketPrototype, "constructor", { value: wrapper });
}

/**
 * The subprotocol of SurrealDB that is asked for first. Only a text or a list is looked at, and of a
 * list only values that are there: nothing of the page's is run.
 */
function formatAskedFor(protocols: unknown): FrameFormat | undefined {
  if (!isArray(protocols)) return formatNamed(protocols);
  for (let i = 0; i < 16; i++) {
    const item = getOwnPropertyDescriptor(protocols, i);
    if (item === undefined) return undefined;
    const format = formatNamed(item.value);
    if (format !== undefined) return format;
  }
  return undefined;
}

export function formatNamed(name: unknown): FrameFormat | undefined {
  return name === "cbor" || name === "json" || name === "flatbuffers" ? name : undefined;
}

/** @param url as the browser writes it: a path, perhaps a query, no fragment. */
function isRpc(url: string): boolean {
  // By characters alone: this runs for every socket, and calls nothing that a page could have replaced.
  let end = 0;
  while (end < url.length && url[end] !== "?") end++;
  return (
    url[end - 4] === "/" && url[end - 3] === "r" && url[end - 2] === "p" && url[end - 1] === "c"
  );
}
