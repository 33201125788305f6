/** One entry of the log with what it carried, as long as somebody looks at it. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { EntryDetails, RequestEntry } from "../../../session/log/log-entry.ts";
import { useRequests } from "../use-requests.ts";

export interface OpenedEntry {
  entry: RequestEntry;
  details: EntryDetails;
}

/**
 * Decoded when it is opened and when it changed, not whenever the log did: an answer may be of many
 * megabytes. Undefined where the entry is gone, or is a mark.
 */
export function useEntry(seq: number): OpenedEntry | undefined {
  const requests = useRequests();
  const source = requests.source.value;
  const uncovered = requests.uncovered.value;
  const version = useSignal(0);

  useEffect(
    () =>
      source.onChange((change) => {
        const gone = source.entry(seq) === undefined;
        if (change.all || gone || change.changed.includes(seq)) version.value++;
      }),
    [source, seq],
  );

  return useMemo(() => {
    const entry = source.entry(seq);
    const details = entry?.kind === "request" ? source.details(seq, uncovered) : undefined;
    return entry?.kind === "request" && details ? { entry, details } : undefined;
  }, [source, seq, uncovered, version.value]);
}
