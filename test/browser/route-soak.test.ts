/**
 * A short soak of the routes: random operations while sockets break and workers die, the same each time.
 * `npm run soak` does the same for as long as one likes.
 */
import { expect, test } from "vitest";
import { soak } from "../soak/soak.ts";
import { describeInBrowsers } from "../support/browser/describe.ts";

/** Seeds in which everything that can befall a page does, as early as can be. */
const RUNS = {
  chromium: { seed: 8, operations: 150 },
  firefox: { seed: 7, operations: 60 },
};

describeInBrowsers("random operations on a routed page", ({ name, launch }) => {
  const { seed, operations } = RUNS[name];
  test(`each request runs as whom the route named, at most once (seed ${seed})`, async () => {
    const result = await soak({ launch: () => launch({ args: ARGS[name] }), seed, operations });
    expect(result.answered).toBeGreaterThan(operations);
  });
});

/** Its page lies behind the extension's own: Chromium would let its timers run once a second. */
const ARGS = {
  chromium: ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"],
  firefox: [],
};
