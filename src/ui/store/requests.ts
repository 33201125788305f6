/**
 * The log of the page's requests, as signals, and what the person set for it.
 *
 * The log itself is the session layer's and changes in place; `revision` is the one signal that says
 * so. Filter, limits and "Preserve log" are remembered; what belongs to one page (its text, its
 * sessions, its frames) isn't.
 */
import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { ViewClient } from "../../messages/view-client.ts";
import type { LogBook } from "../../session/log/log-book.ts";
import { DEFAULT_LIMITS, type LogFilter, type LogLimits } from "../../session/log/log-entry.ts";
import { exportLog } from "../../session/log/log-export.ts";
import { NO_FILTER } from "../../session/log/log-filter.ts";
import { importLog } from "../../session/log/log-import.ts";
import type { LogSource } from "../../session/log/log-source.ts";
import { RequestLog } from "../../session/log/request-log.ts";
import type { TrafficRecord } from "../../session/page/page-model.ts";
import type { ViewHost } from "../host.ts";
import type { PageStore } from "./page.ts";
import type { Preferences } from "./preferences.ts";

export interface ImportedSource {
  readonly source: LogSource;
  /** Name of its file. */
  readonly name: string;
  readonly host?: string;
  readonly exportedAt: number;
}

export interface RequestsStore {
  /** What is shown: an imported log while one is open, else this page's. */
  readonly source: ReadonlySignal<LogSource>;
  /** Counts up whenever anything in `source` changed: reading it subscribes a view to that. */
  readonly revision: ReadonlySignal<number>;
  readonly imported: ReadonlySignal<ImportedSource | undefined>;
  /** What the person wants; `since` when the worker records. */
  readonly recording: ReadonlySignal<boolean>;
  readonly since: ReadonlySignal<number | undefined>;
  /** Rejects with CommandError. Frames that still come when it is off are counted, not kept. */
  setRecording(on: boolean): Promise<void>;
  /** Keep entries over navigation. Remembered. */
  readonly preserve: ReadonlySignal<boolean>;
  setPreserve(on: boolean): void;
  /** Remembered, but for its text, sessions and frames, which belong to one page. */
  readonly filter: ReadonlySignal<LogFilter>;
  setFilter(part: Partial<LogFilter>): void;
  clearFilter(): void;
  /** True where the filter hides anything but pings. */
  readonly filtered: ReadonlySignal<boolean>;
  /** Remembered. */
  readonly limits: ReadonlySignal<LogLimits>;
  /** Smaller ones push out at once what doesn't fit. Kept between `SMALLEST` and `LARGEST`. */
  setLimits(limits: LogLimits): void;
  readonly selected: ReadonlySignal<number | undefined>;
  /** Opens this entry; all its secrets are covered again. */
  select(seq: number | undefined): void;
  /** For `source.details`: what the person uncovered in the selected entry. */
  readonly uncovered: ReadonlySignal<ReadonlySet<string>>;
  uncover(key: string): void;
  /** Empties the page's log. */
  clear(): void;
  /** Writes what `source` holds to a file, secrets covered. Rejects where it can't. */
  exportLog(): Promise<void>;
  /** Opens an exported log, read-only. Throws LogFileError with a sentence where it is none. */
  importLog(name: string, text: string): void;
  /** Back to this page's log. */
  closeImported(): void;
  /** What the worker tells with the event `traffic`. */
  add(records: readonly TrafficRecord[]): void;
  close(): void;
}

export interface RequestsStoreOptions {
  client: Pick<ViewClient, "call">;
  host: Pick<ViewHost, "saveFile">;
  preferences: Preferences;
  page: Pick<PageStore, "info" | "frames">;
  /** What the panel calls a session, the page's and held ones; for exported files. */
  labelOf: (sessionKey: string) => string | undefined;
}

export const SMALLEST: LogLimits = { entries: 1_000, bytes: 1024 * 1024 };
/** More would make an exported file larger than a text of the browser may be. */
export const LARGEST: LogLimits = { entries: 500_000, bytes: 128 * 1024 * 1024 };

/** The part of a filter that is remembered. */
type KeptFilter = Pick<LogFilter, "methods" | "onlyErrors" | "pings" | "slowerThan">;
type PageFilter = Pick<LogFilter, "text" | "sessions" | "frames">;

const FILTER = "requests.filter";
const LIMITS = "requests.limits";
const PRESERVE = "requests.preserve";

export function createRequestsStore(options: RequestsStoreOptions): RequestsStore {
  const { client, host, preferences, page, labelOf } = options;
  const log = new RequestLog({
    frameIdOf: (documentId) =>
      page.frames.peek().find((frame) => frame.documentId === documentId)?.frameId,
  });
  const revision = signal(0);
  const imported = signal<(ImportedSource & { readonly source: LogBook }) | undefined>(undefined);
  const source = computed<LogBook>(() => imported.value?.source ?? log);
  const recording = signal(true);
  const since = computed(() => page.info.value?.recordingSince);
  const selected = signal<number | undefined>(undefined);
  const uncovered = signal<ReadonlySet<string>>(new Set());
  const preserve = preferences.get(PRESERVE, false);
  const remembered = preferences.get<Partial<KeptFilter>>(FILTER, {});
  const ofPage = signal<PageFilter>({ text: "", sessions: [], frames: [] });
  const filter = computed<LogFilter>(() => ({ ...keptFilter(remembered.value), ...ofPage.value }));
  const rememberedLimits = preferences.get<Partial<LogLimits>>(LIMITS, {});
  const limits = computed(() => limitsWithin(rememberedLimits.value));

  const endings = [
    effect(() => {
      log.preserve = preserve.value;
    }),
    effect(() => {
      log.setLimits(limits.value);
    }),
    effect(() => {
      const shown = source.value;
      const changed = () => {
        revision.value = revision.peek() + 1;
      };
      const stop = shown.onChange(changed);
      changed();
      return stop;
    }),
    effect(() => {
      source.value.setFilter(filter.value);
    }),
  ];

  function select(seq: number | undefined) {
    batch(() => {
      selected.value = seq;
      uncovered.value = new Set();
    });
  }

  /** Numbers of one log mean nothing in another. */
  function show(next: typeof imported.value) {
    batch(() => {
      imported.value = next;
      select(undefined);
    });
  }

  return {
    source,
    revision,
    imported,
    recording,
    since,
    async setRecording(on) {
      recording.value = on;
      log.paused = !on;
      try {
        await client.call("page.record", { on });
      } catch (error) {
        recording.value = !on;
        log.paused = on;
        throw error;
      }
    },
    preserve,
    setPreserve: (on) => preferences.set(PRESERVE, on),
    filter,
    setFilter(part) {
      const { text, sessions, frames, ...kept } = { ...filter.peek(), ...part };
      batch(() => {
        ofPage.value = { text, sessions, frames };
        preferences.set(FILTER, kept);
      });
    },
    clearFilter() {
      const { text, sessions, frames, ...kept } = NO_FILTER;
      batch(() => {
        ofPage.value = { text, sessions, frames };
        preferences.set(FILTER, { ...kept, pings: filter.peek().pings });
      });
    },
    filtered: computed(() => {
      const { text, methods, sessions, frames, onlyErrors, slowerThan } = filter.value;
      const chosen = methods.length + sessions.length + frames.length > 0;
      return text.trim() !== "" || chosen || onlyErrors || slowerThan !== undefined;
    }),
    limits,
    setLimits: (next) => preferences.set(LIMITS, limitsWithin(next)),
    selected,
    select,
    uncovered,
    uncover(key) {
      uncovered.value = new Set([...uncovered.peek(), key]);
    },
    clear() {
      log.clear();
      if (!imported.peek()) select(undefined);
    },
    async exportLog() {
      const of = imported.peek();
      const exportedAt = Date.now();
      const name = of?.host ?? page.info.peek()?.host;
      const recordingSince = since.peek();
      const text = await exportLog(source.peek(), {
        exportedAt,
        labelOf,
        ...(name !== undefined && { host: name }),
        ...(!of && recordingSince !== undefined && { recordingSince }),
      });
      host.saveFile(fileName(name, exportedAt), text);
    },
    importLog(name, text) {
      const { source: log, host: of, exportedAt } = importLog(text);
      show({ source: log, name, exportedAt, ...(of !== undefined && { host: of }) });
    },
    closeImported: () => show(undefined),
    add: (records) => log.add(records),
    close() {
      for (const end of endings) end();
    },
  };
}

/** What another version remembered may have other fields. */
function keptFilter({ methods, onlyErrors, pings, slowerThan }: Partial<KeptFilter>): KeptFilter {
  return {
    methods: Array.isArray(methods) ? methods.filter((each) => typeof each === "string") : [],
    onlyErrors: onlyErrors === true,
    pings: pings === true,
    ...(typeof slowerThan === "number" && { slowerThan }),
  };
}

function limitsWithin(given: Partial<LogLimits>): LogLimits {
  const within = (name: keyof LogLimits) => {
    const value = given[name];
    return typeof value === "number" && Number.isFinite(value)
      ? Math.min(LARGEST[name], Math.max(SMALLEST[name], Math.round(value)))
      : DEFAULT_LIMITS[name];
  };
  return { entries: within("entries"), bytes: within("bytes") };
}

/** "switchyard-requests-localhost-5173-2026-03-01T12-01-04.json" */
function fileName(host: string | undefined, at: number): string {
  const place = host === undefined ? "" : `-${host.replace(/[^\w.-]+/g, "-")}`;
  const time = new Date(at).toISOString().slice(0, 19).replaceAll(":", "-");
  return `switchyard-requests${place}-${time}.json`;
}
