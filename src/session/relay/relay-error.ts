/**
 * The errors by which a routed page hears that its request was not served: RPC errors as the server's
 * own, with a kind of ours, so that no SDK takes them for the end of the page's own sign-in.
 *
 * All of them have kind `Switchyard`; `details.kind` says which it is, `code` says it in a number, in
 * the range that JSON-RPC leaves to servers. Only `OutcomeUnknown` may have run.
 */

export const RELAY_ERRORS = {
  /** The held session can't serve: expired, revoked, removed, not connected. Nothing was sent. */
  CannotServe: -32081,
  /** It was sent, and no answer came. It may have run. It was not repeated. */
  OutcomeUnknown: -32082,
  /** No method that is known to be safe. Nothing was sent. */
  MethodNotAllowed: -32083,
  /** The transaction isn't open on this socket and session, or was lost. Nothing was sent. */
  TransactionLost: -32084,
  /** The live query isn't this socket's and session's. Nothing was sent. */
  LiveQueryNotFound: -32085,
  /** A text that can't be given to one session alone. Nothing was sent. */
  MixedOwners: -32086,
  /** The frame is no request that can be passed on safely. Nothing was sent. */
  InvalidRequest: -32087,
  /** More than may be on the way, or larger. Nothing was sent. */
  TooMuch: -32088,
  /** The routed session of the page can't be told after a reload. Nothing was sent. */
  ChooseAgain: -32089,
  /** It ran, and its answer is too large to be passed on. */
  AnswerTooLarge: -32090,
} as const;

export type RelayErrorKind = keyof typeof RELAY_ERRORS;

/** An error object as it stands in an RPC answer. */
export interface RpcErrorParts {
  code: number;
  message: string;
  kind?: string;
  details?: { kind: string };
}

export class RelayError extends Error {
  override readonly name = "RelayError";
  readonly kind: RelayErrorKind;

  /** @param message one or two sentences; "Switchyard: " is put before them */
  constructor(kind: RelayErrorKind, message: string) {
    super(`Switchyard: ${message}`);
    this.kind = kind;
  }

  get parts(): RpcErrorParts {
    return relayErrorParts(this.kind, this.message);
  }
}

export function relayErrorParts(kind: RelayErrorKind, message: string): RpcErrorParts {
  return { code: RELAY_ERRORS[kind], message, kind: "Switchyard", details: { kind } };
}

/** Where a request was sent and nobody knows what came of it. */
export function outcomeUnknownError(label: string): RelayError {
  return new RelayError(
    "OutcomeUnknown",
    `the connection was lost after this request was sent as “${label}”. It may have run. It was not repeated.`,
  );
}
