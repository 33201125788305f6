/** An answer counts only where it came from who its column says. */
import type { Truth } from "../../truth.ts";
import { confirmIdentity } from "../identity.ts";
import type { MatrixSession } from "./matrix.ts";

/** In words; the answer isn't this session's, so that nothing is known of it. */
export class NotConfirmedError extends Error {
  override readonly name = "NotConfirmedError";
}

/** @throws NotConfirmedError where the server doesn't name the identity and place that are shown */
export function confirm(session: MatrixSession, truth: Truth | undefined): void {
  const confirmation = confirmIdentity(session, truth);
  if (!confirmation.confirmed) {
    throw new NotConfirmedError(`Identity not confirmed. ${confirmation.reason}`);
  }
}
