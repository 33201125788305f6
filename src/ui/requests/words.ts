/** What the log says in its columns: short, and always in a word where it matters. */

import type { MarkEntry, Outcome, RequestEntry } from "../../session/log/log-entry.ts";
import type { FrameFormat } from "../../session/page/page-model.ts";
import { count } from "../values/sizes.ts";
import { clockTime, moment } from "../words/time.ts";

function fraction(at: number): string {
  return String(Math.floor(at) % 1000).padStart(3, "0");
}

/** Of a request with the id of an earlier one of its client's, sent on the socket after. */
export const SENT_AGAIN =
  "Sent again by the page's SDK, after a reconnect: the first one had no answer.";

/** "12:01:04.204" in the person's own time zone. */
export function exactTime(at: number): string {
  return `${clockTime(at)}.${fraction(at)}`;
}

/** The same, with the day before it where that isn't today. */
export function exactMoment(at: number, now: number): string {
  return `${moment(at, now)}.${fraction(at)}`;
}

/** "+1.204", "+2:03.204", "+1:02:03.204": since `start`, both milliseconds since 1970. */
export function sinceStart(at: number, start: number): string {
  const passed = Math.max(0, Math.floor(at) - Math.floor(start));
  const seconds = Math.floor(passed / 1000);
  if (seconds < 60) return `+${seconds}.${fraction(passed)}`;
  const pad = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const rest = `${pad(seconds % 60)}.${fraction(passed)}`;
  if (minutes < 60) return `+${minutes}:${rest}`;
  return `+${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${rest}`;
}

/** "1.9", "240", "3,204": milliseconds for a column that names its unit. */
export function milliseconds(duration: number): string {
  if (duration < 10) return duration.toFixed(1);
  const whole = Math.round(duration);
  return whole < 1_000 ? String(whole) : count(whole);
}

export interface OutcomeWord {
  tone: "plain" | "idle" | "bad" | "warn";
  /** Stands before the word, so that colour never says it alone. */
  mark?: string;
  text: string;
  /** A sentence, for a tooltip. */
  sentence?: string;
}

/** "3 rows", "✕ NotAllowed", "… pending". */
export function outcomeWord(outcome: Outcome): OutcomeWord {
  switch (outcome.kind) {
    case "pending":
      return { tone: "idle", mark: "◌", text: "pending", sentence: "No answer yet." };
    case "ok":
      return { tone: "plain", text: outcome.text };
    case "error":
      return {
        tone: "bad",
        mark: "✕",
        text: outcome.error.kind ?? outcome.error.name,
        sentence: outcome.error.message,
      };
    case "unknown":
      return {
        tone: "warn",
        mark: "?",
        text: "unknown",
        sentence: "The socket closed before the answer came: it may have run.",
      };
  }
}

/** All live queries that a request began, in one: "12 events"; the states where none goes on. */
export function liveWord(live: NonNullable<RequestEntry["live"]>): string {
  const events = live.reduce((sum, stream) => sum + stream.events, 0);
  const word = `${count(events)} ${events === 1 ? "event" : "events"}`;
  return live.every((stream) => stream.state === "killed") ? `${word}, killed` : word;
}

const MARKS: Record<MarkEntry["mark"], string> = {
  navigation: "↻",
  opened: "●",
  reconnected: "↺",
  closed: "○",
  dropped: "⚠",
  stray: "⚠",
};

/** The sign before a mark's text. */
export function markSign(mark: MarkEntry["mark"]): string {
  return MARKS[mark];
}

const FORMATS: Record<FrameFormat, string> = {
  cbor: "CBOR",
  json: "JSON",
  flatbuffers: "FlatBuffers",
};

export function formatWord(format: FrameFormat): string {
  return FORMATS[format];
}
