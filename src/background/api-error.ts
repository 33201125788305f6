/**
 * What goes wrong in the page API, as a page is told of it.
 *
 * A page hears what it did wrong, what the server said, and whether its request may have run; of
 * anything else only that it failed: what we throw by accident may name what isn't the page's to know.
 */
import { API_ERRORS, type ApiErrorData } from "../messages/api-messages.ts";
import {
  GateClosedError,
  NotConnectedError,
  SessionClosedError,
  SessionError,
  TransactionLostError,
} from "../session/errors.ts";
import { RelayError, type RelayErrorKind } from "../session/relay/relay-error.ts";
import { OutcomeUnknownError, ServerError, SocketClosedError } from "../wire/errors.ts";
import { EnvelopeError } from "../wire/wire-error.ts";

/** A refusal of ours; nothing was sent unless `data` says otherwise. */
export class ApiRefusal extends Error {
  readonly data: ApiErrorData;
  constructor(code: keyof typeof API_ERRORS, message: string, data?: ApiErrorData["data"]) {
    super(message);
    this.data = { code: API_ERRORS[code], message, ...(data ? { data } : {}) };
  }
}

export const notGranted = (): ApiRefusal =>
  new ApiRefusal("unauthorized", "No such session is granted to this page.");

export const notEnabled = (): ApiRefusal =>
  new ApiRefusal("unauthorized", "Switchyard's page API is not enabled for this page.");

/** Any thrown thing. Nothing but plain data leaves. */
export function toApiError(error: unknown): ApiErrorData {
  if (error instanceof ApiRefusal) return error.data;
  if (error instanceof ServerError) {
    const { code, kind, details, message } = error;
    return { code: API_ERRORS.server, message, data: { code, kind, ...plainDetails(details) } };
  }
  if (error instanceof EnvelopeError) {
    return { code: API_ERRORS.params, message: `${error.message}.` };
  }
  if (error instanceof RelayError) return relayError(error);
  if (error instanceof OutcomeUnknownError || isOutcomeUnknown(error)) {
    return unavailable((error as Error).message, "unknown");
  }
  if (error instanceof SocketClosedError || UNSENT.some((kind) => error instanceof kind)) {
    return unavailable((error as Error).message, "not-sent");
  }
  if (error instanceof SessionError) return { code: API_ERRORS.server, message: error.message };
  return { code: API_ERRORS.internal, message: "Switchyard failed to carry this out." };
}

/** The session layer's errors before anything was sent; of its others the server had a part. */
const UNSENT = [GateClosedError, NotConnectedError, SessionClosedError, TransactionLostError];

function unavailable(message: string, outcome: "unknown" | "not-sent"): ApiErrorData {
  return { code: API_ERRORS.sessionUnavailable, message, data: { outcome } };
}

const RELAY_CODES: Readonly<Record<RelayErrorKind, keyof typeof API_ERRORS>> = {
  CannotServe: "sessionUnavailable",
  OutcomeUnknown: "sessionUnavailable",
  ChooseAgain: "sessionUnavailable",
  MethodNotAllowed: "unsupported",
  TransactionLost: "params",
  LiveQueryNotFound: "params",
  MixedOwners: "params",
  InvalidRequest: "params",
  TooMuch: "limit",
  AnswerTooLarge: "limit",
};

function relayError({ kind, message }: RelayError): ApiErrorData {
  const outcome =
    kind === "OutcomeUnknown" ? "unknown" : kind === "AnswerTooLarge" ? "ran" : "not-sent";
  return { code: API_ERRORS[RELAY_CODES[kind]], message, data: { outcome, kind } };
}

/** As the session layer words it for people. */
function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof SessionError && error.name === "OutcomeUnknownError";
}

/** As JSON data, absent where there are none: a port carries nothing else safely. */
export function plainDetails(details: unknown): { details?: unknown } {
  if (details === undefined || details === null) return {};
  const text = JSON.stringify(details, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return { details: JSON.parse(text) };
}
