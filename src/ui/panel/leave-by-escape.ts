/** Escape as the way back from what covers something. */
import { endKey } from "../components/end-key.ts";
import { isTyping } from "./typing.ts";

/**
 * Calls `leave` at an Escape that nothing nearer took, and that isn't typed. Returns the way to end it.
 */
export function leaveByEscape(leave: () => void): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || isTyping(event.target)) return;
    leave();
    endKey(event);
  };
  const whole = document.documentElement;
  whole.addEventListener("keydown", onKeyDown);
  return () => whole.removeEventListener("keydown", onKeyDown);
}
