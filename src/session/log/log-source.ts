/**
 * What the view of requests reads: the log of this page, or one that was imported. Both answer the
 * same questions; only the first one grows.
 *
 * Rows are the entries that pass the filter, reached by index, so that a list of any length costs
 * what is on screen. Entries change in place when their answer comes: whoever shows one listens to
 * `onChange` and reads it again.
 */
import type { SessionKey } from "../model.ts";
import type { IdentityThen } from "../page/page-model.ts";
import type { EntryDetails, LogEntry, LogFilter, LogLimits, RequestEntry } from "./log-entry.ts";

/** Entries that pass the filter, oldest first. */
export interface LogRows {
  readonly length: number;
  at(index: number): LogEntry | undefined;
  /** Where the entry of this number stands; -1 where the filter hides it or it is gone. */
  indexOf(seq: number): number;
}

/** What happened to the rows since the last word of it. */
export interface LogChange {
  /** All of them may be others: another filter, cleared, another limit. */
  all: boolean;
  /** Numbers of entries that were there before and read differently now. */
  changed: readonly number[];
  /** Rows that left at the top, since the log is full: indexes moved down by so many. */
  trimmed: number;
}

/** Frames and their bytes on the wire. */
export interface FrameCount {
  frames: number;
  bytes: number;
}

export interface LogCounts {
  /** Kept, marks included. */
  entries: number;
  requests: number;
  /** Requests that wait for their answer, and those that were refused. */
  pending: number;
  errors: number;
  /** Bytes of the frames that are kept. */
  bytes: number;
  /** What the limits pushed out since the log was cleared: entries, and their kept frames' bytes. */
  dropped: { entries: number; bytes: number };
  /** What the page made faster than it could be taken. */
  missed: FrameCount;
  /** What came while the log was paused. */
  whilePaused: FrameCount;
}

export interface SeenMethod {
  method: string;
  requests: number;
}

export interface SeenSession {
  key: string;
  /** Its name when it was exported; absent in a log that lives: the panel knows its sessions. */
  label?: string;
  /** As whom and where its latest request ran. */
  last: IdentityThen;
  requests: number;
}

export interface SeenFrame {
  frameId: number;
  requests: number;
}

/** Secrets that a person asked to see: the `key`s of what is covered, or all of it. */
export type Uncovered = ReadonlySet<string> | "all";

export interface LogSource {
  /** True for an imported log: it never changes but by its filter. */
  readonly readOnly: boolean;
  readonly rows: LogRows;
  readonly counts: LogCounts;
  readonly limits: LogLimits;
  readonly filter: LogFilter;
  /** Tests every entry anew; at once. */
  setFilter(filter: LogFilter): void;
  /** The entry of this number, whether the filter shows it or not. */
  entry(seq: number): LogEntry | undefined;
  /**
   * The latest requests of a session, newest first, whether the filter shows them or not. Looks at the
   * last 5,000 entries only, so that it costs the same however full the log is. Pings are left out.
   */
  recentOf(sessionKey: SessionKey, count: number): RequestEntry[];
  /**
   * Decodes what a request carried and what came back, secrets covered but for `uncovered`.
   * Undefined for marks and for entries that are gone. Never throws: what can't be read says so.
   */
  details(seq: number, uncovered?: Uncovered): EntryDetails | undefined;
  /** When the first entry happened since the log was cleared, even if it is no longer kept. */
  readonly startedAt: number | undefined;
  /** Most frequent first. */
  methods(): SeenMethod[];
  /** In the order in which they were first seen. */
  sessions(): SeenSession[];
  frames(): SeenFrame[];
  /** Told once per batch of records, after all of it is in. Returns the way out. */
  onChange(listener: (change: LogChange) => void): () => void;
}
