/** Who is asked for the records whose ids stand in a column: its own session. */
import { useMemo } from "preact/hooks";
import { useStore } from "../store/context.ts";
import type { Column } from "./column.ts";
import { type RecordReader, recordAsker } from "./results/record.ts";

/**
 * By column, the same ones until something about them changes. Undefined where nobody can be asked: the
 * session is gone, or was never more than a recording.
 */
export function useRecordReaders(
  columns: readonly Column[],
): readonly (RecordReader | undefined)[] {
  const { call, session } = useStore();
  const known = columns.map((column) => {
    const { key, label } = column.session;
    return session(key) && { key, label, outsideOf: outsideOf(column) };
  });
  return useMemo(
    () => known.map((each) => each && { ...each, ask: recordAsker(call, each.key) }),
    [call, JSON.stringify(known)],
  );
}

/** Of a dry run nothing was kept, and within a transaction nobody else's question runs. */
function outsideOf({ progress }: Column): RecordReader["outsideOf"] {
  const now = progress.value;
  if (now.kind !== "answered") return undefined;
  if (now.dry) return "dry run";
  return now.answer.txn === undefined ? undefined : "transaction";
}
