/** Whether an answer came from who the column says: the server's own word against what is shown. */
import { differences, type Expected, type Truth } from "../truth.ts";

export type Confirmation = { confirmed: true } | { confirmed: false; reason: string };

/**
 * @param expected who the column says that it ran as
 * @param truth what the server said in the same text; absent: it didn't
 */
export function confirmIdentity(expected: Expected, truth: Truth | undefined): Confirmation {
  if (!truth) return { confirmed: false, reason: "The server did not say who asked." };
  const [first] = differences(expected, truth);
  if (!first) return { confirmed: true };
  // "user:bob" says by itself that it's a user.
  const field = first.field === "user" ? "" : `${first.field} `;
  const reason = `The server says ${field}${first.server}, not ${first.shown}.`;
  return { confirmed: false, reason };
}
