/**
 * An exported log, opened again: only to be read.
 *
 * A file may come from anybody, so every field is checked before anything is made of it, and a file
 * with one broken entry is refused as a whole, with the place. What is made are the same entries as a
 * living log has, their frames written anew from the values, so that all that reads a log reads this.
 */
import { Uuid } from "surrealdb";
import { mapOf } from "../../wire/cbor-parts.ts";
import { writeRequest, writeResponse } from "../../wire/envelope.ts";
import { jsonValue } from "../../wire/json-frame.ts";
import { type ArrayBytes, type ItemBytes, proveArray } from "../../wire/proven.ts";
import { encodeValue } from "../../wire/values.ts";
import type { ErrorView } from "../model.ts";
import type { FrameFormat, IdentityThen } from "../page/page-model.ts";
import { LogBook } from "./log-book.ts";
import type { LogLimits, MarkEntry, Outcome } from "./log-entry.ts";
import { FILE_FORMAT, FILE_VERSION } from "./log-export.ts";
import { Fields, LogFileError } from "./log-fields.ts";
import { requestSearch, withOutcome } from "./log-filter.ts";
import {
  type KeptEntry,
  KeptMark,
  KeptRequest,
  KeptStream,
  NOTIFICATIONS_KEPT,
} from "./log-kept.ts";
import type { LogCounts, SeenSession } from "./log-source.ts";

export interface ImportedLog {
  source: LogBook;
  exportedAt: number;
  host?: string;
  recordingSince?: number;
}

/** Characters of a file: what a full log of the largest size comes to. */
const FILE_LIMIT = 400_000_000;
const ENTRIES_LIMIT = 1_000_000;

/** @throws LogFileError */
export function importLog(text: string): ImportedLog {
  if (text.length > FILE_LIMIT) {
    throw new LogFileError("This file is larger than any log that Switchyard exports.");
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // What JSON.parse says is about characters, not about logs.
    throw new LogFileError("This file isn't JSON: it is no log, or a part of it is missing.");
  }
  const file = new Fields(raw, "The file");
  if (file.raw.format !== FILE_FORMAT) throw new LogFileError("This file is no log of requests.");
  if (file.raw.version !== FILE_VERSION) {
    throw new LogFileError(
      `This log was written by another version of Switchyard (format ${String(file.raw.version)}; this one reads ${FILE_VERSION}).`,
    );
  }
  const labels = new Map<string, string>();
  for (const each of file.list("sessions")) {
    const session = new Fields(each, "A session");
    const label = session.optional("label", "string");
    if (label !== undefined) labels.set(session.text("key"), label);
  }
  const entries = file.list("entries");
  if (entries.length > ENTRIES_LIMIT) throw new LogFileError("This log has too many entries.");
  const source = new ImportedBook(labels, countsIn(file), limitsIn(file));
  for (const [index, each] of entries.entries()) {
    source.append(readEntry(new Fields(each, `Entry ${index + 1}`)));
  }
  source.commit();
  const host = file.optional("host", "string");
  const recordingSince = file.optional("recordingSince", "number");
  return {
    source,
    exportedAt: file.number("exportedAt"),
    ...(host !== undefined && { host }),
    ...(recordingSince !== undefined && { recordingSince }),
  };
}

type NotKept = Pick<LogCounts, "dropped" | "missed" | "whilePaused">;

/** A log that says what was not kept when it was exported, and what its sessions were called. */
class ImportedBook extends LogBook {
  readonly #labels: ReadonlyMap<string, string>;
  readonly #notKept: NotKept;
  readonly #limits: LogLimits;

  constructor(labels: ReadonlyMap<string, string>, notKept: NotKept, limits: LogLimits) {
    super();
    this.#labels = labels;
    this.#notKept = notKept;
    this.#limits = limits;
    // All of the file is shown, whatever is kept of a log that grows.
    this.setLimits({ entries: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY });
  }

  override get limits(): LogLimits {
    return this.#limits;
  }

  override get counts(): LogCounts {
    return { ...super.counts, ...this.#notKept };
  }

  override sessions(): SeenSession[] {
    return super.sessions().map((seen) => {
      const label = this.#labels.get(seen.key);
      return label === undefined ? seen : { ...seen, label };
    });
  }
}

function limitsIn(file: Fields): LogLimits {
  const limits = file.fields("limits");
  return { entries: limits.number("entries"), bytes: limits.number("bytes") };
}

function countsIn(file: Fields): NotKept {
  const all = file.fields("notKept");
  const dropped = all.fields("dropped");
  const frames = (name: string) => {
    const counted = all.fields(name);
    return { frames: counted.number("frames"), bytes: counted.number("bytes") };
  };
  return {
    dropped: { entries: dropped.number("entries"), bytes: dropped.number("bytes") },
    missed: frames("missed"),
    whilePaused: frames("whilePaused"),
  };
}

const MARKS: readonly MarkEntry["mark"][] = [
  "navigation",
  "opened",
  "reconnected",
  "closed",
  "dropped",
  "stray",
];
const FORMATS: readonly FrameFormat[] = ["cbor", "json", "flatbuffers"];
const MAKERS = ["page", "you"] as const;
const STREAM_STATES = ["watching", "killed"] as const;

function readEntry(fields: Fields): KeptEntry {
  const kind = fields.oneOf("kind", ["request", "mark"] as const);
  if (kind === "request") return readRequest(fields);
  return new KeptMark(
    fields.number("at"),
    fields.oneOf("mark", MARKS),
    fields.text("text"),
    fields.optional("socketKey", "string"),
  );
}

function readRequest(fields: Fields): KeptRequest {
  const method = fields.text("method");
  const text = fields.text("text");
  const as = identityIn(fields);
  const id = fields.text("id");
  const params = fields.value("params");
  const session = fields.uuid("session");
  const txn = fields.uuid("txn");
  const socketKey = fields.text("socketKey");
  const list = params && asParams(params, fields);
  const request = new KeptRequest({
    at: fields.number("at"),
    socketKey,
    documentId: socketKey.slice(0, socketKey.lastIndexOf("/")),
    frameId: fields.number("frameId"),
    generation: fields.number("generation"),
    format: fields.oneOf("format", FORMATS),
    id,
    method,
    text,
    as,
    txn,
    by: fields.oneOf("by", MAKERS),
    relayed: fields.optional("relayed", "boolean") ?? false,
    bytesSent: fields.number("bytesSent"),
    again: fields.flag("again"),
    session,
    kills: undefined,
    search: requestSearch(method, text, as),
    requestFrame: list && writeRequest({ id, method, params: list, session, txn }),
    requestMissing: fields.optional("requestMissing", "string"),
  });
  request.bytesReceived = fields.optional("bytesReceived", "number");
  request.duration = fields.optional("duration", "number");
  request.outcome = outcomeIn(fields.fields("outcome"));
  request.search = withOutcome(request.search, request.outcome);
  request.answerMissing = fields.optional("answerMissing", "string");
  request.answerFrame = answerIn(fields, id);
  request.bytes += request.answerFrame === undefined ? 0 : (request.bytesReceived ?? 0);
  const live = fields.maybeList("live")?.map((each) => streamIn(new Fields(each, fields.place)));
  if (live) request.live = live;
  return request;
}

function asParams(bytes: ItemBytes, fields: Fields): ArrayBytes {
  try {
    return proveArray(bytes);
  } catch {
    throw fields.refusal("its params are no list");
  }
}

function answerIn(fields: Fields, id: string): Uint8Array | undefined {
  const error = fields.raw.error;
  if (error !== undefined) {
    const { code, message, kind, details } = errorIn(new Fields(error, fields.place));
    const parts = {
      code: code ?? 0,
      message,
      ...(kind !== undefined && { kind }),
      ...(details !== undefined && { details }),
    };
    return writeResponse({ id, error: jsonValue(parts) });
  }
  const result = fields.value("result");
  return result && writeResponse({ id, result });
}

function identityIn(fields: Fields): IdentityThen | undefined {
  if (fields.raw.as === undefined) return undefined;
  const as = fields.fields("as");
  const part = (name: string) => as.optional(name, "string");
  return {
    sessionKey: as.text("sessionKey"),
    sessionId: part("sessionId"),
    user: part("user"),
    namespace: part("namespace"),
    database: part("database"),
  };
}

function outcomeIn(outcome: Fields): Outcome {
  const kind = outcome.oneOf("kind", ["pending", "ok", "error", "unknown"] as const);
  switch (kind) {
    case "ok": {
      const rows = outcome.optional("rows", "number");
      return { kind, text: outcome.text("text"), ...(rows !== undefined && { rows }) };
    }
    case "error":
      return { kind, error: errorIn(outcome.fields("error")) };
    default:
      return { kind };
  }
}

function errorIn(error: Fields): ErrorView {
  const view: ErrorView = { name: error.text("name"), message: error.text("message") };
  const code = error.optional("code", "number");
  const kind = error.optional("kind", "string");
  if (code !== undefined) view.code = code;
  if (kind !== undefined) view.kind = kind;
  if (error.raw.details !== undefined) view.details = error.raw.details;
  return view;
}

function streamIn(fields: Fields): KeptStream {
  const id = fields.uuid("id");
  if (id === undefined) throw fields.refusal("its live query has no id");
  const stream = new KeptStream(id);
  for (const each of fields.list("notifications").slice(-NOTIFICATIONS_KEPT)) {
    const one = new Fields(each, fields.place);
    const action = one.text("action");
    const live = new Map([
      ["id", encodeValue(new Uuid(id))],
      ["action", encodeValue(action)],
    ]);
    const record = one.value("record");
    const value = one.value("value");
    if (record) live.set("record", record);
    if (value) live.set("result", value);
    const frame = mapOf(new Map([["result", mapOf(live)]]));
    stream.take({ at: one.number("at"), action, size: one.number("size"), frame });
  }
  stream.events = fields.number("events");
  stream.state = fields.oneOf("state", STREAM_STATES);
  return stream;
}
