/** What a run did to the data, or would have done, in words. */
import { plural } from "../values/sizes.ts";
import type { Reply } from "./asking.ts";
import { emptyReason } from "./results/answer.ts";

/**
 * "Dry run: would have changed 3 records. Nothing was kept."; nothing of what only reads.
 *
 * Who is under permissions may change records without seeing them, and those aren't counted.
 */
export function changedWords({ answer, dry, changed }: Reply): string | undefined {
  if (!changed) return dry ? "Dry run. Nothing was kept." : undefined;
  const { records, atLeast } = changed;
  const count = plural(records, "record");
  const none = emptyReason(answer) ? `no records that ${answer.identity} may see` : "no records";
  const counted = records === 0 ? none : count;
  const atLeastSo = records === 0 ? "an unknown number" : `at least ${count}`;
  const what = atLeast ? atLeastSo : counted;
  return dry ? `Dry run: would have changed ${what}. Nothing was kept.` : `Kept: ${what}`;
}
