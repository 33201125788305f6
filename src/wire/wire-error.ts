/**
 * The base of this layer's errors, and the one of whoever reads an envelope.
 *
 * Apart from the others because the page hook reads envelopes too: nothing that this file or the
 * envelope's readers import may bring the SDK into every page.
 */

/** Base of the errors that this layer raises by itself; `reason` is the word to branch on. */
export abstract class WireError extends Error {
  abstract override readonly name: string;
  abstract readonly reason: string;
}

/** What makes a frame unfit as an RPC envelope. */
export type EnvelopeFault =
  | "truncated"
  | "malformed"
  | "too-deep"
  | "too-large"
  | "trailing-bytes"
  | "not-a-map"
  | "indefinite-length"
  | "duplicate-key"
  | "unknown-key"
  | "missing-key"
  | "bad-id"
  | "bad-method"
  | "bad-params"
  | "bad-uuid"
  | "bad-notification"
  | "result-and-error";

/** A frame that is not the one well-formed RPC envelope that it should be. */
export class EnvelopeError extends WireError {
  override readonly name = "EnvelopeError";
  readonly reason: EnvelopeFault;

  constructor(reason: EnvelopeFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** What was thrown, in words. Not always an Error: the SDK's CborError is a class of its own. */
export function messageOf(thrown: unknown): string {
  return typeof thrown === "object" && thrown !== null && "message" in thrown
    ? String(thrown.message)
    : String(thrown);
}
