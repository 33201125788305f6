/**
 * What a routed request costs, in a real Chromium and a real Firefox.
 *
 * One page with two clients of the official SDK on one server: the first runs as a held session, the
 * second as itself. So both ways are measured in the same page, in turn, and only their ratio counts.
 * Times are taken in the page, which is isolated from other origins: else its clock would be too coarse.
 */
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../demo/browser/chromium.ts";
import type { ExtensionBrowser, LaunchOptions } from "../../demo/browser/extension-browser.ts";
import { launchFirefox } from "../../demo/browser/firefox.ts";
import type { Page } from "../../demo/browser/page.ts";
import { WorkerLink } from "../../demo/start/worker-link.ts";
import { WELCOME_PAGE } from "../../src/messages/pages.ts";
import type { SessionKey } from "../../src/session/model.ts";
import type { RouteScope } from "../../src/session/relay/route-model.ts";
import { type Pages, pageConnected, startPages } from "../support/page-sdk/pages.ts";
import { signInOf } from "./crowd.ts";
import { type DelayProxy, startDelayProxy } from "./delay-proxy.ts";
import { interleaved, median, type Ratio, ratioOf, report, reportLimit } from "./measure.ts";
import { floodFromPage, requestsInFlight, roundTrips, watchForUser } from "./relay-page.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

/** Round trips in one run, on loopback and with added latency. */
const TRIPS = { near: 150, far: 20 };
/** Milliseconds added each way. */
const DELAY = 5;
const FLIGHT = { wide: 64, total: 1_280 };
const MEGABYTE_TRIPS = 5;
/** `trips` end before the flood does. */
const FLOOD = { perSecond: 10_000, milliseconds: 2_000, trips: 60, rounds: 3 };

interface Bars {
  near: number;
  far: number;
}

const BROWSERS = {
  chromium: {
    launch: launchChromium,
    build: "chrome",
    bars: { near: 2.3, far: 1.15 },
    // Pages lie behind the extension's own tab: without these their timers would run once a second.
    args: ["--disable-background-timer-throttling", "--disable-renderer-backgrounding"],
  },
  firefox: { launch: launchFirefox, build: "firefox", bars: { near: 2.8, far: 1.2 }, args: [] },
} satisfies Record<
  string,
  {
    launch(options: LaunchOptions): Promise<ExtensionBrowser>;
    build: string;
    bars: Bars;
    args: string[];
  }
>;

/** Prints a line for each measure. @returns whether all that is wanted is met. */
export async function benchRelay(runs: number): Promise<boolean> {
  const met: boolean[] = [];
  for (const { launch, build, bars, args } of Object.values(BROWSERS)) {
    const server = await startServerProcess(2);
    const far = await startDelayProxy(server.port, DELAY);
    const extensionDir = fileURLToPath(new URL(`../../dist/${build}`, import.meta.url));
    const browser = await launch({ extensionDir, args });
    try {
      console.log(browser.version);
      met.push(await benchBrowser(browser, server, far, runs, bars));
    } finally {
      await browser.close();
      await far.close();
      await server.close();
    }
  }
  return met.every(Boolean);
}

async function benchBrowser(
  browser: ExtensionBrowser,
  server: ServerProcess,
  far: DelayProxy,
  runs: number,
  bars: Bars,
): Promise<boolean> {
  const urls = { near: server.url, far: `ws://127.0.0.1:${far.port}/rpc` };
  const pages = { near: await startPages(urls.near), far: await startPages(urls.far) };
  try {
    const extension = new RelayedBrowser(browser);
    const held = {
      near: await extension.hold(urls.near),
      far: await extension.hold(urls.far),
    };
    const near = await extension.open(pages.near, urls.near);
    await near.routeFirst(held.near[0]);
    const met = [await benchTrips("Relayed round trip", near.page, TRIPS.near, runs, bars.near)];
    met.push(await benchFlight(near.page, runs), await benchMegabyte(near.page, runs));
    met.push(await benchSwitch(near, held.near, runs));
    met.push(await benchFlood(extension, near, pages.near, held.near, runs));
    await near.page.close();

    const away = await extension.open(pages.far, urls.far);
    await away.routeFirst(held.far[0]);
    const name = `Relayed round trip, ${DELAY} ms added each way`;
    met.push(await benchTrips(name, away.page, TRIPS.far, runs, bars.far));
    return met.every(Boolean);
  } finally {
    await pages.near.close();
    await pages.far.close();
  }
}

/** A page of two clients, and a view of its tab. */
interface RoutedPage {
  page: Page;
  link: WorkerLink;
  /** The first client's default session runs as this; the second's stays the page's own. */
  routeFirst(to: SessionKey): Promise<void>;
}

class RelayedBrowser {
  readonly #browser: ExtensionBrowser;

  constructor(browser: ExtensionBrowser) {
    this.#browser = browser;
  }

  async #view(tabId?: number): Promise<WorkerLink> {
    const { extensionOrigin } = this.#browser;
    const page = await this.#browser.openPage(extensionOrigin + WELCOME_PAGE);
    const link = new WorkerLink(page, tabId);
    await link.open();
    return link;
  }

  /** Two held sessions of two people, on one connection. */
  async hold(url: string): Promise<[SessionKey, SessionKey]> {
    const link = await this.#view();
    const { id: connectionId } = await link.call("connection.add", { url });
    const hold = async (n: number) => {
      const made = { connectionId, label: `Person ${n}`, signIn: signInOf(n) };
      return (await link.call("session.new", made)).key;
    };
    return [await hold(0), await hold(1)];
  }

  async open(pages: Pages, url: string): Promise<RoutedPage> {
    const wanted = { as: "admin", clients: ["sdk-2", "sdk-2"], isolated: true } as const;
    const page = await this.#browser.openPage(pages.urlOf(wanted));
    await pageConnected(page);
    const link = await this.#view(await this.#browser.tabIdOf(page));
    await page.bringToFront();
    return {
      page,
      link,
      routeFirst: async (to) => {
        const session = { frame: "top", url, client: 1, order: 0, label: "default" };
        await set(link, to, { kind: "session", session });
      },
    };
  }

  /** A page that sends whatever it likes, as another session, on a site of its own. */
  async openFlooding(pages: Pages, to: SessionKey): Promise<Page> {
    const wanted = { clients: ["cbor"], host: "127.0.0.1" } as const;
    const page = await this.#browser.openPage(pages.urlOf(wanted));
    await pageConnected(page);
    await set(await this.#view(await this.#browser.tabIdOf(page)), to);
    // Behind others its timers would run once a second, and so would its errors come.
    await page.bringToFront();
    return page;
  }
}

async function set(link: WorkerLink, to: SessionKey, scope?: RouteScope): Promise<void> {
  const { ask } = await link.call("route.set", { to, ...(scope && { scope }) });
  if (ask) throw new Error(`Asked: ${JSON.stringify(ask)}`);
}

/** Medians of single round trips, one at a time, of both ways in turn. */
async function benchTrips(
  name: string,
  page: Page,
  trips: number,
  runs: number,
  atMost: number,
): Promise<boolean> {
  const side = (client: number) => async () =>
    median(await page.evaluate(roundTrips, client, trips, "RETURN 1"));
  const measured = await interleaved({ relayed: side(0), direct: side(1) }, runs);
  const { relayed, direct } = measured.medians;
  const detail = `${milliseconds(relayed)} against ${milliseconds(direct)}`;
  return report(name, ratioOf(measured, "relayed", "direct"), { atMost }, detail);
}

async function benchFlight(page: Page, runs: number): Promise<boolean> {
  const { wide, total } = FLIGHT;
  const side = (client: number) => () => page.evaluate(requestsInFlight, client, total, wide);
  const measured = await interleaved({ relayed: side(0), direct: side(1) }, runs);
  const rate = (time: number) => Math.round((total / time) * 1000).toLocaleString("en");
  const { relayed, direct } = measured.medians;
  const detail = `${rate(relayed)} against ${rate(direct)} a second`;
  // Of throughput: 1 costs nothing, 0.5 takes twice as long.
  const ratio = ratioOf(measured, "direct", "relayed");
  return report(`Relayed, ${wide} in flight`, ratio, { atLeast: 0.5 }, detail);
}

/** Records as applications have them, and one long text: of that the page has nearly nothing to read. */
async function benchMegabyte(page: Page, runs: number): Promise<boolean> {
  const record = `{ title: "A note", text: string::repeat("text ", 30), tags: ["a", "b"], stars: 4, done: false, at: d"2026-01-01T00:00:00Z" }`;
  const met = [];
  for (const [what, expression] of [
    ["of records", `array::repeat(${record}, 4100)`],
    ["in one text", "string::repeat('x', 1048576)"],
  ]) {
    const side = (client: number) => async () =>
      median(await page.evaluate(roundTrips, client, MEGABYTE_TRIPS, `RETURN ${expression}`));
    const measured = await interleaved({ relayed: side(0), direct: side(1) }, runs);
    const { relayed, direct } = measured.medians;
    const detail = `${milliseconds(relayed)} against ${milliseconds(direct)}`;
    const ratio = ratioOf(measured, "relayed", "direct");
    met.push(report(`Relayed, a result of 1 MB ${what}`, ratio, { atMost: 1.5 }, detail));
  }
  return met.every(Boolean);
}

/**
 * From the command that a click sends to the first answer as the new identity: the page asks all the
 * time who it is. Both ends read the computer's own clock, in whole milliseconds.
 */
async function benchSwitch(
  { page, link, routeFirst }: RoutedPage,
  held: readonly [SessionKey, SessionKey],
  runs: number,
): Promise<boolean> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const to = (run + 1) % 2;
    const seen = page.evaluate(watchForUser, `user:u${to}`);
    // The page asks already.
    await page.waitFor("window.isWatching");
    const clicked = await routedAt(link, () => routeFirst(held[to] as SessionKey));
    const time = (await seen) - clicked;
    if (run > 0) times.push(time);
  }
  await routeFirst(held[0]);
  return reportLimit("Click to first answer as the new identity", times, 50, "ms");
}

/** Runs a switch. @returns when its command was posted, by the view's own clock */
async function routedAt(link: WorkerLink, run: () => Promise<void>): Promise<number> {
  await run();
  return link.lastCallAt();
}

/**
 * Another tab sends far more than anybody should. Whatever a busy tab and a busy server do to a page, they
 * do to its own requests too: its relayed ones may not notice more than those do.
 */
async function benchFlood(
  extension: RelayedBrowser,
  { page }: RoutedPage,
  pages: Pages,
  held: readonly [SessionKey, SessionKey],
  runs: number,
): Promise<boolean> {
  const flooding = await extension.openFlooding(pages, held[1]);
  const ratios = { relayed: [] as number[], direct: [] as number[] };
  const told = { sent: 0, answered: 0 };
  for (let round = 0; round < Math.min(runs, FLOOD.rounds); round++) {
    for (const [way, client] of [
      ["relayed", 0],
      ["direct", 1],
    ] as const) {
      const trip = async () =>
        median(await page.evaluate(roundTrips, client, FLOOD.trips, "RETURN 1"));
      const before = await trip();
      const flood = flooding.evaluate(floodFromPage, FLOOD.perSecond, FLOOD.milliseconds);
      await flooding.waitFor("window.isFlooding");
      ratios[way].push((await trip()) / before);
      const { sent, answered } = await flood;
      told.sent += sent;
      told.answered += answered;
    }
  }
  await flooding.close();
  const rounds = ratios.relayed.map((relayed, round) => relayed / (ratios.direct[round] as number));
  const ratio: Ratio = {
    ratio: median(rounds),
    lowest: Math.min(...rounds),
    highest: Math.max(...rounds),
  };
  const slower = (of: number[]) =>
    `${median(of).toFixed(1)} × (${Math.min(...of).toFixed(1)} … ${Math.max(...of).toFixed(1)})`;
  const detail = `${slower(ratios.relayed)} as long as before, its own ${slower(ratios.direct)}; of ${told.sent.toLocaleString("en")} requests ${told.answered.toLocaleString("en")} were served, the others refused`;
  return report("In another tab's flood, to own requests", ratio, { atMost: 1 }, detail);
}

function milliseconds(time: number): string {
  return `${time.toFixed(2)} ms`;
}
