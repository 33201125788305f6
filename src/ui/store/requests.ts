/** The log of the page's requests, as signals. */
import type { ReadonlySignal } from "@preact/signals";
import type { LogFilter, LogLimits } from "../../session/page/log-entry.ts";
import type { LogSource } from "../../session/page/log-source.ts";

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
  /** Rejects with CommandError. Frames that come while it is off are counted, not kept. */
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
  readonly limits: ReadonlySignal<LogLimits>;
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
  /** Opens an exported log, read-only. Throws SessionError with a sentence where it is none. */
  importLog(name: string, text: string): void;
  /** Back to this page's log. */
  closeImported(): void;
  close(): void;
}
