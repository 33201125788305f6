/** An answer counts only where it came from who its column says. */
import { differences, type Truth } from "../../truth.ts";
import type { MatrixSession } from "./matrix.ts";

/** In words; the answer isn't this session's, so that nothing is known of it. */
export class NotConfirmedError extends Error {
  override readonly name = "NotConfirmedError";
}

/** @throws NotConfirmedError where the server doesn't name the identity and place that are shown */
export function confirm(session: MatrixSession, truth: Truth | undefined): void {
  if (!truth)
    throw new NotConfirmedError("Identity not confirmed: the server did not say who asked.");
  const [first] = differences(session, truth);
  if (first) {
    const says = `the server says ${first.field} ${first.server}, not ${first.shown}`;
    throw new NotConfirmedError(`Identity not confirmed: ${says}.`);
  }
}
