/**
 * An opened entry: its frames decoded, its secrets covered.
 *
 * Values are given as CBOR whatever the socket's format, so that one tree shows them all. What can't be
 * read says so in its place: a frame that a hostile page made up must not close the view.
 */
import { arrayOf } from "../../wire/cbor-parts.ts";
import { readRequest, readResponse, writeRequest, writeResponse } from "../../wire/envelope.ts";
import { serverErrorFrom } from "../../wire/errors.ts";
import { jsonValue } from "../../wire/json-frame.ts";
import { asArray, type ItemBytes } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import { EnvelopeError, messageOf } from "../../wire/wire-error.ts";
import { toErrorView } from "../errors.ts";
import { type Frame, readReceived, readSent } from "../journal/journal-frame.ts";
import type { EntryDetails, LiveNotificationEntry } from "./log-entry.ts";
import type { KeptNotification, KeptRequest } from "./log-kept.ts";
import type { Uncovered } from "./log-source.ts";
import { type LogValue, readValue } from "./log-value.ts";
import { type Covering, Redaction } from "./redaction.ts";
import { replaceInCbor } from "./replace-in-cbor.ts";

/** Never throws. */
export function entryDetails(entry: KeptRequest, uncovered?: Uncovered): EntryDetails {
  const redaction = new Redaction(uncovered);
  const notifications = (entry.live ?? []).flatMap(({ id, notifications: kept }) =>
    kept.map((notification) => ({ ...notification, liveId: id })),
  );
  const details: EntryDetails = {
    notifications: [],
    rewritten: { request: false, answer: false },
    covered: redaction.covered,
    ...orMissing("requestMissing", () => requestDetails(entry, redaction)),
    ...orMissing("answerMissing", () => answerDetails(entry, redaction)),
  };
  details.rewritten = {
    request: redaction.covered.some(({ where }) => where === "params"),
    answer: redaction.covered.some(({ where }) => where === "result" || where === "error"),
  };
  details.notifications = notifications
    .sort((one, other) => one.at - other.at)
    .map((notification, index) => notificationDetails(notification, index, redaction));
  return details;
}

function orMissing(
  name: "requestMissing" | "answerMissing",
  read: () => Partial<EntryDetails>,
): Partial<EntryDetails> {
  try {
    return read();
  } catch (error) {
    return { [name]: `It can't be read: ${messageOf(error)}.` };
  }
}

function requestDetails(entry: KeptRequest, redaction: Redaction): Partial<EntryDetails> {
  const { requestFrame: frame, requestMissing, method } = entry;
  if (frame === undefined) return requestMissing === undefined ? {} : { requestMissing };
  const parts = readSent(frame).params().map(readValue);
  const covering = redaction.params(
    method,
    parts.map(({ value }) => value),
  );
  const { bytes } = covered(listOf(parts), covering);
  const requestFrame =
    covering.replaced.length === 0 ? frame : rewrittenRequest(frame, bytes, covering.value);
  return { params: bytes, requestFrame };
}

function answerDetails(entry: KeptRequest, redaction: Redaction): Partial<EntryDetails> {
  const { answerFrame: frame, answerMissing, method } = entry;
  if (frame === undefined) return answerMissing === undefined ? {} : { answerMissing };
  const answer = readReceived(frame);
  if (answer.kind === "live") return {};
  if (answer.error) {
    const { value } = readValue(answer.error);
    const before = redaction.covered.length;
    const error = redaction.error(toErrorView(serverErrorFrom(value)));
    const isCovered = redaction.covered.length > before;
    return { error, answerFrame: isCovered ? rewrittenError(frame, error) : frame };
  }
  const read = answer.result ? readValue(answer.result) : NONE;
  const covering = redaction.result(method, read.value);
  const { bytes } = covered(read, covering);
  const answerFrame =
    covering.replaced.length === 0 ? frame : rewrittenResult(frame, bytes, covering.value);
  return { result: bytes, answerFrame };
}

const NONE: LogValue = { value: undefined, bytes: encodeValue(undefined) };

function notificationDetails(
  { liveId, at, action, size, frame }: KeptNotification & { liveId: string },
  index: number,
  redaction: Redaction,
): LiveNotificationEntry {
  const entry: LiveNotificationEntry = { liveId, at, action, size };
  if (frame === undefined) return entry;
  try {
    const live = readReceived(frame);
    if (live.kind !== "live") return entry;
    const shown = (read: LogValue) =>
      covered(read, redaction.notification(index, read.value)).bytes;
    if (live.record) entry.record = shown(readValue(live.record));
    if (live.result) entry.value = shown(readValue(live.result));
  } catch {
    // It was read when it came; a value in it that can't be decoded is left out.
  }
  return entry;
}

function listOf(parts: readonly LogValue[]): LogValue {
  return {
    value: parts.map(({ value }) => value),
    bytes: arrayOf(parts.map(({ bytes }) => bytes)),
  };
}

/** The bytes as they were, but for what is covered. */
function covered(read: LogValue, { value, replaced }: Covering<unknown>): { bytes: ItemBytes } {
  if (replaced.length === 0) return read;
  try {
    return { bytes: replaceInCbor(read.bytes, replaced) };
  } catch (error) {
    // Bytes that only the codec can follow: what it read, written anew.
    if (error instanceof EnvelopeError) return { bytes: encodeValue(value) };
    throw error;
  }
}

function rewrittenRequest(frame: Frame, params: ItemBytes, values: unknown[]): Frame {
  if (typeof frame === "string") return rewrittenJson(frame, { params: values });
  return writeRequest({ ...readRequest(frame), params: asArray(params) });
}

function rewrittenResult(frame: Frame, result: ItemBytes, value: unknown): Frame {
  if (typeof frame === "string") return rewrittenJson(frame, { result: value });
  const { id, session } = idOf(frame);
  return writeResponse({ id, session, result });
}

function rewrittenError(frame: Frame, { code, message, kind, details }: EntryError): Frame {
  const error = {
    code,
    message,
    ...(kind !== undefined && { kind }),
    ...(details !== undefined && { details }),
  };
  if (typeof frame === "string") return rewrittenJson(frame, { error });
  const { id, session } = idOf(frame);
  return writeResponse({ id, session, error: jsonValue(error) });
}

type EntryError = NonNullable<EntryDetails["error"]>;

function rewrittenJson(frame: string, parts: Record<string, unknown>): string {
  return JSON.stringify({ ...(JSON.parse(frame) as object), ...parts });
}

function idOf(frame: Uint8Array) {
  const answer = readResponse(frame);
  if (answer.kind === "live" || answer.id === undefined) {
    throw new EnvelopeError("missing-key", "An answer without an id");
  }
  return { id: answer.id, session: answer.session };
}
