/**
 * One line of the request log: a request with its answer, or a mark between requests.
 *
 * An entry is small and holds what a row shows; the frames themselves are asked of the log by `seq`
 * when somebody opens it. Sizes are bytes on the wire, times milliseconds since 1970.
 */
import type { ErrorView } from "../model.ts";
import type { FrameFormat, IdentityThen } from "../page/page-model.ts";

/** What came of a request. */
export type Outcome =
  | { kind: "pending" }
  /** `rows` where the result is a list; `text` is what the row shows: "3 rows", "user:bob". */
  | { kind: "ok"; rows?: number; text: string }
  | { kind: "error"; error: ErrorView }
  /** The socket closed first: nobody knows. */
  | { kind: "unknown" };

/** A live query that a request began, and what came of it since. */
export interface LiveStream {
  id: string;
  /** Notifications seen, kept or not. */
  events: number;
  state: "watching" | "killed";
}

export interface RequestEntry {
  kind: "request";
  /** Counts up for as long as the log lives; never used twice. */
  seq: number;
  at: number;
  socketKey: string;
  documentId: string;
  frameId: number;
  generation: number;
  format: FrameFormat;
  /** The request's id as text. */
  id: string;
  method: string;
  /** The statement or the arguments in one line, redacted, at most 300 characters. */
  text: string;
  as?: IdentityThen;
  txn?: string;
  by: "page" | "you";
  /** The tab ran as the session of `as`: it never went over the page's own socket. */
  relayed?: boolean;
  bytesSent: number;
  bytesReceived?: number;
  /** Milliseconds from the request's frame to the answer's. */
  duration?: number;
  outcome: Outcome;
  /** The page's SDK sent a request again that had no answer yet. */
  again: boolean;
  live?: LiveStream[];
}

export interface MarkEntry {
  kind: "mark";
  seq: number;
  at: number;
  mark: "navigation" | "opened" | "reconnected" | "closed" | "dropped" | "stray";
  text: string;
  socketKey?: string;
}

export type LogEntry = RequestEntry | MarkEntry;

export interface LiveNotificationEntry {
  /** Which of the request's live queries it is of. */
  liveId: string;
  at: number;
  action: string;
  size: number;
  /** CBOR; absent where the frame wasn't kept. */
  record?: Uint8Array;
  value?: Uint8Array;
}

/**
 * A secret in an opened entry. A whole value is the text `COVERED` in the place of `path`; of a longer
 * text only the secret's characters are, and several in one text are told apart by their keys.
 */
export interface CoveredSecret {
  /** Given back to `details`, it shows this secret and no other. */
  key: string;
  /** A number: that notification. */
  where: "params" | "result" | "error" | number;
  /** Keys and indexes from the top of the value to the secret. Empty: the value itself. */
  path: readonly (string | number)[];
}

/** What stands in place of a secret. */
export const COVERED = "••••••";

/** What an opened entry shows. Values are CBOR, whatever the socket's format. */
export interface EntryDetails {
  /** Absent where the frame wasn't kept; `requestMissing` says why. */
  params?: Uint8Array;
  requestMissing?: string;
  result?: Uint8Array;
  error?: ErrorView;
  answerMissing?: string;
  /**
   * The frames, for "Copy as hex": as they were on the wire, or written anew (`rewritten`) where
   * they hold a secret that is covered.
   */
  requestFrame?: Uint8Array | string;
  answerFrame?: Uint8Array | string;
  rewritten: { request: boolean; answer: boolean };
  /** What was left out of the values above, in their order. Empty: all is shown. */
  covered: CoveredSecret[];
  /** The last notifications of the live queries that it began, oldest first. */
  notifications: LiveNotificationEntry[];
}

/** How much is kept. */
export interface LogLimits {
  entries: number;
  bytes: number;
}

export const DEFAULT_LIMITS: LogLimits = { entries: 100_000, bytes: 64 * 1024 * 1024 };

/** Which entries are shown. Marks are always shown, but for a text or an `errors` filter. */
export interface LogFilter {
  /** Words, all of which must be found in method, statement, identity, result or error. */
  text: string;
  /** Empty: all. */
  methods: string[];
  sessions: string[];
  frames: number[];
  onlyErrors: boolean;
  /** Pings are hidden unless asked for. */
  pings: boolean;
  /** At least so many milliseconds. */
  slowerThan?: number;
}
