import { defineConfig } from "vitest/config";

/** Two projects: what runs in Node, and what runs in the two browsers. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          maxWorkers: 2,
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
          // Each worker has a browser or two open: more of them make none faster on two cores.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 20_000 } },
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
