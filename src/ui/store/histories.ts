/**
 * The history of one session while somebody looks at it.
 *
 * What the worker has is asked for once; lines that are written meanwhile come as events and may
 * arrive before the answer or be in it too, so they are laid beside it, not just appended.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { ViewClient } from "../../messages/view-client.ts";
import type { HistoryEntry, SessionKey } from "../../session/model.ts";
import { isWebSessionKey } from "../../web/web-model.ts";

export interface History {
  /** Oldest first; undefined until the worker answered. */
  readonly entries: ReadonlySignal<readonly HistoryEntry[] | undefined>;
  readonly failure: ReadonlySignal<unknown>;
  load(): Promise<void>;
  close(): void;
}

/** Lines kept, as many as the worker keeps. */
const LIMIT = 200;

function sameLine(one: HistoryEntry, other: HistoryEntry): boolean {
  return (
    one.at === other.at &&
    one.event === other.event &&
    one.by === other.by &&
    one.before === other.before &&
    one.after === other.after &&
    one.text === other.text
  );
}

/** Both lists as one, oldest first, no line twice, the oldest dropped beyond the limit. */
export function mergeHistory(
  stored: readonly HistoryEntry[],
  heard: readonly HistoryEntry[],
): HistoryEntry[] {
  const extra = heard.filter((line) => !stored.some((other) => sameLine(line, other)));
  return [...stored, ...extra].sort((one, other) => one.at - other.at).slice(-LIMIT);
}

export function openHistory(client: ViewClient, key: SessionKey): History {
  const entries = signal<readonly HistoryEntry[] | undefined>(undefined);
  const failure = signal<unknown>(undefined);
  let heard: HistoryEntry[] = [];
  let closed = false;

  async function load() {
    failure.value = undefined;
    try {
      const answer = isWebSessionKey(key)
        ? await client.call("web.history", { key })
        : await client.call("session.history", { key });
      if (!closed) entries.value = mergeHistory(answer.entries, heard);
    } catch (error) {
      if (!closed) failure.value = error;
    }
  }

  const stop = client.onEvent((message) => {
    // After a reconnect lines may have been missed.
    if (message.event === "snapshot") void load();
    if (message.event !== "history" || message.key !== key) return;
    heard = [...heard, message.entry].slice(-LIMIT);
    if (entries.value) entries.value = mergeHistory(entries.value, [message.entry]);
  });
  void load();

  return {
    entries,
    failure,
    load,
    close() {
      closed = true;
      stop();
    },
  };
}
