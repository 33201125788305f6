/**
 * What a page may send through the bridge: so many messages a second, each within its size.
 *
 * The hook stays far below it. Whoever passes it isn't the hook, or not alone: a page that got at the
 * port. What the messages say is for the worker to check.
 */
import { type HookMessage, LIMITS } from "../messages/page-messages.ts";

const PER_SECOND = 200;
const AT_ONCE = 400;
/** Bytes of frames and values in one message. */
const LARGEST = 24 * 1024 * 1024;
const TYPES: ReadonlySet<unknown> = new Set<HookMessage["type"]>([
  "facts",
  "acted",
  "not-acted",
  "act-lost",
]);

export class Allowance {
  #left = AT_ONCE;
  #at = performance.now();

  /** @returns false where this message is one too many, too large, or none at all. */
  admits(message: unknown): message is HookMessage {
    const at = performance.now();
    this.#left = Math.min(AT_ONCE, this.#left + ((at - this.#at) / 1000) * PER_SECOND);
    this.#at = at;
    if (this.#left < 1) return false;
    this.#left--;
    return hasShape(message) && roughSize(message) <= LARGEST;
  }
}

function hasShape(message: unknown): message is { type: unknown } {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  if (!TYPES.has(message.type)) return false;
  if (message.type !== "facts") return true;
  if (!("facts" in message) || !Array.isArray(message.facts)) return false;
  return (
    message.facts.length <= LIMITS.batch &&
    "batch" in message &&
    Number.isSafeInteger(message.batch)
  );
}

/** Bytes and characters in a value, not exact; no more is looked at than the largest may have. */
export function roughSize(value: unknown, depth = 0): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (value instanceof ArrayBuffer) return value.byteLength;
  // A window is carried with all that lies behind it.
  if (ArrayBuffer.isView(value)) return value.buffer.byteLength;
  if (depth > 8) return LARGEST;
  let size = 16;
  for (const part of Object.values(value)) {
    size += roughSize(part, depth + 1);
    if (size > LARGEST) break;
  }
  return size;
}
