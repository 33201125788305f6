/**
 * A socket beyond those that are followed: nobody knows its sessions, so nothing of it can be routed.
 * Where something is routed it is closed at its first frame, which would run as the page itself.
 */
import { socket as native } from "./intrinsics.ts";
import type { SendListener } from "./own-send.ts";

const OPEN = 1;

/** @param isRouted whether anything of the document is, or may be */
export function unfollowed(socket: WebSocket, isRouted: () => boolean): SendListener {
  return {
    takes() {
      if (!isRouted() || native.readyState(socket) !== OPEN) return false;
      native.close(
        socket,
        4001,
        "Switchyard: this tab runs as another session; the page has too many sockets.",
      );
      return true;
    },
    sent: () => undefined,
    sentOtherwise: () => undefined,
    sizeOf: () => undefined,
  };
}
