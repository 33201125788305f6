/** What the browser's list of loaded things says of a page; as both browsers were seen to fill it. */
import { afterEach, expect, it, vi } from "vitest";
import { loadSigns } from "../../../src/content/load-signs.ts";

const APP = "http://localhost:5173";
const JS = "text/javascript";

interface Loaded {
  initiatorType: string;
  name: string;
  contentType?: string;
}

/** @param links addresses of the `<link>` elements of the document */
function signsOf(entries: Loaded[], links: string[] = []) {
  vi.stubGlobal("performance", { getEntriesByType: () => entries });
  vi.stubGlobal("location", new URL(`${APP}/app/`));
  vi.stubGlobal("document", { querySelectorAll: () => links.map((href) => ({ href })) });
  return loadSigns();
}
afterEach(() => vi.unstubAllGlobals());

const script = (part: Partial<Loaded> = {}): Loaded => ({
  initiatorType: "other",
  name: `${APP}/worker.js`,
  contentType: JS,
  ...part,
});

it.each([
  ["a worker's script", script(), true],
  ["one that a bundler serves", script({ name: `${APP}/src/db.ts?worker_file&type=module` }), true],
  ["one of a browser that tells no types", script({ contentType: "" }), true],
  ["the page's own script", script({ initiatorType: "script" }), false],
  ["an icon", script({ name: `${APP}/favicon.ico`, contentType: "image/x-icon" }), false],
  ["an event source", script({ name: `${APP}/events`, contentType: "text/event-stream" }), false],
  ["a script of another origin", script({ name: "https://cdn.example/worker.js" }), false],
  ["what a link fetches ahead", script({ name: `${APP}/ahead.js` }), false],
])("%s tells of a worker or not", (_what, entry, usesWorkers) => {
  expect(signsOf([entry], [`${APP}/ahead.js`])).toMatchObject({ usesWorkers });
});

it("requests tell of SurrealDB over HTTP, and of an SDK that asks for the version", () => {
  const fetched = (path: string): Loaded => ({ initiatorType: "fetch", name: APP + path });
  expect(signsOf([fetched("/rpc?x"), fetched("/version"), fetched("/version")])).toEqual({
    usesHttp: true,
    versionAsked: [`${APP}/version`],
    usesWorkers: false,
  });
  expect(signsOf([fetched("/notes")])).toMatchObject({ usesHttp: false, versionAsked: [] });
});
