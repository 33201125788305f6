/** What a routed page is told where its request isn't served: errors of all layers as RPC errors. */
import { OutcomeUnknownError, ServerError, SocketClosedError } from "../../wire/errors.ts";
import { EnvelopeError } from "../../wire/wire-error.ts";
import { messageOf, NotConnectedError, SessionError, TransactionLostError } from "../errors.ts";
import type { HeldSession } from "../held-session.ts";
import { isSessionExpired, isSessionUnknown } from "../set-up.ts";
import { outcomeUnknownError, RelayError, type RpcErrorParts } from "./relay-error.ts";

/** An error of the server's, as it stood in its answer. */
export interface ServerErrorParts {
  code: number;
  message: string;
  kind?: string;
  details?: unknown;
  cause?: ServerErrorParts;
}

/**
 * @param as the session that it was to run as; undefined: none was found
 * @param left whether the request had left for the server
 */
export function errorPartsOf(
  error: unknown,
  as: HeldSession | undefined,
  left: boolean,
): RpcErrorParts | ServerErrorParts {
  if (error instanceof RelayError) return error.parts;
  // Passed on as they are, these would make the page's SDK sign the page's own session in again.
  if (isSessionExpired(error) || isSessionUnknown(error)) return cannotServe(as, error).parts;
  if (error instanceof ServerError) return serverParts(error);
  // These say that nothing left, whatever was about to.
  if (error instanceof NotConnectedError || error instanceof SocketClosedError) {
    return cannotServe(as, error).parts;
  }
  const label = as?.record.label ?? "its session";
  if (error instanceof OutcomeUnknownError || nameOf(error) === "OutcomeUnknownError" || left) {
    return outcomeUnknownError(label).parts;
  }
  if (error instanceof TransactionLostError) {
    return new RelayError("TransactionLost", error.message).parts;
  }
  if (error instanceof EnvelopeError) {
    return new RelayError("InvalidRequest", `${error.message}. Nothing was sent.`).parts;
  }
  return cannotServe(as, error).parts;
}

/** The session can't serve: why, and the two ways on. */
function cannotServe(as: HeldSession | undefined, error: unknown): RelayError {
  const ways =
    "Nothing was sent. Sign in again in DevTools > Switchyard, or choose “Page's own session”.";
  if (!as) {
    return new RelayError("CannotServe", `the session that this tab runs as is gone. ${ways}`);
  }
  const { label, status, statusSince, cause } = as.record;
  if (status !== "active") {
    const since = new Date(statusSince).toTimeString().slice(0, 5);
    const what = status === "expired" ? `expired at ${since}` : `is ${status} since ${since}`;
    return new RelayError(
      "CannotServe",
      `this tab runs as “${label}”, whose session ${what}: ${cause} ${ways}`,
    );
  }
  const gate = as.gate.view;
  const why = gate.open ? messageOf(error) : gate.reason;
  const other = error instanceof SessionError ? why : `something went wrong: ${messageOf(error)}`;
  return new RelayError(
    "CannotServe",
    `this tab runs as “${label}”, which can't run this now: ${other} ${ways}`,
  );
}

function serverParts({ code, message, kind, details, cause }: ServerError): ServerErrorParts {
  const parts: ServerErrorParts = { code, message, kind };
  if (details !== undefined) parts.details = details;
  if (cause instanceof ServerError) parts.cause = serverParts(cause);
  return parts;
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}
