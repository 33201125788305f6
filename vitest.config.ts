import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";

/** What takes longest begins first: at the end everybody would wait for it. */
class LongestFirst extends BaseSequencer {
  override async sort(...[files]: Parameters<BaseSequencer["sort"]>) {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: (typeof files)[number]) =>
      /\/(idle|page-transparency|route-life|route-hostile)\.test\.ts$/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Two projects: what runs in Node, and what runs in the two browsers. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          // Half of their time they wait: for tokens to end, for sockets to be found dead.
          maxWorkers: 3,
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
          // Each worker has a browser or two open, and waits for them a third of its time.
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
