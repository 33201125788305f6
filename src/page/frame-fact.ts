/** A frame as it is told to whoever records: a copy, or where that is too large, what it was. */
import { type Frame, idText, readSent, resultIdOf } from "../session/journal/journal-frame.ts";
import type { JournalSocket, Sender } from "../session/journal/journal-socket.ts";
import { type FrameFact, LIMITS } from "../session/page/page-facts.ts";
import type { FrameSummary } from "../session/page/page-model.ts";
import { EnvelopeError } from "../wire/wire-error.ts";
import { copyOf } from "./intrinsics.ts";

/** Characters of a statement that a summary keeps. */
const HEAD = 300;

/** @param frame undefined where its bytes couldn't be had. */
export function frameFact(
  { client, generation }: JournalSocket,
  direction: FrameFact["direction"],
  frame: Frame | undefined,
  size: number,
  at: number,
  by: Sender,
): FrameFact {
  const { number } = client;
  const fact: FrameFact = { fact: "frame", at, client: number, generation, direction, size, by };
  if (frame === undefined) fact.summary = { why: "unreadable" };
  else if (size > LIMITS.frame) fact.summary = summaryOf(frame, direction);
  else fact.frame = typeof frame === "string" ? frame : copyOf(frame);
  return fact;
}

function summaryOf(frame: Frame, direction: FrameFact["direction"]): FrameSummary {
  const summary: FrameSummary = { why: "too-large" };
  try {
    if (direction === "received") {
      const id = resultIdOf(frame);
      if (id !== undefined) summary.id = idText(id);
      return summary;
    }
    const { id, method, session, txn, params } = readSent(frame);
    summary.id = idText(id);
    summary.method = method.slice(0, HEAD);
    if (session !== undefined) summary.session = session;
    if (txn !== undefined) summary.txn = txn;
    const head = method === "query" ? params()[0]?.text()?.slice(0, HEAD) : undefined;
    if (head !== undefined) summary.head = head;
  } catch (error) {
    // What was read until then is all that there is.
    if (!(error instanceof EnvelopeError)) throw error;
  }
  return summary;
}
