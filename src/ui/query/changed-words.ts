/** What a run did to the data, or would have done, in words. */
import type { Changed } from "../../session/query/dry-run.ts";
import { plural } from "../values/sizes.ts";
import type { Reply } from "./asking.ts";

/** "Dry run: would have changed 3 records. Nothing was kept."; nothing of what only reads. */
export function changedWords({ dry, changed }: Pick<Reply, "dry" | "changed">): string | undefined {
  if (dry) {
    if (!changed) return "Dry run. Nothing was kept.";
    const records = recordsChanged(changed);
    const what = records === 0 ? "no records" : plural(records, "record");
    return `Dry run: would have changed ${what}. Nothing was kept.`;
  }
  return changed && `Kept: ${plural(recordsChanged(changed), "record")}`;
}

export function recordsChanged({ records }: Changed): number {
  return records;
}
