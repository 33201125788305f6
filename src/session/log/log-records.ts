/**
 * Traffic records as the log takes them in: frames read, or what a summary tells where the frame itself
 * wasn't kept. What is neither is a stray. Nothing here throws, whatever the page sent.
 */
import { EnvelopeError, messageOf } from "../../wire/wire-error.ts";
import {
  type Frame,
  idText,
  readReceived,
  readSent,
  type SentRequest,
} from "../journal/journal-frame.ts";
import { idsToKill } from "../journal/journal-requests.ts";
import type { FrameRecord, FrameSummary } from "../page/page-model.ts";
import { type AnswerParts, type RequestText, requestText, statementText } from "./log-text.ts";
import { coverSpans, secretsInStatement } from "./secret-text.ts";

/** No RPC. `reason` is one of few words, to count by; `text` a sentence. */
export interface ReadStray {
  kind: "stray";
  reason: string;
  text: string;
}

export interface ReadRequest {
  kind: "request";
  id: string;
  method: string;
  session?: string;
  txn?: string;
  text: RequestText;
  /** Live queries that it ends, if all goes well. */
  kills: readonly string[];
  /** It may begin live queries. */
  beginsLive: boolean;
}

export type ReadResponse =
  | { kind: "answer"; id: string; parts?: AnswerParts }
  | { kind: "live"; liveId: string; action: string };

/** Characters of a method's name: a page may make up any. */
const METHOD = 64;

export function readRequestRecord(record: FrameRecord): ReadRequest | ReadStray {
  if (record.frame === undefined) return summarised(record);
  let request: SentRequest;
  try {
    request = readSent(record.frame);
  } catch (error) {
    return strayOf(error);
  }
  const { session, txn } = request;
  return {
    kind: "request",
    id: idText(request.id),
    method: request.method.slice(0, METHOD),
    ...(session !== undefined && { session }),
    ...(txn !== undefined && { txn }),
    ...readParams(request),
  };
}

function readParams(request: SentRequest): Pick<ReadRequest, "text" | "kills" | "beginsLive"> {
  const { method } = request;
  try {
    const params = request.params();
    const text = requestText(method, params);
    const statement = method === "query" ? params[0]?.text() : undefined;
    const killed = method === "kill" ? params[0]?.uuid() : undefined;
    const kills = statement === undefined ? [killed ?? []].flat() : idsToKill(statement, params[1]);
    const beginsLive = method === "live" || (statement !== undefined && LIVE.test(statement));
    return { text, kills, beginsLive };
  } catch (error) {
    const text = `(can't be read: ${messageOf(error)})`;
    return { text: { row: text, search: text }, kills: [], beginsLive: false };
  }
}

const LIVE = /\blive\b/i;

function summarised({ summary, size }: FrameRecord): ReadRequest | ReadStray {
  const { id, method, session, txn, head } = summary ?? {};
  if (id === undefined || method === undefined) return unreadable(summary, size);
  return {
    kind: "request",
    id,
    method: method.slice(0, METHOD),
    ...(session !== undefined && { session }),
    ...(txn !== undefined && { txn }),
    text: method === "query" ? statementText(head ?? "") : { row: "", search: "" },
    kills: [],
    beginsLive: method === "live" || LIVE.test(head ?? ""),
  };
}

export function readResponseRecord({
  frame,
  summary,
  size,
}: FrameRecord): ReadResponse | ReadStray {
  if (frame === undefined) {
    const id = summary?.id;
    return id === undefined ? unreadable(summary, size) : { kind: "answer", id };
  }
  try {
    const read = readReceived(frame);
    if (read.kind === "live") return read;
    const { id, error, result } = read;
    if (id === undefined) {
      const message = error?.field("message")?.text() ?? "it doesn't say why";
      return {
        kind: "stray",
        reason: "refused",
        text: `The server couldn't read a request: ${withoutSecrets(message.slice(0, 200))}.`,
      };
    }
    const parts = { ...(error && { error }), ...(result && { result }) };
    return { kind: "answer", id: idText(id), parts };
  } catch (error) {
    return strayOf(error);
  }
}

/** What a server says may repeat what it was sent. */
function withoutSecrets(text: string): string {
  return coverSpans(text, secretsInStatement(text));
}

function strayOf(error: unknown): ReadStray {
  const reason = error instanceof EnvelopeError ? error.reason : "malformed";
  return { kind: "stray", reason, text: `A frame that is no RPC: ${messageOf(error)}.` };
}

function unreadable(summary: FrameSummary | undefined, size: number): ReadStray {
  const why = summary?.why ?? "unreadable";
  return { kind: "stray", reason: why, text: `A frame of ${bytesText(size)} ${WHY[why]}.` };
}

const WHY: Record<FrameSummary["why"], string> = {
  "too-large": "that is larger than what is recorded of one frame",
  overflow: "that wasn't recorded: the page made more than could be taken",
  unreadable: "that can't be read",
};

/** Why an entry's frame isn't there, one sentence. */
export function missingText({ summary, size }: FrameRecord): string {
  return `Not kept: a frame of ${bytesText(size)} ${WHY[summary?.why ?? "unreadable"]}.`;
}

export function bytesText(bytes: number): string {
  return `${bytes.toLocaleString("en-US")} bytes`;
}

/** The frame, in a buffer not much larger: a window keeps all that it is a window on. */
export function ownFrame(frame: Frame | undefined): Frame | undefined {
  if (frame === undefined || typeof frame === "string") return frame;
  return frame.buffer.byteLength > frame.byteLength * 2 + 256 ? frame.slice() : frame;
}
