/**
 * A log as one JSON file: for a colleague, or for later.
 *
 * Each value stands in it twice: as SurrealQL, which people read and which may be cut, and as CBOR in
 * base64, from which an import has it back with its type and all its digits. Secrets are covered in
 * both, whatever was uncovered on screen.
 */
import { toBase64 } from "../../wire/base64.ts";
import { decodeValue } from "../../wire/values.ts";
import { writeSurql } from "../surql.ts";
import type { LogBook } from "./log-book.ts";
import { entryDetails } from "./log-details.ts";
import type { EntryDetails, LiveNotificationEntry } from "./log-entry.ts";
import type { KeptEntry, KeptRequest } from "./log-kept.ts";
import type { LogCounts } from "./log-source.ts";

export const FILE_FORMAT = "switchyard-requests";
export const FILE_VERSION = 1;

/** A value in the file. */
export interface FileValue {
  surql: string;
  cbor: string;
}

/** What the file says of the log as a whole. */
export interface LogAbout {
  /** Milliseconds since 1970. */
  exportedAt: number;
  /** Host of the page. */
  host?: string;
  recordingSince?: number;
  /** What the panel calls a session. */
  labelOf: (sessionKey: string) => string | undefined;
}

/** Characters of a value as SurrealQL. */
const READABLE = 2_000;
/** Milliseconds of work after which whatever else waits gets its turn. */
const TURN = 25;

/**
 * The file's text. Takes its time where the log is long, and lets the view go on meanwhile; what comes
 * to the log after the start isn't in it.
 */
export async function exportLog(book: LogBook, about: LogAbout): Promise<string> {
  const { limits, counts } = book;
  const head = {
    format: FILE_FORMAT,
    version: FILE_VERSION,
    exportedAt: about.exportedAt,
    host: about.host,
    recordingSince: about.recordingSince,
    limits,
    notKept: notKept(counts),
    sessions: book
      .sessions()
      .map(({ key, label }) => ({ key, label: label ?? about.labelOf(key) })),
  };
  const entries = book.all();
  const lines: string[] = [];
  let turn = performance.now();
  for (const entry of entries) {
    lines.push(JSON.stringify(fileEntry(entry), asJson));
    if (performance.now() - turn < TURN) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    turn = performance.now();
  }
  // One entry on each line, so that tools for lines can read it too.
  const body = lines.length === 0 ? "" : `\n${lines.join(",\n")}\n`;
  return `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "entries": [${body}]\n}\n`;
}

/** JSON has no word for an integer beyond 2^53, as an error's details may hold one. */
function asJson(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function notKept({ dropped, missed, whilePaused }: LogCounts) {
  return { dropped, missed, whilePaused };
}

function fileEntry(entry: KeptEntry): Record<string, unknown> {
  if (entry.kind === "request") return fileRequest(entry);
  const { kind, at, mark, text, socketKey } = entry;
  return { kind, at, mark, text, socketKey };
}

function fileRequest(entry: KeptRequest): Record<string, unknown> {
  const { kind, at, socketKey, frameId, generation, format, id, method, text, as, txn } = entry;
  const { session, by, relayed, bytesSent, bytesReceived, duration, outcome, again } = entry;
  const details = entryDetails(entry);
  return {
    ...{ kind, at, socketKey, frameId, generation, format, id, method, text, as, txn, session },
    ...{ by, relayed: relayed || undefined, bytesSent, bytesReceived, duration, outcome, again },
    params: fileValue(details.params),
    requestMissing: details.requestMissing,
    result: fileValue(details.result),
    error: details.error,
    answerMissing: details.answerMissing,
    live: liveOf(entry, details),
  };
}

function liveOf({ live }: KeptRequest, { notifications }: EntryDetails) {
  return live?.map(({ id, events, state }) => ({
    id,
    events,
    state,
    notifications: notifications.filter((each) => each.liveId === id).map(fileNotification),
  }));
}

function fileNotification({ at, action, size, record, value }: LiveNotificationEntry) {
  return { at, action, size, record: fileValue(record), value: fileValue(value) };
}

function fileValue(cbor: Uint8Array | undefined): FileValue | undefined {
  if (cbor === undefined) return undefined;
  const { text } = writeSurql(decodeValue(cbor), { limit: READABLE });
  return { surql: text, cbor: toBase64(cbor) };
}
