/**
 * The errors of the session layer: typed, and each says what was tried, why it failed and what to do.
 *
 * Names follow the SDKs where they have one (ErrSessionClosed, ErrSessionsNotSupported in Go). What
 * the server itself refuses stays a `ServerError` of the wire layer, with its own code and kind.
 */
import type { ErrorView } from "./model.ts";

export class SessionError extends Error {
  /** What the person can do about it. */
  readonly advice?: string;
  constructor(name: string, message: string, advice?: string) {
    super(message);
    this.name = name;
    this.advice = advice;
  }
}

/** Use of a session that was closed or replaced; a second close too. Go: ErrSessionClosed. */
export class SessionClosedError extends SessionError {
  constructor(label: string) {
    super(
      "SessionClosedError",
      `“${label}” is closed.`,
      "Open it again, or choose another session.",
    );
  }
}

/** A key that the registry doesn't know: never existed, or belongs to somebody else. */
export class UnknownSessionError extends SessionError {
  constructor(key: string) {
    super("UnknownSessionError", `Unknown session ${key}.`);
  }
}

/** Server below 3.0, or no WebSocket. Go: ErrSessionsNotSupported. */
export class SessionsNotSupportedError extends SessionError {
  constructor(version?: string) {
    super(
      "SessionsNotSupportedError",
      version
        ? `SurrealDB ${version} has no sessions; 3.0 or later is needed.`
        : "Sessions need a WebSocket connection to SurrealDB 3.0 or later.",
      "The default session works.",
    );
  }
}

/** The session can't serve requests now; nothing was sent. */
export class GateClosedError extends SessionError {
  constructor(label: string, reason: string, advice?: string) {
    super("GateClosedError", `“${label}” can't run this now: ${reason} Nothing was sent.`, advice);
  }
}

/** The transaction ended with its socket, or was never this session's. */
export class TransactionLostError extends SessionError {
  constructor(txn: string) {
    super(
      "TransactionLostError",
      `Transaction ${txn} is not open in this session. Nothing was sent.`,
      "Transactions end with the connection they began on: begin a new one.",
    );
  }
}

export class ProtectedVariableError extends SessionError {
  constructor(name: string) {
    super(
      "ProtectedVariableError",
      `$${name} is set by SurrealDB itself and can't be changed.`,
      "Choose another name.",
    );
  }
}

/** The connection is not open; nothing was sent. */
export class NotConnectedError extends SessionError {
  constructor(connection: string, why: string) {
    super("NotConnectedError", `${connection} is not connected: ${why} Nothing was sent.`);
  }
}

/** Parameters of a command that can't be carried out as they are. */
export class InvalidRequestError extends SessionError {
  constructor(message: string, advice?: string) {
    super("InvalidRequestError", message, advice);
  }
}

/** What a thrown thing says, whatever it is. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Any thrown thing as data for a view. Nothing but JSON data leaves. */
export function toErrorView(error: unknown): ErrorView {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const view: ErrorView = { name: error.name, message: error.message };
  const extra = error as { code?: unknown; kind?: unknown; details?: unknown; advice?: unknown };
  if (typeof extra.code === "number") view.code = extra.code;
  if (typeof extra.kind === "string") view.kind = extra.kind;
  if (extra.details !== undefined && extra.details !== null) {
    view.details = JSON.parse(JSON.stringify(extra.details));
  }
  if (typeof extra.advice === "string") view.advice = extra.advice;
  return view;
}
