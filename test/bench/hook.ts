/**
 * What a page pays for being watched, in real Chromiums: the official SDK's queries with the hook and
 * nobody listening, and with a panel that records, against the extension absent; and a socket that isn't
 * SurrealDB's.
 *
 * Each side has a browser of its own, because an extension can't be taken away; only one works at a time.
 * DevTools looks at every frame of a socket itself: so what records is compared with DevTools that shows
 * a panel which does nothing. Times are taken in the page. The ratios are of throughput: 1 costs nothing,
 * 0.5 takes twice as long.
 */
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../demo/browser/chromium.ts";
import type { ExtensionBrowser } from "../../demo/browser/extension-browser.ts";
import type { Page } from "../../demo/browser/page.ts";
import { WELCOME_PAGE } from "../../src/messages/pages.ts";
import { Panel } from "../support/browser/panel.ts";
import { pageConnected, startPages } from "../support/page-sdk/pages.ts";
import { startEchoProcess } from "./echo-process.ts";
import { benchHookStart } from "./hook-start.ts";
import { type Comparison, interleaved, type Ratio, ratioOf, report } from "./measure.ts";
import { startServerProcess } from "./server-process.ts";

export interface HookBenchOptions {
  runs: number;
  /** Queries in each run; half of them one after the other, half 32 at a time. */
  queries: number;
}

type SideName = "without" | "hook" | "devtools" | "recording";
/** Milliseconds. */
interface Times {
  alone: number;
  inFlights: number;
}

const FLIGHT = 32;
const NO_EXTENSION = fileURLToPath(
  new URL("../support/browser/fixture-extension", import.meta.url),
);
const EXTENSION = fileURLToPath(new URL("../../dist/chrome", import.meta.url));

/** Prints a line for each measure. @returns whether all that is wanted is met. */
export async function benchHook(options: HookBenchOptions): Promise<boolean> {
  const browsers: ExtensionBrowser[] = [];
  const launch = async (extensionDir: string) => {
    const browser = await launchChromium({ extensionDir });
    browsers.push(browser);
    // It opens by itself, and in front of a page it would slow that page's timers.
    if (extensionDir === EXTENSION)
      await (await browser.findPage(browser.extensionOrigin + WELCOME_PAGE)).close();
    return browser;
  };
  try {
    const without = await launch(NO_EXTENSION);
    const hook = await launch(EXTENSION);
    const devtools = await launch(NO_EXTENSION);
    const recording = await launch(EXTENSION);
    const met = [
      await benchQueries({ without, hook, devtools, recording }, options),
      await benchEcho({ without, hook }, options),
      await benchHookStart({ without, hook }),
    ];
    return met.every(Boolean);
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
  }
}

async function benchQueries(
  browsers: Record<SideName, ExtensionBrowser>,
  { runs, queries }: HookBenchOptions,
): Promise<boolean> {
  const server = await startServerProcess(1);
  const pages = await startPages(server.url);
  try {
    const url = pages.urlOf({ as: "admin" });
    const open = async (browser: ExtensionBrowser) => {
      const page = await browser.openPage(url);
      await pageConnected(page);
      return page;
    };
    const [without, hook] = [await open(browsers.without), await open(browsers.hook)];
    const [devtools, recording] = [await open(browsers.devtools), await open(browsers.recording)];
    await browsers.devtools.openPanel(devtools);
    const panel = new Panel(await browsers.recording.openPanel(recording));
    await panel.show("Requests");
    await panel.page.see("text*=Recording since");

    const all = await measured({ without, hook, devtools, recording }, runs, (page) =>
      page.evaluate(query, queries, FLIGHT),
    );
    const compare = (name: string, side: SideName, base: SideName, atLeast: number) => {
      const rate = (of: SideName) => perSecond(queries, all.whole.medians[of]);
      const detail = [
        `${rate(side)} against ${rate(base)} a second`,
        `one after the other ${shown(ratioOf(all.alone, base, side))}`,
        `${FLIGHT} at a time ${shown(ratioOf(all.inFlights, base, side))}`,
      ].join("; ");
      return report(name, ratioOf(all.whole, base, side), { atLeast, bySpread: true }, detail);
    };
    const met = [
      compare("Page's queries, hook on, nobody listening", "hook", "without", 0.98),
      compare("Page's queries, a panel recording", "recording", "devtools", 0.85),
    ];
    const foot = (await panel.page.text(".sy-requests-foot")).replaceAll("\n", " ");
    const closed = shown(ratioOf(all.whole, "without", "recording"));
    console.log(`  recording, against DevTools closed ${closed}; the panel's log says: ${foot}`);
    return met.every(Boolean);
  } finally {
    await pages.close();
    await server.close();
  }
}

/** A socket that isn't SurrealDB's: it runs the browser's own code, so that nothing may be seen. */
async function benchEcho(
  browsers: Record<"without" | "hook", ExtensionBrowser>,
  { runs, queries }: HookBenchOptions,
): Promise<boolean> {
  const server = await startEchoProcess();
  try {
    const open = (browser: ExtensionBrowser) => browser.openPage(`${server.url}frame.html`);
    const pages = { without: await open(browsers.without), hook: await open(browsers.hook) };
    const { whole } = await measured(pages, runs, (page) => page.evaluate(echo, queries, FLIGHT));
    const detail = `${perSecond(queries, whole.medians.hook)} against ${perSecond(queries, whole.medians.without)} a second`;
    const ratio = ratioOf(whole, "without", "hook");
    return report("Any other socket, hook on", ratio, { atLeast: 1, bySpread: true }, detail);
  } finally {
    await server.close();
  }
}

/** Runs the pages in turn; their times as a whole and in both parts. */
async function measured<Name extends SideName>(
  pages: Record<Name, Page>,
  runs: number,
  work: (page: Page) => Promise<Times>,
): Promise<Record<"whole" | "alone" | "inFlights", Comparison<Name>>> {
  const names = Object.keys(pages) as Name[];
  const times = new Map<Name, Times[]>(names.map((name) => [name, []]));
  const sideOf = (name: Name) => async () => {
    const taken = await work(pages[name]);
    times.get(name)?.push(taken);
    return taken.alone + taken.inFlights;
  };
  const sides = Object.fromEntries(names.map((name) => [name, sideOf(name)])) as Record<
    Name,
    () => Promise<number>
  >;
  const whole = await interleaved(sides, runs);
  const part = (of: keyof Times): Comparison<Name> => ({
    medians: whole.medians,
    // The first run of each warms up.
    runs: Object.fromEntries(
      names.map((name) => [
        name,
        times
          .get(name)
          ?.slice(1)
          .map((each) => each[of]) ?? [],
      ]),
    ) as Record<Name, number[]>,
  });
  return { whole, alone: part("alone"), inFlights: part("inFlights") };
}

function perSecond(count: number, milliseconds: number): string {
  return Math.round((count / milliseconds) * 1000).toLocaleString("en");
}

function shown({ ratio, lowest, highest }: Ratio): string {
  return `${ratio.toFixed(2)} (${lowest.toFixed(2)} … ${highest.toFixed(2)})`;
}

/** Runs in the page: what applications ask for all the time, small questions with small answers. */
async function query(count: number, flight: number): Promise<Times> {
  const { db } = window as unknown as {
    db: { query(text: string, bindings?: unknown): Promise<unknown[]> };
  };
  const note = {
    title: "A note",
    tags: ["a", "b"],
    at: "2026-01-01T00:00:00Z",
    stars: 4,
    done: false,
  };
  const list = Array.from({ length: 5 }, (_, n) => ({ ...note, n }));
  const asked: [text: string, bindings?: unknown][] = [
    ["RETURN 1"],
    ["RETURN $note", { note }],
    ["RETURN $list", { list }],
    ["RETURN { answer: 42, text: 'some text' }"],
  ];
  const ask = (n: number) => db.query(...(asked[n % asked.length] as [string]));
  const begun = performance.now();
  for (let n = 0; n < count / 2; n++) await ask(n);
  const between = performance.now();
  for (let n = 0; n < count / 2; n += flight)
    await Promise.all(Array.from({ length: flight }, (_, k) => ask(n + k)));
  return { alone: between - begun, inFlights: performance.now() - between };
}

/** Runs in the page: 200 bytes there and back. */
async function echo(count: number, flight: number): Promise<Times> {
  const socket = new WebSocket(`ws://${location.host}/echo/plain`);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const bytes = new Uint8Array(200);
  const flightOf = (size: number) =>
    new Promise<void>((resolve) => {
      let missing = size;
      socket.onmessage = () => {
        missing -= 1;
        if (missing === 0) resolve();
      };
      for (let n = 0; n < size; n++) socket.send(bytes);
    });
  const begun = performance.now();
  for (let n = 0; n < count / 2; n++) await flightOf(1);
  const between = performance.now();
  for (let n = 0; n < count / 2; n += flight) await flightOf(flight);
  const times = { alone: between - begun, inFlights: performance.now() - between };
  socket.close();
  return times;
}
