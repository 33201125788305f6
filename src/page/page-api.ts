/**
 * `window.switchyard`: the page's end of the page API, in the style of EIP-1193.
 *
 * It numbers requests, posts them, and settles them by what comes down; all that matters is decided in
 * the worker. It runs in the page's world, so it uses nothing that a page could have replaced, reads
 * what it is given once, and passes on copies of its own making: a page that plays tricks on it plays
 * them on itself.
 */
import {
  API_ERRORS,
  API_INITIALIZED,
  API_LIMITS,
  API_METHODS,
  type ApiDownMessage,
  type ApiErrorData,
  type ApiField,
  type ApiMethod,
  type ApiRequest,
  type ApiUpMessage,
} from "../messages/api-messages.ts";
import {
  bytesOf,
  copyOf,
  create,
  defineProperty,
  dispatchOnWindow,
  freeze,
  getOwnPropertyDescriptor,
  hasOwn,
  isArray,
  later,
  NativeError,
  NativePromise,
  reportOf,
} from "./intrinsics.ts";

/** The way to the worker. */
export interface ApiLink {
  /** False where the bridge is gone: the extension was updated or removed. */
  post(message: ApiUpMessage): boolean;
}

/** The hook's hold on it. */
export interface PageApi {
  /** Puts it into the window; once, and not over anything that the page has there. */
  define(): void;
  received(message: ApiDownMessage): void;
  /** The worker or the bridge is gone, and with it every answer. */
  disconnected(): void;
}

interface Pending {
  method: ApiMethod;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type Listener = (payload: unknown) => void;

/** After a lost worker: so many milliseconds until it is asked for again. */
const RETURN_PAUSE = 1_000;

export function createPageApi(link: ApiLink): PageApi {
  let pending = create(null) as Record<number, Pending>;
  let waiting = 0;
  let lastSeq = 0;
  let isDefined = false;
  /** The worker knows that this document listens. */
  let isGreeted = false;
  let isListening = false;
  const listeners = create(null) as Record<string, Listener[]>;

  /** Rejects with an Error that has `code` and perhaps `data`, or with what the page's getters throw. */
  const request = (args: unknown) =>
    new NativePromise<unknown>((resolve, reject) => {
      const { method, params: given } = asObject(args, "request takes { method, params }.");
      if (typeof method !== "string" || !hasOwn(API_METHODS, method)) {
        throw fault(API_ERRORS.unsupported, "The page API has no such method.");
      }
      const params = readParams(method as ApiMethod, isArray(given) ? given[0] : given);
      if (waiting >= API_LIMITS.pending) {
        throw fault(API_ERRORS.limit, "Too many requests wait for their answers.", "not-sent");
      }
      greet();
      lastSeq += 1;
      const seq = lastSeq;
      // Before it is posted: the bridge may refuse it on the spot.
      pending[seq] = { method: method as ApiMethod, resolve, reject };
      waiting += 1;
      // Made from the table of this very method.
      if (!link.post({ type: "api-request", seq, method, params } as ApiRequest)) {
        settle(seq);
        throw fault(
          API_ERRORS.disconnected,
          "Switchyard was updated or removed. Reload the page. Nothing was sent.",
          "not-sent",
        );
      }
    });

  const on = (event: unknown, listener: unknown) => {
    checkListener(event, listener);
    const name = event as string;
    const list = listeners[name] ?? [];
    put(list, list.length, listener);
    listeners[name] = list;
    isListening = true;
    greet();
    return api;
  };

  const removeListener = (event: unknown, listener: unknown) => {
    checkListener(event, listener);
    const before = listeners[event as string] ?? [];
    const after: Listener[] = [];
    let isFound = false;
    for (let i = 0; i < before.length; i++) {
      if (!isFound && before[i] === listener) isFound = true;
      else put(after, after.length, before[i]);
    }
    listeners[event as string] = after;
    return api;
  };

  const api = freeze({
    request: freeze(request),
    on: freeze(on),
    removeListener: freeze(removeListener),
  });

  /** Who is added or removed meanwhile makes no difference: lists are left as they were or replaced. */
  function emit(event: string, payload: unknown): void {
    const list = listeners[event] ?? [];
    const { length } = list;
    for (let i = 0; i < length; i++) {
      try {
        (list[i] as Listener)(payload);
      } catch (error) {
        reportOf(error);
      }
    }
  }

  function greet(): void {
    if (!isGreeted) isGreeted = link.post({ type: "api-hello" });
  }

  function settle(seq: number): Pending | undefined {
    const found = pending[seq];
    if (!found) return undefined;
    delete pending[seq];
    waiting -= 1;
    return found;
  }

  function define(): void {
    if (isDefined || getOwnPropertyDescriptor(window, "switchyard") !== undefined) return;
    isDefined = true;
    setOwn(window, "switchyard", api);
    dispatchOnWindow(API_INITIALIZED);
  }

  function lose(): void {
    const lost = pending;
    pending = create(null);
    waiting = 0;
    for (const seq in lost) {
      const { method, reject } = lost[seq] as Pending;
      reject(
        mayHaveRun(method)
          ? fault(
              API_ERRORS.disconnected,
              "The connection to Switchyard was lost. The request may have run. It was not repeated.",
              "unknown",
            )
          : fault(API_ERRORS.disconnected, "The connection to Switchyard was lost."),
      );
    }
    emit("disconnect", fault(API_ERRORS.disconnected, "The connection to Switchyard was lost."));
  }

  return {
    define,
    received(message) {
      if (message.type === "api-response") settle(message.seq)?.resolve(message.result);
      else if (message.type === "api-error") settle(message.seq)?.reject(errorOf(message.error));
      else if (message.type === "api-event") emit(message.event, message.payload);
      else if (message.on) {
        isGreeted = true;
        define();
      } else if (isDefined) lose();
    },
    disconnected() {
      isGreeted = false;
      if (!isDefined) return;
      lose();
      // Else a page that only listens would never hear anything again.
      if (isListening) later(greet, RETURN_PAUSE);
    },
  };
}

function mayHaveRun(method: ApiMethod): boolean {
  return (
    method === "switchyard_rpc" || method === "switchyard_live" || method === "switchyard_kill"
  );
}

// ── What the page gives ───────────────────────────────────────────────────────────────────────

function readParams(method: ApiMethod, given: unknown): object {
  const fields = API_METHODS[method] as readonly { name: string; kind: ApiField }[];
  const read = {};
  if (given === undefined && fields.length === 0) return read;
  const from = given === undefined ? (create(null) as object) : given;
  const source = asObject(from, `${method} takes an object as params.`);
  for (let i = 0; i < fields.length; i++) {
    const { name, kind } = fields[i] as { name: string; kind: ApiField };
    const value = source[name];
    const isOptional = kind[kind.length - 1] === "?";
    if (value !== undefined || !isOptional) setOwn(read, name, readField(name, kind, value));
  }
  return read;
}

function readField(name: string, kind: ApiField, value: unknown): unknown {
  if (kind === "bytes?") {
    const bytes = bytesOf(value);
    if (!bytes) throw fault(API_ERRORS.params, `“${name}” must be bytes (CBOR).`);
    if (bytes.length > API_LIMITS.bytes) {
      throw fault(API_ERRORS.params, `“${name}” is larger than 16 MB. Nothing was sent.`);
    }
    return copyOf(bytes);
  }
  const type = kind === "flag?" ? "boolean" : "string";
  if (typeof value !== type) throw fault(API_ERRORS.params, `“${name}” must be a ${type}.`);
  if (type === "string" && (value as string).length > API_LIMITS.query) {
    throw fault(API_ERRORS.params, `“${name}” is too long.`);
  }
  return value;
}

function asObject(value: unknown, complaint: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw fault(API_ERRORS.params, complaint);
  return value as Record<string, unknown>;
}

function checkListener(event: unknown, listener: unknown): void {
  if (typeof event !== "string" || typeof listener !== "function") {
    throw fault(API_ERRORS.params, "An event's name and a function are needed.");
  }
}

// ── What the page gets ────────────────────────────────────────────────────────────────────────

type Outcome = NonNullable<ApiErrorData["data"]>["outcome"];

function fault(code: number, message: string, outcome?: Outcome): Error {
  return errorOf(outcome ? { code, message, data: { outcome } } : { code, message });
}

function errorOf({ code, message, data }: ApiErrorData): Error {
  const error = new NativeError(message);
  setOwn(error, "code", code);
  if (data !== undefined) setOwn(error, "data", data);
  return error;
}

/** An own property, whatever setters or descriptors' defaults a page put on prototypes. */
function setOwn(target: object, name: string, value: unknown): void {
  const descriptor = create(null) as PropertyDescriptor;
  // What stands in the window is neither listed nor replaced.
  const plain = target !== window;
  descriptor.value = value;
  descriptor.enumerable = plain;
  descriptor.writable = plain;
  descriptor.configurable = plain;
  defineProperty(target, name, descriptor);
}

function put(list: unknown[], index: number, value: unknown): void {
  setOwn(list, `${index}`, value);
}
