/** A filter of the log, made ready to test a hundred thousand entries at once. */
import type { LogFilter, Outcome } from "./log-entry.ts";
import type { KeptEntry } from "./log-kept.ts";

export const NO_FILTER: LogFilter = {
  text: "",
  methods: [],
  sessions: [],
  frames: [],
  onlyErrors: false,
  pings: false,
};

/** True for entries that the filter shows. */
export function entryTest(filter: LogFilter): (entry: KeptEntry) => boolean {
  const { onlyErrors, pings, slowerThan } = filter;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const methods = new Set(filter.methods);
  const sessions = new Set(filter.sessions);
  const frames = new Set(filter.frames);
  const showsMarks = words.length === 0 && !onlyErrors;

  return (entry) => {
    if (entry.kind === "mark") return showsMarks;
    if (!pings && entry.method === "ping" && !methods.has("ping")) return false;
    if (onlyErrors && entry.outcome.kind !== "error") return false;
    if (methods.size > 0 && !methods.has(entry.method)) return false;
    if (frames.size > 0 && !frames.has(entry.frameId)) return false;
    if (sessions.size > 0 && !(entry.as && sessions.has(entry.as.sessionKey))) return false;
    if (slowerThan !== undefined && !((entry.duration ?? 0) >= slowerThan)) return false;
    return words.every((word) => entry.search.includes(word));
  };
}

/** What a search looks through, of a request without its answer. */
export function requestSearch(
  method: string,
  text: string,
  as: { user?: string; namespace?: string; database?: string; sessionId?: string } | undefined,
): string {
  const place = as && `${as.namespace ?? ""}/${as.database ?? ""} ${as.sessionId ?? ""}`;
  return `${method} ${text} ${as ? (as.user ?? "anonymous") : ""} ${place ?? ""}`.toLowerCase();
}

/** The same with its answer. */
export function withOutcome(search: string, outcome: Outcome): string {
  // Changing the case also makes one piece of the parts, which the first search would have to do.
  return `${search}\n${outcomeText(outcome)}`.toLowerCase();
}

function outcomeText(outcome: Outcome): string {
  if (outcome.kind === "ok") return outcome.text;
  if (outcome.kind !== "error") return "";
  const { name, kind, message } = outcome.error;
  return `${kind ?? name} ${message.slice(0, 300)}`;
}
