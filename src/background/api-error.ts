/**
 * What goes wrong in the page API, as a page is told of it.
 *
 * A page hears what it did wrong, what the server said, and whether its request may have run; of
 * anything else only that it failed: what we throw by accident may name what isn't the page's to know.
 */
import { API_ERRORS, type ApiErrorData } from "../messages/api-messages.ts";
import { SessionError } from "../session/errors.ts";
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
    return { code: API_ERRORS.params, message: `${error.message}. Nothing was sent.` };
  }
  const relayed = relayKind(error);
  if (relayed !== undefined) return relayError(relayed, (error as Error).message);
  if (error instanceof OutcomeUnknownError || isNamed(error, "OutcomeUnknownError")) {
    return unavailable((error as Error).message, "unknown");
  }
  if (error instanceof SessionError || error instanceof SocketClosedError) {
    return unavailable(error.message, "not-sent");
  }
  return { code: API_ERRORS.internal, message: "Switchyard failed to carry this out." };
}

function unavailable(message: string, outcome: "unknown" | "not-sent"): ApiErrorData {
  return { code: API_ERRORS.sessionUnavailable, message, data: { outcome } };
}

const RELAY_CODES: Readonly<Record<string, keyof typeof API_ERRORS>> = {
  MethodNotAllowed: "unsupported",
  TransactionLost: "params",
  LiveQueryNotFound: "params",
  MixedOwners: "params",
  InvalidRequest: "params",
  TooMuch: "limit",
  AnswerTooLarge: "limit",
};

function relayError(kind: string, message: string): ApiErrorData {
  const code = API_ERRORS[RELAY_CODES[kind] ?? "sessionUnavailable"];
  const outcome =
    kind === "OutcomeUnknown" ? "unknown" : kind === "AnswerTooLarge" ? "ran" : "not-sent";
  return { code, message, data: { outcome, kind } };
}

/** The relay's own word for why it refused. */
function relayKind(error: unknown): string | undefined {
  if (!isNamed(error, "RelayError")) return undefined;
  const { kind } = error as Error & { kind?: unknown };
  return typeof kind === "string" ? kind : "CannotServe";
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** As JSON data: a port carries nothing else safely. */
function plainDetails(details: unknown): { details?: unknown } {
  if (details === undefined || details === null) return {};
  return { details: JSON.parse(JSON.stringify(details)) };
}
