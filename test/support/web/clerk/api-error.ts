/** An error as Clerk's Frontend API answers it. */
import type { ClerkAPIErrorJSON } from "@clerk/shared/types";

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly meta: ClerkAPIErrorJSON["meta"];

  constructor(status: number, code: string, message: string, meta?: ClerkAPIErrorJSON["meta"]) {
    super(message);
    this.status = status;
    this.code = code;
    this.meta = meta;
  }

  /** The body of the answer. */
  toJSON(): { errors: ClerkAPIErrorJSON[]; clerk_trace_id: string } {
    const { code, message, meta } = this;
    const error = { code, message, long_message: message, ...(meta && { meta }) };
    return { errors: [error], clerk_trace_id: "stand-in" };
  }
}

/** No such thing, or not of this browser. */
export function notFound(what: string): ApiError {
  return new ApiError(404, "resource_not_found", `${what} was not found`);
}
