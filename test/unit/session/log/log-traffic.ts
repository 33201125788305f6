/** Traffic of a page that is made up: frames as clients and servers write them, in both formats. */
import { jsonify, Uuid } from "surrealdb";
import type { LogEntry, RequestEntry } from "../../../../src/session/log/log-entry.ts";
import type { LogSource } from "../../../../src/session/log/log-source.ts";
import { RequestLog } from "../../../../src/session/log/request-log.ts";
import type {
  FrameFormat,
  FrameRecord,
  IdentityThen,
  TrafficRecord,
} from "../../../../src/session/page/page-model.ts";
import { pageSessionKey } from "../../../../src/session/page/page-model.ts";
import { encodeValue } from "../../../../src/wire/values.ts";

export const SOCKET = "doc-1/1";
export const ALICE: IdentityThen = {
  sessionKey: pageSessionKey(SOCKET, undefined),
  user: "user:alice",
  namespace: "app",
  database: "tenant_a",
};

export type Rpc = Record<string, unknown>;

/** Frames of one socket; each says when it happened. */
export class Wire {
  readonly socketKey: string;
  readonly format: FrameFormat;
  generation: number;

  constructor({ socketKey = SOCKET, format = "cbor" as FrameFormat, generation = 0 } = {}) {
    this.socketKey = socketKey;
    this.format = format;
    this.generation = generation;
  }

  sent(at: number, id: string | number, method: string, params?: unknown[], more: Rpc = {}) {
    const { as, by, session, txn, ...rest } = more;
    const rpc: Rpc = { id, method, ...(params && { params }), ...rest };
    if (session !== undefined) rpc.session = this.#uuid(session as string);
    if (txn !== undefined) rpc.txn = this.#uuid(txn as string);
    return {
      ...this.#record("sent", at, rpc),
      ...(as !== undefined && { as: as as IdentityThen }),
      ...(by !== undefined && { by: by as FrameRecord["by"] }),
    };
  }

  answered(at: number, id: string | number, result: unknown) {
    return this.#record("received", at, { id, result });
  }

  /** The answer to a query: one result per statement. */
  queried(at: number, id: string | number, ...results: unknown[]) {
    const statements = results.map((result) =>
      result instanceof Statement ? result.fields : { status: "OK", time: "1ms", result },
    );
    return this.answered(at, id, statements);
  }

  refused(at: number, id: string | number, error: Rpc) {
    return this.#record("received", at, { id, error });
  }

  notified(at: number, liveId: string, action: string, record: unknown, result: unknown) {
    return this.#record("received", at, {
      result: { id: this.#uuid(liveId), action, record, result },
    });
  }

  /** A frame of any content. */
  raw(direction: FrameRecord["direction"], at: number, frame: Uint8Array | string): FrameRecord {
    return {
      kind: "frame",
      at,
      socketKey: this.socketKey,
      generation: this.generation,
      format: this.format,
      direction,
      size: frame.length,
      frame,
      by: "page",
    };
  }

  #uuid(text: string): unknown {
    return this.format === "json" ? text : new Uuid(text);
  }

  #record(direction: FrameRecord["direction"], at: number, rpc: Rpc): FrameRecord {
    const frame = this.format === "json" ? JSON.stringify(jsonify(rpc)) : encodeValue(rpc);
    return this.raw(direction, at, frame);
  }
}

/** A statement's part of an answer that is more than a result. */
export class Statement {
  readonly fields: Rpc;
  constructor(fields: Rpc) {
    this.fields = { status: "OK", time: "1ms", ...fields };
  }
}

export function failed(message: string, kind?: string): Statement {
  return new Statement({ status: "ERR", result: message, ...(kind !== undefined && { kind }) });
}

export function logOf(...records: TrafficRecord[]): RequestLog {
  const log = new RequestLog();
  log.add(records);
  return log;
}

/** Every row that the filter shows. */
export function shown(log: LogSource): LogEntry[] {
  return Array.from({ length: log.rows.length }, (_, index) => log.rows.at(index) as LogEntry);
}

export function requests(log: LogSource): RequestEntry[] {
  return shown(log).filter((entry) => entry.kind === "request");
}

export function marks(log: LogSource): string[] {
  return shown(log).flatMap((entry) => (entry.kind === "mark" ? [entry.text] : []));
}
