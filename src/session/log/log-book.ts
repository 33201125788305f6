/**
 * Entries in order, those that pass the filter, and what is counted of them.
 *
 * The one idea: an entry is tested when it comes and when it changes, and all of them only when the
 * filter does, so that a busy page costs the same however full the log is. Entries change through
 * `change` alone, which keeps every count true.
 */

import type { SessionKey } from "../model.ts";
import { entryDetails } from "./log-details.ts";
import type { EntryDetails, LogEntry, LogFilter, LogLimits, RequestEntry } from "./log-entry.ts";
import { DEFAULT_LIMITS } from "./log-entry.ts";
import { entryTest, NO_FILTER } from "./log-filter.ts";
import { type KeptEntry, KeptRequest } from "./log-kept.ts";
import { LogList } from "./log-list.ts";
import type {
  LogChange,
  LogCounts,
  LogRows,
  LogSource,
  SeenFrame,
  SeenMethod,
  SeenSession,
  Uncovered,
} from "./log-source.ts";

/** Entries that are looked at for a session's latest requests. */
const RECENT = 5_000;

export class LogBook implements LogSource {
  readonly readOnly: boolean = true;
  readonly #entries = new LogList<KeptEntry>();
  readonly #rows = new LogList<KeptEntry>();
  readonly #listeners = new Set<(change: LogChange) => void>();
  readonly #methods = new Map<string, number>();
  readonly #sessions = new Map<string, SeenSession>();
  readonly #frames = new Map<number, number>();
  #limits: LogLimits = DEFAULT_LIMITS;
  #filter: LogFilter = NO_FILTER;
  #test = entryTest(NO_FILTER);
  #nextSeq = 1;
  #startedAt: number | undefined;
  #requests = 0;
  #pending = 0;
  #errors = 0;
  #bytes = 0;
  #dropped = { entries: 0, bytes: 0 };
  #all = false;
  #changed = new Set<number>();
  #trimmed = 0;
  #touched = false;

  get rows(): LogRows {
    return this.#rows;
  }

  get filter(): LogFilter {
    return this.#filter;
  }

  get limits(): LogLimits {
    return this.#limits;
  }

  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  get counts(): LogCounts {
    return {
      entries: this.#entries.length,
      requests: this.#requests,
      pending: this.#pending,
      errors: this.#errors,
      bytes: this.#bytes,
      dropped: { ...this.#dropped },
      missed: { frames: 0, bytes: 0 },
      whilePaused: { frames: 0, bytes: 0 },
    };
  }

  entry(seq: number): LogEntry | undefined {
    return this.#entries.at(this.#entries.indexOf(seq));
  }

  recentOf(sessionKey: SessionKey, count: number): RequestEntry[] {
    const found: RequestEntry[] = [];
    const end = Math.max(0, this.#entries.length - RECENT);
    for (let at = this.#entries.length - 1; at >= end && found.length < count; at--) {
      const entry = this.#entries.at(at);
      if (entry?.kind !== "request" || entry.method === "ping") continue;
      if (entry.as?.sessionKey === sessionKey) found.push(entry);
    }
    return found;
  }

  details(seq: number, uncovered?: Uncovered): EntryDetails | undefined {
    const entry = this.#entries.at(this.#entries.indexOf(seq));
    return entry?.kind === "request" ? entryDetails(entry, uncovered) : undefined;
  }

  /** Everything that is kept, oldest first, in a list of its own. */
  all(): KeptEntry[] {
    return this.#entries.toArray();
  }

  methods(): SeenMethod[] {
    return Array.from(this.#methods, ([method, requests]) => ({ method, requests })).sort(
      (one, other) => other.requests - one.requests || (one.method < other.method ? -1 : 1),
    );
  }

  sessions(): SeenSession[] {
    return Array.from(this.#sessions.values(), (seen) => ({ ...seen }));
  }

  frames(): SeenFrame[] {
    return Array.from(this.#frames, ([frameId, requests]) => ({ frameId, requests })).sort(
      (one, other) => one.frameId - other.frameId,
    );
  }

  onChange(listener: (change: LogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setFilter(filter: LogFilter): void {
    this.#filter = filter;
    this.#test = entryTest(filter);
    this.#rows.replaceAll(this.#entries.toArray().filter(this.#test));
    this.#all = true;
    this.commit();
  }

  /** Smaller limits push out at once what doesn't fit. */
  setLimits(limits: LogLimits): void {
    this.#limits = limits;
    this.#all = true;
    this.commit();
  }

  /** Takes an entry in and numbers it. Listeners hear of it at the next `commit`. */
  append(entry: KeptEntry): void {
    entry.seq = this.#nextSeq++;
    this.#startedAt ??= entry.at;
    this.#entries.insert(entry);
    this.#touched = true;
    if (entry.kind === "request") {
      this.#seen(entry, 1);
      this.#count(entry, 1);
    }
    if (this.#test(entry)) this.#rows.insert(entry);
  }

  /** Does something to an entry that the log holds, and shows or hides it as it then is. */
  change<Entry extends KeptEntry>(entry: Entry, act: (entry: Entry) => void): void {
    if (entry instanceof KeptRequest) this.#count(entry, -1);
    act(entry);
    if (entry instanceof KeptRequest) this.#count(entry, 1);
    const shown = this.#test(entry);
    if (shown !== this.#rows.indexOf(entry.seq) >= 0) {
      if (shown) this.#rows.insert(entry);
      else this.#rows.remove(entry.seq);
      this.#all = true;
    }
    this.#changed.add(entry.seq);
    this.#touched = true;
  }

  /** Empties it; numbers go on. */
  clear(): void {
    this.#entries.clear();
    this.#rows.clear();
    this.#methods.clear();
    this.#sessions.clear();
    this.#frames.clear();
    this.#startedAt = undefined;
    this.#requests = 0;
    this.#pending = 0;
    this.#errors = 0;
    this.#bytes = 0;
    this.#dropped = { entries: 0, bytes: 0 };
    this.#all = true;
  }

  /** Drops what is over the limits, and tells the listeners what happened since the last time. */
  commit(): void {
    this.#trim();
    if (!this.#touched && !this.#all) return;
    const change = { all: this.#all, changed: [...this.#changed], trimmed: this.#trimmed };
    this.#all = false;
    this.#changed.clear();
    this.#trimmed = 0;
    this.#touched = false;
    for (const listener of this.#listeners) listener(change);
  }

  protected latest(): KeptEntry | undefined {
    return this.#entries.last();
  }

  /** An entry has left since the log is full. */
  protected dropped(_entry: KeptEntry): void {
    // Only a log that still grows keeps anything beside the entries.
  }

  #trim(): void {
    const { entries, bytes } = this.#limits;
    while (this.#entries.length > 1 && (this.#entries.length > entries || this.#bytes > bytes)) {
      const entry = this.#entries.shift() as KeptEntry;
      this.#touched = true;
      this.#dropped.entries += 1;
      if (this.#rows.first() === entry) {
        this.#rows.shift();
        this.#trimmed += 1;
      }
      if (entry.kind === "request") {
        this.#dropped.bytes += entry.bytes;
        this.#count(entry, -1);
        this.#seen(entry, -1);
      }
      this.#changed.delete(entry.seq);
      this.dropped(entry);
    }
    const last = this.#entries.first();
    if (this.#bytes > bytes && last?.kind === "request") this.#trimStreams(last, bytes);
  }

  /** One live query alone may be more than the log may hold. */
  #trimStreams(entry: KeptRequest, limit: number): void {
    this.change(entry, () => {
      for (const stream of entry.live ?? []) {
        while (entry.bytes > limit && stream.notifications.length > 0) {
          const gone = stream.dropOldest();
          entry.bytes -= gone;
          this.#dropped.bytes += gone;
        }
      }
    });
  }

  #count({ outcome, bytes }: KeptRequest, by: 1 | -1): void {
    this.#bytes += by * bytes;
    if (outcome.kind === "pending") this.#pending += by;
    else if (outcome.kind === "error") this.#errors += by;
  }

  #seen({ method, as, frameId }: KeptRequest, by: 1 | -1): void {
    this.#requests += by;
    tally(this.#methods, method, by);
    tally(this.#frames, frameId, by);
    if (!as) return;
    const seen = this.#sessions.get(as.sessionKey);
    if (!seen) this.#sessions.set(as.sessionKey, { key: as.sessionKey, last: as, requests: 1 });
    else {
      seen.requests += by;
      if (by > 0) seen.last = as;
      if (seen.requests === 0) this.#sessions.delete(as.sessionKey);
    }
  }
}

function tally<Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + by;
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
}
