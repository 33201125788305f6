/**
 * A request as text to be used elsewhere: SurrealQL, JSON, a call of the SDK, or the frames as hex.
 *
 * It is written from what the details show, so a secret is in it only where the person uncovered it.
 */
import { decodeValue } from "../../wire/values.ts";
import { readSent } from "../journal/journal-frame.ts";
import { formatJson } from "../json-text.ts";
import { requestStatement } from "../page/request-statement.ts";
import type { EntryDetails, RequestEntry } from "./log-entry.ts";
import { requestSdkCall } from "./request-sdk-call.ts";

export type LogCopyFormat = "surrealql" | "json" | "javascript" | "hex";

/**
 * What is copied of an entry whose details are these. Where a format has no way to say it, a comment
 * in that format says why.
 * @throws ValueError where the parameters aren't values of SurrealDB
 */
export function copyRequest(
  entry: RequestEntry,
  details: EntryDetails,
  format: LogCopyFormat,
): string {
  if (format === "hex") return hexText(details);
  const { method } = entry;
  if (details.requestMissing !== undefined) return `${comment(format, details.requestMissing)}\n`;
  const params = details.params === undefined ? [] : (decodeValue(details.params) as unknown[]);
  // As the page wrote them: in the entry the id is text, whatever it was.
  const sent = details.requestFrame === undefined ? entry : readSent(details.requestFrame);
  const { id, txn } = sent;
  const session = "session" in sent ? sent.session : entry.as?.sessionId;
  switch (format) {
    case "surrealql":
      return `${requestStatement(method, params) ?? comment(format, `SurrealQL has no statement for ${method}.`)}\n`;
    case "javascript":
      return (
        requestSdkCall({ method, params, session, txn }) ??
        `${comment(format, `The SDK has no call for ${method}.`)}\n`
      );
    case "json":
      return `${formatJson({ id, method, params, session, txn }).text}\n`;
  }
}

function comment(format: Exclude<LogCopyFormat, "hex">, text: string): string {
  if (format === "json") return JSON.stringify({ error: text });
  return `${format === "surrealql" ? "--" : "//"} ${text.replace(/\s+/g, " ")}`;
}

function hexText({ requestFrame, answerFrame, rewritten, ...missing }: EntryDetails): string {
  const part = (
    name: string,
    frame: Uint8Array | string | undefined,
    { isRewritten, why }: { isRewritten: boolean; why: string | undefined },
  ) => {
    if (frame === undefined) return why === undefined ? [] : [`# ${name}: ${why}`];
    const bytes = typeof frame === "string" ? new TextEncoder().encode(frame) : frame;
    const how = isRewritten ? ", written anew with its secrets covered" : "";
    return [`# ${name}, ${bytes.length.toLocaleString("en-US")} bytes${how}`, ...hexLines(bytes)];
  };
  const { requestMissing, answerMissing } = missing;
  return [
    ...part("Request", requestFrame, { isRewritten: rewritten.request, why: requestMissing }),
    ...part("Answer", answerFrame, { isRewritten: rewritten.answer, why: answerMissing }),
    "",
  ].join("\n");
}

const BYTES_ON_A_LINE = 32;

function* hexLines(bytes: Uint8Array): Iterable<string> {
  for (let at = 0; at < bytes.length; at += BYTES_ON_A_LINE) {
    yield Array.from(bytes.subarray(at, at + BYTES_ON_A_LINE), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
  }
}
