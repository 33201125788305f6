/**
 * The view Requests with a full log, in the panel of a real Chromium: whether it scrolls at 60 frames a
 * second, how soon a filter is on screen, and how much memory it takes.
 *
 * The log is filled as in life: a page sends requests to a server, and the panel records them. Whether
 * a frame comes in time depends on what else the machine does, so each line also says how long the
 * panel's own thread worked for its frames.
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium } from "../../demo/browser/chromium.ts";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { PANEL_PAGE } from "../../src/messages/pages.ts";
import { pageConnected, startPages } from "../support/page-sdk/pages.ts";
import { CROWD_PLACE, nameOf } from "./crowd.ts";
import { attachTo, attachToBrowser, type DebuggedTarget, memoryOf } from "./debugged-target.ts";
import { frameWork } from "./frame-work.ts";
import { median, reportLimit } from "./measure.ts";
import { startServerProcess } from "./server-process.ts";

const ENTRIES = 100_000;
const RUNS = 7;
/** Frames of each run: four seconds. */
const FRAMES = 240;
/** Milliseconds between two frames, and milliseconds of processor time for one. */
const LONGEST = 32;
/** Milliseconds from typing to what is painted. */
const FILTER = 100;
/** Megabytes. */
const HEAP = 200;

const BUILT = fileURLToPath(new URL("../../dist/chrome", import.meta.url));
const LIST = '[role=grid][aria-label="Requests"]';

/** What the page under inspection has. */
declare const clients: { rpc(method: string, params: unknown[]): Promise<unknown> }[];

/**
 * Prints one line per promise.
 * @param extensionDir the built extension, where it isn't in its usual place
 * @returns whether all are met.
 */
export async function benchLogScroll(extensionDir = BUILT): Promise<boolean> {
  const server = await startServerProcess(1);
  const pages = await startPages(server.url);
  let browser: ExtensionBrowser | undefined;
  try {
    browser = await launchChromium({ extensionDir, args: ["--remote-debugging-port=0"] });
    const page = await browser.openPage(pages.urlOf({ clients: ["cbor"] }));
    await pageConnected(page);
    const panel = await browser.openPanel(page, { width: 1000, height: 800 });
    await panel.click('role=tab[name="Requests"]');
    await panel.see(LIST);
    await fill(page, panel);
    return await measure(browser, panel);
  } finally {
    await browser?.close();
    await pages.close();
    await server.close();
  }
}

/** Requests with short answers, a hundred on their way at any time, until the log is full. */
async function fill(page: Page, panel: Page): Promise<void> {
  const begun = performance.now();
  await page.evaluate((signIn) => clients[0]?.rpc("signin", [signIn]).then(() => true), {
    NS: CROWD_PLACE.namespace,
    DB: CROWD_PLACE.database,
    AC: "by_name",
    name: nameOf(0),
  });
  for (let from = 0; (await rowsOf(panel)) < ENTRIES; from += 2_000) {
    await page.evaluate(async (from) => {
      let next = from;
      const send = async () => {
        while (next < from + 2_000) {
          const n = next++;
          const text =
            n % 50 === 0
              ? `THROW "There is no note ${n}"`
              : `SELECT id, name FROM user WHERE id = $auth.id AND ${n} != $n LIMIT 3`;
          await clients[0]?.rpc("query", [text, { n }]);
        }
      };
      await Promise.all(Array.from({ length: 100 }, send));
    }, from);
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  console.log(`(log in the panel: filled in ${seconds} s)`);
}

/** Of the whole list, in sight or not. */
async function rowsOf(panel: Page): Promise<number> {
  return panel.evaluate(
    (list) => Number(document.querySelector(list)?.getAttribute("aria-rowcount")) - 1,
    LIST,
  );
}

async function measure(browser: ExtensionBrowser, panel: Page): Promise<boolean> {
  const { profileDir } = browser;
  const targets = await Promise.all([
    attachToBrowser(profileDir),
    attachTo(profileDir, ({ url }) => url.endsWith(PANEL_PAGE)),
    attachTo(profileDir, ({ type }) => type === "service_worker"),
  ]);
  const [whole, own, worker] = targets;
  try {
    await panel.bringToFront();
    const met = [await measureMemory(own, worker)];
    for (const [name, pixels] of [
      ["a wheel, 120 px a frame", 120],
      ["a flick, 1,000 px a frame", 1_000],
      ["its whole length in 4 s", undefined],
    ] as const) {
      met.push(await measureScroll(whole, panel, name, pixels));
    }
    for (const text of ["user", "note 77", "select auth limit 999", "nowhere"]) {
      met.push(await measureFilter(panel, text));
    }
    return met.every(Boolean);
  } finally {
    for (const target of targets) target.close();
  }
}

async function measureMemory(panel: DebuggedTarget, worker: DebuggedTarget): Promise<boolean> {
  const { heap, buffers } = await memoryOf(panel);
  const ofWorker = await memoryOf(worker);
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const detail = `beside ${megabytes(buffers)} of frames; the worker ${megabytes(ofWorker.heap)}`;
  return reportLimit("Panel with a full log, heap", [heap / 1e6], HEAP, "MB", detail);
}

/** @param pixels for each frame; undefined: as many as it takes to see all of it */
async function measureScroll(
  browser: DebuggedTarget,
  panel: Page,
  name: string,
  pixels: number | undefined,
): Promise<boolean> {
  const longest: number[] = [];
  const busiest: number[] = [];
  const means: number[] = [];
  const rates: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const from = pixels === undefined ? 0 : Math.max(0, run) / RUNS;
    const { result: intervals, frames } = await frameWork(browser, () =>
      panel.evaluate(scroll, LIST, { from, pixels, frames: FRAMES }),
    );
    if (run < 0) continue;
    const passed = intervals.reduce((sum, each) => sum + each, 0);
    longest.push(Math.max(...intervals));
    rates.push((intervals.length / passed) * 1000);
    busiest.push(Math.max(...frames));
    means.push(median(frames));
  }
  const rate = `${median(rates).toFixed(1)} frames a second`;
  const each = `${median(means).toFixed(1)} ms in most frames`;
  return [
    reportLimit(`Log, ${name}: longest frame`, longest, LONGEST, "ms", rate),
    reportLimit("… the panel's own work in the busiest", busiest, LONGEST, "ms", each),
  ].every(Boolean);
}

/**
 * Runs in the panel.
 * @param from where to begin, as a share of the whole
 * @returns milliseconds between frames
 * @throws Error where the rows that should be there at the end aren't
 */
async function scroll(
  grid: string,
  wanted: { from: number; pixels?: number | undefined; frames: number },
): Promise<number[]> {
  const list = document.querySelector(`${grid} [role=rowgroup]`) as HTMLElement;
  const whole = list.scrollHeight - list.clientHeight;
  const step = wanted.pixels ?? whole / wanted.frames;
  const frame = () => new Promise<number>(requestAnimationFrame);
  let top = wanted.from * whole;
  list.scrollTop = top;
  // Until the rows are there and at rest.
  for (let n = 0; n < 30; n++) await frame();
  const times = [await frame()];
  for (let n = 0; n < wanted.frames; n++) {
    top += step;
    list.scrollTop = top;
    times.push(await frame());
  }
  await frame();
  const { left, top: edge, height } = list.getBoundingClientRect();
  for (const y of [edge + 1, edge + height / 2, edge + height - 1]) {
    const row = document.elementFromPoint(left + 20, y)?.closest("[data-seq]");
    if (!row) throw new Error(`There is no row at ${y}`);
  }
  return times.slice(1).map((time, index) => time - (times[index] as number));
}

async function measureFilter(panel: Page, text: string): Promise<boolean> {
  const times: number[] = [];
  for (let run = -1; run < RUNS; run++) {
    const time = await panel.evaluate(filter, text);
    if (run >= 0) times.push(time);
    if (run === RUNS - 1) break;
    await panel.evaluate(filter, "");
  }
  const found = await rowsOf(panel);
  await panel.evaluate(filter, "");
  const detail = `${found.toLocaleString("en-US")} rows`;
  return reportLimit(`Log, filter “${text}” on screen`, times, FILTER, "ms", detail);
}

/** Runs in the panel. @returns milliseconds until the frame that shows it is handed on. */
async function filter(text: string): Promise<number> {
  const field = document.querySelector('[aria-label="Filter requests"]') as HTMLInputElement;
  // Begins with a frame, so that the time until the next one is never left out.
  await new Promise(requestAnimationFrame);
  const begun = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise(requestAnimationFrame);
  const { port1, port2 } = new MessageChannel();
  // What is posted in a frame's callback arrives after that frame was made.
  const painted = new Promise((resolve) => {
    port1.onmessage = resolve;
  });
  port2.postMessage(undefined);
  await painted;
  return performance.now() - begun;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = (await benchLogScroll(process.argv[2])) ? 0 : 1;
}
