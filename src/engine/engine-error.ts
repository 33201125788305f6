/**
 * The errors of the engine. What SurrealDB itself refused becomes the SDK's own error for it, so that
 * code which tells them apart goes on to work; all else is a `SwitchyardError` with the page API's code.
 */
import { parseRpcError, SurrealError } from "surrealdb";
import { API_ERRORS, type ApiErrorData } from "../messages/api-messages.ts";

/** Something that isn't SurrealDB's word; `code` as in docs/page-api.md. */
export class SwitchyardError extends SurrealError {
  override name = "SwitchyardError";
  readonly code: number;
  readonly data: ApiErrorData["data"];

  constructor({ code, message, data }: ApiErrorData) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** What `window.switchyard` rejected with. */
export function toSdkError(error: unknown): Error {
  // The SDK's codecs throw a class of their own, which is no Error.
  if (!(error instanceof Error)) {
    const { message } = { ...(error as object | undefined) } as { message?: unknown };
    return new SurrealError(String(message ?? error), { cause: error });
  }
  const { code, data } = error as Error & Partial<ApiErrorData>;
  if (typeof code !== "number") return error;
  if (code !== API_ERRORS.server)
    return new SwitchyardError({ code, message: error.message, data });
  return parseRpcError({
    code: data?.code ?? 0,
    message: error.message,
    ...(data?.kind === undefined ? {} : { kind: data.kind }),
    details: (data?.details ?? null) as Record<string, unknown> | null,
  });
}

export function refused(code: keyof typeof API_ERRORS, message: string): SwitchyardError {
  return new SwitchyardError({ code: API_ERRORS[code], message, data: { outcome: "not-sent" } });
}
