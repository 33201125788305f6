/** Whether anything can be done in a session from here. */
import type { AnySession } from "./any-session.ts";
import { isPageSession } from "./any-session.ts";
import { isClosed } from "./sessions.ts";
import type { PanelStore } from "./store.ts";

/**
 * Why nothing can be sent in this session from here, one sentence; undefined: it can, or it is a held
 * one, whose own states say what it can do. Reading it subscribes to its socket.
 */
export function whyNotAct(
  store: Pick<PanelStore, "page">,
  session: AnySession,
): string | undefined {
  if (!isPageSession(session)) return undefined;
  if (isClosed(session)) return session.cause;
  const socket = store.page.socket(session.holder.socketKey);
  if (!socket) return "Its page is gone.";
  if (socket.unreadable !== undefined) return socket.unreadable;
  if (socket.cannotAct !== undefined) return socket.cannotAct;
  if (socket.state !== "open") return "Its socket isn't open.";
  return undefined;
}
