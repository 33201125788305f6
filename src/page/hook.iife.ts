/**
 * The page hook: the one script of the extension in the page's own world, before any of the page's.
 *
 * It hands a port to the bridge, by one event that nobody else can hear yet; if no bridge takes it, or
 * one has taken a hook's before, it leaves the page as it is. Else it watches the SurrealDB sockets
 * that the page makes, keeps the journal of their sessions, and says nothing until it is asked.
 */
import {
  type EventDown,
  type EventUp,
  HANDSHAKE,
  type HookCommand,
  type HookMessage,
  RELAY_DOWN,
  RELAY_UP,
} from "../messages/page-messages.ts";
import { Journal } from "../session/journal/journal.ts";
import type { JournalSocket } from "../session/journal/journal-socket.ts";
import { Acts } from "./acts.ts";
import {
  dispatchOn,
  event as events,
  listen,
  socket as native,
  now,
  offer,
  postTo,
} from "./intrinsics.ts";
import { Outbox } from "./outbox.ts";
import { watchSend } from "./own-send.ts";
import { createPageApi } from "./page-api.ts";
import { Router } from "./router.ts";
import { Tap } from "./tap.ts";
import { unfollowed } from "./unfollowed.ts";
import { wrapWebSocket } from "./wrap-web-socket.ts";

const STATES = ["connecting", "open", "closing", "closed"] as const;

const { port1: port, port2 } = new MessageChannel();
const post = (message: HookMessage) => postTo(port, message);
const journal = new Journal();
const outbox = new Outbox(journal, post);
const acts = new Acts(post);
const router = new Router((message) => offer(port2, RELAY_UP, message));
/** Of sockets that aren't closed. */
const taps = new Map<JournalSocket, Tap>();

// The last chance to tell what has gathered: a message would be delivered after the document's end,
// an event on the bridge's own port is heard at once, and nobody else has that port. Listened to
// before the handshake, in which the bridge begins to listen: Chrome asks in that order.
listen(window, "pagehide", () => outbox.flush((message) => dispatchOn(port2, message)));

const api = createPageApi({ post: (message) => offer(port2, RELAY_UP, message) });

// The bridge may say at once, in the handshake, that data requests have to wait.
listen<MessageEvent>(port2, RELAY_DOWN, (event) => hear(events.data(event) as EventDown));

const handshake = new MessageEvent(HANDSHAKE, { ports: [port2], cancelable: true });
document.dispatchEvent(handshake);
if (handshake.defaultPrevented) watch();

function watch(): void {
  wrapWebSocket((socket, format) => {
    const probe = {
      state: () => STATES[native.readyState(socket)] ?? "closed",
      deliversBlobs: () => native.binaryType(socket) === "blob",
    };
    const entry = journal.constructed(native.url(socket), format, probe, now());
    if (entry) {
      const tap: Tap = new Tap(socket, entry, outbox, acts, router, () => {
        taps.delete(entry);
        router.closed(tap);
      });
      taps.set(entry, tap);
      router.opened(tap);
    } else
      watchSend(
        socket,
        unfollowed(socket, () => router.isOn),
      );
    outbox.changes();
  });
  listen<MessageEvent>(port, "message", (event) => obey(events.data(event) as HookCommand));
  port.start();
}

function hear(message: EventDown): void {
  switch (message.type) {
    case "api-offered":
      offer(port2, RELAY_UP, { type: "api-hello" } satisfies EventUp);
      break;
    case "api-lost":
      api.disconnected();
      break;
    case "api-enabled":
    case "api-response":
    case "api-error":
    case "api-event":
      api.received(message);
      break;
    default:
      router.received(message);
  }
}

function obey(command: HookCommand): void {
  if (command.type === "mode") outbox.setMode(command.mode);
  else if (command.type === "taken") outbox.taken(command.batch);
  else if (command.type === "act") {
    const entry = journal.socketOf(command.client);
    acts.act(entry && taps.get(entry), command);
  }
}
