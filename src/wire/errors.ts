/**
 * What can go wrong on the wire, as types. The one distinction that everything above relies on
 * is whether the server may have acted: `SocketClosedError` and `ConnectError` say "it never
 * left this machine" (safe to try again), `OutcomeUnknownError` says "it left and nobody
 * answered" (never sent again by itself), and a `ServerError` is the server's own refusal.
 */
import { parseRpcError, type RpcErrorObject, ServerError } from "surrealdb";
import { messageOf, WireError } from "./wire-error.ts";

export { ServerError };

/** Why a socket could not be opened. Browsers hide everything finer than this from scripts. */
export type ConnectFailure =
  /** Not a `ws:` or `wss:` URL, or one that the WebSocket constructor refuses. */
  | "bad-url"
  /** The environment has no WebSocket. */
  | "unsupported"
  /** No open socket within `connectTimeout`. */
  | "timeout"
  /** Nobody listens, the network, TLS, or an HTTP answer that is no upgrade. */
  | "refused-or-unreachable"
  /** A WebSocket server, but it did not select SurrealDB's subprotocol `cbor`. */
  | "protocol"
  /** The caller's signal ended the attempt. */
  | "aborted";

/** The socket was never open, so nothing was sent. */
export class ConnectError extends WireError {
  override readonly name = "ConnectError";
  readonly reason: ConnectFailure;
  readonly url: string;

  constructor(reason: ConnectFailure, url: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.url = url;
  }
}

/** The request never left: the socket was closing or closed when it was made. */
export class SocketClosedError extends WireError {
  override readonly name = "SocketClosedError";
  readonly reason = "not-sent";
  readonly method: string;

  constructor(method: string) {
    super(`“${method}” was not sent: the connection is closed.`);
    this.method = method;
  }
}

const UNKNOWN_BECAUSE = {
  closed: "the connection was lost before its answer came",
  timeout: "no answer came in time",
  aborted: "it was given up before its answer came",
} as const;

/**
 * The request was sent and its answer never came: the server may or may not have carried it out.
 * Whoever gets this must not send it again without asking.
 */
export class OutcomeUnknownError extends WireError {
  override readonly name = "OutcomeUnknownError";
  readonly reason: keyof typeof UNKNOWN_BECAUSE;
  readonly method: string;

  constructor(reason: keyof typeof UNKNOWN_BECAUSE, method: string) {
    super(`Outcome of “${method}” unknown: ${UNKNOWN_BECAUSE[reason]}.`);
    this.reason = reason;
    this.method = method;
  }
}

/**
 * The server answered, and its answer can't be read: damaged, or nested too deep. What was asked was done.
 * `cause` is what is wrong with it.
 */
export class UnreadableAnswerError extends WireError {
  override readonly name = "UnreadableAnswerError";
  readonly reason = "unreadable";
  readonly method: string;
  readonly advice = "The server did what was asked. To see what came of it, ask for less.";

  constructor(method: string, cause: unknown) {
    super(`The answer to “${method}” can't be read: ${messageOf(cause)}.`, { cause });
    this.method = method;
  }
}

/** A value that can't be turned into CBOR, or CBOR that is no SurrealDB value. */
export class ValueError extends WireError {
  override readonly name = "ValueError";
  readonly reason: "encode" | "decode";

  constructor(reason: "encode" | "decode", message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * The server's `error` object as the SDK's `ServerError` (or its subclass for the kind).
 * An object that isn't one, which a faulty server may send, still becomes a `ServerError` of
 * kind `Internal`, since the request did end.
 */
export function serverErrorFrom(raw: unknown): ServerError {
  const given: Record<string, unknown> =
    typeof raw === "object" && raw !== null ? { ...raw } : { message: raw };
  const object: RpcErrorObject = {
    code: typeof given.code === "number" ? given.code : 0,
    message:
      typeof given.message === "string"
        ? given.message
        : "The server refused the request without saying why.",
  };
  if (typeof given.kind === "string") object.kind = given.kind;
  if (typeof given.details === "object" && given.details !== null) {
    object.details = given.details as Record<string, unknown>;
  }
  if (isCause(given.cause)) object.cause = given.cause;
  return parseRpcError(object);
}

function isCause(value: unknown): value is NonNullable<RpcErrorObject["cause"]> {
  return (
    typeof value === "object" &&
    value !== null &&
    "message" in value &&
    typeof value.message === "string"
  );
}
