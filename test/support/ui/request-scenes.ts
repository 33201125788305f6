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

function* rounds(count: number): Iterable<TrafficRecord[]> {
  for (let round = 0; round < count; round++) yield exampleTraffic(START + round * ROUND, round);
}

export const requestScenes: Record<string, RequestScene> = {
  requests: { snapshot: recorded, traffic: () => rounds(1) },
  "many-requests": { snapshot: recorded, traffic: () => rounds(6_600) },
  "no-requests": {
    snapshot: () => ({ ...recorded(), page: examplePage({ recordingSince: START }) }),
    traffic: () => [],
  },
};
