import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

/** Two projects: what runs in Node, and what runs in the two browsers. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          // Half of their time they wait: for tokens to end, for sockets to be found dead.
          maxWorkers: 4,
          include: ["test/unit/**/*.test.{ts,tsx}"],
          environment: "node",
          // A machine under load is patient; what passes isn't slowed by any of these.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          environment: "node",
          // Browsers keep two cores busy already with as many; with six each test only waits longer.
          maxWorkers: 4,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 20_000 } },
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
