/** What the gallery can show of the view of requests: a snapshot of the worker, and what it tells then. */
import type { Snapshot } from "../../../src/messages/commands.ts";
import type { TrafficRecord } from "../../../src/session/page/page-model.ts";
import { examplePage, exampleSocket } from "./page-examples.ts";
import { exampleTraffic } from "./request-examples.ts";
import { scenes } from "./scenes.ts";

export interface RequestScene {
  snapshot: () => Snapshot;
  traffic: () => Iterable<TrafficRecord[]>;
}

const START = Date.now() - 60_000;
/** Milliseconds that one round of the examples takes. */
const ROUND = 8_000;

const recorded = (): Snapshot => ({
  ...scenes.rich(),
  page: examplePage({ recordingSince: START, sockets: [exampleSocket({ openedAt: START })] }),
});

/** The same again and again: each round has its answers before the next begins. */
function* rounds(count: number): Iterable<TrafficRecord[]> {
  const once = exampleTraffic(START);
  for (let round = 0; round < count; round++) {
    // A navigation would empty the log.
    const some = round === 0 ? once : once.filter((record) => record.kind === "frame");
    yield some.map((record) => ({ ...record, at: record.at + round * ROUND }));
  }
}

export const requestScenes: Record<string, RequestScene> = {
  requests: { snapshot: recorded, traffic: () => rounds(1) },
  "many-requests": { snapshot: recorded, traffic: () => rounds(6_600) },
  "no-requests": {
    snapshot: () => ({ ...recorded(), page: examplePage({ recordingSince: START }) }),
    traffic: () => [],
  },
};
