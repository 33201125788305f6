/** Whether two snapshots are of the same tokens, kept in the same way, whenever each was taken. */
import type { Snapshot } from "./web-system.ts";

export function isSameSnapshot(one: Snapshot, other: Snapshot): boolean {
  return textOf(one) === textOf(other);
}

function textOf({ takenAt: _takenAt, ...snapshot }: Snapshot): string {
  return JSON.stringify(snapshot);
}
