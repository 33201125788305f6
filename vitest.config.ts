import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";

/** SDK 1 keeps the WebSocket that it finds when it is loaded: these put theirs there before. */
const OF_OLD_SDK = ["test/unit/session/journal/*.test.ts", "test/unit/session/log/*.test.ts"];

const UNIT = {
  environment: "node" as const,
  // A machine under load is patient; what passes isn't slowed by any of these.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Half of their time they wait: for tokens to end, for sockets to be found dead.
  maxWorkers: 4,
};

/** What runs in Node (some of it in a process of its own for each file), and what runs in the two browsers. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...UNIT,
          name: "unit",
          include: ["test/unit/**/*.test.{ts,tsx}"],
          exclude: OF_OLD_SDK,
          // To start a process and load everything anew for each file takes longer than most of them.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: { ...UNIT, name: "unit-alone", include: OF_OLD_SDK, sequence: { groupOrder: 0 } },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          isolate: false,
          globalSetup: "test/support/browser/seed-profile.ts",
          environment: "node",
          // Browsers keep two cores busy already with as many; with six each test only waits longer.
          maxWorkers: 3,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 60_000, interval: 150 } },
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
