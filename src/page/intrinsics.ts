/**
 * What the hook uses of the page's world, taken before any script of the page has run.
 *
 * The page may replace whatever it likes later: it neither breaks nor deceives what stands here.
 */

/** Prototypes are looked at as they are, not as TypeScript thinks of them. */
type Getter<This, T> = (this: This) => T;

function getterOf<This, T>(prototype: This, name: string): Getter<This, T> {
  let owner: object | null = prototype as object;
  while (owner !== null) {
    const getter = Object.getOwnPropertyDescriptor(owner, name)?.get;
    if (getter) return getter;
    owner = Object.getPrototypeOf(owner);
  }
  throw new Error(`No getter ${name}`);
}

export const { apply, construct, get, getPrototypeOf, getOwnPropertyDescriptor, defineProperty } =
  Reflect;
export const isArray = Array.isArray;
export const { create, freeze, hasOwn } = Object;
export const NativePromise = Promise;
export const NativeError = Error;
export const isView = ArrayBuffer.isView;

export const NativeWebSocket = window.WebSocket;
export const socketPrototype = NativeWebSocket.prototype;
export const nativeSend = socketPrototype.send;
export const functionToString = Function.prototype.toString;

const addEventListener = EventTarget.prototype.addEventListener;
const urlOf = getterOf<WebSocket, string>(socketPrototype, "url");
const protocolOf = getterOf<WebSocket, string>(socketPrototype, "protocol");
const readyStateOf = getterOf<WebSocket, number>(socketPrototype, "readyState");
const binaryTypeOf = getterOf<WebSocket, string>(socketPrototype, "binaryType");
const bufferedAmountOf = getterOf<WebSocket, number>(socketPrototype, "bufferedAmount");
const dataOf = getterOf<MessageEvent, unknown>(MessageEvent.prototype, "data");
const closeCodeOf = getterOf<CloseEvent, number>(CloseEvent.prototype, "code");
const stopEvent = Event.prototype.stopImmediatePropagation;
const bufferLengthOf = getterOf<ArrayBuffer, number>(ArrayBuffer.prototype, "byteLength");
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
const arrayBufferOf = getterOf<Uint8Array, ArrayBuffer>(typedArray, "buffer");
const arrayOffsetOf = getterOf<Uint8Array, number>(typedArray, "byteOffset");
const arrayLengthOf = getterOf<Uint8Array, number>(typedArray, "byteLength");
const viewBufferOf = getterOf<DataView, ArrayBuffer>(DataView.prototype, "buffer");
const viewOffsetOf = getterOf<DataView, number>(DataView.prototype, "byteOffset");
const viewLengthOf = getterOf<DataView, number>(DataView.prototype, "byteLength");
const typeTagOf = getterOf<object, string | undefined>(
  typedArray,
  Symbol.toStringTag as unknown as string,
);
const blobSizeOf = getterOf<Blob, number>(Blob.prototype, "size");
const blobBytes = Blob.prototype.arrayBuffer;
const then = Promise.prototype.then;
const Bytes = Uint8Array;
const clock = { date: Date.now, performance, now: Performance.prototype.now };
const timers = { set: window.setTimeout, clear: window.clearTimeout };
/** The window's own; Node's types say that it gives an object. */
type TimerFunction = (work: () => void, milliseconds: number) => number;
const post = MessagePort.prototype.postMessage;
const dispatch = EventTarget.prototype.dispatchEvent;
const NativeMessageEvent = MessageEvent;
const NativeBlob = Blob;
const closeSocket = socketPrototype.close;
const defaultPreventedOf = getterOf<Event, boolean>(Event.prototype, "defaultPrevented");
const slice = ArrayBuffer.prototype.slice;
const NativeEvent = Event;
const report = window.reportError;

/** Reads a socket as the browser has it, whatever the page made of its properties. */
export const socket = {
  url: (of: WebSocket): string => apply(urlOf, of, []),
  protocol: (of: WebSocket): string => apply(protocolOf, of, []),
  readyState: (of: WebSocket): number => apply(readyStateOf, of, []),
  binaryType: (of: WebSocket): string => apply(binaryTypeOf, of, []),
  bufferedAmount: (of: WebSocket): number => apply(bufferedAmountOf, of, []),
  close: (of: WebSocket, code: number, reason: string): void =>
    apply(closeSocket, of, [code, reason]),
};

/**
 * Has a socket deliver a frame, as one that came from its server: the page's listeners are called, in
 * this task.
 */
export function deliver(to: WebSocket, frame: Uint8Array | string, origin: string): void {
  let data: unknown = frame;
  if (typeof frame !== "string") {
    const isBlob = socket.binaryType(to) === "blob";
    data = isBlob ? new NativeBlob([frame as Uint8Array<ArrayBuffer>]) : bufferOf(frame);
  }
  apply(dispatch, to, [new NativeMessageEvent("message", { data, origin })]);
}

/** Exactly these bytes, as a buffer. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const buffer = apply(arrayBufferOf, bytes, []);
  const offset: number = apply(arrayOffsetOf, bytes, []);
  const length: number = apply(arrayLengthOf, bytes, []);
  if (offset === 0 && length === apply(bufferLengthOf, buffer, [])) return buffer;
  return apply(slice, buffer, [offset, offset + length]);
}

/**
 * Does work of ours that nobody waits for. What a page broke may make it fail, and the page must not
 * hear of that: not by an exception, and not by an error event in its window.
 */
function apart(work: () => void): void {
  try {
    work();
  } catch {
    // The hook says what it can through its facts; here there is nobody left to tell.
  }
}

/** Adds a listener that is called before any that is added later, the page's own included. */
export function listen<E extends Event>(
  target: EventTarget,
  type: string,
  listener: (event: E) => void,
): void {
  apply(addEventListener, target, [type, (event: E) => apart(() => listener(event)), true]);
}

export const event = {
  data: (of: MessageEvent): unknown => apply(dataOf, of, []),
  closeCode: (of: CloseEvent): number => apply(closeCodeOf, of, []),
  /** Nobody else hears of it. */
  stop: (of: Event): void => apply(stopEvent, of, []),
};

/** The bytes of an ArrayBuffer or a view, not copied; undefined for anything else. */
export function bytesOf(data: unknown): Uint8Array | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  if (!isView(data)) {
    const length = bufferLength(data);
    return length === undefined ? undefined : new Bytes(data as ArrayBuffer, 0, length);
  }
  // Only typed arrays have a tag in their slots; what is left of the views is a DataView.
  if (apply(typeTagOf, data, []) !== undefined) {
    const array = data as Uint8Array;
    return new Bytes(
      apply(arrayBufferOf, array, []),
      apply(arrayOffsetOf, array, []),
      apply(arrayLengthOf, array, []),
    );
  }
  const view = data as DataView;
  return new Bytes(
    apply(viewBufferOf, view, []),
    apply(viewOffsetOf, view, []),
    apply(viewLengthOf, view, []),
  );
}

function bufferLength(data: object): number | undefined {
  try {
    return apply(bufferLengthOf, data as ArrayBuffer, []);
  } catch {
    // The getter throws for whatever is no ArrayBuffer: that is the question.
    return undefined;
  }
}

/** The size of a Blob in bytes; undefined for anything else. */
export function blobSize(data: unknown): number | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  try {
    return apply(blobSizeOf, data as Blob, []);
  } catch {
    // As above: no Blob.
    return undefined;
  }
}

/** Reads a Blob; `done` gets its bytes, or undefined where they can't be had. */
export function readBlob(blob: Blob, done: (bytes: Uint8Array | undefined) => void): void {
  const reading: Promise<ArrayBuffer> = apply(blobBytes, blob, []);
  const succeeded = (buffer: ArrayBuffer) => apart(() => done(new Bytes(buffer)));
  const failed = () => apart(() => done(undefined));
  apply(then, reading, [succeeded, failed]);
}

/** A copy in a buffer of its own: pages use theirs again. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Bytes(bytes);
}

/** These bytes in a buffer that holds nothing else: whoever clones a window clones what is behind it. */
export function alone(bytes: Uint8Array): Uint8Array {
  const length: number = apply(arrayLengthOf, bytes, []);
  return bufferLength(apply(arrayBufferOf, bytes, [])) === length ? bytes : copyOf(bytes);
}

let base = clock.date() - performance.now();

/**
 * Milliseconds since 1970, in fractions. The fine clock stands still while the computer sleeps, so it
 * is set again where it has fallen behind.
 */
export function now(): number {
  const fine: number = apply(clock.now, clock.performance, []);
  const coarse = clock.date();
  if (coarse - (base + fine) > 50 || base + fine - coarse > 50) base = coarse - fine;
  return base + fine;
}

export const later = (work: () => void, milliseconds: number): number =>
  apply(timers.set as TimerFunction, window, [() => apart(work), milliseconds]);
export const never = (timer: number): void => apply(timers.clear, window, [timer]);

/** Has a port's listeners hear a message at once, as if it had come through the channel. */
export function dispatchOn(port: MessagePort, data: unknown): void {
  apply(dispatch, port, [new NativeMessageEvent("message", { data })]);
}

/**
 * Has a port's listeners hear an event at once.
 * @returns whether one of them took it; the bridge does, where there still is one
 */
export function offer(port: MessagePort, type: string, data: unknown): boolean {
  const offered = new NativeMessageEvent(type, { data, cancelable: true });
  apply(dispatch, port, [offered]);
  return apply(defaultPreventedOf, offered, []);
}

export function postTo(port: MessagePort, message: unknown): void {
  apply(post, port, [message]);
}

/** Has everybody in the page who listens hear of it. */
export function dispatchOnWindow(type: string): void {
  apply(dispatch, window, [new NativeEvent(type)]);
}

/** What a function of the page's threw, told as the browser tells what its own listeners throw. */
export function reportOf(error: unknown): void {
  apart(() => apply(report, window, [error]));
}
