/**
 * What takes longest begins first: at the end everybody would wait for it.
 *
 * A fresh clone has no durations of its own yet, and a file's size says nothing of how long it waits. So
 * those that take much longer than the others are named here, the longest first; in what order the rest
 * runs makes no difference.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node";

const LONGEST = [
  "browser/page-hostile",
  "browser/page-transparency",
  // Nearly all of it is the browser's own sleep.
  "browser/idle",
  "browser/query-bad-input",
  "browser/web-supertokens-hazards",
  "browser/operations-sessions",
  "browser/operations-query",
  "browser/web-clerk",
  "browser/life-browser",
  "browser/life-connections",
  "browser/page-copy",
  "browser/web-supertokens-acts",
  "browser/web-supertokens",
  "browser/page-life",
  "browser/route-switch",
  "browser/sites",
  "browser/life-expiry",
  "browser/operations-sign-in",
  "browser/page-quiet",
  "browser/route-life",
  "browser/route-tab",
  "unit/web/supertokens/through-the-book",
  "unit/session/gate",
  "unit/session/relay/fair-relay",
  "unit/demo/auth",
  "unit/session/relay/page-relay",
  "unit/web/supertokens/page-acts",
  "unit/session/connection",
  "unit/wire/envelope",
  "unit/session/token-family",
  "unit/background/views",
  "unit/demo/server",
  "unit/session/journal/journal-sdk",
  "unit/session/sign-in",
  "unit/session/sign-in-again",
  "unit/session/relay/fail-closed",
  "unit/session/relay/envelope-fuzz",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => placeOf(one) - placeOf(other));
  }
}

/** Where it stands among the longest; behind them all if it isn't one. */
function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place < 0 ? LONGEST.length : place;
}
