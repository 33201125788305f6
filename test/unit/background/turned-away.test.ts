/**
 * Documents whose ports are closed again: only one of which it is known that nothing is routed in it is
 * told so. Any other would go on as the page itself, where somebody else may have been chosen.
 */
import { expect, test } from "vitest";
import { DOCUMENT_LIMIT } from "../../../src/background/page-tab.ts";
import { Pages } from "../../../src/background/pages.ts";
import type { PagesRouting } from "../../../src/background/route-plane.ts";
import { FakeTabs } from "../../support/fake-page.ts";
import { type PortPair, portPair } from "../../support/port-pair.ts";
import { until } from "../../support/registry.ts";

const PLACE = { tabId: 1, origin: "http://localhost:5173", url: "http://localhost:5173/" };

/** @param admits whether something may be routed there; which routes that are is never said */
function stage(admits: boolean, viewsPatience = 60_000) {
  const routing: PagesRouting = {
    admits: () => admits,
    routesOf: () => [],
    parts: new Promise<never>(() => undefined),
  };
  const pages = new Pages({
    tabs: new FakeTabs(),
    setMarker: () => undefined,
    routing,
    viewsPatience,
  });
  let count = 0;
  const connect = () => {
    const pair = portPair();
    const frameId = count++;
    const place = { ...PLACE, documentId: `doc-${frameId}`, frameId, top: frameId === 0 };
    pages.connected(pair.worker, place);
    return watched(pair);
  };
  return { pages, connect };
}

function watched({ view }: PortPair) {
  const port = { isClosed: false, heard: () => view.received as { type: string }[] };
  view.onDisconnect(() => {
    port.isClosed = true;
  });
  return port;
}

const isUnrouted = { type: "routes", version: 0 };

test.each([
  [true, "isn't told that nothing is routed, where something may be"],
  [false, "is told that nothing is routed, where nothing can be"],
])("a document more than a tab may have (routed: %s) %s", async (admits) => {
  const { connect } = stage(admits);
  for (let n = 0; n < DOCUMENT_LIMIT; n++) connect();
  const port = connect();
  await until(() => port.isClosed);
  expect(port.heard().some(({ type }) => type === "routes")).toBe(!admits);
  if (!admits) expect(port.heard()).toContainEqual(isUnrouted);
});

test("a document that was sent away before the routes were read isn't told, either", async () => {
  const { connect } = stage(false, 20);
  const port = connect();
  await until(() => port.isClosed);
  expect(port.heard().map(({ type }) => type)).not.toContain("routes");
});

test("nor is one that nobody listens to any more, for all the nonsense it told", async () => {
  const { pages } = stage(false);
  const pair = portPair();
  const port = watched(pair);
  pages.connected(pair.worker, { ...PLACE, documentId: "doc", frameId: 0, top: true });
  for (let n = 0; n < 100; n++) pair.view.postMessage({ type: "nonsense" });
  await until(() => port.isClosed);
  expect(port.heard().map(({ type }) => type)).not.toContain("routes");
});
