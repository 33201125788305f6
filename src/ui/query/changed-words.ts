/** What a run did to the data, or would have done, in words. */
import { plural } from "../values/sizes.ts";
import type { Reply } from "./asking.ts";

/** "Dry run: would have changed 3 records. Nothing was kept."; nothing of what only reads. */
export function changedWords({ dry, changed }: Pick<Reply, "dry" | "changed">): string | undefined {
  if (!changed) return dry ? "Dry run. Nothing was kept." : undefined;
  const { records, atLeast } = changed;
  const count = plural(records, "record");
  const what = atLeast ? (records === 0 ? "an unknown number" : `at least ${count}`) : count;
  if (!dry) return `Kept: ${what}`;
  const none = records === 0 && !atLeast;
  return `Dry run: would have changed ${none ? "no records" : what}. Nothing was kept.`;
}
