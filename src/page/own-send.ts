/**
 * Gives a socket a `send` of its own, which tells what was sent.
 *
 * One stand-in serves all sockets, as the prototype's method does; it finds out by `this` whose it is.
 * It does what the prototype's method does at the time of the call: a page may have put its own there,
 * before or after. The socket's property is as inconspicuous as one can be: not enumerable, and free
 * to be overwritten or deleted.
 */
import {
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  socket as native,
  nativeSend,
  socketPrototype,
} from "./intrinsics.ts";
import { standIn } from "./native-look.ts";

/** Hears what a socket sends. */
export interface SendListener {
  /**
   * Asked before the browser is: true where this goes another way, and nothing is to be sent. Throws
   * what the native method would throw for this data, and nothing else. The others must not throw.
   */
  takes(data: unknown): boolean;
  /** The browser has taken this data, as it stands. */
  sent(data: unknown): void;
  /** The page's own `send` has sent something else than it was given: so many bytes. */
  sentOtherwise(size: number): void;
  /** Bytes of this data on the wire; undefined where that isn't known without converting it. */
  sizeOf(data: unknown): number | undefined;
}

const OPEN = 1;
const listeners = new WeakMap<WebSocket, SendListener>();
const listenerOf = WeakMap.prototype.get;
/** The socket inside a `send` that the page put on the prototype, which may lead back here. */
let inside: WebSocket | undefined;
/** It did lead back, so that what was sent has been told. */
let seenInside = false;

const send = standIn(nativeSend, {
  apply: (_target, receiver: WebSocket, args: [unknown]) => {
    const listener = apply(listenerOf, listeners, [receiver]) as SendListener | undefined;
    const current = socketPrototype.send;
    if (!listener) return apply(current, receiver, args);
    if (inside !== receiver && args.length > 0 && listener.takes(args[0])) return undefined;
    if (current !== nativeSend && inside !== receiver) {
      return throughPage(current, receiver, args, listener);
    }
    const open = native.readyState(receiver) === OPEN;
    const result: unknown = apply(nativeSend, receiver, args);
    if (!open) return result;
    if (inside === receiver) seenInside = true;
    listener.sent(args[0]);
    return result;
  },
});

/** The page's own method sends; by the bytes that then wait it shows whether it sent what it was given. */
function throughPage(
  method: WebSocket["send"],
  receiver: WebSocket,
  args: [unknown],
  listener: SendListener,
): unknown {
  const outer = inside;
  inside = receiver;
  seenInside = false;
  const before = native.bufferedAmount(receiver);
  try {
    const result: unknown = apply(method, receiver, args);
    const size = native.bufferedAmount(receiver) - before;
    if (!seenInside && size > 0) {
      if (size === listener.sizeOf(args[0])) listener.sent(args[0]);
      else listener.sentOtherwise(size);
    }
    return result;
  } finally {
    inside = outer;
  }
}

/**
 * @returns false where the page's own class brings a `send`: that one is left alone, and what it
 *   sends isn't seen.
 */
export function watchSend(socket: WebSocket, listener: SendListener): boolean {
  let owner: object | null = socket;
  while (owner !== socketPrototype) {
    // Made for another prototype (`Reflect.construct`), it has no `send`, and shall have none.
    if (owner === null || getOwnPropertyDescriptor(owner, "send") !== undefined) return false;
    owner = getPrototypeOf(owner);
  }
  listeners.set(socket, listener);
  return defineProperty(socket, "send", {
    value: send,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}
