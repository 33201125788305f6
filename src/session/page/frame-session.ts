/**
 * Which session a request on a page's socket is meant for, read off its frame: so that the log can say
 * as whom it ran at the moment when it was sent.
 */
import { readRequest } from "../../wire/envelope.ts";
import { canonicalUuid } from "../../wire/uuid.ts";
import { EnvelopeError } from "../../wire/wire-error.ts";
import type { FrameFact } from "./page-facts.ts";
import type { FrameFormat } from "./page-model.ts";

/** @returns its UUID, null for the default session, undefined where that can't be read. */
export function requestedSession(
  format: FrameFormat,
  { frame, summary }: Pick<FrameFact, "frame" | "summary">,
): string | null | undefined {
  if (summary) return summary.why === "unreadable" ? undefined : (summary.session ?? null);
  if (format === "cbor" && frame instanceof Uint8Array) {
    try {
      return readRequest(frame).session ?? null;
    } catch (error) {
      // A stray frame: it is in the log as such.
      if (error instanceof EnvelopeError) return undefined;
      throw error;
    }
  }
  return format === "json" && frame !== undefined ? sessionInJson(frame) : undefined;
}

const decoder = new TextDecoder();

function sessionInJson(frame: Uint8Array | string): string | null | undefined {
  const text = typeof frame === "string" ? frame : decoder.decode(frame);
  // Parsing is only worth it where there is something to be found.
  if (!text.includes('"session"')) return text.startsWith("{") ? null : undefined;
  try {
    const { session } = JSON.parse(text) as { session?: unknown };
    return typeof session === "string" ? canonicalUuid(session) : null;
  } catch {
    // Not JSON: a stray frame.
    return undefined;
  }
}
